package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAFileFillsTheAccount(t *testing.T) {
	written, err := os.ReadFile("testdata/account.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := yaml.Unmarshal(written, &plain); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	for form, file := range map[string][]byte{"YAML": written, "JSON": bytes.ReplaceAll(asJSON, []byte("T00:00:00Z"), nil)} {
		e := New(Config{})
		if err := e.Seed(bytes.NewReader(file)); err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		ann, _ := e.Contact("ann@example.com")
		eve, _ := e.Contact("eve@example.com")
		got := fmt.Sprint(ann.Fields, ann.ListIDs, ann.Status, ann.CreatedAt.Format("2006-01-02"), eve.Status, e.Len(), len(e.Fields()), e.Lists())
		const want = "map[customer_since:2025-03-01 first_name:Ann plan:pro seats:12 vip:true] [1 2]subscribed2025-03-01unsubscribed3 6 [{1 Newsletter} {2 Customers}]"
		if got != want {
			t.Errorf("%s: got  %s\nwant %s", form, got, want)
		}
		for path, says := range map[string]string{
			"/suppressions":    `"email":"bob@example.com"`,
			"/email_campaigns": `"merge_tags":["first_name"]`,
			"/contacts/lists":  `"Customers"`,
		} {
			if answer := expect(t, e, "GET", "/api"+path, "", 200, ""); !strings.Contains(answer.body, says) {
				t.Errorf("%s: %s says %s", form, path, answer.body)
			}
		}
		for _, field := range e.Fields() {
			if field.MergeTag == "vip" {
				expect(t, e, "DELETE", fmt.Sprintf("/api/contacts/fields/%d", field.ID), "", 422, "")
			}
		}
	}
}

func TestAFileThatCannotBeSeededIsRefusedWithItsPlace(t *testing.T) {
	for file, says := range map[string]string{
		"":                           "the file is empty",
		"lists: [":                   "line 1",
		"people: []":                 "line 1: field people not found",
		"lists: [A]\n---\nlists: []": "more than one document",
		"lists: [A, A]":              `lists, number 2 ("A"): the name has already been taken`,
		"lists: ['']":                `lists, number 1 (""): the name can't be blank`,
		"fields: [{name: A, data_type: number, merge_tag: a}]":                         "data_type is \"number\", and can be text, integer",
		"fields: [{name: A, data_type: text, merge_tag: first_name}]":                  "the merge_tag has already been taken",
		"fields: [{name: A, data_type: text, merge_tag: 'a b'}]":                       "the merge_tag is invalid",
		"contacts: [{email: a@example.com}, {email: A@example.com}]":                   `contacts, number 2 ("A@example.com")`,
		"contacts: [{email: ann}]":                                                     "the email is invalid",
		"contacts: [{email: a@example.com, lists: [None]}]":                            `there is no list "None"`,
		"contacts: [{email: a@example.com, status: gone}]":                             `status is "gone", and can be subscribed, unsubscribed`,
		"contacts: [{email: a@example.com, fields: {plan: pro}}]":                      `no field with the merge tag "plan"`,
		"contacts: [{email: a@example.com, fields: {first_name: [1]}}]":                "first_name",
		"suppressions: [{email: a@example.com, type: bounce, stream: bulk}]":           `type is "bounce"`,
		"suppressions: [{email: a@example.com, type: hard bounce, stream: marketing}]": `stream is "marketing"`,
		"domains: [{compliance: compliant}]":                                           "the name can't be blank",
		"campaigns: [{name: A, domain: example.com}]":                                  `there is no domain "example.com"`,
		"campaigns: [{subject: A}]":                                                    "no name",
		"contacts: [{email: a@example.com, created_at: yesterday}]":                    `"yesterday"`,
		"contacts: [{email: a@example.com, colour: red}]":                              "field colour not found",
	} {
		e := New(Config{})
		if err := e.Seed(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// YAML reads dates and times that stand without quotes as such.
func TestTimesInAFileAreNotCut(t *testing.T) {
	e := New(Config{})
	err := e.Seed(strings.NewReader("contacts: [{email: a@example.com, fields: {first_name: 2026-01-02, last_name: 2026-01-02T09:30:00Z}}]"))
	if got, _ := e.Contact("a@example.com"); err != nil || got.Fields["first_name"] != "2026-01-02" || got.Fields["last_name"] != "2026-01-02T09:30:00Z" {
		t.Errorf("%v: %v", err, got.Fields)
	}
}
