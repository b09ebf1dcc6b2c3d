package tools_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// badCall is a call that must be refused with one error that names the argument and the remedy.
type badCall struct {
	name      string
	tool      string
	arguments any
	code      string
	says      []string
}

var long = strings.Repeat("x", 256)

// What the schema alone can refuse.
var refusedBySchema = []badCall{
	{"no arguments at all", "create_contact", nil, "invalid_input", []string{"email"}},
	{"null as arguments", "get_contact", raw(`null`), "invalid_input", []string{"contact"}},
	{"an argument is missing", "create_contact", args{"fields": args{"age": 1}}, "invalid_input", []string{"email"}},
	{"an empty required argument", "get_contact", args{"contact": ""}, "invalid_input", []string{"contact"}},
	{"a required argument is null", "create_list", args{"name": nil}, "invalid_input", []string{"name"}},
	{"an unknown argument", "create_contact", args{"email": "a@b.co", "list": "VIP"}, "invalid_input", []string{"list", "lists"}},
	{"an argument to a tool that has none", "list_fields", args{"search": "x"}, "invalid_input", []string{"search"}},
	{"an e-mail without a domain", "create_contact", args{"email": "nobody"}, "invalid_input", []string{"email", "name@example.com"}},
	{"an e-mail with a space", "create_contact", args{"email": "a b@c.de"}, "invalid_input", []string{"email"}},
	{"an e-mail as a number", "create_contact", args{"email": 42}, "invalid_input", []string{"email"}},
	{"fields as a list", "create_contact", args{"email": "a@b.co", "fields": []any{1}}, "invalid_input", []string{"fields"}},
	{"a truth that is no truth", "update_contact", args{"contact": "a@b.co", "unsubscribed": "maybe"}, "invalid_input", []string{"unsubscribed", "true"}},
	{"an invalid new e-mail", "update_contact", args{"contact": "a@b.co", "email": "nope"}, "invalid_input", []string{"email"}},
	{"an empty update", "update_contact", args{"contact": "a@b.co"}, "invalid_input", []string{"changes nothing", "add_to_lists"}},
	{"an update of nulls and empty strings", "update_contact", args{"contact": "a@b.co", "email": "", "fields": nil, "add_to_lists": []any{}}, "invalid_input", []string{"changes nothing"}},
	{"the same list added and removed", "update_contact", args{"contact": "a@b.co", "add_to_lists": "VIP", "remove_from_lists": []any{"VIP"}}, "invalid_input", []string{"add_to_lists", "remove_from_lists", "VIP"}},
	{"the same list joined and left by an import", "import_contacts", args{"rows": []any{args{"email": "a@b.co"}}, "lists": "VIP", "remove_from_lists": "VIP"}, "invalid_input", []string{"lists", "remove_from_lists", "VIP"}},
	{"no lists", "add_to_list", args{"lists": []any{}, "contacts": "a@b.co"}, "invalid_input", []string{"lists"}},
	{"no contacts", "remove_from_list", args{"lists": "VIP", "contacts": ""}, "invalid_input", []string{"contacts"}},
	{"a name of a list that is too long", "create_list", args{"name": long}, "invalid_input", []string{"name", "255"}},
	{"a name of blanks", "create_list", args{"name": "   "}, "invalid_input", []string{"name", "Give the list a name"}},
	{"a type of field that there is not", "create_field", args{"name": "ltv", "data_type": "number"}, "invalid_input", []string{"data_type", "integer", "float"}},
	{"a merge tag with spaces", "create_field", args{"name": "ltv", "data_type": "float", "merge_tag": "life time"}, "invalid_input", []string{"merge_tag", "lower-case"}},
	{"a name that makes no merge tag", "create_field", args{"name": "寿命", "data_type": "float"}, "invalid_input", []string{"merge_tag"}},
	{"renaming without a name", "rename_list", args{"list": "VIP"}, "invalid_input", []string{"name"}},
	{"renaming to blanks", "rename_list", args{"list": "VIP", "name": " \u200b "}, "invalid_input", []string{"name: is empty", "Give the list a name"}},
	{"renaming to what is too long", "rename_list", args{"list": "VIP", "name": long}, "invalid_input", []string{"name", "255"}},
	{"renaming no list", "rename_list", args{"list": "", "name": "x"}, "invalid_input", []string{"list"}},
	{"deleting two lists at once", "delete_list", args{"lists": []any{"VIP", "Newsletter"}}, "invalid_input", []string{"lists", "list"}},
	{"deleting no list", "delete_list", args{"list": nil}, "invalid_input", []string{"list"}},
	{"an update of a field without a change", "update_field", args{"field": "age", "name": "", "merge_tag": nil}, "invalid_input", []string{"changes nothing", "merge_tag"}},
	{"a field's name of blanks", "update_field", args{"field": "age", "name": "   "}, "invalid_input", []string{"name: is empty", "leave name out"}},
	{"a merge tag of blanks", "update_field", args{"field": "age", "merge_tag": " "}, "invalid_input", []string{"merge_tag: is empty"}},
	{"a field's name that is too long", "update_field", args{"field": "age", "name": long}, "invalid_input", []string{"name", "80"}},
	{"another type for a field", "update_field", args{"field": "age", "name": "Years", "data_type": "text"}, "invalid_input", []string{"data_type: Mailtrap cannot change a field's type", "create_field"}},
	{"deleting no field", "delete_field", args{}, "invalid_input", []string{"field"}},
	{"eleven people to check", "check_suppressions", args{"contacts": strings.Split(strings.Repeat("a@b.co ", 11), " ")}, "invalid_input", []string{"contacts", "10"}},
	{"an event of 256 characters", "fire_event", args{"event": long, "contacts": "a@b.co"}, "invalid_input", []string{"event", "255"}},
	{"a blank event", "fire_event", args{"event": "  ", "contacts": "a@b.co"}, "invalid_input", []string{"event: is blank", "Nothing was sent"}},
	{"an event that cannot be seen", "fire_event", args{"event": "\u200b\n", "contacts": "a@b.co"}, "invalid_input", []string{"event: is blank"}},
	{"a field named like the address", "create_field", args{"name": "Email", "data_type": "text"}, "invalid_input", []string{`"email" is reserved`, "built-in field", `"Second address"`}},
	{"a merge tag like the address's", "create_field", args{"name": "Other", "data_type": "text", "merge_tag": "{{email}}"}, "invalid_input", []string{`"email" is reserved`, "second_address"}},
	{"one that is no address among others", "remove_from_list", args{"contacts": []any{"a@b.co", "x"}, "lists": "VIP"}, "invalid_input", []string{`contacts[1]: "x" is neither an e-mail address nor a UUID.`, "leave it out"}},
	{"nested params", "fire_event", args{"event": "e", "contacts": "a@b.co", "params": args{"cart": args{"n": 1}, "tags": []any{1}}}, "invalid_input", []string{"params.cart", "params.tags", "plain values"}},
	{"a key of 256 characters", "fire_event", args{"event": "e", "contacts": "a@b.co", "params": args{long: 1}}, "invalid_input", []string{"params.xxx", "255"}},
	{"an empty key", "fire_event", args{"event": "e", "contacts": "a@b.co", "params": args{"": 1}}, "invalid_input", []string{"params", "empty"}},
	{"1,001 contacts", "fire_event", args{"event": "e", "contacts": addresses(1001)}, "invalid_input", []string{"contacts", "1,000"}},
	{"nobody to delete", "bulk_delete_contacts", args{"contacts": []any{}}, "invalid_input", []string{"exactly one of contacts, file, segment and where", "Nothing was sent"}},
	{"contacts and a file to delete", "bulk_delete_contacts", args{"contacts": "a@b.co", "file": "x.csv"}, "invalid_input", []string{"exactly one of contacts, file, segment and where"}},
	{"one that is no address to delete", "bulk_delete_contacts", args{"contacts": []any{"a@b.co", "x"}}, "invalid_input", []string{`contacts[1]: "x"`, "Nothing was sent"}},
	{"many to delete unseen", "bulk_delete_contacts", args{"contacts": addresses(26)}, "needs_preview", []string{"This is for 26 contacts", "more than 25", "preview: true", "apply_plan"}},
	{"an update of many that changes nothing", "bulk_update_contacts", args{"contacts": "a@b.co"}, "invalid_input", []string{"changes nothing", "unsubscribed"}},
	{"many subscribed without consent", "bulk_update_contacts", args{"contacts": "a@b.co", "unsubscribed": false, "consent": " "}, "consent_required", []string{"does not say how", "Nothing was changed"}},
	{"a list that many join and leave", "bulk_update_contacts", args{"contacts": "a@b.co", "add_to_lists": "VIP", "remove_from_lists": "VIP"}, "invalid_input", []string{"add_to_lists and remove_from_lists both name"}},
	{"contacts and a file to update", "bulk_update_contacts", args{"contacts": "a@b.co", "file": "x.csv", "unsubscribed": true}, "invalid_input", []string{"exactly one of contacts, file, segment and where"}},
	{"no plan", "apply_plan", args{"plan_id": ""}, "invalid_input", []string{"plan_id"}},
	{"a plan that cannot be", "apply_plan", args{"plan_id": "../etc"}, "not_found", []string{"../etc", "preview"}},
	{"a job to cancel that there is not", "cancel_job", args{"job_id": "42"}, "not_found", []string{"42", "job_id"}},
	{"neither rows nor file", "import_contacts", args{"lists": "VIP"}, "invalid_input", []string{"rows", "file"}},
	{"both rows and file", "import_contacts", args{"rows": []any{args{"email": "a@b.co"}}, "file": "x.csv"}, "invalid_input", []string{"rows", "file"}},
	{"a row with an invalid e-mail", "import_contacts", args{"rows": []any{args{"email": "a@b.co"}, args{"email": "nope"}}}, "invalid_input", []string{"rows[1].email"}},
	{"a row with an unknown key", "import_contacts", args{"rows": []any{args{"email": "a@b.co", "first_name": "Ann"}}}, "invalid_input", []string{"rows[0]", "first_name", "fields"}},
	{"waiting too long", "get_job", args{"wait_seconds": 46}, "invalid_input", []string{"wait_seconds", "45"}},
	{"waiting where a call waits as it does", "export_contacts", args{"wait_seconds": 5}, "invalid_input", []string{"wait_seconds", "apply_plan and get_job", "45 seconds"}},
	{"waiting a negative time", "get_job", args{"wait_seconds": -1}, "invalid_input", []string{"wait_seconds"}},
	{"a status that there is not", "export_contacts", args{"status": "bounced"}, "invalid_input", []string{"status", "subscribed", "unsubscribed"}},
	{"a job that there is not", "get_job", args{"job_id": "42"}, "not_found", []string{"42", "job_id"}},
	{"a job id that climbs", "get_job", args{"job_id": "import-0-../../etc"}, "not_found", []string{"job_id"}},
}

