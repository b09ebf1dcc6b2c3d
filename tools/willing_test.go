package tools_test

import (
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// A file that chooses contacts may say of some that they want no mail. Where the call would subscribe or mail people, they are kept out.
const ofWishes = "email,Status,Name\nwilling@example.com,active,Ann\ngone@example.com,unsubscribed,Bob\nperhaps@example.com,pending,Cy\n" +
	"there@example.com,active,Dee\nthere@example.com,complained,Dee\n"

func TestAListIsFilledFromAFileWithoutThoseItSaysNotToMail(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Customers")
		w.AddContact(emulator.Contact{Email: "there@example.com"})
		w.file("wishes.csv", ofWishes)
		call := args{"lists": "Customers", "file": "wishes.csv", "create_missing": true}
		previewed := w.works("add_to_list", with(call, "preview", true))
		previewed.says(t, "1 contact of 5 rows", `no (has unsubscribed): "unsubscribed" 1`, `in doubt and held back: "pending" 1`,
			"line 3 gone@example.com", "line 4 perhaps@example.com", "line 6 there@example.com",
			"2 people who unsubscribed or complained by the source are remembered once this is carried out", "name them in contacts")
		w.ends(w.works("apply_plan", args{"plan_id": previewed.at("job.plan_id")}))
		for _, email := range []string{"gone@example.com", "perhaps@example.com"} {
			if _, is := w.Contact(email); is {
				t.Errorf("%s was created", email)
			}
		}
		if one, is := w.Contact("willing@example.com"); !is || len(one.ListIDs) != 1 {
			t.Errorf("willing@example.com is %+v", one)
		}
		if one, _ := w.Contact("there@example.com"); len(one.ListIDs) != 0 {
			t.Errorf("there@example.com is %+v", one)
		}
		w.works("add_to_list", with(call, "create_missing", false, "preview", true)).says(t, "such as who may be mailed, is not considered")
	})
}

func TestAListIsNotFilledFromAFileThatMayNameUnwillingPeople(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("Customers")
		w.file("leads.csv", "email,Status\na@example.com,Lead\nb@example.com,Won\n")
		w.file("unsubscribed.csv", "email\na@example.com\n")
		w.file("nobody.csv", "email,Newsletter\na@example.com,no\n")
		for file, says := range map[string]string{"leads.csv": "may say who may be mailed", "unsubscribed.csv": "do not seem to want mail",
			"nobody.csv": "Leave those alone"} {
			w.refused("add_to_list", args{"lists": "Customers", "file": file, "create_missing": true}, "invalid_input", says)
			w.works("check_audience", args{"file": file})
		}
		w.nothingWritten()
	})
}

func TestAnAudienceIsCheckedWithoutThoseItsFileSaysNotToMail(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, name := range []string{"willing", "gone", "perhaps", "there"} {
			w.AddContact(emulator.Contact{Email: name + "@example.com"})
		}
		w.file("wishes.csv", ofWishes)
		told := w.works("check_audience", args{"file": "wishes.csv"})
		told.has(t, "reach.contacts", 1, "reach.bulk.eligible", 1)
		told.says(t, "Excluded, and not counted above: 2 because the file says no, 1 because it leaves that open.",
			`line 3 gone@example.com: has unsubscribed ("unsubscribed" in the column "Status")`, "line 4 perhaps@example.com: held back")
		w.file("leads.csv", "email,Status\nwilling@example.com,Lead\ngone@example.com,Won\n")
		told = w.works("check_audience", args{"file": "leads.csv"})
		told.has(t, "reach.contacts", 2)
		told.says(t, `the column "Status" may say who may be mailed`, "That is not considered")
	})
}

func TestAnEventIsNotFiredForThoseAFileSaysNotToMail(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, name := range []string{"willing", "gone", "perhaps", "there"} {
			w.AddContact(emulator.Contact{Email: name + "@example.com"})
		}
		w.file("wishes.csv", ofWishes)
		w.works("fire_event", args{"event": "welcome", "file": "wishes.csv", "preview": true}).says(t, "1 contact of 5 rows", "line 3 gone@example.com")
	})
}
