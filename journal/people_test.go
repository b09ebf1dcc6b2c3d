package journal_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

func (w *world) failsUnsent(context.Context, *journal.Write) error { return errors.New("not sent") }

// is checks what is known of a person, both ways of asking.
func (w *world) is(email string, standing journal.Standing, want bool) {
	w.t.Helper()
	for _, only := range [][]string{{email}, nil, {email, "other@example.com"}} {
		people, err := w.People(w.t.Context(), only...)
		must(w.t, err)
		if got, err := people.Are(w.t.Context(), email, standing); err != nil || got != want {
			w.t.Errorf("%s is %s: %v, %v, want %v (asked for %q)", email, standing, got, err, want, only)
		}
	}
}

func TestPeopleAreRememberedUntilTheyAreForgotten(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	w.is("ann@example.com", journal.OptedOut, false)
	must(t, w.Remember(ctx, "ann@example.com", journal.OptedOut))
	must(t, w.Remember(ctx, "ann@example.com", journal.OptedOut))
	must(t, w.Remember(ctx, "ann@example.com", journal.Erased))
	for _, email := range []string{"ann@example.com", " Ann@Example.COM "} {
		w.is(email, journal.OptedOut, true)
		w.is(email, journal.Erased, true)
	}
	w.is("bob@example.com", journal.OptedOut, false)
	w.Forget(ctx, "ANN@example.com", journal.OptedOut)
	w.Forget(ctx, "nobody@example.com", journal.OptedOut)
	w.is("ann@example.com", journal.OptedOut, false)
	w.is("ann@example.com", journal.Erased, true)
}

func TestPeopleAreKnownInOneAccountAndOneStore(t *testing.T) {
	here := open(t)
	must(t, here.Remember(t.Context(), "ann@example.com", journal.Erased))
	elsewhere := open(t, in(here, "here/accounts/2"))
	elsewhere.is("ann@example.com", journal.Erased, false)
	must(t, elsewhere.Remember(t.Context(), "ann@example.com", journal.Erased))
	apart := open(t)
	must(t, apart.Remember(t.Context(), "ann@example.com", journal.Erased))
	hashes := map[string]bool{}
	for _, w := range []*world{here, apart} {
		db, err := w.store.Quick(t.Context())
		must(t, err)
		rows, err := db.Query(`SELECT hex(hash) FROM person`)
		must(t, err)
		for rows.Next() {
			hash := ""
			must(t, rows.Scan(&hash))
			hashes[hash] = true
		}
		must(t, rows.Close())
	}
	if len(hashes) != 3 {
		t.Errorf("three accounts and stores have %d hashes: %v", len(hashes), hashes)
	}
}

func TestPeopleAreRememberedWithTheJournalOff(t *testing.T) {
	w := open(t, func(options *journal.Options) { options.Off = true })
	must(t, w.Remember(t.Context(), "ann@example.com", journal.OptedOut))
	w.is("ann@example.com", journal.OptedOut, true)
}

func TestWithoutAUsableFolderNobodyIsKnown(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "a file")
	must(t, os.WriteFile(blocked, nil, 0o600))
	off := open(t, on(t, blocked), func(options *journal.Options) { options.Off = true })
	off.is("ann@example.com", journal.OptedOut, false)
	off.logged(t, "level=WARN", "who has unsubscribed or been erased is not known")
	w := open(t, on(t, blocked))
	if _, err := w.People(t.Context()); !fault.Is(err, fault.FileAccess) {
		t.Errorf("got %v", err)
	}
	if err := w.Remember(t.Context(), "ann@example.com", journal.OptedOut); !fault.Is(err, fault.FileAccess) {
		t.Errorf("got %v", err)
	}
	w.Forget(t.Context(), "ann@example.com", journal.OptedOut)
	w.logged(t, "level=ERROR", "consent will be asked for again")
}