func TestWhatTheSchemaCanRefuseMakesNoRequest(t *testing.T) {
	w := open(t)
	for _, bad := range refusedBySchema {
		t.Run(bad.name, func(t *testing.T) {
			w.t = t
			w.ResetRequests()
			w.refused(bad.tool, bad.arguments, bad.code, bad.says...)
			for _, request := range w.Requests() {
				t.Errorf("a request was made: %s %s", request.Method, request.Path)
			}
		})
	}
}

// identifiers that are neither an address nor a UUID.
var identifiers = []string{"lists/5", "..", ".", "x/../../accounts", "%2e%2e", "a@b.co/../lists/5", "1", "*", "018f0000-0000-7000-8000", "a@b", "@", "a@@b.co", "a@b.co\n", "a@b.co\x00", "{}"}

func TestWhatIsNoAddressAndNoUUIDNamesNobody(t *testing.T) {
	w := open(t)
	refused := func(tool string, given args) {
		t.Helper()
		w.ResetRequests()
		said := w.refused(tool, given, "invalid_input").text
		if !strings.Contains(said, "e-mail address") && !strings.Contains(said, "name@example.com") && !strings.Contains(said, "valid Unicode") {
			t.Errorf("%s with %q does not say what would be right: %s", tool, given, said)
		}
		if made := w.Requests(); len(made) > 0 {
			t.Errorf("%s with %q made a request: %s %s", tool, given, made[0].Method, made[0].Path)
		}
	}
	calls := 0
	for _, tool := range w.tools {
		for _, name := range []string{"contact", "contacts", "email"} {
			for _, identifier := range identifiers {
				if given := example(t, tool); given[name] != nil && strings.TrimSpace(identifier) != "a@b.co" { // trimming is lossless
					calls++
					refused(tool.Name, with(given, name, identifier))
				}
			}
		}
	}
	if calls < 100 {
		t.Errorf("only %d calls were made", calls)
	}
}

