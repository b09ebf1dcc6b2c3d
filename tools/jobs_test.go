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

	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// restarted is a new server on the same account and folders, after the first one has ended.
func restarted(t *testing.T, w *world) *world {
	t.Helper()
	if w.folder == "" {
		t.Fatal("a world without a folder is not there after a restart")
	}
	w.close()
	must(t, w.stored.Close())
	return beside(t, w)
}

func TestRecentJobsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		none := w.works("get_job", nil)
		none.says(t, "There are no jobs of this account, and no open plans.")
		none.has(t, "jobs", []any{})
		first := w.works("import_contacts", args{"rows": rowsOf(addresses(2))}).at("job.job_id")
		time.Sleep(2 * time.Second)
		second := w.works("import_contacts", args{"rows": rowsOf(addresses(3))}).at("job.job_id")
		time.Sleep(2 * time.Second)
		third := w.works("bulk_delete_contacts", args{"contacts": addresses(2), "preview": true}).at("job.plan_id")
		recent := w.works("get_job", nil)
		recent.says(t, "Recent jobs, those that run first, and plans that were not applied:", fmt.Sprintf("%s is a plan for 2 contacts that was not applied; expires ", third),
			fmt.Sprintf("%s finished: 1 created, 2 updated", second), fmt.Sprintf("%s finished: 2 created, 0 updated", first))
		recent.has(t, "jobs.0.job_id", second, "jobs.1.job_id", first, "jobs.2.job_id", third)
		time.Sleep(time.Hour)
		if later := w.works("get_job", nil); strings.Contains(later.text, third.(string)) {
			t.Errorf("a plan that has expired is listed:\n%s", later.text)
		}
	})
}

func TestPlansDoNotPushJobsOffTheList(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		done := w.works("import_contacts", args{"rows": rowsOf(addresses(2))}).at("job.job_id")
		plan := func(i int) any {
			time.Sleep(time.Second)
			return w.works("bulk_delete_contacts", args{"contacts": []any{fmt.Sprintf("p%d@example.com", i)}, "preview": true}).at("job.plan_id")
		}
		for i := range 60 {
			plan(i)
		}
		recent := w.works("get_job", nil)
		recent.has(t, "jobs.0.job_id", done)
		recent.says(t, fmt.Sprint(done, " finished: 2 created"), fmt.Sprintf("- and %[1]d more, %[1]d of them plans", recent.count("omitted")))
		time.Sleep(25 * time.Hour)
		w.works("get_job", nil).has(t, "jobs.0.job_id", done, "jobs.1", nil)
		open := plan(60)
		w.works("get_job", nil).has(t, "jobs.0.job_id", open, "jobs.1.job_id", done)
	}, unlimited)
}

func TestAnImportGoesOnAfterARestartByItself(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		started := w.planned("import_contacts", args{"rows": rowsOf(addresses(5))}, 2)
		started.says(t, "Import is running: 0 of 5 contacts dealt with (5 sent, Mailtrap works on them)")
		later := restarted(t, w)
		running := later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 0})
		running.says(t, "Import is running", "get_job")
		began := time.Now()
		later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45}).says(t, "Import finished: 5 created, 0 updated.")
		if took := time.Since(began); took < 20*time.Second || took > 40*time.Second {
			t.Errorf("get_job waited %v", took)
		}
		later.refused("get_job", args{"job_id": noJob}, "not_found", noJob, "get_job without it")
		later.refused("get_job", args{"job_id": "import-4711-20260101t000000abcd"}, "not_found", "job_id") // as they were once
	}, onDisk(t.TempDir()), func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestAnExportAfterARestartIsAskedForAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		w.refused("export_contacts", args{"columns": "email", "file": "mine.csv"}, "timeout", "Call again")
		later := restarted(t, w) // Mailtrap is still exporting, and one at a time
		later.refused("export_contacts", args{"columns": "email", "file": "mine.csv"}, "timeout", "Call again")
		later.works("export_contacts", args{"columns": "email", "file": "mine.csv"}).says(t, "Exported 3 contacts to "+filepath.Join(w.dir, "mine.csv"), "Filled: \"Email\" 100%")
		if rows := readCSV(t, filepath.Join(w.dir, "mine.csv")); len(rows) != 4 || len(rows[0]) != 1 {
			t.Errorf("the file has %q", rows)
		}
		if files := filesIn(t, w.dir); len(files) != 1 {
			t.Errorf("the files are %q", files)
		}
	}, onDisk(t.TempDir()), func(set *setting) { set.emulator.JobDelay = 60 * time.Second })
}

