package catalog

import (
	"slices"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// Guarantee 10.7.
func TestBlanksAtANamesEndTellTwoListsApart(t *testing.T) {
	lists := []apiclient.List{{ID: 1, Name: "Newsletter"}, {ID: 2, Name: "Newsletter  "}, {ID: 3, Name: " Lead"}, {ID: 4, Name: "42"}, {ID: 42, Name: "x"}, {ID: 7, Name: "id:42"}}
	for ref, want := range map[string]int64{
		"Newsletter": 1, "Newsletter  ": 2, " Lead": 3, "Lead": 3, " lead ": 3, "id:2": 2, "id:42": 42, "id: 7": 7, "x": 42, "X": 42,
		"Newsletter ": 0, "newsletter": 0, " Newsletter": 0, "newsletter  ": 0, "42": 0, " 42": 0,
	} {
		list, found, err := MatchList(ref, lists)
		if want == 0 {
			wantFault(t, err, fault.Conflict, "could mean more than one list", "id:42")
			continue
		}
		if err != nil || !found || list.ID != want {
			t.Errorf("%q is %v, %v, %v; want %d", ref, list, found, err, want)
		}
	}
	if list, found, err := MatchList("id:42", lists[5:]); found || err != nil { // the id is forced, also where a name looks so
		t.Errorf("id:42 is %v, %v", list, err)
	}
}

// Guarantee 10.7.
func TestFieldsAreNamedByTheSameRule(t *testing.T) {
	fields := []apiclient.Field{
		{ID: 1, Name: "Plan", MergeTag: "plan_2"}, {ID: 2, Name: "Tariff", MergeTag: "plan"}, {ID: 3, Name: "tier", MergeTag: "level"}, {ID: 4, Name: "Old tier", MergeTag: "tier"},
		{ID: 5, Name: "Note", MergeTag: "note"}, {ID: 6, Name: "Note ", MergeTag: "note_2"}, {ID: 9, Name: "{{note}}", MergeTag: "braces"}, {ID: 8, Name: "5", MergeTag: "five"},
	}
	for ref, want := range map[string]int64{
		"plan": 2, "Plan": 1, "PLAN": 0, "{{plan}}": 2, "{{ plan }}": 2, "tier": 0, "{{tier}}": 4, "level": 3, "Note": 5, "Note ": 6, "note": 5, "Note  ": 0,
		"{{note}}": 9, "5": 0, "id:5": 5, "id:8": 8, "braces": 9,
	} {
		field, found, err := MatchField(ref, fields)
		if want == 0 {
			wantFault(t, err, fault.Conflict, "could mean more than one field")
			continue
		}
		if err != nil || !found || field.ID != want {
			t.Errorf("%q is %v, %v, %v; want %d", ref, field, found, err, want)
		}
	}
}

// Guarantee 10.14.
func TestAFieldsNameIsNoOtherFieldsMergeTag(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{})
	plan, err := c.CreateField(background, apiclient.Field{Name: "Tariff", MergeTag: "plan", DataType: Text})
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.CreateField(background, apiclient.Field{Name: "Level", MergeTag: "level", DataType: Text})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []apiclient.Field{{Name: "Plan", MergeTag: "plan_2"}, {Name: "plan\u200b", MergeTag: "plan_2"}, {Name: "Second", MergeTag: "tariff"}} {
		field.DataType = Text
		_, err := c.CreateField(background, field)
		wantFault(t, err, fault.AlreadyExists, "must not be another's merge tag", `"Tariff"`, "plan")
		_, err = c.CreateFields(background, []apiclient.Field{field})
		wantFault(t, err, fault.AlreadyExists)
		change := apiclient.FieldChange{Name: field.Name}
		if field.MergeTag == "tariff" {
			change = apiclient.FieldChange{MergeTag: field.MergeTag}
		}
		_, _, err = c.UpdateField(background, "level", change)
		wantFault(t, err, fault.AlreadyExists, "must not be another's merge tag")
	}
	_, err = c.CreateFields(background, []apiclient.Field{{Name: "A", MergeTag: "b", DataType: Text}, {Name: "B", MergeTag: "c", DataType: Text}})
	wantFault(t, err, fault.AlreadyExists, "must not be another's merge tag")
	if _, _, err := c.UpdateField(background, "plan", apiclient.FieldChange{Name: "plan"}); err != nil { // its own
		t.Error(err)
	}
	if now, err := c.Fields(background); err != nil || !slices.Contains(now, other) || slices.Contains(now, plan) || len(now) != 4 {
		t.Errorf("the fields are %v, %v", now, err)
	}
}

// Guarantee 10.6.
func TestAProposedFieldHidesNoFact(t *testing.T) {
	fields := []apiclient.Field{{Name: "Shop ID", MergeTag: "id_2"}, {Name: "Plan", MergeTag: "tariff"}}
	for name, want := range map[string][2]string{
		"ID": {"ID 3", "id_3"}, "status": {"status 2", "status_2"}, "Created at": {"Created at 2", "created_at_2"}, "Lists": {"Lists 2", "lists_2"}, "list_count": {"list_count 2", "list_count_2"},
		"Tariff": {"Tariff 2", "tariff_2"}, "Shoe size": {"Shoe size", "shoe_size"},
	} {
		if free, tag := NewFreeNames(fields).Take(name, "column_1"); free != want[0] || tag != want[1] {
			t.Errorf("%s becomes %s, %s; want %v", name, free, tag, want)
		}
	}
	for tag, want := range map[string]string{"status": "field:status", "created_at": "field:created_at", "list_count": "field:list_count", "plan": "plan"} {
		if key := FieldKey(tag); key != want {
			t.Errorf("%s stands under %s", tag, key)
		}
	}
}