// What only the account can tell.
var refusedByAccount = []badCall{
	{"an unknown list", "create_contact", args{"email": "new@example.com", "lists": "VIPs"}, "invalid_input", []string{`"VIPs"`, `"VIP"`, "create_list"}},
	{"an unknown list id", "add_to_list", args{"contacts": "anna@example.com", "lists": 999}, "invalid_input", []string{"999", `"Newsletter"`}},
	{"one unknown list of two", "update_contact", args{"contact": "anna@example.com", "add_to_lists": []any{"VIP", "Nope"}}, "invalid_input", []string{"Nope"}},
	{"an unknown list to leave", "remove_from_list", args{"contacts": "anna@example.com", "lists": "Nope"}, "invalid_input", []string{"Nope"}},
	{"an unknown field", "create_contact", args{"email": "new@example.com", "fields": args{"firstname_": "x"}}, "invalid_input", []string{"fields.firstname_", "first_name", "list_fields"}},
	{"a text in an integer field", "update_contact", args{"contact": "anna@example.com", "fields": args{"age": "n/a"}}, "invalid_input", []string{"fields.age", `"n/a"`, "whole number"}},
	{"two values that do not fit", "create_contact", args{"email": "new@example.com", "fields": args{"since": "03/04/2025", "active": "perhaps"}}, "invalid_input", []string{"fields.since", "2026-03-04", "fields.active", "true or false"}},
	{"a list as a value", "create_contact", args{"email": "new@example.com", "fields": args{"first_name": []any{"x"}}}, "invalid_input", []string{"fields.first_name", "single value"}},
	{"a text that is too long", "create_contact", args{"email": "new@example.com", "fields": args{"first_name": long}}, "invalid_input", []string{"256", "255"}},
	{"one list under two names added and removed", "update_contact", args{"contact": "anna@example.com", "add_to_lists": "vip", "remove_from_lists": "VIP"}, "invalid_input", []string{"add_to_lists", "remove_from_lists", `"VIP"`}},
	{"the same for somebody to create", "update_contact", args{"contact": "new@example.com", "add_to_lists": "vip", "remove_from_lists": "VIP", "create_if_missing": true}, "invalid_input", []string{`"VIP"`}},
	{"a row's list that all leave", "import_contacts", args{"rows": []any{args{"email": "new@example.com", "lists": "vip"}}, "remove_from_lists": "VIP", "lists": "Fresh", "create_lists": true}, "invalid_input", []string{`"VIP"`, "joined and left"}},
	{"rows with unknown fields and values that do not fit", "import_contacts", args{"rows": []any{
		args{"email": "a@example.com", "fields": args{"agee": 1}}, args{"email": "b@example.com", "fields": args{"age": "old"}}, args{"email": "c@example.com"},
	}}, "invalid_input", []string{"rows[0].fields.agee", "rows[1].fields.age", `"old"`}},
	{"a row's unknown list", "import_contacts", args{"rows": []any{args{"email": "a@example.com", "lists": "Nope"}}}, "invalid_input", []string{"Nope"}},
	{"unknown contacts onto a list that would be created", "add_to_list", args{"contacts": []any{"anna@example.com", "who@example.com"}, "lists": "Fresh", "create_lists": true}, "not_found", []string{"who@example.com", "create_missing", "Nothing was changed"}},
	{"a list to create by an id", "add_to_list", args{"contacts": "anna@example.com", "lists": []any{"Fresh", 4711}, "create_lists": true}, "invalid_input", []string{"4711", "by its name"}},
	{"a list to create by a forced id", "import_contacts", args{"rows": []any{args{"email": "a@example.com"}}, "lists": []any{"Fresh", "id:4711"}, "create_lists": true}, "invalid_input", []string{"4711"}},
	{"a list to create with too long a name", "add_to_list", args{"contacts": "anna@example.com", "lists": []any{"Fresh", long}, "create_lists": true}, "invalid_input", []string{"256", "255"}},
	{"51 contacts with a UUID among them", "add_to_list", args{"contacts": append(addresses(51), "018f0000-0000-7000-8000-000000000000"), "lists": "VIP", "create_missing": true}, "invalid_input", []string{"UUID"}},
	{"all lists and another one to leave", "remove_from_list", args{"contacts": "anna@example.com", "lists": []any{"*", "VIP"}}, "invalid_input", []string{`"*" is not the name of a list`, "remove_from_list only, and stands alone there"}},
	{"all lists to join", "add_to_list", args{"contacts": "anna@example.com", "lists": "*", "create_lists": true}, "invalid_input", []string{`"*"`, "remove_from_list only"}},
	{"all lists to join for many", "add_to_list", args{"contacts": addresses(51), "lists": "*", "create_lists": true, "create_missing": true}, "invalid_input", []string{`"*"`, "remove_from_list only"}},
	{"all lists to leave on update", "update_contact", args{"contact": "anna@example.com", "remove_from_lists": "*"}, "invalid_input", []string{`"*"`, "remove_from_list only"}},
	{"all lists to import to", "import_contacts", args{"rows": []any{args{"email": "a@example.com", "lists": "*"}}, "create_lists": true}, "invalid_input", []string{`"*"`, "remove_from_list only"}},
	{"all lists to export", "export_contacts", args{"lists": "*"}, "invalid_input", []string{`"*"`, "remove_from_list only"}},
	{"51 contacts onto an unknown list", "add_to_list", args{"contacts": addresses(51), "lists": "Nope", "create_missing": true}, "invalid_input", []string{"Nope", "create_lists: true"}},
	{"one unknown contact", "add_to_list", args{"contacts": "who@example.com", "lists": "VIP"}, "not_found", []string{"There is no contact who@example.com. Nothing was changed. Leave it out, or repeat with create_missing: true to create it."}},
	{"one unknown contact of two", "add_to_list", args{"contacts": []any{"who@example.com", "anna@example.com"}, "lists": "VIP"}, "not_found", []string{"1 of 2 contacts is not known: who@example.com.", "to create it."}},
	{"an unknown UUID", "add_to_list", args{"contacts": []any{"018f0000-0000-7000-8000-000000000000", "anna@example.com"}, "lists": "VIP"}, "not_found", []string{"Mailtrap gives UUIDs itself", "Leave it out."}},
	{"a list that is there in another form of Unicode", "create_list", args{"name": "V\u200bIP"}, "already_exists", []string{`"VIP"`}},
	{"a list that is there already", "create_list", args{"name": "vip"}, "already_exists", []string{`"VIP"`, "another name"}},
	{"a field that is there already", "create_field", args{"name": "AGE", "data_type": "text"}, "already_exists", []string{"age", "integer", "cannot be changed"}},
	{"renaming an unknown list", "rename_list", args{"list": "Nope", "name": "x"}, "invalid_input", []string{`There is no list "Nope"`, `"Newsletter"`, "Use one of these names."}},
	{"the contacts of a file that is not there, to delete unseen", "bulk_delete_contacts", args{"file": "x.csv"}, "file_access", []string{"x.csv"}},
	{"a faulty condition to delete by unseen", "bulk_delete_contacts", args{"where": "plann = 'pro'"}, "invalid_input", []string{"plann"}},
	{"a faulty condition to subscribe by", "bulk_update_contacts", args{"where": "plann = 'pro'", "unsubscribed": false, "consent": "by telephone"}, "invalid_input", []string{"plann"}},
	{"an unknown segment to delete by unseen", "bulk_delete_contacts", args{"segment": "Nope"}, "not_found", []string{"Nope"}},
	{"adding to an unknown list", "add_to_list", args{"lists": "Newsletters", "contacts": "ann@example.com"}, "invalid_input", []string{`There is no list "Newsletters"`, `Did you mean "Newsletter"?`, "create_lists: true"}},
	{"leaving an unknown list", "remove_from_list", args{"lists": "Newsletters", "contacts": "ann@example.com"}, "invalid_input", []string{`Did you mean "Newsletter"?`}},
	{"asking for an unknown list", "search_contacts", args{"where": "in_list('Newsletters')"}, "invalid_input", []string{`Did you mean "Newsletter"?`}},
	{"renaming all lists", "rename_list", args{"list": "*", "name": "x"}, "invalid_input", []string{`There is no list "*"`}},
	{"renaming to another list's name", "rename_list", args{"list": "VIP", "name": "NEWSLETTER"}, "already_exists", []string{`"Newsletter"`, "another name"}},
	{"deleting an unknown list", "delete_list", args{"list": "id:999"}, "invalid_input", []string{"999", `"VIP"`}},
	{"changing an unknown field", "update_field", args{"field": "agee", "name": "x"}, "invalid_input", []string{`There is no field "agee"`, `Did you mean "age"?`, "The fields are: age, ", "list_fields"}},
	{"changing the address", "update_field", args{"field": "email", "name": "x"}, "invalid_input", []string{`There is no field "email"`}},
	{"a field's name that another one has", "update_field", args{"field": "age", "name": "SCORE"}, "already_exists", []string{`"Score"`, "merge tag score"}},
	{"a field's merge tag that another one has", "update_field", args{"field": "age", "name": "Years", "merge_tag": "{{score}}"}, "already_exists", []string{`"Score"`}},
	{"a field renamed like the address", "update_field", args{"field": "age", "name": "E\u200bmail"}, "invalid_input", []string{`"email" is reserved`}},
	{"a field with the address's merge tag", "update_field", args{"field": "age", "merge_tag": "{{email}}"}, "invalid_input", []string{`"email" is reserved`}},
	{"a field's merge tag with spaces", "update_field", args{"field": "age", "merge_tag": "life time"}, "invalid_input", []string{"merge_tag", "lower-case"}},
	{"deleting an unknown field", "delete_field", args{"field": "{{agee}}"}, "invalid_input", []string{`There is no field "{{agee}}"`, "age"}},
	{"an export of an unknown list", "export_contacts", args{"lists": "Nope"}, "invalid_input", []string{"Nope"}},
}

