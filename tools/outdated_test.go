package tools_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// trial is an account with 40 contacts on the list Trial and with a score, and a list that nobody is on.
func trial(w *world) (id int64) {
	id = w.AddList("Trial")
	w.AddList("Old leads")
	w.AddField("Score", "integer", "score")
	for i := range 40 {
		w.AddContact(emulator.Contact{Email: fmt.Sprintf("t%02d@example.com", i), ListIDs: []int64{id}, Fields: map[string]any{"score": 7}})
	}
	return id
}

func removeAll(w *world) {
	w.works("delete_list", args{"list": "Trial"})
	w.works("delete_list", args{"list": "Old leads"})
	w.works("delete_field", args{"field": "score"})
}

func unasked(set *setting) { set.confirm = tools.ConfirmNever }

// Guarantee 11.8b.
func TestWhatWasDeletedIsInNoLaterAnswer(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(t *testing.T, w *world){
		"deleted here": func(_ *testing.T, w *world) { removeAll(w) },
		"deleted elsewhere": func(t *testing.T, w *world) {
			removeAll(open(t, unasked, func(set *setting) { set.known = w.Emulator }))
			time.Sleep(2 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				trial(w)
				w.works("audience_report", nil).says(t, "Trial", "Old leads", "score")
				remove(t, w)
				report := w.works("audience_report", nil)
				for _, gone := range []string{"Trial", "Old leads", "score"} {
					if strings.Contains(report.text, gone) {
						t.Errorf("the report has %s, which is deleted: %s", gone, report.text)
					}
				}
				w.refused("search_contacts", args{"where": "in_list('Old leads')"}, "invalid_input", "Old leads")
				w.refused("bulk_update_contacts", args{"where": "in_list('Trial')", "unsubscribed": true, "preview": true}, "invalid_input", "Trial")
				w.refused("save_segment", args{"name": "Good", "where": "score > 5"}, "invalid_input", "score")
				if w.exports() != 2 {
					t.Errorf("%d exports, want one before and one after the deletion", w.exports())
				}
			}, unasked)
		})
	}
}

// Guarantee 11.8b.
func TestAListWhoseCreationIsUndoneIsInNoLaterAnswer(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("create_list", args{"name": "Spring"})
		w.works("audience_report", nil).says(t, "Spring")
		w.works("undo_change", args{"change_id": w.lastChange()})
		if report := w.works("audience_report", nil); strings.Contains(report.text, "Spring") {
			t.Errorf("the report has a list that is deleted: %s", report.text)
		}
	}, unasked)
}

// Guarantee 11.8b.
func TestAListThatIsRenamedIsNotChosenByItsOldName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("search_contacts", args{"where": "in_list('Trial')"}).says(t, "40 contacts")
		w.works("rename_list", args{"list": "Trial", "name": "Customers"})
		w.works("rename_list", args{"list": "Old leads", "name": "Trial"})
		w.refused("bulk_delete_contacts", args{"where": "in_list('Trial')", "preview": true}, "not_found", "No contact fits")
	}, unasked)
}

// Guarantee 11.8b.
func TestWhereItCannotBeRenewedASnapshotSaysWhatIsDeleted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("audience_report", nil)
		w.works("delete_list", args{"list": "Old leads"})
		w.Inject(emulator.Fault{Path: "/contacts/exports", Status: 403})
		w.works("audience_report", nil).says(t, `still has the list "Old leads" (id 2), deleted or renamed since`)
		w.works("search_contacts", args{"where": "in_list('Old leads')"}).says(t, `still has the list "Old leads" (id 2), deleted or renamed since`)
		w.refused("bulk_update_contacts", args{"where": "NOT in_list('Old leads')", "unsubscribed": true}, "forbidden")
		if n := w.Len(); n != 40 {
			t.Errorf("%d contacts", n)
		}
	}, unasked)
}

func TestReadingAsksForListsAndFieldsOnceAMinute(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("audience_report", nil)
		before := len(w.Requests())
		for range 20 {
			w.works("search_contacts", args{"where": "score = 7"})
		}
		time.Sleep(2 * time.Minute)
		for range 20 {
			w.works("search_contacts", args{"where": "score = 7"})
		}
		if n := len(w.Requests()) - before; n > 2 {
			t.Errorf("%d requests", n)
		}
		time.Sleep(2 * time.Minute)
		w.Inject(emulator.Fault{Path: "/contacts/lists", Do: emulator.Hang})
		began := time.Now()
		w.works("search_contacts", args{"where": "score = 7"}).says(t, "40 contacts")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a question that the snapshot answers took %s", took)
		}
	}, unasked)
}

