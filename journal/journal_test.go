package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

func TestAWriteEndsAsWhatIsKnownOfIt(t *testing.T) {
	refused := fault.New(fault.Forbidden, "No.", "", "")
	for name, c := range map[string]struct {
		faults  []emulator.Fault
		before  func(ctx context.Context) (context.Context, context.CancelFunc)
		send    func(w *world) func(context.Context, *journal.Write) error
		want    journal.State
		failure fault.Code
	}{
		"it succeeds": {want: journal.Done},
		"the API refuses it": {
			faults: []emulator.Fault{{Status: 422, Body: `{"errors":{"name":["is odd"]}}`}},
			want:   journal.Failed, failure: fault.InvalidInput,
		},
		"it was not sent at all": {
			send: func(*world) func(context.Context, *journal.Write) error {
				return func(context.Context, *journal.Write) error { return refused }
			},
			want: journal.NotSent, failure: fault.Forbidden,
		},
		"the answer to a create is lost": {
			faults: []emulator.Fault{{Method: "POST", Do: emulator.LoseAfter}},
			want:   journal.Unknown, failure: fault.OutcomeUnknown,
		},
		"an update goes on failing inside Mailtrap": {
			faults: []emulator.Fault{{Status: 500}}, send: renames,
			want: journal.Unknown, failure: fault.UpstreamError,
		},
		"an update is refused after its first answer was lost": {
			faults: []emulator.Fault{{Method: "PATCH", Do: emulator.LoseAfter, Times: 1}, {Method: "PATCH", Status: 404, Body: `{"errors":"Not Found"}`}}, send: renames,
			want: journal.Unknown, failure: fault.NotFound,
		},
		"the rate limit outlasts the call": {
			faults: []emulator.Fault{{Status: 429, Header: http.Header{"Retry-After": {"600"}}}},
			want:   journal.Failed, failure: fault.RateLimited,
		},
		"the call was cancelled before": {
			before: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
			send: func(w *world) func(context.Context, *journal.Write) error {
				return func(ctx context.Context, write *journal.Write) error {
					<-ctx.Done() // a wait for the rate budget
					return w.sendsAList("a list")(ctx, write)
				}
			},
			want: journal.NotSent, failure: fault.Cancelled,
		},
		"the call is cancelled while it waits for the answer": {
			faults: []emulator.Fault{{Do: emulator.Hang}},
			before: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Second)
			},
			want: journal.Unknown, failure: fault.OutcomeUnknown,
		},
		"a defect ends it before it is sent": {
			send: func(*world) func(context.Context, *journal.Write) error {
				return func(context.Context, *journal.Write) error { panic("a defect") }
			},
			want: journal.NotSent, failure: fault.Internal,
		},
		"a defect ends it after it was sent": {
			send: func(w *world) func(context.Context, *journal.Write) error {
				return func(ctx context.Context, write *journal.Write) error {
					must(w.t, w.sendsAList("a list")(ctx, write))
					panic("a defect")
				}
			},
			want: journal.Unknown, failure: fault.Internal,
		},
		"its second request is refused": {
			send: func(w *world) func(context.Context, *journal.Write) error {
				return func(ctx context.Context, write *journal.Write) error {
					must(w.t, w.sendsAList("a list")(ctx, write))
					write.Accepted = true
					return w.sendsAList("a list")(ctx, write)
				}
			},
			want: journal.Unknown, failure: fault.InvalidInput,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := open(t)
				w.Inject(c.faults...)
				ctx := t.Context()
				if c.before != nil {
					var cancel context.CancelFunc
					ctx, cancel = c.before(ctx)
					defer cancel()
				}
				send := w.sendsAList("a list")
				if c.send != nil {
					send = c.send(w)
				}
				err := func() (err error) {
					defer func() {
						if cause := recover(); cause != nil {
							err = fault.New(fault.Internal, fmt.Sprint(cause), "", "")
						}
					}()
					return w.Do(ctx, journal.Write{Action: journal.Create, Kind: journal.List, Name: "a list"}, send)
				}()
				if (err == nil) != (c.want == journal.Done) {
					t.Errorf("the call's error is %v", err)
				}
				if got := w.only(); got.State != c.want || got.Failure != string(c.failure) {
					t.Errorf("it ends as %s with %q, want %s with %q (%v)", got.State, got.Failure, c.want, c.failure, err)
				}
			})
		})
	}
}

