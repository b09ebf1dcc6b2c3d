package tools_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"mailtrap-contacts-mcp/emulator"
)

// onList puts people on a list, which is made.
func (w *world) onList(name string, emails ...string) {
	list := w.AddList(name)
	for _, email := range emails {
		w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{list}})
	}
}

// copied puts a file of the tests into the allowed folder.
func (w *world) copied(path string) string {
	w.t.Helper()
	content, err := os.ReadFile(path)
	must(w.t, err)
	w.file(filepath.Base(path), string(content))
	return filepath.Base(path)
}

// shop are the people of sync-base.csv.
var shop = []string{"ann@shop.example", "bob@shop.example", "cid@shop.example", "dee@shop.example"}

// stayed checks that nobody has left a list or was unsubscribed.
func (w *world) stayed(emails ...string) {
	w.t.Helper()
	for _, email := range emails {
		if contact := w.contact(email); len(contact.ListIDs) == 0 || contact.Status == "unsubscribed" {
			w.t.Errorf("%s is %s, on %v", email, contact.Status, contact.ListIDs)
		}
	}
}

// Guarantee 2.1.
func TestARejectedRowIsInTheSource(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Spent", "float", "spent")
		w.onList("Shop", shop...)
		read := w.works("sync_contacts", args{"file": w.copied("testdata/sync/y01-sync-bad-values.csv"), "list": "Shop", "unsubscribe_missing": true})
		read.has(t, "job.difference.leaves", 0, "job.difference.unsubscribes", 0, "job.difference.updates", 4) // $12.50 is a number
		bad := "bad.csv"
		w.file(bad, "email,spent\n"+strings.Join(shop, ",lots\n")+",much\n")
		for _, target := range []string{"Shop", ""} {
			call := args{"file": bad, "unsubscribe_missing": true}
			if target != "" {
				call["list"] = target
			}
			w.refused("sync_contacts", call, "invalid_input", "no contact to import", "All 4 rows were rejected")
		}
		w.file("some.csv", "email,spent\nann@shop.example,lots\nbob@shop.example,3.00\nBob@shop.example,oops\ncid@shop.example,4 or so\n")
		given := w.works("sync_contacts", args{"file": "some.csv", "list": "Shop", "unsubscribe_missing": true})
		given.says(t, "1 to leave", "2 contacts of rejected rows stay", "line 2 ann@shop.example", "line 5 cid@shop.example", "dee@shop.example")
		given.has(t, "job.difference.leaves", 1, "job.difference.held", 2, "job.rejected_rows.0.email", "ann@shop.example")
		w.works("apply_plan", args{"plan_id": given.at("job.plan_id"), "wait_seconds": 45})
		settled()
		w.stayed(shop[:3]...)
		if dee := w.contact("dee@shop.example"); dee.Status != "unsubscribed" || len(dee.ListIDs) > 0 {
			t.Errorf("dee is %s, on %v", dee.Status, dee.ListIDs)
		}
	})
}

// Guarantee 2.1. Who is held back for another reason is in the source too.
func TestWhoIsHeldBackIsInTheSource(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Note", "text", "note")
		w.onList("Shop", shop...)
		w.file("held.csv", "email,note,unsubscribed\nann@shop.example,,yes\nbob@shop.example,"+strings.Repeat("x", 70_000)+",\ncid@shop.example,a,b,c,d\ndee@shop.example,fine,\n")
		given := w.works("sync_contacts", args{"file": "held.csv", "list": "Shop", "unsubscribe_missing": true})
		given.has(t, "job.difference.leaves", 0, "job.difference.unsubscribes", 0, "job.difference.held", 3)
		if strings.Contains(given.text, "says not to mail;") || strings.Contains(given.text, "unsubscribe those the file says") {
			t.Errorf("it reads as if the file said so: %s", given.text)
		}
	})
}

// Guarantee 2.2.
func TestWhileAnAddressCannotBeReadNobodyIsMissing(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.onList("Shop", shop...)
		read := w.works("sync_contacts", args{"file": w.copied("testdata/sync/y03-sync-all-display-names.csv"), "list": "Shop", "mapping": args{"first_name": "ignore"}, "unsubscribe_missing": true})
		read.says(t, "0 changes to make") // Name <address> can be read
		w.file("unread.csv", "email\nann(at)shop.example\nbob at shop\n")
		w.refused("sync_contacts", args{"file": "unread.csv", "list": "Shop", "unsubscribe_missing": true}, "invalid_input", "no contact to import")
		w.file("mixed.csv", "email,first_name\nann@shop.example,Ann\nbob(at)shop.example,Bob\nbob at shop,B\n")
		given := w.works("sync_contacts", args{"file": "mixed.csv", "list": "Shop", "unsubscribe_missing": true, "max_removals": 100})
		given.says(t, "1 contact of 3 rows", "the address of 2 rows cannot be read", "3 contacts not in it stay", "max_removals: 3, exactly their number", "line 3", "line 4")
		given.has(t, "job.difference.kept", 3, "job.unread_rows", 2)
		asked := w.works("sync_contacts", args{"file": "mixed.csv", "list": "Shop", "max_removals": 3})
		asked.says(t, "3 to leave", "the address of 2 rows cannot be read")
		w.stayed(shop...)
	})
}

