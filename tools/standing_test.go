package tools_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

// gone is somebody who unsubscribed and was deleted here; Mailtrap itself knows nothing of it any more.
const gone = "gone@example.com"

func deletedWhileUnsubscribed(w *world) {
	w.t.Helper()
	w.AddContact(emulator.Contact{Email: gone})
	w.works("update_contact", args{"contact": gone, "unsubscribed": true})
	settled()
	w.works("delete_contact", args{"contact": gone})
	settled()
}

func TestWhoWasDeletedWhileUnsubscribedIsNotSubscribedAgainByAnyTool(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		newsletter, vip := seeded(w)
		deletedWhileUnsubscribed(w)
		const why = "this person was deleted here while unsubscribed, and an import would subscribe them; it needs their consent: update_contact with create_if_missing, unsubscribed: false and consent"
		mixed := []any{args{"email": "Gone@example.com", "lists": "VIP"}, args{"email": "fine@example.com"}, args{"email": gone}}
		imported := w.works("import_contacts", args{"rows": mixed, "lists": "Newsletter"})
		imported.says(t, "1 of 3 rows imported (1 created, 0 updated, 1 merged into another row, 1 rejected)", "1 row rejected", "1 row: "+why)
		imported.has(t, "job.rejected", 1, "job.created", 1, "job.erased_before", nil)
		rejected := readCSV(t, imported.at("job.rejected_file").(string))
		if !cmp.Equal(rejected[1], []string{"1", why, gone}) {
			t.Errorf("the rejected row is %q", rejected[1])
		}
		w.file("people.csv", "email,first_name\nnew@example.com,New\n"+gone+",Gone\n")
		w.works("import_contacts", args{"file": "people.csv"}).says(t, "1 of 2 rows imported", "1 row: "+why)
		many := append(addresses(60), "GONE@example.com")
		added := w.works("add_to_list", args{"contacts": many, "lists": "VIP", "create_missing": true})
		added.says(t, "60 of 61 rows imported", "1 row: "+why)
		added.has(t, "job.refused", 1, "job.created", 60)

		w.file("only.csv", "email\n"+gone+"\n")
		w.ResetRequests()
		w.refused("import_contacts", args{"rows": []any{args{"email": gone}}, "lists": "Fresh", "create_lists": true}, "invalid_input",
			"There is no contact to import. The only row was rejected; row 1: "+why, "do not import people who have unsubscribed")
		w.refused("import_contacts", args{"file": "only.csv", "lists": "Fresh", "create_lists": true}, "invalid_input", "line 2: "+why)
		w.refused("add_to_list", args{"contacts": gone, "lists": "VIP", "create_missing": true}, "consent_required", "unsubscribed when it was deleted here")
		w.refused("create_contact", args{"email": gone}, "consent_required", "unsubscribed when it was deleted here")
		w.refused("update_contact", args{"contact": gone, "create_if_missing": true}, "consent_required", "unsubscribed when it was deleted here")
		w.refused("update_contact", args{"contact": gone, "create_if_missing": true, "unsubscribed": false}, "consent_required", "unsubscribed when it was deleted here")
		w.nothingWritten()
		settled()
		if found, there := w.Contact(gone); there {
			t.Errorf("they are back: %+v", found)
		}
		if fine := w.contact("fine@example.com"); !cmp.Equal(fine.ListIDs, []int64{newsletter}) {
			t.Errorf("the lists of a rejected row were given to somebody else: %+v, VIP is %d", fine, vip)
		}

		again := w.works("update_contact", args{"contact": gone, "create_if_missing": true, "unsubscribed": false, "consent": "signed up at the fair"})
		again.says(t, "so it was created", "the journal records the consent as claimed by you")
		again.has(t, "consent", "claimed")
		settled()
		if back := w.contact(gone); back.Status != "subscribed" {
			t.Errorf("with their consent they are %+v", back)
		}
		w.works("import_contacts", args{"file": "only.csv", "lists": "VIP"}).says(t, "Import finished: 0 created, 1 updated.")
	})
}

func TestNobodyIsSubscribedAgainByAnImportOfUnsubscribedPeopleOnly(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		people := addresses(60)
		for _, email := range people {
			w.AddContact(emulator.Contact{Email: email, Status: "unsubscribed"})
			w.works("delete_contact", args{"contact": email})
		}
		w.ResetRequests()
		w.works("add_to_list", args{"contacts": people, "lists": "VIP", "create_missing": true}).says(t, "0 of 60 rows imported", "60 rows rejected", "this person was deleted here while unsubscribed")
		w.nothingWritten()
		w.refused("import_contacts", args{"rows": rowsOf(people)}, "invalid_input", "All 60 rows were rejected; row 1: this person was deleted here while unsubscribed")
		w.nothingWritten()
	}, func(set *setting) { set.emulator.Unlimited = true })
}

func TestTheConsentOfSomebodyWhoIsThereAgainAlreadyIsTaken(t *testing.T) {
	t.Parallel()
	for name, agreed := range map[string]args{"alone": {}, "beside a change": {"fields": args{"first_name": "Gone"}}} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				deletedWhileUnsubscribed(w)
				w.AddContact(emulator.Contact{Email: gone}) // by a form of Mailtrap's own
				rows := args{"rows": []any{args{"email": gone}}}
				w.refused("import_contacts", rows, "invalid_input", "deleted here while unsubscribed")
				w.works("update_contact", args{"contact": gone, "unsubscribed": false})
				w.refused("import_contacts", rows, "invalid_input", "deleted here while unsubscribed")
				agreed["contact"], agreed["unsubscribed"], agreed["consent"] = gone, false, "signed up in the form"
				w.works("update_contact", agreed)
				w.works("import_contacts", rows).says(t, "1 updated")
			})
		})
	}
}

