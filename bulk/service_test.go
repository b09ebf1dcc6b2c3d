package bulk

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func people(n int) []apiclient.ImportRow {
	rows := make([]apiclient.ImportRow, n)
	for i := range rows {
		rows[i].Email = fmt.Sprintf("p%05d@example.com", i)
	}
	return rows
}

// written counts the requests that were not only looking.
func writesTo(account *emulator.Emulator) int {
	found := 0
	for _, request := range account.Requests() {
		if request.Method != http.MethodGet {
			found++
		}
	}
	return found
}

func TestNothingIsSentThatCouldNotBeKeptSafeFirst(t *testing.T) {
	account := emulator.New(emulator.Config{})
	dir := filepath.Join(t.TempDir(), "allowed")
	must(t, os.Mkdir(dir, 0o700))
	s := service(t, account, dir)
	must(t, os.Remove(dir))
	_, err := s.StartImport(noDeadline, FromRows(people(stagedAbove+1)))
	if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "nothing was sent") {
		t.Errorf("the error is %v", err)
	}
	if writesTo(account) > 0 {
		t.Error("something was sent")
	}
}

func TestNothingIsSentWhenTheRejectsCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "allowed")
	must(t, os.Mkdir(dir, 0o700))
	account := emulator.New(emulator.Config{})
	s := service(t, account, dir)
	must(t, os.Remove(dir))
	rows := FromRows(people(3))
	rows.Rejected = []Rejected{{Line: 1, Reason: "email is empty"}}
	if _, err := s.StartImport(noDeadline, rows); !fault.Is(err, fault.FileAccess) || writesTo(account) > 0 {
		t.Errorf("after %v, %d requests were sent", err, writesTo(account))
	}
}

func TestAJobThatPanicsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, emulator.New(emulator.Config{}), t.TempDir())
		rows := FromRows(people(3))
		rows.Rows[0].Fields = apiclient.Values{"f": explosive{}}
		id, err := s.StartImport(noDeadline, rows)
		must(t, err)
		status, err := s.Follow(t.Context(), id, time.Minute, nil)
		must(t, err)
		if status.State != Failed || !fault.Is(status.Err, fault.Internal) {
			t.Errorf("the job is %+v", status)
		}
	})
}

func TestAnImportThatPanicsLetsGoOfItsFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, emulator.New(emulator.Config{}), t.TempDir())
		var logged bytes.Buffer
		s.log = slog.New(slog.NewTextHandler(&logged, nil))
		rows := FromRows(people(stagedAbove + 1))
		rows.Rows[0].Fields = apiclient.Values{"f": explosive{}}
		id, err := s.StartImport(noDeadline, rows)
		must(t, err)
		status, err := s.Follow(t.Context(), id, time.Minute, nil)
		must(t, err)
		info, err := os.Stat(filepath.Join(status.UnsentFolder, recordName))
		must(t, err)
		if status.State != Failed || status.Counted || !info.ModTime().Equal(time.Unix(0, 0)) {
			t.Errorf("the folder was touched at %v, and the job is %+v", info.ModTime(), status)
		}
		if !strings.Contains(logged.String(), "MarshalJSON") {
			t.Errorf("the log has no stack: %s", &logged)
		}
	})
}

// explosive is a value that panics when it is sent.
type explosive struct{}

// MarshalJSON implements json.Marshaler.
func (explosive) MarshalJSON() ([]byte, error) { panic("boom") }

func TestOldJobsAreForgottenAndRunningOnesAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		s := service(t, account, t.TempDir())
		var first string
		for i := range keptJobs + 20 {
			id, err := s.StartImport(noDeadline, FromRows(people(1)))
			must(t, err)
			status, err := s.Follow(t.Context(), id, 10*time.Minute, nil)
			must(t, err)
			if i == 0 {
				first = status.ID
			}
		}
		if got := len(s.Recent()); got != keptJobs {
			t.Errorf("%d jobs are kept", got)
		}
		status, err := s.Follow(t.Context(), first, time.Minute, nil)
		must(t, err)
		if status.State != Finished || status.Created != 1 {
			t.Errorf("the first job is %+v", status)
		}
	})
}

func TestJobsStopWhenTheServiceCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, emulator.New(emulator.Config{JobDelay: time.Hour}), t.TempDir())
		imported, err := s.StartImport(noDeadline, FromRows(people(3)))
		must(t, err)
		exported, err := s.StartExport(ExportRequest{})
		must(t, err)
		waiting, err := s.StartExport(ExportRequest{File: "other.csv"})
		must(t, err)
		time.Sleep(time.Minute)
		began := time.Now()
		s.Close()
		if took := time.Since(began); took > time.Second {
			t.Errorf("closing took %v", took)
		}
		for _, id := range []string{imported, exported, waiting} {
			status, err := s.Follow(t.Context(), id, time.Minute, nil)
			must(t, err)
			if status.State != Stopped || !fault.Is(status.Err, fault.Cancelled) {
				t.Errorf("the job is %+v", status)
			}
		}
	})
}

func TestAJobOfTheAPIThatNeverEndsDoesNotBlockOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{JobDelay: 1000 * time.Hour})
		s := service(t, account, t.TempDir())
		imported, err := s.StartImport(noDeadline, FromRows(people(3)))
		must(t, err)
		exported, err := s.StartExport(ExportRequest{})
		must(t, err)
		for _, id := range []string{imported, exported} {
			status, err := s.Follow(t.Context(), id, 3*time.Hour, nil)
			must(t, err)
			if status.State != Failed || !fault.Is(status.Err, fault.Timeout) {
				t.Errorf("the job is %+v", status)
			}
		}
	})
}

// A job is not over because its state cannot be asked for during a while.
func TestAnOutageDoesNotEndAJob(t *testing.T) {
	for name, outage := range map[string]emulator.Fault{
		"reset":      {Do: emulator.LoseBefore},
		"silence":    {Do: emulator.Hang},
		"502":        {Status: 502, Body: "<html>Bad gateway</html>"},
		"429":        {Status: 429},
		"unreadable": {Status: 200, Body: "<html>Soon back</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := emulator.New(emulator.Config{JobDelay: time.Minute})
				s := service(t, account, t.TempDir())
				imported, err := s.StartImport(noDeadline, FromRows(people(3)))
				must(t, err)
				exported, err := s.StartExport(ExportRequest{})
				must(t, err)
				time.Sleep(10 * time.Second)
				account.Inject(outage)
				time.Sleep(20 * time.Minute)
				account.ClearFaults()
				for _, id := range []string{imported, exported} {
					status, err := s.Follow(t.Context(), id, time.Hour, nil)
					must(t, err)
					if status.State != Finished {
						t.Errorf("the job is %+v", status)
					}
				}
			})
		})
	}
}

func TestARefusedLookEndsAJob(t *testing.T) {
	for code, want := range map[int]fault.Code{401: fault.Unauthorized, 403: fault.Forbidden, 404: fault.NotFound} {
		synctest.Test(t, func(t *testing.T) {
			account := emulator.New(emulator.Config{JobDelay: time.Minute})
			s := service(t, account, t.TempDir())
			account.Inject(emulator.Fault{Method: http.MethodGet, Path: "/contacts/", Status: code, Body: `{"errors":"no"}`})
			imported, err := s.StartImport(noDeadline, FromRows(people(3)))
			must(t, err)
			exported, err := s.StartExport(ExportRequest{})
			must(t, err)
			for _, id := range []string{imported, exported} {
				status, err := s.Follow(t.Context(), id, time.Minute/2, nil)
				must(t, err)
				if status.State != Failed || !fault.Is(status.Err, want) {
					t.Errorf("the job is %+v", status)
				}
			}
		})
	}
}

