package contactfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"
)

// content is a file in memory.
type content []byte

func (c content) ReadAt(p []byte, at int64) (int, error) { return bytes.NewReader(c).ReadAt(p, at) }
func (c content) Stat() (fs.FileInfo, error)             { return info(len(c)), nil }

type info int64

func (info) Name() string       { return "contacts" }
func (i info) Size() int64      { return int64(i) }
func (info) Mode() fs.FileMode  { return 0o600 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }

// outcome is what reading a file came to; each row is its line and its cells.
type outcome struct {
	columns []string
	rows    []string
	about   Description
	err     error
}

// readAll reads a file to its end.
func readAll(file File, options Options) (read outcome) {
	reader, err := Open(file, options)
	if err != nil {
		return outcome{err: err}
	}
	defer reader.Close()
	for {
		row, err := reader.Next()
		read.columns, read.about = reader.Columns(), reader.Format()
		if errors.Is(err, io.EOF) {
			return read
		}
		if err != nil {
			read.err = err
			return read
		}
		read.rows = append(read.rows, fmt.Sprintf("%d:%s", row.Line, strings.Join(row.Cells, "|")))
	}
}

func gzipped(t testing.TB, plain []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func number(n int) string { return fmt.Sprint(n) }
