package tools_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantees 1.1 and 1.7.
func TestPeopleWhoHaveUnsubscribedAreNotImportedFromAFile(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, _ := seeded(w)
		w.AddContact(emulator.Contact{Email: "paul@example.com", Status: "unsubscribed"})
		w.file("old.csv", "email,first_name,age,status,unsubscribed,Company\n"+
			"fine@example.com,Fine,1,subscribed,false,ACME\n"+
			"gone@example.com,Gone,2,unsubscribed,true,ACME\n"+
			"flag@example.com,Flag,3,,TRUE,ACME\n"+
			"later@example.com,Later,4,subscribed,false,ACME\n"+
			"paul@example.com,Paul,5,Unsubscribed,,\n"+
			"Later@example.com,Later,5,unsubscribed,,ACME\n"+
			"gone@example.com,Gone,6,subscribed,false,ACME\n"+
			"empty@example.com,Empty,,,,\n")
		imported := w.works("import_contacts", args{"file": "old.csv", "lists": "Newsletter"})
		imported.says(t, "1 of 8 rows imported (1 created, 0 updated, 7 rejected)", "7 rows rejected",
			`has unsubscribed ("unsubscribed" or the like in the column "status"); an import would subscribe them`,
			`another row of the file says this person has unsubscribed`, `Columns without a field, left out: "Company".`,
			"4 people who unsubscribed or complained by the source are remembered: nothing imports or creates them later without their consent; undo_change forgets them again.",
			"If a column that says no has nothing to do with mail, have it renamed or removed from the file; mapping does not release a known no.",
			`Who may be mailed, by "status": no (has unsubscribed): "unsubscribed" 2, "Unsubscribed" 1; in doubt and held back: (empty) 2; yes: "subscribed" 3.`,
			`1 person is held back. If those values mean that people agreed to be mailed, repeat the call with mapping: {"status": "ignore"}. It releases everybody who is held back by them; a known no stays out.`)
		imported.has(t, "read.mail.0.says.0.reason", "has unsubscribed")
		imported.has(t, "job.rows", 8, "job.merged", nil, "job.rejected", 7, "job.created", 1, "job.ignored_columns", []string{"Company"})
		if strings.Contains(imported.text, `out: "unsubscribed"`) || strings.Contains(imported.text, `"status",`) {
			t.Errorf("a field for the opt-outs is advised: %s", imported.text)
		}
		settled()
		for _, email := range []string{"fine@example.com"} {
			if found := w.contact(email); found.Status != "subscribed" || !cmp.Equal(found.ListIDs, []int64{newsletter}) {
				t.Errorf("%s is %+v", email, found)
			}
		}
		for _, email := range []string{"gone@example.com", "flag@example.com", "later@example.com", "empty@example.com"} {
			if found, ok := w.Contact(email); ok {
				t.Errorf("%s was created: %+v", email, found)
			}
		}
		if paul := w.contact("paul@example.com"); paul.Status != "unsubscribed" || len(paul.ListIDs) > 0 || len(paul.Fields) > 0 {
			t.Errorf("paul was touched: %+v", paul)
		}

		rejected, ok := imported.at("job.rejected_file").(string)
		if !ok {
			t.Fatal("there is no file of rejected rows")
		}
		rows := readCSV(t, rejected)
		if lines := column(rows, 0); !cmp.Equal(lines, []string{"3", "4", "5", "6", "7", "8", "9"}) {
			t.Errorf("the lines are %q", lines)
		}
		if want := []string{"8", `another row of the file says this person has unsubscribed ("unsubscribed" in the column "status"); an import would subscribe them`, "gone@example.com", "Gone", "6", "", "", ""}; !cmp.Equal(rows[6], want) {
			t.Errorf("the last row is %q", rows[6])
		}
		before := w.Len()
		w.refused("import_contacts", args{"file": filepath.Base(rejected)}, "invalid_input", "All 7 rows were rejected", "has unsubscribed")
		if w.Len() != before {
			t.Error("the rejected rows were imported")
		}
	})
}

