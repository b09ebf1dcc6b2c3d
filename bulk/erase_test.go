package bulk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

const (
	ann   = "ann@example.com"
	stamp = "20260102t030405ab2d"
)

// lay writes files below a folder, by their paths.
func lay(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(content), 0o600))
	}
}

// laid is what lies below a folder, by path.
func laid(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	must(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(content)
		return err
	}))
	return found
}

func TestAPersonIsTakenOutOfEverythingThatImportsHaveLeft(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	files := map[string]string{
		"mailtrap-import-" + stamp + "/not-sent-001.csv": "email,boss,note\nbob@example.com,ann@example.com,\"two\nlines\"\nANN@Example.com,,\"of \"\"hers\"\"\n and more\"\ncarl@example.com,,\n",
		"mailtrap-import-" + stamp + "/not-sent-002.csv": "email\nann@example.com\n",
		"mailtrap-import-" + stamp + "/not-sent-003.csv": "email\njoann@example.com\n",
		"mailtrap-import-" + stamp + "/job.json":         `{"api_jobs":[7],"lists":[2],"remove_from_lists":null,"rows":9,"merged":0,"contacts":6,"sent":2,"rejected":1,"columns_left_out":["Ann@example.com","x"]}` + "\n",
		"mailtrap-rejected-" + stamp + ".csv": "\ufeffrejected_line,rejected_reason,Mail,Age\r\n2,age,bob@example.com,\"x\"\r\n3,\"the row, has\",x, Ann@Example.com \r\n" +
			"4,email,Ann <ann@example.com>,1\r\n\r\n5,email,\"about ann@example.com\nand more\",1\r\n6,age,ann@example.com,last",
		"mailtrap-rejected-" + stamp + "-2.csv":         "Mail;Age\nann@example.com;1\nbob@example.com;2\n",
		"mailtrap-rejected-20260102t030405zz22.csv":     "ann@example.com,no header\nbob@example.com,x\n",
		"mailtrap-rejected-20260102t030405zz23.csv":     "rejected_line,rejected_reason,email\n2,\"unclosed,bob@example.com\n",
		"mailtrap-rejected-mine.csv":                    "email\nann@example.com\n",
		"my-mailtrap-rejected-" + stamp + ".csv":        "email\nann@example.com\n",
		"not-sent-001.csv":                              "email\nann@example.com\n",
		"mailtrap-import-mine/not-sent-001.csv":         "email\nann@example.com\n",
		"mailtrap-import-" + stamp + "/not-sent-x.csv":  "email\nann@example.com\n",
		"mailtrap-contacts-" + stamp + ".csv":           "email\nann@example.com\n",
		"below/mailtrap-rejected-" + stamp + ".csv":     "email\nann@example.com\n",
		"mailtrap-import-" + stamp + "/not-sent-9.csv/": "",
	}
	delete(files, "mailtrap-import-"+stamp+"/not-sent-9.csv/")
	for _, dir := range []string{one, two} {
		lay(t, dir, files)
		must(t, os.Chtimes(filepath.Join(dir, "mailtrap-import-"+stamp, recordName), time.Unix(0, 0), time.Unix(0, 0)))
		must(t, os.Symlink(filepath.Join(dir, "mailtrap-rejected-mine.csv"), filepath.Join(dir, "mailtrap-rejected-20260102t030405ln22.csv")))
	}
	s := service(t, emulator.New(emulator.Config{}), one, two)
	erased, err := s.Erase(noDeadline, " Ann@example.COM ")
	must(t, err)

	want := map[string]string{"mailtrap-rejected-20260102t030405ln22.csv": files["mailtrap-rejected-mine.csv"]}
	for name, content := range files {
		want[name] = content
	}
	want["mailtrap-import-"+stamp+"/not-sent-001.csv"] = "email,boss,note\nbob@example.com,ann@example.com,\"two\nlines\"\ncarl@example.com,,\n"
	delete(want, "mailtrap-import-"+stamp+"/not-sent-002.csv")
	want["mailtrap-import-"+stamp+"/job.json"] = `{"api_jobs":[7],"lists":[2],"remove_from_lists":null,"rows":9,"merged":0,"contacts":4,"sent":2,"rejected":1,"taken_out":6,"columns_left_out":["x"]}` + "\n"
	want["mailtrap-rejected-"+stamp+".csv"] = "\ufeffrejected_line,rejected_reason,Mail,Age\r\n2,age,bob@example.com,\"x\"\r\n\r\n5,email,\"about ann@example.com\nand more\",1\r\n"
	want["mailtrap-rejected-"+stamp+"-2.csv"] = "Mail;Age\nbob@example.com;2\n"
	want["mailtrap-rejected-20260102t030405zz22.csv"] = "bob@example.com,x\n"
	var changed []string
	for _, dir := range []string{one, two} {
		if difference := cmp.Diff(want, laid(t, dir)); difference != "" {
			t.Error(difference)
		}
		if info, err := os.Stat(filepath.Join(dir, "mailtrap-import-"+stamp, recordName)); err != nil || !info.ModTime().Equal(time.Unix(0, 0)) {
			t.Errorf("the record looks as if a process were at work: %v, %v", info, err)
		}
		for name, content := range files {
			if want[name] != content {
				changed = append(changed, filepath.Join(dir, filepath.FromSlash(name)))
			}
		}
	}
	slices.Sort(changed)
	slices.Sort(erased.Files)
	if difference := cmp.Diff(changed, erased.Files); difference != "" || erased.Rows != 14 || len(erased.Sending) != 0 {
		t.Errorf("%d rows, %q: %s", erased.Rows, erased.Sending, difference)
	}
	again, err := s.Erase(noDeadline, ann)
	if err != nil || len(again.Files) != 0 || again.Rows != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	status, err := s.Follow(t.Context(), "import-0-20260102t030405zz22", 0, nil)
	if err == nil {
		t.Errorf("got %+v", status)
	}
}

