package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestFindsContactsWithAwkwardAddresses(t *testing.T) {
	for _, email := range []string{
		"a/b@example.com", "a#b@example.com", "a?b=c@example.com", "100%@example.com", "a%2fb@example.com",
		"a+b@example.com", "o'neil@example.com", "a&b=c@example.com", "müller@bücher.example", "lists/5@example.com",
	} {
		t.Run(email, func(t *testing.T) {
			e := New(Config{})
			id := e.AddContact(Contact{Email: email})
			path := "/api/contacts/" + url.PathEscape(email)
			got := expect(t, e, "GET", path, "", 200, "")
			if !strings.Contains(got.body, id) {
				t.Errorf("got %s", got.body)
			}
			expect(t, e, "GET", "/api/accounts/1111111/contacts/"+url.PathEscape(strings.ToUpper(email)), "", 200, "")
			expect(t, e, "POST", path+"/events", `{"name":"x"}`, 201, "")
			expect(t, e, "DELETE", path, "", 204, "")
		})
	}
}

func TestAnEscapedSlashDoesNotReachAnotherEndpoint(t *testing.T) {
	e := New(Config{})
	id := e.AddList("Precious")
	expect(t, e, "DELETE", fmt.Sprintf("/api/contacts/lists%%2F%d", id), "", 404, `{"errors":"Contact(s) not found"}`)
	expect(t, e, "DELETE", fmt.Sprintf("/api/contacts/lists/%d", id), "", 204, "")
}

