package audience

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 4.6.
func TestTheFirstSnapshotShowsWhatWasWrittenBeforeIt(t *testing.T) {
	dir, account := t.TempDir(), people(emulator.LayoutTags)
	writer, reader := at(t, dir, account), at(t, dir, account) // as two processes
	anna, _ := account.Contact("anna@example.com")
	writer.Wrote(t.Context(), apiclient.Contact{ID: anna.ID, Email: anna.Email, Status: "unsubscribed"}) // the export does not show it yet
	writer.Deleted(t.Context(), "", "info@gmial.com")
	sn := reader.snapshot(t)
	wantCounts(t, sn, map[string]int{"status = 'subscribed'": 1, "status = 'unsubscribed'": 2, "email = 'info@gmial.com'": 0})
	again := reader.snapshot(t) // nor does the next one
	wantCounts(t, again, map[string]int{"status = 'subscribed'": 1, "status = 'unsubscribed'": 2})
}

// Guarantee 4.6.
func TestWhatNoSnapshotNeedsIsNotKept(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	h.Wrote(t.Context(), apiclient.Contact{Email: "old@x.de"})
	aged(t, h, 2*applying)
	h.Wrote(t.Context(), apiclient.Contact{Email: "new@x.de"})
	if n := patches(t, h); n != 1 {
		t.Errorf("%d changes are kept without a snapshot", n)
	}
	h.snapshot(t)
	aged(t, h, -time.Second) // written after it, and needed as long as it is there
	h.Wrote(t.Context(), apiclient.Contact{Email: "later@x.de"})
	if n := patches(t, h); n != 2 {
		t.Errorf("%d changes are kept with a snapshot", n)
	}
}

// Guarantee 4.6.
func TestOfTooManyWritesTheNewestAreKept(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	old := h.snapshot(t)
	account := must1(t, h)
	db, err := h.options.Store.Quick(t.Context())
	must(t, err)
	_, err = db.Exec(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) INSERT INTO snapshot_patch (account, at, email, subject, contact, unknown)
		SELECT ?, ?, 'p' || n || '@x.de', '', NULL, 0 FROM c`, patchedAtMost, account, time.Now().UnixMilli())
	must(t, err)
	anna, _ := h.account.Contact("anna@example.com")
	for _, email := range []string{"a@x.de", "b@x.de", anna.Email} {
		h.Wrote(t.Context(), apiclient.Contact{Email: email, Status: "unsubscribed"})
	}
	wantCounts(t, old, map[string]int{"email = 'anna@example.com' AND status = 'unsubscribed'": 1})
	facts, err := old.Facts(t.Context())
	must(t, err)
	if facts.Unpatched != 3 || facts.Patched != patchedAtMost {
		t.Errorf("%d are counted and %d kept", facts.Unpatched, facts.Patched)
	}
	wantCounts(t, h.snapshot(t), map[string]int{"email = 'anna@example.com' AND status = 'unsubscribed'": 1})
}

// Guarantee 4.6.
func TestChangesThatAreOnlyCountedAreNotedWhereThereAreNoOthers(t *testing.T) {
	var log bytes.Buffer
	h := at(t, t.TempDir(), people(emulator.LayoutTags), func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	h.Imported(t.Context(), "import-1/1", 7)
	h.Imported(t.Context(), "import-1/2", 3)
	facts, err := h.snapshot(t).Facts(t.Context())
	must(t, err)
	if facts.Unpatched != 10 || strings.Contains(log.String(), "could not be noted") {
		t.Errorf("%d are counted; the log says %s", facts.Unpatched, &log)
	}
}

// Guarantee 8.1.
func TestASnapshotLacksAnImportUnlessItWasTakenAfterItsEnd(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	lacks := func(sn *Snapshot, n int, underWay bool) {
		t.Helper()
		facts, err := sn.Facts(t.Context())
		must(t, err)
		if facts.Unpatched != n || facts.UnderWay() != underWay {
			t.Errorf("it lacks %d, under way %v; want %d, %v", facts.Unpatched, facts.UnderWay(), n, underWay)
		}
	}
	h.Importing(t.Context(), "import-1/1", 7)
	aged(t, h, time.Hour)
	during := h.snapshot(t)
	lacks(during, 7, true)
	h.Imported(t.Context(), "import-1/1", 7)
	lacks(during, 7, false)
	aged(t, h, counting+time.Second)
	lacks(h.snapshot(t), 0, false)
	h.Importing(t.Context(), "import-1/2", 5)
	refused := h.snapshot(t)
	h.Imported(t.Context(), "import-1/2", 0)
	lacks(refused, 0, false)
	h.Importing(t.Context(), "import-1/3", 3) // of whose end nothing is heard
	aged(t, h, ImportLimit+counting+time.Second)
	lacks(h.snapshot(t), 0, false)
}

// aged makes what was written older.
func aged(t *testing.T, h *house, by time.Duration) {
	t.Helper()
	db, err := h.options.Store.Quick(t.Context())
	must(t, err)
	_, err = db.Exec(`UPDATE snapshot_patch SET at = at - ? WHERE account = ?`, by.Milliseconds(), must1(t, h))
	must(t, err)
}

func patches(t *testing.T, h *house) (n int) {
	t.Helper()
	db, err := h.options.Store.Quick(t.Context())
	must(t, err)
	must(t, db.QueryRow(`SELECT count(*) FROM snapshot_patch WHERE account = ?`, must1(t, h)).Scan(&n))
	return n
}