func TestWhatTheAccountContradictsIsNotWritten(t *testing.T) {
	w := open(t, func(set *setting) { set.emulator.Unlimited = true })
	seeded(w)
	for _, bad := range refusedByAccount {
		t.Run(bad.name, func(t *testing.T) {
			w.t = t
			w.ResetRequests()
			w.refused(bad.tool, bad.arguments, bad.code, bad.says...)
			w.nothingWritten()
		})
	}
}

func TestFilesOutsideTheAllowedFoldersAreNotTouched(t *testing.T) {
	outside := t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "secret.csv"), []byte("email\na@b.co\n"), 0o600))
	w := open(t)
	must(t, os.Symlink(outside, filepath.Join(w.dir, "away")))
	must(t, os.Symlink(filepath.Join(outside, "secret.csv"), filepath.Join(w.dir, "link.csv")))
	must(t, os.Mkdir(filepath.Join(w.dir, "folder"), 0o700))
	makePipe(t, filepath.Join(w.dir, "pipe.csv"))

	for path, says := range map[string]string{
		"../secret.csv":                      "outside the allowed folders",
		"folder/../../x.csv":                 "outside the allowed folders",
		filepath.Join(outside, "secret.csv"): "outside the allowed folders",
		"/etc/passwd":                        "outside the allowed folders",
		"~/contacts.csv":                     "outside the allowed folders",
		"away/secret.csv":                    "leads out of the allowed folders",
		"folder":                             "",
		" ":                                  "no path",
	} {
		w.refused("export_contacts", args{"file": path}, "file_access", strings.Replace(says, "no path", "file", 1))
	}
	for path, says := range map[string]string{
		"../secret.csv":      "outside the allowed folders",
		"away/secret.csv":    "leads out of the allowed folders",
		"link.csv":           "leads out of the allowed folders",
		"folder":             "is a folder",
		"pipe.csv":           "not a regular file",
		"missing.csv":        "does not exist",
		"missing/nobody.csv": "does not exist",
	} {
		w.refused("import_contacts", args{"file": path}, "file_access", "file", says)
	}
	w.nothingWritten()
	left, err := os.ReadDir(outside)
	must(t, err)
	if len(left) != 1 {
		t.Errorf("something was left outside: %v", left)
	}
}

