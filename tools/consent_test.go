package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// clicksUnsubscribe has a person unsubscribe themselves: this server does not know of it.
func (w *world) clicksUnsubscribe(email string) {
	w.t.Helper()
	other := open(w.t, unlimited, func(set *setting) { set.known = w.Emulator })
	defer other.close()
	other.works("update_contact", args{"contact": email, "unsubscribed": true})
}

// Guarantee 11.12. Whoever unsubscribes while a job waits or a plan is kept has not agreed to what was said before.
func TestWhoUnsubscribesAfterTheConsentStaysUnsubscribed(t *testing.T) {
	t.Parallel()
	people := make([]string, 60)
	for i := range people {
		people[i] = fmt.Sprintf("wish%02d@wish.example", i)
	}
	out, later, last := people[0], people[1], people[59]
	mayAsk := &operator{action: mcp.ElicitationResponseActionAccept}
	for name, how := range map[string]struct {
		given  args
		plan   bool
		person *operator
		asked  string // empty: nobody is asked
	}{
		"a few of whom one had unsubscribed": {args{"contacts": []string{out, later}}, false, mayAsk, "Subscribe " + out + " again, who had unsubscribed?"},
		"a few of whom none had":             {args{"contacts": []string{later, last}}, false, mayAsk, ""},
		"many":                               {args{"contacts": people}, false, mayAsk, "Subscribe 60 contacts again"},
		"those of a file":                    {args{"file": "wish.csv"}, false, mayAsk, `Subscribe the contacts of "wish.csv" again`},
		"those of a condition":               {args{"where": "email_domain = 'wish.example'"}, false, mayAsk, "Subscribe the contacts where"},
		"a plan for a few":                   {args{"contacts": []string{out, later}}, true, mayAsk, "Subscribe 2 contacts again, as far as they had unsubscribed by 2000-01-01 00:"},
		"a plan for those of a file":         {args{"file": "wish.csv"}, true, mayAsk, "Subscribe 60 contacts again, as far as they had"},
		"a client that cannot ask":           {args{"contacts": []string{out, later}}, false, nil, ""},
		"a plan, and nobody can be asked":    {args{"file": "wish.csv"}, true, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var settings []func(*setting)
			if how.person != nil {
				how.person.asked = nil
				settings = append(settings, withOperator(how.person))
			}
			inFakeTime(t, func(t *testing.T, w *world) {
				for _, email := range people {
					w.AddContact(emulator.Contact{Email: email, Status: map[bool]string{true: "unsubscribed"}[email == out]})
				}
				w.file("wish.csv", "email\n"+strings.Join(people, "\n"))
				settled()
				given := with(how.given, "unsubscribed", false, "consent", "signed at the fair", "preview", how.plan)
				if !how.plan {
					slowly(w, 250) // which it waits for
				}
				job := w.works("bulk_update_contacts", given)
				w.clicksUnsubscribe(later)
				settled()
				if how.plan {
					job = w.works("apply_plan", args{"plan_id": job.at("job.plan_id")})
				}
				ended := w.ended(job)
				ended.says(t, later+": refused (The contact "+later+" has unsubscribed, maybe after the consent was given (2000-01-01 00:")
				settled()
				if w.contact(later).Status != "unsubscribed" || w.contact(out).Status == "unsubscribed" && strings.Contains(fmt.Sprint(how.given), out) {
					t.Errorf("%+v\n%+v", w.contact(later), w.contact(out))
				}
				if asked := fmt.Sprint(mayAsk.asked); how.person != nil && (how.asked == "") != (len(mayAsk.asked) == 0) || !strings.Contains(asked, how.asked) {
					t.Errorf("asked: %s", asked)
				}
			}, settings...)
		})
	}
}

// unsubscribing is a person who unsubscribes right after this server has looked them up.
type unsubscribing struct {
	next http.RoundTripper
	do   func()
}

// RoundTrip implements http.RoundTripper.
func (u *unsubscribing) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := u.next.RoundTrip(request)
	if do := u.do; do != nil && request.Method == http.MethodGet && strings.Contains(request.URL.Path, "/contacts/") {
		u.do = nil
		do()
	}
	return response, err
}

func TestNobodyIsSubscribedAgainWhoUnsubscribedAfterTheLook(t *testing.T) {
	t.Parallel()
	person, click := &operator{action: mcp.ElicitationResponseActionAccept}, &unsubscribing{}
	eachEra(t, func(t *testing.T, w *world) {
		seeded(w)
		click.do = func() { w.clicksUnsubscribe("anna@example.com") }
		w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": false, "consent": "by phone", "fields": args{"age": 50}})
		settled()
		if now := w.contact("anna@example.com"); len(person.asked) > 0 || click.do != nil || now.Status != "unsubscribed" || fmt.Sprint(now.Fields["age"]) != "50" {
			t.Errorf("asked: %q; %+v", person.asked, now)
		}
	}, withOperator(person), func(set *setting) {
		set.transport = func(next http.RoundTripper) http.RoundTripper { click.next = next; return click }
	})
}

func TestTheOperatorIsAskedAboutBothAddresses(t *testing.T) {
	t.Parallel()
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	eachEra(t, func(t *testing.T, w *world) {
		person.asked = nil
		w.AddContact(emulator.Contact{Email: "jane@example.com", Status: "unsubscribed"})
		outWithoutAContact(w, "max@example.com")
		person.asked = nil
		time.Sleep(time.Minute)
		w.works("update_contact", args{"contact": "jane@example.com", "email": "max@example.com", "unsubscribed": false, "consent": "by phone"})
		if len(person.asked) != 1 || !strings.Contains(person.asked[0], "jane@example.com, max@example.com unsubscribed from marketing mail.") {
			t.Errorf("asked: %q", person.asked)
		}
	}, withOperator(person))
}
