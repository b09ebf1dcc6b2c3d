package bulk

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
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

// A clock that is set forward ends neither an import nor a job whose requests fail for a while, and one that is set back keeps no
// job from looking again.
func TestAJobWaitsAsLongWhateverTheClockIsSetTo(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"an import under way": {Method: http.MethodGet, Path: "/contacts/imports", Status: 200, Body: `{"id":5001,"status":"started"}`},
		"failing requests":    {Method: http.MethodGet, Path: "/contacts/imports", Status: 503},
	} {
		for _, set := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
			t.Run(fmt.Sprintf("%s, set by %s", name, set), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := emulator.New(emulator.Config{Unlimited: true})
					account.Inject(fault)
					s := service(t, account, t.TempDir())
					planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: []apiclient.ImportRow{{Email: address(1)}}})
					must(t, err)
					must(t, s.Apply(t.Context(), planned.ID, false))
					time.Sleep(10 * time.Minute)
					setClock(t, s, set)
					time.Sleep(10 * time.Minute)
					account.ClearFaults()
					began := time.Now()
					got := ended(t, s, planned.ID)
					if took := time.Since(began); got.State != Finished || got.Tally.Created != 1 || took > 2*time.Minute {
						t.Errorf("after %s it is %s: %v", took, got.State, got.Err())
					}
				})
			})
		}
	}
}

// setClock has what is kept of the only job look as if the clock had been set since.
func setClock(t *testing.T, s *Service, by time.Duration) {
	t.Helper()
	db, err := s.store.Quick(t.Context())
	must(t, err)
	var tally string
	for db.QueryRowContext(t.Context(), `SELECT tally FROM job WHERE owner = ''`).Scan(&tally) != nil { // nobody is at it
		time.Sleep(100 * time.Millisecond)
	}
	tally = regexp.MustCompile(`\d{12,}`).ReplaceAllStringFunc(tally, func(ms string) string {
		at, err := strconv.ParseInt(ms, 10, 64)
		must(t, err)
		return strconv.FormatInt(at-by.Milliseconds(), 10)
	})
	_, err = db.ExecContext(t.Context(), `UPDATE job SET due = due - $1, beat = beat - $1, tally = $2`, by.Milliseconds(), tally)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE job_chunk SET sent = sent - $1`, by.Milliseconds())
	must(t, err)
}
