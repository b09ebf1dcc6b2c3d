//go:build unix

package bulk

import (
	"net/http"
	"net/http/httptest"
	command "os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// killedUpdate is an update of a contact that is deleted right before the PATCH, and whose process is killed right after it.
type killedUpdate struct {
	upserts   bool          // a PATCH by the UUID of a deleted contact creates one
	applies   time.Duration // what is created shows so much later
	delivered bool          // the PATCH arrives
	here      bool          // it was a server on the same data folder that deleted the contact, and not somebody else
	again     bool          // somebody else creates another one of the address
	there     bool          // somebody of the address is there in the end
	named     bool          // and the job names them as created
}

// Whatever Mailtrap does with an update of a deleted contact, nobody is there in the end whom the job does not name.
//
// Guarantee 3.5.
func TestWhoAKilledUpdateMayHaveCreatedIsNamed(t *testing.T) {
	for name, c := range map[string]killedUpdate{
		"created":                          {upserts: true, delivered: true, there: true, named: true},
		"created, and shown later":         {upserts: true, applies: time.Second, delivered: true, there: true, named: true},
		"created, though deleted here":     {upserts: true, delivered: true, here: true},
		"not found":                        {delivered: true},
		"not sent, and created by another": {upserts: true, again: true, there: true, named: true}, // nobody can tell that apart
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killedBetweenPatchAndRecord(t, c)
		})
	}
}

func killedBetweenPatchAndRecord(t *testing.T, c killedUpdate) {
	account := emulator.New(emulator.Config{Unlimited: true, UpsertByID: c.upserts, ApplyDelay: c.applies})
	var process *command.Cmd
	var watched *Service
	var once sync.Once
	email, started, killed := "", make(chan struct{}), make(chan struct{})
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPatch {
			account.ServeHTTP(w, r)
			return
		}
		isFirst := false
		once.Do(func() {
			isFirst = true
			<-started
			email = addressOf(account, path.Base(r.URL.Path))
			if c.here {
				deletes(t, watched, email)
			} else {
				gone(t, account, email)
			}
			if c.delivered {
				account.ServeHTTP(httptest.NewRecorder(), r)
			}
			kill(t, process)
			if c.again {
				account.AddContact(emulator.Contact{Email: email})
			}
			close(killed)
		})
		if !isFirst && r.Context().Err() == nil {
			account.ServeHTTP(w, r) // of the next process
		}
	}))
	t.Cleanup(listening.Close)
	do := work{API: listening.URL, Data: filepath.Join(t.TempDir(), "data"), Files: t.TempDir(), Kind: Update, List: killable(account), Pace: quickly, Small: true}
	watched = atWork(t, do)
	process = child(t, do)
	close(started)
	<-killed
	do.Kind = ""
	next := child(t, do)
	until(t, watched, next, func() bool { return recent(t, watched).State.Ended() })
	kill(t, next)

	got := recent(t, watched)
	addsUp(t, got)
	problems, err := watched.Problems(t.Context(), got.ID, 100)
	must(t, err)
	var named []string
	for _, problem := range problems {
		if problem.Outcome == itemCreated {
			named = append(named, problem.Contact)
		}
	}
	time.Sleep(c.applies)
	if _, there := account.Contact(email); there != c.there {
		t.Errorf("%s is there: %v", email, there)
	}
	want, state := "", Finished
	if c.named {
		want, state = email, FailedInPart
	}
	if strings.Join(named, " ") != want || got.State != state {
		t.Errorf("named as created are %q, want %q; the job is %s: %+v", named, want, got.State, got.Tally)
	}
}

// addressOf is the address of one of the first contacts, by its id.
func addressOf(account *emulator.Emulator, id string) string {
	for i := range killedItems {
		if found, there := account.Contact(address(i)); there && found.ID == id {
			return address(i)
		}
	}
	return ""
}
