package emulator

import (
	"compress/gzip"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestImportsCountWhatTheyDid(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, JobDelay: time.Minute, ContactLimit: 2})
	in, out := e.AddList("In"), e.AddList("Out")
	e.AddContact(Contact{Email: "old@example.com", Status: "unsubscribed", ListIDs: []int64{out}, Fields: map[string]any{"last_name": "Kept"}})

	expect(t, e, "POST", "/api/contacts/imports", fmt.Sprintf(`{"contacts":[
		{"email":"OLD@example.com","fields":{"first_name":"F"},"list_ids_included":[%d],"list_ids_excluded":[%d]},
		{"email":"new@example.com"},{"email":"new@example.com","fields":{"first_name":"Last"}},{"email":"over@example.com"}]}`, in, out),
		201, `{"id":5001,"status":"started","created_at":"2026-08-17T12:00:00.000Z","updated_at":"2026-08-17T12:00:00.000Z"}`)
	now.advance(59 * time.Second)
	if e.Len() != 1 {
		t.Error("rows were applied before the import finished")
	}
	now.advance(time.Second)
	expect(t, e, "GET", "/api/contacts/imports/5001", "", 200, `{"id":5001,"status":"finished","created_at":"2026-08-17T12:00:00.000Z",`+
		`"updated_at":"2026-08-17T12:01:00.000Z","created_contacts_count":1,"updated_contacts_count":2,"contacts_over_limit_count":1}`)

	old, _ := e.Contact("old@example.com")
	if old.Status != "unsubscribed" || old.Fields["last_name"] != "Kept" || old.Fields["first_name"] != "F" || fmt.Sprint(old.ListIDs) != fmt.Sprint([]int64{in}) {
		t.Errorf("got %+v", old)
	}
	if c, _ := e.Contact("new@example.com"); c.Fields["first_name"] != "Last" {
		t.Errorf("got %+v", c)
	}
}

