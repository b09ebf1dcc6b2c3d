package tools_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// ofAccount has a world work on another account.
func ofAccount(id int64) func(*setting) {
	return func(set *setting) { set.emulator.Accounts = []emulator.Account{{ID: id, Name: "Account"}} }
}

// aSecretLife gives an account everything that a data folder can hold of people; all that only it knows has "secret" in it.
type aSecretLife struct {
	plan, deletion, job string
	change, list        float64
}

func secretLife(w *world) (life aSecretLife) {
	w.AddList("Secret list")
	w.AddField("Secret", "text", "secret")
	for _, email := range []string{"ann@example.com", "secret.bob@example.com", "secret.out@example.com"} {
		w.AddContact(emulator.Contact{Email: email, Fields: map[string]any{"secret": "secret value"}})
	}
	w.works("search_contacts", args{"where": "secret = 'secret value'"}) // a snapshot
	w.works("save_segment", args{"name": "Their segment", "where": "secret = 'secret value'"})
	w.works("create_contact", args{"email": "erased@example.com"})
	w.works("delete_contact", args{"contact": "erased@example.com", "erase": true})
	w.works("update_contact", args{"contact": "secret.out@example.com", "unsubscribed": true})
	w.works("update_contact", args{"contact": "secret.out@example.com", "email": "out@example.com"})
	w.works("delete_contact", args{"contact": "out@example.com"})
	life.list, _ = w.works("create_list", args{"name": "Secret leads"}).at("list.id").(float64)
	w.works("fire_event", args{"event": "secret_event", "contacts": []string{"ann@example.com"}})
	w.file("secret.csv", "email,secret,age\nann@example.com,secret,1\nnobody,secret,2\nAnn <ann@example.com> and more,secret,3\n")
	life.job = w.works("import_contacts", args{"file": "secret.csv", "mapping": args{"age": "ignore"}}).at("job.job_id").(string)
	life.plan = w.works("import_contacts", args{"rows": []args{{"email": "ann@example.com", "fields": args{"secret": "secret plan"}}, {"email": "secret.new@example.com"}}, "preview": true}).at("job.plan_id").(string)
	life.deletion = w.works("bulk_delete_contacts", args{"contacts": []string{"ann@example.com", "secret.bob@example.com"}, "preview": true}).at("job.plan_id").(string)
	w.works("update_contact", args{"contact": "ann@example.com", "fields": args{"secret": "secret change"}})
	life.change = float64(w.lastChange())
	return life
}

// kept is all that the data folder's tables and the account's own files hold for an account.
func (w *world) kept() map[string]string {
	w.t.Helper()
	db, err := w.stored.Quick(w.t.Context())
	must(w.t, err)
	account, err := w.box.API.AccountKey(w.t.Context())
	must(w.t, err)
	found := map[string]string{}
	for _, table := range texts(w.t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		columns := texts(w.t, db, `SELECT name FROM pragma_table_info(?)`, table)
		condition := ""
		for name, whose := range map[string]string{"account": `account = ?`, "job": `job IN (SELECT id FROM job WHERE account = ?)`, "change": `change IN (SELECT id FROM change WHERE account = ?)`} {
			if slices.Contains(columns, name) && (table != "job" || name == "account") {
				condition = whose
			}
		}
		if condition != "" && table != "snapshot_lease" {
			for i, name := range columns {
				columns[i] = `quote("` + name + `")`
			}
			rows := texts(w.t, db, `SELECT `+strings.Join(columns, ` || ',' || `)+` FROM "`+table+`" WHERE `+condition, account)
			slices.Sort(rows)
			found[table] = strings.Join(rows, "\n")
		}
	}
	names, err := filepath.Glob(filepath.Join(w.dir, "*"))
	must(w.t, err)
	for _, name := range names {
		content, err := os.ReadFile(name)
		must(w.t, err)
		found[name] = string(content)
	}
	return found
}

func texts(t testing.TB, db *sql.DB, query string, given ...any) (values []string) {
	t.Helper()
	rows, err := db.Query(query, given...)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		value := sql.NullString{}
		must(t, rows.Scan(&value))
		values = append(values, value.String)
	}
	must(t, rows.Err())
	return values
}

