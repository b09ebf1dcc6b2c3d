package tools_test

import (
	"database/sql/driver"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/sqlite"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
)

// Where a process may be killed. Those that are no request are triggers in the journal's file.
const (
	recording = "while the intent is recorded"
	intended  = "after the intent is recorded, before it is marked as leaving"
	leaving   = "after it is marked, before it leaves"
	applied   = "after it was applied, before the answer is read"
	answered  = "after the answer was read, before the outcome is recorded"
)

// deaths are what makes the journal's file kill the process that writes to it.
var deaths = map[string]string{
	recording: `AFTER INSERT ON write`,
	intended:  `BEFORE UPDATE ON write WHEN new.state = 'sending'`,
	answered:  `BEFORE UPDATE ON write WHEN new.state = 'done'`,
}

// registerDeath gives SQL a function that kills the process.
func registerDeath() {
	sqlite.MustRegisterScalarFunction("die", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		die()
		return nil, nil
	})
}

// writesOnce makes the call that the process is to be killed in.
func writesOnce(t *testing.T, do work, w *world) {
	t.Errorf("it was not killed, and got: %s", w.call(do.Tool, do.Args).text)
}

// aWrite is a call that writes once.
type aWrite struct {
	tool   string
	args   args
	action journal.Action
	kind   journal.Kind
	name   string
	before bool // whether there is something to restore
}

var killedWrites = []aWrite{
	{"create_contact", args{"email": "new@example.com", "lists": []string{"Newsletter"}}, journal.Create, journal.Contact, "new@example.com", false},
	{"update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}}, journal.Update, journal.Contact, "anna@example.com", true},
	{"delete_contact", args{"contact": "anna@example.com"}, journal.Delete, journal.Contact, "anna@example.com", true},
	{"add_to_list", args{"contacts": []string{"anna@example.com"}, "lists": []string{"VIP"}}, journal.Update, journal.Contact, "anna@example.com", true},
	{"create_list", args{"name": "Leads"}, journal.Create, journal.List, "Leads", false},
	{"fire_event", args{"event": "signed_up", "contacts": []string{"anna@example.com"}}, journal.Fire, journal.Event, "signed_up", false},
	{"import_contacts", args{"rows": []args{{"email": "new@example.com"}, {"email": "anna@example.com"}}}, journal.Import, journal.Contacts, "2 contacts", false},
}

func TestAKilledProcessLeavesWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, write := range killedWrites {
		for at, want := range map[string]struct {
			state journal.State // empty: no entry
			sent  bool
		}{
			recording: {"", false},
			intended:  {journal.Intended, false},
			leaving:   {journal.Sending, false},
			applied:   {journal.Sending, true},
			answered:  {journal.Sending, true},
		} {
			t.Run(write.tool+" "+at, func(t *testing.T) {
				account, address := served(t, emulator.Config{Unlimited: true})
				data := filepath.Join(t.TempDir(), "data")
				killed(t, account, work{Role: "writes once", API: address, Data: data, Tool: write.tool, Args: encoded(t, write.args), DieAt: at})

				w := open(t, onDisk(data), func(set *setting) { set.known = account })
				if sent := len(w.writes()) > 0; sent != want.sent {
					t.Errorf("the account saw %q", w.writes())
				}
				changes := w.journalled()
				switch {
				case want.state == "":
					if len(changes) > 0 {
						t.Errorf("the journal has %+v", changes)
					}
				case len(changes) != 1 || len(changes[0].Writes) != 1 || changes[0].Tool != write.tool:
					t.Fatalf("the journal has %+v", changes)
				default:
					check(t, changes[0].Writes[0], write, want.state)
				}
				w.worksOn()
			})
		}
	}
}

// killed runs a process that kills itself at its work.
func killed(t *testing.T, account *emulator.Emulator, do work) {
	t.Helper()
	before := open(t, onDisk(do.Data), func(set *setting) { set.known = account })
	seeded(before)
	account.ResetRequests()
	if death, ok := deaths[do.DieAt]; ok {
		before.sql(`CREATE TRIGGER death ` + death + ` BEGIN SELECT die(); END`)
	}
	must(t, before.stored.Close())
	if said, err := child(t.Context(), t, do).CombinedOutput(); err == nil || strings.Contains(string(said), "it was not killed") {
		t.Fatalf("it lived (%v): %s", err, said)
	}
}

// check compares what the journal says of the write that a process was killed in.
func check(t *testing.T, entry journal.Entry, write aWrite, state journal.State) {
	t.Helper()
	if entry.State != state || entry.Action != write.action || entry.Kind != write.kind || entry.Name != write.name || entry.Failure != "" {
		t.Errorf("the journal says %+v", entry)
	}
	if !write.before {
		if entry.Before != nil {
			t.Errorf("the journal knows what was before: %s", entry.Before)
		}
		return
	}
	var before apiclient.Contact
	must(t, json.Unmarshal(entry.Before, &before))
	if before.Email != "anna@example.com" || before.ID == "" || before.ID != entry.Subject || len(before.ListIDs) != 1 || before.Fields["age"] != json.Number("41") {
		t.Errorf("the image is %s", entry.Before)
	}
}

// worksOn sees to it that the next write takes place and is recorded, whatever was left behind.
func (w *world) worksOn() {
	w.t.Helper()
	w.sql(`DROP TRIGGER IF EXISTS death`)
	w.works("create_list", args{"name": "afterwards"})
	newest := w.journalled()[0]
	if newest.Tool != "create_list" || newest.Writes[0].State != journal.Done || newest.Writes[0].Name != "afterwards" {
		w.t.Errorf("the next write is recorded as %+v", newest)
	}
	db, err := w.stored.Quick(w.t.Context())
	must(w.t, err)
	sound := ""
	must(w.t, db.QueryRow(`PRAGMA integrity_check`).Scan(&sound))
	if sound != "ok" {
		w.t.Errorf("the journal's file is not sound: %s", sound)
	}
}

// journalled are all changes, the newest first.
func (w *world) journalled() []journal.Change {
	w.t.Helper()
	changes, more, err := w.box.Journal.List(w.t.Context(), journal.Filter{Limit: 10_000})
	must(w.t, err)
	if more {
		w.t.Error("there are more changes")
	}
	return changes
}

// sql executes a statement in the store.
func (w *world) sql(statement string) {
	w.t.Helper()
	db, err := w.stored.Quick(w.t.Context())
	must(w.t, err)
	_, err = db.Exec(statement)
	must(w.t, err)
}

func encoded(t testing.TB, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return text
}

func isWrite(request emulator.Request) bool {
	return request.Method != http.MethodGet && !strings.HasSuffix(request.Path, "/contacts/exports")
}
