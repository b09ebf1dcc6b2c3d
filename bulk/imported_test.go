package bulk

import (
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/emulator"
)

// A snapshot that was taken while Mailtrap worked on an import may lack it, however the import ended, and one that was taken after
// its end has it.
//
// Guarantee 8.1.
func TestASnapshotTakenDuringAnImportLacksItHoweverItEnds(t *testing.T) {
	fiveRows := []apiclient.ImportRow{}
	for i := range 5 {
		fiveRows = append(fiveRows, apiclient.ImportRow{Email: address(i)})
	}
	told := func(answer string) *emulator.Fault {
		return &emulator.Fault{Method: http.MethodGet, Path: "/contacts/imports", Status: 200, Body: answer}
	}
	for name, how := range map[string]struct {
		fault         *emulator.Fault // while it is asked about the import
		lost          bool            // its answer does not come
		cancel, leave bool            // by who wants it, or by the process
		unheard       bool            // its end is never told
	}{
		"it finishes":                             {},
		"it fails":                                {fault: told(`{"id":5001,"status":"failed"}`)},
		"Mailtrap does not know it any more":      {fault: &emulator.Fault{Method: http.MethodGet, Path: "/contacts/imports", Status: 404}},
		"its status is not known":                 {fault: told(`{"id":5001,"status":"paused"}`), unheard: true},
		"the job is cancelled":                    {cancel: true},
		"another process carries on":              {leave: true},
		"its answer is lost":                      {lost: true},
		"its answer is lost, and it is cancelled": {lost: true, cancel: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				account := peopled(emulator.Config{Unlimited: true}, 3)
				account.Inject(*told(`{"id":5001,"status":"started"}`))
				set := setting{account: account, dirs: []string{dir}}
				if how.leave {
					set.data = filepath.Join(dir, "data")
				}
				s := started(t, set)
				s.pace = pace{beat: time.Minute, dead: 5 * time.Minute, watch: time.Minute, poll: 10 * time.Second}
				planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: fiveRows})
				must(t, err)
				if how.lost {
					account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Do: emulator.LoseAfter})
				}
				must(t, s.Apply(t.Context(), planned.ID, false))
				time.Sleep(30 * time.Second)
				during := snapshotOf(t, s)
				lacking(t, during, 5)
				if !how.lost || !how.cancel {
					account.ClearFaults()
				}
				if how.fault != nil {
					account.Inject(*how.fault)
				}
				if how.cancel {
					_, err := s.Cancel(t.Context(), planned.ID)
					must(t, err)
				}
				if how.leave {
					s.Close()
					time.Sleep(time.Hour)
					lacking(t, during, 5)
					s = started(t, set)
					s.Resume()
				}
				ended(t, s, planned.ID)
				account.ClearFaults()
				lacking(t, during, 5)
				time.Sleep(16 * time.Second)
				if how.unheard {
					lacking(t, snapshotOf(t, s), 5)
					time.Sleep(audience.ImportLimit)
				}
				lacking(t, snapshotOf(t, s), 0)
			})
		})
	}
}

// snapshotOf is a new snapshot of the account.
func snapshotOf(t *testing.T, s *Service) *audience.Snapshot {
	t.Helper()
	sn, err := s.audience.Snapshot(t.Context(), audience.Want{Refresh: true})
	must(t, err)
	t.Cleanup(sn.Release)
	return sn
}

func lacking(t *testing.T, sn *audience.Snapshot, n int) {
	t.Helper()
	facts, err := sn.Facts(t.Context())
	must(t, err)
	if facts.Unpatched != n {
		t.Errorf("the snapshot lacks %d updates, want %d", facts.Unpatched, n)
	}
}
