package journal_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a journal, and an account that is written to.
type world struct {
	*journal.Journal
	*emulator.Emulator
	t     testing.TB
	api   *apiclient.Client
	store *store.Store
	log   *bytes.Buffer
}

const theAccount = "here/accounts/1"

// account is the name of one.
type account string

// AccountKey implements journal.Account.
func (a account) AccountKey(context.Context) (string, error) { return string(a), nil }

// unknown is an account that cannot be found out.
type unknown struct{ why error }

// AccountKey implements journal.Account.
func (u unknown) AccountKey(context.Context) (string, error) { return "", u.why }

// open makes a world with its store in memory, unless the options name another.
func open(t testing.TB, change ...func(*journal.Options)) *world {
	t.Helper()
	w := &world{Emulator: emulator.New(emulator.Config{Unlimited: true}), t: t, log: &bytes.Buffer{}}
	options := journal.Options{
		Account: account(theAccount), Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, set := range change {
		set(&options)
	}
	if options.Store == nil {
		options.Store = store.InMemory()
		t.Cleanup(func() { _ = options.Store.Close() })
	}
	var err error
	w.api, err = apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: emulator.Token, Account: "1111111", Transport: w.Transport()})
	must(t, err)
	w.store, w.Journal = options.Store, journal.New(options)
	return w
}

// on puts the journal into a folder, as another process on it would.
func on(t testing.TB, dir string) func(*journal.Options) {
	t.Helper()
	s := store.At(dir)
	t.Cleanup(func() { _ = s.Close() })
	return func(options *journal.Options) { options.Store = s }
}

// in says whose store to use, and another account.
func in(other *world, name string) func(*journal.Options) {
	return func(options *journal.Options) {
		options.Store = other.store
		options.Account = account(name)
	}
}

// sendsAList is a function that sends a request, for Do.
func (w *world) sendsAList(name string) func(context.Context, *journal.Write) error {
	return func(ctx context.Context, write *journal.Write) error {
		_, err := write.By(w.api).CreateList(ctx, name)
		return err
	}
}

func succeeds(context.Context, *journal.Write) error { return nil }

// wrote records a write that succeeds, and returns the change and the entry that it left.
func (w *world) wrote(ctx context.Context, write journal.Write) (change int64, entry journal.Entry) {
	w.t.Helper()
	if ctx == w.t.Context() { // no call yet
		ctx = journal.In(ctx, journal.Call{Tool: "a_tool"})
	}
	must(w.t, w.Do(ctx, write, succeeds))
	change = journal.ChangeID(ctx)
	found, err := w.Find(w.t.Context(), change)
	must(w.t, err)
	return change, found.Writes[len(found.Writes)-1]
}

// list is all that a filter finds.
func (w *world) list(filter journal.Filter) []journal.Change {
	w.t.Helper()
	if filter.Limit == 0 {
		filter.Limit = 1000
	}
	changes, more, err := w.List(w.t.Context(), filter)
	must(w.t, err)
	if more {
		w.t.Error("there are more than a thousand changes")
	}
	return changes
}

// only is the only write of the only change.
func (w *world) only() journal.Entry {
	w.t.Helper()
	changes := w.list(journal.Filter{})
	if len(changes) != 1 || len(changes[0].Writes) != 1 {
		w.t.Fatalf("not one write: %+v", changes)
	}
	return changes[0].Writes[0]
}

// finds checks the ids that a filter finds.
func (w *world) finds(filter journal.Filter, want ...int64) {
	w.t.Helper()
	got := []int64{}
	for _, change := range w.list(filter) {
		got = append(got, change.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%+v finds %v, want %v", filter, got, want)
	}
}

// run executes a statement in the store.
func (w *world) run(statement string, args ...any) {
	w.t.Helper()
	db, err := w.store.Durable(w.t.Context())
	must(w.t, err)
	_, err = db.ExecContext(w.t.Context(), statement, args...)
	must(w.t, err)
}

func (w *world) logged(t testing.TB, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(w.log.String(), part) {
			t.Errorf("the log does not say %q: %s", part, w.log)
		}
	}
}
