package bulk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

var writingKinds = []Kind{Import, Update, Delete, Event}

// trouble is what goes wrong while a job runs.
type trouble struct {
	config emulator.Config
	faults []emulator.Fault
	until  time.Duration // when the faults end; 0: never
}

var troubles = map[string]trouble{
	"a 429 storm of a minute":  {faults: []emulator.Fault{{Status: 429}}, until: time.Minute},
	"429s with Retry-After":    {config: emulator.Config{RetryAfter: true}, faults: []emulator.Fault{{Status: 429, Header: http.Header{"Retry-After": {"7"}}, Rate: 0.4}}, until: 3 * time.Minute},
	"a burst of 503s":          {faults: []emulator.Fault{{Status: 503, Times: 40}}},
	"500s now and then":        {faults: []emulator.Fault{{Status: 500, Rate: 0.3}}},
	"resets":                   {faults: []emulator.Fault{{Do: emulator.LoseBefore, Rate: 0.3}}},
	"answers lost":             {faults: []emulator.Fault{{Do: emulator.LoseAfter, Rate: 0.3}}},
	"answers cut off":          {faults: []emulator.Fault{{Do: emulator.TruncateBody, Rate: 0.3}}},
	"silence":                  {faults: []emulator.Fault{{Do: emulator.Hang, Rate: 0.03}}},
	"an outage of six minutes": {faults: []emulator.Fault{{Do: emulator.LoseBefore}}, until: 6 * time.Minute},
	"the write-apply window":   {config: emulator.Config{ApplyDelay: 5 * time.Second}},
	"writes dropped in it":     {config: emulator.Config{ApplyDelay: 5 * time.Second, DropInFlight: true}},
	"slow imports":             {config: emulator.Config{JobDelay: 8 * time.Second}},
	"all at once": {config: emulator.Config{ApplyDelay: 5 * time.Second, DropInFlight: true, Latency: 300 * time.Millisecond}, faults: []emulator.Fault{
		{Do: emulator.LoseAfter, Rate: 0.1}, {Status: 429, Rate: 0.1}, {Status: 502, Body: "<html>", Rate: 0.1}, {Do: emulator.LoseBefore, Rate: 0.1}}},
}

// troublesEnough are those that are tried under the race detector, which is many times slower.
var troublesEnough = []string{"answers lost", "an outage of six minutes", "all at once"}

func TestTroubleMakesAJobLateAndLosesNothing(t *testing.T) {
	for _, kind := range writingKinds {
		calm, want := undisturbed(t, kind, true)
		for name, wrong := range troubles {
			if raceDetector && !slices.Contains(troublesEnough, name) {
				continue
			}
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					account, s, got := troubled(t, kind, wrong)
					if got.State != Finished {
						t.Fatalf("the job is %+v", got)
					}
					finishedWell(t, calm, account, s, want, got)
				})
			})
		}
	}
}

// troubled carries a job out while things go wrong.
func troubled(t *testing.T, kind Kind, wrong trouble) (*emulator.Emulator, *Service, Status) {
	t.Helper()
	account := emulator.New(wrong.config)
	do := work{Kind: kind, List: killable(account), Small: true}
	s := service(t, account, t.TempDir())
	planned, err := plannedTo(t.Context(), s, do)
	must(t, err)
	must(t, s.Apply(t.Context(), planned.ID, false))
	account.Inject(wrong.faults...)
	if wrong.until > 0 {
		time.AfterFunc(wrong.until, account.ClearFaults)
	}
	got := ended(t, s, planned.ID)
	account.ClearFaults()
	time.Sleep(time.Minute) // what was accepted is applied
	return account, s, got
}

// finishedWell checks what there is to check of a job that has finished, however much went wrong meanwhile.
func finishedWell(t *testing.T, calm, account *emulator.Emulator, s *Service, want, got Status) {
	t.Helper()
	account.Len()
	if difference := cmp.Diff(outlook(calm), outlook(account)); difference != "" {
		t.Errorf("the account is not as it should be: %s", difference)
	}
	addsUp(t, got)
	tells(t, want, got)
	if got.Kind == Event {
		firedAtMostOnce(t, account, s, got)
		unknownWhereLost(t, account, s, got)
	}
}

