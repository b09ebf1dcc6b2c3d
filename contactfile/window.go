package contactfile

import (
	"bytes"
	"errors"
	"io"
)

const chunk = 128 << 10

var errWindowFull = errors.New("contactfile: the window is full")

// window is the part of a text that is being looked at. It grows to the limit of one record and not beyond.
type window struct {
	input    io.Reader
	limit    int
	buf      []byte
	from, to int
	eof      bool
}

// bytes are what is in the window.
func (w *window) bytes() []byte { return w.buf[w.from:w.to] }

// pass moves the beginning of the window on.
func (w *window) pass(n int) { w.from += n }

// more adds to the end of the window. It fails with errWindowFull when a record's worth is in it already.
func (w *window) more() error {
	if w.to-w.from > w.limit {
		return errWindowFull
	}
	if w.from > 0 {
		copy(w.buf, w.buf[w.from:w.to])
		w.from, w.to = 0, w.to-w.from
	}
	if len(w.buf)-w.to < chunk {
		grown := make([]byte, max(2*len(w.buf), 2*chunk))
		copy(grown, w.buf[:w.to])
		w.buf = grown
	}
	for range 100 {
		n, err := w.input.Read(w.buf[w.to:])
		w.to += n
		if errors.Is(err, io.EOF) {
			w.eof = true
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if n > 0 {
			return nil
		}
	}
	return unreadable(io.ErrNoProgress)
}

// begin fills the window with enough to see what the text is, and passes byte order marks.
func (w *window) begin() error {
	for !w.eof && w.to-w.from < chunk {
		if err := w.more(); errors.Is(err, errWindowFull) {
			break
		} else if err != nil {
			return err
		}
	}
	for bytes.HasPrefix(w.bytes(), []byte("\ufeff")) {
		w.pass(len("\ufeff"))
	}
	return nil
}
