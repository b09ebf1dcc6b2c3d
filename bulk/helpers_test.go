package bulk

import (
	"context"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
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
	s := New(api, catalog.New(api), folders, slog.New(slog.DiscardHandler))
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
