package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
)

func TestLinesAreWhatTheClientMarshals(t *testing.T) {
	stage := &kept{}
	_, err := ReadFile(t.Context(), fileOf("since,email,score,first_name,active\n2026-01-02,O'Neil&Co@b.co,\"1,200.5\",\"<Ann> \\ \"\"x\"\"\u2028\u0007é\",yes\n,b@b.co,,,\n"), Reading{}, accountWith(someFields), stage)
	must(t, err)
	for i, row := range []apiclient.ImportRow{
		{Email: "o'neil&co@b.co", Fields: apiclient.Values{"since": "2026-01-02", "score": json.Number("1200.5"), "first_name": "<Ann> \\ \"x\"\u2028\u0007é", "active": true}},
		{Email: "b@b.co"},
	} {
		want, err := json.Marshal(row)
		must(t, err)
		if got := string(bytes.TrimSuffix(stage.Lines[i], []byte("\n"))); got != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestStandingKeepsPeopleOut(t *testing.T) {
	for name, limits := range map[string]bounds{"whole": ordinaryBounds(), "in parts": tinyBounds()} {
		account := accountWith(someFields)
		account.Standing = func(_ context.Context, email string) (string, bool, error) {
			switch email[0] {
			case 'd':
				return "deleted here", false, nil
			case 'e':
				return "", true, nil
			}
			return "", false, nil
		}
		p, err := preparedWithin(t, "email,age\nd@b.co,1\ne@b.co,2\nx@b.co,3\nD@b.co,\nd2@b.co,\"1,000,000\"\nnope,1\n", Reading{}, account, limits)
		must(t, err)
		want := []Rejected{{2, "deleted here", []string{"d@b.co", "1"}, "d@b.co"}, {6, "deleted here", []string{"d2@b.co", "1000000"}, "d2@b.co"}, {7, "email is not a valid e-mail address", []string{"nope", "1"}, ""}}
		if difference := gocmp.Diff(want, p.Rejects); difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
		if !gocmp.Equal(sorted(emailsOf(p)), []string{"e@b.co", "x@b.co"}) || p.Guarded != 2 || p.OptedOut != 2 || p.ErasedBefore != 1 || len(p.Outs) != 0 {
			t.Errorf("%s: %q, %+v", name, emailsOf(p), p.Summary)
		}
		account.Standing = func(context.Context, string) (string, bool, error) {
			return "", false, fault.New(fault.Internal, "no", "", "no")
		}
		if _, err := preparedWithin(t, "email\na@b.co\n", Reading{}, account, limits); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a file of many rows that takes no memory: each of its blocks is made when it is read.
type endless struct {
	rows   int
	people int // whom they are about
}

const endlessRow = "%019d@b.co,Ann,%09d\n"

func (e endless) Stat() (os.FileInfo, error) { return sized(e.size()), nil }

func (e endless) size() int64 {
	return int64(len("email,first_name,age\n") + e.rows*len(fmt.Sprintf(endlessRow, 0, 0)))
}

func (e endless) ReadAt(p []byte, at int64) (int, error) {
	const header = "email,first_name,age\n"
	width := int64(len(fmt.Sprintf(endlessRow, 0, 0)))
	n := 0
	for n < len(p) && at+int64(n) < e.size() {
		place := at + int64(n)
		if place < int64(len(header)) {
			n += copy(p[n:], header[place:])
			continue
		}
		row := (place - int64(len(header))) / width
		n += copy(p[n:], fmt.Sprintf(endlessRow, row%int64(e.people), 100_000_000+row)[(place-int64(len(header)))%width:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// dropped is a stage that counts.
type dropped struct{ contacts, rejected int }

func (d *dropped) Contacts(_ context.Context, chunk Chunk) error {
	d.contacts += chunk.Count
	return nil
}
func (d *dropped) Rejected(_ context.Context, _ []string, rows []Rejected) error {
	d.rejected += len(rows)
	return nil
}
func (d *dropped) OptedOut(context.Context, []string) error { return nil }

// TestWhatIsHeldDoesNotGrowWithTheFile reads files of which one is many times as large as the other, also where all rows
// are about few people, and compares how many bytes were held at most.
func TestWhatIsHeldDoesNotGrowWithTheFile(t *testing.T) {
	held := func(file endless, fields []apiclient.Field) int64 {
		limits := ordinaryBounds()
		limits.memory, limits.block, limits.partition, limits.chunk, limits.batch = 64<<10, 4<<10, 64<<10, 64<<10, 8<<10
		limits.meter = &meter{}
		stage := &dropped{}
		sum, err := readFile(t.Context(), file, Reading{}, accountWith(fields), stage, limits)
		must(t, err)
		if sum.Read != file.rows || sum.Contacts != stage.contacts || sum.Rejected != stage.rejected || sum.Contacts+sum.Rejected != min(file.rows, file.people) && sum.Rejected == 0 {
			t.Fatalf("%+v", sum)
		}
		if now := limits.meter.now.Load(); now < 0 || now > 3*int64(limits.chunk) {
			t.Errorf("%d bytes are still held", now) // the chunks, and nothing else
		}
		return limits.meter.most.Load()
	}
	noAge := []apiclient.Field{{ID: 3, Name: "Age", MergeTag: "age", DataType: "boolean"}} // so that every row is rejected
	small := held(endless{20_000, 1 << 30}, someFields)
	for name, most := range map[string]int64{
		"ten times as large": held(endless{200_000, 1 << 30}, someFields), "few people": held(endless{200_000, 3}, someFields), "all rejected": held(endless{200_000, 1 << 30}, noAge),
	} {
		t.Logf("%s: %d bytes at most, %d of a small file", name, most, small)
		if most > 2*small+(1<<20) {
			t.Errorf("%s: %d bytes were held, %d of a small file", name, most, small)
		}
	}
}

func TestASmallFileMakesNoTemporaryOne(t *testing.T) {
	limits := ordinaryBounds()
	limits.scratch = func(string) (scratchFile, error) { return nil, errors.New("there must be none") }
	p, err := preparedWithin(t, "email,age\n"+strings.Repeat("a@b.co,1\nb@b.co,x\n", 10_000), Reading{}, accountWith(someFields), limits)
	if err != nil || p.Contacts != 1 || p.Rejected != 10_000 || p.Merged != 9_999 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTemporaryFilesAreGoneFromTheStart(t *testing.T) {
	folder := t.TempDir()
	file, err := temporaryFile(folder)
	must(t, err)
	if _, err := file.WriteAt([]byte("x"), 0); err != nil {
		t.Error(err)
	}
	must(t, file.Close())
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	named, err := os.Create(filepath.Join(folder, "kept"))
	must(t, err)
	must(t, namedFile{named}.Close())
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// full is a disk that has no room for more than some bytes, or does not give back what it took.
type full struct {
	scratchFile
	room   int64
	unread bool
}

func (f full) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.room {
		return 0, errors.New("no space left on device")
	}
	return f.scratchFile.WriteAt(p, at)
}

func (f full) ReadAt(p []byte, at int64) (int, error) {
	if f.unread {
		return 0, errors.New("input/output error")
	}
	return f.scratchFile.ReadAt(p, at)
}

func TestWhereThereIsNoRoomTheFileIsNotRead(t *testing.T) {
	folder := t.TempDir()
	for name, scratch := range map[string]func(string) (scratchFile, error){
		"no folder": func(string) (scratchFile, error) { return temporaryFile(filepath.Join(folder, "none")) },
		"full": func(folder string) (scratchFile, error) {
			file, err := temporaryFile(folder)
			return full{file, 3000, false}, err
		},
		"unreadable": func(folder string) (scratchFile, error) {
			file, err := temporaryFile(folder)
			return full{file, 1 << 30, true}, err
		},
	} {
		limits := tinyBounds()
		limits.scratch = scratch
		stage := &kept{}
		_, err := readFile(t.Context(), endless{2000, 1500}, Reading{}, Account{Scratch: folder}, stage, limits)
		if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "room") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			t.Errorf("%s: %d files are left, %v", name, len(left), err)
		}
	}
}

// stopping is a stage that ends the call.
type stopping struct {
	dropped
	stop func() error
}

func (s *stopping) Contacts(context.Context, Chunk) error { return s.stop() }

func TestAnEndedCallIsNotWorkedOn(t *testing.T) {
	ended := func(start func(cancel func()) (contactfile.File, Account, Stage)) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		file, account, stage := start(cancel)
		began := time.Now()
		_, err := readFile(ctx, file, Reading{}, account, stage, ordinaryBounds())
		if !errors.Is(err, context.Canceled) || time.Since(began) > 30*time.Second {
			t.Errorf("after %v the error is %v", time.Since(began), err)
		}
	}
	huge := endless{1 << 40, 1 << 30}
	ended(func(cancel func()) (contactfile.File, Account, Stage) { // while it is surveyed, or read
		return huge, Account{Progress: func(read, _ int64) {
			if read > 1<<20 {
				cancel()
			}
		}}, &dropped{}
	})
	ended(func(cancel func()) (contactfile.File, Account, Stage) { // while the stage works
		return endless{200_000, 1 << 30}, accountWith(someFields), &stopping{stop: func() error {
			cancel()
			return context.Canceled
		}}
	})
	ended(func(cancel func()) (contactfile.File, Account, Stage) { // while contacts are merged
		return endless{200_000, 1 << 30}, Account{Standing: func(context.Context, string) (string, bool, error) {
			cancel()
			return "", false, nil
		}}, &dropped{}
	})
}

func TestAFailureOfTheStageIsTheCalls(t *testing.T) {
	failure := errors.New("the table is gone")
	_, err := readFile(t.Context(), endless{5000, 4000}, Reading{}, accountWith(someFields), &stopping{stop: func() error { return failure }}, tinyBounds())
	if !errors.Is(err, failure) {
		t.Errorf("the error is %v", err)
	}
}

func TestNothingFollowsWhatHasFailedOnTheWayToTheStage(t *testing.T) {
	failure, stage := errors.New("the disk is full"), &kept{}
	err := deliver(t.Context(), stage, Account{}, &Summary{Columns: []string{"email"}}, nil, ordinaryBounds(), func(out *outlet) error {
		return errors.Join(out.rejected(Rejected{Line: 2, Reason: "email is empty"}), failure)
	})
	if !errors.Is(err, failure) || len(stage.Rejects) > 0 {
		t.Errorf("%v, and the stage was given %+v", err, stage.Rejects)
	}
	spool := &spool{bounds: tinyBounds()}
	p, seen := spool.pile(), 0
	must(t, p.append(good, appendRejected(nil, good, false, 0, 2, "a@b.co", "", nil)))
	must(t, p.append(refused, appendRejected(nil, refused, false, 1, 3, "a@b.co", "", nil)))
	must(t, p.end())
	if err := p.each(t.Context(), func(record) error { seen++; return failure }); !errors.Is(err, failure) || seen != 1 {
		t.Errorf("%v, and %d records were taken", err, seen)
	}
}

func TestAPanicOfAWorkerIsAnError(t *testing.T) {
	rows, err := newSource(t.Context(), fileOf("email\na@b.co\n"), Reading{}, "")
	must(t, err)
	err = eachBatch(t.Context(), rows, ordinaryBounds(), func() func(*batch) { return func(*batch) { var none []int; _ = none[1] } }, func(*batch) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("the error is %v", err)
	}
}

func TestProgressGoesToItsEnd(t *testing.T) {
	for content, passes := range map[string]int64{
		"email\na@b.co\n": 1, "email,since\na@b.co,2026-01-02\n": 1, "email,since\na@b.co,03/04/2026\n": 2, "email,note\na@b.co,x\n": 2,
	} {
		var read, size int64
		account := accountWith(someFields)
		account.Progress = func(now, of int64) {
			if now < read {
				t.Errorf("%d after %d", now, read)
			}
			read, size = now, of
		}
		_, err := preparedWithin(t, content, Reading{DateOrder: "dmy", CreateFields: true}, account, ordinaryBounds())
		must(t, err)
		if read != size || size != passes*int64(len(content)) {
			t.Errorf("%d of %d", read, size)
		}
	}
}
