package tools_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// erasureDeaths are where a process may be killed that erases a person: triggers, but for the two that are requests.
var erasureDeaths = map[string]struct {
	trigger string
	begun   bool // it is noted that the person asked
	sent    bool
}{
	"while it is noted":                       {`BEFORE INSERT ON erasure`, false, false},
	"when it is noted":                        {`BEFORE UPDATE OF source ON job`, true, false},
	"while plans are gone through":            {`AFTER UPDATE ON job_item`, true, false},
	"when files have been, before it is sent": {`AFTER INSERT ON write`, true, false},
	leaving:                      {"", true, false},
	applied:                      {"", true, true},
	answered:                     {`BEFORE UPDATE ON write WHEN new.state = 'done'`, true, true},
	"when the contact is gone":   {`BEFORE UPDATE OF gone ON erasure WHEN new.gone = 1`, true, true},
	"while the snapshot is":      {`BEFORE DELETE ON snapshot_patch`, true, true},
	"while the person is noted":  {`BEFORE INSERT ON person WHEN new.what = 'erased'`, true, true},
	"while the journal is":       {`BEFORE UPDATE ON write WHEN new.erased = 1`, true, true},
	"when nothing more is to do": {`BEFORE UPDATE OF ended ON erasure`, true, true},
}

// Guarantee 4.5.
//
// Guarantee 4.5.
func TestAnErasureIsFinishedWhereverItsProcessWasKilled(t *testing.T) {
	t.Parallel()
	for at, death := range erasureDeaths {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			account, address := served(t, emulator.Config{Unlimited: true})
			data, files := filepath.Join(t.TempDir(), "data"), t.TempDir()
			id, changes := beforeErasure(t, account, data, files)
			do := work{Role: "writes once", API: address, Data: data, Files: files, Tool: "delete_contact", Args: encoded(t, args{"contact": "annika@example.com", "erase": true})}
			if death.trigger == "" {
				do.DieAt = at
			} else {
				setTrap(t, data, death.trigger)
			}
			if said, err := child(t.Context(), t, do).CombinedOutput(); err == nil || strings.Contains(string(said), "it was not killed") {
				t.Fatalf("it lived (%v): %s", err, said)
			}
			w := open(t, onDisk(data), func(set *setting) { set.known, set.dir = account, files })
			w.sql(`DROP TRIGGER IF EXISTS death`)
			if _, there := account.Contact("annika@example.com"); there == death.sent {
				t.Errorf("the contact is there: %v", there)
			}
			if !death.begun {
				return
			}
			for _, change := range changes { // while it is open
				w.refused("undo_change", args{"change_id": change}, "conflict", "erased")
			}
			for _, change := range w.journalled() {
				for _, write := range change.Writes {
					if write.Name == "annika@example.com" && write.Final == "" {
						t.Errorf("undo is offered of %+v", write)
					}
				}
			}
			w.sql(`UPDATE erasure SET until = 0`) // the time passes in which it could be the other's still
			must(t, w.box.FinishErasures(t.Context()))
			if _, there := account.Contact("annika@example.com"); there {
				t.Error("the contact is still there")
			}
			if !w.box.Contacts.Erased(t.Context(), "annika@example.com") || !w.box.Contacts.Erased(t.Context(), "older@example.com") {
				t.Error("that they were erased is not known")
			}
			w.close()
			must(t, w.stored.Close())
			for _, left := range append(traces(t, data, "annika@example.com", "older@example.com", id), traces(t, files, "annika@example.com")...) {
				t.Errorf("they still stand in %s", left)
			}
		})
	}
}

// beforeErasure is what is kept of a person: changes, a plan, a file of rejected rows, a snapshot and what was written since.
func beforeErasure(t *testing.T, account *emulator.Emulator, data, files string) (id string, changes []int64) {
	t.Helper()
	w := open(t, onDisk(data), func(set *setting) { set.known, set.dir = account, files })
	seeded(w)
	w.AddContact(emulator.Contact{Email: "older@example.com"})
	w.works("search_contacts", nil)
	w.works("update_contact", args{"contact": "older@example.com", "email": "annika@example.com"})
	changes = append(changes, w.lastChange())
	w.works("update_contact", args{"contact": "annika@example.com", "fields": args{"age": 42}})
	changes = append(changes, w.lastChange())
	w.file("few.csv", "email,age\nannika@example.com,many\nbob@example.com,1\n")
	w.works("import_contacts", args{"file": "few.csv", "preview": true})
	must(t, os.Remove(filepath.Join(files, "few.csv"))) // it is the operator's
	w.works("bulk_update_contacts", args{"contacts": []string{"annika@example.com"}, "fields": args{"age": 43}, "preview": true})
	id = w.contact("annika@example.com").ID
	w.close()
	must(t, w.stored.Close())
	return id, changes
}

// setTrap has the next process that does something to the data folder's file killed.
func setTrap(t *testing.T, data, at string) {
	t.Helper()
	w := open(t, onDisk(data))
	w.sql(`CREATE TRIGGER death ` + at + ` BEGIN SELECT die(); END`)
	w.close()
	must(t, w.stored.Close())
}

// traces are the files below a folder that one of the texts stands in.
func traces(t *testing.T, dir string, texts ...string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // the note of unfinished jobs may be taken away meanwhile
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(bytes.ToLower(content), []byte(text)) {
				found = append(found, path+": "+text)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
	return found
}
