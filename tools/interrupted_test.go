package tools_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// beside is a second server on the same account and folders, while the first one goes on.
func beside(t *testing.T, w *world) *world {
	t.Helper()
	return open(t, func(set *setting) { set.known, set.dir, set.state = w.Emulator, w.dir, w.folder })
}

func TestAJobIsFollowedAndCancelledByAnotherProcess(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		started := half(t, w)
		time.Sleep(10 * time.Second)
		other := beside(t, w)
		id := started.at("job.job_id")
		seen := other.works("get_job", args{"job_id": id, "wait_seconds": 0})
		seen.says(t, "Import is running: 0 of 50,300 contacts dealt with (50,000 sent, Mailtrap works on them)")
		other.works("get_job", nil).says(t, "Recent jobs", " is running")
		other.works("cancel_job", args{"job_id": id}).says(t, "Import is running", "(50,000 sent, Mailtrap works on them)", "It was told to stop.", "It ends as soon as Mailtrap has answered what was sent")
		w.works("get_job", args{"job_id": id, "wait_seconds": 45}).says(t, "Import was cancelled: 50,000 of 50,300 rows imported", "300 not sent")
		time.Sleep(2 * time.Minute)
		if w.imports() != 1 || w.Len() != 50_001 {
			t.Errorf("%d imports, %d contacts", w.imports(), w.Len())
		}
	}, onDisk(t.TempDir()), func(set *setting) { set.emulator.JobDelay = 30 * time.Second })
}

func TestWhatAFileLeftOutIsKnownAfterARestart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file("few.csv", "email\nann@example.com\nnobody\nbob@example.com\nnobody else\n")
		started := w.works("import_contacts", args{"file": "few.csv"})
		started.says(t, "Import finished: 2 of 4 rows imported (2 created, 0 updated, 2 rejected).")
		later := restarted(t, w)
		again := later.works("get_job", args{"job_id": started.at("job.job_id")})
		again.says(t, "Import finished: 2 of 4 rows imported (2 created", "2 rows rejected; they are in "+started.at("job.rejected_file").(string))
	}, onDisk(t.TempDir()))
}

func TestCancellingACallSaysThatItsJobGoesOn(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		i := slices.IndexFunc(w.tools, func(c tools.Callable) bool { return c.Name == "import_contacts" })
		result := w.tools[i].Call(ctx, raw(`{"rows":[{"email":"ann@example.com"}]}`))
		if !result.Failed || !strings.Contains(result.Text, "[cancelled] The call was cancelled; the job import-") || !strings.Contains(result.Text, "Follow it with get_job") {
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

func TestAnExportRightAfterAWriteHasIt(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.works("create_contact", args{"email": "new@example.com"})
		w.works("export_contacts", args{"file": "all.csv"}).says(t, "Exported 2 contacts")
	}, func(set *setting) { set.emulator.ApplyDelay = 5 * time.Second })
}

func TestRowsThatMailtrapRejectedAreKnownAfterARestart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := addresses(1200)
		w.file("people.csv", "email\n"+strings.Join(people, "\n"))
		w.Inject(emulator.Fault{
			Method: "POST", Path: "/contacts/imports", Times: 1, Status: 422,
			Body: `{"errors":[{"email":"` + people[7] + `","errors":{"email":["is invalid"]}}]}`,
		})
		started := w.planned("import_contacts", args{"file": "people.csv"}, 45)
		started.says(t, "Import finished: 1,199 of 1,200 rows imported (1,199 created, 0 updated, 1 refused)", "1 row rejected; it is in ")
		later := restarted(t, w)
		later.works("get_job", args{"job_id": started.at("job.job_id")}).says(t, "1 row rejected; it is in "+started.at("job.rejected_file").(string))
	}, onDisk(t.TempDir()))
}
