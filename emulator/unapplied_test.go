package emulator

import (
	"strings"
	"testing"
	"time"
)

const ann = "/api/contacts/ann%40example.com"

func TestACreatedContactAppearsWhenTheWindowIsOver(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: 5 * time.Second})
	created := expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"ann@example.com"}}`, 201, "")
	id := decode[contactIDAnswer](t, created).Data.ID

	expect(t, e, "GET", ann, "", 404, "")
	expect(t, e, "GET", "/api/contacts/"+id, "", 404, "")
	expect(t, e, "POST", ann+"/events", `{"name":"x"}`, 404, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"ANN@example.com"}}`, 409, `{"errors":"Contact exists"}`)
	expect(t, e, "PATCH", ann, `{"contact":{}}`, 409, `{"errors":"Contact exists or being updated"}`)
	expect(t, e, "PATCH", "/api/contacts/"+id, `{"contact":{}}`, 409, `{"errors":"Contact exists or being updated"}`)
	if e.Len() != 0 {
		t.Error("it is there already")
	}

	now.advance(5 * time.Second)
	expect(t, e, "GET", ann, "", 200, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"ann@example.com"}}`, 422, "")
	expect(t, e, "PATCH", ann, `{"contact":{}}`, 422, `{"errors":{"email":["has already been taken"]}}`)
	expect(t, e, "PATCH", "/api/contacts/"+id, `{"contact":{}}`, 200, "")

	now.advance(time.Minute)
	expect(t, e, "PATCH", ann, `{"contact":{}}`, 200, "")
}

type contactIDAnswer struct {
	Data struct {
		ID string `json:"id"`
	} `json:"data"`
}

func TestAnUpdateShowsWhenTheWindowIsOver(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: 5 * time.Second})
	e.AddContact(Contact{Email: "ann@example.com", Fields: map[string]any{"first_name": "Old"}})

	got := expect(t, e, "PATCH", ann, `{"contact":{"email":"eve@example.com","fields":{"first_name":"New"}}}`, 200, "")
	if !strings.Contains(got.body, "New") || !strings.Contains(got.body, "eve@") {
		t.Errorf("the answer shows the old state: %s", got.body)
	}
	if got := expect(t, e, "GET", ann, "", 200, ""); !strings.Contains(got.body, "Old") {
		t.Errorf("a read shows the new state: %s", got.body)
	}
	expect(t, e, "GET", "/api/contacts/eve%40example.com", "", 404, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"ann@example.com"}}`, 409, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"eve@example.com"}}`, 409, "")

	now.advance(5 * time.Second)
	expect(t, e, "GET", ann, "", 404, "")
	if c, _ := e.Contact("eve@example.com"); c.Fields["first_name"] != "New" {
		t.Errorf("got %+v", c)
	}
}

func TestAnUpdateInFlightMayBeDroppedInSilence(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: 5 * time.Second, DropInFlight: true})
	e.AddContact(Contact{Email: "ann@example.com"})
	expect(t, e, "PATCH", ann, `{"contact":{"fields":{"first_name":"First"}}}`, 200, "")
	got := expect(t, e, "PATCH", ann, `{"contact":{"fields":{"last_name":"Dropped"}}}`, 200, "")
	if !strings.Contains(got.body, "Dropped") {
		t.Errorf("the answer gives it away: %s", got.body)
	}
	now.advance(time.Minute)
	if c, _ := e.Contact("ann@example.com"); c.Fields["first_name"] != "First" || c.Fields["last_name"] != nil {
		t.Errorf("got %+v", c)
	}
}

func TestADeletedContactStaysDeletedWhenItsUpdateIsDue(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: 5 * time.Second})
	e.AddContact(Contact{Email: "ann@example.com"})
	expect(t, e, "PATCH", ann, `{"contact":{"email":"eve@example.com"}}`, 200, "")
	expect(t, e, "DELETE", ann, "", 204, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"eve@example.com"}}`, 201, "")
	now.advance(time.Minute)
	if e.Len() != 1 {
		t.Errorf("%d contacts", e.Len())
	}
}

func TestAnImportNeitherMissesNorDoublesAContactBeingCreated(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: time.Minute})
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"ann@example.com","fields":{"last_name":"L"}}}`, 201, "")
	got := expect(t, e, "POST", "/api/contacts/imports", `{"contacts":[{"email":"ann@example.com","fields":{"first_name":"F"}}]}`, 201, "")
	expect(t, e, "GET", "/api/contacts/imports/5001", "", 200, strings.TrimSuffix(strings.Replace(got.body, "started", "finished", 1), "}")+
		`,"created_contacts_count":0,"updated_contacts_count":1,"contacts_over_limit_count":0}`)
	now.advance(time.Hour)
	if c, _ := e.Contact("ann@example.com"); e.Len() != 1 || c.Fields["first_name"] != "F" || c.Fields["last_name"] != "L" {
		t.Errorf("%d contacts, %+v", e.Len(), c)
	}
}

func TestContactsBeingCreatedCountOnceAgainstThePlan(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, ApplyDelay: 5 * time.Second, ContactLimit: 2})
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"a@example.com"}}`, 201, "")
	now.advance(5 * time.Second)
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"b@example.com"}}`, 201, "")
	expect(t, e, "POST", "/api/contacts", `{"contact":{"email":"c@example.com"}}`, 422, `{"errors":{"base":["contacts limit reached"]}}`)
}
