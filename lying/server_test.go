// Package lying holds the tests in which Mailtrap lies: a server written for them, which shares no code with the emulator, answers
// the real program with what no API should, and the program may do no harm, say nothing wrong, and stay small.
package lying

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// token is what the program has to keep to itself.
const token = "5ecr3tT0k3nQzXvWyKjPb7731"

// people is how many contacts the account has.
const people = 30

func person(i int) string { return fmt.Sprintf("p%02d@example.com", i) }

// lie answers a request in place of the honest answer. It may call honest.
type lie func(w http.ResponseWriter, r *http.Request, honest http.HandlerFunc)

// liar is an account of Mailtrap's that answers honestly but for its lies.
type liar struct {
	*httptest.Server
	lies map[string]lie // by method and beginning of the path below /api/accounts/1, or /api; the longest counts

	mu       sync.Mutex
	seen     []string // method and path of each request
	contacts map[string]string
	imported int // contacts of the last import
	exports  int
}

func newLiar(t *testing.T, lies map[string]lie) *liar {
	t.Helper()
	l := &liar{lies: lies, contacts: map[string]string{}}
	for i := range people {
		l.contacts[person(i)] = fmt.Sprintf("018dd5e3-f6d2-7c00-8f9b-%012d", i+1)
	}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.CloseClientConnections)
	return l
}

// ServeHTTP implements http.Handler.
func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api"), "/accounts/1")
	l.mu.Lock()
	l.seen = append(l.seen, r.Method+" "+path)
	l.mu.Unlock()
	honest := func(w http.ResponseWriter, r *http.Request) { l.honest(w, r, path) }
	var told lie
	longest := -1
	for what, one := range l.lies {
		if strings.HasPrefix(r.Method+" "+path, what) && len(what) > longest {
			told, longest = one, len(what)
		}
	}
	if told == nil {
		honest(w, r)
		return
	}
	told(w, r, honest)
}

// sent counts the requests that begin with what.
func (l *liar) sent(what string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.seen {
		if strings.HasPrefix(one, what) {
			n++
		}
	}
	return n
}

// honest is what an API without fault would answer.
func (l *liar) honest(w http.ResponseWriter, r *http.Request, path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := func(status int, format string, args ...any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, format, args...)
	}
	body, _ := io.ReadAll(r.Body)
	switch what := r.Method + " " + path; {
	case what == "GET /accounts":
		answer(200, `[{"id":1,"name":"Liar","access_levels":[100]}]`)
	case what == "GET /contacts/lists":
		answer(200, `[{"id":1,"name":"Newsletter"},{"id":2,"name":"VIP"}]`)
	case what == "GET /contacts/fields":
		answer(200, `[{"id":1,"name":"First name","data_type":"text","merge_tag":"first_name"}]`)
	case what == "POST /contacts/imports":
		var sent struct{ Contacts []json.RawMessage }
		_ = json.Unmarshal(body, &sent)
		l.imported = len(sent.Contacts)
		answer(201, `{"id":7,"status":"created"}`)
	case what == "GET /contacts/imports/7":
		answer(200, `{"id":7,"status":"finished","created_contacts_count":0,"updated_contacts_count":%d,"contacts_over_limit_count":0}`, l.imported)
	case what == "POST /contacts/exports":
		l.exports++
		answer(201, `{"id":%d,"status":"created","url":null}`, l.exports)
	case strings.HasPrefix(what, "GET /contacts/exports/"):
		answer(200, `{"id":%s,"status":"finished","url":%q}`, strings.TrimPrefix(what, "GET /contacts/exports/"), l.URL+"/file.csv")
	case what == "GET /file.csv":
		_, _ = io.WriteString(w, "email,status,first_name,lists\n")
		for i := range people {
			_, _ = fmt.Fprintf(w, "%s,subscribed,P,Newsletter\n", person(i))
		}
	case what == "POST /contacts":
		var sent struct{ Contact struct{ Email string } }
		_ = json.Unmarshal(body, &sent)
		answer(201, `{"data":%s}`, contact("018dd5e3-f6d2-7c00-8f9b-000000000999", sent.Contact.Email))
	case strings.HasSuffix(path, "/events"):
		answer(201, `{"name":"x"}`)
	case strings.HasPrefix(path, "/contacts/") && strings.Count(path, "/") == 2:
		l.onContact(answer, r.Method, strings.TrimPrefix(path, "/contacts/"))
	case strings.HasPrefix(path, "/suppressions"):
		answer(200, "[]")
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		answer(404, `{"error":"Not Found"}`)
	}
}

func (l *liar) onContact(answer func(int, string, ...any), method, who string) {
	for email, id := range l.contacts {
		if who != email && who != id {
			continue
		}
		switch method {
		case http.MethodGet:
			answer(200, `{"data":%s}`, contact(id, email))
		case http.MethodPatch:
			answer(200, `{"data":%s,"action":"updated"}`, contact(id, email))
		default:
			answer(204, "")
		}
		return
	}
	answer(404, `{"error":"Not Found"}`)
}

func contact(id, email string) string {
	return fmt.Sprintf(`{"id":%q,"email":%q,"status":"subscribed","list_ids":[1],"fields":{"first_name":"P"},"created_at":1742903266889,"updated_at":1742903266889}`, id, email)
}

// says is a lie that is always the same.
func says(status int, body string) lie {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// page is HTML where JSON or a file is expected.
var page = says(200, "<!DOCTYPE html><html><head><title>Sign in</title></head><body>email,status</body></html>")

// breaksOff does what it is asked for and closes the connection instead of answering, the first few times.
func breaksOff(times int) lie {
	return first(times, func(_ http.ResponseWriter, r *http.Request, honest http.HandlerFunc) {
		honest(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

// fails does what it is asked for and answers 500, the first few times.
func fails(times int) lie {
	return first(times, func(w http.ResponseWriter, r *http.Request, honest http.HandlerFunc) {
		honest(httptest.NewRecorder(), r)
		says(500, `{"errors":"Unexpected error"}`)(w, r, nil)
	})
}

// first tells a lie the first few times.
func first(times int, told lie) lie {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, honest http.HandlerFunc) {
		mu.Lock()
		times--
		over := times < 0
		mu.Unlock()
		if over {
			honest(w, r)
			return
		}
		told(w, r, honest)
	}
}
