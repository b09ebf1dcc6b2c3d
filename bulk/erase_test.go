package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
)

const ann = "ann@example.com"

// holds are the files below some folders that an address stands in, in whatever case.
func holds(t *testing.T, email string, dirs ...string) (found []string) {
	t.Helper()
	for _, dir := range dirs {
		must(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // the note of unfinished jobs may be taken away meanwhile
				return nil
			}
			if err != nil || info.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(bytes.ToLower(content), []byte(email)) {
				found = append(found, path)
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}))
	}
	return found
}

// aroundAnn has ann among contacts and, with a wrong value, among the rejected rows of a file.
func aroundAnn(t *testing.T, dir string) ImportRequest {
	t.Helper()
	var file strings.Builder
	file.WriteString("email,age\n")
	for i := range 30 {
		fmt.Fprintf(&file, "p%05d@example.com,%d\n", i, i)
		if i == 2 {
			fmt.Fprintf(&file, "Ann@Example.com,41\n<ann@example.com,old\nAnn <ann@example.com>;,x\n")
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "people.csv"), []byte(file.String()), 0o600))
	return ImportRequest{File: "people.csv"}
}

func TestNothingOfAPersonIsLeftOfPlansAndJobs(t *testing.T) {
	t.Parallel()
	data, dir := filepath.Join(t.TempDir(), "data"), t.TempDir()
	account := peopled(emulator.Config{Unlimited: true}, 30)
	account.AddField("Age", "integer", "age")
	s := started(t, setting{account: account, dirs: []string{dir}, data: data})
	request := aroundAnn(t, dir)
	plan, err := s.PlanImport(t.Context(), request)
	must(t, err)
	her, err := apiclient.ParseContact(ann)
	must(t, err)
	event, err := s.PlanWrite(t.Context(), Event, Spec{Event: &apiclient.Event{Name: "e"}}, Selection{Contacts: append(refs(t, 20), her)})
	must(t, err)
	done, err := s.PlanWrite(t.Context(), Delete, Spec{}, Selection{Contacts: slices.Concat(refs(t, 3), []apiclient.ContactRef{her}, refs(t, 55)[30:])})
	finished := applied(t, s, done, err)
	if finished.Tally.NotFound != 26 || finished.Tally.ReportFile == "" {
		t.Fatalf("the job is %+v", finished)
	}
	must(t, os.Remove(filepath.Join(dir, "people.csv"))) // it is the operator's
	if len(holds(t, ann, data, dir)) == 0 {
		t.Fatal("she is nowhere to begin with")
	}
	erased, err := s.Erase(t.Context(), " ANN@example.com ")
	must(t, err)
	if len(erased.Sending) > 0 || erased.Rows < 4 {
		t.Errorf("it did %+v", erased)
	}
	jobs, err := s.Recent(t.Context())
	must(t, err)
	for _, job := range jobs {
		if said, _ := json.Marshal(job); bytes.Contains(bytes.ToLower(said), []byte(ann)) {
			t.Errorf("the job still says %s", said)
		}
	}
	got := applied(t, s, plan, nil)
	fired := applied(t, s, event, nil)
	if got.Tally.TakenOut != 1 || fired.Tally.TakenOut != 1 {
		t.Errorf("the jobs are %+v and %+v", got.Tally, fired.Tally)
	}
	addsUp(t, got)
	addsUp(t, fired)
	if _, there := account.Contact(ann); there {
		t.Error("she was imported")
	}
	if left := holds(t, ann, dir); len(left) > 0 {
		t.Errorf("she stands in %q", left)
	}
	again, err := s.Erase(t.Context(), ann)
	if err != nil || again.Rows > 0 || len(again.Files) > 0 {
		t.Errorf("a second time it did %+v, %v", again, err)
	}
	s.Close()
	db, err := s.store.Quick(t.Context()) // the journal is erased by the journal
	must(t, err)
	_, err = db.Exec(`DELETE FROM change`)
	must(t, err)
	must(t, s.store.Close())
	if left := holds(t, ann, data, dir); len(left) > 0 {
		t.Errorf("she stands in %q", left)
	}
}

func TestWhoIsErasedWhileAnImportRunsIsNotSentOrNamedAsOnTheWay(t *testing.T) {
	t.Parallel()
	data, dir := filepath.Join(t.TempDir(), "data"), t.TempDir()
	account := emulator.New(emulator.Config{Unlimited: true, JobDelay: 2 * time.Second})
	account.AddField("Plan", "text", "plan")
	s := started(t, setting{account: account, dirs: []string{dir}, data: data})
	planned, err := s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		return manyChunks(ctx, stage, 2)
	})
	must(t, err)
	must(t, s.Apply(t.Context(), planned.ID, false))
	for {
		status, err := s.Follow(t.Context(), planned.ID, 0, nil)
		must(t, err)
		if status.Tally.Sent > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	first, err := s.Erase(t.Context(), address(1)) // its chunk is accepted
	must(t, err)
	second, err := s.Erase(t.Context(), address(chunkRows+1)) // its chunk waits
	must(t, err)
	if len(first.Sending) != 1 || len(second.Sending) != 0 || first.Rows != 1 || second.Rows != 1 {
		t.Errorf("it did %+v and %+v", first, second)
	}
	got := ended(t, s, planned.ID)
	addsUp(t, got)
	if _, there := account.Contact(address(chunkRows + 1)); there || got.Tally.TakenOut != 1 {
		t.Errorf("the one that waited is there: %v; the job is %+v", there, got)
	}
}

func TestAnErasureWaitsForAPlanThatIsBeingWrittenDownAndCanBeCalledOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := service(t, emulator.New(emulator.Config{Unlimited: true}), t.TempDir())
		planning := make(chan struct{})
		go func() {
			_, err := s.plan(t.Context(), Import, Spec{}, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
				close(planning)
				time.Sleep(time.Minute) // as reading a slow disk does
				return manyChunks(ctx, stage, 1)
			})
			if err != nil {
				t.Error(err)
			}
		}()
		<-planning
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Erase(brief, address(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while the plan is being written down: %v", err)
		}
		erased, err := s.Erase(t.Context(), address(1))
		must(t, err)
		if erased.Rows != 1 {
			t.Errorf("it did %+v", erased)
		}
	})
}

func TestNobodyIsErasedWithoutAnAddress(t *testing.T) {
	if erased, err := service(t, emulator.New(emulator.Config{}), t.TempDir()).Erase(noDeadline, "  "); !fault.Is(err, fault.InvalidInput) || len(erased.Files) > 0 {
		t.Errorf("got %+v, %v", erased, err)
	}
}
