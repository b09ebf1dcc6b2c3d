package server

import (
	"bytes"
	"io"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
)

// messages looks at what comes to /mcp before mcp-go does: is the session there, and what has to be put differently.
func (s *Server) messages(live *sessions, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, message := s.read(r)
		switch {
		case live.lost(w, r, message):
			return
		case cancelsOfOthers(r, message):
			w.WriteHeader(http.StatusAccepted)
			return
		case saysNothing(message) && !message.isModern(r.Header.Get(mcp.HeaderProtocolVersion)):
			body, w = refusal(message), &pong{ResponseWriter: w}
		}
		s.pass(next, w, r, body, message)
	})
}

// posted does the same for what comes to /message: it belongs to an open stream. mcp-go v1.2.1 calls a message of a
// stream that is gone a bad request, and answers one that is no POST in the same way.
func (s *Server) posted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, message := s.read(r)
		session := r.URL.Query().Get("sessionId")
		_, open := s.streams.open.Load(session)
		switch {
		case r.Method == http.MethodOptions: // asked by a web page beforehand
			next.ServeHTTP(w, r)
		case r.Method != http.MethodPost:
			notAllowed(w, "POST")
		case !missing(w, session, open, message):
			s.pass(next, w, r, body, message)
		}
	})
}

// read takes the message of a POST apart. It is in memory already, see bounded.
func (s *Server) read(r *http.Request) ([]byte, envelope) {
	if r.Method != http.MethodPost {
		return nil, envelope{}
	}
	body, _ := io.ReadAll(r.Body)
	return body, envelopeOf(body)
}

// pass hands a message to mcp-go.
func (s *Server) pass(next http.Handler, w http.ResponseWriter, r *http.Request, body []byte, message envelope) {
	body, _ = s.ids.hide(body, message)
	r.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(w, r)
}

// cancelsOfOthers finds the notifications/cancelled of 2026-07-28 clients, which are dropped. They have no sessions over
// HTTP, and mcp-go v1.2.1 then finds the call to cancel by its JSON-RPC id alone: client B, cancelling its call 1, would
// cancel client A's call 1. Such clients cancel by closing the request.
func cancelsOfOthers(r *http.Request, message envelope) bool {
	return message.Method == string(mcp.MethodNotificationCancelled) && message.isModern(r.Header.Get(mcp.HeaderProtocolVersion))
}