// renames sends an update.
func renames(w *world) func(context.Context, *journal.Write) error {
	return func(ctx context.Context, write *journal.Write) error {
		_, _, err := write.By(w.api).UpdateContact(ctx, apiclient.ContactID("0190a6f2-0000-7000-8000-000000000001"), apiclient.ContactChange{Email: "ann@example.com"})
		return err
	}
}

func TestTheIntentIsWrittenDownBeforeAndTheMarkWhenItLeaves(t *testing.T) {
	w := open(t)
	must(t, w.Do(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List, Name: "a list"}, func(ctx context.Context, write *journal.Write) error {
		if got := w.only(); got.State != journal.Intended || got.Name != "a list" || got.Touched() {
			t.Errorf("before it is sent, the journal says %+v", got)
		}
		if err := w.sendsAList("a list")(ctx, write); err != nil {
			return err
		}
		if got := w.only(); got.State != journal.Sending || !got.Touched() {
			t.Errorf("after it was sent, the journal says %+v", got)
		}
		write.Subject, write.Name, write.After, write.Final = "7", "the list", map[string]int{"id": 7}, "Because."
		return nil
	}))
	got := w.only()
	if got.State != journal.Done || got.Subject != "7" || got.Name != "the list" || string(got.After) != `{"id":7}` || got.Final != "Because." || got.Before != nil {
		t.Errorf("in the end, the journal says %+v", got)
	}
}

func TestWhatCannotBeWrittenDownIsNotSent(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "a file")
	must(t, os.WriteFile(blocked, nil, 0o600))
	w := open(t, on(t, blocked))
	err := w.Do(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List}, w.sendsAList("a list"))
	if !fault.Is(err, fault.FileAccess) || len(w.Requests()) > 0 {
		t.Errorf("got %v and the requests %v", err, w.Requests())
	}
	odd := open(t)
	if err := odd.Do(t.Context(), journal.Write{Before: func() {}}, odd.sendsAList("a list")); err == nil || len(odd.Requests()) > 0 {
		t.Errorf("what has no JSON was sent: %v", err)
	}
	if changes := odd.list(journal.Filter{}); len(changes) > 0 {
		t.Errorf("it left %+v", changes)
	}
}

func TestWhatCannotBeMarkedIsNotSent(t *testing.T) {
	w := open(t)
	w.run(`CREATE TRIGGER full BEFORE UPDATE ON write WHEN new.state = 'sending' BEGIN SELECT RAISE(FAIL, 'no'); END`)
	err := w.Do(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List}, func(ctx context.Context, write *journal.Write) error {
		for range 3 {
			if err := w.sendsAList("a list")(ctx, write); !fault.Is(err, fault.FileAccess) {
				t.Errorf("got %v", err)
			}
		}
		return w.sendsAList("a list")(ctx, write)
	})
	if !fault.Is(err, fault.FileAccess) || len(w.Requests()) > 0 {
		t.Errorf("got %v and the requests %v", err, w.Requests())
	}
	if got := w.only(); got.State != journal.NotSent {
		t.Errorf("the journal says %s", got.State)
	}
}

func TestAnOutcomeThatCannotBeRecordedIsLoggedAndNoError(t *testing.T) {
	w := open(t)
	w.run(`CREATE TRIGGER full BEFORE UPDATE ON write WHEN new.state = 'done' BEGIN SELECT RAISE(FAIL, 'no'); END`)
	must(t, w.Do(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List}, w.sendsAList("a list")))
	if got := w.only(); got.State != journal.Sending {
		t.Errorf("the journal says %s", got.State)
	}
	w.logged(t, "level=ERROR", "the outcome of a write could not be recorded", "outcome=done", "write=1")
}

func TestAnOutcomeIsRecordedAfterTheCallWasCancelled(t *testing.T) {
	w := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	must(t, w.Do(ctx, journal.Write{Action: journal.Create, Kind: journal.List}, func(ctx context.Context, write *journal.Write) error {
		defer cancel()
		return w.sendsAList("a list")(ctx, write)
	}))
	if got := w.only(); got.State != journal.Done {
		t.Errorf("the journal says %s", got.State)
	}
}

// callOff cancels the call whose request is out.
type callOff struct {
	http.RoundTripper
	cancel context.CancelFunc
}