// half is an import of two requests, the second of which leaves when the first is dealt with.
func half(t *testing.T, w *world) answer {
	t.Helper()
	seeded(w)
	people := addressesWide(50_300)
	w.file("large.csv", "email,first_name,age,ignored\n"+strings.Join(people[:50_000], ",,,\n")+",,,\n"+
		strings.Join(people[50_000:], ",\"Ann, the \"\"first\"\"\",7,x\n")+",Last,8,x\n")
	return w.planned("import_contacts", args{"file": "large.csv", "lists": "VIP", "remove_from_lists": "Newsletter"}, 0)
}

// imports are how many imports Mailtrap has accepted.
func (w *world) imports() int {
	accepted := 0
	for _, request := range w.Requests() {
		if request.Method == http.MethodPost && strings.HasSuffix(request.Path, "/contacts/imports") && request.Status < 300 {
			accepted++
		}
	}
	return accepted
}

func TestAnImportWhoseServerWasStoppedGoesOnWithTheRest(t *testing.T) { // scenario 2 in part
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		started.says(t, "Import is running")
		time.Sleep(10 * time.Second) // the first part is accepted and being worked on
		must(t, os.Remove(filepath.Join(w.dir, "large.csv")))
		later := restarted(t, w)
		time.Sleep(3 * time.Minute) // without any call
		finished := later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 0})
		finished.says(t, "Import finished: 50,300 created, 0 updated.", `Columns without a field, left out: "ignored"`)
		last := w.contact("p050299@example.com")
		if w.imports() != 2 || w.Len() != 50_301 || last.Fields["first_name"] != "Last" || len(last.ListIDs) != 1 {
			t.Errorf("%d imports, %d contacts, the last is %+v", w.imports(), w.Len(), last)
		}
	}, onDisk(t.TempDir()), func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestAnImportThatFailsHalfWayIsCarriedOnWithByApplyPlan(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		time.Sleep(5 * time.Second)
		w.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Status: 403, Body: `{"errors":"Access forbidden"}`})
		id := started.at("job.job_id").(string)
		failed := w.works("get_job", args{"job_id": id, "wait_seconds": 45})
		failed.says(t, "Import failed: 50,000 of 50,300 rows imported (50,000 created, 0 updated, 300 not sent).", "[forbidden]", "apply_plan with plan_id "+id+" resumes with those not sent")
		failed.has(t, "jobs.0.state", "failed", "jobs.0.not_sent", 300)
		w.ClearFaults()
		w.works("apply_plan", args{"plan_id": id, "wait_seconds": 45}).says(t, "Import finished: 50,300 created")
		if w.imports() != 2 || w.Len() != 50_301 || w.contact("p050298@example.com").Fields["first_name"] != `Ann, the "first"` {
			t.Errorf("%d imports, %d contacts", w.imports(), w.Len())
		}
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

func TestSlowWorkReportsItsProgress(t *testing.T) {
	t.Parallel()
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
		for tool, says := range map[string]string{"import_contacts": "Mailtrap is importing 5 contacts", "export_contacts": "Mailtrap is exporting", "fire_event": "2/2 2 of 2 contacts"} {
			if !strings.Contains(messages[tool], says) {
				t.Errorf("%s reported %q", tool, messages[tool])
			}
		}
	}, func(set *setting) { set.emulator.JobDelay = 5 * time.Second })
}

func TestACancelledCallEndsItsRequest(t *testing.T) {
	t.Parallel()
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

var _ = hostileCase("get_job", func(x *exposure) {
	x.first("bulk_update_contacts", args{"contacts": []any{x.anna, x.odd}, "fields": args{"evil": x.short}, "add_to_lists": x.list, "preview": true})
	x.given(nil, args{"job_id": x.v})
})

var _ = hostileCase("cancel_job", func(x *exposure) { x.given(args{"job_id": x.v}) })

var _ = hostileCase("apply_plan", func(x *exposure) {
	x.given(args{"plan_id": x.v})
	for _, job := range x.works("get_job", nil).at("jobs").([]any) { // of all that was begun before
		id := job.(map[string]any)["job_id"]
		x.given(args{"plan_id": id})
		x.first("get_job", args{"job_id": id, "wait_seconds": 45})
		x.first("cancel_job", args{"job_id": id})
	}
})

func TestAJobThatRunsIsListedBesideManyNewerPlans(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		job := slowly(w, 150)
		plan := args{"contacts": "who@example.com", "event": "again", "preview": true}
		for range 60 {
			time.Sleep(time.Millisecond)
			w.works("fire_event", plan)
		}
		seen := w.works("get_job", nil)
		seen.has(t, "jobs.0.job_id", job, "jobs.0.state", "running")
		if n := len(seen.at("jobs").([]any)); n != 2 {
			t.Errorf("%d jobs, replaced plans among them: %s", n, seen.text)
		}
		for i := range 60 {
			plan["event"] = fmt.Sprint("event ", i)
			time.Sleep(time.Millisecond)
			w.works("fire_event", plan)
		}
		w.works("get_job", nil).has(t, "jobs.0.job_id", job)
		w.works("cancel_job", args{"job_id": job})
	})
}
