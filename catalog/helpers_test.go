package catalog

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newCatalog returns an emulator with the named lists, and a catalog of it.
func newCatalog(t testing.TB, config emulator.Config, lists ...string) (*emulator.Emulator, *Catalog) {
	t.Helper()
	e := emulator.New(config)
	for _, name := range lists {
		e.AddList(name)
	}
	api := clientOf(t, e)
	return e, New(api, journalled(t, api))
}

func clientOf(t testing.TB, e *emulator.Emulator) *apiclient.Client {
	t.Helper()
	api, err := apiclient.New(apiclient.Config{Recorded: true, Token: emulator.Token, Account: "1111111", Transport: e.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

// inBubble runs a test under fake time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// wantFault checks the code, and that the text has all the parts.
func wantFault(t testing.TB, err error, code fault.Code, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("succeeded, want %s", code)
	}
	f := fault.From(err)
	if f.Code != code {
		t.Fatalf("got %s, want %s", f, code)
	}
	for _, part := range parts {
		if !strings.Contains(f.Error(), part) {
			t.Errorf("%s\nlacks %s", f, part)
		}
	}
	if len(f.Error()) > 4500 {
		t.Errorf("%d bytes: %.200s…", len(f.Error()), f)
	}
}

func ids(lists []apiclient.List) []int64 {
	var all []int64
	for _, list := range lists {
		all = append(all, list.ID)
	}
	return all
}

// count is how many requests were made with the method and a path that ends so.
func count(e *emulator.Emulator, method, suffix string) int {
	n := 0
	for _, r := range e.Requests() {
		if r.Method == method && strings.HasSuffix(r.Path, suffix) {
			n++
		}
	}
	return n
}

var background = context.Background()

// journalled is a journal of what is written through the client, in memory.
func journalled(t testing.TB, api *apiclient.Client) *journal.Journal {
	t.Helper()
	kept := store.InMemory()
	t.Cleanup(func() { _ = kept.Close() })
	return journal.New(journal.Options{Store: kept, Account: api})
}
