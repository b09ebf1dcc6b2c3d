package bulk

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) {
	checks := "15" // .ci/run asks for more
	if raceDetector {
		checks = "8"
	}
	if err := flag.Set("rapid.checks", checks); err != nil { // the command line may still ask for more
		panic(err)
	}
	// Tests with processes of their own mostly wait.
	if err := flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	if os.Getenv(childWork) == "" { // whose memory is measured
		debug.SetGCPercent(400) // what a test makes is small and soon gone
	}
	goleak.VerifyTestMain(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// setting is what a test may want different of its service.
type setting struct {
	account   *emulator.Emulator
	transport http.RoundTripper
	dirs      []string
	data      string       // where the store is; empty: in memory
	kept      *store.Store // nil: one of its own
	readOnly  bool
	number    string // the account's; empty: the only one
	log       *bytes.Buffer
}

// started is bulk work on an emulated account.
func started(t testing.TB, set setting) *Service {
	t.Helper()
	kept := set.kept
	switch {
	case kept != nil:
	case set.data != "":
		kept = store.At(set.data)
	default:
		kept = store.InMemory()
	}
	transport := set.transport
	if transport == nil {
		transport = set.account.Transport()
	}
	log := slog.New(slog.DiscardHandler)
	if set.log != nil {
		log = slog.New(slog.NewTextHandler(set.log, nil))
	}
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: "http://127.0.0.1", Token: emulator.Token, Account: set.number, Transport: transport, ReadOnly: set.readOnly, Recorded: true, Log: log})
	must(t, err)
	folders, err := files.OpenFolders(set.dirs, set.data)
	must(t, err)
	changes := journal.New(journal.Options{Store: kept, Account: api, Log: log})
	known := catalog.New(api, changes)
	people := audience.New(audience.Options{Dir: set.data, Memory: set.data == "", API: api, Catalog: known, Store: kept, Log: log})
	s := New(Options{API: api, Catalog: known, Contacts: contacts.New(api, known, changes), Audience: people, Journal: changes, Store: kept, Folders: folders, Log: log})
	if set.data == "" { // in a bubble, where hours pass, each look of the queue is work
		s.pace.poll = time.Second
	}
	t.Cleanup(func() {
		s.Close()
		must(t, people.Close())
		folders.Close()
		_ = kept.Close()
	})
	return s
}

// service is bulk work on an emulated account, with one allowed folder and its state in memory.
func service(t testing.TB, account *emulator.Emulator, dirs ...string) *Service {
	t.Helper()
	return started(t, setting{account: account, dirs: dirs})
}

// refs are the contacts of p00000@example.com and so on.
func refs(t testing.TB, n int) []apiclient.ContactRef {
	t.Helper()
	refs := make([]apiclient.ContactRef, n)
	for i := range refs {
		ref, err := apiclient.ParseContact(address(i))
		must(t, err)
		refs[i] = ref
	}
	return refs
}

func address(i int) string { return fmt.Sprintf("p%05d@example.com", i) }

// peopled is an account with n contacts.
func peopled(config emulator.Config, n int) *emulator.Emulator {
	account := emulator.New(config)
	for i := range n {
		account.AddContact(emulator.Contact{Email: address(i)})
	}
	return account
}

// applied carries a plan out and waits for its end.
func applied(t testing.TB, s *Service, planned Status, err error) Status {
	t.Helper()
	must(t, err)
	must(t, s.Apply(t.Context(), planned.ID, false))
	return ended(t, s, planned.ID)
}

func ended(t testing.TB, s *Service, id string) Status {
	t.Helper()
	status, err := s.Follow(t.Context(), id, 24*3600e9, nil)
	must(t, err)
	if !status.State.Ended() {
		t.Fatalf("the job is %+v", status)
	}
	return status
}

var noDeadline = context.Background()

// writesTo counts the requests that were not only looking.
func writesTo(account *emulator.Emulator) int {
	found := 0
	for _, request := range account.Requests() {
		if request.Method != http.MethodGet {
			found++
		}
	}
	return found
}
