package bulk

import (
	"context"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noDeadline = context.Background()

// service is bulk work on an emulated account, with one allowed folder.
func service(t *testing.T, account *emulator.Emulator, dirs ...string) *Service {
	t.Helper()
	api, err := apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: account.Transport()})
	must(t, err)
	folders, err := OpenFolders(dirs, "")
	must(t, err)
	changes := journalled(t, api)
	s := New(api, catalog.New(api, changes), changes, folders, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		s.Close()
		folders.Close()
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// journalled is a journal of what is written through the client, in memory.
func journalled(t testing.TB, api *apiclient.Client) *journal.Journal {
	t.Helper()
	kept := store.InMemory()
	t.Cleanup(func() { _ = kept.Close() })
	return journal.New(journal.Options{Store: kept, Account: api.AccountKey})
}
