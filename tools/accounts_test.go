package tools_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
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

// strangersCalls are calls of a tool that another account's agent can make, who has come to know every id of the account: the
// tool's example, and variants of it that name what is that account's, one by each argument that could.
func strangersCalls(t *testing.T, tool tools.Callable, life aSecretLife) []args {
	ann, list, ids := "ann@example.com", fmt.Sprintf("id:%.0f", life.list), []any{life.plan, life.deletion, life.job}
	known := map[string][]any{
		"contact": {ann, "erased@example.com", "out@example.com"}, "email": {"erased@example.com", "out@example.com"}, "contacts": {ann}, "list": {list}, "lists": {list},
		"rows":    {[]args{{"email": ann}, {"email": "erased@example.com"}, {"email": "out@example.com"}}},
		"segment": {"Their segment"}, "name": {"Their segment"}, "where": {"email = 'nobody@example.com'"}, "text": {"sec"},
		"plan_id": ids, "job_id": ids, "change_id": {life.change}, "cursor": {"999999"},
	}
	var schema property
	must(t, json.Unmarshal(tool.InputSchema, &schema))
	calls := []args{example(t, tool)}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		for _, value := range known[name] {
			variant := example(t, tool)
			if one := []string{"contacts", "file", "segment", "where", "rows"}; slices.Contains(one, name) { // only one of these can be given
				maps.DeleteFunc(variant, func(other string, _ any) bool { return slices.Contains(one, other) })
			}
			variant[name] = value
			for _, yes := range []string{"preview", "erase", "show_addresses"} {
				if _, takes := schema.Properties[yes]; takes {
					variant[yes] = true
				}
			}
			calls = append(calls, variant)
		}
	}
	return calls
}

// Guarantee 4.4.
func TestTwoAccountsOnOneFolderKnowNothingOfEachOther(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	inFakeTime(t, func(t *testing.T, w *world) {
		theirs := open(t, onDisk(data), ofAccount(2222222), unlimited, func(set *setting) { set.dir = w.dir })
		life := secretLife(theirs)
		sample(w)
		w.file("ours.csv", "email,age\nours@example.com,1\nAnn <ann@example.com> and more,2\n")
		w.works("import_contacts", args{"file": "ours.csv", "mapping": args{"age": "ignore"}, "preview": true})
		must(t, os.Remove(filepath.Join(w.dir, "ours.csv"))) // it is the operator's
		settled()
		before, last := theirs.kept(), w.tool("delete_contact") // because it goes through everything
		for _, tool := range w.tools {
			if tool.Name != last.Name {
				w.strange(theirs, before, tool.Name, strangersCalls(t, tool, life))
			}
		}
		settled()
		w.works("apply_plan", args{"plan_id": w.works("import_contacts", args{"rows": []args{{"email": "x@example.com"}}, "preview": true}).at("job.plan_id")})
		w.strange(theirs, before, last.Name, strangersCalls(t, last, life))
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
