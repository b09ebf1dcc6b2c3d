package emulator

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// perform applies the fault. respond runs the endpoint; send sends an answer and logs its status.
func (f *Fault) perform(r *http.Request, respond func() answer, send func(answer)) {
	switch f.Do {
	case LoseBefore:
		panic(http.ErrAbortHandler)
	case LoseAfter:
		respond()
		panic(http.ErrAbortHandler)
	case Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case TruncateBody:
		send(truncated(respond()))
	case EndlessBody:
		send(f.with(endless(r)))
	case GzipBomb:
		send(f.with(bomb(r)))
	case Redirect:
		send(f.with(answer{status: http.StatusFound, header: http.Header{}}))
	default:
		if f.Status == 0 {
			send(f.with(respond()))
			return
		}
		a := apiAnswer(f.Status)
		a.header.Set("Content-Type", "application/json; charset=utf-8")
		a.body = []byte(f.Body)
		send(f.with(a))
	}
}

// with adds the fault's headers.
func (f *Fault) with(a answer) answer {
	for key, values := range f.Header {
		a.header[http.CanonicalHeaderKey(key)] = values
	}
	return a
}

// truncated declares the whole of the answer and sends half of it.
func truncated(a answer) answer {
	whole := a.body
	if a.stream != nil {
		var buffer bytes.Buffer
		_ = a.stream(&buffer) // a buffer takes everything
		whole = buffer.Bytes()
	}
	a.header = maps.Clone(a.header)
	a.header.Set("Content-Length", strconv.Itoa(len(whole)))
	a.stream = func(w io.Writer) error {
		if _, err := w.Write(whole[:len(whole)/2]); err != nil {
			return err
		}
		flush(w)
		return http.ErrAbortHandler
	}
	return a
}

// endless is the beginning of a JSON answer followed by letters for as long as the client listens.
func endless(r *http.Request) answer {
	a := apiAnswer(http.StatusOK)
	a.header.Set("Content-Type", "application/json; charset=utf-8")
	a.stream = func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"data":{"id":"`); err != nil {
			return err
		}
		letters := bytes.Repeat([]byte("a"), 32<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(letters); err != nil {
				return err
			}
		}
		return r.Context().Err()
	}
	return a
}

// bombCharge is 16 MB of zeros in 16 KB. A gzip file may be several of them in a row.
var bombCharge = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(make([]byte, 16<<20)) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
})

func bomb(r *http.Request) answer {
	a := answer{status: http.StatusOK, header: http.Header{}}
	if strings.HasPrefix(r.URL.EscapedPath(), downloadPrefix) {
		a.header.Set("Content-Type", "application/gzip")
	} else {
		a.header.Set("Content-Type", "application/json; charset=utf-8")
		a.header.Set("Content-Encoding", "gzip")
	}
	a.stream = func(w io.Writer) error {
		for range 1024 {
			if _, err := w.Write(bombCharge()); err != nil {
				return err
			}
		}
		return r.Context().Err()
	}
	return a
}

// flush passes on what was written, so that the client sees it before the connection is closed.
func flush(w io.Writer) {
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
}