func TestNobodyIsErasedWithoutAnAddress(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]string{"mailtrap-rejected-" + stamp + ".csv": "rejected_line,rejected_reason,email\n2,email is empty,\n"})
	if erased, err := service(t, emulator.New(emulator.Config{}), dir).Erase(noDeadline, "  "); !fault.Is(err, fault.InvalidInput) || len(erased.Files) > 0 {
		t.Errorf("got %+v, %v", erased, err)
	}
}

func TestAFileThatCannotBeReadDoesNotKeepAPersonInTheOthers(t *testing.T) {
	dir := t.TempDir()
	broken := "mailtrap-rejected-20260102t030405aaaa.csv"
	lay(t, dir, map[string]string{
		broken:                                "rejected_line,rejected_reason,email\n2,\"unclosed,ann@example.com\n",
		"mailtrap-rejected-" + stamp + ".csv": "rejected_line,rejected_reason,email\n2,x,ann@example.com\n",
	})
	erased, err := service(t, emulator.New(emulator.Config{}), dir).Erase(noDeadline, ann)
	if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), broken) || !strings.Contains(err.Error(), "malformed") || erased.Rows != 1 || len(erased.Files) != 1 {
		t.Errorf("got %+v, %v", erased, err)
	}
	if got := laid(t, dir); len(got) != 2 || strings.Contains(got["mailtrap-rejected-"+stamp+".csv"], ann) {
		t.Errorf("the folder has %q", got)
	}
}