// Guarantee 2.2. The same where it shows otherwise that the file is not whole.
func TestAFileThatIsNotWholeTakesNobodyAway(t *testing.T) {
	t.Parallel()
	base, err := os.ReadFile("testdata/sync/sync-base.csv")
	must(t, err)
	cut := bytes.TrimRight(base, "\n")
	cut = cut[:bytes.LastIndexByte(cut, ',')]
	for name, test := range map[string]struct{ file, says string }{
		"cut off in its last line":  {string(bytes.TrimSuffix(cut, []byte("@shop.example"))), "the address of 1 row cannot be read"},
		"cut off behind an address": {strings.TrimSuffix(string(cut), "le"), "as in a file that was cut off"},
		"an open quote":             {"testdata/sync/s55b-open-quote-swallow.csv", "swallowed rows"},
		"a second table":            {"testdata/sync/s46-two-tables.csv", "held back because they may be other people"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.onList("Shop", append([]string{"eve@shop.example"}, shop...)...)
				path := "cut.csv"
				if strings.HasPrefix(test.file, "testdata/") {
					path = w.copied(test.file)
				} else {
					w.file(path, test.file)
				}
				given := w.works("sync_contacts", args{"file": path, "list": "Shop", "unsubscribe_missing": true})
				given.says(t, test.says, "The source may not be whole")
				given.has(t, "job.difference.leaves", 0, "job.difference.unsubscribes", 0)
			})
		})
	}
}