func (c callOff) RoundTrip(request *http.Request) (*http.Response, error) {
	c.cancel()
	time.Sleep(9 * time.Second) // in the bubble
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	return c.RoundTripper.RoundTrip(request)
}

// Guarantee 7.3a.
func TestAWriteThatIsOutWhenItsCallIsCancelledIsHeardOut(t *testing.T) {
	for _, off := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := open(t, func(options *journal.Options) { options.Off = off })
			ctx, cancel := context.WithCancel(t.Context())
			var err error
			w.api, err = apiclient.New(apiclient.Config{
				BaseURL: "http://127.0.0.1", Token: emulator.Token, Account: "1111111", Transport: callOff{w.Transport(), cancel},
			})
			must(t, err)
			must(t, w.Do(ctx, journal.Write{Action: journal.Create, Kind: journal.List}, w.sendsAList("a list")))
			if !off && w.only().State != journal.Done {
				t.Errorf("the journal says %s", w.only().State)
			}
			if err := w.sendsAList("another")(ctx, &journal.Write{}); fault.From(err).Code != fault.Cancelled {
				t.Errorf("what comes after it ended with %v", err)
			}
		})
	}
}

func TestAJournalThatIsOffRecordsNothingAndNeedsNoDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w := open(t, on(t, dir), func(options *journal.Options) { options.Off = true })
	ctx := journal.In(t.Context(), journal.Call{Tool: "create_list"})
	sent := false
	must(t, w.Do(ctx, journal.Write{Action: journal.Create, Kind: journal.List, Name: "a list"}, func(ctx context.Context, write *journal.Write) error {
		sent = write.Name == "a list"
		return w.sendsAList("a list")(ctx, write)
	}))
	if _, err := os.Stat(dir); !sent || w.IsOn() || journal.ChangeID(ctx) != 0 || !os.IsNotExist(err) {
		t.Errorf("sent %v, on %v, change %d, and the folder: %v", sent, w.IsOn(), journal.ChangeID(ctx), err)
	}
	_, _, listing := w.List(t.Context(), journal.Filter{Limit: 1})
	_, finding := w.Find(t.Context(), 1)
	_, _, following := w.Later(t.Context(), journal.Entry{})
	_, events := w.Journal.Events(t.Context(), 1)
	for _, err := range []error{listing, finding, following, events} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func TestTheWritesOfACallShareAChange(t *testing.T) {
	w := open(t)
	ctx := journal.In(t.Context(), journal.Call{Tool: "add_to_list", Client: "a client", Confirmed: true, Undoes: 17})
	if journal.ChangeID(ctx) != 0 {
		t.Error("there is a change before the first write")
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := w.Do(ctx, journal.Write{Action: journal.Update, Kind: journal.Contact, Name: fmt.Sprint(i)}, succeeds); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	handed := journal.In(context.Background(), journal.CallOf(ctx)) // work that goes on after the call
	must(t, w.Do(handed, journal.Write{Action: journal.Import, Kind: journal.Contacts}, succeeds))
	other := journal.In(t.Context(), journal.Call{Tool: "create_list"})
	must(t, w.Do(other, journal.Write{Action: journal.Create, Kind: journal.List}, succeeds))
	must(t, w.Do(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List}, succeeds)) // outside any call

	changes := w.list(journal.Filter{})
	if len(changes) != 3 {
		t.Fatalf("there are %d changes", len(changes))
	}
	first := changes[2]
	if len(first.Writes) != 21 || first.ID != journal.ChangeID(ctx) || first.Tool != "add_to_list" || first.Client != "a client" || !first.Confirmed || first.Undoes != 17 {
		t.Errorf("the first change is %+v", first)
	}
	if changes[1].Tool != "create_list" || changes[1].Confirmed || changes[1].ID != journal.ChangeID(other) {
		t.Errorf("the second is %+v", changes[1])
	}
}

func TestACallWhoseFirstIntentFailsHasNoChangeYet(t *testing.T) {
	w := open(t)
	ctx := journal.In(t.Context(), journal.Call{Tool: "add_to_list"})
	w.run(`CREATE TRIGGER full BEFORE INSERT ON write BEGIN SELECT RAISE(FAIL, 'no'); END`)
	if err := w.Do(ctx, journal.Write{}, succeeds); !fault.Is(err, fault.FileAccess) {
		t.Errorf("got %v", err)
	}
	if changes := w.list(journal.Filter{}); len(changes) > 0 || journal.ChangeID(ctx) != 0 {
		t.Errorf("it left %+v", changes)
	}
	w.run(`DROP TRIGGER full`)
	w.wrote(ctx, journal.Write{})
}