// strangersCalls are calls of every tool that another account's agent can make, who has come to know every id of the account.
func strangersCalls(life aSecretLife) map[string][]args {
	ann := []string{"ann@example.com"}
	return map[string][]args{
		"get_contact": {{"contact": "ann@example.com"}}, "search_contacts": {nil, {"text": "sec"}},
		"create_contact": {{"email": "erased@example.com"}, {"email": "out@example.com"}},
		"update_contact": {{"contact": "ann@example.com", "fields": args{"first_name": "Ann"}}},
		"list_lists":     {nil}, "create_list": {{"name": "Ours"}}, "rename_list": {{"list": fmt.Sprintf("id:%.0f", life.list), "name": "x"}},
		"delete_list": {{"list": fmt.Sprintf("id:%.0f", life.list)}},
		"add_to_list": {{"contacts": ann, "lists": "Ours"}}, "remove_from_list": {{"contacts": ann, "lists": "Ours"}},
		"list_fields": {nil}, "create_field": {{"name": "Own", "data_type": "text"}}, "update_field": {{"field": "own", "name": "Own one"}}, "delete_field": {{"field": "own"}},
		"fire_event":           {{"event": "ours", "contacts": ann}},
		"import_contacts":      {{"rows": []args{{"email": "ann@example.com"}, {"email": "erased@example.com"}, {"email": "out@example.com"}}, "preview": true}},
		"export_contacts":      {{"segment": "Their segment"}, {}},
		"bulk_update_contacts": {{"contacts": ann, "fields": args{"first_name": "A"}}, {"segment": "Their segment", "fields": args{"first_name": "A"}, "preview": true}},
		"bulk_delete_contacts": {{"segment": "Their segment", "preview": true}, {"where": "email = 'nobody@example.com'", "preview": true}},
		"apply_plan":           {{"plan_id": life.plan}, {"plan_id": life.deletion}, {"plan_id": life.job}},
		"get_job":              {nil, {"job_id": life.plan}, {"job_id": life.deletion}, {"job_id": life.job}},
		"cancel_job":           {{"job_id": life.plan}, {"job_id": life.deletion}, {"job_id": life.job}},
		"audience_report":      {nil}, "sync_contacts": {{"segment": "Their segment"}},
		"save_segment": {{"name": "Own segment", "where": "status = 'subscribed'"}}, "delete_segment": {{"name": "Their segment"}},
		"get_account": {nil}, "check_suppressions": {nil},
		"list_changes": {{"limit": 50, "show_addresses": true}, {"contact": "ann@example.com", "show_addresses": true}, {"contact": "out@example.com", "show_addresses": true}, {"limit": 50, "cursor": "999999", "show_addresses": true}},
		"undo_change":  {{"change_id": life.change}, {"change_id": life.change, "preview": true}},
		// Last, because it is the one that goes through everything.
		"delete_contact": {{"contact": "erased@example.com"}, {"contact": "out@example.com", "erase": true}, {"contact": "ann@example.com", "erase": true}},
	}
}

// Guarantee 4.4.
func TestTwoAccountsOnOneFolderKnowNothingOfEachOther(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	inFakeTime(t, func(t *testing.T, w *world) {
		theirs := open(t, onDisk(data), ofAccount(2222222), unlimited, func(set *setting) { set.dir = w.dir })
		life := secretLife(theirs)
		w.AddContact(emulator.Contact{Email: "ann@example.com"})
		w.file("ours.csv", "email,age\nours@example.com,1\nAnn <ann@example.com> and more,2\n")
		w.works("import_contacts", args{"file": "ours.csv", "mapping": args{"age": "ignore"}, "preview": true})
		must(t, os.Remove(filepath.Join(w.dir, "ours.csv"))) // it is the operator's
		settled()
		before, calls := theirs.kept(), strangersCalls(life)
		for _, tool := range w.tools {
			if len(calls[tool.Name]) == 0 {
				t.Errorf("the suite does not call %s", tool.Name)
			}
			if tool.Name != "delete_contact" {
				w.strange(theirs, before, tool.Name, calls[tool.Name])
			}
		}
		settled()
		w.works("apply_plan", args{"plan_id": w.works("import_contacts", args{"rows": []args{{"email": "x@example.com"}}, "preview": true}).at("job.plan_id")})
		w.strange(theirs, before, "delete_contact", calls["delete_contact"])
		for name, values := range map[string][]string{"touched": w.box.Contacts.Touched(), "events": w.events(), "jobs": w.jobIDs()} {
			for _, value := range values {
				if strings.Contains(value, "secret") || slices.Contains([]string{life.plan, life.deletion, life.job}, value) {
					t.Errorf("%s are completed with %s", name, value)
				}
			}
		}
		for name, held := range w.kept() {
			_, other := before[name]
			exported := strings.HasPrefix(filepath.Base(name), "mailtrap-contacts-")
			if isFile := strings.ContainsRune(name, filepath.Separator); strings.Contains(held, "ann@example.com") && !exported && (!other || !isFile) {
				t.Errorf("she is still there in %s: %s", name, held)
			}
		}
		theirs.works("apply_plan", args{"plan_id": life.plan}).has(t, "job.taken_out", nil)
		theirs.works("apply_plan", args{"plan_id": life.deletion}).has(t, "job.done", 2)
		theirs.refused("create_contact", args{"email": "out@example.com"}, "consent_required")
	}, onDisk(data), unlimited)
}

// strange makes calls with another account's ids: nothing of it may be told, and nothing of what is kept for it changes.
func (w *world) strange(theirs *world, before map[string]string, tool string, calls []args) {
	w.t.Helper()
	for _, call := range calls {
		given := w.call(tool, call)
		said := strings.ToLower(given.text + fmt.Sprint(given.structured))
		if strings.Contains(said, "secret") || strings.Contains(said, "asked for erasure") || strings.Contains(said, "[consent_required]") {
			w.t.Errorf("%s %v tells: %s", tool, call, given.text)
		}
		now := theirs.kept()
		for name, was := range before {
			if now[name] != was {
				w.t.Errorf("%s %v changes what is kept of the other account in %s:\n%s\nwas:\n%s", tool, call, name, now[name], was)
				before[name] = now[name]
			}
		}
	}
}

func (w *world) events() []string {
	w.t.Helper()
	names, err := w.box.Journal.Events(w.t.Context(), 100)
	must(w.t, err)
	return names
}

func (w *world) jobIDs() (ids []string) {
	w.t.Helper()
	recent, err := w.box.Bulk.Recent(w.t.Context())
	must(w.t, err)
	for _, job := range recent {
		ids = append(ids, job.ID)
	}
	return ids
}
