package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// customers is an account with a list Customers of p0 to p4, of whom some have a plan.
func customers(w *world) {
	w.AddField("Plan", "text", "plan")
	w.AddField("Seats", "integer", "seats")
	w.AddList("Customers")
	for i := range 5 {
		w.AddContact(emulator.Contact{Email: fmt.Sprintf("p%d@example.com", i), ListIDs: []int64{1}, Fields: map[string]any{"plan": "free", "seats": i}})
	}
	w.AddContact(emulator.Contact{Email: "other@example.com", Fields: map[string]any{"plan": "pro"}})
}

const crmFile = "email,plan,seats\np0@example.com,free,0\nP1@example.com,pro,1\np2@example.com,free,7\nnew@example.com,pro,3\nother@example.com,pro,\n"

func TestAListIsMadeLikeAFileAndThenThereIsNothingToDo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		given := w.works("sync_contacts", args{"file": "crm.csv", "list": "customers"})
		given.says(t, "1 to create", "plan of 1, seats of 1", "1 to join", "2 to leave", "1 as they should be already", "apply_plan")
		if w.Len() != 6 {
			t.Fatal("planning has written something")
		}
		applied := w.works("apply_plan", args{"plan_id": given.at("job.plan_id")})
		applied.says(t, "Sync of the list \"Customers\" (id 1) finished")
		settled()
		for email, lists := range map[string]int{"p0@example.com": 1, "p1@example.com": 1, "p3@example.com": 0, "new@example.com": 1, "other@example.com": 1} {
			if contact, _ := w.Contact(email); len(contact.ListIDs) != lists {
				t.Errorf("%s is on %v", email, contact.ListIDs)
			}
		}
		if contact, _ := w.Contact("p1@example.com"); fmt.Sprint(contact.Fields["plan"]) != "pro" {
			t.Errorf("p1 has %v", contact.Fields)
		}
		again := w.works("sync_contacts", args{"file": "crm.csv", "list": "Customers"})
		again.says(t, "0 changes to make: 5 contacts checked")
	})
}

func TestASyncThatWouldTouchTooManyIsRefused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		w.refused("sync_contacts", args{"file": "crm.csv", "list": "Customers", "max_removals": 1}, "limit_reached", "2 of 5 contacts", "leave the list", "max_removals is 1", "max_removals: 2")
		w.refused("sync_contacts", args{"file": "crm.csv", "list": "Customers", "max_changes": 2}, "limit_reached", "max_changes")
		w.works("sync_contacts", args{"file": "crm.csv", "list": "Customers", "max_removals": 2, "max_changes": 4})
	})
}

func TestWhoVanishedIsUnsubscribedWhenAsked(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		given := w.works("sync_contacts", args{"file": "crm.csv", "list": "Customers", "unsubscribe_missing": true})
		given.says(t, "2 to leave", "2 to unsubscribe")
		w.works("apply_plan", args{"plan_id": given.at("job.plan_id"), "wait_seconds": 45})
		settled()
		for email, status := range map[string]string{"p3@example.com": "unsubscribed", "p4@example.com": "unsubscribed", "p0@example.com": "subscribed", "other@example.com": "subscribed"} {
			if contact, _ := w.Contact(email); contact.Status != status {
				t.Errorf("%s is %s", email, contact.Status)
			}
		}
	})
}

func TestAFileIsImportedAgainWithNothingToDo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.file("crm.csv", crmFile)
		w.works("import_contacts", args{"file": "crm.csv", "lists": []string{"Customers"}})
		time.Sleep(20 * time.Second)
		w.works("sync_contacts", args{"file": "crm.csv"}) // it takes the snapshot that the import has made stale
		given := w.works("import_contacts", args{"file": "crm.csv", "lists": []string{"Customers"}})
		given.says(t, "0 changes to make")
		w.file("more.csv", strings.Replace(crmFile, "p0@example.com,free", "p0@example.com,gold", 1))
		given = w.works("import_contacts", args{"file": "more.csv", "lists": []string{"Customers"}, "preview": true})
		given.says(t, "1 contact of 5 rows", "plan of 1", "4 as they should be already")
		w.works("import_contacts", args{"file": "more.csv", "lists": []string{"Customers"}}).says(t, "Import finished: 1 of 5 rows imported (0 created, 1 updated, 4 as they should be already).")
	})
}

func TestAListIsMadeLikeASegment(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		customers(w)
		w.AddList("Win-back")
		w.AddContact(emulator.Contact{Email: "left@example.com", ListIDs: []int64{2}, Fields: map[string]any{"plan": "pro"}})
		w.works("save_segment", args{"name": "dormant-free", "where": "plan = 'free' AND seats >= 2"}) // p2, p3 and p4
		given := w.works("sync_contacts", args{"segment": "Dormant-Free", "list": "win-back"})
		given.says(t, "3 to join", "1 to leave", "apply_plan")
		if contact := w.contact("left@example.com"); len(contact.ListIDs) != 1 {
			t.Fatal("planning has written something")
		}
		w.works("apply_plan", args{"plan_id": given.at("job.plan_id"), "wait_seconds": 45})
		settled()
		for email, lists := range map[string]int{"p1@example.com": 1, "p2@example.com": 2, "p4@example.com": 2, "left@example.com": 0} {
			if contact := w.contact(email); len(contact.ListIDs) != lists {
				t.Errorf("%s is on %v", email, contact.ListIDs)
			}
		}
		if w.Len() != 7 {
			t.Errorf("there are %d contacts", w.Len())
		}
		w.works("sync_contacts", args{"segment": "dormant-free", "list": "Win-back"}).says(t, "0 changes to make: 3 contacts checked")
	})
}

var _ = hostileCase("sync_contacts", func(x *exposure) {
	x.bySnapshot(args{"file": "evil.csv"}, args{"file": "evil.csv", "list": x.list, "unsubscribe_missing": true}, args{"file": "evil.csv", "list": x.v + "!"}, args{"file": x.v}, args{"segment": x.v, "list": x.list})
})
