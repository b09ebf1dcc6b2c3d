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

// everyWrite is a call of each tool that changes the account.
var everyWrite = map[string]args{
	"create_contact":   {"email": "new@example.com"},
	"update_contact":   {"contact": "anna@example.com", "fields": args{"age": 42}},
	"delete_contact":   {"contact": "anna@example.com"},
	"create_list":      {"name": "Leads"},
	"add_to_list":      {"contacts": []string{"anna@example.com"}, "lists": []string{"VIP"}},
	"remove_from_list": {"contacts": []string{"anna@example.com"}, "lists": []string{"Newsletter"}},
	"create_field":     {"name": "Plan", "data_type": "text"},
	"fire_event":       {"contacts": []string{"anna@example.com"}, "event": "signed_up"},
	"import_contacts":  {"rows": []args{{"email": "new@example.com"}}},

	"bulk_update_contacts": {"contacts": []string{"anna@example.com"}, "fields": args{"age": 43}},
	"bulk_delete_contacts": {"contacts": []string{"anna@example.com"}},

	"rename_list":  {"list": "id:3", "name": "Older"},
	"delete_list":  {"list": "id:3"},
	"update_field": {"field": "since", "name": "Customer since"},
	"delete_field": {"field": "score"},
}

// everyRead is a call of each tool that does not.
var everyRead = map[string]args{
	"get_contact": {"contact": "anna@example.com"}, "list_lists": {}, "list_fields": {}, "get_account": {}, "check_suppressions": {},
}

// ofJobs are the tools that are about plans and jobs, snapshots and segments: they stand in the data folder, and so do
// exports, though they change nothing in the account.
var ofJobs = map[string]args{
	"search_contacts": {}, "audience_report": {}, "save_segment": {"name": "everyone", "where": "1 = 1"}, "delete_segment": {"name": "everyone"},
	"export_contacts": {}, "get_job": {}, "sync_contacts": {"file": "none.csv"}, "apply_plan": {"plan_id": noJob}, "cancel_job": {"job_id": noJob},
}

// noJob is an id as a job might have it.
const noJob = "import-20260101-aaaaaaaa"

// isBulk reports that a tool needs the data folder even when nothing is journalled.
func isBulk(tool string) bool {
	_, ok := ofJobs[tool]
	return ok || tool == "import_contacts" || strings.HasPrefix(tool, "bulk_")
}

// ofTheJournal are the tools that are about the journal itself, and say so when it cannot be had.
var ofTheJournal = map[string]args{"list_changes": {}, "undo_change": {"change_id": 1}}

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
	for why, folder := range unusable {
		t.Run(why, func(t *testing.T) { inFakeTime(t, refusesEveryWrite, onDisk(folder(t))) })
	}
}

func TestOnAFullDiskNothingIsWritten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.sql(`CREATE TABLE ballast (content)`)
		w.sql(`CREATE TRIGGER grows BEFORE INSERT ON write BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
		w.room(0)
		refusesEveryWrite(t, w)
		if changes := w.journalled(); len(changes) > 0 {
			t.Errorf("the journal has %+v", changes)
		}
		w.room(1000)
		w.works("create_list", args{"name": "Leads"})
	})
}

// refusesEveryWrite checks that every write is refused before anything is sent, and that reading goes on.
func refusesEveryWrite(t *testing.T, w *world) {
	spared(w)
	for _, tool := range w.tools {
		write, writes := everyWrite[tool.Name]
		read, reads := everyRead[tool.Name]
		journal, ofJournal := ofTheJournal[tool.Name]
		job, ofJob := ofJobs[tool.Name]
		switch {
		case writes:
			given := w.call(tool.Name, write)
			says := given.text
			if !strings.Contains(says, "The server's data folder ") || !strings.Contains(says, "This write was not sent.") || !strings.Contains(says, "operator") {
				t.Errorf("%s: it does not say what is wrong and what to do: %s", tool.Name, says)
			}
			if !given.isError || !strings.HasPrefix(says, "[file_access] ") {
				t.Errorf("%s is not refused: %s", tool.Name, says)
			}
		case reads:
			w.works(tool.Name, read)
		case ofJob: // on a full disk it can still be seen what there is
			if said := w.call(tool.Name, job); !strings.HasPrefix(said.text, "[file_access] ") && !strings.HasPrefix(said.text, "[not_found] ") && said.isError {
				t.Errorf("%s: %s", tool.Name, said.text)
			}
		case ofJournal: // on a full disk it can still be read
			if said := w.call(tool.Name, journal); said.isError && !strings.HasPrefix(said.text, "[file_access] ") && !strings.HasPrefix(said.text, "[not_found] ") {
				t.Errorf("%s: %s", tool.Name, said.text)
			}
		default:
			t.Errorf("%s (%v) is tried neither as a write nor as a read", tool.Name, tool.Effect)
		}
	}
	if sent := slices.DeleteFunc(w.Requests(), func(r emulator.Request) bool { return !isWrite(r) }); len(sent) > 0 {
		t.Errorf("something was sent: %v", sent)
	}
}

func TestWithTheJournalOffTheDataFolderIsNotNeeded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		spared(w)
		for _, tool := range w.tools {
			write, ok := everyWrite[tool.Name]
			switch {
			case ok && isBulk(tool.Name): // jobs stand there
				w.refused(tool.Name, write, "file_access", "This write was not sent.")
			case ok && tool.Name != "delete_contact":
				w.works(tool.Name, write)
			}
		}
		w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": true})
		w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": false, "consent": "by letter"}).says(t, "the consent you claim is not recorded")
		w.works("delete_contact", everyWrite["delete_contact"])
	}, onDisk(unusable["its place is taken by a file"](t)), func(set *setting) { set.noJournal = true })
}

// spared is a seeded account with a list to spare.
func spared(w *world) {
	seeded(w)
	w.AddList("Old")
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
	for name, arguments := range everyWrite {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			var full func()
			inFakeTime(t, func(t *testing.T, w *world) {
				spared(w)
				full = func() { w.room(0) }
				w.sql(`CREATE TABLE ballast (content)`)
				w.sql(`CREATE TRIGGER grows BEFORE UPDATE ON write WHEN new.state <> 'sending' BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
				w.works(name, arguments)
				changes := w.journalled()
				if len(changes) != 1 || len(changes[0].Writes) != 1 || changes[0].Writes[0].State != journal.Sending {
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
	for name, arguments := range everyWrite {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				spared(w)
				w.sql(`CREATE TABLE ballast (content)`)
				w.sql(`CREATE TRIGGER grows BEFORE UPDATE ON write BEGIN INSERT INTO ballast VALUES (zeroblob(100000)); END`)
				w.room(10) // for the intent, and not for the ballast
				w.refused(name, arguments, "file_access", "Its disk is full. This write was not sent.")
				w.nothingWritten()
				if changes := w.journalled(); isBulk(name) && len(changes) == 0 { // the plan itself did not fit
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
		spared(w)
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
