package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/kept"
)

// knowing is a selection of the account's first n contacts, as they were seen just now.
func knowing(account *emulator.Emulator, n int) Selection {
	var ids []string
	for i := range n {
		found, _ := account.Contact(address(i))
		ids = append(ids, found.ID)
	}
	return Selection{Source: "where test", AsOf: time.Now(), There: chosen(func(_ context.Context, visit func(email, id string) error) error {
		for i, id := range ids {
			if err := visit(address(i), id); err != nil {
				return err
			}
		}
		return nil
	})}
}

// gone has somebody else delete a contact.
func gone(t testing.TB, account *emulator.Emulator, email string) {
	t.Helper()
	api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: "http://127.0.0.1", Token: emulator.Token, Transport: account.Transport()})
	must(t, err)
	ref, err := apiclient.ParseContact(email)
	must(t, err)
	must(t, api.DeleteContact(t.Context(), ref))
	api.Close()
}

// deletes has a service delete a contact, as delete_contact does.
func deletes(t testing.TB, s *Service, email string) {
	t.Helper()
	ref, err := apiclient.ParseContact(email)
	must(t, err)
	found, err := s.contacts.Get(t.Context(), ref)
	must(t, err)
	must(t, s.contacts.Delete(t.Context(), found))
}

// importsOf are the bodies of the imports that an account was sent.
func importsOf(account *emulator.Emulator) []string {
	var bodies []string
	for _, request := range account.Requests() {
		if request.Method == http.MethodPost && strings.HasSuffix(request.Path, "/contacts/imports") {
			bodies = append(bodies, string(request.Body))
		}
	}
	return bodies
}

func count(account *emulator.Emulator, method, path string) int {
	return len(slices.DeleteFunc(account.Requests(), func(r emulator.Request) bool { return r.Method != method || !strings.Contains(r.Path, path) }))
}

// Guarantee 3.3.
func TestUpdatesGoByImportOnlyWhileTheirPeopleWereJustSeen(t *testing.T) {
	for _, c := range []struct {
		name             string
		contacts         int
		waits            time.Duration
		imports, exports int
	}{
		{"just seen", 150, 10 * time.Second, 1, 0},
		{"few, and too long ago", 30, 2 * time.Minute, 0, 0},
		{"many, and too long ago", 150, 2 * time.Minute, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := peopled(emulator.Config{Unlimited: true, JobDelay: time.Second}, c.contacts)
				account.AddField("Plan", "text", "plan")
				s := service(t, account, t.TempDir())
				planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, c.contacts))
				must(t, err)
				time.Sleep(c.waits)
				gone(t, account, address(3))
				if c.name == "just seen" { // the export that it was seen in is later than that
					account.AddContact(emulator.Contact{Email: address(3)})
				}
				got := applied(t, s, planned, nil)
				want := c.contacts - 1
				if c.name == "just seen" {
					want++
				}
				if done := got.Tally.Updated + got.Tally.Done; got.State != Finished || done != want || got.Tally.NotFound != c.contacts-want || got.Tally.Unasked != 0 {
					t.Errorf("the job is %+v", got)
				}
				if n := len(importsOf(account)); n != c.imports || count(account, http.MethodPost, "/exports") != c.exports {
					t.Errorf("%d imports and %d exports", n, count(account, http.MethodPost, "/exports"))
				}
				addsUp(t, got)
				if account.Len() != want {
					t.Errorf("%d contacts, want %d", account.Len(), want)
				}
			})
		})
	}
}

