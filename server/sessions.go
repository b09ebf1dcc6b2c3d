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

// codeNotFound is the JSON-RPC error of a session that is not there. MCP does not name one; this is the one that the
// TypeScript SDK's servers use and that clients look for before they initialize again.
const codeNotFound = -32001

// lost answers a message whose session is not there, and reports whether it has. mcp-go v1.2.1 answers with words in
// which clients do not recognize that; on GET it takes any id for a session of that name, or makes one up.
func (s *sessions) lost(w http.ResponseWriter, r *http.Request, e envelope) bool {
	switch {
	case r.Method == http.MethodPost && (!e.isJSON || e.Method == string(mcp.MethodInitialize)),
		r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodDelete,
		e.isModern(r.Header.Get(mcp.HeaderProtocolVersion)):
		return false
	}
	id := r.Header.Get(mcpserver.HeaderKeySessionID)
	_, live := s.live.Load(id)
	return missing(w, id, live, e)
}

// missing answers a message that names no session, or one that is not live, and reports whether it has.
func missing(w http.ResponseWriter, session string, live bool, e envelope) bool {
	switch {
	case session == "":
		refuse(w, http.StatusBadRequest, e.ID, mcp.INVALID_REQUEST, "No session: send initialize first.")
	case !live:
		refuse(w, http.StatusNotFound, e.ID, codeNotFound, "Session not found")
	}
	return session == "" || !live
}
