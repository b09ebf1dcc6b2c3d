package bulk

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// A job that fails while Mailtrap has one of its requests, and is cancelled, finds out whom that has created; where that cannot
// be found out, it says so of all of them.
//
// Guarantee 3.4.
func TestAFailedJobThatIsCancelledStillFindsOutWhomItCreated(t *testing.T) {
	const people = 150
	for _, isLost := range []bool{false, true} {
		for _, isBack := range []bool{false, true} {
			t.Run(fmt.Sprintf("answer lost %v, Mailtrap back %v", isLost, isBack), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := peopled(emulator.Config{Unlimited: true, JobDelay: 30 * time.Second}, people)
					account.AddField("Plan", "text", "plan")
					s := service(t, account, t.TempDir())
					time.Sleep(time.Hour)
					planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, people))
					must(t, err)
					if isLost {
						account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Do: emulator.LoseAfter, Times: 1})
					}
					must(t, s.Apply(t.Context(), planned.ID, false))
					for len(importsOf(account)) == 0 {
						time.Sleep(100 * time.Millisecond)
					}
					gone(t, account, address(3))
					account.Inject(emulator.Fault{Status: 401, Body: `{"error":"Incorrect API token"}`})
					if failed := ended(t, s, planned.ID); failed.State != Failed {
						t.Fatalf("the job is %s: %+v", failed.State, failed.Tally)
					}
					sent := len(importsOf(account))
					if isBack {
						account.ClearFaults()
					}
					_, err = s.Cancel(t.Context(), planned.ID)
					must(t, err)
					got := ended(t, s, planned.ID)
					addsUp(t, got)
					if got.Worked() != people || got.Left() != 0 || len(importsOf(account)) != sent {
						t.Errorf("%d imports were sent after it; the job is %s, %+v", len(importsOf(account))-sent, got.State, got.Tally)
					}
					told, err := os.ReadFile(got.Tally.ReportFile)
					must(t, err)
					problems, err := s.Problems(t.Context(), got.ID, people)
					must(t, err)
					switch {
					case !isBack && (got.State != Cancelled || got.Tally.Unknown != people || len(problems) != people || strings.Count(string(told), `"outcome": "unknown"`) != people):
						t.Errorf("the job is %s, %+v, and names %d: %s", got.State, got.Tally, len(problems), told)
					case isBack && (got.State != FailedInPart || got.Tally.Unasked != 1 || !isLost && got.Tally.Updated != people-1 || !strings.Contains(string(told), `"contact": "`+address(3)+`",`+"\n"+`      "outcome": "created"`)):
						t.Errorf("the job is %s, %+v: %s", got.State, got.Tally, told)
					}
				})
			})
		}
	}
}

// Guarantee 5.1.
func TestAFailedJobThatIsCarriedOnWaitsForWhatMailtrapStillWorksOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{Unlimited: true, JobDelay: time.Minute}, 150)
		account.AddField("Plan", "text", "plan")
		s := service(t, account, t.TempDir())
		planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, 150))
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
		for len(importsOf(account)) == 0 {
			time.Sleep(100 * time.Millisecond)
		}
		account.Inject(emulator.Fault{Status: 401, Body: `{"error":"Incorrect API token"}`})
		if failed := ended(t, s, planned.ID); failed.State != Failed {
			t.Fatalf("the job is %s: %+v", failed.State, failed.Tally)
		}
		account.ClearFaults()
		must(t, s.Apply(t.Context(), planned.ID, false))
		if got := ended(t, s, planned.ID); got.State != Finished || got.Tally.Updated != 150 || len(importsOf(account)) != 1 {
			t.Errorf("%d imports were sent; the job is %s, %+v", len(importsOf(account)), got.State, got.Tally)
		}
	})
}
