package contactfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

const readableFormats = "Save or export the contacts as CSV, JSON or Excel (.xlsx)."

func notReadable(why, next string) error {
	return fault.New(fault.InvalidInput, "file: this cannot be read as a contact file.", why, next)
}

// ErrEmpty is the cause of the fault of an empty file or sheet.
var ErrEmpty = errors.New("contactfile: it is empty")

func isEmpty() error {
	return becauseEmpty(notReadable("It is empty.", "Give a file whose first line names the columns."))
}

func becauseEmpty(err error) error { return fault.From(err).Because(ErrEmpty) }

// brokenAt is a place in the file that cannot be read.
func brokenAt(line int, why, next string) error {
	return fault.New(fault.InvalidInput, "file: line "+text.Number(line)+" cannot be read.", why, next)
}

func tooMuch(what, why, next string) error {
	return fault.New(fault.LimitReached, "file: "+what, why, next)
}

func tooManyColumns(line, limit int) error {
	return tooMuch(fmt.Sprintf("line %s has more than %s columns.", text.Number(line), text.Number(limit)), "No contact has as many.",
		"Check that it is a contact file and what separates its cells; delimiter overrides what was found.")
}

func tooLong(line, limit int) error {
	return tooMuch("the row in line "+text.Number(line)+" is longer than "+size(int64(limit))+".", "No contact is as long.",
		"Check that it is a contact file whose rows end in line breaks.")
}

// says tells whether an error says already what an agent has to know.
func says(err error) bool {
	var known *fault.Error
	return errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// unreadable is a file that does not let itself be read.
func unreadable(err error) error {
	if says(err) {
		return err
	}
	return fault.New(fault.FileAccess, "file: it could not be read to its end.", "",
		"Check the disk and the file, and call again.").Because(err)
}

// size shows a number of bytes.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30 && bytes%(1<<30) == 0:
		return text.Number(int(bytes>>30)) + " GB"
	case bytes >= 1<<20:
		return text.Number(int(bytes>>20)) + " MB"
	case bytes >= 1<<10:
		return text.Number(int(bytes>>10)) + " KB"
	}
	return text.Count(int(bytes), "byte")
}

func isZip(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("PK\x05\x06"))
}

// foreign knows files by their first bytes that people take for contact files.
func foreign(start []byte) (what, next string) {
	const page = "It is a web page, which some programs save under the name of a spreadsheet."
	words := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, known := range []struct{ prefix, what, next string }{
		{"\xd0\xcf\x11\xe0", "It is an old Excel file (.xls), or one that a password protects.",
			"Save it as .xlsx without a password, or as CSV."},
		{"%pdf-", "It is a PDF.", readableFormats},
		{"<!doctype html", page, "Open it in a spreadsheet program and save it as .xlsx or CSV."},
		{"<html", page, "Open it in a spreadsheet program and save it as .xlsx or CSV."},
		{"<table", page, "Open it in a spreadsheet program and save it as .xlsx or CSV."},
		{"<?xml", "It is XML.", readableFormats},
		{"BZh91AY&SY", "It is compressed with bzip2.", "Unpack it first."},
		{"\xfd7zxz\x00", "It is compressed with xz.", "Unpack it first."},
		{"\x28\xb5\x2f\xfd", "It is compressed with zstd.", "Unpack it first."},
		{"7z\xbc\xaf\x27\x1c", "It is a 7-Zip archive.", "Unpack it first."},
		{"Rar!\x1a\x07", "It is a RAR archive.", "Unpack it first."},
		{"SQLite format 3\x00", "It is a database.", readableFormats},
		{"\xff\xfe\x00\x00", "It is encoded in UTF-32.", "Save it in UTF-8."},
		{"\x00\x00\xfe\xff", "It is encoded in UTF-32.", "Save it in UTF-8."},
	} {
		if bytes.HasPrefix(start, []byte(known.prefix)) || bytes.HasPrefix(words, []byte(known.prefix)) {
			return known.what, known.next
		}
	}
	if len(start) > 262 && string(start[257:262]) == "ustar" {
		return "It is a tar archive.", "Unpack it first."
	}
	return "", ""
}