// A process may be killed at any time: until the new file is whole, the old one stands.
func TestAFileIsOldOrNewWhileSomebodyIsTakenOut(t *testing.T) {
	dir := t.TempDir()
	name, remains := "mailtrap-rejected-"+stamp+".csv", ".mailtrap-rejected-"+stamp+".csv.abcdefg2.part"
	var content strings.Builder
	content.WriteString("rejected_line,rejected_reason,email\n")
	for i := range 20_000 {
		fmt.Fprintf(&content, "%d,x,p%05d@example.com\n", i, i)
		if i%7 == 0 {
			content.WriteString("0,x,ANN@example.com\n")
		}
	}
	lay(t, dir, map[string]string{name: content.String()})
	s := service(t, emulator.New(emulator.Config{}), dir)
	killed := func(header []string) (int, bool) { // as far as a process came that is killed in the middle
		lay(t, dir, map[string]string{remains: content.String()[:content.Len()/2]})
		if got := laid(t, dir)[name]; got != content.String() {
			t.Error("the file was changed before the new one was whole")
		}
		return anyCell(header)
	}
	rows, err := takeOutRows(s.folders.roots[0].root, name, ann, killed, false)
	must(t, err)
	if want := strings.ReplaceAll(content.String(), "0,x,ANN@example.com\n", ""); laid(t, dir)[name] != want || rows != 2858 {
		t.Errorf("%d rows were taken out", rows)
	}
	if erased, err := s.Erase(noDeadline, ann); err != nil || len(erased.Files) > 0 {
		t.Errorf("a file that somebody may be writing was touched: %+v, %v", erased, err)
	}
	long := time.Now().Add(-2 * remainsAfter)
	must(t, os.Chtimes(filepath.Join(dir, remains), long, long))
	if erased, err := s.Erase(noDeadline, ann); err != nil || !cmp.Equal(erased.Files, []string{filepath.Join(dir, remains)}) {
		t.Errorf("got %+v, %v", erased, err)
	}
	if got := laid(t, dir); len(got) != 1 {
		t.Errorf("%d files are left", len(got))
	}
}

func TestAFileThatSomebodyElseWritesMeanwhileIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	name := "mailtrap-rejected-" + stamp + ".csv"
	lay(t, dir, map[string]string{name: "rejected_line,rejected_reason,email\n2,x,ann@example.com\n"})
	s := service(t, emulator.New(emulator.Config{}), dir)
	mended := func(header []string) (int, bool) {
		lay(t, dir, map[string]string{name: "email\nmended@example.com\n"})
		return anyCell(header)
	}
	if rows, err := takeOutRows(s.folders.roots[0].root, name, ann, mended, false); rows != 0 || err == nil {
		t.Errorf("%d rows, %v", rows, err)
	}
	if got := laid(t, dir); !cmp.Equal(got, map[string]string{name: "email\nmended@example.com\n"}) {
		t.Errorf("the folder has %q", got)
	}
}

// stopped is an import that was given up before anything of it was sent.
func stopped(t *testing.T, account *emulator.Emulator, dir string, rows []apiclient.ImportRow) (*Service, Status) {
	t.Helper()
	s := service(t, account, dir)
	account.Inject(emulator.Fault{Method: http.MethodPost, Status: http.StatusForbidden, Times: 1, Body: `{"errors":"Access forbidden"}`})
	id, err := s.StartImport(noDeadline, FromRows(rows))
	must(t, err)
	status, err := s.Follow(noDeadline, id, time.Minute, nil)
	must(t, err)
	if status.State != Failed || status.UnsentFolder == "" {
		t.Fatalf("the job is %+v", status)
	}
	return s, status
}

