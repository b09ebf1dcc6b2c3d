package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// alteration is a change of the list or the field "News", or its deletion.
type alteration struct {
	method, path string
	alter        func(*Catalog) (before, after string, err error)
	done         func(*emulator.Emulator) bool
}

var alterations = map[string]alteration{
	"renaming a list": {
		"PATCH", "/contacts/lists",
		func(c *Catalog) (string, string, error) {
			before, after, err := c.RenameList(background, "news", "Press")
			return before.Name, after.Name, err
		},
		func(e *emulator.Emulator) bool { return e.Lists()[0].Name == "Press" },
	},
	"deleting a list": {
		"DELETE", "/contacts/lists",
		func(c *Catalog) (string, string, error) {
			list, err := c.DeleteList(background, "news")
			return list.Name, "Press", err
		},
		func(e *emulator.Emulator) bool { return len(e.Lists()) == 0 },
	},
	"changing a field": {
		"PATCH", "/contacts/fields",
		func(c *Catalog) (string, string, error) {
			before, after, err := c.UpdateField(background, "news", apiclient.FieldChange{Name: "Press", MergeTag: "{{press}}"})
			return before.Name, after.Name, err
		},
		func(e *emulator.Emulator) bool {
			last := e.Fields()[2]
			return last.Name == "Press" && last.MergeTag == "press"
		},
	},
	"deleting a field": {
		"DELETE", "/contacts/fields",
		func(c *Catalog) (string, string, error) {
			field, err := c.DeleteField(background, "{{news}}")
			return field.Name, "Press", err
		},
		func(e *emulator.Emulator) bool { return len(e.Fields()) == 2 },
	},
}

func forEachAlteration(t *testing.T, name string, test func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration)) {
	t.Helper()
	for kind, a := range alterations {
		inBubble(t, kind+", "+name, func(t *testing.T) {
			e, c := newCatalog(t, emulator.Config{}, "News")
			e.AddField("News", Text, "news")
			test(t, e, c, a)
		})
	}
}

func TestAnAlterationIsKnownAtOnce(t *testing.T) {
	forEachAlteration(t, "at once", func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
		if _, err := c.Lists(background); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Fields(background); err != nil {
			t.Fatal(err)
		}
		before, after, err := a.alter(c)
		if err != nil || before != "News" || after != "Press" || !a.done(e) {
			t.Errorf("from %q to %q, %v; %v, %v", before, after, err, e.Lists(), e.Fields())
		}
		lists, _ := c.Lists(background)
		fields, _ := c.Fields(background)
		if fmt.Sprint(lists) != fmt.Sprint(e.Lists()) || len(fields) != len(e.Fields()) || fields[len(fields)-1].Name != e.Fields()[len(fields)-1].Name {
			t.Errorf("what is known is %v and %v", lists, fields)
		}
	})
}

func TestAnAlterationWhoseAnswersAreLostIsLookedFor(t *testing.T) {
	for name, action := range map[string]emulator.Action{"every answer lost after": emulator.LoseAfter, "every answer truncated": emulator.TruncateBody} {
		forEachAlteration(t, name, func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
			e.Inject(emulator.Fault{Method: a.method, Path: a.path, Do: action})
			before, after, err := a.alter(c)
			if err != nil || before != "News" || after != "Press" || !a.done(e) {
				t.Errorf("from %q to %q, %v", before, after, err)
			}
		})
	}
	forEachAlteration(t, "lost before once", func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
		e.Inject(emulator.Fault{Method: a.method, Path: a.path, Do: emulator.LoseBefore, Times: 1})
		if _, _, err := a.alter(c); err != nil || !a.done(e) {
			t.Error(err)
		}
	})
	forEachAlteration(t, "lost before for ever", func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
		e.Inject(emulator.Fault{Method: a.method, Path: a.path, Do: emulator.LoseBefore})
		_, _, err := a.alter(c)
		wantFault(t, err, fault.OutcomeUnknown, "may or may not", "Look with list_")
		if a.done(e) {
			t.Error("it was carried out")
		}
	})
	forEachAlteration(t, "lost, and no look possible", func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
		e.Inject(emulator.Fault{Method: a.method, Path: a.path, Do: emulator.LoseAfter})
		e.Inject(emulator.Fault{Method: "GET", Path: a.path, Times: 1}) // the look before
		e.Inject(emulator.Fault{Method: "GET", Path: a.path, Status: 403})
		_, _, err := a.alter(c)
		wantFault(t, err, fault.OutcomeUnknown)
	})
}

func TestWhatIsGoneMeanwhileIsNotFound(t *testing.T) {
	forEachAlteration(t, "gone", func(t *testing.T, e *emulator.Emulator, c *Catalog, a alteration) {
		e.Inject(emulator.Fault{Method: a.method, Status: 404, Body: `{"error":"Not Found"}`})
		_, _, err := a.alter(c)
		wantFault(t, err, fault.NotFound, "is gone: somebody else has deleted", `"News"`)
	})
}

