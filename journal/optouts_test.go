package journal_test

import (
	"fmt"
	"testing"

	"mailtrap-contacts-mcp/journal"
)

// says checks why somebody is held back: the file, "deleted", or empty for nobody.
func (w *world) says(email, want string) {
	w.t.Helper()
	people, err := w.People(w.t.Context())
	must(w.t, err)
	why, err := people.OptOut(w.t.Context(), email)
	must(w.t, err)
	got := ""
	switch {
	case why != nil && why.IsOfSource():
		got = why.File
	case why != nil:
		got = "deleted"
	}
	if got != want {
		w.t.Errorf("%s is held back because of %q, want %q", email, got, want)
	}
	w.is(email, journal.OptedOut, want != "")
}

func TestOptOutsCountFromWhenTheirImportBegins(t *testing.T) {
	w := open(t)
	ctx := journal.In(t.Context(), journal.Call{Tool: "import_contacts"})
	must(t, w.StageOptOuts(ctx, "import-1", "old.csv", []string{"ann@example.com", "bob@example.com"}))
	must(t, w.StageOptOuts(ctx, "import-1", "old.csv", []string{"cid@example.com", "ann@example.com"}))
	must(t, w.StageOptOuts(ctx, "import-2", "other.csv", []string{"ann@example.com"}))
	w.says("ann@example.com", "")
	must(t, w.RememberOptOuts(ctx, "import-1", 3))
	for _, email := range []string{"ann@example.com", "BOB@example.com ", "cid@example.com"} {
		w.says(email, "old.csv")
	}
	w.says("dan@example.com", "")
	first := journal.ChangeID(ctx)
	again := journal.In(t.Context(), journal.Call{Tool: "import_contacts"}) // of a process that carries on after a kill
	must(t, w.RememberOptOuts(again, "import-1", 3))
	if first == 0 || journal.ChangeID(again) != first {
		t.Errorf("it is change %d, and then %d", first, journal.ChangeID(again))
	}
	change, err := w.Find(t.Context(), first)
	must(t, err)
	if len(change.Writes) != 1 || change.Writes[0].State != journal.Done || string(change.Writes[0].After) != `{"source":1,"people":3}` {
		t.Errorf("the change is %+v", change)
	}
	if fresh, err := w.NewOptOuts(t.Context(), "import-2"); fresh != 0 || err != nil {
		t.Errorf("%d of the second are new, %v", fresh, err)
	}
	must(t, w.DropOptOuts(t.Context(), "import-1")) // which is no plan any more
	must(t, w.DropOptOuts(t.Context(), "import-2"))
	must(t, w.RememberOptOuts(ctx, "import-2", 1))
	w.says("ann@example.com", "old.csv")
	other := open(t, in(w, "here/accounts/2"))
	other.says("ann@example.com", "")
	w.Forget(t.Context(), "ann@example.com", journal.OptedOut) // only that a deletion said so
	w.says("ann@example.com", "old.csv")
	w.NoteAgreed(t.Context(), "ann@example.com")
	w.says("ann@example.com", "")
	w.says("bob@example.com", "old.csv")
	must(t, w.Remember(t.Context(), "bob@example.com", journal.OptedOut))
	w.says("bob@example.com", "deleted")
}

func TestOptOutsAreTurnedBackAndAgain(t *testing.T) {
	w := open(t)
	ctx := journal.In(t.Context(), journal.Call{Tool: "import_contacts"})
	for _, file := range []string{"a.csv", "b.csv"} {
		must(t, w.StageOptOuts(ctx, file, file, []string{"ann@example.com", file + "@example.com"}))
		must(t, w.RememberOptOuts(ctx, file, 2))
	}
	change, err := w.Find(t.Context(), journal.ChangeID(ctx))
	must(t, err)
	ofA := change.Writes[0]
	if also, err := w.AlsoOut(t.Context(), ofA); also != 1 || err != nil {
		t.Errorf("%d are held back besides, %v", also, err)
	}
	undo := journal.In(t.Context(), journal.Call{Tool: "undo_change", Undoes: change.ID})
	must(t, w.TurnOptOutsBack(journal.Undoing(undo, ofA.ID), ofA))
	w.says("a.csv@example.com", "")
	w.says("ann@example.com", "b.csv")
	if ofA, err = w.Write(t.Context(), ofA.ID); err != nil || ofA.UndoneBy != journal.ChangeID(undo) {
		t.Errorf("it is undone by %d, %v", ofA.UndoneBy, err)
	}
	undone, err := w.Find(t.Context(), journal.ChangeID(undo))
	must(t, err)
	redo := journal.In(t.Context(), journal.Call{Tool: "undo_change", Undoes: undone.ID})
	must(t, w.TurnOptOutsBack(journal.Undoing(redo, undone.Writes[0].ID), undone.Writes[0]))
	w.says("a.csv@example.com", "a.csv")
}

func TestOptOutsAreKeptWithTheJournalOff(t *testing.T) {
	w := open(t, func(options *journal.Options) { options.Off = true })
	ctx := journal.In(t.Context(), journal.Call{Tool: "import_contacts"})
	must(t, w.StageOptOuts(ctx, "import-1", "", []string{"ann@example.com"}))
	must(t, w.RememberOptOuts(ctx, "import-1", 1))
	people, err := w.People(t.Context(), "ann@example.com")
	must(t, err)
	if why, err := people.OptOut(t.Context(), "ann@example.com"); err != nil || why == nil || !why.IsOfSource() || why.File != "" {
		t.Errorf("they are held back because of %+v, %v", why, err)
	}
	if journal.ChangeID(ctx) != 0 {
		t.Error("there is a change")
	}
}

func BenchmarkPeopleOfManyOptOuts(b *testing.B) {
	w := open(b)
	const people = 300_000
	emails := make([]string, 1000)
	for n := 0; n < people; n += len(emails) {
		for i := range emails {
			emails[i] = fmt.Sprintf("p%d@example.com", n+i)
		}
		must(b, w.StageOptOuts(b.Context(), "import-1", "old.csv", emails))
	}
	b.Logf("staged after %s", b.Elapsed())
	must(b, w.RememberOptOuts(b.Context(), "import-1", people))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.People(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