func TestAccountsAreKeptApart(t *testing.T) {
	ours := open(t)
	theirs := open(t, in(ours, "here/accounts/2"))
	id, entry := ours.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: "ann@example.com", Name: "ours"})
	theirs.wrote(t.Context(), journal.Write{Action: journal.Fire, Kind: journal.Event, Subject: "ann@example.com", Name: "theirs"})
	if _, err := theirs.Find(t.Context(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("the other account finds it: %v", err)
	}
	if changes := theirs.list(journal.Filter{Contact: "ann@example.com"}); len(changes) != 1 || changes[0].Writes[0].Name != "theirs" {
		t.Errorf("the other account lists %+v", changes)
	}
	if names, err := theirs.Journal.Events(t.Context(), 9); err != nil || len(names) != 1 || names[0] != "theirs" {
		t.Errorf("the other account's events are %q, %v", names, err)
	}
	if _, later, err := ours.Later(t.Context(), entry); err != nil || later != 0 {
		t.Errorf("the other account's write is later: %d, %v", later, err)
	}
	if n, err := theirs.Erase(t.Context(), "ann@example.com", ""); err != nil || n != 1 {
		t.Errorf("erased %d, %v", n, err)
	}
	if got := ours.only(); got.Subject != "ann@example.com" {
		t.Errorf("the other account erased %+v", got)
	}
}

func TestAnAccountThatCannotBeFoundOutStopsAWrite(t *testing.T) {
	lost := errors.New("no network")
	w := open(t, func(options *journal.Options) {
		options.Account = unknown{lost}
	})
	if err := w.Do(t.Context(), journal.Write{}, w.sendsAList("a list")); !errors.Is(err, lost) || len(w.Requests()) > 0 {
		t.Errorf("got %v", err)
	}
	if _, _, err := w.List(t.Context(), journal.Filter{Limit: 1}); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
}

func TestOldChangesAreDeletedInTime(t *testing.T) {
	for name, c := range map[string]struct{ days, want, left int }{
		"by default": {0, 90, 90}, "a week": {7, 7, 7}, "nonsense is the default": {-1, 90, 90},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := open(t, func(options *journal.Options) { options.Days = c.days })
				if w.Days() != c.want {
					t.Errorf("changes are kept for %d days", w.Days())
				}
				for range 100 { // one each day
					w.wrote(t.Context(), journal.Write{Action: journal.Create, Kind: journal.List})
					time.Sleep(24 * time.Hour)
				}
				w.wrote(t.Context(), journal.Write{})
				changes := w.list(journal.Filter{})
				if oldest := time.Since(changes[len(changes)-1].At); oldest > time.Duration(c.left)*24*time.Hour+time.Hour || len(changes) != c.left+1 {
					t.Errorf("there are %d changes, the oldest of %s ago", len(changes), oldest)
				}
				if changes[0].ID != 101 {
					t.Errorf("the last change has the id %d: ids are used again", changes[0].ID)
				}
				db, err := w.store.Quick(t.Context())
				must(t, err)
				orphans := 0
				must(t, db.QueryRow(`SELECT count(*) FROM write WHERE change NOT IN (SELECT id FROM change)`).Scan(&orphans))
				if orphans > 0 {
					t.Errorf("%d writes were left behind", orphans)
				}
			})
		})
	}
}

// old inserts changes with a write each that are of so long ago.
func (w *world) old(account string, changes int, ago time.Duration) {
	w.t.Helper()
	at := time.Now().Add(-ago).UnixMilli()
	w.run(`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO change (account, at, tool, client, confirmed) SELECT ?, ?, 'old', '', 0 FROM n`, changes, account, at)
	w.run(`INSERT INTO write (change, at, action, kind, subject, name, state, final, consent, failure)
		SELECT id, at, 'fire', 'event', 'ann@example.com', 'signed_up', 'done', '', '', '' FROM change WHERE tool = 'old' AND account = ? AND at = ?`, account, at)
}

