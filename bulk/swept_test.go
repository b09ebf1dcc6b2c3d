package bulk

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

func TestWhatKilledProcessesLeftIsSweptWithWhatIsPruned(t *testing.T) {
	dir := t.TempDir()
	s := service(t, emulator.New(emulator.Config{}), dir)
	draft, err := s.folders.Create("mine.csv", true)
	must(t, err)
	must(t, draft.Close())
	must(t, os.Chtimes(draft.Name(), time.Now(), time.Now().Add(-time.Hour)))
	if left, err := filepath.Glob(filepath.Join(dir, ".mine.csv.*")); err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	s.Prune(t.Context())
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error("it is left", left, err)
	}
}
