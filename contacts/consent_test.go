package contacts

import (
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// wordless are consents that say nothing of how somebody agreed, each in its own way.
var wordless = []string{"", " ", ".", "-", "…", "?!", "x", "n/a", "1", "2026-05-03", "👍", "\u200b", "\u2060\u2063", "\u00ad", "\u3164", "\u2800", "\u202e", "\u0301", "\U000e0041\U000e0042", "a\u200b.b", "\ufe0f", "yes", "they agreed", "ok", "да", "是", "はい", "예", "نعم", "हाँ", "ναι"}

// Guarantee 4.3.
func TestAConsentSaysMoreThanYes(t *testing.T) {
	for _, given := range wordless {
		if said := SaidConsent(given); said != "" {
			t.Errorf("%q is taken for %q", given, said)
		}
	}
	for given, want := range map[string]string{
		"form of 3 May": "form of 3 May", "по телефону": "по телефону", "电话": "电话", "電話": "電話", "전화": "전화", "بالهاتف": "بالهاتف", "फोन": "फोन",
		" by\u200b phone\n on Monday": "by phone on Monday",
	} {
		if said := SaidConsent(given); said != want {
			t.Errorf("%q is taken for %q, want %q", given, said, want)
		}
	}
}

// Guarantee 4.3. Whatever way a consent comes by: a plan of an older version holds what was not looked at.
func TestAConsentWithoutAWordSubscribesNobody(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		e.AddContact(emulator.Contact{Email: anna, Status: "unsubscribed"})
		e.AddContact(emulator.Contact{Email: "max@example.com", Status: "unsubscribed"})
		gone := must[Found](t)(s.Get(background, ref(t, "max@example.com")))
		if err := s.Delete(background, gone); err != nil {
			t.Fatal(err)
		}
		for _, consent := range wordless {
			_, err := s.Update(background, ref(t, anna), Change{Unsubscribed: new(false), Consent: consent})
			wantFault(t, err, fault.ConsentRequired, anna)
			_, err = s.Create(background, Creation{NewContact: apiclient.NewContact{Email: "max@example.com"}, Consent: consent})
			wantFault(t, err, fault.ConsentRequired, "max@example.com")
		}
		if count(e, "PATCH")+count(e, "POST") != 0 || settled(t, e, anna).Status != "unsubscribed" {
			t.Error("somebody was subscribed")
		}
	})
}