func TestWhatIsImportedAfterAnErasureLacksThePersonAndNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, dir := emulator.New(emulator.Config{}), t.TempDir()
		rows := people(1200)
		rows[700].Email = ann
		s, before := stopped(t, account, dir, rows)
		erased, err := s.Erase(noDeadline, ann)
		must(t, err)
		if erased.Rows != 1 || len(erased.Files) != 2 || len(erased.Sending) != 0 {
			t.Errorf("got %+v", erased)
		}
		status, err := s.Follow(noDeadline, before.ID, 0, nil)
		must(t, err)
		if status.Total != 1199 || status.TakenOut != 1 || status.Read != 1200 || status.UnsentFolder == "" {
			t.Errorf("the job is %+v", status)
		}
		later := service(t, account, dir)
		past, err := later.Follow(noDeadline, "import-0-"+before.ID[len("import-0-"):], 0, nil)
		must(t, err)
		if past.State != Stopped || past.Total != 1199 || past.TakenOut != 1 {
			t.Errorf("after a restart the job is %+v", past)
		}
		rest, err := later.ReadFile(noDeadline, filepath.Join(status.UnsentFolder, "not-sent-001.csv"), Reading{})
		must(t, err)
		id, err := later.StartImport(noDeadline, rest)
		must(t, err)
		done, err := later.Follow(noDeadline, id, time.Hour, nil)
		must(t, err)
		if _, there := account.Contact(ann); there || done.Created != 1199 {
			t.Errorf("the job is %+v", done)
		}
	})
}

func TestAnImportOfWhichNobodyIsLeftHasNothingToSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, dir := emulator.New(emulator.Config{}), t.TempDir()
		s, before := stopped(t, account, dir, people(1001))
		chunk := filepath.Join(before.UnsentFolder, "not-sent-001.csv")
		must(t, os.WriteFile(chunk, []byte("email\nann@example.com\n"), 0o600)) // as if it were the last part, of one
		erased, err := s.Erase(noDeadline, ann)
		must(t, err)
		if !slices.Contains(erased.Files, chunk) {
			t.Errorf("got %+v", erased)
		}
		if _, err := os.Stat(chunk); !os.IsNotExist(err) {
			t.Errorf("the file is there: %v", err)
		}
		status, err := s.Follow(noDeadline, before.ID, 0, nil)
		must(t, err)
		if status.UnsentFolder != "" || status.Total != 1000 {
			t.Errorf("the job is %+v", status)
		}
		if recent := service(t, account, dir).Recent(); len(recent) != 0 {
			t.Errorf("it is said to be unfinished: %+v", recent)
		}
	})
}

func TestARunningImportDoesNotSendWhoIsErasedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, dir := emulator.New(emulator.Config{Unlimited: true, JobDelay: time.Minute}), t.TempDir()
		s := service(t, account, dir)
		rows := people(maxChunkRows + 2)
		rows[3].Email, rows[maxChunkRows].Email = "eve@example.com", ann
		prepared := FromRows(rows)
		prepared.Rejected = []Rejected{{Line: 9, Reason: "x", Cells: []string{"Ann@example.com"}}, {Line: 10, Reason: "y", Cells: []string{"z@example.com"}}}
		id, err := s.StartImport(noDeadline, prepared)
		must(t, err)
		time.Sleep(30 * time.Second) // the first part is accepted, the second waits
		erased, err := s.Erase(noDeadline, ann)
		must(t, err)
		if erased.Rows != 2 || len(erased.Files) != 3 || len(erased.Sending) != 0 {
			t.Errorf("got %+v", erased)
		}
		eve, err := s.Erase(noDeadline, "EVE@example.com")
		must(t, err)
		if len(eve.Sending) != 1 || eve.Rows != 0 {
			t.Errorf("somebody is on the way to Mailtrap, and it says %+v", eve)
		}
		account.Inject(emulator.Fault{Method: http.MethodPost, Path: "/contacts/imports", Times: 1, Status: 422,
			Body: fmt.Sprintf(`{"errors":[{"email":%q,"errors":{"email":["is odd"]}}]}`, rows[maxChunkRows+1].Email)})
		status, err := s.Follow(noDeadline, id, time.Hour, nil)
		must(t, err)
		if status.State != Finished || status.Created != maxChunkRows || status.Sent != status.Total || status.Total != maxChunkRows || status.TakenOut != 2 || status.Rejected != 3 || status.Note != "" {
			t.Errorf("the job is %+v", status)
		}
		if _, there := account.Contact(ann); there {
			t.Error("she was imported all the same")
		}
		files := laid(t, dir)
		if got := files[filepath.Base(status.RejectedFile)]; strings.Contains(strings.ToLower(got), ann) || !strings.Contains(got, "z@example.com") || !strings.Contains(got, "is odd") {
			t.Errorf("the rejected rows are %q", got)
		}
		var kept record
		must(t, json.Unmarshal([]byte(files["mailtrap-import-"+strings.Split(status.ID, "-")[2]+"/job.json"]), &kept))
		if len(files) != 2 || kept.Contacts != maxChunkRows || kept.Sent != maxChunkRows || kept.TakenOut != 2 {
			t.Errorf("the record is %+v, and there are %d files", kept, len(files))
		}
	})
}

