package server

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// silence is how long a stream may have nothing to say. Clients built on fetch, and proxies, give a stream up after a
// while without a byte, some after 30 seconds. mcp-go v1.2.1 keeps none alive during a call.
const silence = 15 * time.Second

const (
	eventStream = "text/event-stream"
	keepAlive   = ": keep-alive\n\n" // a comment, which every reader of event streams skips
)

// outgoing is a response on its way to the client. It shows hidden ids, and keeps the connection alive while there is
// nothing to say: a call that takes longer than silence is answered by a stream, if the client reads one.
type outgoing struct {
	to      http.ResponseWriter
	ids     ids
	mayOpen bool // a stream may be made of a response that has not begun
	silence time.Duration
	header  http.Header // the handler's, until the response begins

	mu     sync.Mutex
	begun  bool // the handler has begun to answer
	opened bool // we have made a stream of it before that
	stream bool // what the handler answers is a stream
	over   bool
	quiet  *time.Timer
}

// alive serves next with responses that are kept alive.
func (s *Server) alive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &outgoing{
			to: w, ids: s.ids, silence: s.silence, header: w.Header().Clone(),
			mayOpen: r.Method == http.MethodPost && strings.Contains(r.Header.Get("Accept"), eventStream),
		}
		if out.header == nil {
			out.header = http.Header{}
		}
		out.mu.Lock()
		out.quiet = time.AfterFunc(out.silence, out.breathe)
		out.mu.Unlock()
		defer out.end()
		next.ServeHTTP(out, r)
	})
}

// breathe writes something that says nothing.
func (o *outgoing) breathe() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return
	}
	if !o.begun && !o.opened && o.mayOpen {
		o.to.Header().Set("Content-Type", eventStream)
		o.to.Header().Set("Cache-Control", "no-cache")
		o.to.WriteHeader(http.StatusOK)
		o.opened = true
	}
	if o.opened || o.stream {
		_, _ = o.to.Write([]byte(keepAlive)) // net/http ends the request of a client that is gone
		_ = http.NewResponseController(o.to).Flush()
	}
	o.quiet.Reset(o.silence)
}

func (o *outgoing) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	o.quiet.Stop()
}

// Header implements http.ResponseWriter.
func (o *outgoing) Header() http.Header { return o.header }

// WriteHeader implements http.ResponseWriter.
func (o *outgoing) WriteHeader(status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.begin(status)
}

func (o *outgoing) begin(status int) {
	if o.begun {
		return
	}
	o.begun = true
	o.stream = o.header.Get("Content-Type") == eventStream
	if !o.opened {
		maps.Copy(o.to.Header(), o.header)
		o.to.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter. mcp-go writes one whole message at a time.
func (o *outgoing) Write(message []byte) (int, error) {
	if isSettled(message) {
		return len(message), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.begin(http.StatusOK)
	o.quiet.Reset(o.silence)
	shown := o.ids.show(message)
	if o.opened && !o.stream { // the answer, as it would have been without us
		shown = bytes.Join([][]byte{[]byte("event: message\ndata: "), bytes.TrimSpace(shown), []byte("\n\n")}, nil)
	}
	if _, err := o.to.Write(shown); err != nil {
		return 0, err
	}
	return len(message), nil
}

// Flush implements http.Flusher.
func (o *outgoing) Flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.begin(http.StatusOK)
	_ = http.NewResponseController(o.to).Flush()
}

// Unwrap gives http.ResponseController the connection.
func (o *outgoing) Unwrap() http.ResponseWriter { return o.to }