func TestPeopleWhoAreKnownButCannotBeReadAreNoStrangers(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"damaged": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600)
		},
		"newer": func(path string) error {
			db, err := sql.Open("sqlite", path)
			must(t, err)
			defer db.Close()
			_, err = db.Exec(`PRAGMA user_version = 1000`)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			before := open(t, on(t, dir))
			must(t, before.Remember(t.Context(), "ann@example.com", journal.OptedOut))
			must(t, before.store.Close())
			must(t, spoil(filepath.Join(dir, "state.db")))
			off := open(t, on(t, dir), func(options *journal.Options) { options.Off = true })
			for _, only := range [][]string{nil, {"ann@example.com"}} {
				if _, err := off.People(t.Context(), only...); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "This write was not sent.") {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

func TestTheAddressesOfAPerson(t *testing.T) {
	w := open(t)
	w.wrote(t.Context(), updateOf(annID, "info@example.com", "Ann@example.com"))
	w.wrote(t.Context(), updateOf(bobID, "bob@example.com", "info@example.com"))
	for _, c := range []struct {
		email, id string
		want      []string
	}{
		{" ANN@example.com ", annID, []string{"ann@example.com", "info@example.com"}},
		{"info@example.com", annID, []string{"info@example.com", "ann@example.com"}},
		{"info@example.com", strings.ToUpper(bobID), []string{"info@example.com", "bob@example.com"}},
		{"info@example.com", "", []string{"info@example.com", "ann@example.com", "bob@example.com"}},
		{"nobody@example.com", "", []string{"nobody@example.com"}},
	} {
		got, err := w.Addresses(t.Context(), c.email, c.id)
		must(t, err)
		slices.Sort(got[1:])
		if !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, want %q", c.email, c.id, got, c.want)
		}
	}
	blocked := filepath.Join(t.TempDir(), "a file")
	must(t, os.WriteFile(blocked, nil, 0o600))
	off := open(t, on(t, blocked), func(options *journal.Options) { options.Off = true })
	if got, err := off.Addresses(t.Context(), "Ann@example.com", annID); err != nil || !slices.Equal(got, []string{"ann@example.com"}) {
		t.Errorf("with the journal off: %q, %v", got, err)
	}
}

// secrets are what must not be left of a person.
var secrets = []string{"ann.secret", "Secretstreet", "secret consent", annID, "older.secret"}

// aPersonsLife writes everything about a person that a journal can hold, with much around it.
func aPersonsLife(w *world) (hers, others int) {
	long := strings.Repeat("Secretstreet 5, ", 1000) // more than a page of the file
	ann := apiclient.Contact{ID: annID, Email: "ann.secret&co@example.com", Fields: apiclient.Values{"street": long}}
	older := ann
	older.Email = "older.secret@example.com"
	bob := apiclient.Contact{ID: bobID, Email: "bob@example.com", Fields: apiclient.Values{"street": strings.Repeat("Elm street", 200)}}
	rounds := 4
	for range rounds {
		for _, write := range []journal.Write{
			{Action: journal.Create, Kind: journal.Contact, Name: older.Email, After: older}, // refused: it has no id
			{Action: journal.Create, Kind: journal.Contact, Subject: annID, Name: older.Email, After: older},
			{Action: journal.Update, Kind: journal.Contact, Subject: annID, Name: older.Email, Before: older, After: ann, Consent: "secret consent"},
			{Action: journal.Fire, Kind: journal.Event, Subject: ann.Email, Name: "signed_up", After: apiclient.Event{Name: "signed_up", Params: map[string]any{"at": long}}},
			{Action: journal.Fire, Kind: journal.Event, Subject: annID, Name: "signed_up", After: apiclient.Event{Name: "signed_up", Params: map[string]any{"at": long}}},
			{Action: journal.Fire, Kind: journal.Event, Subject: older.Email, Name: "signed_up"},
			{Action: journal.Delete, Kind: journal.Contact, Subject: annID, Name: ann.Email, Before: ann},

			{Action: journal.Create, Kind: journal.Contact, Subject: bobID, Name: bob.Email, After: bob},
			{Action: journal.Fire, Kind: journal.Event, Subject: bob.Email, Name: "signed_up", After: apiclient.Event{Name: "signed_up"}},
			{Action: journal.Create, Kind: journal.List, Subject: "5", Name: "Elm street", After: apiclient.List{ID: 5, Name: "Elm street"}},
			{Action: journal.Create, Kind: journal.Contact, Name: ""},
		} {
			must(w.t, w.Do(journal.In(w.t.Context(), journal.Call{Tool: "t"}), write, succeeds))
		}
	}
	return 7 * rounds, 4 * rounds
}

func traces(t *testing.T, dir string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(files) == 0 {
		t.Error("there is no file")
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		must(t, err)
		for _, secret := range secrets {
			if n := bytes.Count(bytes.ToLower(content), []byte(strings.ToLower(secret))); n > 0 {
				found = append(found, fmt.Sprintf("%d times %q in %s", n, secret, filepath.Base(name)))
			}
		}
	}
	return found
}

func TestErasingAPersonLeavesNoTraceInAnyFile(t *testing.T) {
	for name, asked := range map[string][2]string{
		"by address and id": {"ann.secret&co@example.com", annID}, "by the address alone": {"Ann.Secret&co@Example.com", ""}, "by an older address": {"older.secret@example.com", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w := open(t, on(t, dir))
			other := open(t, on(t, dir)) // another process has the file open, and has read it
			hers, others := aPersonsLife(w)
			other.list(journal.Filter{})
			if found := traces(t, dir); len(found) < len(secrets) {
				t.Fatalf("the test looks for what was never there: %q", found)
			}
			before := w.list(journal.Filter{Contact: bobID})

			emptied, err := w.Erase(t.Context(), asked[0], asked[1])
			must(t, err)
			if emptied != hers {
				t.Errorf("%d writes were emptied, want %d", emptied, hers)
			}
			if found := traces(t, dir); len(found) > 0 {
				t.Errorf("there is left: %q", found)
			}
			w.is(asked[0], journal.Erased, true)

			all := w.list(journal.Filter{})
			if len(all) != hers+others {
				t.Errorf("%d changes are left of %d", len(all), hers+others)
			}
			empty := 0
			for _, change := range all {
				if entry := change.Writes[0]; entry.Final == "The person was erased." {
					empty++
					if entry.Subject+entry.Consent+string(entry.Before)+string(entry.After) != "" || (entry.Name == "") == (entry.Kind == journal.Event) || entry.State != journal.Done {
						t.Fatalf("it is not empty: %+v", entry)
					}
				}
			}
			if empty != hers {
				t.Errorf("%d are empty, want %d", empty, hers)
			}
			if after := w.list(journal.Filter{Contact: bobID}); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Error("somebody else's changes are not what they were")
			}
			if again, err := w.Erase(t.Context(), asked[0], asked[1]); err != nil || again != 0 {
				t.Errorf("erasing again emptied %d, %v", again, err)
			}
			w.wrote(t.Context(), updateOf(bobID, "bob@example.com", "bob@example.com"))
		})
	}
}

