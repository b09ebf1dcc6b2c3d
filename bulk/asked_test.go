package bulk

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/store"
)

// unaskedWorld is an account that a server updates while others, and this server itself, delete and unsubscribe people.
type unaskedWorld struct {
	account *emulator.Emulator
	kept    *store.Store
	dir     string
	s       *Service
	mu      sync.Mutex
	before  map[string]string // the ids of those who were there at first
	here    map[string]bool   // whom this server has deleted
	old     map[string]bool   // who was deleted so long before the job that nobody may create them
}

// Property: no job that must not create anybody leaves anyone there whom this server has deleted; against what others do
// nobody is created either, or the job has failed in part and names exactly those.
//
// Guarantee 3.1.
// Guarantee 3.3.
// Guarantee 3.4.
// Guarantee 3.5.
func TestNobodyIsCreatedUnaskedHoweverOthersInterfere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		config := emulator.Config{
			Unlimited: true, UpsertByID: rapid.Bool().Draw(rt, "upsert by id"), Latency: 50 * time.Millisecond,
			JobDelay:     time.Duration(rapid.IntRange(0, 20).Draw(rt, "job delay, s")) * time.Second,
			ExportLayout: emulator.Layout(rapid.IntRange(0, 2).Draw(rt, "layout")),
		}
		people := rapid.SampledFrom([]int{1, 7, 40, 130}).Draw(rt, "people")
		waits := time.Duration(rapid.SampledFrom([]int{0, 5, 50, 90, 600}).Draw(rt, "waits, s")) * time.Second
		kills := rapid.IntRange(0, 2).Draw(rt, "kills")
		loses := rapid.Bool().Draw(rt, "answers are lost")
		takesAway := rapid.Bool().Draw(rt, "takes away")
		type deed struct {
			after time.Duration
			who   int
			here  bool
		}
		var deeds []deed
		for range rapid.IntRange(0, 6).Draw(rt, "deletions") {
			deeds = append(deeds, deed{
				after: time.Duration(rapid.IntRange(0, 60_000).Draw(rt, "after, ms")) * time.Millisecond,
				who:   rapid.IntRange(0, people-1).Draw(rt, "who"), here: rapid.Bool().Draw(rt, "by this server"),
			})
		}
		slices.SortFunc(deeds, func(a, b deed) int { return int(a.after - b.after) })
		synctest.Test(t, func(t *testing.T) {
			w := newUnaskedWorld(t, config, people)
			list := w.account.AddList("News")
			spec := Spec{Join: []apiclient.List{{ID: list, Name: "News"}}}
			if takesAway {
				spec = Spec{Leave: spec.Join, Fields: apiclient.Values{"plan": nil}}
			}
			planned, err := w.s.PlanWrite(t.Context(), Update, spec, knowing(w.account, people))
			must(t, err)
			var group sync.WaitGroup
			for _, one := range deeds {
				group.Go(func() {
					time.Sleep(one.after)
					w.delete(t, address(one.who), one.here)
				})
			}
			time.Sleep(waits)
			if loses {
				w.account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Do: emulator.LoseAfter, Times: 1}, emulator.Fault{Method: http.MethodPatch, Do: emulator.LoseAfter, Times: 2})
			}
			w.mu.Lock()
			for _, one := range deeds {
				if one.after < waits-evidenceFor-applying {
					w.old[address(one.who)] = true
				}
			}
			w.mu.Unlock()
			must(t, w.s.Apply(t.Context(), planned.ID, false))
			for range kills {
				time.Sleep(3 * time.Second)
				w.restart(t)
			}
			got := ended(t, w.s, planned.ID)
			group.Wait()
			time.Sleep(time.Minute)
			w.check(t, got)
		})
	})
}

func newUnaskedWorld(t *testing.T, config emulator.Config, people int) *unaskedWorld {
	w := &unaskedWorld{account: peopled(config, people), kept: store.InMemory(), dir: t.TempDir(), before: map[string]string{}, here: map[string]bool{}, old: map[string]bool{}}
	w.account.AddField("Plan", "text", "plan")
	for i := range people {
		found, _ := w.account.Contact(address(i))
		w.before[address(i)] = found.ID
	}
	time.Sleep(time.Hour)
	w.s = started(t, setting{account: w.account, dirs: []string{w.dir}, kept: w.kept})
	return w
}

// restart has another process carry on.
func (w *unaskedWorld) restart(t *testing.T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s.Close()
	w.s = started(t, setting{account: w.account, dirs: []string{w.dir}, kept: w.kept})
	w.s.Resume()
	_, err := w.s.Recent(t.Context())
	must(t, err)
	w.s.queue.lock()
	w.s.queue.unlock()
	must(t, w.s.queue.start(t.Context()))
}

func (w *unaskedWorld) delete(t *testing.T, email string, here bool) {
	w.mu.Lock()
	s := w.s
	w.mu.Unlock()
	ref, err := apiclient.ParseContact(email)
	must(t, err)
	if here {
		found, err := s.contacts.Get(t.Context(), ref)
		if err == nil {
			err = s.contacts.Delete(t.Context(), found)
		}
		if err == nil {
			w.mu.Lock()
			w.here[email] = true
			w.mu.Unlock()
		}
		return
	}
	if _, there := w.account.Contact(email); there {
		api, err := apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: w.account.Transport()})
		must(t, err)
		defer api.Close()
		_ = api.DeleteContact(context.WithoutCancel(t.Context()), ref) // somebody else may have been quicker
	}
}

func (w *unaskedWorld) check(t *testing.T, got Status) {
	created := map[string]bool{}
	for email, id := range w.before {
		now, there := w.account.Contact(email)
		if !there || now.ID == id {
			continue
		}
		created[email] = true
		if w.old[email] {
			t.Errorf("%s was deleted long before, and was created", email)
		}
		if w.here[email] {
			t.Errorf("%s was deleted here and is there again", email)
		}
	}
	problems, err := w.s.Problems(t.Context(), got.ID, 1000)
	must(t, err)
	named := map[string]bool{}
	for _, problem := range problems {
		if problem.Outcome == itemCreated {
			named[problem.Contact] = true
		}
	}
	maps.DeleteFunc(named, func(email string, _ bool) bool { // somebody has deleted them again since
		_, there := w.account.Contact(email)
		return !there
	})
	if !maps.Equal(created, named) {
		t.Errorf("created were %v, and named are %v; %s", created, named, fmt.Sprintf("%+v", got.Tally))
	}
	if (len(created) > 0) && got.State != FailedInPart || got.State != Finished && got.State != FailedInPart {
		t.Errorf("the job is %s: %+v", got.State, got.Tally)
	}
	addsUp(t, got)
}
