package emulator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// answer is a response before it is sent.
type answer struct {
	status int
	header http.Header
	body   []byte
	stream func(io.Writer) error // instead of body
}

// apiAnswer has the headers every answer of the real API was recorded with.
func apiAnswer(status int) answer {
	header := http.Header{}
	header.Set("X-Mailtrap-Version", "v2")
	header.Set("Vary", "Accept")
	header.Set("Cache-Control", "no-cache")
	header.Set("X-Frame-Options", "SAMEORIGIN")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	header.Set("Server", "cloudflare")
	header.Set("Cf-Cache-Status", "DYNAMIC")
	return answer{status: status, header: header}
}

// jsonAnswer is v as compact JSON without a newline. A 2xx carries an ETag and may be revalidated; an error may not be
// cached (recorded).
func jsonAnswer(status int, v any) answer {
	a := apiAnswer(status)
	a.header.Set("Content-Type", "application/json; charset=utf-8")
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("emulator: encoding an answer: %v", err)) // our own types: cannot happen
	}
	a.body = body
	if status < 300 {
		sum := sha256.Sum256(body)
		a.header.Set("Etag", fmt.Sprintf(`W/"%x"`, sum[:16]))
		a.header.Set("Cache-Control", "max-age=0, private, must-revalidate")
	}
	return a
}

// noContent has neither Content-Type nor Etag (recorded).
func noContent() answer { return apiAnswer(http.StatusNoContent) }

type errorBody struct {
	Error string `json:"error"`
}

type errorsBody[T any] struct {
	Errors T `json:"errors"`
}

// unauthorized is recorded for every endpoint.
func unauthorized() answer {
	a := jsonAnswer(http.StatusUnauthorized, errorBody{"Incorrect API token"})
	a.header.Set("Www-Authenticate", `Token realm="Application"`)
	return a
}

// notFound is recorded for events and exports, and in the spec for the rest.
func notFound() answer { return jsonAnswer(http.StatusNotFound, errorBody{"Not Found"}) }

// failure is an error whose message stands under "errors" as a string.
func failure(status int, message string) answer {
	return jsonAnswer(status, errorsBody[string]{message})
}

// invalid is a 422 with flat lists of messages, as recorded for events and exports.
func invalid(p problems) answer {
	return jsonAnswer(http.StatusUnprocessableEntity, errorsBody[problems]{p})
}

// invalidNested is a 422 with lists within lists, as the spec shows for contact updates and fields.
func invalidNested(p problems) answer {
	return jsonAnswer(http.StatusUnprocessableEntity, errorsBody[nestedProblems]{nestedProblems(p)})
}

// badRequest is how a missing parameter was recorded on a neighbouring resource: an empty HTML answer without rate-limit
// headers. That a body which is no JSON is answered in the same way is unknown.
func badRequest() answer { return htmlAnswer(http.StatusBadRequest, "") }

// htmlNotFound is the page for a path that is no endpoint. Its text was not recorded.
func htmlNotFound() answer {
	return htmlAnswer(http.StatusNotFound, "<!DOCTYPE html>\n<html><head><title>Page not found</title></head>"+
		"<body><h1>404</h1><p>The page you were looking for doesn't exist.</p></body></html>\n")
}

// tooLarge refuses a body beyond maxBody. The real limit and answer are unknown.
func tooLarge() answer { return htmlAnswer(http.StatusRequestEntityTooLarge, "") }

func htmlAnswer(status int, page string) answer {
	a := apiAnswer(status)
	a.header.Set("Content-Type", "text/html; charset=UTF-8")
	a.body = []byte(page)
	return a
}

// quota adds the token's rate-limit headers, except to HTML answers, which do not carry them (recorded).
func (a answer) quota(q quota) answer {
	if a.header.Get("Content-Type") == "text/html; charset=UTF-8" {
		return a
	}
	a.header.Set("X-Ratelimit-Limit", strconv.Itoa(q.limit))
	a.header.Set("X-Ratelimit-Remaining", strconv.Itoa(q.remaining))
	return a
}

// setTimes says when the answer was made and how long that took.
func (a answer) setTimes(now time.Time, d time.Duration) {
	a.header.Set("Date", now.UTC().Format(http.TimeFormat))
	a.header.Set("X-Runtime", fmt.Sprintf("%.6f", d.Seconds()))
}

// send writes the answer. A stream that breaks off half-way closes the connection, so that the client cannot take it
// for complete.
func (a answer) send(w http.ResponseWriter) {
	a.writeHeader(w)
	if a.stream == nil {
		_, _ = w.Write(a.body) // the client may be gone; nothing is left to do then
		return
	}
	if err := a.stream(w); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (a answer) writeHeader(w http.ResponseWriter) {
	header := w.Header()
	for key, values := range a.header {
		header[key] = values
	}
	w.WriteHeader(a.status)
}
