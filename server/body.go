package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

const (
	// maxBody is the largest message accepted over HTTP: an import of 1,000 rows inline, with room to spare. mcp-go
	// v1.2.1 has no limit, and 64 MB sent to it became 766 MB of memory.
	maxBody = 4 << 20
	// bodyTimeout is how long a client may take to send it.
	bodyTimeout = 30 * time.Second
)

// bounded reads the message of a POST before anything is done with it, and refuses one that is too large.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		connection := http.NewResponseController(w)
		_ = connection.SetReadDeadline(time.Now().Add(bodyTimeout))
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		_ = connection.SetReadDeadline(time.Time{})
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			refuse(w, http.StatusRequestEntityTooLarge, nil, mcp.INVALID_REQUEST,
				"The message is larger than 4 MB. Put many rows into a file and pass its path.")
			return
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, nil, mcp.INVALID_REQUEST, "The message could not be read to its end.")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(bytes.TrimPrefix(body, byteOrderMark)))
		next.ServeHTTP(w, r)
	})
}

// refuse answers with a JSON-RPC error. Without an id it belongs to no request, since none was read.
func refuse(w http.ResponseWriter, status int, id json.RawMessage, code int, message string) {
	if isNothing(id) {
		id = json.RawMessage("null")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(mcp.NewJSONRPCError(mcp.NewRequestId(id), code, message, nil))
}
