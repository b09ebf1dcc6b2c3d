package bulk

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/intake"
)

// rejects is a job with rejected rows in a file.
func rejects(t *testing.T, s *Service, rows ...intake.Rejected) *job {
	t.Helper()
	planned, err := s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		stage.route = mayCreate
		if err := stage.Contacts(ctx, intake.Chunk{Rows: intake.RowsOf(nil).Add(nil, "a@example.com", nil, nil, nil), Count: 1}); err != nil {
			return nil, err
		}
		return &intake.Summary{Read: 1 + len(rows), Contacts: 1, Rejected: len(rows), Columns: []string{"Email", "Note"}, Tags: []string{"email", ""}}, stage.Rejected(ctx, []string{"Email", "Note"}, rows)
	})
	must(t, err)
	account, err := s.api.AccountKey(t.Context())
	must(t, err)
	db, err := s.store.Quick(t.Context())
	must(t, err)
	j, err := load(t.Context(), db, account, planned.ID)
	must(t, err)
	return j
}

func TestAMendedFileOfRejectedRowsIsLeftAlone(t *testing.T) {
	for _, mended := range []bool{false, true} {
		s := service(t, emulator.New(emulator.Config{}), t.TempDir())
		j := rejects(t, s, intake.Rejected{Line: 7, Reason: "first", Cells: []string{"a", "b"}})
		first := j.Tally.RejectedFile
		if mended {
			must(t, os.WriteFile(first, []byte("email\nmended@example.com\n"), 0o600))
		}
		db, err := s.store.Quick(t.Context())
		must(t, err)
		must(t, addRejected(t.Context(), db, j, 2, []intake.Rejected{{Reason: "later", Cells: []string{"c", "d"}}}))
		must(t, s.writeRejected(t.Context(), j))
		kept, err := os.ReadFile(first)
		must(t, err)
		if !mended {
			if !strings.Contains(string(kept), "first") || !strings.Contains(string(kept), "later") || j.Tally.OtherRejected != "" {
				t.Errorf("the file has %q, and the job is %+v", kept, j.Tally)
			}
			continue
		}
		other, err := os.ReadFile(j.Tally.OtherRejected)
		must(t, err)
		if !strings.Contains(string(kept), "mended@") || strings.Contains(string(other), "first") || !strings.Contains(string(other), "later") {
			t.Errorf("the file has %q, the other %q", kept, other)
		}
	}
}

func TestCellsThatAreFormulasAreTextInTheFileOfRejectedRows(t *testing.T) {
	s := service(t, emulator.New(emulator.Config{}), t.TempDir())
	cells := []string{"=1+1", "@sum", "+cmd|x", "-2+3", "+48 600 700 800", "-5", "plain"}
	var rows []intake.Rejected
	for i, cell := range cells {
		rows = append(rows, intake.Rejected{Line: i + 2, Reason: "odd", Cells: []string{address(i), cell}})
	}
	j := rejects(t, s, rows...)
	written, err := os.ReadFile(j.Tally.RejectedFile)
	must(t, err)
	var want []string
	for i, cell := range []string{"'=1+1", "'@sum", "'+cmd|x", "-2+3", "+48 600 700 800", "-5", "plain"} {
		want = append(want, address(i)+","+cell)
	}
	for _, line := range want {
		if !strings.Contains(string(written), line+"\n") {
			t.Errorf("there is no %q in %s", line, written)
		}
	}
}

func TestExpiredPlansGoWithTheirFilesAndMendedOnesStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s := service(t, emulator.New(emulator.Config{}), dir)
		gone := rejects(t, s, intake.Rejected{Line: 2, Reason: "x", Cells: []string{"a"}})
		stays := rejects(t, s, intake.Rejected{Line: 2, Reason: "x", Cells: []string{"b"}})
		must(t, os.WriteFile(stays.Tally.RejectedFile, []byte("email\nmended@example.com\n"), 0o600))
		time.Sleep(planFor + time.Second)
		if !s.Prune(t.Context()) {
			t.Error("not all of them are dropped")
		}
		db, err := s.store.Quick(t.Context())
		must(t, err)
		var rows int
		must(t, db.QueryRow(`SELECT (SELECT count(*) FROM job_chunk WHERE job IN (?1, ?2)) + (SELECT count(*) FROM job_rejected) + (SELECT count(*) FROM job WHERE id IN (?1, ?2))`, gone.ID, stays.ID).Scan(&rows))
		_, goneErr := os.Stat(gone.Tally.RejectedFile)
		_, staysErr := os.Stat(stays.Tally.RejectedFile)
		if rows != 0 || !os.IsNotExist(goneErr) || staysErr != nil {
			t.Errorf("%d rows are left; the files: %v, %v", rows, goneErr, staysErr)
		}
	})
}

// A file size that the data folder may not pass stands for a disk that is full.
func TestAFullDiskLeavesNoPlanAndSendsNothing(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	account := emulator.New(emulator.Config{Unlimited: true})
	s := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: data})
	db, err := s.store.Quick(t.Context())
	must(t, err)
	var pages int
	must(t, db.QueryRow(`PRAGMA page_count`).Scan(&pages))
	_, err = db.Exec(`PRAGMA max_page_count = ` + strconv.Itoa(pages+40))
	must(t, err)
	_, err = s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) { return manyChunks(ctx, stage, 2000) })
	if err == nil || !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "not sent") {
		t.Fatalf("the error is %v", err)
	}
	var jobs, chunks int
	must(t, db.QueryRow(`SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM job_chunk)`).Scan(&jobs, &chunks))
	if jobs+chunks > 0 || writesTo(account) > 0 {
		t.Errorf("%d jobs and %d chunks are left, %d requests were sent", jobs, chunks, writesTo(account))
	}
}
