package journal_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

const (
	annID = "0190a6f2-0000-7000-8000-00000000000a"
	bobID = "0190a6f2-0000-7000-8000-00000000000b"
)

// updateOf is a change of a contact's address.
func updateOf(id, from, to string) journal.Write {
	return journal.Write{
		Action: journal.Update, Kind: journal.Contact, Subject: id, Name: from,
		Before: apiclient.Contact{ID: id, Email: from}, After: apiclient.Contact{ID: id, Email: to},
	}
}

func eventOf(contact string) journal.Write {
	return journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: contact, Name: "signed_up"}
}

func TestPagesFollowEachOtherWithoutGapOrOverlap(t *testing.T) {
	w := open(t)
	for range 7 {
		w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List})
	}
	var seen []int64
	filter := journal.Filter{Limit: 3}
	for more := true; more; {
		var page []journal.Change
		var err error
		page, more, err = w.List(t.Context(), filter)
		must(t, err)
		for _, change := range page {
			seen = append(seen, change.ID)
		}
		filter.Before = seen[len(seen)-1]
		w.wrote(t.Context(), journal.Write{}) // somebody goes on writing meanwhile
	}
	if want := []int64{7, 6, 5, 4, 3, 2, 1}; !slices.Equal(seen, want) {
		t.Errorf("the pages hold %v, want %v", seen, want)
	}
	if page, more, err := w.List(t.Context(), journal.Filter{Limit: 10}); err != nil || more || len(page) != 10 {
		t.Errorf("a page that is just full: %d, more: %v, %v", len(page), more, err)
	}
}

func TestChangesAreFoundByTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := open(t)
		w.wrote(t.Context(), journal.Write{})
		time.Sleep(time.Hour)
		now := time.Now()
		later, entry := w.wrote(t.Context(), journal.Write{})
		w.finds(journal.Filter{Since: now}, later)
		w.finds(journal.Filter{Since: now.Add(time.Millisecond)})
		if !entry.At.Equal(now) || entry.At.Location() != time.UTC {
			t.Errorf("it is of %s, want %s", entry.At, now)
		}
	})
}

func TestAChangeMadeBeforeAClockWasSetBackIsListed(t *testing.T) {
	w := open(t)
	first, _ := w.wrote(t.Context(), journal.Write{})
	w.run(`UPDATE change SET at = at + 86400000`)
	second, _ := w.wrote(t.Context(), journal.Write{})
	w.finds(journal.Filter{}, first, second)
}

func TestPartsOfAWriteAreCountedUnlessOneContactIsAskedFor(t *testing.T) {
	w := open(t)
	var parts []journal.Write
	for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
		part := updateOf("", email, email)
		part.Name = email
		parts = append(parts, part)
	}
	made := journal.Write{Action: journal.Create, Kind: journal.Contact, Name: "d@example.com", After: apiclient.Contact{Email: "d@example.com"}}
	many := journal.Write{Action: journal.Import, Kind: journal.Contacts, Name: "6 contacts", Parts: append([]journal.Write{made}, parts...),
		After: map[string]any{"contacts": 6, "did": map[string]int{"known": 4}}} // of two it is not known what they were
	ctx := journal.In(t.Context(), journal.Call{Tool: "import_contacts"})
	_, _ = w.wrote(ctx, journal.Write{Action: journal.Create, Kind: journal.List, Subject: "7", Name: "New"})
	_ = w.Do(ctx, many, func(context.Context, *journal.Write) error { return errors.New("it was not sent") })
	change, last := w.wrote(ctx, many)
	event := eventOf("b@example.com")
	event.Final = "An event cannot be taken back."
	_, _ = w.wrote(ctx, event)
	whole := func(open int, by int64) {
		t.Helper()
		found := w.list(journal.Filter{})
		want := journal.Prospect{ToPeople: 7, Open: open, Created: 1, Others: 1, Unknown: 2, Final: []string{event.Final}, UndoneBy: by}
		if listed := found[len(found)-1]; len(listed.Writes) != 4 || !reflect.DeepEqual(listed.Prospect, want) {
			t.Errorf("it is listed as %+v", listed)
		}
	}
	whole(3, 0)
	undo := func(undone journal.Entry) (int64, journal.Entry) {
		ctx := journal.Undoing(journal.In(t.Context(), journal.Call{Tool: "undo_change"}), undone.ID)
		return w.wrote(ctx, updateOf("", "a@example.com", "a@example.com"))
	}
	by, undoing := undo(last)
	whole(2, by)
	undo(undoing)
	whole(3, 0)
	theirs := w.list(journal.Filter{Contact: "b@example.com"})
	if len(theirs) != 1 || theirs[0].ID != change || len(theirs[0].Writes) != 3 || theirs[0].Prospect.ToPeople != 7 {
		t.Errorf("of one contact they are %+v", theirs)
	}
	if found, err := w.Find(t.Context(), change); err != nil || len(found.Writes) != 12 {
		t.Errorf("to be undone, it has %d writes, %v", len(found.Writes), err)
	}
}