// unknownWhereLost checks that the contacts of unknown outcome are those whose answer did not come, and no others.
func unknownWhereLost(t *testing.T, account *emulator.Emulator, s *Service, status Status) {
	t.Helper()
	lost := []string{}
	for _, request := range account.Requests() {
		_, rest, _ := strings.Cut(request.Path, "/contacts/")
		contact, isEvent := strings.CutSuffix(rest, "/events")
		if !isEvent || request.Status != 0 && request.Status < 500 {
			continue
		}
		email, err := url.PathUnescape(contact)
		must(t, err)
		lost = append(lost, email)
	}
	listed, err := s.Problems(t.Context(), status.ID, 1000)
	must(t, err)
	unknown := []string{}
	for _, problem := range listed {
		unknown = append(unknown, problem.Contact)
	}
	slices.Sort(lost)
	slices.Sort(unknown)
	if difference := cmp.Diff(lost, unknown); difference != "" {
		t.Errorf("lost, and said to be unknown: %s", difference)
	}
}

func TestNothingIsLostHoweverTroublesFollowEachOther(t *testing.T) {
	t.Parallel()
	calm, want := map[Kind]*emulator.Emulator{}, map[Kind]Status{}
	for _, kind := range writingKinds {
		calm[kind], want[kind] = undisturbed(t, kind, true)
	}
	paths := []string{"", "/contacts/imports", "/contacts/lists", "/events", "/contacts/p"}
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(writingKinds).Draw(rt, "kind")
		var wrong trouble
		wrong.config.ApplyDelay = time.Duration(rapid.IntRange(0, 10).Draw(rt, "apply delay, s")) * time.Second
		wrong.config.DropInFlight = rapid.Bool().Draw(rt, "drop")
		wrong.config.JobDelay = time.Duration(rapid.IntRange(0, 3).Draw(rt, "job delay, s")) * time.Second
		for range rapid.IntRange(0, 6).Draw(rt, "faults") {
			one := emulator.Fault{
				Method: rapid.SampledFrom([]string{"", "GET", "POST", "PATCH", "DELETE"}).Draw(rt, "method"),
				Path:   rapid.SampledFrom(paths).Draw(rt, "path"),
				Times:  rapid.IntRange(1, 60).Draw(rt, "times"),
				Rate:   rapid.Float64Range(0.05, 1).Draw(rt, "rate"),
				Do:     rapid.SampledFrom([]emulator.Action{emulator.None, emulator.LoseBefore, emulator.LoseAfter, emulator.Hang, emulator.TruncateBody}).Draw(rt, "do"),
			}
			if one.Do == emulator.None {
				one.Status, one.Body = rapid.SampledFrom([]int{429, 500, 502, 503}).Draw(rt, "status"), "<html>no</html>"
			}
			wrong.faults = append(wrong.faults, one)
		}
		synctest.Test(t, func(t *testing.T) {
			account, s, got := troubled(t, kind, wrong)
			if got.State != Finished {
				t.Errorf("the job is %+v", got)
				return
			}
			finishedWell(t, calm[kind], account, s, want[kind], got)
		})
		if t.Failed() {
			rt.Fatalf("after %+v", wrong)
		}
	})
}

