package emulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAcceptsEitherAuthHeader(t *testing.T) {
	tests := []struct {
		name   string
		header []string
		want   int
	}{
		{"a bearer token", []string{"Authorization", "Bearer " + Token}, 200},
		{"a bearer token in small letters", []string{"Authorization", "bearer " + Token}, 200},
		{"an Api-Token", []string{"Authorization", "", "Api-Token", Token}, 200},
		{"both, where Authorization counts", []string{"Authorization", "Bearer wrong", "Api-Token", Token}, 401},
		{"a wrong token", []string{"Authorization", "Bearer wrong"}, 401},
		{"no token", []string{"Authorization", ""}, 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := send(New(Config{}), "GET", "/api/contacts/lists", "", tt.header...); got.status != tt.want {
				t.Errorf("got %d, want %d", got.status, tt.want)
			}
		})
	}
}

func TestPathsThatAreNoEndpointsAnswerAPage(t *testing.T) {
	for _, request := range []string{
		"GET /", "GET /api", "GET /api/", "GET /api/contacts", "GET /api/contacts/", "PUT /api/contacts/lists/1", "GET /api/accounts/1111111",
		"GET /api/accounts/1111111/accounts", "POST /api/accounts", "GET /api/contacts/lists/1/2", "GET /api/contacts/imports/1/x",
		"POST /data_exports/1/contacts_1.csv.gz", "GET /contacts/lists",
	} {
		t.Run(request, func(t *testing.T) {
			method, path, _ := strings.Cut(request, " ")
			got := send(New(Config{}), method, path, "")
			if got.status != 404 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || got.header.Get("X-Ratelimit-Limit") != "" {
				t.Errorf("got %d %v", got.status, got.header)
			}
		})
	}
}

func TestBodiesThatAreNoJSONHaveNoParameters(t *testing.T) {
	e := New(Config{})
	expect(t, e, "POST", "/api/contacts", `{"contact":`, 400, "")
	expect(t, e, "POST", "/api/contacts", `[1]`, 422, `{"errors":"Please, provide top level key: contact"}`)
	got := send(e, "POST", "/api/contacts", `{"contact":{"email":"a@example.com"}}`, "Content-Type", "text/plain")
	if got.status != 422 || e.Len() != 0 {
		t.Errorf("a body not declared as JSON was taken: %d %s", got.status, got.body)
	}
}

func TestRefusesAnEndlessBody(t *testing.T) {
	got := send(New(Config{}), "POST", "/api/contacts", strings.Repeat(" ", maxBody+1))
	if got.status != 413 {
		t.Errorf("got %d", got.status)
	}
}

func TestAccountsKeepTheirThingsApart(t *testing.T) {
	e := New(Config{Accounts: []Account{{ID: 1, Name: "One"}, {ID: 2, Name: "Two", AccessLevels: []int{10}}}})
	expect(t, e, "GET", "/api/accounts", "", 200, `[{"id":1,"name":"One","access_levels":[1000]},{"id":2,"name":"Two","access_levels":[10]}]`)
	expect(t, e, "POST", "/api/accounts/2/contacts/lists", `{"name":"Theirs"}`, 200, `{"id":1,"name":"Theirs"}`)
	expect(t, e, "GET", "/api/accounts/1/contacts/lists", "", 200, `[]`)
	expect(t, e, "GET", "/api/contacts/lists/1", "", 404, `{"error":"Not Found"}`)
	expect(t, e, "GET", "/api/accounts/3/contacts/lists", "", 403, `{"errors":"Account access forbidden"}`)
}

func TestReadOnlyTokensRead(t *testing.T) {
	e := New(Config{ReadOnlyToken: true})
	expect(t, e, "GET", "/api/contacts/fields", "", 200, "")
	for _, request := range []string{"POST /api/contacts", "PATCH /api/contacts/a@b.co", "DELETE /api/contacts/fields/1", "POST /api/contacts/exports"} {
		method, path, _ := strings.Cut(request, " ")
		expect(t, e, method, path, `{}`, 403, `{"errors":"Access forbidden"}`)
	}
}

