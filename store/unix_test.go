//go:build unix

package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

func TestNobodyElseMayReadTheDataFolderWhateverTheUmask(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	dir := filepath.Join(t.TempDir(), "data")
	s := at(t, dir)
	db, err := s.Durable(t.Context())
	must(t, err)
	_, err = db.Exec(`DELETE FROM person`)
	must(t, err)
	for name, want := range map[string]os.FileMode{"": 0o700, fileName: 0o600, fileName + "-wal": 0o600, fileName + "-shm": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%q is %o, want %o", name, got, want)
		}
	}
}

func TestAFolderThatMayNotBeWrittenToIsFileAccess(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("no rights keep root from writing; the tests with a file in the folder's place run for root as well")
	}
	for name, made := range map[string]bool{"a new folder": false, "an old folder": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if made {
				dir, _ = madeFile(t)
				must(t, os.Chmod(filepath.Join(dir, fileName), 0o400))
			}
			must(t, os.Chmod(dir, 0o500))
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
			_, err := at(t, dir).Durable(t.Context())
			if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "The server may not write there.") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheSystemsOwnWordForAFullDiskIsUnderstood(t *testing.T) {
	for number, says := range map[syscall.Errno]string{
		syscall.ENOSPC: "Its disk is full.", syscall.EDQUOT: "Its disk is full.",
		syscall.EROFS: "The server may not write there.", syscall.EACCES: "The server may not write there.",
	} {
		err := InMemory().Fault(&os.PathError{Op: "mkdir", Path: "x", Err: number})
		if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v became %v", number, err)
		}
	}
}
