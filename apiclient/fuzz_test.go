package apiclient

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
)

func FuzzReadProblems(f *testing.F) {
	for _, s := range shapes {
		f.Add([]byte(s.body), "application/json")
	}
	f.Add([]byte("<html><title>\xffİ</title>"), "text/html; charset=UTF-8")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		problems, rows := readProblems(body, contentType)
		failed := &Error{Kind: Refused, Method: "POST", Route: "/x", Status: 422, Problems: problems, Rows: rows}
		if shown := fault.From(failed).Error(); !utf8.ValidString(shown) || len(shown) > 8000 || strings.ContainsAny(shown, "\x00\n\r\u202e") {
			t.Errorf("shown as %q", shown)
		}
		var document struct {
			Errors any `json:"errors"`
		}
		if !json.Valid(body) || json.Unmarshal(body, &document) != nil {
			return
		}
		for _, message := range messages(document.Errors) {
			if strings.TrimSpace(message) != "" && !keeps(failed, message) {
				t.Errorf("%q is lost: %+v %+v", message, problems, rows)
			}
		}
	})
}

func FuzzDecodeInto(f *testing.F) {
	raw, err := os.ReadFile("testdata/pairs.json")
	if err != nil {
		f.Fatal(err)
	}
	var pairs []pair
	if err := json.Unmarshal(raw, &pairs); err != nil {
		f.Fatal(err)
	}
	for _, p := range pairs {
		f.Add([]byte(p.Response))
	}
	f.Add([]byte(`{"id":7,"status":"finished","created_contacts_count":"-5","updated_contacts_count":1e15,"contacts_over_limit_count":{}}`))
	f.Add([]byte(`[{"id":1,"id":2,"name":"\\u0041\u0041\u0022"}]`))
	f.Add([]byte(`{"data":{"id":"x","email":"y","created_at":"","updated_at":null,"fields":{"a":1e999}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var contact wrapped[Contact]
		if decodeInto(body, &contact) == nil && (contact.Data.ID == "" || contact.Data.Email == "") {
			t.Errorf("%s is no contact", body)
		}
		var lists every[List]
		if decodeInto(body, &lists) == nil {
			for _, list := range lists {
				if list.ID < 1 {
					t.Errorf("%s are no lists", body)
				}
			}
		}
		var export Export
		if decodeInto(body, &export) == nil && (export.ID < 1 || export.Status == "") {
			t.Errorf("%s is no export", body)
		}
		var imported Import
		if decodeInto(body, &imported) == nil && (imported.ID < 1 || imported.Created < UnknownCount || imported.Updated < UnknownCount || imported.OverLimit < UnknownCount) {
			t.Errorf("%s is no import", body)
		}
		if plain := inPlainASCII(body); json.Valid(body) != json.Valid(plain) {
			t.Errorf("%s becomes %s", body, plain)
		}
		for _, out := range []any{new(every[Field]), new(every[Account]), new(every[Suppression]), new(Import), new(wrapped[Suppression])} {
			if decodeInto(body, out) == nil && !json.Valid(body) {
				t.Errorf("%q is no JSON", body)
			}
		}
	})
}

func FuzzParseContact(f *testing.F) {
	for _, email := range oddAddresses {
		f.Add(email)
	}
	for _, s := range []string{aUUID, "lists/5", "..", "x/../../accounts", "", "a@b.co\x00", "İ@İ.co", `"a"@b.co`, "=?utf-8?q?a?=@b.co", "a@b.co (c)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkAddress(t, s) })
}