// A token that is withdrawn half-way ends the job. It is carried on with when there is one again, and nothing is done twice.
func TestAJobWhoseTokenIsWithdrawnIsCarriedOnWith(t *testing.T) {
	for _, kind := range writingKinds {
		t.Run(string(kind), func(t *testing.T) {
			calm, want := undisturbed(t, kind, true)
			synctest.Test(t, func(t *testing.T) {
				account := emulator.New(emulator.Config{Latency: 20 * time.Millisecond})
				do := work{Kind: kind, List: killable(account), Small: true}
				s := service(t, account, t.TempDir())
				planned, err := plannedTo(t.Context(), s, do)
				must(t, err)
				must(t, s.Apply(t.Context(), planned.ID, false))
				for writesTo(account) < 4 {
					time.Sleep(time.Millisecond)
				}
				account.Inject(emulator.Fault{Status: 401, Body: `{"error":"Incorrect API token"}`})
				failed := ended(t, s, planned.ID)
				if failed.State != Failed || !fault.Is(failed.Err(), fault.Unauthorized) || failed.Left() == 0 {
					t.Fatalf("the job is %+v", failed)
				}
				addsUp(t, failed)
				account.ClearFaults()
				must(t, s.Apply(t.Context(), planned.ID, false))
				got := ended(t, s, planned.ID)
				if got.Err() != nil || got.Tally.Repeated {
					t.Errorf("the job is %+v", got)
				}
				finishedWell(t, calm, account, s, want, got)
				if kind == Import && got.Tally.Created != want.Tally.Created {
					t.Errorf("it tells %+v, and undisturbed %+v", got.Tally, want.Tally)
				}
			})
		})
	}
}

func TestACancelledJobSaysWhatItSent(t *testing.T) {
	for _, kind := range writingKinds {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := emulator.New(emulator.Config{Latency: 50 * time.Millisecond})
				do := work{Kind: kind, List: killable(account), Small: true}
				s := service(t, account, t.TempDir())
				planned, err := plannedTo(t.Context(), s, do)
				must(t, err)
				must(t, s.Apply(t.Context(), planned.ID, false))
				for writesTo(account) < 4 {
					time.Sleep(time.Millisecond)
				}
				got, err := s.Cancel(t.Context(), planned.ID)
				must(t, err)
				addsUp(t, got)
				writes := writesTo(account)
				time.Sleep(2 * time.Minute)
				if got.State != Cancelled || got.Left() == 0 || got.Worked()+got.Accepted()+got.Left() != got.Total || writesTo(account) != writes {
					t.Errorf("%d writes were sent after it, and the job is %+v", writesTo(account)-writes, got)
				}
				if kind == Event && len(account.Events()) != got.Tally.Done {
					t.Errorf("%d events were fired: %+v", len(account.Events()), got.Tally)
				}
				if err := s.Apply(t.Context(), planned.ID, false); !fault.Is(err, fault.PlanExpired) {
					t.Errorf("applied again: %v", err)
				}
			})
		})
	}
}

// While it waits for Mailtrap to come back, a job that is cancelled sends nothing any more.
func TestAJobThatIsCancelledDuringAnOutageSendsNothingAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{})
		do := work{Kind: Delete, List: killable(account), Small: true}
		s := service(t, account, t.TempDir())
		planned, err := plannedTo(t.Context(), s, do)
		must(t, err)
		account.Inject(emulator.Fault{Do: emulator.LoseBefore})
		must(t, s.Apply(t.Context(), planned.ID, false))
		time.Sleep(6 * time.Minute) // longer than one call waits
		_, err = s.Cancel(t.Context(), planned.ID)
		must(t, err)
		account.ClearFaults()
		time.Sleep(6 * time.Minute)
		got, err := s.Follow(t.Context(), planned.ID, 0, nil)
		must(t, err)
		if got.State != Cancelled || got.Worked() > batch || got.Left() < got.Total-batch {
			t.Errorf("the job is %+v", got)
		}
	})
}

