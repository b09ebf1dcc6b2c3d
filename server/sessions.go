package server

import (
	"crypto/rand"
	"errors"
	"net/http"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

var errNoSession = errors.New("no such session")

// sessions are the Streamable HTTP sessions that have been opened and not yet ended. The manager that comes with mcp-go
// v1.2.1 keeps the id of every ended session for ever; this one forgets it, and an unknown session is answered with 404
// as an ended one is.
type sessions struct {
	live sync.Map
}

// Generate implements mcpserver.SessionIdManager.
func (s *sessions) Generate() string {
	id := rand.Text()
	s.live.Store(id, nil)
	return id
}

// Validate implements mcpserver.SessionIdManager.
func (s *sessions) Validate(id string) (isTerminated bool, err error) {
	if _, ok := s.live.Load(id); !ok {
		return false, errNoSession
	}
	return false, nil
}

// Terminate implements mcpserver.SessionIdManager.
func (s *sessions) Terminate(id string) (isNotAllowed bool, err error) {
	s.live.Delete(id)
	return false, nil
}

// required opens streams for live sessions only: mcp-go v1.2.1 takes any id on GET for a session of that name, and makes
// one up where there is none.
func (s *sessions) required(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && !mcp.IsModernProtocol(r.Header.Get(mcp.HeaderProtocolVersion)) {
			id := r.Header.Get(mcpserver.HeaderKeySessionID)
			if id == "" {
				http.Error(w, "A stream needs a session: send initialize first.", http.StatusBadRequest)
				return
			}
			if _, err := s.Validate(id); err != nil {
				http.Error(w, "This session has ended: send initialize again.", http.StatusNotFound)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