func TestAnExportIsImportedWithoutThoseWhoHaveUnsubscribed(t *testing.T) {
	t.Parallel()
	for layout, status := range map[emulator.Layout]string{
		emulator.LayoutNames: "Status", emulator.LayoutTags: "status", emulator.LayoutWithoutLists: "subscription_status",
	} {
		t.Run(fmt.Sprint(layout), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				_, vip := seeded(w)
				w.AddContact(emulator.Contact{Email: "bob@example.com", Status: "unsubscribed", Fields: map[string]any{"first_name": "Bob"}})
				w.works("export_contacts", args{"file": "all.csv"}).says(t, "Exported 2 contacts")

				imported := w.works("import_contacts", args{"file": "all.csv", "lists": "VIP"})
				imported.says(t, "1 of 2 rows imported (0 created, 1 updated, 1 rejected)", "1 row rejected", "has unsubscribed", `in the column "`+status+`"`)
				imported.has(t, "job.updated", 1, "job.rejected", 1)
				ignored, _ := imported.at("job.ignored_columns").([]any)
				for _, column := range ignored {
					if column == status {
						t.Errorf("the column %s is said to be left out", status)
					}
				}
				settled()
				if anna := w.contact("anna@example.com"); anna.Status != "subscribed" || len(anna.ListIDs) != 2 {
					t.Errorf("anna is %+v", anna)
				}
				if bob := w.contact("bob@example.com"); bob.Status != "unsubscribed" || cmp.Equal(bob.ListIDs, []int64{vip}) {
					t.Errorf("bob is %+v", bob)
				}

				// In another account they are not there to be kept unsubscribed.
				other := open(t, func(set *setting) { set.dir = w.dir })
				seeded(other)
				other.works("import_contacts", args{"file": "all.csv"})
				settled()
				if found, ok := other.Contact("bob@example.com"); ok {
					t.Errorf("bob was subscribed elsewhere: %+v", found)
				}
			}, func(set *setting) { set.emulator.ExportLayout = layout })
		})
	}
}

// Guarantee 1.5.
func TestAFileThatIsCalledAfterPeopleWhoLeftIsRefused(t *testing.T) {
	w := open(t)
	for _, name := range []string{"unsubscribes-2026.csv", "cleaned_members.csv", "Abgemeldete.csv", "bounces.csv"} {
		w.file(name, "email\na@b.co\n")
		w.refused("import_contacts", args{"file": name}, "invalid_input", `called "`+name+`"`)
	}
	w.file("two tables.csv", "email,first_name\nann@b.co,Ann\n\nUnsubscribed\nemail,first_name\ncid@b.co,Cid\n")
	w.works("import_contacts", args{"file": "two tables.csv"}).says(t, "1 created", `1 row below the line "Unsubscribed", held back because`)
	if _, there := w.Contact("cid@b.co"); there {
		t.Error("somebody of the second table is imported")
	}
}

func TestAFileOfUnsubscribedPeopleOnlyIsRefused(t *testing.T) {
	w := open(t)
	w.file("mailchimp.csv", "Email Address,First Name,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE\na@b.co,Ann,2024-01-02 03:04:05,Spring\nb@b.co,Bob,2024-01-03 03:04:05,Spring\n")
	w.refused("import_contacts", args{"file": "mailchimp.csv", "lists": "New", "create_lists": true}, "invalid_input", "All 2 rows were rejected",
		`line 2: the file says this person has unsubscribed ("2024-01-02 03:04:05" in the column "UNSUB_TIME"); an import would subscribe them`)
	w.nothingWritten()
}

// Guarantee 1.8. Those in doubt are imported only when a person has seen how many and which they are.
func TestWhoIsInDoubtIsReleasedByTheOperatorOnly(t *testing.T) {
	for _, action := range []mcp.ElicitationResponseAction{mcp.ElicitationResponseActionAccept, mcp.ElicitationResponseActionDecline} {
		person := &operator{action: action}
		inFakeTime(t, func(t *testing.T, w *world) {
			w.file("people.csv", "email,Status\nok@example.com,subscribed\nmaybe@example.com,PENDING\nperhaps@example.com,PENDING\nno@example.com,unsubscribed\n")
			call := args{"file": "people.csv", "mapping": args{"Status": "ignore"}}
			w.refused("import_contacts", call, "needs_preview", `releases 2 rows`, `"PENDING" 2 in "Status"`)
			w.nothingWritten()
			call["preview"] = true
			plan := w.works("import_contacts", call)
			plan.says(t, `in doubt, and imported because mapping ignores the column: "PENDING" 2`, `no (has unsubscribed): "unsubscribed" 1`)
			id, _ := plan.at("job.plan_id").(string)
			if action == mcp.ElicitationResponseActionDecline {
				w.refused("apply_plan", args{"plan_id": id}, "cancelled")
				w.nothingWritten()
			} else {
				w.works("apply_plan", args{"plan_id": id})
				settled()
				for email, want := range map[string]bool{"ok@example.com": true, "maybe@example.com": true, "perhaps@example.com": true, "no@example.com": false} {
					if _, there := w.Contact(email); there != want {
						t.Errorf("%s is there: %v", email, there)
					}
				}
			}
			if len(person.asked) != 1 || !strings.Contains(person.asked[0], `Import 2 rows of people whose file leaves open whether they may be mailed? In doubt are "PENDING" 2 in "Status".`) {
				t.Errorf("the operator was asked %q", person.asked)
			}
		}, func(set *setting) { set.options = []client.ClientOption{client.WithElicitationHandler(person)} })
	}
}

