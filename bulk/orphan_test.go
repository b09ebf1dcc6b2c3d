package bulk

import (
	"context"
	"os"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/intake"
)

func TestAPlanThatFailsLeavesNoFile(t *testing.T) {
	for name, fails := range map[string]func(s *Service, j *job, cancel func()){
		"whether it can be undone is not known": func(_ *Service, j *job, cancel func()) {
			j.chunked = undoneAtOnce + 1
			cancel()
		},
		"it cannot be written down": func(_ *Service, _ *job, cancel func()) { cancel() },
		"it was dropped meanwhile":  func(s *Service, j *job, _ func()) { s.Discard(t.Context(), j.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := service(t, emulator.New(emulator.Config{}), dir)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := s.plan(ctx, Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
				err := stage.Rejected(ctx, []string{"Email"}, []intake.Rejected{{Line: 2, Reason: "bad", Cells: []string{"anna@"}}})
				fails(s, stage.job, cancel)
				return &intake.Summary{Read: 1, Rejected: 1, Columns: []string{"Email"}}, err
			})
			if err == nil {
				t.Error("it did not fail")
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}

func TestAFileOfRejectedRowsThatCannotBeReplacedStaysKnown(t *testing.T) {
	s := service(t, emulator.New(emulator.Config{}), t.TempDir())
	j := rejects(t, s, intake.Rejected{Line: 7, Reason: "first", Cells: []string{"a", "b"}})
	before := j.Tally
	db, err := s.store.Quick(t.Context())
	must(t, err)
	must(t, addRejected(t.Context(), db, j, 2, []intake.Rejected{{Reason: "later", Cells: []string{"c", "d"}}}))
	_, err = db.ExecContext(t.Context(), `UPDATE job_rejected SET content = x'7b' WHERE n = 2`)
	must(t, err)
	if err := s.writeRejected(t.Context(), j); err == nil || j.Tally.RejectedFile != before.RejectedFile || before.RejectedFile == "" {
		t.Errorf("%v; the file is %q, and was %q", err, j.Tally.RejectedFile, before.RejectedFile)
	}
}
