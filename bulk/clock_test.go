package bulk

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// Whom an update has created, while Mailtrap's answers do not tell, is found by when contacts were created: by Mailtrap's clock,
// however wrong this machine's is, and also where that is set while Mailtrap works.
//
// Guarantee 3.4.
func TestAWrongClockNeitherAccusesNorExcusesAJob(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, 20 * time.Second} {
		for _, isSet := range []bool{false, true} {
			t.Run(fmt.Sprintf("Mailtrap is ahead by %s, the clock is set %v", ahead, isSet), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := peopled(emulator.Config{
						Unlimited: true, JobDelay: 30 * time.Second, Now: func() time.Time { return time.Now().Add(ahead) },
					}, 20) // created just now, and within the hour
					account.AddField("Plan", "text", "plan")
					s := service(t, account, t.TempDir())
					time.Sleep(10 * time.Second)
					planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, 20))
					must(t, err)
					gone(t, account, address(3))
					account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Do: emulator.LoseAfter, Times: 1})
					must(t, s.Apply(t.Context(), planned.ID, false))
					if isSet {
						for len(importsOf(account)) < 2 {
							time.Sleep(time.Second)
						}
						time.Sleep(time.Second)
						db, err := s.store.Quick(t.Context())
						must(t, err)
						_, err = db.ExecContext(t.Context(), `UPDATE job_chunk SET sent = sent + 3600000`)
						must(t, err)
					}
					got := ended(t, s, planned.ID)
					problems, err := s.Problems(t.Context(), got.ID, 30)
					must(t, err)
					if got.State != FailedInPart || got.Tally.Unasked != 1 || len(problems) != 1 || problems[0].Contact != address(3) {
						t.Errorf("the job is %s, %+v, and names %+v", got.State, got.Tally, problems)
					}
					addsUp(t, got)
				})
			})
		}
	}
}
