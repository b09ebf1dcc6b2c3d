package files

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

func openFolders(t *testing.T, data string, dirs ...string) *Folders {
	t.Helper()
	folders, err := OpenFolders(dirs, data)
	must(t, err)
	t.Cleanup(folders.Close)
	return folders
}

func TestPathsAreMeantBelowTheFirstFolderAndFoundInAny(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(two, "x.csv"), []byte("x"), 0o600))
	folders := openFolders(t, "", one, two)
	if file, err := folders.Open(filepath.Join(two, "x.csv")); err != nil {
		t.Error(err)
	} else {
		must(t, file.Close())
	}
	if _, err := folders.Open("x.csv"); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), one) {
		t.Errorf("the error is %v", err)
	}
}

func TestAFolderReachedThroughALinkIsOneFolder(t *testing.T) {
	real := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(real, link))
	must(t, os.WriteFile(filepath.Join(real, "x.csv"), []byte("x"), 0o600))
	folders := openFolders(t, filepath.Join(real, "data"), link)
	for _, path := range []string{"x.csv", filepath.Join(link, "x.csv"), filepath.Join(real, "x.csv")} {
		file, err := folders.Open(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		must(t, file.Close())
	}
	for _, path := range []string{"data/x.csv", filepath.Join(link, "data", "x.csv"), filepath.Join(real, "data", "x.csv"), "data"} {
		if _, err := folders.Create(path, true); err == nil {
			t.Errorf("%s was created", path)
		}
	}
}

func TestTheDataFolderIsKeptOutHoweverItIsReached(t *testing.T) {
	dir := t.TempDir()
	data, real := filepath.Join(dir, "data"), filepath.Join(dir, "real")
	must(t, os.MkdirAll(filepath.Join(real, "files"), 0o700))
	ours := filepath.Join(real, ".mine.csv.mailtrap-contacts-abcdefgh.part")
	theirs := filepath.Join(real, "files", filepath.Base(ours))
	for _, path := range []string{ours, theirs} {
		must(t, os.WriteFile(path, nil, 0o600))
		lies(t, path)
	}
	folders := openFolders(t, data, real, dir, filepath.Join(real, "files"))
	must(t, os.Symlink(real, data)) // another spelling that is not known from the start, as of a system that ignores case
	for _, path := range []string{ours, data, filepath.Join(real, "new.csv")} {
		if file, err := folders.Open(path); err == nil {
			t.Errorf("%s was opened", file.Name())
		}
		if draft, err := folders.Create(path, true); err == nil {
			t.Errorf("%s was created", draft.Name())
		}
	}
	for file, err := range folders.All() {
		if must(t, err); file.Path() != theirs {
			t.Errorf("%s was visited", file.Path())
		}
	}
	if folders.Sweep(); !exists(ours) || exists(theirs) {
		t.Error("a file of the data folder was swept, or one beside it was not")
	}
	draft, err := folders.Create(filepath.Join(real, "files", "new.csv"), true)
	must(t, err)
	draft.Discard()
}

func TestFoldersThatAreNotThereStopTheProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, dir := range []string{filepath.Join(t.TempDir(), "missing"), file} {
		if _, err := OpenFolders([]string{dir}, ""); err == nil || !strings.Contains(err.Error(), "--files") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestTheWorkingFolderIsAllowedWhenItIsNotTooWide(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", filepath.Join(dir, "home"))
	inside := filepath.Join(dir, "home", "project")
	must(t, os.MkdirAll(inside, 0o700))
	for _, test := range []struct {
		dir     string
		allowed int
	}{{inside, 1}, {filepath.Join(dir, "home"), 0}, {dir, 0}, {"/", 0}} {
		t.Chdir(test.dir)
		folders := openFolders(t, "")
		if got := len(folders.Paths()); got != test.allowed {
			t.Errorf("%s: %d folders are allowed", test.dir, got)
		}
	}
}

func TestManyFilesOfOneNameAreAllKept(t *testing.T) {
	folders := openFolders(t, "", t.TempDir())
	paths := make(chan string, 20)
	var group sync.WaitGroup
	for range cap(paths) {
		group.Go(func() {
			draft, err := folders.Create("out.csv", false)
			if err != nil {
				t.Error(err)
				return
			}
			path, err := draft.Keep()
			if err != nil {
				t.Error(err)
			}
			paths <- path
		})
	}
	group.Wait()
	close(paths)
	seen := map[string]bool{}
	for path := range paths {
		if seen[path] {
			t.Errorf("%s was given twice", path)
		}
		seen[path] = true
	}
	left, err := filepath.Glob(filepath.Join(folders.Paths()[0], ".*"))
	must(t, err)
	if len(seen) != cap(paths) || len(left) > 0 {
		t.Errorf("%d files, left behind %q", len(seen), left)
	}
}

func TestAFileThatAppearsWhileItsNameIsWrittenIsKept(t *testing.T) {
	dir := t.TempDir()
	folders := openFolders(t, "", dir)
	draft, err := folders.Create("out.csv", true)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "out.csv"), []byte("precious"), 0o600))
	if _, err := draft.Keep(); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "never overwritten") {
		t.Errorf("the error is %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(dir, "out.csv")); err != nil || string(content) != "precious" {
		t.Errorf("the file has %q", content)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
