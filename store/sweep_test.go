package store

import (
	"bufio"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

const scratchFolder = "STORE_TEST_SCRATCH"

// TestScratchChild is a process that is killed while it works with scratch files: one as it is, one whose name stays, as
// where the system cannot take it away.
func TestScratchChild(t *testing.T) {
	dir := os.Getenv(scratchFolder)
	if dir == "" {
		t.Skip("this is what another test runs as a process of its own")
	}
	s := At(dir)
	opened, err := s.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(dir, scratchPrefix+"named"+scratchSuffix)
	if err := os.WriteFile(named, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := connect(named, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, db := range []*sql.DB{opened.DB, db} {
		if _, err := db.Exec(`PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE people (email TEXT); INSERT INTO people VALUES ('anna@example.com')`); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = os.Stdout.WriteString("\nready\n")
	time.Sleep(time.Minute)
}

// Guarantee 4.10.
func TestAKilledProcessLeavesNoScratch(t *testing.T) {
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestScratchChild$", "-test.count=1")
	child.Env = append(os.Environ(), scratchFolder+"="+dir, "TMPDIR="+t.TempDir()) // it is killed, and cannot clear up
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	named := filepath.Join(dir, scratchPrefix+"named"+scratchSuffix)
	left := scratches(t, dir)
	if runtime.GOOS != "windows" && (len(left) != 1 || left[0] != named) {
		t.Errorf("a living process's scratch has a name: %q", left)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(named, old, old); err != nil {
		t.Fatal(err)
	}
	s := at(t, dir)
	if n := s.Sweep(t.Context()); n != 0 || len(scratches(t, dir)) != len(left) {
		t.Errorf("a living process's file was swept: %d, %q", n, scratches(t, dir))
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	damaged, young := filepath.Join(dir, scratchPrefix+"damaged"+scratchSuffix), filepath.Join(dir, scratchPrefix+"young"+scratchSuffix)
	for _, path := range []string{damaged, young} {
		if err := os.WriteFile(path, []byte("anna@example.com, and no database"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(damaged, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Quick(t.Context()); err != nil { // the next server starts
		t.Fatal(err)
	}
	if left := scratches(t, dir); runtime.GOOS != "windows" && (len(left) != 1 || left[0] != young) { // it may be locked in a moment
		t.Errorf("left: %q", left)
	}
}

// Guarantee 4.10.
func TestAScratchWorksWithoutItsName(t *testing.T) {
	dir := t.TempDir()
	s := at(t, dir)
	opened, err := s.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if left := scratches(t, dir); runtime.GOOS != "windows" && len(left) > 0 {
		t.Errorf("it has a name: %q", left)
	}
	var n int
	if _, err := opened.Exec(`CREATE TABLE t (s TEXT); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000) INSERT INTO t SELECT hex(randomblob(500)) FROM c`); err != nil {
		t.Fatal(err)
	}
	if err := opened.QueryRow(`SELECT count(DISTINCT s) FROM t`).Scan(&n); err != nil || n != 3000 {
		t.Errorf("%d rows, %v", n, err)
	}
	if err := opened.Close(); err != nil {
		t.Error(err)
	}
	if left := scratches(t, dir); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func scratches(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, scratchPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}
