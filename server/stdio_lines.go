package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// maxLine is the longest message read from stdio. mcp-go v1.2.1 reads a line of any length into memory.
const maxLine = 16 << 20

const tooLong = `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":` +
	`"The message is longer than 16 MB. Put many rows into a file and pass its path."}}` + "\n"

// lineReader gives the library the client's messages, one line at a time. The last one counts even without a newline,
// which mcp-go v1.2.1 drops, and the end is told only when what came before has been answered.
type lineReader struct {
	ctx   context.Context
	lines chan inLine
	err   error // why lines was closed; io.EOF or what reading failed with
	rest  []byte
	asked *requests
	out   *lineWriter

	grace, linger time.Duration

	ended chan struct{} // closed when the library has been told the end
	once  sync.Once
}

// inLine is a message from the client, with its newline.
type inLine struct {
	text  []byte
	about envelope
}

func (s *Server) newLineReader(ctx context.Context, in io.Reader, out *lineWriter) *lineReader {
	r := &lineReader{
		ctx: ctx, lines: make(chan inLine), asked: out.asked, out: out, grace: s.grace, linger: s.linger, ended: make(chan struct{}),
	}
	go r.pump(bufio.NewReaderSize(in, 16<<10))
	return r
}

// pump reads until the input ends or the reader is done with. A read that never returns keeps it, which is the fate of
// a read from a terminal.
func (r *lineReader) pump(in *bufio.Reader) {
	defer close(r.lines)
	for {
		line, err := readLine(in)
		switch {
		case errors.Is(err, errTooLong):
			_, _ = io.WriteString(r.out, tooLong)
			continue
		case len(bytes.TrimSpace(line)) > 0:
			if !r.pass(line) {
				return
			}
		}
		if err != nil {
			r.err = err
			return
		}
	}
}

// pass hands a message over.
func (r *lineReader) pass(line []byte) bool {
	message := envelopeOf(line)
	if saysNothing(message) {
		line = refusal(message)
	}
	line, hidden := r.out.ids.hide(line, message)
	if hidden {
		message = envelopeOf(line)
	}
	select {
	case r.lines <- inLine{append(line, '\n'), message}:
		return true
	case <-r.ended:
		return false
	}
}

// Read implements io.Reader. It never returns parts of two lines.
func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		select {
		case line, open := <-r.lines:
			if !open {
				return 0, r.end(r.err)
			}
			r.asked.received(line.about) // before the library can answer it, and not of one that it will not read
			r.rest = line.text
		case <-r.out.broken:
			return 0, r.end(io.EOF)
		case <-r.ctx.Done():
			return 0, r.end(io.EOF)
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// end waits for the answers to what has been asked. A signal shortens the wait.
func (r *lineReader) end(err error) error {
	patience, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), r.linger)
	defer cancel()
	signalled := context.AfterFunc(r.ctx, func() {
		pause(patience, r.grace)
		cancel()
	})
	defer signalled()
	r.asked.wait(patience)
	r.once.Do(func() { close(r.ended) })
	return err
}

var errTooLong = errors.New("line too long")

// readLine returns a line without its newline. One that is too long is read to its end and dropped.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	dropping := false
	for {
		part, err := in.ReadSlice('\n')
		if dropping = dropping || len(line)+len(part) > maxLine; dropping {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case dropping && (err == nil || errors.Is(err, io.EOF)):
			return nil, errTooLong
		}
		return bytes.TrimRight(bytes.TrimPrefix(line, byteOrderMark), "\r\n"), err
	}
}

// lineWriter writes one whole message at a time, the library's and ours. mcp-go v1.2.1 locks for its responses but not
// for the requests it sends to the client.
type lineWriter struct {
	mu     sync.Mutex
	out    io.Writer
	asked  *requests
	ids    ids
	broken chan struct{} // closed when nobody reads any more
}

// Write implements io.Writer.
func (w *lineWriter) Write(message []byte) (int, error) {
	if isSettled(message) {
		return len(message), nil
	}
	w.mu.Lock()
	_, err := w.out.Write(w.ids.show(message))
	if err != nil {
		select {
		case <-w.broken:
		default:
			close(w.broken)
		}
	}
	w.mu.Unlock()
	w.asked.answered(message)
	if err != nil {
		return 0, err
	}
	return len(message), nil
}