func TestAContactIsFoundUnderWhateverNameItHad(t *testing.T) {
	w := open(t)
	id := func(write journal.Write) int64 { id, _ := w.wrote(t.Context(), write); return id }
	refused := id(journal.Write{Action: journal.Create, Kind: journal.Contact, Name: "old@example.com"})
	created := id(journal.Write{Action: journal.Create, Kind: journal.Contact, Subject: annID, Name: "old@example.com"})
	byOld := id(eventOf("old@example.com"))
	moved := id(updateOf(annID, "old@example.com", "new@example.com"))
	byID, byNew := id(eventOf(annID)), id(eventOf("new@example.com"))
	other := id(journal.Write{Action: journal.Create, Kind: journal.Contact, Subject: bobID, Name: "old@example.com"}) // the address is free again
	id(journal.Write{Action: journal.Create, Kind: journal.Contact, Subject: "0190a6f2-0000-7000-8000-00000000000c", Name: "carol@example.com"})
	id(journal.Write{Action: journal.Create, Kind: journal.List, Subject: "1", Name: "old@example.com"}) // a strange name for a list
	id(journal.Write{Action: journal.Create, Kind: journal.Contact})
	id(eventOf(""))

	ann := []int64{refused, created, byOld, moved, byID, byNew}
	for _, name := range []string{annID, "new@example.com", "NEW@Example.com"} {
		w.finds(journal.Filter{Contact: name}, ann...)
	}
	w.finds(journal.Filter{Contact: "old@example.com"}, append(ann, other)...)
	w.finds(journal.Filter{Contact: bobID}, refused, byOld, other)
	w.finds(journal.Filter{Contact: "nobody@example.com"})
	w.finds(journal.Filter{Contact: annID, Before: moved}, refused, created, byOld)
	w.finds(journal.Filter{Contact: annID, Since: time.Now().Add(time.Hour)})
}

func TestAnAddressThatWasOnlyChangedToIsFound(t *testing.T) {
	w := open(t)
	moved, _ := w.wrote(t.Context(), updateOf(annID, "old@example.com", "new@example.com"))
	w.finds(journal.Filter{Contact: "new@example.com"}, moved)
}

func TestAChangeIsFoundWithAllItsWrites(t *testing.T) {
	w := open(t)
	ctx := journal.In(t.Context(), journal.Call{Tool: "add_to_list"})
	for i := range 3 {
		w.wrote(ctx, journal.Write{Action: journal.Update, Kind: journal.Contact, Name: fmt.Sprint(i), Consent: "by letter"})
	}
	change, err := w.Find(t.Context(), journal.ChangeID(ctx))
	must(t, err)
	if len(change.Writes) != 3 || change.Writes[2].Name != "2" || change.Writes[2].Consent != "by letter" || change.Tool != "add_to_list" {
		t.Errorf("got %+v", change)
	}
	for _, id := range []int64{0, -1, 99} {
		if _, err := w.Find(t.Context(), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%d: %v", id, err)
		}
	}
}

func TestLaterIsTheNewestWriteToTheSameThing(t *testing.T) {
	w := open(t)
	_, first := w.wrote(t.Context(), updateOf(annID, "ann@example.com", "ann@example.com"))
	_, elsewhere := w.wrote(t.Context(), updateOf(bobID, "bob@example.com", "bob@example.com"))
	later := func(entry journal.Entry, want int64) {
		t.Helper()
		if _, got, err := w.Later(t.Context(), entry); err != nil || got != want {
			t.Errorf("later than %d: %d, %v, want %d", entry.ID, got, err, want)
		}
	}
	later(first, 0)
	w.wrote(t.Context(), eventOf(annID)) // an event is not the contact
	w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List, Subject: annID})
	later(first, 0)
	_ = w.Do(t.Context(), updateOf(annID, "ann@example.com", "x@example.com"), w.failsUnsent)
	later(first, 0)
	second, _ := w.wrote(t.Context(), updateOf(annID, "ann@example.com", "b@example.com"))
	third, last := w.wrote(t.Context(), updateOf(annID, "b@example.com", "c@example.com"))
	if second >= third {
		t.Fatal("ids do not grow")
	}
	later(first, third)
	later(last, 0)
	later(elsewhere, 0)
	_, nameless := w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.Contact})
	w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.Contact})
	later(nameless, 0) // without an id, nothing is the same
	w.run(`UPDATE write SET state = ? WHERE change = ?`, journal.Unknown, third)
	later(first, third) // it may have been carried out
}

