package demo

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/store"
)

// What a prompt writes as a condition is one, in the account of the demo. Conditions are found by their form, and what looks like a
// part of one and was not found is an error as well.
func TestTheConditionsInPromptsAreConditions(t *testing.T) {
	synctest.Test(t, promptsHold)
}

func promptsHold(t *testing.T) {
	known, sn := theDemos(t)
	found := 0
	for _, prompt := range prompts.All(prompts.Sources{Catalog: known, Touched: func() []string { return nil }}) {
		given := map[string]string{}
		for _, argument := range prompt.Arguments {
			given[argument.Name] = map[string]string{"list": "Customers", "contact": "reader0001@example.com", "request": "erasure"}[argument.Name]
			if given[argument.Name] == "" {
				given[argument.Name] = "anything"
			}
		}
		written, err := prompt.Text(given)
		if err != nil {
			t.Fatalf("%s: %v", prompt.Name, err)
		}
		written = strings.ReplaceAll(written, "use field IS NULL", "use plan IS NULL") // "field" stands for any of them
		for _, condition := range conditions.FindAllString(written, -1) {
			found++
			if err := sn.Check(t.Context(), condition); err != nil {
				t.Errorf("%s writes %s: %v", prompt.Name, condition, err)
			}
		}
		if rest := conditions.ReplaceAllString(written, ""); partly.MatchString(rest) {
			t.Errorf("%s has a condition that this test does not find: %q", prompt.Name, partly.FindString(rest))
		}
	}
	if found < 4 {
		t.Errorf("only %d conditions were found", found)
	}
}

const (
	value = `(?:'(?:[^']|'')*'|date\([^)]*\)|\d+(?:\.\d+)?|true|false)`
	one   = `(?:(?:NOT )?in_list\('(?:[^']|'')*'\)|\w+ (?:=|<>|!=|<=|>=|<|>|LIKE) ` + value + `|\w+ IS (?:NOT )?NULL)`
)

var (
	conditions = regexp.MustCompile(one + `(?: (?:AND|OR) ` + one + `)*`)
	partly     = regexp.MustCompile(`.{0,30}(?:in_list|date\(|IS NULL|IS NOT NULL|LIKE| = | < | > |<=|>=|<>).{0,30}`)
)

// theDemos are the lists and fields of the demo's account, and a snapshot of it.
func theDemos(t *testing.T) (*catalog.Catalog, *audience.Snapshot) {
	t.Helper()
	account := newAccount()
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, Token: emulator.Token, BaseURL: "http://127.0.0.1", Transport: account.Transport()})
	must(t, err)
	t.Cleanup(api.Close)
	log, kept := slog.New(slog.DiscardHandler), store.InMemory()
	t.Cleanup(func() { must(t, kept.Close()) })
	changes := journal.New(journal.Options{Store: kept, Account: api, Log: log})
	known := catalog.New(api, changes)
	asked := audience.New(audience.Options{Memory: true, API: api, Catalog: known, Store: kept, Log: log})
	t.Cleanup(func() { must(t, asked.Close()) })
	sn, err := asked.Snapshot(context.Background(), audience.Want{})
	must(t, err)
	t.Cleanup(sn.Release)
	return known, sn
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
