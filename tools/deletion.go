package tools

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// deletion is a list or field that is going to be deleted, with what goes with it.
type deletion struct {
	subject string // tells it from others, and from itself after a change: "list 42 Newsletter"
	what    string // as people read it: `the list "Newsletter" (id 42)`
	// count finds out how many contacts it touches.
	count func(context.Context) (int, error)
	// touches says what it does to n contacts; -1 stands for a number that could not be had.
	touches func(n int) string
}

const (
	// touchedUnasked is how many contacts a deletion may touch where the operator cannot be asked. More count as a bulk write.
	touchedUnasked = 25
	// countTime is how long a deletion's contacts are counted. The rest of the call's time is the operator's, to answer in.
	countTime = 20 * time.Second
	// uncounted is the number of contacts where it could not be had.
	uncounted = -1
)

// askBefore is a Confirm that asks the operator whether to delete what find finds.
func askBefore[In any](find func(*Toolbox, context.Context, In) (deletion, error)) func(*Toolbox, context.Context, *In) (*Question, error) {
	return func(box *Toolbox, ctx context.Context, in *In) (*Question, error) {
		d, err := find(box, ctx, *in)
		if err != nil {
			return nil, err
		}
		return &Question{
			Subject: d.subject,
			Text: func(ctx context.Context) (string, error) {
				n, _ := box.countTouched(ctx, d) // without a number they are asked all the same, and told so
				return "Delete " + d.what + "? " + d.touches(n), nil
			},
		}, nil
	}
}

// onlyFew is an Unasked that lets a deletion go ahead which touches few contacts: the host asks on its own, as before the
// deletion of a contact.
func onlyFew[In any](find func(*Toolbox, context.Context, In) (deletion, error)) func(*Toolbox, context.Context, *In) error {
	return func(box *Toolbox, ctx context.Context, in *In) error {
		d, err := find(box, ctx, *in)
		if err != nil {
			return err
		}
		return box.fewTouched(ctx, d)
	}
}

// fewTouched refuses a deletion that touches more contacts than nobody need be asked about.
func (box *Toolbox) fewTouched(ctx context.Context, d deletion) error {
	n, err := box.countTouched(ctx, d)
	return d.few(n, err)
}

// few refuses a deletion that touches many contacts, or an unknown number of them for the reason given.
func (d deletion) few(n int, err error) error {
	if err == nil && n <= touchedUnasked {
		return nil
	}
	what, why := "Deleting "+d.what+" touches "+text.Count(n, "contact")+", and this client cannot ask the operator.", ""
	if n == uncounted {
		cause := explain(err)
		switch cause.Code {
		case fault.Cancelled, fault.Unauthorized, fault.Forbidden:
			return err // the deletion would fare no better
		case fault.FileAccess: // of the data folder
			return fault.New(cause.Code, cause.What, cause.Why, "This write was not sent. "+cause.Next).Because(err)
		case fault.Timeout:
			why = "Mailtrap counts only by an export, and it was not done within " + text.Count(int(countTime.Seconds()), "second") + ". "
		default:
			why = "Mailtrap counts only by an export, and that failed: " + cause.What + " "
		}
		what = "How many contacts deleting " + d.what + " touches could not be found out, and this client cannot ask the operator."
	}
	return fault.New(fault.NeedsConfirmation, what, fmt.Sprintf("%sWithout the operator's word it may touch %d.", why, touchedUnasked),
		"Nothing was deleted. Tell the operator what it touches: they can delete it in Mailtrap itself, use a client that can ask "+
			"them, or start this server with --confirm never.")
}

// countTouched counts the contacts that a deletion touches, uncounted where that fails, and keeps the number for the
// deletion's own answer.
func (box *Toolbox) countTouched(ctx context.Context, d deletion) (int, error) {
	progressOf(ctx)(0, 0, "counting the contacts that it touches")
	n, err := d.count(ctx)
	if err != nil {
		n = uncounted
	}
	box.counted.keep(d.subject, n)
	return n, err
}

// countNow is how many contacts fit a condition, by a snapshot that is as new as can be. One that is older, because an earlier
// call could not wait for it, or that lacks something, decides nothing.
func (box *Toolbox) countNow(ctx context.Context, condition string) (int, audience.Facts, error) {
	oldest, snapshot := time.Now().Add(-exactAge), need{wait: countTime}
	asked, err := box.askExactly(ctx, "", "", condition, snapshot)
	if err == nil && asked.TakenAt().Before(oldest) {
		asked.Release()
		snapshot.refresh = true
		asked, err = box.askExactly(ctx, "", "", condition, snapshot)
	}
	if err != nil {
		return 0, audience.Facts{}, err
	}
	defer asked.Release()
	facts, err := asked.view.facts, asked.view.decides()
	if err == nil && facts.Contacts == 0 {
		var why string
		if why, err = box.Audience.Doubt(ctx, facts.TakenAt); why != "" {
			err = exports.Empty(why)
		}
	}
	if err != nil {
		return 0, facts, err
	}
	n, _, err := asked.Count(ctx, condition)
	return n, facts, err
}

// counted keeps the numbers of contacts that deletions touch from their questions to their answers, so that each costs one
// export. With some clients the question and the deletion are two calls.
type counted struct {
	mu      sync.Mutex
	numbers map[string]touchedCount
}

type touchedCount struct {
	contacts int
	at       time.Time
}

// keptCount is how long a number is kept: an operator has answered by then, or will be asked again.
const keptCount = 10 * time.Minute

func (c *counted) keep(subject string, contacts int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(c.numbers, func(_ string, one touchedCount) bool { return now.Sub(one.at) >= keptCount })
	if c.numbers == nil {
		c.numbers = map[string]touchedCount{}
	}
	c.numbers[subject] = touchedCount{contacts: contacts, at: now}
}

// take returns a number that was kept and forgets it; nil when there is none.
func (c *counted) take(subject string) *int {
	c.mu.Lock()
	defer c.mu.Unlock()
	count, found := c.numbers[subject]
	delete(c.numbers, subject)
	if !found || count.contacts == uncounted || time.Since(count.at) >= keptCount {
		return nil
	}
	return &count.contacts
}
