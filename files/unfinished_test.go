package files

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A file that a killed process had not finished goes when the next one is written beside it, and when folders are swept.
func TestHalfFilesOfKilledProcessesAreSwept(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "below"), 0o700))
	folders := openFolders(t, "", dir)
	left := func(name string) string {
		draft, err := folders.Create(name, true)
		must(t, err)
		must(t, draft.Close())
		path := filepath.Join(dir, draft.temporary)
		must(t, os.Chtimes(path, time.Now(), time.Now().Add(-2*abandonedAfter)))
		return path
	}
	old, below := left("mine.csv"), left("below/mine.csv")
	living, err := folders.Create("mine.csv", true)
	must(t, err)
	foreign := filepath.Join(dir, ".mine.csv.abcdefgh.part")
	must(t, os.WriteFile(foreign, nil, 0o600))
	must(t, os.Chtimes(foreign, time.Now(), time.Now().Add(-time.Hour)))
	exists := func(path string) bool { _, err := os.Stat(path); return err == nil }
	if exists(old) || !exists(below) {
		t.Error("the file beside it is left, or one elsewhere is gone")
	}
	old = left("other.csv")
	folders.Sweep()
	if exists(old) || !exists(foreign) || !exists(filepath.Join(dir, living.temporary)) {
		t.Error("it is left, or somebody else's is gone")
	}
	if path, err := living.Keep(); err != nil || path != filepath.Join(dir, "mine.csv") {
		t.Error(path, err)
	}
}