// Guarantee 1.1. A status that speaks of something else is not guessed.
func TestAStatusOfUnknownWordsIsAskedAbout(t *testing.T) {
	w := open(t)
	w.file("people.csv", "email,Status\na@example.com,Lead\nb@example.com,Won\n")
	w.refused("import_contacts", args{"file": "people.csv"}, "invalid_input", `"Lead" 1, "Won" 1`, `mapping: {"Status": "ignore"}`)
	w.nothingWritten()
	w.works("import_contacts", args{"file": "people.csv", "mapping": args{"Status": "ignore"}}).says(t, "2 created")
}

// Guarantee 1.6.
func TestWhoIsUnsubscribedInTheAccountIsNamed(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "anna@example.com"})
		w.AddContact(emulator.Contact{Email: "paul@example.com", Status: "unsubscribed"})
		w.file("people.csv", "email\nanna@example.com\nPAUL@example.com\nnew@example.com\n")
		vip := w.AddList("VIP")
		calls := []args{{"file": "people.csv"}, {"rows": []args{{"email": "paul@example.com"}, {"email": "anna@example.com"}}}}
		for _, call := range calls {
			call["preview"], call["lists"] = true, vip
			named := w.works("import_contacts", call)
			named.says(t, "Unsubscribed in the account by the last snapshot, but imported: 1: paul@example.com.")
			named.has(t, "read.unsubscribed.count", 1)
		}
		w.works("update_contact", args{"contact": "anna@example.com", "unsubscribed": true}) // since the snapshot
		for _, call := range calls {
			w.works("import_contacts", call).has(t, "read.unsubscribed.count", 2)
		}
		already := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		if strings.Contains(already.text, "but imported") {
			t.Error(already.text)
		}
		already.has(t, "read.unsubscribed.count", 0)
	})
}

func TestANoToOneNewsletterIsSaidToCountForNothingBesideAYesToAnother(t *testing.T) {
	w := open(t)
	w.file("lists.csv", "email,Newsletter A,Newsletter B\na@example.com,yes,no\nb@example.com,no,yes\nc@example.com,no,no\n")
	w.works("import_contacts", args{"file": "lists.csv"}).says(t, "2 of 3 rows imported",
		`Who may be mailed, by "Newsletter A": no (has not agreed to be mailed): "no" 2; yes: "yes" 1; does not count in 1 row that agreed to another newsletter or resubscribed later.`)
}

func TestARowWhoseFieldsSayNoIsNotImported(t *testing.T) {
	w := open(t)
	w.works("create_field", args{"name": "Mail status", "data_type": "text", "merge_tag": "mail_status"})
	w.works("create_field", args{"name": "VIP", "data_type": "boolean", "merge_tag": "vip"})
	imported := w.works("import_contacts", args{"rows": []args{
		{"email": "yes@example.com", "fields": args{"mail_status": "subscribed", "vip": false}},
		{"email": "no@example.com", "fields": args{"mail_status": "unsubscribed", "vip": true}},
	}})
	imported.says(t, "1 of 2 rows imported", `its field "mail_status" says that this person has unsubscribed ("unsubscribed"); an import would subscribe them`)
	imported.has(t, "job.reasons.0.reason", `its field "mail_status" says that this person has unsubscribed ("unsubscribed"); an import would subscribe them`)
	if _, there := w.Contact("no@example.com"); there {
		t.Error("who has unsubscribed is imported")
	}
}

// Guarantee 1.3. Who only has not agreed, or cannot be reached, is told not to be unsubscribed.
func TestUnsubscribeSaysWhomItLeaves(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		left := "unsubscribe: true leaves people as they are"
		for file, want := range map[string]bool{
			"email,Opt-in\nann@example.com,no\n": true, "email,Status\nann@example.com,bounced\n": true,
			"email,Status\nann@example.com,unsubscribed\n": false, "email,Status\nann@example.com,active\n": false,
		} {
			w.file("people.csv", file+"new@example.com,\n")
			told := w.works("import_contacts", args{"file": "people.csv", "unsubscribe": true, "preview": true})
			if strings.Contains(told.text, left) != want {
				t.Errorf("of %q it is told %s", file, told.text)
			}
		}
	})
}
