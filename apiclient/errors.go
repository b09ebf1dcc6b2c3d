package apiclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Kind classes what went wrong with a call.
type Kind int

// The kinds.
const (
	Refused      Kind = iota + 1 // 400, 422 and other 4xx: the API does not accept the request
	Unauthorized                 // 401
	Forbidden                    // 403
	NotFound                     // 404
	Conflict                     // 409: a write is still being applied
	TooLarge                     // 413
	Throttled                    // 429, or the rate budget leaves no room in time
	ServerFailed                 // 5xx
	Unreadable                   // an answer that is not what the API sends
	NoAnswer                     // the connection failed
	TimedOut                     // no answer in time
	Stopped                      // the caller's context ended
)

// Problem is one message of the API: where it belongs ("email", "base", a merge tag; empty for the whole request) and its text.
type Problem struct {
	Where, Text string
}

// RowProblem is what the API said about one contact of an import.
type RowProblem struct {
	Email    string
	Problems []Problem
}

// Error is a call that failed. It keeps every message of the API, whatever shape they came in.
type Error struct {
	Kind     Kind
	Method   string
	Route    string // template of the path, never the path itself
	Status   int    // 0 without an answer
	Problems []Problem
	Rows     []RowProblem // of an import
	// Unknown is set when a write may have been carried out although no answer says so.
	Unknown bool
	// Lost is set when an attempt at a write may have done its work, whatever a later one was answered.
	Lost bool
	// Repeatable is set when sending the same call again cannot do its work twice.
	Repeatable bool
	// Until is when there is room again, as far as that is known, and Asked the pause that Mailtrap has asked for.
	Until time.Time
	Asked time.Duration
	// Waited is how long the call took in all.
	Waited time.Duration
	Err    error
}