func TestAnAccountsOldChangesAreItsOwnToDelete(t *testing.T) {
	long := open(t, func(options *journal.Options) { options.Days = 365 })
	long.old(theAccount, 1, 30*24*time.Hour)
	short := open(t, in(long, "here/accounts/2"), func(options *journal.Options) { options.Days = 7 })
	short.old("here/accounts/2", 1, 30*24*time.Hour)
	if !short.Prune(t.Context()) || len(short.list(journal.Filter{})) > 0 {
		t.Error("not all old ones are deleted")
	}
	if left := long.list(journal.Filter{}); len(left) != 1 {
		t.Errorf("there are %d changes left of one that is to be kept", len(left))
	}
}

func TestManyOldChangesHoldNoWriteUp(t *testing.T) {
	dir := t.TempDir()
	w := open(t, on(t, dir))
	other := open(t, on(t, dir))
	const many = 5_000
	w.old(theAccount, many, 100*24*time.Hour)
	if shown := w.list(journal.Filter{}); len(shown) > 0 {
		t.Errorf("%d changes are shown that are too old to be kept", len(shown))
	}
	if _, err := w.Find(t.Context(), 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("one is found: %v", err)
	}
	var both sync.WaitGroup
	for _, who := range []*world{w, other} {
		both.Go(func() { who.Prune(context.Background()) })
		both.Go(func() {
			for range 3 {
				began := time.Now()
				if err := who.Do(context.Background(), journal.Write{}, succeeds); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("a write took %s", took)
				}
			}
		})
	}
	both.Wait()
	if w.log.Len()+other.log.Len() > 0 {
		t.Errorf("logged: %s%s", w.log, other.log)
	}
}

// Guarantee 11.13.
//
// Guarantee 11.13.
func TestOldChangesAreAllDeletedThoughNothingIsWritten(t *testing.T) {
	w := open(t)
	w.old(theAccount, 1700, 100*24*time.Hour)
	w.old("here/accounts/2", 3, 100*24*time.Hour)
	db, err := w.store.Durable(t.Context())
	must(t, err)
	count := func(of string) (left int) {
		must(t, db.QueryRow(`SELECT count(*) FROM `+of).Scan(&left))
		return left
	}
	if before := count("write"); before < 1703 || count("fired") != 2 {
		t.Fatalf("there are %d writes and %d names of events to begin with", before, count("fired"))
	}
	if !w.Prune(t.Context()) || count("write") != 3 || count("change") != 3 || count("fired") != 1 {
		t.Errorf("%d writes, %d changes and %d names of events are left, want those of another account", count("write"), count("change"), count("fired"))
	}
}

func TestFailingToDeleteOldChangesStopsNoWrite(t *testing.T) {
	w := open(t)
	w.wrote(t.Context(), journal.Write{})
	w.run(`UPDATE change SET at = 0`)
	w.run(`CREATE TRIGGER keep BEFORE DELETE ON change BEGIN SELECT RAISE(FAIL, 'no'); END`)
	again := open(t, in(w, theAccount))
	if again.Prune(t.Context()) {
		t.Error("it says that all are deleted")
	}
	again.wrote(t.Context(), journal.Write{})
	again.logged(t, "level=WARN", "old changes could not be deleted")
}

func TestImagesAreWhatWasWrittenDown(t *testing.T) {
	w := open(t)
	before := apiclient.Contact{ID: "u", Email: "ann@example.com", Fields: apiclient.Values{"seats": json.Number("12345678901234567890"), "note": "<\u2028\"'\x00💌>"}, ListIDs: []int64{1}}
	_, entry := w.wrote(t.Context(), journal.Write{Action: journal.Delete, Kind: journal.Contact, Subject: "u", Name: "ann@example.com", Before: before})
	var read apiclient.Contact
	must(t, json.Unmarshal(entry.Before, &read))
	if entry.After != nil || read.Fields["note"] != before.Fields["note"] || fmt.Sprint(read.Fields["seats"]) != "12345678901234567890" {
		t.Errorf("the image is %s", entry.Before)
	}
}

func BenchmarkAWrite(b *testing.B) {
	for name, where := range map[string]func(*journal.Options){"in memory": func(*journal.Options) {}, "on disk": on(b, b.TempDir())} {
		b.Run(name, func(b *testing.B) {
			w := open(b, where)
			for b.Loop() {
				must(b, w.Do(b.Context(), journal.Write{Action: journal.Update, Kind: journal.Contact, Name: "ann@example.com", Before: apiclient.Contact{}}, succeeds))
			}
		})
	}
}