func TestAnExportThatIsNeverStartedIsAskedForFourTimes(t *testing.T) {
	for name, failure := range map[string]emulator.Fault{
		"500":        {Status: 500},
		"unreadable": {Status: 200, Body: "<html>Soon back</html>"},
		"reset":      {Do: emulator.LoseBefore},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				account := emulator.New(emulator.Config{})
				s := service(t, account, t.TempDir())
				failure.Method, failure.Path = http.MethodPost, "/contacts/exports"
				account.Inject(failure)
				id, err := s.StartExport(ExportRequest{})
				must(t, err)
				status, err := s.Follow(t.Context(), id, time.Minute, nil)
				must(t, err)
				if status.State != Failed || !fault.Is(status.Err, fault.UpstreamError) || !strings.Contains(status.Err.Error(), "repeating the same call is safe") {
					t.Errorf("the job is %+v", status)
				}
				posts := 0
				for _, request := range account.Requests() {
					if request.Method == http.MethodPost {
						posts++
					}
				}
				if posts != 4 {
					t.Errorf("%d requests", posts)
				}
			})
		})
	}
}

func TestAMendedFileOfRejectedRowsIsLeftAlone(t *testing.T) {
	for _, mended := range []bool{false, true} {
		s := service(t, emulator.New(emulator.Config{}), t.TempDir())
		prepared := FromRows(people(1))
		prepared.Rejected = []Rejected{{Line: 7, Reason: "first", Cells: []string{"a"}}}
		j := newJob(Import)
		must(t, s.writeRejected(j, prepared))
		first := j.status().RejectedFile
		if mended {
			must(t, os.WriteFile(first, []byte("email\nmended@example.com\n"), 0o600))
		}
		prepared.Rejected = append(prepared.Rejected, Rejected{Line: 3, Reason: "later", Cells: []string{"b"}})
		must(t, s.addRejected(j, prepared, 1))
		status := j.status()
		kept, err := os.ReadFile(first)
		must(t, err)
		shown, err := os.ReadFile(status.RejectedFile)
		must(t, err)
		both := strings.Contains(string(shown), "first") && strings.Contains(string(shown), "later")
		alone := strings.Contains(string(kept), "mended@") && status.RejectedFile != first && strings.Contains(status.Note, first) &&
			!strings.Contains(string(shown), "first") && strings.Contains(string(shown), "later")
		if mended && !alone || !mended && (!both || status.RejectedFile != first) {
			t.Errorf("mended %v: the first file has %q, the other %q, and the job is %+v", mended, kept, shown, status)
		}
	}
}

func TestAnImportOfManyPartsHasAShortIDThatFindsAllOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := emulator.New(emulator.Config{Unlimited: true})
		dir := t.TempDir()
		s := service(t, account, dir)
		prepared := FromRows(people(stagedAbove + 1))
		j := newJob(Import)
		staged, err := s.stage(j, [][]apiclient.ImportRow{prepared.Rows})
		must(t, err)
		for range 90 {
			started, err := s.api.CreateImport(noDeadline, people(1))
			must(t, err)
			j.update("", func(status *Status) { status.APIJobs = append(status.APIJobs, started.ID) })
		}
		staged.sent(0, j.status())
		staged.release(j.status())
		id := j.status().ID
		if len(id) > 60 {
			t.Errorf("the id is %s", id)
		}
		status, err := service(t, account, dir).Follow(t.Context(), id, time.Minute, nil)
		must(t, err)
		if status.ID != id || len(status.APIJobs) != 90 || status.Created+status.Updated != 90 {
			t.Errorf("the id is %s, with %d parts: %+v", status.ID, len(status.APIJobs), status)
		}
		if parsed, err := parseJobID(id); err != nil || !j.answersTo(parsed) {
			t.Errorf("the job does not answer to %s, %v", id, err)
		}
	})
}