// Guarantee 3.4.
func TestAJobThatCreatesSomebodyFailsInPartAndNamesThem(t *testing.T) {
	for _, many := range []int{20, 300} {
		for layout := range emulator.LayoutWithoutLists + 1 {
			t.Run(fmt.Sprintf("%d in layout %d", many, layout), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					account := peopled(emulator.Config{Unlimited: true, JobDelay: 5 * time.Second, ExportLayout: layout}, many)
					dir := t.TempDir()
					account.AddField("Plan", "text", "plan")
					s := service(t, account, dir)
					time.Sleep(time.Hour)
					planned, err := s.PlanWrite(t.Context(), Update, Spec{Fields: apiclient.Values{"plan": "pro"}}, knowing(account, many))
					must(t, err)
					must(t, s.Apply(t.Context(), planned.ID, false))
					time.Sleep(2 * time.Second) // it is on its way
					gone(t, account, address(3))
					gone(t, account, address(11))
					deletes(t, s, address(7)) // this server is told to, at the same time
					got := ended(t, s, planned.ID)
					if got.State != FailedInPart || got.Tally.Unasked != 2 || got.Err() == nil || !strings.Contains(got.Err().Error(), "2 contacts were created without anybody having asked") {
						t.Errorf("the job is %s: %+v, %v", got.State, got.Tally, got.Err())
					}
					addsUp(t, got)
					problems, err := s.Problems(t.Context(), got.ID, 10)
					must(t, err)
					var created []string
					for _, problem := range problems {
						if problem.Outcome == itemCreated {
							created = append(created, problem.Contact)
						}
					}
					if !slices.Equal(created, []string{address(3), address(11)}) {
						t.Errorf("named are %q", problems)
					}
					if _, there := account.Contact(address(7)); there {
						t.Error("whom this server deleted is there again")
					}
					content, err := os.ReadFile(got.Tally.ReportFile)
					must(t, err)
					var written kept.Report
					must(t, json.Unmarshal(content, &written))
					if written.Unasked != 2 || len(written.People) != 3 || written.Failure == "" {
						t.Errorf("the report says %+v", written)
					}
					if _, err := s.Recent(t.Context()); err != nil || s.Apply(t.Context(), got.ID, false) == nil {
						t.Errorf("a job that has failed in part can be applied again, %v", err)
					}
				})
			})
		}
	}
}

// Guarantee 3.1.
func TestWhomThisServerDeletesAfterAPreviewDoesNotComeBack(t *testing.T) {
	for _, waits := range []time.Duration{time.Second, 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			account := peopled(emulator.Config{Unlimited: true}, 150)
			list := account.AddList("News")
			s := service(t, account, t.TempDir())
			planned, err := s.PlanWrite(t.Context(), Update, Spec{Join: []apiclient.List{{ID: list, Name: "News"}}}, knowing(account, 150))
			must(t, err)
			deletes(t, s, address(5))
			time.Sleep(waits)
			got := applied(t, s, planned, nil)
			if _, there := account.Contact(address(5)); there || got.State != Finished || got.Tally.NotFound != 1 {
				t.Errorf("after %v: there again: %v, %+v", waits, there, got)
			}
			addsUp(t, got)
		})
	}
}

// Guarantee 3.1.
func TestAnImportThatWasAskedForCreatesWhomThisServerDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{Unlimited: true}, 3)
		s := service(t, account, t.TempDir())
		deletes(t, s, address(1))
		time.Sleep(time.Second)
		planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: []apiclient.ImportRow{{Email: address(1)}}})
		got := applied(t, s, planned, err)
		people, err := s.journal.People(t.Context())
		must(t, err)
		if is, err := people.DeletedSince(t.Context(), address(1), time.Time{}); err != nil || is || got.Tally.Created != 1 {
			t.Errorf("still known as deleted: %v, %v; %+v", is, err, got.Tally)
		}
		// Compared with a snapshot in which she was there: then it is an update.
		rows := knowns{{Email: address(2), Status: apiclient.Subscribed}}
		account.AddField("Plan", "text", "plan")
		planned, err = s.PlanImport(t.Context(), ImportRequest{Rows: []apiclient.ImportRow{{Email: address(2), Fields: apiclient.Values{"plan": "pro"}}, {Email: "new@example.com"}}, There: rows, AsOf: time.Now()})
		must(t, err)
		deletes(t, s, address(2))
		got = applied(t, s, planned, nil)
		if _, there := account.Contact(address(2)); there || got.Tally.Created != 1 || got.Tally.NotFound != 1 {
			t.Errorf("there again: %v; %+v", there, got.Tally)
		}
	})
}

