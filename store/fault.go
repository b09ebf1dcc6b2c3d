package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/fault"
)

// Fault makes of an error of the store what an agent can act on: file_access with the reason in plain words. An error that
// is a fault already, or the end of the caller's patience, stays what it is. What was sent meanwhile it does not know, and
// says nothing of.
func (s *Store) Fault(err error) error {
	var asFault *fault.Error
	if err == nil || errors.As(err, &asFault) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	why, next := reason(err)
	return fault.New(fault.FileAccess, what+s.Where()+" cannot be used.", why, next).Because(err)
}

const what = "The server's data folder "

// IsFault reports that an error is a fault of a store, and not of a file that somebody named.
func IsFault(err error) bool {
	var asFault *fault.Error
	return errors.As(err, &asFault) && asFault.Code == fault.FileAccess && strings.HasPrefix(asFault.What, what)
}

// Unsent says of a fault of a store that it kept a write from leaving. Others of the same call may have left before.
func Unsent(err error) error {
	asFault := fault.From(err)
	if !IsFault(err) || strings.Contains(asFault.Next, "not sent") {
		return err
	}
	said := *asFault
	said.Next = "This write was not sent. " + said.Next
	return &said
}

func reason(err error) (why, next string) {
	const mend = "Ask the operator to fix it, or to start the server with another --data folder; then repeat the call."
	var earlier earlierAtWork
	switch code := codeOf(err); {
	case code == sqlite3.SQLITE_FULL, errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "Its disk is full.", "Ask the operator to make room; then repeat the call."
	case code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_PERM, code == sqlite3.SQLITE_AUTH,
		errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "The server may not write there.", mend
	case code == sqlite3.SQLITE_CORRUPT, code == sqlite3.SQLITE_NOTADB:
		return "Its file " + fileName + " is damaged.", "Ask the operator to stop the servers that use it and to move that file " +
			"away; the journal begins anew then."
	case isBusy(err):
		return "Another process keeps it locked.", "Repeat the call; if that does not help, ask the operator which server process hangs."
	case errors.As(err, &newerFile{}):
		return "A newer version of the server has made its file " + fileName +
			".", "Ask the operator to update this server, or to give it a --data folder of its own."
	case errors.As(err, &earlier):
		return "An earlier version of the server works on jobs in it (" + earlier.who + ").",
			"Ask the operator to stop that process; this server then carries its jobs on. If it has just been " +
				"stopped, repeat the call in 20 seconds."
	}
	return "The system refuses it.", mend
}

// codeOf is SQLite's primary result code; 0 when the error is not SQLite's.
func codeOf(err error) int {
	var failed *sqlite.Error
	if errors.As(err, &failed) {
		return failed.Code() & 0xff
	}
	return 0
}

func isBusy(err error) bool {
	code := codeOf(err)
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}
