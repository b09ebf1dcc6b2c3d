package tools_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
)

// noJob is an id as a job might have it.
const noJob = "import-20260101-aaaaaaaa"

// unusable are data folders that cannot be used, whoever runs the test.
var unusable = map[string]func(t *testing.T) string{
	"its place is taken by a file": func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "a file")
		must(t, os.WriteFile(path, nil, 0o600))
		return path
	},
	"the state's file is a folder": func(t *testing.T) string {
		dir := t.TempDir()
		must(t, os.Mkdir(filepath.Join(dir, "state.db"), 0o700))
		return dir
	},
	"the state's file is damaged": func(t *testing.T) string {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "state.db"), bytes.Repeat([]byte("not a database "), 1000), 0o600))
		return dir
	},
}

func TestWithoutAUsableDataFolderNothingIsWritten(t *testing.T) {
	t.Parallel()
	healthy := outcomes(t)
	for why, folder := range unusable {
		t.Run(why, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) { refusesEveryWrite(t, w, healthy) }, onDisk(folder(t)))
		})
	}
}

func TestOnAFullDiskNothingIsWritten(t *testing.T) {
	t.Parallel()
	healthy := outcomes(t)
	inFakeTime(t, func(t *testing.T, w *world) {
		w.sql(`CREATE TABLE ballast (content)`)
		w.sql(`CREATE TRIGGER grows BEFORE INSERT ON write BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
		w.room(0)
		refusesEveryWrite(t, w, healthy)
		if changes := w.journalled(); len(changes) > 0 {
			t.Errorf("the journal has %+v", changes)
		}
		w.room(1000)
		w.works("create_list", args{"name": "Leads"})
	})
}

// refusesEveryWrite checks that every write is refused before anything is sent, and that reading goes on: in full where the
// account alone is asked, and else as far as the data folder allows.
func refusesEveryWrite(t *testing.T, w *world, healthy map[string]outcome) {
	sample(w)
	writes := everyWrite(t)
	for _, tool := range w.tools {
		given := w.call(tool.Name, example(t, tool))
		asked, says := healthy[tool.Name], given.text
		switch {
		case writes[tool.Name] != nil:
			if !strings.Contains(says, "The server's data folder ") || !strings.Contains(says, "This write was not sent.") || !strings.Contains(says, "operator") {
				t.Errorf("%s: it does not say what is wrong and what to do: %s", tool.Name, says)
			}
			if !given.isError || !strings.HasPrefix(says, "[file_access] ") {
				t.Errorf("%s is not refused: %s", tool.Name, says)
			}
		case asked.reads > 0 && asked.writes == 0 && asked.exports == 0 && asked.at("job") == nil && asked.at("snapshot") == nil && !tool.OfJournal:
			if given.isError {
				t.Errorf("%s failed: %s", tool.Name, says)
			}
		case given.isError && !strings.HasPrefix(says, "[file_access] ") && !strings.HasPrefix(says, "[not_found] "):
			t.Errorf("%s: %s", tool.Name, says)
		}
	}
	if sent := slices.DeleteFunc(w.Requests(), func(r emulator.Request) bool { return !isWrite(r) }); len(sent) > 0 {
		t.Errorf("something was sent: %v", sent)
	}
}

func TestWithTheJournalOffTheDataFolderIsNotNeeded(t *testing.T) {
	t.Parallel()
	healthy := outcomes(t)
	unkept := []func(*setting){onDisk(unusable["its place is taken by a file"](t)), func(set *setting) { set.noJournal = true }}
	for tool, write := range everyWrite(t) {
		t.Run(tool, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				switch {
				case healthy[tool].at("job.job_id") != nil: // jobs stand there
					w.refused(tool, write, "file_access", "This write was not sent.")
				case tool == "delete_list", tool == "delete_field": // and the snapshot, which tells whom it touches
					w.refused(tool, write, "file_access", "The server's data folder")
				default:
					w.works(tool, write)
				}
			}, unkept...)
		})
	}
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		w.works("update_contact", args{"contact": "bob@example.com", "unsubscribed": true})
		w.works("update_contact", args{"contact": "bob@example.com", "unsubscribed": false, "consent": "by letter"}).says(t, "the consent you claim is not recorded")
	}, unkept...)
}

// room leaves the store this many pages on its disk.
func (w *world) room(pages int) {
	w.t.Helper()
	db, err := w.stored.Quick(w.t.Context())
	must(w.t, err)
	used := 0
	must(w.t, db.QueryRow(`PRAGMA page_count`).Scan(&used))
	w.sql(fmt.Sprintf(`PRAGMA max_page_count = %d`, used+pages))
}

// fillsUp makes the disk full at the first write's request: before it leaves, or when its answer is there.
type fillsUp struct {
	next http.RoundTripper
	full func()
	once sync.Once
}

// RoundTrip implements http.RoundTripper.
func (f *fillsUp) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := f.next.RoundTrip(request)
	if request.Method != http.MethodGet {
		f.once.Do(f.full)
	}
	return response, err
}

func TestADiskThatFillsUpBeforeTheOutcomeIsRecordedCostsTheAgentNothing(t *testing.T) {
	t.Parallel()
	for name, arguments := range everyWrite(t) {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			var full func()
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				full = func() { w.room(0) }
				w.sql(`CREATE TABLE ballast (content)`)
				w.sql(`CREATE TRIGGER grows BEFORE UPDATE ON write WHEN new.state <> 'sending' BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
				w.works(name, arguments)
				changes := w.journalled()
				unsent := func(write journal.Entry) bool { return write.State != journal.Sending }
				if len(changes) != 1 || len(changes[0].Writes) == 0 || slices.ContainsFunc(changes[0].Writes, unsent) {
					t.Errorf("the journal says %+v", changes)
				}
				if said := logged.String(); !strings.Contains(said, "the outcome of a write could not be recorded") || !strings.Contains(said, "outcome=done") {
					t.Errorf("the log says %s", said)
				}
				if strings.Contains(logged.String(), "@") {
					t.Errorf("the log names somebody: %s", &logged)
				}
			}, func(set *setting) {
				set.log = slog.New(slog.NewTextHandler(&logged, nil))
				set.transport = func(next http.RoundTripper) http.RoundTripper {
					return &fillsUp{next: next, full: func() { full() }}
				}
			})
		})
	}
}