func TestAServerStartedInTheRootUsesNoFiles(t *testing.T) {
	t.Chdir("/")
	w := open(t, func(set *setting) { set.dirs = []string{} })
	w.refused("import_contacts", args{"file": "etc/passwd"}, "file_access", "root of the file system", "--files")
	w.refused("export_contacts", args{}, "file_access", "--files")
	w.works("get_account", nil).says(t, "Files: none may be used", "--files")
	w.nothingWritten()
	w.works("import_contacts", args{"rows": []any{args{"email": "a@example.com"}}}).says(t, "1 created")
}

func TestAServerStartedInTheHomeFolderUsesNoFiles(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, dir := range []string{home, filepath.Dir(home)} {
		t.Chdir(dir)
		w := open(t, func(set *setting) { set.dirs = []string{} })
		w.refused("export_contacts", args{}, "file_access", "home folder", "--files")
	}
}

func TestTheServersOwnDataIsNoContactFile(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	must(t, os.MkdirAll(filepath.Join(data, "files"), 0o700))
	for _, path := range []string{"journal.csv", "files/contacts.csv"} {
		must(t, os.WriteFile(filepath.Join(data, path), []byte("email\na@example.com\n"), 0o600))
	}
	must(t, os.Symlink("data", filepath.Join(dir, "same")))
	w := open(t, func(set *setting) { set.dir, set.data = dir, data })
	w.refused("import_contacts", args{"file": "data/journal.csv"}, "file_access", "outside the allowed folders")
	w.refused("import_contacts", args{"file": "same/journal.csv"}, "file_access")
	w.refused("export_contacts", args{"file": "same/new.csv"}, "file_access")
	w.works("import_contacts", args{"file": "data/files/contacts.csv"}).says(t, "1 created")
}

func TestAReadOnlyTokenIsToldApart(t *testing.T) {
	w := open(t, func(set *setting) { set.emulator.ReadOnlyToken = true })
	w.works("get_account", nil)
	w.refused("create_contact", args{"email": "a@example.com"}, "forbidden", "token", "Nothing was changed")
	if w.Len() != 0 {
		t.Error("a contact was created")
	}
}

func TestSeveralAccountsAreNotGuessedAmong(t *testing.T) {
	w := open(t, func(set *setting) {
		set.emulator.Accounts = []emulator.Account{{ID: 1, Name: "One"}, {ID: 2, Name: "Two"}}
	})
	for _, tool := range []string{"get_account", "list_lists", "list_fields", "export_contacts"} {
		w.refused(tool, nil, "conflict", "One", "Two", "--account-id")
	}
}
