//go:build unix

package tools_test

import (
	"syscall"
	"testing"
)

// makePipe makes a named pipe, whose reader would wait for ever.
func makePipe(t *testing.T, path string) {
	t.Helper()
	must(t, syscall.Mkfifo(path, 0o600))
}