// A part that Mailtrap refuses is sent again, without those who were erased since.
func TestAPartThatIsSentAgainLacksWhoWasErased(t *testing.T) {
	j := newJob(Import)
	rows := append(people(2), apiclient.ImportRow{Email: ann})
	j.unsent = &staging{waiting: [][]apiclient.ImportRow{rows}}
	j.update("", func(status *Status) { status.Total = 3 })
	first := j.spare(j.unsent.take(0))
	if taken, sending := j.unsent.forget(ann); len(first) != 3 || taken != 0 || !sending {
		t.Errorf("%d rows are sent, %d were taken out, on its way: %v", len(first), taken, sending)
	}
	if status := j.status(); status.Total != 3 || status.TakenOut != 0 {
		t.Errorf("what is on its way is not counted: %+v", status)
	}
	again := j.spare(first[1:])
	if status := j.status(); !cmp.Equal(again, rows[1:2]) || status.Total != 2 || status.TakenOut != 1 {
		t.Errorf("%+v is sent again, and the job is %+v", again, status)
	}
	if _, sending := j.unsent.forget(ann); sending {
		t.Error("she is said to be on her way")
	}
}

func TestAnImportOfAnotherProcessThatIsAtWorkIsNamed(t *testing.T) {
	dir := t.TempDir()
	lay(t, dir, map[string]string{
		"mailtrap-import-" + stamp + "/not-sent-002.csv": "email\nann@example.com\nbob@example.com\n",
		"mailtrap-import-" + stamp + "/job.json":         `{"api_jobs":[7],"contacts":50002}`,
	})
	erased, err := service(t, emulator.New(emulator.Config{}), dir).Erase(noDeadline, ann)
	if err != nil || !cmp.Equal(erased.Sending, []string{"import-7-" + stamp}) {
		t.Errorf("got %+v, %v", erased, err)
	}
}

func TestACellThatHoldsAnAddressAlone(t *testing.T) {
	for cell, want := range map[string]bool{
		"ann@example.com": true, " ANN@Example.Com\t": true, "<ann@example.com>": true, "Ann <ann@example.com>": true, `"Lee, Ann" <Ann@example.com>;`: true,
		"ann@example.com;": true, "ann@example.com\u200b": true, "'ann@example.com'": true,
		"": false, "joann@example.com": false, "ann@example.com.au": false, "see ann@example.com": false, "ann@example.com, bob@example.com": false,
		strings.Repeat("x", 10_000) + ann: false,
	} {
		if isAddress(cell, ann) != want {
			t.Errorf("%q: want %v", cell, want)
		}
	}
}

func TestAnAddressIsFoundWhereverAFileIsCutForReading(t *testing.T) {
	for at := 256<<10 - 100; at < 256<<10+100; at++ {
		content := strings.Repeat("x", at) + "ANN@example.com" + strings.Repeat("y", 300<<10)
		if found, err := mentions(strings.NewReader(content), ann); err != nil || !found {
			t.Fatalf("at %d: %v, %v", at, found, err)
		}
	}
	if found, err := mentions(strings.NewReader(strings.Repeat("ann@example.co", 50_000)), ann); err != nil || found {
		t.Errorf("got %v, %v", found, err)
	}
}