// Guarantee 11.8b.
func TestAnAnswerSaysWhichListsAndFieldsAreNewerThanItsSnapshot(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("audience_report", nil)
		w.AddList("Spring")
		w.AddField("City", "text", "city")
		time.Sleep(2 * time.Minute)
		w.works("audience_report", nil).says(t, `; does not have the list "Spring" (id 3), the text field "City" (merge tag city, id `, ", created or renamed since. refresh: true renews it.")
		if report := w.works("audience_report", args{"refresh": true}); strings.Contains(report.text, "does not have") {
			t.Errorf("a new snapshot lacks something: %s", report.text)
		}
		w.Inject(emulator.Fault{Path: "/contacts/fields", Status: 403})
		time.Sleep(2 * time.Minute)
		w.works("search_contacts", args{"where": "score = 7"}).says(t, "40 contacts", "whether lists or fields have changed since could not be found out")
	}, unasked)
}

// Guarantee 11.8c.
func TestAWriteWaitsForASnapshotThatHasWhatWasImportedBefore(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		w.works("search_contacts", args{"where": "score = 7"})
		w.box.Audience.Imported(t.Context(), "import-1/1", 1) // by another server; it takes effect in ten seconds
		time.AfterFunc(10*time.Second, func() { w.AddContact(emulator.Contact{Email: "new@example.org"}) })
		w.works("bulk_update_contacts", args{"where": "email_domain = 'example.org'", "unsubscribed": true}).says(t, "1 contact")
		if w.contact("new@example.org").Status != "unsubscribed" {
			t.Error("whoever was imported just before was not chosen")
		}
	})
}

// importing is a transport beside which another server imports contacts: as many as three while each export is made.
type importing struct {
	next  http.RoundTripper
	w     *world
	times int
}

func (i *importing) RoundTrip(request *http.Request) (*http.Response, error) {
	if i.w != nil && request.Method == http.MethodPost && strings.HasSuffix(request.URL.Path, "/contacts/exports") {
		i.times++
		i.w.box.Audience.Imported(request.Context(), fmt.Sprint("import-1/", i.times), 3)
	}
	return i.next.RoundTrip(request)
}

// Guarantee 11.8c.
func TestOnlyAPreviewIsOfASnapshotThatLacksContacts(t *testing.T) {
	t.Parallel()
	other := &importing{}
	inFakeTime(t, func(t *testing.T, w *world) {
		trial(w)
		other.w = w
		for tool, given := range map[string]args{
			"bulk_update_contacts": {"unsubscribed": true}, "add_to_list": {"lists": "Old leads"}, "remove_from_list": {"lists": "Trial"}, "fire_event": {"event": "ping"},
		} {
			given["where"] = "email = 't01@example.com'"
			w.refused(tool, given, "conflict", "The snapshot that tells which contacts this is for may lack the update of ", "Nothing was sent. Repeat the call after 00:0")
			given["preview"] = true
			w.works(tool, given).says(t, "The snapshot may lack the update of ", "; preview again after 00:0")
		}
		w.file("people.csv", "email\nt01@example.com\nt02@example.com\n")
		w.works("import_contacts", args{"file": "people.csv", "preview": true}).says(t, "is not known: the snapshot may lack the update of ", ". Preview again after 00:0")
		w.works("sync_contacts", args{"file": "people.csv", "list": "Trial", "max_removals": 40}).says(t, "The snapshot may lack the update of ", "; preview again after 00:0")
		w.refused("delete_field", args{"field": "score"}, "needs_confirmation", "could not be found out", "may lack the update of ")
		w.nothingWritten()
		other.w = nil
		w.works("fire_event", args{"event": "ping", "where": "email = 't01@example.com'"}).says(t, "fired \"ping\" for 1 contact")
	}, func(set *setting) {
		set.transport = func(next http.RoundTripper) http.RoundTripper { other.next = next; return other }
	})
}
