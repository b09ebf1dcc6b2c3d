package tools_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/tools"
)

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// crowd puts n contacts with an age on the list "Crowd".
func crowd(w *world, n int) {
	w.AddField("Age", "integer", "age")
	list := w.AddList("Crowd")
	for _, email := range addresses(n) {
		w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{list}, Fields: map[string]any{"age": int64(30)}})
	}
	w.AddContact(emulator.Contact{Email: "other@example.com"})
}

// asked connects a client whose operator answers questions.
func asked(person *operator) func(*setting) {
	return func(set *setting) { set.options = []client.ClientOption{client.WithElicitationHandler(person)} }
}

var deletions = map[string]args{"delete_list": {"list": "Crowd"}, "delete_field": {"field": "age"}}

func TestADeletionThatTouchesManyNeedsTheOperator(t *testing.T) {
	t.Parallel()
	for tool, arguments := range deletions {
		t.Run(tool, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 26)
				w.refused(tool, arguments, "needs_confirmation", "touches 26 contacts", "cannot ask the operator", "it may touch 25",
					"Nothing was deleted", "in Mailtrap itself", "a client that can ask them", "--confirm never")
				if len(w.Lists()) != 1 || len(w.Fields()) != 3 {
					t.Error("something was deleted")
				}
				noFiles(t, w)
			})
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 25)
				w.works(tool, arguments).has(t, "contacts", 25)
			})
		})
	}
}

func TestNoArgumentStandsInForTheOperator(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 26)
		for tool, arguments := range deletions {
			for _, argument := range []string{"confirm", "confirmed", "force", "preview"} {
				with := args{argument: true}
				for name, value := range arguments {
					with[name] = value
				}
				w.refused(tool, with, "invalid_input", argument)
			}
		}
		w.nothingWritten()
	})
}

func TestTheOperatorIsToldWhatADeletionTouches(t *testing.T) {
	t.Parallel()
	for tool, question := range map[string]string{
		"delete_list":  `Delete the list "Crowd" (id 1)? 1,200 contacts are on it. Deleting it leaves them in the account, but who was on it cannot be brought back.`,
		"delete_field": `Delete the integer field "Age" (merge tag age, id 1003)? 1,200 contacts have a value in it; the values cannot be brought back.`,
	} {
		t.Run(tool, func(t *testing.T) {
			person := &operator{action: mcp.ElicitationResponseActionDecline}
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 1200)
				w.refused(tool, deletions[tool], "cancelled", "did not agree", "nothing was changed")
				if len(person.asked) != 1 || person.asked[0] != question {
					t.Errorf("the operator was asked %q", person.asked)
				}
				if len(w.Lists()) != 1 || len(w.Fields()) != 3 {
					t.Error("something was deleted")
				}
				person.action = mcp.ElicitationResponseActionAccept
				w.ResetRequests()
				w.works(tool, deletions[tool]).has(t, "contacts", 1200)
				if exports := w.exports(); exports > 0 { // there was one for the question before
					t.Errorf("%d more exports were made for one deletion", exports)
				}
				w.refused(tool, deletions[tool], "invalid_input", "There is no")
				if len(person.asked) != 2 {
					t.Error("the operator was asked about what is not there")
				}
			}, asked(person))
		})
	}
}

func TestWhatTouchesFewIsAskedAboutToo(t *testing.T) {
	t.Parallel()
	for n, says := range map[int][]string{
		0: {"Nobody is on it.", "No contact has a value in it."},
		1: {"1 contact is on it. Deleting the list leaves it in the account", "1 contact has a value in it, which cannot be brought back."},
	} {
		person := &operator{action: mcp.ElicitationResponseActionAccept}
		inFakeTime(t, func(t *testing.T, w *world) {
			crowd(w, n)
			w.works("delete_list", deletions["delete_list"])
			w.works("delete_field", deletions["delete_field"])
			for i, part := range says {
				if len(person.asked) != 2 || !strings.Contains(person.asked[i], part) {
					t.Errorf("asked %q", person.asked)
				}
			}
		}, asked(person))
	}
}

func TestANumberThatCannotBeHadIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]struct {
		faults []emulator.Fault
		says   string
	}{
		"an export that takes its time":   {[]emulator.Fault{{Method: http.MethodGet, Path: "/contacts/exports/*", Status: 200, Body: `{"id":1,"status":"started","url":null}`}}, "not done within 20 seconds"},
		"somebody else's export":          {[]emulator.Fault{{Method: http.MethodPost, Path: "/contacts/exports", Status: 422, Body: `{"errors":{"base":["There is a previous export initiated."]}}`}}, "not done within 20 seconds"},
		"an export that fails":            {[]emulator.Fault{failedExport(7001), failedExport(7002), failedExport(7003), failedExport(7004)}, "that failed: Mailtrap reports that its export 700"},
		"a download that breaks off":      {[]emulator.Fault{{Path: "/data_exports/", Do: emulator.TruncateBody}}, "only by an export"},
		"an answer that is lost for good": {[]emulator.Fault{{Method: http.MethodPost, Path: "/contacts/exports", Do: emulator.LoseBefore}}, "only by an export"},
		"silence":                         {[]emulator.Fault{{Path: "/contacts/exports", Do: emulator.Hang}}, "not done within 20 seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 3)
				w.Inject(trouble.faults...)
				for tool, arguments := range deletions {
					began := time.Now()
					w.refused(tool, arguments, "needs_confirmation", "could not be found out", trouble.says, "--confirm never")
					if took := time.Since(began); took > 25*time.Second {
						t.Errorf("%s took %v", tool, took)
					}
				}
				if len(w.Lists()) != 1 || len(w.Fields()) != 3 {
					t.Error("something was deleted")
				}
				w.ClearFaults()
				time.Sleep(3 * time.Minute)
				w.works("delete_list", deletions["delete_list"]).has(t, "contacts", 3)
			})
			person := &operator{action: mcp.ElicitationResponseActionAccept}
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 3)
				w.Inject(trouble.faults...)
				w.works("delete_list", deletions["delete_list"]).says(t, "The contacts that were on it stay in the account.")
				w.works("delete_field", deletions["delete_field"]).says(t, "Its values are gone.")
				if len(person.asked) != 2 || !strings.Contains(person.asked[0], "How many contacts are on it could not be counted.") ||
					!strings.Contains(person.asked[1], "How many contacts have a value in it could not be counted") {
					t.Errorf("asked %q", person.asked)
				}
			}, asked(person))
		})
	}
}

func TestALostAnswerDoesNotSpoilTheCount(t *testing.T) {
	t.Parallel()
	for name, action := range map[string]emulator.Action{"lost before": emulator.LoseBefore, "lost after": emulator.LoseAfter, "truncated": emulator.TruncateBody} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				crowd(w, 3)
				for _, path := range []string{"/contacts/exports", "/data_exports/"} {
					w.Inject(emulator.Fault{Path: path, Times: 1, Do: action})
				}
				w.works("delete_list", deletions["delete_list"]).has(t, "contacts", 3)
			})
		})
	}
}

func TestACountWaitsForTheExportThatIsRunning(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 3)
		exported := w.meanwhile("export_contacts", args{"file": "mine.csv"})
		w.works("delete_list", deletions["delete_list"]).has(t, "contacts", 3)
		exported().says(t, "Exported 4 contacts")
		if files := filesIn(t, w.dir); len(files) != 1 || files[0] != "mine.csv" {
			t.Errorf("the files are %q", files)
		}
	}, func(set *setting) { set.emulator.JobDelay = 5 * time.Second })
}

func TestASnapshotOfACallThatCouldNotWaitForItDecidesNoDeletion(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 3)
		w.refused("search_contacts", args{"refresh": true}, "timeout")
		time.Sleep(5 * time.Minute) // it is there by then
		list := w.Lists()[0].ID
		for _, email := range addresses(60)[3:] { // by somebody else
			w.AddContact(emulator.Contact{Email: email, ListIDs: []int64{list}})
		}
		w.refused("delete_list", args{"list": "Crowd"}, "needs_confirmation", "could not be found out", "Nothing was deleted")
		if len(w.Lists()) != 1 {
			t.Error("the list was deleted")
		}
	}, func(set *setting) { set.emulator.JobDelay = 100 * time.Second })
}

func TestAFieldWhoseColumnIsNotCertainIsNotCounted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Status", "text", "own_status") // Mailtrap's own column is called Status, too
		w.AddContact(emulator.Contact{Email: "anna@example.com"})
		w.refused("delete_field", args{"field": "own_status"}, "needs_confirmation", "could not be found out", "It cannot be told which column")
	})
}

func TestConfirmNeverCountsNothing(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.box.Confirmation = tools.ConfirmNever
		crowd(w, 26)
		w.works("delete_list", deletions["delete_list"]).has(t, "deleted.name", "Crowd", "contacts", nil)
		w.works("delete_field", deletions["delete_field"]).has(t, "deleted.merge_tag", "age", "contacts", nil)
		if writes := w.writes(); len(writes) != 2 {
			t.Errorf("the writes are %q", writes)
		}
	})
}

func TestConfirmAlwaysNeedsAClientThatCanAsk(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.box.Confirmation = tools.ConfirmAlways
		crowd(w, 1)
		for tool, arguments := range deletions {
			w.refused(tool, arguments, "needs_confirmation", "--confirm always")
		}
		w.nothingWritten()
	})
}

func TestATokenThatMayNotWriteIsToldSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 1)
		for tool, arguments := range deletions {
			w.refused(tool, arguments, "forbidden", "token", "othing was")
		}
	}, func(set *setting) { set.emulator.ReadOnlyToken = true })
}

// distant is an operator whose client answers a call with the question and repeats the call with the answer.
type distant struct {
	agreedTo string // the subject
	asked    []string
	subject  string
}

// CanAsk implements tools.Operator.
func (d *distant) CanAsk() (bool, error) { return true, nil }

// Answered implements tools.Operator.
func (d *distant) Answered(subject string) tools.Decision {
	if d.agreedTo == subject {
		return tools.Agreed
	}
	return tools.Undecided
}

// Ask implements tools.Operator.
func (d *distant) Ask(_ context.Context, subject, text string) (tools.Decision, error) {
	d.asked, d.subject = append(d.asked, text), subject
	return tools.Undecided, fault.New(fault.NeedsConfirmation, "Not answered yet.", "", "Repeat the call.")
}

func TestAQuestionAndItsDeletionInTwoCallsCountOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 30)
		person := &distant{}
		ctx := tools.WithOperator(t.Context(), person)
		remove := func() tools.Result { return w.tool("delete_list").Call(ctx, raw(`{"list":"Crowd"}`)) }
		if given := remove(); !given.Failed || len(person.asked) != 1 || !strings.Contains(person.asked[0], "30 contacts are on it") {
			t.Fatalf("asked %q, answered %s", person.asked, given.Text)
		}
		person.agreedTo = person.subject

		// What was agreed to is that list, as it was called then.
		w.works("rename_list", args{"list": "Crowd", "name": "Customers"})
		w.works("create_list", args{"name": "Crowd"})
		if given := remove(); !given.Failed || len(person.asked) != 2 || !strings.Contains(person.asked[1], "Nobody is on it.") {
			t.Fatalf("asked %q, answered %s", person.asked, given.Text)
		}
		w.works("delete_list", args{"list": "id:2"})
		w.works("rename_list", args{"list": "Customers", "name": "Crowd"})

		time.Sleep(5 * time.Minute) // the operator takes their time
		w.ResetRequests()
		if given := remove(); given.Failed || !strings.Contains(given.Text, "30 contacts were on it") || len(w.writes()) != 1 {
			t.Errorf("after %q: %s", w.writes(), given.Text)
		}
	})
	inFakeTime(t, func(t *testing.T, w *world) {
		crowd(w, 30)
		person := &distant{}
		ctx := tools.WithOperator(t.Context(), person)
		w.tool("delete_field").Call(ctx, raw(`{"field":"age"}`))
		person.agreedTo = person.subject
		time.Sleep(time.Hour) // by now the number may be another
		if given := w.tool("delete_field").Call(ctx, raw(`{"field":"age"}`)); given.Failed || !strings.Contains(given.Text, "Its values are gone.") {
			t.Error(given.Text)
		}
	})
}

// tool is a tool as it is bound, for calls past the client.
func (w *world) tool(name string) tools.Callable {
	w.t.Helper()
	for _, tool := range w.tools {
		if tool.Name == name {
			return tool
		}
	}
	w.t.Fatalf("there is no tool %s", name)
	return tools.Callable{}
}

// failedExport has one of the API's exports fail.
func failedExport(id int) emulator.Fault {
	return emulator.Fault{Method: http.MethodGet, Path: fmt.Sprintf("/contacts/exports/%d", id), Status: 200, Body: fmt.Sprintf(`{"id":%d,"status":"failed","url":null}`, id)}
}

// forgetful lets the requests before a question be forgotten.
type forgetful struct{ w **world }

// Elicit implements client.ElicitationHandler.
func (f forgetful) Elicit(context.Context, mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	(*f.w).ResetRequests()
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept}}, nil
}

func TestAContactIsLookedUpOnceBeforeItIsDeleted(t *testing.T) {
	t.Parallel()
	for _, erase := range []bool{false, true} {
		looksOnce := func(t *testing.T, w *world) {
			seeded(w)
			w.works("delete_contact", args{"contact": "anna@example.com", "erase": erase})
			looks := 0
			for _, request := range w.Requests() {
				if request.Method == http.MethodGet && strings.Contains(request.Path, "/contacts/") && !strings.HasSuffix(request.Path, "s") {
					looks++
				}
			}
			if looks != 1 || w.Len() != 0 {
				t.Errorf("erase %t: she was looked up %d times, and %d are left", erase, looks, w.Len())
			}
		}
		inFakeTime(t, looksOnce)
		var asking *world
		eachEra(t, func(t *testing.T, w *world) { asking = w; looksOnce(t, w) }, func(set *setting) {
			set.options = []client.ClientOption{client.WithElicitationHandler(forgetful{&asking})}
		})
	}
}