// A job that waits, for the rate budget or to try a request again, is cancelled at once, and sends nothing more.
func TestAJobThatIsCancelledWhileItWaitsEndsAtOnce(t *testing.T) {
	t.Parallel()
	change := map[Kind]Spec{Update: {Fields: map[string]any{"tier": "gold"}}, Delete: {}, Event: {Event: &apiclient.Event{Name: "e"}}}
	cancelled := func(t *testing.T, account *emulator.Emulator, s *Service, id string) Status {
		t.Helper()
		must(t, s.Apply(t.Context(), id, false))
		time.Sleep(37 * time.Second) // while nothing is on its way
		got, err := s.Cancel(t.Context(), id)
		must(t, err)
		account.ClearFaults()
		writes := writesTo(account)
		time.Sleep(6 * time.Minute)
		if got.State != Cancelled || writesTo(account) != writes || got.Worked()+got.Left() != got.Total || got.Left() == 0 {
			t.Errorf("%d writes were sent after it, and the job is %+v", writesTo(account)-writes, got)
		}
		return got
	}
	for kind, spec := range change {
		t.Run(string(kind)+" out of budget", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := peopled(emulator.Config{Latency: 10 * time.Millisecond}, 300)
				account.AddField("Tier", "text", "tier")
				s := service(t, account, t.TempDir())
				planned, err := s.PlanWrite(t.Context(), kind, spec, Selection{Contacts: refs(t, 300)})
				must(t, err)
				if got := cancelled(t, account, s, planned.ID); got.Tally.Unknown != 0 || got.Tally.Done == 0 || got.Tally.Done != writesTo(account) {
					t.Errorf("after %d writes the job is %+v", writesTo(account), got)
				}
			})
		})
	}
	for _, kind := range writingKinds {
		for status, uncertain := range map[int]bool{http.StatusTooManyRequests: false, http.StatusServiceUnavailable: true} {
			t.Run(fmt.Sprint(kind, " while it is answered ", status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := emulator.New(emulator.Config{})
					do := work{Kind: kind, List: killable(account), Small: true}
					s := service(t, account, t.TempDir())
					planned, err := plannedTo(t.Context(), s, do)
					must(t, err)
					for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
						account.Inject(emulator.Fault{Method: method, Status: status})
					}
					got := cancelled(t, account, s, planned.ID)
					if !uncertain && got.Worked() != 0 {
						t.Errorf("nothing was taken, and the job is %+v", got)
					}
				})
			})
		}
	}
}

func TestPlansThatAreNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{})
		list := killable(account)
		s := service(t, account, t.TempDir())
		refused := func(id string, code fault.Code, says string) {
			t.Helper()
			before := writesTo(account)
			if err := s.Apply(t.Context(), id, true); !fault.Is(err, code) || !strings.Contains(fmt.Sprint(err), says) ||
				code != fault.AlreadyExists && writesTo(account) != before { // a job that runs goes on writing
				t.Errorf("%q: %v", id, err)
			}
		}
		refused("", fault.NotFound, "no plan")
		refused("import-20261126-abcdefgh", fault.NotFound, "no plan")

		planned, err := plannedTo(t.Context(), s, work{Kind: Update, List: list, Small: true})
		done := applied(t, s, planned, err)
		refused(done.ID, fault.PlanExpired, "carried out already")

		running, err := plannedTo(t.Context(), s, work{Kind: Delete, List: list, Small: true})
		must(t, err)
		must(t, s.Apply(t.Context(), running.ID, false))
		refused(running.ID, fault.AlreadyExists, "get_job")
		ended(t, s, running.ID)

		old, err := plannedTo(t.Context(), s, work{Kind: Import, List: list, Small: true})
		must(t, err)
		time.Sleep(planFor)
		refused(old.ID, fault.PlanExpired, "expired")

		changed, err := plannedTo(t.Context(), s, work{Kind: Import, List: list, Small: true})
		must(t, err)
		somebodyElse := s.api.OnSend(func(context.Context) error { return nil })
		_, err = somebodyElse.RenameList(t.Context(), list, "Letters")
		must(t, err)
		refused(changed.ID, fault.PlanExpired, "Newsletter")
	})
}

// A plan that is applied by several calls at once is carried out once.
func TestAPlanThatManyApplyIsCarriedOutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{})
		do := work{Kind: Event, List: killable(account), Small: true}
		s := service(t, account, t.TempDir())
		planned, err := plannedTo(t.Context(), s, do)
		must(t, err)
		failures := make(chan error, 10)
		for range cap(failures) {
			go func() { failures <- s.Apply(t.Context(), planned.ID, false) }()
		}
		won := 0
		for range cap(failures) {
			if err := <-failures; err == nil {
				won++
			} else if !fault.Is(err, fault.AlreadyExists) {
				t.Error(err)
			}
		}
		got := ended(t, s, planned.ID)
		if won != 1 || got.Tally.Done != got.Total {
			t.Errorf("%d calls applied it: %+v", won, got)
		}
		firedAtMostOnce(t, account, s, got)
	})
}