func TestADiskThatFillsUpBeforeTheRequestLeavesKeepsItFromLeaving(t *testing.T) {
	t.Parallel()
	healthy := outcomes(t)
	for name, arguments := range everyWrite(t) {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				w.sql(`CREATE TABLE ballast (content)`)
				w.sql(`CREATE TRIGGER grows BEFORE UPDATE ON write BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
				w.room(10) // for the intent, and not for the ballast
				w.refused(name, arguments, "file_access", "Its disk is full. This write was not sent.")
				w.nothingWritten()
				changes, isJob := w.journalled(), healthy[name].at("job.job_id") != nil
				if isJob && len(changes) == 0 { // the plan itself did not fit
				} else if len(changes) != 1 || changes[0].Writes[0].State != journal.Intended {
					t.Errorf("the journal says %+v", changes)
				}
			})
		})
	}
}

func TestAPersonWhoAgreedIsSubscribedEvenIfThatCannotBeNoted(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": true})
		settled()
		w.works("delete_contact", args{"contact": "anna@example.com"})
		settled()
		w.refused("create_contact", args{"email": "anna@example.com"}, "consent_required")
		w.sql(`CREATE TRIGGER keep BEFORE DELETE ON person BEGIN SELECT RAISE(FAIL, 'no'); END`)
		w.works("update_contact", args{"contact": "anna@example.com", "create_if_missing": true, "unsubscribed": false, "consent": "by letter"})
		if got := w.contact("anna@example.com").Status; got != "subscribed" {
			t.Errorf("anna is %s", got)
		}
		if !strings.Contains(logged.String(), "consent will be asked for again") {
			t.Errorf("the log says %s", &logged)
		}
	}, func(set *setting) { set.log = slog.New(slog.NewTextHandler(&logged, nil)) })
}
