package audience

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// takenAhead has the account's snapshot look as if the clock had been an hour ahead when it was taken: its file's name, and
// unless nameOnly also what it says of itself.
func (h *house) takenAhead(t *testing.T, nameOnly bool) {
	t.Helper()
	sn, err := h.Snapshot(t.Context(), Want{})
	must(t, err)
	sn.Release()
	must(t, h.Close())
	if !nameOnly {
		db, err := open(sn.path, "rw")
		must(t, err)
		_, err = db.ExecContext(t.Context(), `UPDATE snapshot SET json = json_set(json, '$.taken_at', $1)`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano))
		must(t, err)
		must(t, db.Close())
	}
	must(t, os.Rename(sn.path, filepath.Join(filepath.Dir(sn.path), stampOf(time.Now().Add(time.Hour))+finished)))
}

// Guarantee 4.11b.
func TestAClockThatWasSetBackBlocksNoSnapshot(t *testing.T) {
	for name, nameOnly := range map[string]bool{"all of it is ahead": false, "only its name is ahead": true} {
		t.Run(name, func(t *testing.T) {
			dir, account := t.TempDir(), people(emulator.LayoutTags)
			at(t, dir, account).takenAhead(t, nameOnly)
			h := at(t, dir, account)
			var before string
			if sn, found, err := h.Latest(t.Context()); err != nil || found != nameOnly {
				t.Errorf("a snapshot that is not of now is the latest: %v, %v", found, err)
			} else if found {
				sn.Release()
			}
			for _, want := range []Want{{MaxAge: time.Nanosecond}, {Refresh: true}, {Refresh: true}} {
				began, exports := time.Now(), h.exporter.calls.Load()
				sn, err := h.Snapshot(t.Context(), want)
				must(t, err)
				if taken := sn.TakenAt(); taken.Before(began) || taken.After(time.Now()) || h.exporter.calls.Load() != exports+1 {
					t.Errorf("%+v: taken %s after the call, with %d exports", want, taken.Sub(began), h.exporter.calls.Load()-exports)
				}
				if left := h.files(must1(t, h), finished); len(left) != 1 || left[0] != sn.path || sn.path <= before {
					t.Errorf("after %s, %s there are %q", before, sn.path, left)
				}
				before = sn.path
				sn.Release()
			}
			latest, _, err := h.Latest(t.Context())
			must(t, err)
			defer latest.Release()
			same, err := h.Snapshot(t.Context(), Want{MaxAge: time.Hour})
			must(t, err)
			defer same.Release()
			if latest.path != before || same.path != before {
				t.Errorf("not the one that was taken: %s, %s", latest.path, same.path)
			}
			h.Wrote(t.Context(), apiclient.Contact{Email: "new@example.com"})
			wantCounts(t, same, map[string]int{"": 5})
		})
	}
}

// What was written while the clock was behind came after the snapshot all the same, also when the clock is right again, or at least
// later than the snapshot.
//
// Guarantee 4.11b.
func TestASnapshotHasWhatWasWrittenWhileTheClockWasSetBack(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	sn := h.snapshot(t)
	h.Wrote(t.Context(), apiclient.Contact{Email: "new@example.com"})
	h.Importing(t.Context(), "import-1/1", 7)
	h.Imported(t.Context(), "import-1/1", 7)
	aged(t, h, time.Hour)
	h.Wrote(t.Context(), apiclient.Contact{Email: "newer@example.com"})
	wantCounts(t, sn, map[string]int{"": 6, "email = 'new@example.com'": 1})
	if facts, err := sn.Facts(t.Context()); err != nil || facts.Patched != 2 || facts.Unpatched != 7 {
		t.Errorf("%d are laid over, %d counted, %v", facts.Patched, facts.Unpatched, err)
	}
}