// address is an address wherever it stands in a file.
var address = regexp.MustCompile(`[\pL\pN._+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)

// Guarantee 2.1. Guarantee 2.2. Whoever is named anywhere in a file does not leave because of it.
func TestWhoeverIsNamedInAFileStays(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../contactfile/testdata/*.*")
	must(t, err)
	tried := 0
	for _, path := range files {
		content, err := os.ReadFile(path)
		must(t, err)
		if strings.Contains(path, "utf16") || strings.Contains(path, "unicode") {
			content = fromUTF16(content)
		}
		named := address.FindAllString(strings.ToLower(string(content)), -1)
		if len(named) == 0 || strings.HasSuffix(path, ".go") {
			continue
		}
		tried++
		t.Run(filepath.Base(path), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				w.onList("All")
				seen := map[string]bool{}
				for _, email := range named {
					if !seen[email] {
						w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{1}})
					}
					seen[email] = true
				}
				given := w.call("sync_contacts", args{"file": w.copied(path), "list": "All", "unsubscribe_missing": true})
				if given.isError {
					return // nothing was planned
				}
				if !bytes.HasSuffix([]byte(path), []byte("messy.csv")) { // it has a second column of addresses, of others
					given.has(t, "job.difference.leaves", 0, "job.difference.unsubscribes", 0)
				}
			})
		})
	}
	if tried < 10 {
		t.Errorf("only %d files were tried", tried)
	}
}

func fromUTF16(content []byte) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = uint16(content[2*i]) | uint16(content[2*i+1])<<8
	}
	return []byte(string(utf16.Decode(units)))
}

// Guarantee 2.3. Guarantee 10.8. Guarantee 10.16a.
func TestASourceOfNobodyIsRefused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.onList("Shop", shop...)
		w.file("header.csv", "email,first_name\n")
		w.file("blank.csv", "email,first_name\n\n,\n , \n")
		w.file("none.json", "[]")
		w.works("save_segment", args{"name": "nobody", "where": "email = 'nobody@shop.example'"})
		for _, call := range []args{
			{"file": "header.csv", "list": "Shop"}, {"file": "header.csv", "unsubscribe_missing": true}, {"file": "header.csv", "list": "Shop", "max_removals": 4},
			{"file": "blank.csv", "list": "Shop"}, {"file": "none.json", "list": "Shop"}, {"segment": "nobody", "list": "Shop", "max_removals": 100},
		} {
			given := w.refused("sync_contacts", call, "invalid_input")
			if strings.Contains(given.text, "plan_id") {
				t.Errorf("%v: %s", call, given.text)
			}
		}
		w.works("get_job", args{}).says(t, "no jobs")
	})
}

// Guarantee 2.4.
func TestOnlyAPartOfATargetIsTakenAwayUnasked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ target, missing, most int }{
		{3, 3, 3}, {4, 2, 2}, {4, 3, 2}, {5, 3, 2}, {20, 10, 10}, {20, 11, 10}, {30, 10, 10}, {30, 11, 10}, {120, 12, 12}, {120, 13, 12},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d of %d, whole account %v", test.missing, test.target, whole), func(t *testing.T) {
				inFakeTime(t, func(t *testing.T, w *world) {
					source := "email\nnew@shop.example\n"
					w.onList("Target")
					for i := range test.target {
						email := fmt.Sprintf("p%d@shop.example", i)
						w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{1}})
						if i >= test.missing {
							source += email + "\n"
						}
					}
					w.file("source.csv", source)
					call := args{"file": "source.csv", "list": "Target"}
					if whole {
						call = args{"file": "source.csv", "unsubscribe_missing": true}
					}
					if test.missing > test.most {
						w.refused("sync_contacts", call, "limit_reached", fmt.Sprintf("%d of %d contacts", test.missing, test.target), fmt.Sprintf("at most %d may", test.most), fmt.Sprintf("max_removals: %d.", test.missing))
					} else {
						w.works("sync_contacts", call)
					}
					call["max_removals"] = test.missing
					w.works("sync_contacts", call)
					call["max_removals"] = test.missing - 1
					w.refused("sync_contacts", call, "limit_reached", fmt.Sprintf("max_removals is %d", test.missing-1))
				})
			})
		}
	}
}

// Guarantee 2.5.
func TestWhoIsMissingIsNotSaidToHaveOptedOut(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		given := w.works("sync_contacts", args{"file": "crm.csv", "list": "Customers", "unsubscribe_missing": true})
		given.says(t, "unsubscribe those who are missing from the source", "Missing from the source, for example: p3@example.com")
		if strings.Contains(given.text, "says not to mail") {
			t.Errorf("the file says nothing of the kind: %s", given.text)
		}
		done := w.works("apply_plan", args{"plan_id": given.at("job.plan_id"), "wait_seconds": 45})
		if strings.Contains(done.text, "says not to mail") {
			t.Errorf("the file says nothing of the kind: %s", done.text)
		}
	})
}

// Guarantee 10.16b.
func TestASegmentThatAsksForItsTargetIsRefused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.AddList("Win-back")
		for name, where := range map[string]string{
			"not yet": "plan = 'free' AND NOT in_list('Win-back')", "by id": "in_list('id:2') OR seats > 1", "lonely": "list_count < 2",
		} {
			w.works("save_segment", args{"name": name, "where": where})
			w.refused("sync_contacts", args{"segment": name, "list": "win-back"}, "conflict", "Win-back", "Each sync would change the result of the next one")
		}
		w.works("save_segment", args{"name": "others", "where": "in_list('Customers')"})
		w.works("sync_contacts", args{"segment": "others", "list": "Win-back"})
		w.nothingWritten()
	})
}

// Guarantee 10.9. Guarantee 10.16d.
func TestAPreviewNamesTheAutomationsThatCanStart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.AddList("Row list")
		w.file("same.csv", "email,plan\np0@example.com,free\np1@example.com,\np2@example.com,free\np3@example.com,free\n")
		leaves := w.works("sync_contacts", args{"file": "same.csv", "list": "Customers"})
		leaves.has(t, "job.automations", []string{"removed from list"}, "job.contacts", 1, "job.missing", []string{"p4@example.com"}, "job.sample", nil)
		leaves.says(t, "Empty cells leave values as they are: plan of 1")
		both := w.works("sync_contacts", args{"file": "same.csv", "list": "Customers", "unsubscribe_missing": true})
		both.has(t, "job.contacts", 1) // who leaves and is unsubscribed is one
		w.works("import_contacts", args{"rows": []args{{"email": "x@example.com", "lists": []string{"Row list"}}}, "preview": true}).has(t, "job.automations", []string{"contact created", "added to list"})
		w.works("import_contacts", args{"rows": []args{{"email": "x@example.com"}}, "preview": true}).has(t, "job.automations", []string{"contact created"})
		w.file("equal.csv", "email,plan\np0@example.com,\np1@example.com,\np2@example.com,\np3@example.com,\np4@example.com,\n")
		w.works("sync_contacts", args{"file": "equal.csv", "list": "Customers"}).says(t, "0 changes to make", "Empty cells leave values as they are: plan of 5")
	})
}
