package files

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/fault"
)

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// lies has a file look as if nobody had written to it for an hour.
func lies(t *testing.T, path string) {
	t.Helper()
	must(t, os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)))
}

// A file that a killed process had not finished goes when the next one is written beside it, and when folders are swept.
func TestHalfFilesOfKilledProcessesAreSwept(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "below"), 0o700))
	folders := openFolders(t, "", dir)
	left := func(name string) string {
		draft, err := folders.Create(name, true)
		must(t, err)
		must(t, draft.Close())
		return draft.Name()
	}
	old, below := left("mine.csv"), left("below/mine.csv")
	lies(t, old)
	lies(t, below)
	living, err := folders.Create("mine.csv", true)
	must(t, err)
	foreign := filepath.Join(dir, ".mine.csv.abcdefgh.part")
	must(t, os.WriteFile(foreign, nil, 0o600))
	lies(t, foreign)
	if exists(old) || !exists(below) {
		t.Error("the file beside it is left, or one elsewhere is gone")
	}
	old, young, ahead := left("other.csv"), left("young.csv"), left("ahead.csv")
	lies(t, old)
	must(t, os.Chtimes(ahead, time.Time{}, time.Now().Add(time.Hour))) // the clock was set back since
	lies(t, living.Name())
	folders.Sweep()
	if exists(old) || exists(ahead) || !exists(young) || !exists(foreign) || !exists(living.Name()) {
		t.Error("it is left, or a living process's or somebody else's is gone")
	}
	if path, err := living.Keep(); err != nil || path != filepath.Join(dir, "mine.csv") || exists(living.Name()) {
		t.Error(path, err)
	}
}

const draftFolder = "FILES_TEST_FOLDER"

// TestDraftChild is a process that is killed while it writes a file.
func TestDraftChild(t *testing.T) {
	dir := os.Getenv(draftFolder)
	if dir == "" {
		t.Skip("this is what another test runs as a process of its own")
	}
	draft, err := openFolders(t, "", dir).Create("mine.csv", true)
	must(t, err)
	_, _ = os.Stdout.WriteString("\ndraft " + draft.Name() + "\n")
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // until it is killed
}

func TestAFileThatALivingProcessWritesIsNotSwept(t *testing.T) {
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDraftChild$", "-test.count=1")
	child.Env = append(os.Environ(), draftFolder+"="+dir, "TMPDIR="+t.TempDir())
	_, err := child.StdinPipe() // it stays open until the child ends
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	draft := ""
	for lines := bufio.NewScanner(out); draft == "" && lines.Scan(); {
		draft, _ = strings.CutPrefix(lines.Text(), "draft ")
		if draft == lines.Text() {
			draft = ""
		}
	}
	lies(t, draft)
	folders := openFolders(t, "", dir)
	if folders.Sweep(); !exists(draft) {
		t.Error("a living process's is gone")
	}
	must(t, child.Process.Kill())
	_ = child.Wait()
	if folders.Sweep(); exists(draft) {
		t.Error("a killed process's is left")
	}
}

func TestNobodySeesAnEmptyFileUnderTheName(t *testing.T) {
	dir := t.TempDir()
	folders := openFolders(t, "", dir)
	for range 40 {
		draft, err := folders.Create("out.csv", false)
		must(t, err)
		_, err = draft.WriteString("email")
		must(t, err)
		kept := make(chan string)
		go func() {
			path, err := draft.Keep()
			if err != nil {
				t.Error(err)
			}
			kept <- path
		}()
		for path, watched := "", filepath.Join(dir, "out.csv"); path == ""; {
			select {
			case path = <-kept:
				must(t, os.Remove(path))
			default:
				if info, err := os.Stat(watched); err == nil && info.Size() == 0 {
					t.Fatal("there was an empty file")
				}
			}
		}
	}
}

func TestWithoutLinksAFileGetsItsNameAllTheSame(t *testing.T) {
	dir := t.TempDir()
	folders := openFolders(t, "", dir)
	taken := filepath.Join(dir, "taken.csv")
	must(t, os.WriteFile(taken, []byte("precious"), 0o600))
	draft, err := folders.Create("out.csv", true)
	must(t, err)
	_, err = draft.WriteString("email")
	must(t, err)
	if err := draft.takeUnlinked("taken.csv"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the error is %v", err)
	}
	must(t, draft.takeUnlinked("out.csv"))
	draft.Discard()
	for path, want := range map[string]string{taken: "precious", filepath.Join(dir, "out.csv"): "email"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v", path, got, err)
		}
	}
}

func TestANameMayBeAsLongAsTheSystemAllows(t *testing.T) {
	dir := t.TempDir()
	folders := openFolders(t, "", dir)
	for _, name := range []string{strings.Repeat("x", 251) + ".csv", strings.Repeat("ü", 125) + ".csv"} {
		draft, err := folders.Create(name, true)
		must(t, err)
		if path, err := draft.Keep(); err != nil || path != filepath.Join(dir, name) || !exists(path) {
			t.Error(path, err)
		}
	}
	if _, err := folders.Create(strings.Repeat("x", 256), true); !fault.Is(err, fault.FileAccess) {
		t.Errorf("a name that the system cannot have: %v", err)
	}
}

// Between being made and being locked, a file looks like one that a killed process left to whoever sweeps by another clock.
func TestFilesBegunAtOnceAreNotSweptFromUnderEachOther(t *testing.T) {
	dir := t.TempDir()
	folders := openFolders(t, "", dir)
	synctest.Test(t, func(t *testing.T) { // by this clock every file was written long ago
		var all sync.WaitGroup
		for i := range 64 {
			all.Go(func() {
				draft, err := folders.Create(fmt.Sprintf("%d.csv", i), true)
				if err == nil {
					_, err = draft.Keep()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