func TestANameTakenInBetweenIsSaidToBeTaken(t *testing.T) {
	inBubble(t, "a list", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News", "Press")
		e.Inject(emulator.Fault{Method: "GET", Path: "/contacts/lists", Status: 200, Body: `[{"id":1,"name":"News"}]`, Times: 1})
		_, _, err := c.RenameList(background, "News", "Press")
		wantFault(t, err, fault.AlreadyExists, `"Press"`, "id 2")
	})
	inBubble(t, "a field", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{})
		e.Inject(emulator.Fault{Method: "GET", Path: "/contacts/fields", Status: 200, Body: `[{"id":1002,"name":"Last name","merge_tag":"last_name","data_type":"text"}]`, Times: 1})
		_, _, err := c.UpdateField(background, "Last name", apiclient.FieldChange{MergeTag: "first_name"})
		wantFault(t, err, fault.AlreadyExists, `"First name"`, "merge tag first_name")
	})
}

func TestOnlyWhatChangesOfAFieldIsSent(t *testing.T) {
	for name, test := range map[string]struct {
		change apiclient.FieldChange
		sent   string
	}{
		"the name":                       {apiclient.FieldChange{Name: "Given name"}, `{"name":"Given name"}`},
		"the name, and the tag as it is": {apiclient.FieldChange{Name: "Given name", MergeTag: "{{OldTag}}"}, `{"name":"Given name"}`},
		"the tag, and the name as it is": {apiclient.FieldChange{Name: "Old", MergeTag: "given"}, `{"merge_tag":"given"}`},
		"the case of the name":           {apiclient.FieldChange{Name: "OLD"}, `{"name":"OLD"}`},
		"both":                           {apiclient.FieldChange{Name: "Given", MergeTag: "given"}, `{"name":"Given","merge_tag":"given"}`},
		"nothing":                        {apiclient.FieldChange{Name: "Old", MergeTag: "OldTag"}, ""},
	} {
		inBubble(t, name, func(t *testing.T) {
			e, c := newCatalog(t, emulator.Config{})
			e.AddField("Old", Text, "OldTag") // older than our rules for tags
			e.AddField("Other", Text, "others")
			before, after, err := c.UpdateField(background, "Old", test.change)
			if err != nil || before.MergeTag != "OldTag" || (after != before) != (test.sent != "") {
				t.Errorf("from %v to %v, %v", before, after, err)
			}
			sent := ""
			for _, request := range e.Requests() {
				if request.Method == "PATCH" {
					sent += string(request.Body)
				}
			}
			if sent != test.sent {
				t.Errorf("sent %s", sent)
			}
		})
	}
}

func TestEverySentenceOnTheUseOfAFieldIsPassedOn(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	e.UseField("first_name", "This field is used in the steps of automation(s): Welcome.", "This field is used in the conditions of segment(s): \u202e"+strings.Repeat("long ", 300)+".")
	_, err := c.DeleteField(background, "first_name")
	wantFault(t, err, fault.Conflict, `the field "First name" (merge tag first_name, id 1001)`, "automation(s): Welcome.", "segment(s): long long", "…")
	if len(err.Error()) > 1500 || strings.Contains(err.Error(), "\u202e") {
		t.Errorf("the error is %s", err)
	}
	if !slices.ContainsFunc(e.Fields(), func(f emulator.Field) bool { return f.MergeTag == "first_name" }) {
		t.Error("the field is gone")
	}
}

func TestOneListOrFieldIsFoundAsItIsNow(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{}, "News", "1")
	if _, err := c.Lists(background); err != nil {
		t.Fatal(err)
	}
	e.AddList("Late")
	if list, err := c.List(background, "late"); err != nil || list.ID != 3 {
		t.Errorf("got %v, %v", list, err)
	}
	_, err := c.List(background, "1")
	wantFault(t, err, fault.Conflict, "id:1", "id:2")
	_, err = c.List(background, "Nope")
	wantFault(t, err, fault.InvalidInput, `There is no list "Nope"`, `"News"`)
	if field, err := c.Field(background, "{{ last_name }}"); err != nil || field.ID != 1002 {
		t.Errorf("got %v, %v", field, err)
	}
	_, err = c.Field(background, "lastname_")
	wantFault(t, err, fault.InvalidInput, `There is no field "lastname_"`, "The fields are: last_name, first_name.")
	for _, name := range []string{"first_name", "last_name"} {
		if _, err := c.DeleteField(background, name); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.Field(background, "x")
	wantFault(t, err, fault.InvalidInput, "no custom fields")
}
