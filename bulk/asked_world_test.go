package bulk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// askedWorld is an account on which a job runs, in processes that are killed, while others, and another process of this
// server, delete and unsubscribe people.
type askedWorld struct {
	account *emulator.Emulator
	kept    *store.Store
	dir     string
	list    apiclient.List
	beside  *Service // another process on the data folder, which works on no jobs

	mu      sync.Mutex
	s       *Service
	process *mortal
	dead    []*mortal // all of them, in the end

	before    map[string]emulator.Contact // those who were there when the job was planned
	out       map[string]bool             // former contacts whom this server has deleted while they were unsubscribed
	here      map[string]bool             // whom this server has deleted since the plan
	elsewhere map[string]bool             // whom an update of somebody else's may have created
	old       map[string]bool             // who was deleted so long before the job that nobody may create them
}

// The addresses of a world: of those who are there, of former contacts whom this server has deleted, and of strangers.
const formers, strangers = 40_000, 50_000

func newAskedWorld(t *testing.T, config emulator.Config, people int) *askedWorld {
	w := &askedWorld{
		account: emulator.New(config), kept: store.InMemory(), dir: t.TempDir(),
		before: map[string]emulator.Contact{}, out: map[string]bool{}, here: map[string]bool{}, elsewhere: map[string]bool{}, old: map[string]bool{},
	}
	w.list = apiclient.List{ID: w.account.AddList("News"), Name: "News"}
	w.account.AddField("Plan", "text", "plan")
	status := []string{apiclient.Subscribed, apiclient.Subscribed, apiclient.Unsubscribed}
	add := func(i int) {
		one := emulator.Contact{Email: address(i), Status: status[i%3]}
		if i%2 == 0 {
			one.ListIDs, one.Fields = []int64{w.list.ID}, map[string]any{"plan": "old"}
		}
		w.account.AddContact(one)
	}
	for i := range people {
		add(i)
	}
	w.beside = started(t, setting{account: w.account, dirs: []string{w.dir}, kept: w.kept})
	for i := formers; i < formers+4; i++ {
		add(i)
		w.out[address(i)] = i%3 == 2
		deletes(t, w.beside, address(i))
	}
	time.Sleep(time.Hour)
	for i := range people {
		w.before[address(i)], _ = w.account.Contact(address(i))
	}
	w.start(t)
	return w
}

// start starts a process.
func (w *askedWorld) start(t *testing.T) {
	process := newMortal(w.account.Transport())
	s := started(t, setting{transport: process, dirs: []string{w.dir}, kept: w.kept})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.s, w.process = s, process
	w.dead = append(w.dead, process)
}

// bury lets what the killed processes were at come to its end.
func (w *askedWorld) bury() {
	for _, process := range w.dead {
		process.bury()
	}
	time.Sleep(5 * time.Minute)
}

// next has another process carry on.
func (w *askedWorld) next(t *testing.T) {
	w.start(t)
	w.s.noteUnfinished(true)
	w.s.Resume()
}

// kills kills the process at a request, and starts another one a little later, time and again.
func (w *askedWorld) kills(t *testing.T, deaths []death, until <-chan struct{}) {
	for _, one := range deaths {
		w.mu.Lock()
		s, process := w.s, w.process
		w.mu.Unlock()
		process.arm(one.requests, one.delivered, func(request *http.Request) {
			named := path.Base(request.URL.Path)
			if request.Method == http.MethodPost { // an import
				named = address(0)
			}
			if ref, err := apiclient.ParseContact(named); err == nil && one.deletes {
				w.others(t, ref, true)
			}
		})
		select {
		case <-process.died:
			s.stop()
			time.Sleep(time.Second)
			w.next(t)
		case <-until:
			return
		}
	}
}

// death is how a process is killed.
type death struct {
	requests  int // after so many
	delivered bool
	deletes   bool // right before the last one, somebody else deletes whom it names
}

// deed is what happens to a contact while the job runs.
type deed struct {
	after   time.Duration
	who     int
	here    bool // another process of this server does it
	deletes bool // else it unsubscribes
}