func TestAnUndoneWriteSaysSoUntilThatIsUndone(t *testing.T) {
	w := open(t)
	state := func(change, want int64) {
		t.Helper()
		found, err := w.Find(t.Context(), change)
		must(t, err)
		if got := found.Writes[0].UndoneBy; got != want {
			t.Errorf("change %d is undone by %d, want %d", change, got, want)
		}
	}
	undo := func(undone journal.Entry, change int64) (int64, journal.Entry) {
		t.Helper()
		ctx := journal.Undoing(journal.In(t.Context(), journal.Call{Tool: "undo_change", Undoes: change}), undone.ID)
		id, entry := w.wrote(ctx, updateOf(annID, "b@example.com", "a@example.com"))
		if entry.Undoes != undone.ID {
			t.Errorf("it undoes %d, want %d", entry.Undoes, undone.ID)
		}
		return id, entry
	}
	done, write := w.wrote(t.Context(), updateOf(annID, "a@example.com", "b@example.com"))
	state(done, 0)
	undone, undoing := undo(write, done)
	state(done, undone)
	redone, redoing := undo(undoing, undone)
	state(done, 0)
	state(undone, redone)
	again, _ := undo(redoing, redone)
	state(redone, again)
	state(undone, 0)
	state(done, undone)
	anew, _ := undo(write, done) // and a second one of the first
	state(done, anew)

	_, other := w.wrote(t.Context(), updateOf(bobID, "a@example.com", "b@example.com"))
	_ = w.Do(journal.Undoing(t.Context(), other.ID), updateOf(bobID, "b@example.com", "a@example.com"), w.failsUnsent)
	found := w.list(journal.Filter{Contact: bobID})
	if by := found[1].Writes[0].UndoneBy; by != 0 {
		t.Errorf("an undo that was not sent undid it: %d", by)
	}
}

func TestEventsAreNamedLatestFirstAndOnce(t *testing.T) {
	w := open(t)
	for _, name := range []string{"signed_up", "paid", "signed_up", "left"} {
		w.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: annID, Name: name})
	}
	w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List, Name: "a list"})
	for limit, want := range map[int][]string{2: {"left", "signed_up"}, 9: {"left", "signed_up", "paid"}} {
		if got, err := w.Journal.Events(t.Context(), limit); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d events: %q, %v", limit, got, err)
		}
	}
}

func TestEventsWithoutANameAndOfOtherAccountsAreNotNamed(t *testing.T) {
	w := open(t)
	w.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: "ann@example.com", Name: "signed_up"})
	w.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: annID})
	w.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: "ann@example.com", Name: "ours"})
	other := open(t, in(w, "here/accounts/2"))
	other.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: annID, Name: "signed_up"})
	other.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: annID, Name: "theirs"})
	if n, err := w.Erase(t.Context(), "ann@example.com", ""); err != nil || n != 2 {
		t.Errorf("%d writes were emptied, %v", n, err)
	}
	if got, err := w.Journal.Events(t.Context(), 9); err != nil || !slices.Equal(got, []string{"ours", "signed_up"}) {
		t.Errorf("the events are %q, %v", got, err)
	}
	none := open(t)
	if got, err := none.Journal.Events(t.Context(), 9); err != nil || len(got) > 0 {
		t.Errorf("without events they are %q, %v", got, err)
	}
}

func TestTheStatementsUseIndexes(t *testing.T) {
	w := open(t)
	db, err := w.store.Durable(t.Context())
	must(t, err)
	for name, statement := range journal.Statements() {
		given := make([]any, strings.Count(statement, "?"))
		for strings.Contains(statement, fmt.Sprint("$", len(given)+1)) {
			given = append(given, "")
		}
		rows, err := db.Query(`EXPLAIN QUERY PLAN `+statement, given...)
		must(t, err)
		var plan []string
		for rows.Next() {
			step := ""
			must(t, rows.Scan(new(int), new(int), new(int), &step))
			plan = append(plan, step)
		}
		must(t, errors.Join(rows.Err(), rows.Close()))
		for _, step := range plan {
			if table, scans := strings.CutPrefix(step, "SCAN "); scans && slices.Contains([]string{"write", "change"}, strings.Fields(table)[0]) {
				t.Errorf("%s reads a whole table:\n%s", name, strings.Join(plan, "\n"))
			}
		}
		if strings.HasPrefix(name, "List a") && !strings.HasPrefix(plan[0], "SEARCH change USING INTEGER PRIMARY KEY") {
			t.Errorf("%s goes through the account's changes to find one contact's:\n%s", name, strings.Join(plan, "\n"))
		}
	}
}

func BenchmarkList(b *testing.B) {
	w := open(b, on(b, b.TempDir()))
	w.run(`INSERT INTO change (account, at, tool, client, confirmed) VALUES (?, 0, 't', '', 0)`, theAccount)
	w.run(`WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO change (id, account, at, tool, client, confirmed) SELECT i, ?, i, 't', '', 0 FROM n`, theAccount)
	w.run(`INSERT INTO write (change, at, action, kind, subject, name, state, before, after, final, consent, failure)
		SELECT id, id, 'update', 'contact', 'id' || id % 1000, id % 1000 || '@example.com', 'done', '{"email":"x"}', json_object('email', id % 1000 || '@example.com'), '', '', '' FROM change`)
	for name, filter := range map[string]journal.Filter{"newest": {}, "a contact by address": {Contact: "7@example.com"}, "a contact by id": {Contact: "id7"}, "nobody": {Contact: "n"}} {
		b.Run(name, func(b *testing.B) {
			filter.Limit = 20
			for b.Loop() {
				_, _, err := w.List(b.Context(), filter)
				must(b, err)
			}
		})
	}
}
