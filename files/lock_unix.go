//go:build !windows

package files

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed, and reports whether it could: another open file may hold the lock.
func lock(file *os.File) (locked bool, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	failed := raw.Control(func(fd uintptr) { err = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB) })
	if failed == nil && errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	err = errors.Join(failed, err)
	return err == nil, err
}