func TestRefusesWhatIsWrongWithAContact(t *testing.T) {
	long := strings.Repeat("x", 256)
	tests := []struct{ name, body, want string }{
		{"no e-mail", `{"contact":{}}`, `{"email":["can't be blank"]}`},
		{"an e-mail that is a number", `{"contact":{"email":5}}`, `{"email":["Email is invalid"]}`},
		{"an e-mail with a space", `{"contact":{"email":" a@b.co"}}`, `{"email":["Email is invalid"]}`},
		{"a top level domain of one letter", `{"contact":{"email":"a@b.c"}}`, `{"email":["top level domain is too short"]}`},
		{"a field that does not exist", `{"contact":{"email":"a@b.co","fields":{"company":"x"}}}`, `{"fields":["contains invalid values: company"]}`},
		{"fields that are no object", `{"contact":{"email":"a@b.co","fields":[1]}}`, `{"fields":["must be a hash"]}`},
		{"a list that does not exist", `{"contact":{"email":"a@b.co","list_ids":[99]}}`, `{"list_ids":["contains invalid data"]}`},
		{"a long text", `{"contact":{"email":"a@b.co","fields":{"first_name":"` + long + `"}}}`, `{"first_name":["is too long"]}`},
		{"a number for a text", `{"contact":{"email":"a@b.co","fields":{"first_name":5}}}`, `{"first_name":["is invalid"]}`},
		{"a fraction for an integer", `{"contact":{"email":"a@b.co","fields":{"age":1.5}}}`, `{"age":["is invalid"]}`},
		{"a text for an integer", `{"contact":{"email":"a@b.co","fields":{"age":"15"}}}`, `{"age":["is invalid"]}`},
		{"a text for a float", `{"contact":{"email":"a@b.co","fields":{"score":"1"}}}`, `{"score":["is invalid"]}`},
		{"a word for a boolean", `{"contact":{"email":"a@b.co","fields":{"vip":"yes"}}}`, `{"vip":["is invalid"]}`},
		{"a day that does not exist", `{"contact":{"email":"a@b.co","fields":{"born":"2026-02-30"}}}`, `{"born":["is invalid"]}`},
		{"a date with slashes", `{"contact":{"email":"a@b.co","fields":{"born":"02/03/2026"}}}`, `{"born":["is invalid"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := typedFields(Config{})
			expect(t, e, "POST", "/api/contacts", tt.body, 422, `{"errors":`+tt.want+`}`)
			if e.Len() != 0 {
				t.Error("it was created all the same")
			}
		})
	}
}

// typedFields returns an emulator with one field of every type.
func typedFields(c Config) *Emulator {
	e := New(c)
	e.AddField("Age", "integer", "age")
	e.AddField("Score", "float", "score")
	e.AddField("VIP", "boolean", "vip")
	e.AddField("Born", "date", "born")
	return e
}

func TestKeepsValuesOfEveryType(t *testing.T) {
	e := typedFields(Config{})
	got := expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"A.B@Example.com",
		"fields":{"first_name":"A \"<B>\"","age":-42,"score":1.5e3,"vip":false,"born":"2024-02-29"}}}`, 201, "")
	want := `"fields":{"first_name":"A \"\u003cB\u003e\"","last_name":null,"age":-42,"score":1.5e3,"vip":false,"born":"2024-02-29"}}}`
	if !strings.HasSuffix(got.body, want) || !strings.Contains(got.body, `"email":"a.b@example.com"`) {
		t.Errorf("got %s", got.body)
	}
	c, _ := e.Contact("a.b@example.com")
	if c.Fields["age"] != int64(-42) || c.Fields["score"] != 1500.0 || c.Fields["vip"] != false || c.Fields["first_name"] != `A "<B>"` {
		t.Errorf("got %v", c.Fields)
	}
	expect(t, e, "PATCH", "/api/contacts/a.b%40example.com", `{"contact":{"fields":{"age":null}}}`, 200, "")
	if c, _ := e.Contact("a.b@example.com"); len(c.Fields) != 4 {
		t.Errorf("null did not clear the field: %v", c.Fields)
	}
}

func TestUpdatesMoveUnsubscribeAndCreate(t *testing.T) {
	e := New(Config{})
	id := e.AddContact(Contact{Email: "a@example.com"})
	e.AddContact(Contact{Email: "b@example.com"})
	e.AddSuppression("Gone@example.com", "hard bounce", "bulk", "")

	expect(t, e, "PATCH", "/api/contacts/"+id, `{"contact":{"email":"b@example.com"}}`, 422, `{"errors":{"email":[["has already been taken"]]}}`)
	expect(t, e, "PATCH", "/api/contacts/"+id, `{"contact":{"email":"New@Example.com","unsubscribed":true}}`, 200, "")
	if c, ok := e.Contact("new@example.com"); !ok || c.ID != id || c.Status != "unsubscribed" {
		t.Errorf("got %+v, %v", c, ok)
	}
	expect(t, e, "GET", "/api/contacts/a%40example.com", "", 404, `{"error":"Not Found"}`)
	expect(t, e, "PATCH", "/api/contacts/"+id, `{"contact":{"unsubscribed":false}}`, 200, "")
	if c, _ := e.Contact("new@example.com"); c.Status != "subscribed" {
		t.Errorf("got %+v", c)
	}

	got := expect(t, e, "PATCH", "/api/contacts/gone%40example.com", `{"contact":{"email":"gone@example.com"}}`, 200, "")
	if !strings.HasSuffix(got.body, `"action":"created"}`) || !strings.Contains(got.body, `"status":"unsubscribed"`) {
		t.Errorf("got %s", got.body)
	}
	expect(t, e, "PATCH", "/api/contacts/018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", `{"contact":{"email":"x@example.com"}}`, 404, `{"error":"Not Found"}`)
}

// Guarantee 3.5.
func TestPatchByTheUUIDOfADeletedContact(t *testing.T) {
	deleted := func(c Config) (*Emulator, string) {
		e := New(c)
		id := e.AddContact(Contact{Email: "ann@example.com", Status: "unsubscribed"})
		expect(t, e, "DELETE", "/api/contacts/"+id, "", 204, "")
		return e, "/api/contacts/" + id
	}
	e, target := deleted(Config{})
	expect(t, e, "PATCH", target, `{"contact":{"email":"ann@example.com"}}`, 404, `{"error":"Not Found"}`)
	if e.Len() != 0 {
		t.Error("404, and the contact was created")
	}

	e, target = deleted(Config{UpsertByID: true})
	expect(t, e, "PATCH", target, `{"contact":{"fields":{"first_name":"Ann"}}}`, 422, `{"errors":{"email":[["can't be blank"]]}}`)
	got := expect(t, e, "PATCH", target, `{"contact":{"email":"Ann@example.com","fields":{"first_name":"Ann"}}}`, 200, "")
	ann, _ := e.Contact("ann@example.com")
	if !strings.HasSuffix(got.body, `"action":"created"}`) || ann.Status != "subscribed" || strings.HasSuffix(target, ann.ID) {
		t.Errorf("got %s, stored %+v", got.body, ann)
	}
	expect(t, e, "PATCH", target, `{"contact":{"email":"ann@example.com"}}`, 422, `{"errors":{"email":[["has already been taken"]]}}`)
}

func TestRefusesContactsBeyondThePlan(t *testing.T) {
	e := New(Config{ContactLimit: 1})
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"a@example.com"}}`, 201, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"b@example.com"}}`, 422, `{"errors":{"base":["contacts limit reached"]}}`)
	expect(t, e, "PATCH", "/api/contacts/b%40example.com", `{"contact":{}}`, 422, `{"errors":{"base":[["contacts limit reached"]]}}`)
}

