package bulk

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/emulator"
)

// Property: no job leaves anyone there whom this server has deleted since it was planned, nor as a subscriber who is known to
// have unsubscribed. Of people whom others delete, a job that must not create them creates nobody, or it has failed in part and
// names exactly those. That holds wherever its processes are killed.
//
// Guarantee 3.1.
// Guarantee 3.2.
// Guarantee 3.3.
// Guarantee 3.4.
// Guarantee 3.5.
func TestNobodyIsCreatedUnaskedHoweverOthersInterfere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		config := emulator.Config{
			Unlimited: true, UpsertByID: rapid.Bool().Draw(rt, "upsert by id"), Latency: 50 * time.Millisecond,
			ApplyDelay:   time.Duration(rapid.SampledFrom([]int{0, 3}).Draw(rt, "apply delay, s")) * time.Second,
			JobDelay:     time.Duration(rapid.IntRange(0, 20).Draw(rt, "job delay, s")) * time.Second,
			ExportLayout: emulator.Layout(rapid.IntRange(0, 2).Draw(rt, "layout")),
		}
		by := planning[rapid.IntRange(0, len(planning)-1).Draw(rt, "job")]
		people := rapid.SampledFrom([]int{1, 7, 40, 130}).Draw(rt, "people")
		some := rapid.IntRange(1, people).Draw(rt, "named")
		waits := time.Duration(rapid.SampledFrom([]int{0, 5, 50, 90, 600}).Draw(rt, "waits, s")) * time.Second
		loses := rapid.Bool().Draw(rt, "answers are lost")
		stops := rapid.SampledFrom([]int{0, 0, 0, 5, 20}).Draw(rt, "is cancelled after, s")
		var deaths []death
		for range rapid.IntRange(0, 2).Draw(rt, "kills") {
			deaths = append(deaths, death{rapid.IntRange(0, 30).Draw(rt, "at request"), rapid.Bool().Draw(rt, "that arrives"), rapid.Bool().Draw(rt, "of somebody deleted")})
		}
		var deeds []deed
		for range rapid.IntRange(0, 8).Draw(rt, "deeds") {
			deeds = append(deeds, deed{
				after: time.Duration(rapid.IntRange(0, 60_000).Draw(rt, "after, ms")) * time.Millisecond,
				who:   rapid.IntRange(0, people-1).Draw(rt, "who"), here: rapid.Bool().Draw(rt, "by this server"), deletes: rapid.IntRange(0, 2).Draw(rt, "deletes") > 0,
			})
		}
		soon := rapid.Bool().Draw(rt, "while the job runs")
		var wrong []string // to be told outside of the bubble: a failure in it would end the search
		synctest.Test(t, func(t *testing.T) {
			w := newAskedWorld(t, config, people)
			var named []string
			for i := range some {
				named = append(named, address(i))
			}
			if by.creates {
				for i := range 4 {
					named = append(named, address(formers+i), address(strangers+i))
				}
			}
			defer w.bury()
			planned, err := by.plan(t, w, named)
			must(t, err)
			if planned.Total == 0 {
				return
			}
			if loses {
				w.account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Do: emulator.LoseAfter, Times: 1}, emulator.Fault{Method: http.MethodPatch, Do: emulator.LoseAfter, Times: 2})
			}
			var group sync.WaitGroup
			for _, one := range deeds {
				if soon {
					one.after += waits
				} else if one.deletes && one.after < waits-evidenceFor-applying {
					w.old[address(one.who)] = true
				}
				group.Go(func() {
					time.Sleep(one.after)
					w.does(t, one)
				})
			}
			time.Sleep(waits)
			must(t, w.s.Apply(t.Context(), planned.ID, false))
			over := make(chan struct{})
			group.Go(func() { w.kills(t, deaths, over) })
			if stops > 0 {
				group.Go(func() {
					time.Sleep(time.Duration(stops) * time.Second)
					_, _ = w.beside.Cancel(t.Context(), planned.ID)
				})
			}
			got := ended(t, w.beside, planned.ID)
			close(over)
			group.Wait()
			time.Sleep(time.Minute)
			wrong = w.check(t, by, got)
		})
		if len(wrong) > 0 {
			rt.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
}
