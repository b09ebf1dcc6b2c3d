package tools

import (
	"context"
	"fmt"
	"sync"

	"mailtrap-contacts-mcp/fault"
)

// Question is what the operator is asked before something is destroyed.
type Question struct {
	// Text says what will be lost, in one or two sentences.
	Text string
}

// Decision is the operator's answer to a Question.
type Decision int

// The decisions. A client that cannot ask its operator gives no decision.
const (
	Undecided Decision = iota
	Agreed
	Declined
)

// Operator is the person behind the client, as far as the client lets us reach them.
type Operator interface {
	// CanAsk reports whether a question would reach a person.
	CanAsk() bool
	// Ask puts the question and waits for the decision.
	Ask(context.Context, Question) (Decision, error)
}

// Progress tells how far a slow call is. Total is 0 when it is not known.
type Progress func(done, total int, message string)

type operatorKey struct{}

type progressKey struct{}

// WithOperator gives the call's handlers a person to ask.
func WithOperator(ctx context.Context, operator Operator) context.Context {
	return context.WithValue(ctx, operatorKey{}, operator)
}

// WithProgress gives the call's handlers somewhere to report progress to.
func WithProgress(ctx context.Context, report Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// progressOf is the call's progress report; a function that does nothing when nobody listens.
func progressOf(ctx context.Context) Progress {
	if report, ok := ctx.Value(progressKey{}).(Progress); ok {
		return report
	}
	return func(int, int, string) {}
}

// confirm asks the operator where that is possible. Where it is not, a single deletion goes through: the host asks on
// its own, because the tool is marked destructive.
func (box *Toolbox) confirm(ctx context.Context, question func() (*Question, error)) error {
	operator, ok := ctx.Value(operatorKey{}).(Operator)
	if !ok || !operator.CanAsk() {
		return nil
	}
	asked, err := question()
	if err != nil || asked == nil {
		return err
	}
	decision, err := operator.Ask(ctx, *asked)
	if err != nil {
		return err
	}
	if decision != Agreed {
		return fault.New(fault.Cancelled, "The operator did not agree, so nothing was changed.", "",
			"Do not repeat the call unless the operator asks for it.")
	}
	return nil
}

// counter reports how many of a known number of things are done.
type counter struct {
	mu     sync.Mutex
	report Progress
	done   int
	total  int
	what   string
}

func newCounter(report Progress, total int, what string) *counter {
	return &counter{report: report, total: total, what: what}
}

func (c *counter) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.report(c.done, c.total, fmt.Sprintf("%d of %d %s", c.done, c.total, c.what))
}
