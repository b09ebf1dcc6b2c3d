package bulk

import (
	"fmt"
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

func TestNothingIsSentThatCouldNotBeKeptSafeFirst(t *testing.T) {
	account := emulator.New(emulator.Config{})
	dir := filepath.Join(t.TempDir(), "allowed")
	must(t, os.Mkdir(dir, 0o700))
	s := service(t, account, dir)
	must(t, os.Remove(dir))
	_, err := s.StartImport(FromRows(people(stagedAbove + 1)))
	if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "nothing was sent") {
		t.Errorf("the error is %v", err)
	}
	if len(account.Requests()) > 0 {
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
	if _, err := s.StartImport(rows); !fault.Is(err, fault.FileAccess) || len(account.Requests()) > 0 {
		t.Errorf("after %v, %d requests were sent", err, len(account.Requests()))
	}
}

func TestAJobThatPanicsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := service(t, emulator.New(emulator.Config{}), t.TempDir())
		rows := FromRows(people(3))
		rows.Rows[0].Fields = apiclient.Values{"f": explosive{}}
		id, err := s.StartImport(rows)
		must(t, err)
		status, err := s.Follow(t.Context(), id, time.Minute, nil)
		must(t, err)
		if status.State != Failed || !fault.Is(status.Err, fault.Internal) {
			t.Errorf("the job is %+v", status)
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
			id, err := s.StartImport(FromRows(people(1)))
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
		imported, err := s.StartImport(FromRows(people(3)))
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
		imported, err := s.StartImport(FromRows(people(3)))
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
