package tools_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// restarted is a new server on the same account and folder.
func restarted(t *testing.T, w *world) *world {
	t.Helper()
	w.box.Bulk.Close()
	return open(t, func(set *setting) { set.known, set.dir = w.Emulator, w.dir })
}

func TestRecentJobsAreListedNewestFirst(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("get_job", nil).says(t, "has run no jobs", "by its id")
		first := w.works("import_contacts", args{"rows": rowsOf(addresses(2))}).at("job.job_id")
		time.Sleep(2 * time.Second)
		second := w.works("export_contacts", nil).at("job.job_id")
		recent := w.works("get_job", nil)
		recent.says(t, "Recent jobs, the newest first:", fmt.Sprintf("%s finished: 2 contacts in ", second), fmt.Sprintf("%s finished: 2 created, 0 updated", first))
		recent.has(t, "jobs.0.job_id", second, "jobs.1.job_id", first)
	})
}

func TestAnImportIsFollowedAfterARestart(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		started := w.works("import_contacts", args{"rows": rowsOf(addresses(5)), "wait_seconds": 2})
		started.says(t, "Import is running: 5 of 5 contacts sent")
		later := restarted(t, w)
		running := later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 0})
		running.says(t, "Import is running", "get_job")
		began := time.Now()
		later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45}).says(t, "Import finished: 5 created, 0 updated.")
		if took := time.Since(began); took < 20*time.Second || took > 40*time.Second {
			t.Errorf("get_job waited %v", took)
		}
		later.refused("get_job", args{"job_id": "import-4711-20260101t000000abcd"}, "not_found", "no import 4711")
		later.refused("get_job", args{"job_id": "export-4711-20260101t000000abcd"}, "not_found", "no export 4711", "export_contacts")
		later.refused("get_job", args{"job_id": "import-0-20260101t000000abcd"}, "not_found", "job_id")
		later.refused("get_job", args{"job_id": "export-0-20260101t000000abcd"}, "not_found", "job_id")
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestAnExportIsFollowedAfterARestart(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		started := w.works("export_contacts", args{"wait_seconds": 2})
		later := restarted(t, w)
		id := started.at("job.job_id")
		later.works("get_job", args{"job_id": id, "wait_seconds": 0}).says(t, "Export is running")
		later.works("get_job", args{"job_id": id, "wait_seconds": 45}).says(t, "Exported 3 contacts to "+w.dir)
		later.works("get_job", args{"job_id": id}).says(t, "Exported 3 contacts")
		files, err := filepath.Glob(filepath.Join(w.dir, "*.csv"))
		must(t, err)
		if len(files) != 1 {
			t.Errorf("the files are %q", files)
		}
	}, func(set *setting) { set.emulator.JobDelay = 20 * time.Second })
}

// half is an import of two parts whose second part is not accepted.
func half(t *testing.T, w *world) answer {
	t.Helper()
	seeded(w)
	people := addressesWide(50_300)
	w.file("large.csv", "email,first_name,age,ignored\n"+strings.Join(people[:50_000], ",,,\n")+",,,\n"+
		strings.Join(people[50_000:], ",\"Ann, the \"\"first\"\"\",7,x\n")+",Last,8,x\n")
	return w.works("import_contacts", args{"file": "large.csv", "lists": "VIP", "remove_from_lists": "Newsletter", "wait_seconds": 0})
}

func checkUnsent(t *testing.T, w *world, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	must(t, err)
	if len(files) != 2 || filepath.Base(files[0]) != "job.json" || filepath.Base(files[1]) != "not-sent-002.csv" {
		t.Fatalf("the folder has %q", files)
	}
	rows := readCSV(t, files[1])
	if len(rows) != 301 || !cmp.Equal(rows[0], []string{"email", "age", "first_name"}) || !cmp.Equal(rows[300], []string{"p050299@example.com", "8", "Last"}) {
		t.Errorf("the unsent rows are %d: %q … %q", len(rows)-1, rows[0], rows[len(rows)-1])
	}
	note, err := os.ReadFile(files[0])
	must(t, err)
	if !strings.Contains(string(note), `"lists":[2]`) || !strings.Contains(string(note), `"remove_from_lists":[1]`) || !strings.Contains(string(note), `"api_jobs":[5001]`) {
		t.Errorf("the note is %s", note)
	}
	again := w.works("import_contacts", args{"file": files[1], "lists": "VIP", "wait_seconds": 45})
	again.says(t, "Import finished: 300 created")
	if w.Len() != 50_301 || w.contact("p050298@example.com").Fields["first_name"] != `Ann, the "first"` {
		t.Errorf("there are %d contacts", w.Len())
	}
}