func TestAPersonWhoIsErasedWhileTheyAreWrittenToStaysErased(t *testing.T) {
	dir := t.TempDir()
	w := open(t, on(t, dir))
	ann := apiclient.Contact{ID: annID, Email: "ann.secret@example.com", Fields: apiclient.Values{"street": "Secretstreet 5"}}
	must(t, w.Do(t.Context(), updateOf(annID, ann.Email, ann.Email), func(ctx context.Context, write *journal.Write) error {
		if n, err := w.Erase(ctx, ann.Email, annID); err != nil || n != 1 {
			t.Errorf("%d writes were emptied, %v", n, err)
		}
		write.After, write.Final, write.Name = ann, "It named ann.secret.", ann.Email
		return nil
	}))
	entry := w.only()
	if entry.State != journal.Done || entry.Final != "The person was erased." || entry.Subject+entry.Name+string(entry.Before)+string(entry.After) != "" {
		t.Errorf("the journal says %+v", entry)
	}
	if found := traces(t, dir); len(found) > 0 {
		t.Errorf("there is left: %q", found)
	}
}

func TestErasingWhoHasSomebodysOldAddressLeavesThemAlone(t *testing.T) {
	w := open(t)
	_, moved := w.wrote(t.Context(), updateOf(annID, "info@example.com", "ann@example.com"))
	_, hers := w.wrote(t.Context(), updateOf(annID, "ann@example.com", "ann@example.com"))
	refused := journal.Write{Action: journal.Create, Kind: journal.Contact, Name: "info@example.com"}
	_, nameless := w.wrote(t.Context(), refused)
	_, his := w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.Contact, Subject: bobID, Name: "info@example.com"})
	if n, err := w.Erase(t.Context(), "info@example.com", bobID); err != nil || n != 2 {
		t.Errorf("%d writes were emptied, %v, want his and the one that is nobody's", n, err)
	}
	for _, change := range w.list(journal.Filter{}) {
		entry := change.Writes[0]
		if want := entry.ID == his.ID || entry.ID == nameless.ID; (entry.Final != "") != want || (entry.Name == "") != want {
			t.Errorf("erased, %v: %+v (hers are %d and %d)", want, entry, moved.ID, hers.ID)
		}
	}
	w.is("ann@example.com", journal.Erased, false)
}

func TestErasingSomebodyUnknownEmptiesNothing(t *testing.T) {
	w := open(t)
	_, others := aPersonsLife(w)
	emptied, err := w.Erase(t.Context(), "nobody@example.com", "")
	must(t, err)
	if emptied != 0 || others == 0 {
		t.Errorf("%d writes were emptied", emptied)
	}
	w.is("nobody@example.com", journal.Erased, true)
}

func TestErasingSaysWhenAReaderKeepsTheOldTextAlive(t *testing.T) {
	dir := t.TempDir()
	w := open(t, on(t, dir))
	aPersonsLife(w)
	db, err := w.store.Durable(t.Context())
	must(t, err)
	_, err = db.Exec(`PRAGMA busy_timeout = 1`)
	must(t, err)
	reader, err := sql.Open("sqlite", filepath.Join(dir, "state.db"))
	must(t, err)
	defer reader.Close()
	tx, err := reader.Begin()
	must(t, err)
	n := 0
	must(t, tx.QueryRow(`SELECT count(*) FROM write`).Scan(&n))
	if _, err := w.Erase(t.Context(), "ann.secret&co@example.com", annID); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "Repeat the call") {
		t.Errorf("got %v, and there is left: %q", err, traces(t, dir))
	}
	must(t, tx.Rollback())
	_, err = w.Erase(t.Context(), "ann.secret&co@example.com", annID)
	must(t, err)
	if found := traces(t, dir); len(found) > 0 {
		t.Errorf("there is left: %q", found)
	}
}