func TestTheTokenMayDo150RequestsInTenSeconds(t *testing.T) {
	now := newClock()
	now.advance(9 * time.Second)
	e := New(Config{Now: now.Now, RetryAfter: true})
	for i := range 150 {
		got := expect(t, e, "GET", "/api/accounts", "", 200, "")
		if want := fmt.Sprint(149 - i); got.header.Get("X-Ratelimit-Remaining") != want {
			t.Fatalf("remaining is %s, want %s", got.header.Get("X-Ratelimit-Remaining"), want)
		}
	}
	// Guarantee 5.6.
	got := expect(t, e, "GET", "/api/accounts", "", 429, `{"error":"Throttled"}`)
	if got.header.Get("Retry-After") != "1" || got.header.Get("X-Ratelimit-Reset") != "2026-08-17T12:00:10.000000Z" || got.header.Get("X-Ratelimit-Limit") != "150" ||
		got.header.Get("Date") != "Mon, 17 Aug 2026 12:00:09 GMT" || got.header.Get("X-Ratelimit-Remaining") != "0" {
		t.Errorf("got %v", got.header)
	}
	if got := send(e, "GET", "/api/accounts", "", "Authorization", "Bearer other"); got.status != 401 {
		t.Errorf("another token shares the counter: %d", got.status)
	}
	now.advance(time.Second) // the window is aligned to the clock
	expect(t, e, "GET", "/api/accounts", "", 200, "")
}

func TestTheAccountMayDo200ContactRequestsInAMinute(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now})
	for i := range 200 {
		if i == 100 {
			now.advance(10 * time.Second)
		}
		expect(t, e, "GET", "/api/contacts/lists", "", 200, "")
	}
	got := expect(t, e, "GET", "/api/contacts/lists", "", 429, "")
	if got.header.Get("X-Ratelimit-Remaining") != "49" || got.header.Get("Retry-After") != "" {
		t.Errorf("the account's limit shows in the headers: %v", got.header)
	}
	expect(t, e, "GET", "/api/accounts", "", 200, "")
	for range 10 {
		expect(t, e, "GET", "/api/suppressions", "", 200, "[]")
	}
	expect(t, e, "GET", "/api/suppressions", "", 429, "")
	now.advance(50 * time.Second)
	expect(t, e, "GET", "/api/contacts/lists", "", 200, "")
	expect(t, e, "GET", "/api/suppressions", "", 200, "[]")
}

func TestUnlimitedNeverRefuses(t *testing.T) {
	e := New(Config{Unlimited: true})
	for range 500 {
		expect(t, e, "GET", "/api/contacts/lists", "", 200, "")
	}
}

func TestLogsRequests(t *testing.T) {
	now := newClock()
	e := New(Config{Now: now.Now})
	send(e, "GET", "/api/contacts/lists?search=a%20b", "", "Authorization", "")
	send(e, "POST", "/api/contacts/a%2Fb@example.com/events", `{"name":"x"}`)
	got := e.Requests()
	if len(got) != 2 || got[0].TokenSeen || got[0].Status != 401 || got[0].Path != "/api/contacts/lists?search=a%20b" ||
		!got[1].TokenSeen || got[1].Path != "/api/contacts/a%2Fb@example.com/events" || string(got[1].Body) != `{"name":"x"}` || !got[1].Time.Equal(now.now) {
		t.Errorf("got %+v", got)
	}
	e.ResetRequests()
	for i := range maxRequests + 5 {
		send(e, "GET", fmt.Sprintf("/api/x%d", i), "")
	}
	if got := e.Requests(); len(got) != maxRequests || got[0].Path != "/api/x5" || got[0].Status != 404 {
		t.Errorf("%d requests, the first %+v", len(got), got[0])
	}
}
