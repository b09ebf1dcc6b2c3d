package emulator

import (
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// Fault makes matching requests go wrong. Of several injected faults the first that matches a request is applied.
type Fault struct {
	// Method is matched exactly; "" matches any.
	Method string
	// Path is matched against the path as it is on the wire (escaped, without the query) after its /api or
	// /api/accounts/{id}, for example "/contacts/imports/7"; for an export file against its whole path, which begins with
	// "/data_exports/". With a "*", "?" or "[" in it, it is a path.Match pattern for the whole of that (where "*" does not
	// cross a slash); otherwise it need only occur in it. "" matches any.
	Path string
	// Times is how many requests the fault is applied to before it is spent; 0 is for ever.
	Times int
	// Rate is the fraction of matching requests the fault is applied to, by a fixed pseudo-random sequence; 0 and 1 mean all.
	Rate float64

	// Status and Body are answered in place of the endpoint, which does not run. The content type is JSON unless Header
	// says otherwise. With Status 0 and no Do, the endpoint answers and Header is added to its answer.
	Status int
	Body   string
	Header http.Header
	// Do is done instead of answering Status.
	Do Action
}

// Action is a way for an exchange to go wrong other than with an error answer.
type Action int

const (
	// None answers Fault.Status.
	None Action = iota
	// LoseBefore closes the connection before the endpoint runs.
	LoseBefore
	// LoseAfter runs the endpoint, then closes the connection instead of answering.
	LoseAfter
	// Hang does nothing until the request's context ends.
	Hang
	// TruncateBody runs the endpoint, declares the full length of its answer, and sends half of it.
	TruncateBody
	// EndlessBody sends a 200 whose JSON body does not end until the client goes away. The endpoint does not run.
	EndlessBody
	// GzipBomb sends a 200 of 16 MB that unpacks to 16 GB. The endpoint does not run. On API paths the answer is declared
	// as Content-Encoding: gzip; an export file, being gzip by itself, is not.
	GzipBomb
	// Redirect runs no endpoint and answers 302 to the Location in Fault.Header.
	Redirect
)

// faults holds the injected faults.
type faults struct {
	mu     sync.Mutex
	active []*activeFault
}

type activeFault struct {
	Fault
	applied int
	random  *rand.Rand
}

// Inject adds faults behind those already there.
func (e *Emulator) Inject(list ...Fault) {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	for _, f := range list {
		seed := uint64(len(e.faults.active) + 1)
		e.faults.active = append(e.faults.active, &activeFault{Fault: f, random: rand.New(rand.NewPCG(seed, seed))})
	}
}

// ClearFaults removes all faults. Requests that are under way keep theirs.
func (e *Emulator) ClearFaults() {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.active = nil
}

// take returns the fault for the request, nil if there is none, and removes faults that are spent.
func (f *faults) take(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, active := range f.active {
		if !active.matches(r) || !active.drawn() {
			continue
		}
		active.applied++
		if active.applied == active.Times {
			f.active = slices.Delete(f.active, i, i+1)
		}
		return &active.Fault
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	target := r.URL.EscapedPath()
	if _, rest, ok := splitPrefix(target); ok {
		target = rest
	}
	if strings.ContainsAny(f.Path, "*?[") {
		matched, err := path.Match(f.Path, target)
		return err == nil && matched
	}
	return strings.Contains(target, f.Path)
}

// drawn decides by the fault's own sequence whether it is applied this time.
func (f *activeFault) drawn() bool {
	return f.Rate <= 0 || f.Rate >= 1 || f.random.Float64() < f.Rate
}
