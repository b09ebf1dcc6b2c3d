package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// FuzzAnswers sends anything anywhere: no request may end in a panic, an internal error or half an answer.
func FuzzAnswers(f *testing.F) {
	for _, seed := range [][3]string{
		{"POST", "/api/contacts", `{"contact":{"email":"a@b.co","fields":{"age":1,"born":"2026-01-01"},"list_ids":[1]}}`},
		{"PATCH", "/api/contacts/ann%40example.com", `{"contact":{"list_ids_included":[1],"list_ids_excluded":[1],"unsubscribed":true}}`},
		{"PATCH", "/api/contacts/fields/1001", `{"name":null,"merge_tag":"{{x}}"}`},
		{"POST", "/api/contacts/a%2fb@c.co/events", `{"name":"x","params":{"a":[null]}}`},
		{"POST", "/api/contacts/imports", `{"contacts":[{"email":"a@b.co"},null,5]}`},
		{"POST", "/api/contacts/exports", `{"filters":[{"name":"list_id","operator":"equal","value":[1]}]}`},
		{"GET", "/api/suppressions?last_id=x&start_time=y", ``},
		{"GET", "/api/email_campaigns?token=9223372036854775807&per_page=100", ``},
		{"GET", "/api/email_campaigns?token=-9223372036854775809&per_page=-1&search=one", ``},
		{"GET", "/api/email_campaigns?token=2&per_page=1", ``},
		{"GET", "/api/email_campaigns/9223372036854775808/stats", ``},
		{"GET", "/data_exports/1/contacts_7001.csv.gz?X-Amz-Signature=", ``},
		{"DELETE", "/api/accounts/9223372036854775808/contacts/..", ``},
	} {
		f.Add(seed[0], seed[1], []byte(seed[2]))
	}
	f.Fuzz(func(t *testing.T, method, target string, body []byte) {
		u, err := url.Parse(target)
		if err != nil {
			t.Skip()
		}
		e := typedFields(Config{Unlimited: true, Now: newClock().Now, ApplyDelay: time.Second})
		e.AddList("One")
		e.AddContact(Contact{Email: "ann@example.com"})
		e.AddCampaign(Campaign{Name: "One"})
		r := (&http.Request{Method: method, URL: u, Header: http.Header{}, Host: "emulator.test"}).WithContext(t.Context())
		r.Header.Set("Api-Token", Token)
		r.Header.Set("Content-Type", "application/json")
		for range 2 { // the second time meets what the first one left
			r.Body = http.NoBody
			if len(body) > 0 {
				r.Body = readCloser{bytes.NewReader(body)}
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			checkAnswer(t, w)
		}
	})
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func checkAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	isJSON := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json")
	switch {
	case w.Code >= 500:
		t.Errorf("answered %d %s", w.Code, w.Body)
	case isJSON && !json.Valid(w.Body.Bytes()):
		t.Errorf("answered what is no JSON: %s", w.Body)
	case w.Code == 204 && w.Body.Len() > 0:
		t.Errorf("answered 204 with %s", w.Body)
	}
}