func TestAKilledImportLeavesExactlyWhatWasNotSent(t *testing.T) { // scenario 2 in part
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		started.says(t, "Import is running", "Rows not sent yet are kept in ")
		time.Sleep(10 * time.Second) // the first part is accepted and being worked on
		later := restarted(t, w)     // the server is killed
		time.Sleep(time.Minute)
		stopped := later.works("get_job", args{"job_id": started.at("job.job_id")})
		stopped.says(t, "Import stopped half-way: 50,000 of 50,300 contacts sent, 50,000 created, 0 updated so far.", `left out: "ignored"`, "not-sent-*.csv", "import each file with the same lists")
		checkUnsent(t, later, stopped.at("jobs.0.unsent_folder").(string))
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestAnImportThatFailsHalfWayLeavesExactlyWhatWasNotSent(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		time.Sleep(5 * time.Second)
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Status: 403, Body: `{"errors":"Access forbidden"}`})
		failed := w.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45})
		failed.says(t, "Import failed: 50,000 created, 0 updated before that.", "[forbidden]", "not-sent-*.csv")
		w.ClearFaults()
		checkUnsent(t, w, failed.at("jobs.0.unsent_folder").(string))
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

func TestAnImportKilledAfterItsLastPartHasNothingLeftToSend(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		w.file("people.csv", "email\n"+strings.Join(addresses(1500), "\n"))
		started := w.works("import_contacts", args{"file": "people.csv", "wait_seconds": 5})
		started.says(t, "Import is running: 1,500 of 1,500 contacts sent")
		later := restarted(t, w)
		later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45}).says(t, "Import finished: 1,500 created, 0 updated.")
		onlyItsRecordIsLeft(t, w)
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

// onlyItsRecordIsLeft looks at the folder of an import that has sent everything.
func onlyItsRecordIsLeft(t *testing.T, w *world) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(w.dir, "mailtrap-import-*", "*"))
	must(t, err)
	if len(left) != 1 || filepath.Base(left[0]) != "job.json" {
		t.Errorf("left behind: %q", left)
	}
}

func TestSlowWorkReportsItsProgress(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		var mu sync.Mutex
		messages := map[string]string{}
		w.client.OnNotification(func(notification mcp.JSONRPCNotification) {
			mu.Lock()
			defer mu.Unlock()
			fields := notification.Params.AdditionalFields
			messages[fmt.Sprint(fields["progressToken"])] += fmt.Sprintf("%v/%v %v\n", fields["progress"], fields["total"], fields["message"])
		})
		for tool, arguments := range map[string]any{
			"import_contacts": args{"rows": rowsOf(addresses(5))}, "export_contacts": nil, "fire_event": args{"event": "e", "contacts": []string{"anna@example.com", "bob@example.com"}},
		} {
			request := mcp.CallToolRequest{Params: mcp.CallToolParams{Name: tool, Arguments: arguments, Meta: &mcp.Meta{ProgressToken: tool}}}
			_, err := w.client.CallTool(t.Context(), request)
			must(t, err)
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		for tool, says := range map[string]string{"import_contacts": "Mailtrap is importing 5 contacts", "export_contacts": "Mailtrap is exporting", "fire_event": "2/2 2 of 2 fired"} {
			if !strings.Contains(messages[tool], says) {
				t.Errorf("%s reported %q", tool, messages[tool])
			}
		}
	}, func(set *setting) { set.emulator.JobDelay = 5 * time.Second })
}

func TestACancelledCallEndsItsRequest(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("list_lists", nil)
		w.Inject(emulator.Fault{Do: emulator.Hang})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan answer)
		go func() {
			result, err := w.client.CallTool(ctx, mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "get_contact", Arguments: args{"contact": "a@example.com"}}})
			must(t, err)
			ended <- w.check("get_contact", result)
		}()
		time.Sleep(time.Second)
		cancel()
		began := time.Now()
		given := <-ended
		given.says(t, "[cancelled]")
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		synctest.Wait()
		for _, request := range w.Requests() {
			if strings.Contains(request.Path, "a%40example.com") && request.Status != 0 {
				t.Errorf("the request was answered with %d", request.Status)
			}
		}
	})
}
