package text

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMaskShowsTheFirstLettersAndTheTopLevelDomain(t *testing.T) {
	for given, want := range map[string]string{
		"anna@example.com": "a***@e***.com", "x@y.co.uk": "x***@y***.uk", "Ünal@Über.de": "Ü***@Ü***.de", "a@localhost": "a***@l***", "a@.com": "a***@.***",
		"anna": "***", "": "***", "@example.com": "***", "anna@": "***", "a@b@c.com": "a***@b***.com",
	} {
		if got := Mask(given); got != want {
			t.Errorf("Mask(%q) is %q, want %q", given, got, want)
		}
	}
}

func TestMaskAllMasksEveryAddressInAText(t *testing.T) {
	for given, want := range map[string]string{
		"nothing here":                             "nothing here",
		"100% sure":                                "100% sure",
		"%41 is A":                                 "%41 is A",
		"to anna@example.com and bob@test.org.":    "to a***@e***.com and b***@t***.",
		"<anna@example.com>, (bob@example.com)":    "<a***@e***.com>, (b***@e***.com)",
		`{"email":"anna@example.com"}`:             `{"email":"a***@e***.com"}`,
		"GET /contacts/anna%40example.com: 404":    "GET /***@e***.com: 404",
		"anna%2540example.com":                     "a***@e***.com",
		"anna%252540example.com":                   "a***@e***.com",
		"o'brien@example.com":                      "o***@e***.com",
		"anna/work@example.com":                    "a***@e***.com",
		"/contacts/a%40b.com/events?to=c%40d.com":  "/***@b***.com/***@d***.com",
		"anna+tag@example.com":                     "a***@e***.com",
		"a%40a@aaaa.aa end":                        "a***@a***.aa end",
		"an @ alone":                               "an @ alone",
		"anna%2Btag%40example.com/events":          "a***@e***.com/events",
		"mailto:anna@example.com?subject=x":        "mailto:a***@e***.com?subject=x",
		"first=anna@example.com&second=b@test.com": "f***@e***.com&***@t***.com",
	} {
		if got := MaskAll(given); got != want {
			t.Errorf("MaskAll(%q) is %q, want %q", given, got, want)
		}
	}
}

func TestNoAddressSurvivesMaskAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-z][a-z0-9.+_'/?=&%-]{3,20}[a-z]`).Draw(t, "local")
		domain := rapid.StringMatching(`[a-z]{4,20}\.[a-z]{2,5}`).Draw(t, "domain")
		at := rapid.SampledFrom([]string{"@", "%40", "%2540"}).Draw(t, "at")
		before := rapid.SampledFrom([]string{"", "to ", "email=", `"`, "<", "/contacts/"}).Draw(t, "before")
		if masked := MaskAll(before + local + at + domain + " end"); strings.Contains(masked, local) || strings.Contains(masked, domain) {
			t.Fatalf("got %q", masked)
		}
	})
}
