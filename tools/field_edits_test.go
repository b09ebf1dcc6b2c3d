package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
)

func TestAFieldGetsAnotherNameAndMergeTag(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		seeded(w)
		renamed := w.works("update_field", args{"field": "{{age}}", "name": "Alter ⏳"})
		renamed.says(t, `Changed the integer field "Age" (id 1003); its values stay.`, `- name: "Age" → "Alter ⏳"`)
		renamed.has(t, "field.name", "Alter ⏳", "field.merge_tag", "age", "before.name", "Age", "changed", true)
		if strings.Contains(renamed.text, "{{") {
			t.Errorf("a merge tag that stayed is warned of: %s", renamed.text)
		}

		moved := w.works("update_field", args{"field": "alter ⏳", "merge_tag": " {{years_old}} "})
		moved.says(t, "- merge tag: age → years_old", "Templates, forms and automations that use {{age}} have to be changed to {{years_old}}")
		moved.has(t, "field.name", "Alter ⏳", "field.merge_tag", "years_old", "before.merge_tag", "age")

		both := w.works("update_field", args{"field": 1004, "name": "Points", "merge_tag": "points"})
		both.says(t, `"Score" → "Points"`, "score → points")
		w.works("get_contact", args{"contact": "anna@example.com"}).says(t, "years_old 41")
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"Points": 1.5}}).says(t, "points: empty → 1.5")
		settled()
		if got := w.contact("anna@example.com").Fields; !cmp.Equal(got, map[string]any{"first_name": "Anna", "years_old": int64(41), "points": 1.5}) {
			t.Errorf("the fields are %v", got)
		}
	})
}

func TestAFieldThatIsAsWantedIsNotWritten(t *testing.T) {
	w := open(t)
	seeded(w)
	for _, arguments := range []args{{"field": "Age", "name": "Age"}, {"field": 1003, "merge_tag": "{{age}}"}, {"field": "age", "name": "Age", "merge_tag": "age"}} {
		same := w.works("update_field", arguments)
		same.says(t, `The field "Age" (id 1003) is already as requested; nothing was changed.`)
		same.has(t, "changed", false)
	}
	w.nothingWritten()
}

func TestAFieldsTypeStaysAndTheAnswerSaysWhatToDo(t *testing.T) { // scenario 20
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("create_field", args{"name": "ltv", "data_type": "float"})
		w.ResetRequests()
		for _, argument := range []string{"data_type", "type"} {
			w.refused("update_field", args{"field": "ltv", argument: "text"}, "invalid_input",
				argument+": Mailtrap cannot change a field's type", "create_field", "import the file", "delete_field")
		}
		w.refused("update_field", args{"field": "ltv", "tag": "x"}, "invalid_input", "this argument does not exist", "merge_tag")
		if made := w.Requests(); len(made) > 0 {
			t.Errorf("requests were made: %v", made)
		}
	})
}

func TestADeletedFieldTakesItsValuesAlong(t *testing.T) {
	t.Parallel()
	for layout := range emulator.LayoutWithoutLists + 1 {
		t.Run(fmt.Sprint(layout), func(t *testing.T) {
			inBothWindows(t, func(t *testing.T, w *world) {
				seeded(w)
				w.AddField("Größe (cm)", "integer", "size")
				w.AddContact(emulator.Contact{Email: "bob@example.com", Fields: map[string]any{"age": int64(30), "active": false}})
				deleted := w.works("delete_field", args{"field": "AGE"})
				deleted.says(t, `Deleted the integer field "Age" (merge tag age, id 1003). 2 contacts had a value in it; the values are gone.`)
				deleted.has(t, "deleted.merge_tag", "age", "deleted.data_type", "integer", "contacts", 2)
				w.works("delete_field", args{"field": "Active"}).says(t, "1 contact had a value in it, which is gone.")
				w.works("delete_field", args{"field": "{{size}}"}).says(t, "No contact had a value in it.")
				if got := w.contact("anna@example.com").Fields; len(w.Fields()) != 4 || !cmp.Equal(got, map[string]any{"first_name": "Anna"}) {
					t.Errorf("there are %v, and a contact has %v", w.Fields(), got)
				}
				w.refused("delete_field", args{"field": "age"}, "invalid_input", `There is no field "age"`, "The fields are: ", "first_name")
				noFiles(t, w)
			}, func(set *setting) { set.emulator.ExportLayout = layout })
		})
	}
}

func TestWhatUsesAFieldIsNamed(t *testing.T) { // scenario 21
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		usage := []string{
			"This field is used in the conditions of segment(s): " + strings.Repeat("Grown-ups of the north, ", 12) + "last one\u202e.",
			"This field is used in the steps of automation(s): \"Birthday\".",
		}
		w.UseField("age", usage...)
		refused := w.refused("delete_field", args{"field": "age"}, "conflict", `the field "Age" (merge tag age, id 1003)`, "Grown-ups of the north", "last one.", `\"Birthday\"`,
			"Nothing was deleted", "taken out there first")
		checkShown(t, "delete_field", refused)
		if len(w.Fields()) != 6 {
			t.Error("the field is gone")
		}
		w.UseField("age")
		w.works("delete_field", args{"field": "age"})
	})
}

var _ = hostileCase("update_field", func(x *exposure) {
	x.given(
		args{"field": "evil", "name": x.brief + "5"}, args{"field": "evil", "merge_tag": x.v}, args{"field": x.v + "!", "name": "x"}, args{"field": x.v, "name": "harmless"},
		args{"field": x.v, "merge_tag": "tame"}, args{"field": "tame", "merge_tag": "tame2"},
	)
})

var _ = hostileCase("delete_field", func(x *exposure) {
	x.given(args{"field": "evil"}) // a segment names it
	x.first("delete_segment", args{"name": upTo(90, x.v)}, args{"name": x.brief + "6"})
	x.given(args{"field": "evil"}, args{"field": x.v + "!"})
})
