package audience

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// olderSnapshot puts the file of a program before this one into an account's folder: commit c003921 has made it, of the
// account that people makes.
func olderSnapshot(t *testing.T, h *house) (path string) {
	t.Helper()
	packed, err := os.Open("testdata/c003921.db.gz")
	must(t, err)
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	must(t, err)
	content, err := io.ReadAll(unpacked)
	must(t, err)
	folder, err := h.madeFolder(must1(t, h))
	must(t, err)
	path = filepath.Join(folder, "20261127T151638.118177603"+finished)
	must(t, os.WriteFile(path, content, 0o600))
	return path
}

func TestASnapshotOfAnEarlierProgramIsRenewed(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	older := olderSnapshot(t, h)
	if _, found, err := h.Latest(t.Context()); found || err != nil {
		t.Fatalf("it is read: %v, %v", found, err)
	}
	if !isThere(t, older) {
		t.Error("it is gone, and the earlier program may use it")
	}
	h.exporter.file = func() string { return "" }
	if _, err := h.Snapshot(t.Context(), Want{}); err == nil || !isThere(t, older) {
		t.Errorf("nothing took its place (%v), and it is there: %v", err, isThere(t, older))
	}
	h.exporter.file = nil
	sn, err := h.Snapshot(t.Context(), Want{}) // of any age
	must(t, err)
	defer sn.Release()
	wantCounts(t, sn, map[string]int{"": 4, "plan = 'pro'": 1})
	if isThere(t, older) {
		t.Error("it is left")
	}
	report, err := sn.Report(t.Context(), "", false)
	must(t, err)
	if len(report.Growth) != 2 || report.Growth[0].Contacts != 4 || report.Growth[0].Subscribed != 3 || report.Growth[0].Lists[1] != 2 {
		t.Errorf("growth is %+v", report.Growth)
	}
}

func TestAnErasureReachesASnapshotOfAnEarlierProgram(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	older := olderSnapshot(t, h)
	if content, err := os.ReadFile(older); err != nil || !bytes.Contains(content, []byte("anna@example.com")) {
		t.Fatalf("she is not in it (%v)", err)
	}
	_, err := h.Forget(t.Context(), "anna@example.com")
	must(t, err)
	wantNoTrace(t, h.options.Dir, "anna@example.com", "Москва")
}

func TestAnErasureLeavesNoTraceInTheFolder(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddField("Name", "text", "name")
	e.AddList("News")
	h := at(t, t.TempDir(), e)
	var file strings.Builder
	file.WriteString("id,email,status,name,list_ids\n")
	for i := range 5000 {
		if i == 100 { // there twice: the first of them is deleted when the file is made
			file.WriteString("018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,gone@x.de,Subscribed,Erasable the First,1\n")
		}
		if i == 2500 {
			file.WriteString("018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132,Gone@x.de,Subscribed,Erasable Person,1\n")
		}
		fmt.Fprintf(&file, "018dd5e3-f6d2-7c00-8f9b-%012x,person%d@x.de,Subscribed,Person %d,1\n", i, i, i)
	}
	h.exporter.file = file.String
	sn := h.snapshot(t)
	wantCounts(t, sn, map[string]int{"": 5001, "name = 'Erasable Person'": 1, "name = 'Erasable the First'": 0})
	h.Wrote(t.Context(), apiclient.Contact{ID: "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", Email: "gone@x.de", Status: "subscribed", Fields: apiclient.Values{"name": "Erasable since"}})
	wantCounts(t, sn, map[string]int{"": 5001, "name = 'Erasable since'": 1, "name = 'Erasable Person'": 0})
	n, err := h.Forget(t.Context(), "gone@x.de")
	must(t, err)
	if n != 2 {
		t.Errorf("%d rows", n)
	}
	wantCounts(t, sn, map[string]int{"": 5000, "name LIKE 'Erasable%'": 0}) // also for whoever holds it
	wantNoTrace(t, h.options.Dir, "gone@x.de", "Erasable", "e5c3f2d8a132")
	must(t, h.Close())
	wantNoTrace(t, h.options.Dir, "gone@x.de", "Erasable", "e5c3f2d8a132")
}

// wantNoTrace looks for texts in all files of a folder.
func wantNoTrace(t *testing.T, folder string, traces ...string) {
	t.Helper()
	seen := 0
	must(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		must(t, err)
		if entry.IsDir() {
			return nil
		}
		seen++
		content, err := os.ReadFile(path)
		must(t, err)
		for _, trace := range traces {
			if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(trace))) {
				t.Errorf("%s is in %s", trace, filepath.Base(path))
			}
		}
		return nil
	}))
	if seen == 0 {
		t.Error("there is no file")
	}
}