func (w *askedWorld) does(t *testing.T, one deed) {
	ref, err := apiclient.ParseContact(address(one.who))
	must(t, err)
	if !one.here {
		w.others(t, ref, one.deletes)
		return
	}
	found, err := w.beside.contacts.Get(t.Context(), ref)
	switch {
	case err != nil: // somebody else was quicker
	case !one.deletes:
		_, err := w.beside.contacts.Apply(t.Context(), found, contacts.Change{Unsubscribed: new(true)})
		w.madeElsewhere(ref, errors.Is(err, contacts.ErrCreated) || fault.Is(err, fault.OutcomeUnknown))
	case w.beside.contacts.Delete(t.Context(), found) == nil:
		w.mu.Lock()
		w.here[address(one.who)] = true
		w.mu.Unlock()
	}
}

// others have a contact deleted, or unsubscribed, by somebody else.
func (w *askedWorld) others(t *testing.T, ref apiclient.ContactRef, deletes bool) {
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: w.account.Transport()})
	must(t, err)
	defer api.Close()
	found, err := api.GetContact(t.Context(), ref)
	switch {
	case err != nil:
	case deletes:
		_ = api.DeleteContact(t.Context(), apiclient.ContactID(found.ID)) // somebody else may have been quicker
	default:
		_, created, err := api.UpdateContact(t.Context(), apiclient.ContactID(found.ID), apiclient.ContactChange{Email: found.Email, Unsubscribed: new(true)})
		w.madeElsewhere(ref, created || err != nil)
	}
}

// madeElsewhere notes that it may have been somebody else's update that has created a contact.
func (w *askedWorld) madeElsewhere(ref apiclient.ContactRef, may bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.elsewhere[ref.String()] = w.elsewhere[ref.String()] || may
}

// everybody is the account as it was when the job was planned.
func (w *askedWorld) everybody() (all knowns) {
	for _, email := range slices.Sorted(maps.Keys(w.before)) {
		one := w.before[email]
		all = append(all, Known{Email: email, Status: one.Status, ListIDs: one.ListIDs, Fields: one.Fields})
	}
	return all
}

// those visits some of those who were there when the job was planned.
func (w *askedWorld) those(emails []string) func(context.Context, func(email, id string) error) error {
	return func(_ context.Context, visit func(email, id string) error) error {
		for _, email := range emails {
			if err := visit(email, w.before[email].ID); err != nil {
				return err
			}
		}
		return nil
	}
}

// file writes a contact file with some addresses.
func (w *askedWorld) file(t *testing.T, emails []string, values bool) string {
	header, behind := "email\n", "\n"
	if values {
		header, behind = "email,plan\n", ",pro\n"
	}
	must(t, os.WriteFile(filepath.Join(w.dir, "people.csv"), []byte(header+strings.Join(emails, behind)+behind), 0o600))
	return "people.csv"
}

// An asking is a way to plan a job.
type asking struct {
	name    string
	creates bool // whoever it names and is missing
	plan    func(t *testing.T, w *askedWorld, named []string) (Status, error)
}

