package tools_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// beside is a second server on the same account and folder, while the first one goes on.
func beside(t *testing.T, w *world) *world {
	t.Helper()
	return open(t, func(set *setting) { set.known, set.dir = w.Emulator, w.dir })
}

func TestAnImportThatAnotherProcessIsSendingIsNotCalledStopped(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		time.Sleep(10 * time.Second)
		other := beside(t, w)
		id := started.at("job.job_id")
		seen := other.works("get_job", args{"job_id": id, "wait_seconds": 0})
		seen.says(t, "Import is running: 50,000 of 50,300 contacts sent", "Another process of this server is sending it.")
		if strings.Contains(seen.text, "import each file") {
			t.Errorf("it says to import what is being sent:\n%s", seen.text)
		}
		other.works("get_job", nil).says(t, "Recent jobs", " is running")
		other.works("get_job", args{"job_id": id, "wait_seconds": 45}).says(t, "Import is running")
		other.works("get_job", args{"job_id": id, "wait_seconds": 45}).says(t, "Import finished: 50,300 created")
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestAnImportWhoseProcessDiedIsFoundWithoutItsID(t *testing.T) { // scenario 2 in part
	inFakeTime(t, func(t *testing.T, w *world) {
		half(t, w)
		time.Sleep(10 * time.Second)
		other := beside(t, w)
		notes, err := filepath.Glob(filepath.Join(w.dir, "mailtrap-import-*", "job.json"))
		must(t, err)
		long := time.Now().Add(-time.Minute) // as if nobody had touched it since
		must(t, os.Chtimes(notes[0], long, long))
		found := other.works("get_job", nil)
		found.says(t, "stopped half-way: 50,000 of 50,300 contacts sent; get_job with this job_id says how to go on")
		stopped := other.works("get_job", args{"job_id": found.at("jobs.0.job_id"), "wait_seconds": 0})
		stopped.says(t, "Import stopped half-way: 50,000 of 50,300 contacts sent, 0 created", "Mailtrap is still importing the rest of those sent.", "not-sent-*.csv")
	}, func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestWhatAFileLeftOutIsKnownAfterARestart(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("few.csv", "email\nann@example.com\nnobody\nbob@example.com\nnobody else\n")
		started := w.works("import_contacts", args{"file": "few.csv"})
		started.says(t, "Import finished: 2 of 4 contacts imported")
		later := restarted(t, w)
		again := later.works("get_job", args{"job_id": started.at("job.job_id")})
		again.says(t, "Import finished: 2 created, 0 updated.", "2 rows rejected; they are in "+started.at("job.rejected_file").(string))
	})
}

func TestCancellingACallSaysThatItsJobGoesOn(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		i := slices.IndexFunc(w.tools, func(c tools.Callable) bool { return c.Name == "import_contacts" })
		result := w.tools[i].Call(ctx, raw(`{"rows":[{"email":"ann@example.com"}]}`))
		if !result.Failed || !strings.Contains(result.Text, "[cancelled] Only the waiting was cancelled; the job goes on as import-5001-") || !strings.Contains(result.Text, "do not start it again") {
			t.Errorf("the answer is %s", result.Text)
		}
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Error("the call was not cancelled")
		}
		w.works("get_job", nil).says(t, "is running")
		time.Sleep(time.Minute)
		w.works("get_job", nil).says(t, "finished: 1 created")
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

func TestAnExportThatWasResumedSaysWhatItHasLost(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		toExport(w)
		started := w.works("export_contacts", args{"columns": "email", "file": "mine.csv", "wait_seconds": 0})
		later := restarted(t, w)
		resumed := later.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45})
		resumed.says(t, "Exported 3 contacts", "resumed after a restart, so the file has all columns and a name of its own")
	}, func(set *setting) { set.emulator.JobDelay = 10 * time.Second })
}

func TestAnExportRightAfterAWriteSaysThatItMayLackIt(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("create_contact", args{"email": "new@example.com"})
		w.works("export_contacts", nil).says(t, "those changes may be missing from it")
		settled()
		if later := w.works("export_contacts", nil); strings.Contains(later.text, "missing") {
			t.Errorf("nothing was written, and it says\n%s", later.text)
		}
	}, func(set *setting) { set.emulator.ApplyDelay = 5 * time.Second })
}

func TestRowsThatMailtrapRejectedAreKnownAfterARestart(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(1200)
		w.file("people.csv", "email\n"+strings.Join(people, "\n"))
		w.Inject(emulator.Fault{
			Method: "POST", Path: "/contacts/imports", Times: 1, Status: 422,
			Body: `{"errors":[{"email":"` + people[7] + `","errors":{"email":["is invalid"]}}]}`,
		})
		started := w.works("import_contacts", args{"file": "people.csv", "wait_seconds": 45})
		started.says(t, "Import finished: 1,199 of 1,200 contacts imported", "1 row rejected; it is in ")
		later := restarted(t, w)
		later.works("get_job", args{"job_id": started.at("job.job_id")}).says(t, "1 row rejected; it is in "+started.at("job.rejected_file").(string))
	})
}