// Guarantee 3.2.
func TestWhatTakesAwayNeverGoesByImport(t *testing.T) {
	t.Parallel()
	unsubscribed := true
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		list := account.AddList("News")
		account.AddField("Plan", "text", "plan")
		for i := range 200 {
			account.AddContact(emulator.Contact{Email: address(i), ListIDs: []int64{list}, Fields: map[string]any{"plan": "old"}})
		}
		s := service(t, account, t.TempDir())
		lists := []apiclient.List{{ID: list, Name: "News"}}
		var everybody knowns
		for i := range 200 {
			everybody = append(everybody, Known{Email: address(i), Status: apiclient.Subscribed, ListIDs: []int64{list}, Fields: apiclient.Values{"plan": "old"}})
		}
		clearing := Spec{Fields: apiclient.Values{"plan": nil}}
		for _, spec := range []Spec{{Leave: lists}, {LeaveAll: true}, {Unsubscribed: &unsubscribed}, clearing} {
			planned, err := s.PlanWrite(t.Context(), Update, spec, knowing(account, 200))
			must(t, err)
			if planned.Together != 0 || planned.Estimate(time.Now()).Requests != 400 {
				t.Errorf("%+v is sent together: %d, with %d requests", spec, planned.Together, planned.Estimate(time.Now()).Requests)
			}
			applied(t, s, planned, nil)
		}
		sync, err := s.PlanSync(t.Context(), SyncRequest{
			Where: address(0), Source: "segment x",
			List: &lists[0], UnsubscribeMissing: true, MaxChanges: -1, MaxRemovals: 1000, There: everybody, AsOf: time.Now(),
		})
		applied(t, s, sync, err)
		rows := []apiclient.ImportRow{{Email: address(1), Fields: apiclient.Values{"plan": nil}}, {Email: address(2)}, {Email: "new@example.com"}}
		imported, err := s.PlanImport(t.Context(), ImportRequest{Rows: rows, Leave: lists, There: everybody, AsOf: time.Now()})
		applied(t, s, imported, err)
		for _, body := range importsOf(account) {
			if strings.Contains(body, "excluded") || strings.Contains(body, "null") || strings.Contains(body, address(1)) {
				t.Errorf("an import takes something away: %s", body)
			}
		}
	})
}

// transport is a http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) { return t(request) }

// before has something done right before the first request of a method.
func before(method string, account *emulator.Emulator, do func()) http.RoundTripper {
	done := false
	return transport(func(request *http.Request) (*http.Response, error) {
		if request.Method == method && !done {
			done = true
			do()
		}
		return account.Transport().RoundTrip(request)
	})
}

// Guarantee 3.5.
func TestASingleUpdateThatCreatesSomebodyFailsInPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := peopled(emulator.Config{Unlimited: true, UpsertByID: true}, 1)
		s := started(t, setting{account: account, dirs: []string{t.TempDir()}, transport: before(http.MethodPatch, account, func() { gone(t, account, address(0)) })})
		planned, err := s.PlanWrite(t.Context(), Update, Spec{Unsubscribed: new(true)}, knowing(account, 1))
		must(t, err)
		must(t, s.Apply(t.Context(), planned.ID, false))
		got := ended(t, s, planned.ID)
		problems, err := s.Problems(t.Context(), got.ID, 10)
		must(t, err)
		if got.State != FailedInPart || got.Tally.Unasked != 1 || len(problems) != 1 || problems[0].Contact != address(0) {
			t.Errorf("the job is %+v, and names %+v", got, problems)
		}
	})
}

// Guarantee 10.5.
func TestAFieldCalledIDIsAFieldLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		for _, tag := range []string{"id", "email2", "fields", "list_ids_included"} {
			account.AddField(tag, "text", tag)
		}
		list := account.AddList("News")
		s := service(t, account, t.TempDir())
		for _, value := range []string{"1", `{"id":"`, `","list_ids_included":[1]`, strings.Repeat("x", 200)} {
			rows := []apiclient.ImportRow{{Email: "ann@example.com", Fields: apiclient.Values{"id": value, "fields": value, "list_ids_included": value}}, {Email: "bob@example.com", Fields: apiclient.Values{"id": value}}}
			planned, err := s.PlanImport(t.Context(), ImportRequest{Rows: rows, Join: []apiclient.List{{ID: list, Name: "News"}}})
			got := applied(t, s, planned, err)
			ann, _ := account.Contact("ann@example.com")
			if got.State != Finished || ann.Fields["id"] != value || ann.Fields["fields"] != value || ann.Fields["list_ids_included"] != value || !slices.Equal(ann.ListIDs, []int64{list}) {
				t.Errorf("with %q: %+v, and she is %+v", value, got.State, ann)
			}
		}
		stage := &stage{service: s, route: mayCreate, job: &job{}}
		err := stage.Contacts(t.Context(), intake.Chunk{
			Rows: intake.Rows(`{"id":"0199090c-b5ec-7be8-8000-000000000001","fields":{"note":"secret@example.com"}}` + "\n"), Count: 1,
		})
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "0199090c-b5ec-7be8-8000-000000000001") {
			t.Errorf("a UUID where addresses only are known: %v", err)
		}
	})
}
