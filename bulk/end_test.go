package bulk

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

func TestAJobThatCannotBeEndedAtOnceWritesEachFileOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		account.Inject(emulator.Fault{Method: "GET", Path: "/contacts/imports", Status: 404}) // whose rows are of unknown outcome
		s := service(t, account, dir)
		planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: []apiclient.ImportRow{{Email: address(1)}}})
		must(t, err)
		db, err := s.store.Quick(t.Context())
		must(t, err)
		_, err = db.ExecContext(t.Context(), `CREATE TRIGGER refuses BEFORE UPDATE OF ended ON job WHEN NEW.ended IS NOT NULL
			BEGIN SELECT RAISE(ABORT, 'no end'); END`)
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
		time.Sleep(time.Minute)
		running, err := s.Writing(t.Context())
		must(t, err)
		if len(running) != 1 {
			t.Fatalf("it has ended: %+v", running)
		}
		_, err = db.ExecContext(t.Context(), `DROP TRIGGER refuses`)
		must(t, err)
		got := ended(t, s, planned.ID)
		left, err := os.ReadDir(dir)
		must(t, err)
		if len(left) != 2 || got.Tally.ReportFile != filepath.Join(dir, planned.ID+"-report.json") ||
			got.Tally.RejectedFile != filepath.Join(dir, planned.ID+"-rejected.csv") {
			t.Errorf("there are %v, and it names %s and %s", left, got.Tally.ReportFile, got.Tally.RejectedFile)
		}
	})
}
