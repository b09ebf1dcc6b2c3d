package bulk

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// setPlan plans to give the first n contacts of an account a plan.
func setPlan(t testing.TB, s *Service, n int, plan string) Status {
	t.Helper()
	planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": plan}}, Selection{Contacts: refs(t, n)})
	must(t, err)
	return planned
}

// outage lets requests fail while it is on.
type outage struct {
	next http.RoundTripper
	on   atomic.Bool
}

// RoundTrip implements http.RoundTripper.
func (o *outage) RoundTrip(request *http.Request) (*http.Response, error) {
	if o.on.Load() {
		return nil, fmt.Errorf("there is no network")
	}
	return o.next.RoundTrip(request)
}

// Guarantee 10.13. The last one asked wins with everybody, whatever order they were planned in.
func TestJobsThatWriteRunInTheOrderTheyWereAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{}, 60)
		account.AddField("Plan", "text", "plan")
		s := service(t, account, t.TempDir())
		var jobs []Status
		for i := range 4 {
			jobs = append(jobs, setPlan(t, s, 60, fmt.Sprint("plan ", i)))
		}
		for _, i := range []int{2, 0, 3, 1} {
			must(t, s.Apply(t.Context(), jobs[i].ID, false))
		}
		waiting, err := s.Follow(t.Context(), jobs[1].ID, 0, nil)
		must(t, err)
		if waiting.State != Running || waiting.Behind != jobs[2].ID || waiting.Worked() != 0 {
			t.Errorf("the last one is %s behind %q with %d done", waiting.State, waiting.Behind, waiting.Worked())
		}
		last := time.Time{}
		for _, i := range []int{2, 0, 3, 1} {
			done := ended(t, s, jobs[i].ID)
			if done.State != Finished || done.Tally.Done != 60 || done.Ended.Before(last) {
				t.Errorf("job %d: %s, %d done at %s after %s", i, done.State, done.Tally.Done, done.Ended, last)
			}
			last = done.Ended
		}
		for i := range 60 {
			if contact, _ := account.Contact(address(i)); contact.Fields["plan"] != "plan 1" {
				t.Fatalf("%s has %v", address(i), contact.Fields)
			}
		}
	})
}

// Guarantee 10.13.
func TestAJobThatWaitsOutAnOutageIsNotOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{}, 20)
		account.AddField("Plan", "text", "plan")
		network := &outage{next: account.Transport()}
		s := started(t, setting{transport: network, dirs: []string{t.TempDir()}})
		first, second, third := setPlan(t, s, 20, "first"), setPlan(t, s, 20, "second"), setPlan(t, s, 20, "third")
		must(t, s.Apply(t.Context(), first.ID, false))
		network.on.Store(true)
		time.Sleep(time.Minute)
		network.on.Store(false) // applying looks at the account
		must(t, s.Apply(t.Context(), second.ID, false))
		must(t, s.Apply(t.Context(), third.ID, false))
		network.on.Store(true)
		time.Sleep(5 * time.Minute)
		stopped, err := s.Cancel(t.Context(), second.ID)
		must(t, err)
		if stopped.State != Cancelled || stopped.Worked() != 0 {
			t.Errorf("a job that waits was not cancelled: %s, %d done", stopped.State, stopped.Worked())
		}
		network.on.Store(false)
		if done := ended(t, s, third.ID); done.State != Finished {
			t.Errorf("the third is %s: %v", done.State, done.Err())
		}
		if done := ended(t, s, first.ID); done.State != Finished {
			t.Errorf("the first is %s: %v", done.State, done.Err())
		}
		for i := range 20 {
			if contact, _ := account.Contact(address(i)); contact.Fields["plan"] != "third" {
				t.Fatalf("%s has %v", address(i), contact.Fields)
			}
		}
	})
}