// Error is for logs: it names no address and no value.
func (e *Error) Error() string {
	s := e.Method + " " + e.Route
	if e.Status != 0 {
		s += fmt.Sprintf(": status %d", e.Status)
	}
	if e.Unknown {
		s += ": outcome unknown"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Says reports whether one of the API's messages on where contains phrase.
func (e *Error) Says(where, phrase string) bool {
	for _, problem := range e.Problems {
		if problem.Where == where && strings.Contains(problem.Text, phrase) {
			return true
		}
	}
	return false
}

// AsError finds the *Error in err.
func AsError(err error) (*Error, bool) {
	var apiError *Error
	return apiError, errors.As(err, &apiError)
}

// IsKind reports whether err is an *Error of the given kind.
func IsKind(err error, kind Kind) bool {
	apiError, ok := AsError(err)
	return ok && apiError.Kind == kind
}

// Fault is the error as an agent reads it.
func (e *Error) Fault() *fault.Error {
	if e.Unknown {
		return e.unknown().Because(e)
	}
	return e.known().Because(e)
}

func (e *Error) unknown() *fault.Error {
	next := "Look at the account before doing it again: a repeat could do it twice."
	if e.Repeatable {
		next = "Repeating the same call is safe."
	}
	return fault.New(fault.OutcomeUnknown, "The request was sent, but no usable answer came back.",
		"Mailtrap may or may not have carried it out.", next)
}

func (e *Error) known() *fault.Error {
	switch e.Kind {
	case Unauthorized:
		return fault.New(fault.Unauthorized, "Mailtrap does not accept the API token.", e.said(),
			"Ask the operator for a valid token (Mailtrap: Settings, API Tokens) in MAILTRAP_API_TOKEN and to restart the server.")
	case Forbidden:
		return fault.New(fault.Forbidden, "The API token may not do this.", e.said(),
			"Ask the operator for a token with rights to this account's contacts, and to check --account-id.")
	case NotFound:
		return fault.New(fault.NotFound, "Mailtrap has nothing under that name or id.", "",
			"Check it with the get or list tools; it may have been deleted.")
	case Conflict:
		return fault.New(fault.Conflict, "Mailtrap is still applying an earlier write to this contact.", e.said(),
			"Wait ten seconds and repeat the call.")
	case Throttled:
		return e.throttled()
	case TooLarge:
		return fault.New(fault.LimitReached, "Mailtrap found the request too large.", e.said(), "Send fewer contacts at once.")
	case Refused:
		if e.full() {
			return fault.New(fault.LimitReached, "The account holds as many contacts as its plan allows.", e.said(),
				"Nobody was created. Tell the operator: contacts have to be deleted, or the plan raised in Mailtrap (Settings, "+
					"Billing); a repeat before that fails again.")
		}
		why := e.said()
		if why == "" {
			why = "It gives no reason."
		}
		return fault.New(fault.InvalidInput, "Mailtrap refused the request.", why, "Correct what it names and repeat the call.")
	case TimedOut:
		return fault.New(fault.Timeout, "Mailtrap did not answer in time.", "", "Try again in a minute.")
	case Stopped:
		return fault.New(fault.Cancelled, "The call was cancelled before it was done.", "", "Nothing more is sent; call again to continue.")
	case NoAnswer:
		return fault.New(fault.UpstreamError, "Mailtrap could not be reached.", "The connection failed.",
			"Try again in a minute; if it stays so, the operator should check the network and --api-url.")
	case Unreadable:
		return fault.New(fault.UpstreamError, "Mailtrap answered something that is not an answer of its API.", e.said(),
			"Try again in a minute; if it stays so, the operator should check --api-url and proxies in between.")
	}
	return fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap failed with status %d.", e.Status), e.said(), "Try again in a minute.")
}

// full reports that the plan of the account allows no more contacts (spec: "contacts limit reached").
func (e *Error) full() bool {
	return slices.ContainsFunc(e.Problems, func(p Problem) bool { return strings.Contains(strings.ToLower(p.Text), "contacts limit reached") })
}

// shownProblems is how many of the API's messages an agent is shown; the rest is counted.
const shownProblems = 8

// said quotes the API: `It says: email: "is invalid"; base: "…".`
func (e *Error) said() string {
	var said []string
	for _, problem := range e.Problems {
		said = append(said, problem.String())
	}
	for _, row := range e.Rows {
		for _, problem := range row.Problems {
			said = append(said, text.Quote(row.Email)+" "+problem.String())
		}
	}
	if len(said) == 0 {
		return ""
	}
	rest := ""
	if len(said) > shownProblems {
		rest = fmt.Sprintf(" and %s more", text.Number(len(said)-shownProblems))
		said = said[:shownProblems]
	}
	return "It says: " + strings.Join(said, "; ") + rest + "."
}

// String is the problem as shown: `email: "is invalid"`.
func (p Problem) String() string {
	if p.Where == "" {
		return text.Quote(p.Text)
	}
	return text.Word(p.Where, 80) + ": " + text.Quote(p.Text)
}

func (a *attempts) errorOf(kind Kind, status int, err error) *Error {
	failure := &Error{Kind: kind, Method: a.call.method, Route: a.call.route, Status: status, Lost: a.lost, Repeatable: !a.call.once, Err: err,
		Waited: time.Since(a.began)}
	if status == http.StatusTooManyRequests {
		failure.Until, failure.Asked = time.Now().Add(a.wait), a.asked
	}
	return failure
}

// failed turns a call without an answer into an Error. waits is the context of its waits.
func (a *attempts) failed(waits context.Context, err error) error {
	status := 0
	var broken *brokenAnswer
	if errors.As(err, &broken) {
		status = broken.status
	}
	if status/100 == 2 && a.call.statusDecides {
		return nil
	}
	if refusal := new(notSent); errors.As(err, refusal) {
		return refusal.error
	}
	kind := NoAnswer
	full := new(errNoBudget)
	switch {
	case errors.Is(waits.Err(), context.Canceled):
		kind = Stopped
	case errors.As(err, full):
		kind = Throttled
	case errors.Is(err, context.DeadlineExceeded):
		kind = TimedOut
	case errors.Is(err, errTooLarge):
		kind = Unreadable
	}
	failure := a.errorOf(kind, status, err)
	if kind == Throttled {
		failure.Until = time.Now().Add(full.wait)
	}
	if kind == Unreadable {
		failure.Problems = []Problem{{Text: errTooLarge.Error()}}
	}
	failure.Unknown = a.lost
	return failure
}

// finish reads an answer: decodes a success into out, or returns an Error.
func (a *attempts) finish(status int, header http.Header, out any) error {
	body := a.client.secret.Redact(inPlainASCII(a.answer)) // before anything of it is cut
	switch {
	case status/100 == 2:
		return a.decode(status, body, out)
	case status == http.StatusNotFound && a.call.method == http.MethodDelete && a.lost:
		return nil
	}
	failure := a.errorOf(kindOf(status), status, nil)
	failure.Problems, failure.Rows = readProblems(body, header.Get("Content-Type"))
	failure.Unknown = a.call.once && (kindOf(status) == ServerFailed || a.lost)
	return failure
}

// decode accepts a 2xx only when its body is what the API sends; HTML or null from something in between is not.
func (a *attempts) decode(status int, body []byte, out any) error {
	var err error
	switch {
	case out == nil && len(body) == 0:
		return nil
	case out == nil:
		err = isJSON(body)
	default:
		err = decodeInto(body, out)
	}
	if err == nil {
		return nil
	}
	failure := a.errorOf(Unreadable, status, err)
	failure.Problems, _ = readProblems(body, "")
	failure.Unknown = a.call.writes()
	return failure
}

func kindOf(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusConflict:
		return Conflict
	case status == http.StatusRequestEntityTooLarge:
		return TooLarge
	case status == http.StatusTooManyRequests:
		return Throttled
	case status/100 == 4:
		return Refused
	case status/100 == 5:
		return ServerFailed
	}
	return Unreadable
}