func TestAPatchThatWouldCreateIsCheckedLikeAnyOther(t *testing.T) {
	e := New(Config{})
	e.AddContact(Contact{Email: "taken@example.com"})
	tests := []struct {
		name, ident, contact string
		status               int
		want                 string
	}{
		{"neither an id nor an e-mail", "lists5", `{}`, 404, `{"error":"Not Found"}`},
		{"a flag that is no boolean", "x@example.com", `{"unsubscribed":"no"}`, 422, `{"errors":{"unsubscribed":[["is invalid"]]}}`},
		{"another address that is taken", "x@example.com", `{"email":"taken@example.com"}`, 422, `{"errors":{"email":[["has already been taken"]]}}`},
		{"a short top level domain", "x@example.com", `{"email":"a@b.c"}`, 422, `{"errors":{"email":[["top level domain is too short"]]}}`},
		{"another address that is free", "x@example.com", `{"email":"Y@example.com"}`, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, e, "PATCH", "/api/contacts/"+tt.ident, `{"contact":`+tt.contact+`}`, tt.status, tt.want)
		})
	}
	if _, ok := e.Contact("y@example.com"); !ok || e.Len() != 2 {
		t.Error("the contact has not the address of the body")
	}
}

func TestSuppressedAddressesCannotBeResubscribed(t *testing.T) {
	e := New(Config{})
	e.AddSuppression("a@example.com", "unsubscription", "bulk", "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"a@example.com"}}`, 201, "")
	expect(t, e, "PATCH", "/api/contacts/a%40example.com", `{"contact":{"unsubscribed":false}}`, 200, "")
	if c, _ := e.Contact("a@example.com"); c.Status != "unsubscribed" {
		t.Errorf("got %+v", c)
	}
}

func TestTheTableSurvivesDeletions(t *testing.T) {
	e := New(Config{Unlimited: true})
	e.AddContacts(3000, func(i int) Contact { return Contact{Email: fmt.Sprintf("c%d@example.com", i)} })
	for i := range 2900 {
		expect(t, e, "DELETE", fmt.Sprintf("/api/contacts/c%d@example.com", i), "", http.StatusNoContent, "")
	}
	if e.Len() != 100 || len(e.accounts[0].contacts.rows) > 1500 {
		t.Errorf("%d contacts in %d rows", e.Len(), len(e.accounts[0].contacts.rows))
	}
	for i := 2900; i < 3000; i++ {
		expect(t, e, "GET", fmt.Sprintf("/api/contacts/c%d@example.com", i), "", 200, "")
	}
}
