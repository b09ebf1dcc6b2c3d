package audience

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// leftover puts an unfinished snapshot into an account's folder, as a killed process leaves it.
func leftover(t *testing.T, h *house, name string, age time.Duration) string {
	t.Helper()
	folder, err := h.madeFolder(must1(t, h))
	must(t, err)
	path := filepath.Join(folder, stampOf(time.Now().Add(-age))+name+unfinished)
	must(t, os.WriteFile(path, []byte("email anna@example.com, in half a file"), 0o600))
	old := time.Now().Add(-age)
	must(t, os.Chtimes(path, old, old))
	return path
}

func isThere(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Stat(path)
	return err == nil
}

// Guarantee 4.10.
func TestAHalfSnapshotOfAKilledProcessIsSwept(t *testing.T) {
	dir := t.TempDir()
	first := at(t, dir, people(emulator.LayoutTags))
	first.snapshot(t)
	old := leftover(t, first, "a", time.Hour)
	living := leftover(t, first, "b", time.Hour)
	must(t, os.Remove(living))
	d, err := newDraft(t.Context(), living) // a living process is at it
	must(t, err)
	defer d.discard()
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(living, past, past))
	at(t, dir, people(emulator.LayoutTags)) // the next server starts
	for began := time.Now(); isThere(t, old) && time.Since(began) < 10*time.Second; {
		time.Sleep(time.Millisecond)
	}
	if isThere(t, old) || !isThere(t, living) {
		t.Errorf("the dead one's file is there: %v; the living one's: %v", isThere(t, old), isThere(t, living))
	}
}

// Guarantee 4.10.
func TestAnErasureReachesWhatKilledProcessesLeft(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	h.snapshot(t)
	half := leftover(t, h, "", time.Hour)
	scratch := filepath.Join(h.options.Dir, ".scratch-left.db")
	must(t, os.WriteFile(scratch, []byte("anna@example.com"), 0o600))
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(scratch, past, past))
	_, err := h.Forget(t.Context(), "anna@example.com")
	must(t, err)
	if isThere(t, half) || isThere(t, scratch) {
		t.Errorf("left after an erasure: half a snapshot %v, a scratch file %v", isThere(t, half), isThere(t, scratch))
	}
}
