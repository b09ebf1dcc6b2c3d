package contacts

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// MaxLookups is how many contacts one call looks up one by one.
const MaxLookups = 50

// workers is how many contacts are worked on at a time: enough to hide the latency, few enough to leave the rate budget
// to others.
const workers = 8

// ParseAll reads contacts' addresses and UUIDs, each once, in their order. All that are wrong are reported at once,
// under argument ("contacts").
func ParseAll(argument string, given []string) ([]apiclient.ContactRef, error) {
	var refs []apiclient.ContactRef
	var wrong []string
	seen := map[apiclient.ContactRef]bool{}
	for i, s := range given {
		ref, err := apiclient.ParseContact(s)
		switch {
		case err != nil:
			wrong = append(wrong, fmt.Sprintf("%s[%d]: %s", argument, i, text.Quote(s)))
		case !seen[ref]:
			seen[ref] = true
			refs = append(refs, ref)
		}
	}
	switch len(wrong) {
	case 0:
	case 1:
		return nil, fault.New(fault.InvalidInput, wrong[0]+" is neither an e-mail address nor a UUID.", "",
			"Nothing was sent; correct it or leave it out.")
	default:
		return nil, fault.New(fault.InvalidInput, "These are neither e-mail addresses nor UUIDs: "+text.Listing(wrong, 20)+".", "",
			"Nothing was sent; correct them or leave them out.")
	}
	return refs, nil
}

// Looked is one contact of a look-up of many.
type Looked struct {
	Ref   apiclient.ContactRef
	Found Found
	Known bool
}

// LookUp looks many contacts up, in their order, and gives a person named by address and by UUID once. It fails
// as a whole when a look-up does.
func (s *Service) LookUp(ctx context.Context, refs []apiclient.ContactRef) ([]Looked, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.ahead.Clear() // so that few are kept
	var failure error
	var failed sync.Once // the first error; those after it may only say that the rest was cancelled
	looked := make([]Looked, len(refs))
	Each(len(refs), func(i int) {
		found, err := s.Get(ctx, refs[i])
		if err != nil && !fault.Is(err, fault.NotFound) {
			failed.Do(func() { failure = err })
			cancel()
			return
		}
		looked[i] = Looked{Ref: refs[i], Found: found, Known: err == nil}
		if err == nil {
			s.ahead.Store(refs[i], found)
		}
	})
	if failure != nil {
		return nil, failure
	}
	return eachOnce(looked), nil
}

// GetLooked is Get for a write that LookUp has looked the contact up for: once, within seconds, and unless it was written here
// since, that look-up counts.
func (s *Service) GetLooked(ctx context.Context, ref apiclient.ContactRef) (Found, error) {
	kept, is := s.ahead.LoadAndDelete(ref)
	if found, _ := kept.(Found); is && time.Since(found.looked) < recentFor && !s.recent.latest(ref, found.ID).After(found.looked) {
		return found, nil
	}
	return s.Get(ctx, ref)
}

func eachOnce(looked []Looked) []Looked {
	seen := map[string]bool{}
	return slices.DeleteFunc(looked, func(one Looked) bool {
		again := one.Known && seen[one.Found.ID]
		seen[one.Found.ID] = true
		return again
	})
}

// Each does something for each of n contacts, several at a time, and waits for all. What fails is do's to remember. A
// panic in do is passed on to the caller, who can recover from it; in a goroutine of its own it would end the server.
func Each(n int, do func(i int)) {
	var group errgroup.Group
	group.SetLimit(workers)
	for i := range n {
		group.Go(func() (err error) {
			defer func() {
				if value := recover(); value != nil {
					err = panicked{value, debug.Stack()}
				}
			}()
			do(i)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		panic(err) //nolint:forbidigo // it is a panic already
	}
}

// panicked carries a panic from one goroutine to another, with the stack it came from.
type panicked struct {
	value any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }
