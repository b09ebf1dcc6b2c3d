package emulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRefusesWhatIsWrongWithAField(t *testing.T) {
	long := strings.Repeat("x", 81)
	tests := []struct{ name, body, want string }{
		{"nothing given", `{}`, `{"name":[["can't be blank"]],"data_type":[["can't be blank"]],"merge_tag":[["can't be blank"]]}`},
		{"a type the API does not have", `{"name":"N","data_type":"number","merge_tag":"n"}`, `{"data_type":[["is invalid"]]}`},
		{"long names", `{"name":"` + long + `","data_type":"text","merge_tag":"` + long + `"}`,
			`{"name":[["is too long (maximum is 80 characters)"]],"merge_tag":[["is too long (maximum is 80 characters)"]]}`},
		{"a merge tag with a space", `{"name":"N","data_type":"text","merge_tag":"a b"}`, `{"merge_tag":[["is invalid"]]}`},
		{"the built-in field", `{"name":"Email","data_type":"text","merge_tag":"email"}`,
			`{"name":[["has already been taken"]],"merge_tag":[["has already been taken"]]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, New(Config{}), "POST", "/api/contacts/fields", tt.body, 422, `{"errors":`+tt.want+`}`)
		})
	}
}

func TestAnAccountHasAtMost40FieldsAnd50Lists(t *testing.T) {
	e := New(Config{Unlimited: true})
	for i := 2; i < maxFields; i++ {
		expect(t, e, "POST", "/api/contacts/fields", fmt.Sprintf(`{"name":"F%d","data_type":"text","merge_tag":"{{f%d}}"}`, i, i), 201, "")
	}
	expect(t, e, "POST", "/api/contacts/fields", `{"name":"F","data_type":"text","merge_tag":"f"}`, 422, `{"errors":{"base":[["fields limit reached"]]}}`)
	if got := e.Fields()[2].MergeTag; got != "f2" {
		t.Errorf("the merge tag is %q", got)
	}
	for i := range maxLists {
		expect(t, e, "POST", "/api/contacts/lists", fmt.Sprintf(`{"name":"L%d"}`, i), 200, "")
	}
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"L"}`, 422, `{"errors":{"base":["lists limit reached"]}}`)
	if len(e.Lists()) != maxLists {
		t.Errorf("%d lists", len(e.Lists()))
	}
}

func TestADeletedFieldTakesItsValuesAlong(t *testing.T) {
	e := New(Config{})
	e.AddContact(Contact{Email: "ann@example.com", Fields: map[string]any{"first_name": "Ann", "last_name": "Lee"}})
	id := e.Fields()[0].ID
	path := fmt.Sprintf("/api/contacts/fields/%d", id)
	e.UseField("first_name", "in use")
	expect(t, e, "DELETE", path, "", 422, `{"errors":{"usage":["in use"]}}`)
	e.UseField("first_name")
	expect(t, e, "DELETE", path, "", 204, "")
	expect(t, e, "DELETE", path, "", 404, "")
	expect(t, e, "POST", "/api/contacts/fields", `{"name":"First name","data_type":"integer","merge_tag":"first_name"}`, 201, "")
	got := expect(t, e, "GET", ann, "", 200, "")
	if !strings.Contains(got.body, `"fields":{"last_name":"Lee","first_name":null}`) {
		t.Errorf("got %s", got.body)
	}
}

func TestRenamesEitherPartOfAField(t *testing.T) {
	e := New(Config{})
	path := fmt.Sprintf("/api/contacts/fields/%d", e.Fields()[0].ID)
	expect(t, e, "PATCH", path, `{"name":"Given name"}`, 200, `{"id":1001,"name":"Given name","data_type":"text","merge_tag":"first_name"}`)
	expect(t, e, "PATCH", path, `{"merge_tag":"given_name"}`, 200, `{"id":1001,"name":"Given name","data_type":"text","merge_tag":"given_name"}`)
	expect(t, e, "PATCH", path, `{"merge_tag":"last_name"}`, 422, `{"errors":{"merge_tag":[["has already been taken"]]}}`)
	expect(t, e, "PATCH", "/api/contacts/fields/5", `{"name":"x"}`, 404, "")
}

func TestListsAreNamedOnceAndFoundByPrefix(t *testing.T) {
	e := New(Config{})
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"Newsletter"}`, 200, `{"id":1,"name":"Newsletter"}`)
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"Newsletter"}`, 422, `{"errors":{"name":["has already been taken"]}}`)
	expect(t, e, "POST", "/api/contacts/lists", `{"name":" "}`, 422, `{"errors":{"name":["can't be blank"]}}`)
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"`+strings.Repeat("ü", 256)+`"}`, 422, `{"errors":{"name":["is too long (maximum is 255 characters)"]}}`)
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"Old news"}`, 200, "")
	expect(t, e, "GET", "/api/contacts/lists?search=NEWS", "", 200, `[{"id":1,"name":"Newsletter"}]`)
	expect(t, e, "GET", "/api/contacts/lists?search=x", "", 200, `[]`)
	expect(t, e, "PATCH", "/api/contacts/lists/1", `{"name":"Newsletter"}`, 200, "")
	expect(t, e, "PATCH", "/api/contacts/lists/1", `{"name":"Old news"}`, 422, "")
	expect(t, e, "PATCH", "/api/contacts/lists/9", `{"name":"x"}`, 404, "")
	expect(t, e, "GET", "/api/contacts/lists/abc", "", 404, `{"error":"Not Found"}`)
}

func TestADeletedListKeepsItsContacts(t *testing.T) {
	e := New(Config{})
	a, b := e.AddList("A"), e.AddList("B")
	e.AddContact(Contact{Email: "ann@example.com", ListIDs: []int64{a, b}})
	expect(t, e, "DELETE", fmt.Sprintf("/api/contacts/lists/%d", a), "", 204, "")
	if c, ok := e.Contact("ann@example.com"); !ok || len(c.ListIDs) != 1 || c.ListIDs[0] != b {
		t.Errorf("got %+v", c)
	}
}

func TestSuppressionsArePaged(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, Unlimited: true})
	for i := range 1500 {
		now.advance(time.Second)
		e.AddSuppression(fmt.Sprintf("S%d@example.com", i), "hard bounce", "bulk", "example.com")
	}
	first := decode[[]suppression](t, expect(t, e, "GET", "/api/suppressions", "", 200, ""))
	second := decode[[]suppression](t, expect(t, e, "GET", "/api/suppressions?last_id="+first[len(first)-1].ID, "", 200, ""))
	if len(first) != 1000 || len(second) != 500 || second[0].Email != "S1000@example.com" {
		t.Errorf("pages of %d and %d", len(first), len(second))
	}
	expect(t, e, "GET", "/api/suppressions?last_id="+second[499].ID, "", 200, `[]`)
	expect(t, e, "GET", "/api/suppressions?last_id=018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "", 200, `[]`)
	found := decode[[]suppression](t, expect(t, e, "GET", "/api/suppressions?email=s7%40EXAMPLE.com", "", 200, ""))
	if len(found) != 1 || found[0].DomainName != "example.com" {
		t.Errorf("got %+v", found)
	}
	between := "/api/suppressions?start_time=2026-08-17T12:00:05Z&end_time=2026-08-17T12:00:07Z"
	if got := decode[[]suppression](t, expect(t, e, "GET", between, "", 200, "")); len(got) != 3 {
		t.Errorf("%d between the times", len(got))
	}
}

func TestEventsAreEchoedAndKept(t *testing.T) {
	e := New(Config{})
	id := e.AddContact(Contact{Email: "ann@example.com"})
	echo := func(rest string) string {
		return `{"contact_id":"` + id + `","contact_email":"ann@example.com",` + rest
	}
	expect(t, e, "POST", ann+"/events", `{"name":"a"}`, 201, echo(`"name":"a"}`))
	expect(t, e, "POST", ann+"/events", `{"name":"b","params":{"z":1.50,"a":null}}`, 201, echo(`"name":"b","params":{"z":1.50,"a":null}}`))
	expect(t, e, "POST", ann+"/events", `{"name":"c","params":{"a":[1]}}`, 422, `{"errors":{"params":["value for 'a' is invalid"]}}`)
	long := strings.Repeat("x", 256)
	expect(t, e, "POST", ann+"/events", `{"name":"d","params":{"a":"`+long+`","b":"`+long+`"}}`, 422,
		`{"errors":{"params":["value for 'a' is too long","value for 'b' is too long"]}}`)
	got := e.Events()
	if len(got) != 2 || got[0].Params != nil || got[1].Name != "b" || fmt.Sprint(got[1].Params["z"]) != "1.50" || got[1].ContactID != id {
		t.Errorf("got %+v", got)
	}
}