func TestRefusesImportsWithBadRows(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"no contacts", `{}`, `[{"base":["contacts are required"]}]`},
		{"an empty array", `{"contacts":[]}`, `[{"base":["contacts are required"]}]`},
		{"contacts that are no array", `{"contacts":{"email":"a@b.co"}}`, `[{"base":["contacts are required"]}]`},
		{"a row that is no object", `{"contacts":["a@b.co"]}`, `[{"email":"","errors":{"email":["can't be blank"]}}]`},
		{"a list that does not exist", `{"contacts":[{"email":"a@b.co","list_ids_included":[99]}]}`,
			`[{"email":"a@b.co","errors":{"list_id_included":["contains invalid data"]}}]`},
		{"every bad row is named", `{"contacts":[{"email":"x"},{"email":"a@b.co"},{"email":"c@b.co","fields":{"age":"y"}}]}`,
			`[{"email":"x","errors":{"email":["is invalid"]}},{"email":"c@b.co","errors":{"age":["is invalid"]}}]`},
		{"the same list in and out", `{"contacts":[{"email":"a@b.co","list_ids_included":[1],"list_ids_excluded":[1]}]}`,
			`[{"email":"a@b.co","errors":{"base":["same list_ids 1 are specified both as included and excluded"]}}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := typedFields(Config{})
			e.AddList("One")
			expect(t, e, "POST", "/api/contacts/imports", tt.body, 422, `{"errors":`+tt.want+`}`)
			if e.Len() != 0 {
				t.Error("something was imported")
			}
		})
	}
}

func TestRefusesFiltersTheAPIDoesNotHave(t *testing.T) {
	for _, filters := range []string{
		`"invalid"`, `{}`, `[1]`, `[{}]`, `[{"name":"email","operator":"equal","value":"a@b.co"}]`,
		`[{"name":"list_id","operator":"in","value":[1]}]`, `[{"name":"list_id","operator":"equal","value":1}]`,
		`[{"name":"list_id","operator":"equal","value":["x"]}]`, `[{"name":"list_id","operator":"equal","value":[]}]`,
		`[{"name":"subscription_status","operator":"equal","value":"bounced"}]`, `[{"name":"subscription_status","operator":"equal"}]`,
	} {
		t.Run(filters, func(t *testing.T) {
			expect(t, New(Config{}), "POST", "/api/contacts/exports", `{"filters":`+filters+`}`, 422, `{"errors":{"filters":"invalid"}}`)
		})
	}
}

// exported runs an export and returns its CSV.
func exported(t *testing.T, e *Emulator, body string) string {
	t.Helper()
	created := expect(t, e, "POST", "/api/contacts/exports", body, 201, "")
	id := decode[struct{ ID int64 }](t, created).ID
	got := download(t, e, fmt.Sprintf("/api/contacts/exports/%d", id))
	packed, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	return readAll(t, packed)
}

// download follows the link of a finished export without a token.
func download(t *testing.T, e *Emulator, path string) reply {
	t.Helper()
	link := decode[struct{ URL string }](t, expect(t, e, "GET", path, "", 200, "")).URL
	got := send(e, "GET", link, "", "Authorization", "")
	if got.status != 200 || got.header.Get("Content-Type") != "application/gzip" {
		t.Fatalf("%s answers %d %s", link, got.status, got.body)
	}
	return got
}

// audience has contacts with everything an export can show.
func audience(t *testing.T, c Config) *Emulator {
	t.Helper()
	now := newClock()
	c.Now = now.Now
	e := New(c)
	news, old := e.AddList("News, weekly"), e.AddList("Old")
	e.AddField("VIP", "boolean", "vip")
	at := time.Date(2026, 4, 28, 12, 40, 45, 519e6, time.UTC)
	id := func(n int) string { return fmt.Sprintf("018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a13%d", n) }
	e.AddContact(Contact{ID: id(1), Email: "ann@example.com", ListIDs: []int64{news, old}, CreatedAt: at, Fields: map[string]any{"first_name": `Ann "A"`, "vip": true}})
	e.AddContact(Contact{ID: id(2), Email: "bob@example.com", Status: "unsubscribed", ListIDs: []int64{old}, CreatedAt: at})
	e.AddContact(Contact{ID: id(3), Email: "cyd@example.com", CreatedAt: at})
	return e
}

func TestExportsInEveryLayout(t *testing.T) {
	tests := []struct {
		name   string
		layout Layout
		want   string
	}{
		{"with names", LayoutNames, `Email,Status,First name,Last name,VIP,Lists,Created at,Updated at
ann@example.com,Subscribed,"Ann ""A""",,true,"News, weekly; Old",2026-04-28 12:40:45 UTC,2026-04-28 12:40:45 UTC
bob@example.com,Unsubscribed,,,,Old,2026-04-28 12:40:45 UTC,2026-04-28 12:40:45 UTC
cyd@example.com,Subscribed,,,,,2026-04-28 12:40:45 UTC,2026-04-28 12:40:45 UTC
`},
		{"with merge tags", LayoutTags, `id,email,status,first_name,last_name,vip,list_ids,created_at,updated_at
018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a131,ann@example.com,subscribed,"Ann ""A""",,true,"1,2",2026-04-28T12:40:45.519Z,2026-04-28T12:40:45.519Z
018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,bob@example.com,unsubscribed,,,,2,2026-04-28T12:40:45.519Z,2026-04-28T12:40:45.519Z
018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a133,cyd@example.com,subscribed,,,,,2026-04-28T12:40:45.519Z,2026-04-28T12:40:45.519Z
`},
		{"without lists", LayoutWithoutLists, `email,contact_id,first_name,last_name,vip,subscription_status,created_at,updated_at
ann@example.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a131,"Ann ""A""",,true,subscribed,1777380045519,1777380045519
bob@example.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,,,,unsubscribed,1777380045519,1777380045519
cyd@example.com,018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a133,,,,subscribed,1777380045519,1777380045519
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := exported(t, audience(t, Config{ExportLayout: tt.layout}), `{}`); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestExportsWhatTheFiltersSelect(t *testing.T) {
	tests := []struct{ name, filters, want string }{
		{"no filter", `[]`, "ann bob cyd"},
		{"a list", `[{"name":"list_id","operator":"equal","value":[1]}]`, "ann"},
		{"several lists", `[{"name":"list_id","operator":"equal","value":[1,2,99]}]`, "ann bob"},
		{"a list that does not exist", `[{"name":"list_id","operator":"equal","value":[99]}]`, ""},
		{"a status", `[{"name":"subscription_status","operator":"equal","value":"subscribed"}]`, "ann cyd"},
		{"a list and a status", `[{"name":"list_id","operator":"equal","value":[2]},{"name":"subscription_status","operator":"equal","value":"unsubscribed"}]`, "bob"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines := strings.Split(strings.TrimSpace(exported(t, audience(t, Config{}), `{"filters":`+tt.filters+`}`)), "\n")
			var got []string
			for _, line := range lines[1:] {
				name, _, _ := strings.Cut(line, "@")
				got = append(got, name)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestAnExportRunsAloneAndItsLinkExpires(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now, JobDelay: time.Second})
	e.AddContact(Contact{Email: "ann@example.com"})
	expect(t, e, "POST", "/api/contacts/exports", `{}`, 201, "")
	expect(t, e, "POST", "/api/contacts/exports", `{}`, 422, "")
	now.advance(500 * time.Millisecond)
	expect(t, e, "GET", "/api/contacts/exports/7001", "", 200,
		`{"id":7001,"created_at":"2026-08-17T12:00:00.000Z","updated_at":"2026-08-17T12:00:00.500Z","status":"started","url":null}`)
	now.advance(500 * time.Millisecond)
	before := download(t, e, "/api/contacts/exports/7001")
	expect(t, e, "DELETE", ann, "", 204, "")
	if after := download(t, e, "/api/contacts/exports/7001"); after.body != before.body {
		t.Error("the file changed with the contacts")
	}

	link := decode[struct{ URL string }](t, send(e, "GET", "/api/contacts/exports/7001", "")).URL
	if got := send(e, "GET", link, ""); got.status != 400 {
		t.Errorf("the API token was taken: %d", got.status)
	}
	if got := send(e, "GET", link, "", "Authorization", "", "Api-Token", "x"); got.status != 400 {
		t.Errorf("the API token was taken: %d", got.status)
	}
	bare, _, _ := strings.Cut(link, "?")
	if got := send(e, "GET", bare, "", "Authorization", ""); got.status != 403 {
		t.Errorf("without its query the link answers %d", got.status)
	}
	if got := send(e, "GET", strings.Replace(link, "7001", "7002", 1), "", "Authorization", ""); got.status != 404 {
		t.Errorf("a link of no export answers %d", got.status)
	}
	now.advance(linkLifetime)
	if got := send(e, "GET", link, "", "Authorization", ""); got.status != 403 {
		t.Errorf("after a day the link answers %d", got.status)
	}
}

func TestExportLinksPointAtTheHostThatWasAsked(t *testing.T) {
	for base, want := range map[string]string{"": "emulator.test:8080", "https://files.test": "files.test"} {
		e := New(Config{DownloadBase: base})
		send(e, "POST", "/api/contacts/exports", `{}`)
		r := httptest.NewRequest("GET", "http://emulator.test:8080/api/contacts/exports/7001", nil)
		r.Header.Set("Api-Token", Token)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		link := decode[struct{ URL string }](t, reply{body: w.Body.String()}).URL
		if u, err := url.Parse(link); err != nil || u.Host != want {
			t.Errorf("got %s, want host %s", link, want)
		}
	}
}