func TestWhoAskedForErasureIsCreatedWithAWarning(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		erased := addresses(60)
		for _, email := range erased {
			_, err := w.box.Journal.Erase(t.Context(), email, "")
			must(t, err)
		}
		const one = "This person asked for erasure before; ask the operator whether they agreed to be contacted again"
		created := w.works("create_contact", args{"email": strings.ToUpper(erased[0])})
		created.says(t, one)
		created.has(t, "erased_before", true)
		created = w.works("update_contact", args{"contact": erased[1], "create_if_missing": true})
		created.says(t, one)
		created.has(t, "erased_before", true, "created", true)
		added := w.works("add_to_list", args{"contacts": append(erased[2:4:4], "new@example.com"), "lists": "VIP", "create_missing": true})
		added.says(t, "3 contacts were created.", "2 contacts asked for erasure before; ask the operator", "They are "+erased[2]+", "+erased[3]+".")
		added.has(t, "job.erased_before", 2)
		for tool, arguments := range map[string]args{
			"create_contact": {"email": "other@example.com"}, "update_contact": {"contact": "another@example.com", "create_if_missing": true},
		} {
			other := w.works(tool, arguments)
			if strings.Contains(other.text, "erasure") || other.at("erased_before") != nil {
				t.Errorf("somebody new is said to have asked for erasure: %s", other.text)
			}
		}

		const three = "3 contacts asked for erasure before; ask the operator whether they agreed to be contacted again."
		imported := w.works("import_contacts", args{"rows": rowsOf(append(erased[4:7:7], "newer@example.com"))})
		imported.says(t, "Import finished: 4 created", three)
		imported.has(t, "job.erased_before", 3)
		w.works("get_job", args{"job_id": imported.at("job.job_id")}).says(t, three)
		w.file("people.csv", "email\n"+strings.Join(erased[7:10], "\n"))
		w.works("import_contacts", args{"file": "people.csv"}).says(t, three)
		w.works("add_to_list", args{"contacts": append(erased[10:13:13], addressesWide(50)...), "lists": "VIP", "create_missing": true}).says(t, "Import finished: 53 created", three)

		// An agent's word that they agreed does not take back what they asked for.
		w.works("update_contact", args{"contact": erased[13], "create_if_missing": true, "unsubscribed": false, "consent": "wrote to us"}).says(t, "erasure")
		settled()
		w.works("import_contacts", args{"rows": rowsOf(erased[13:14])}).has(t, "job.erased_before", 1)
	})
}

func TestHowManyAskedForErasureIsKnownAfterARestart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(1200)
		_, err := w.box.Journal.Erase(t.Context(), people[3], "")
		must(t, err)
		w.file("people.csv", "email\n"+strings.Join(people, "\n"))
		started := w.planned("import_contacts", args{"file": "people.csv"}, 45)
		later := restarted(t, w)
		later.works("get_job", args{"job_id": started.at("job.job_id")}).says(t, "1 contact asked for erasure before")
	}, onDisk(t.TempDir()))
}

func TestWithoutAJournalDeletedPeopleAreKnownAllTheSame(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		deletedWhileUnsubscribed(w)
		w.refused("import_contacts", args{"rows": rowsOf([]string{gone})}, "invalid_input", "deleted here while unsubscribed")
	}, func(set *setting) { set.noJournal = true })
}

func TestAJobSaysHowManyRowsWereTakenOutOfIt(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(1200)
		w.file("people.csv", "email\n"+strings.Join(people, "\n")+"\nnobody\n"+strings.ToUpper(gone)+",too,wide\n")
		w.Inject(emulator.Fault{Method: "POST", Path: "/contacts/imports", Status: 403, Times: 1, Body: `{"errors":"Access forbidden"}`})
		previewed := w.works("import_contacts", args{"file": "people.csv", "preview": true})
		previewed.has(t, "job.state", "planned", "job.contacts", 1200, "job.rejected", 2)
		plan := previewed.at("job.plan_id")
		w.refused("apply_plan", args{"plan_id": plan}, "forbidden", "Access forbidden")
		for _, email := range []string{gone, people[7]} {
			erased, err := w.box.Bulk.Erase(t.Context(), email)
			must(t, err)
			if erased.Rows == 0 {
				t.Errorf("%s: %+v", email, erased)
			}
		}
		for server := w; ; server = restarted(t, w) {
			shown := server.works("get_job", args{"job_id": plan, "wait_seconds": 0})
			shown.says(t, "Import failed: 0 of 1,202 rows imported", "Access forbidden", "apply_plan with plan_id "+plan.(string)+" resumes with those not sent")
			shown.has(t, "jobs.0.not_sent", 1199)
			if server == w {
				continue
			}
			server.works("apply_plan", args{"plan_id": plan, "wait_seconds": 45}).says(t, "1,199 of 1,20", "1,199 created", "1 taken out because somebody was erased")
			break
		}
		if _, there := w.Contact(people[7]); there {
			t.Error("one who was erased was imported")
		}
	}, onDisk(t.TempDir()))
}