// planning are the ways to plan a job that writes. named are people who are there, and where it creates also former contacts
// and strangers.
var planning = []asking{
	{"join, by where", false, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		who := Selection{Source: "where test", AsOf: time.Now(), There: chosen(w.those(named))}
		return w.s.PlanWrite(t.Context(), Update, Spec{Join: []apiclient.List{w.list}, Fields: apiclient.Values{"plan": "pro"}}, who)
	}},
	{"leave, by where", false, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		who := Selection{Source: "where test", AsOf: time.Now(), There: chosen(w.those(named))}
		return w.s.PlanWrite(t.Context(), Update, Spec{Leave: []apiclient.List{w.list}, Fields: apiclient.Values{"plan": nil}}, who)
	}},
	{"unsubscribe, by name", false, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		var who Selection
		for i, email := range named {
			ref, err := apiclient.ParseContact([]string{email, w.before[email].ID}[i%2])
			must(t, err)
			who.Contacts = append(who.Contacts, ref)
		}
		return w.s.PlanWrite(t.Context(), Update, Spec{Unsubscribed: new(true)}, who)
	}},
	{"update, by file", false, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, Selection{File: w.file(t, named, false)})
	}},
	{"sync, by segment", false, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanSync(t.Context(), SyncRequest{
			Source: "segment test", List: &w.list, MaxChanges: -1, MaxRemovals: 1000, UnsubscribeMissing: true, There: w.everybody(), AsOf: time.Now(),
			Where: strings.Join(named, " "),
		})
	}},
	{"sync, by file", true, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanSync(t.Context(), SyncRequest{
			File: w.file(t, named, true), List: &w.list, MaxChanges: -1, MaxRemovals: 1000, UnsubscribeMissing: true, There: w.everybody(), AsOf: time.Now(),
		})
	}},
	{"import", true, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanImport(t.Context(), ImportRequest{File: w.file(t, named, true), Join: []apiclient.List{w.list}})
	}},
	{"import, and leave", true, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanImport(t.Context(), ImportRequest{File: w.file(t, named, true), Leave: []apiclient.List{w.list}})
	}},
	{"import, compared", true, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanImport(t.Context(), ImportRequest{File: w.file(t, named, true), Join: []apiclient.List{w.list}, There: w.everybody(), AsOf: time.Now()})
	}},
	{"add to list", true, func(t *testing.T, w *askedWorld, named []string) (Status, error) {
		return w.s.PlanUpsert(t.Context(), Spec{Join: []apiclient.List{w.list}}, Selection{File: w.file(t, named, false)})
	}},
}

// check compares the contacts left in the account with what may be there, and returns what is wrong.
func (w *askedWorld) check(t *testing.T, by asking, got Status) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	problems, err := w.beside.Problems(t.Context(), got.ID, 1000)
	must(t, err)
	named, created := map[string]bool{}, map[string]bool{}
	for _, problem := range problems {
		if _, there := w.account.Contact(problem.Contact); there && problem.Outcome == itemCreated && !w.elsewhere[problem.Contact] { // nobody has deleted them again since
			named[problem.Contact] = true
		}
	}
	for email, was := range w.before {
		now, there := w.account.Contact(email)
		there = there && !w.elsewhere[email]
		isNew := there && now.ID != was.ID
		switch {
		case there && w.here[email]:
			say("%s was deleted here and is there again", email)
		case isNew && w.old[email] && !by.creates:
			say("%s was deleted long before, and was created", email)
		case isNew && by.creates && was.Status == apiclient.Unsubscribed && now.Status != apiclient.Unsubscribed && got.Spec.Compared != nil && !named[email]:
			say("%s was known as unsubscribed, and was created as a subscriber", email)
		case there && !isNew && was.Status == apiclient.Unsubscribed && now.Status != was.Status:
			say("%s had unsubscribed and is %s", email, now.Status)
		}
		created[email] = isNew
	}
	maps.DeleteFunc(created, func(_ string, is bool) bool { return !is })
	for email, unsubscribed := range w.out {
		if now, there := w.account.Contact(email); there && unsubscribed && now.Status != apiclient.Unsubscribed {
			say("%s was deleted here while unsubscribed, and is a subscriber", email)
		}
	}
	if by.creates {
		maps.DeleteFunc(created, func(email string, _ bool) bool { return !named[email] }) // they were asked for
	}
	if !maps.Equal(created, named) {
		say("created were %v, and named are %v", created, named)
	}
	switch got.State {
	case Finished, Cancelled:
		if len(created) > 0 {
			say("%v were created, and the job is %s", created, got.State)
		}
	case FailedInPart:
		if got.Tally.Unasked == 0 {
			say("it has failed in part, and created nobody")
		}
	default:
		say("the job is %s: %v", got.State, got.Err())
	}
	if !isWhole(got) {
		say("of %d contacts %d are accounted for, and %d are left", got.Total, got.Worked(), got.Left())
	}
	if len(wrong) > 0 {
		say("%s: %s, %+v", by.name, got.State, got.Tally)
	}
	return wrong
}
