package bulk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/store"
)

// have checks what plan the first n contacts of an account have.
func have(t *testing.T, account *emulator.Emulator, n int, plan string) {
	t.Helper()
	for i := range n {
		if contact, _ := account.Contact(address(i)); contact.Fields["plan"] != plan {
			t.Fatalf("%s has %v, want %s", address(i), contact.Fields["plan"], plan)
		}
	}
}

// Guarantee 10.13.
func TestJobsOfTwoProcessesRunInTheOrderTheyWereAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, kept := peopled(emulator.Config{Unlimited: true, Latency: 100 * time.Millisecond}, 60), store.InMemory()
		account.AddField("Plan", "text", "plan")
		var processes []*Service
		for range 2 {
			processes = append(processes, started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept}))
		}
		var jobs []Status
		for i := range 5 {
			s := processes[i%2]
			jobs = append(jobs, setPlan(t, s, 60, fmt.Sprint("plan ", i)))
			must(t, s.Apply(t.Context(), jobs[i].ID, false))
		}
		last := time.Time{}
		for i, planned := range jobs {
			done := ended(t, processes[(i+1)%2], planned.ID)
			if done.State != Finished || done.Tally.Done != 60 || done.Ended.Before(last) {
				t.Errorf("job %d: %s, %d done at %s after %s", i, done.State, done.Tally.Done, done.Ended, last)
			}
			last = done.Ended
		}
		have(t, account, 60, "plan 4")
	})
}

// Guarantee 10.13.
func TestAJobWaitsForOneWhoseProcessWasKilled(t *testing.T) {
	for _, delivered := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			account, kept := peopled(emulator.Config{Unlimited: true, Latency: 100 * time.Millisecond}, 60), store.InMemory()
			account.AddField("Plan", "text", "plan")
			process := newMortal(account.Transport())
			first := started(t, setting{transport: process, dirs: []string{t.TempDir()}, kept: kept})
			second := started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept})
			one, two := setPlan(t, first, 60, "first"), setPlan(t, second, 60, "second")
			must(t, first.Apply(t.Context(), one.ID, false))
			process.arm(40, delivered, func(*http.Request) { must(t, second.Apply(t.Context(), two.ID, false)) })
			<-process.died
			first.stop()
			began := time.Now()
			done := ended(t, second, two.ID)
			before := ended(t, second, one.ID)
			if done.State != Finished || done.Tally.Done != 60 || before.State != Finished || before.Worked() != 60 || done.Ended.Before(before.Ended) || time.Since(began) > 3*time.Minute { // the rate limits allow it
				t.Errorf("after %s the first is %s: %+v, and the second %s: %+v", time.Since(began), before.State, before.Tally, done.State, done.Tally)
			}
			have(t, account, 60, "second")
			process.bury()
			time.Sleep(5 * time.Minute)
		})
	}
}

// Mailtrap still works off what it has accepted, so the next job waits for that.
//
// Guarantee 10.13.
func TestAJobWaitsForTheImportOfACancelledOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{Unlimited: true, JobDelay: 30 * time.Second}, 20)
		account.AddField("Plan", "text", "plan")
		s := service(t, account, t.TempDir())
		var rows []apiclient.ImportRow
		for i := range 20 {
			rows = append(rows, apiclient.ImportRow{Email: address(i), Fields: apiclient.Values{"plan": "first"}})
		}
		importing, err := s.PlanImport(t.Context(), ImportRequest{Rows: rows})
		must(t, err)
		must(t, s.Apply(t.Context(), importing.ID, false))
		for len(importsOf(account)) == 0 {
			time.Sleep(time.Second)
		}
		next := setPlan(t, s, 20, "second")
		must(t, s.Apply(t.Context(), next.ID, false))
		_, err = s.Cancel(t.Context(), importing.ID)
		must(t, err)
		ended(t, s, next.ID)
		stopped := ended(t, s, importing.ID)
		if stopped.State != Cancelled || stopped.Tally.Updated != 20 {
			t.Errorf("the import is %s: %+v", stopped.State, stopped.Tally)
		}
		time.Sleep(time.Minute)
		have(t, account, 20, "second")
	})
}

// Guarantee 10.13. Guarantee 4.4.
func TestAJobDoesNotWaitForAnotherAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true, Accounts: []emulator.Account{{ID: 1, Name: "One"}, {ID: 2, Name: "Two"}}})
		kept, network := store.InMemory(), &outage{next: account.Transport()}
		one := started(t, setting{transport: network, dirs: []string{t.TempDir()}, kept: kept, number: "1"})
		two := started(t, setting{account: account, dirs: []string{t.TempDir()}, kept: kept, number: "2"})
		for i := range 20 {
			for _, s := range []*Service{one, two} {
				_, err := s.contacts.Create(t.Context(), contacts.Creation{NewContact: apiclient.NewContact{Email: address(i)}})
				must(t, err)
			}
		}
		events := func(s *Service) Status {
			planned, err := s.PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: "e"}}, Selection{Contacts: refs(t, 20)})
			must(t, err)
			must(t, s.Apply(t.Context(), planned.ID, false))
			return planned
		}
		first := events(one)
		network.on.Store(true)
		second := events(two)
		done := ended(t, two, second.ID)
		still, err := one.Follow(t.Context(), first.ID, 0, nil)
		must(t, err)
		if done.State != Finished || done.Tally.Done != 20 || done.Behind != "" || still.State != Running {
			t.Errorf("the other account's is %s behind %q with %d done, and the first %s", done.State, done.Behind, done.Tally.Done, still.State)
		}
		ahead, err := two.Ahead(t.Context(), address(19))
		if err != nil || len(ahead) != 0 {
			t.Errorf("ahead in the other account are %q, %v", ahead, err)
		}
		network.on.Store(false)
		if done := ended(t, one, first.ID); done.State != Finished {
			t.Errorf("the first is %s: %v", done.State, done.Err())
		}
		fired := map[string]int{}
		for _, request := range account.Requests() {
			if strings.HasSuffix(request.Path, "/events") {
				fired[strings.Split(request.Path, "/")[3]]++
			}
		}
		if fired["1"] == 0 || fired["1"] > 20 || fired["2"] != 20 { // what was on its way in the outage is not fired again
			t.Errorf("the events of the accounts are %v", fired)
		}
	})
}

// Guarantee 10.13.
func TestWhoIsInALargeImportIsFoundByHash(t *testing.T) {
	account := emulator.New(emulator.Config{Unlimited: true})
	s := started(t, setting{account: account, dirs: []string{t.TempDir()}})
	var rows []apiclient.ImportRow
	for i := range 500 {
		rows = append(rows, apiclient.ImportRow{Email: address(i)})
	}
	planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: rows})
	must(t, err)
	says(t, s, `UPDATE job SET state = 'running' WHERE id = ?`, planned.ID)
	look := func(want int, people ...string) {
		t.Helper()
		ahead, err := s.Ahead(t.Context(), people...)
		if err != nil || len(ahead) != want {
			t.Errorf("%q: ahead are %q, %v", people, ahead, err)
		}
	}
	for i := range 500 {
		look(1, "nobody@example.com", strings.ToUpper(address(i)))
	}
	for i := 500; i < 1000; i++ {
		look(0, address(i))
	}
	says(t, s, `UPDATE job_chunk_people SET hashes = x'00000000'`) // it is asked, and not the contents
	look(0, address(3))
	says(t, s, `DELETE FROM job_chunk_people`) // of a job of an older program
	look(1, address(3))
	look(0, address(500))
	says(t, s, `UPDATE job_chunk SET state = 'done'`)
	look(0, address(3))
}