func TestServersOnOneFolderShareTheirJobs(t *testing.T) {
	t.Parallel()
	account, data := emulator.New(emulator.Config{Unlimited: true, Latency: 5 * time.Millisecond}), filepath.Join(t.TempDir(), "data")
	killable(account)
	var servers []*Service
	for range 2 {
		servers = append(servers, started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data}))
	}
	readOnly := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data, readOnly: true})
	readOnly.Resume()
	var ids []string
	for i := range 4 {
		planned, err := servers[i%2].PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: fmt.Sprint("e", i)}}, Selection{Contacts: refs(t, 30)})
		must(t, err)
		must(t, servers[(i+1)%2].Apply(t.Context(), planned.ID, false))
		ids = append(ids, planned.ID)
	}
	for i, id := range ids {
		got := ended(t, servers[i%2], id)
		if got.Tally.Done != 30 {
			t.Errorf("the job is %+v", got)
		}
		addsUp(t, got)
	}
	fired := map[string]int{}
	for _, event := range account.Events() {
		fired[event.Name+event.Email]++
	}
	for what, n := range fired {
		if n != 1 {
			t.Errorf("%s was fired %d times", what, n)
		}
	}
	if len(fired) != 120 {
		t.Errorf("%d were fired", len(fired))
	}
}

func TestAReadOnlyServerCarriesNothingOut(t *testing.T) {
	t.Parallel()
	account, data := peopled(emulator.Config{Unlimited: true}, 30), filepath.Join(t.TempDir(), "data")
	writer := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data})
	planned, err := writer.PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: "e"}}, Selection{Contacts: refs(t, 30)})
	must(t, err)
	account.Inject(emulator.Fault{Method: "POST", Path: "/events", Status: 429})
	must(t, writer.Apply(t.Context(), planned.ID, false))
	writer.Close() // as if it were stopped
	account.ClearFaults()

	reader := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data, readOnly: true})
	reader.Resume()
	if got, err := reader.Follow(t.Context(), planned.ID, 3*time.Second, nil); err != nil || got.State != Running || len(account.Events()) > 0 {
		t.Errorf("it worked on a job that writes: %+v, %v", got, err)
	}
	another := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data})
	another.Resume()
	if got := ended(t, another, planned.ID); got.Tally.Done+got.Tally.Unknown != 30 || len(account.Events()) != got.Tally.Done {
		t.Errorf("the job is %+v, and %d events were fired", got, len(account.Events()))
	}
}

// Closing does not wait for the rate budget, and what was cut off is known to have been.
func TestClosingCutsAJobOffAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{}, 400)
		s := service(t, account, t.TempDir())
		planned, err := s.PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: "e"}}, Selection{Contacts: refs(t, 400)})
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
		time.Sleep(5 * time.Second) // now it waits for its share of the limit
		began := time.Now()
		s.Close()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("closing took %v", took)
		}
		got, err := s.Follow(t.Context(), planned.ID, 0, nil)
		must(t, err)
		if got.State != Running || got.Tally.Done != len(account.Events()) || got.Tally.Unknown > 0 {
			t.Errorf("%d events were fired, and the job is %+v", len(account.Events()), got)
		}
	})
}

func TestClosingInTheMiddleOfARequestLeavesItsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	account, data := peopled(emulator.Config{Unlimited: true, Latency: 300 * time.Millisecond}, 8), filepath.Join(t.TempDir(), "data")
	s := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data})
	planned, err := s.PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: "e"}}, Selection{Contacts: refs(t, 8)})
	must(t, err)
	must(t, s.Apply(t.Context(), planned.ID, false))
	for writesTo(account) == 0 {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	s.Close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	later := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data})
	later.Resume()
	got := ended(t, later, planned.ID)
	addsUp(t, got)
	firedAtMostOnceOf(t, account, later, got, 8)
	if got.Tally.Unknown == 0 {
		t.Errorf("nothing is unknown: %+v", got)
	}
}
