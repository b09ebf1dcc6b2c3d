package files

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// lock locks a file until it is closed, and reports whether it could: another open file may hold the lock. What is locked is
// a byte far behind its end, because others can neither read nor write what is locked.
func lock(file *os.File) (locked bool, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	const failImmediately, exclusive, violation = 1, 2, syscall.Errno(33)
	far := syscall.Overlapped{OffsetHigh: 1 << 30}
	failed := raw.Control(func(handle uintptr) {
		if done, _, cause := lockFileEx.Call(handle, failImmediately|exclusive, 0, 1, 0, uintptr(unsafe.Pointer(&far))); done == 0 {
			err = cause
		}
	})
	if failed == nil && errors.Is(err, violation) {
		return false, nil
	}
	err = errors.Join(failed, err)
	return err == nil, err
}
