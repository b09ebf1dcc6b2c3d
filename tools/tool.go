// Package tools is what agents call, by toolset, each tool a value that describes itself.
//
// A handler is an ordinary typed function; decoding, validation, confirmation, progress, panics, summaries and the
// bounds on results are wrapped around it here, once. Nothing in this package knows about MCP: package server turns a
// Callable into an MCP tool.
package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/schema"
)

const (
	// callTimeout bounds the work of a call. MCP clients give up after 60 seconds, and an answer that says "timeout" is
	// worth more to an agent than a client's own error.
	callTimeout = 55 * time.Second
	// askTimeout bounds how long the operator has to answer a question, where the client waits as long.
	askTimeout = 10 * time.Minute
)

// Tool defines one tool. In is a struct whose tags make the input schema; Out is what the handler returns.
type Tool[In any, Out Output] struct {
	// Name, Title and Description are what the agent chooses by; the description has two sentences at most: what
	// the tool does, and when to choose it over its neighbour.
	Name, Title, Description string
	// Example is the arguments of a call, as JSON, that works on the account of the tests (sample_test.go): every test that
	// holds for all tools makes it, and the documents show it. A plan, job or change that it names stands for any.
	Example string
	// Toolset is the group it is switched on and off with.
	Toolset Toolset
	// Effect says what it does to the account; the four MCP hints follow from it.
	Effect Effect
	// Local marks a tool whose effect is on what this server keeps, and never on the account: a read-only server has it too.
	Local bool
	// AnswersJob marks a tool whose answer holds a job. Clients are not shown its output schema: get_job's describes a job
	// once, and ten times over it would be more than all else of the list.
	AnswersJob bool
	// OfJournal marks a tool that is of no use where changes are not recorded.
	OfJournal bool
	// Accompanies names the tools that are of no use without this one: where one of them is switched on, it is on too,
	// whatever its own toolset.
	Accompanies []string
	// Foreign is optional. It answers arguments that agents send although the tool takes none of that name, by name: what
	// they want cannot be had so, and the names of the other arguments would not help them.
	Foreign map[string]string
	// Confirm is optional. It runs after validation and before Run where the operator can be asked, must be safe to run
	// twice, and returns the question they have to agree to; nil when nothing needs asking. What it looked up it may leave
	// in the input for Run; after a question was put it runs once more.
	Confirm func(*Toolbox, context.Context, *In) (*Question, error)
	// Asking describes Confirm and Unasked in the documents.
	Asking Asking
	// Unasked is optional. It decides in place of Confirm where the operator cannot be asked: nil lets the call go ahead.
	Unasked func(*Toolbox, context.Context, *In) error
	// Schemas are those of In and Out; empty for the tools in schemas.txt.
	Schemas schema.Texts
	// Run does the work.
	Run func(*Toolbox, context.Context, In) (Out, error)
}

// Asking is the end of two sentences in the documents: "The operator is asked …" and "Where the client cannot ask, …".
type Asking struct{ When, Otherwise string }

// clientAsks is Otherwise of a tool without Unasked that is marked destructive.
const clientAsks = "the call goes ahead: the client is expected to ask on its own, because the tool is marked destructive"

// Output is what a tool returns: facts that marshal to its structured content, and the same facts as text.
type Output interface {
	// Summary is the text an agent reads: what happened, counts, what to do next.
	Summary() string
}

// Checker is an input with rules between its arguments, which a portable schema cannot state. Check runs after the
// schema's validation and returns a fault (or schema.Violations).
type Checker interface {
	Check() error
}

// Definition is any Tool, whatever its types.
type Definition interface {
	// Bind ties the tool to the toolbox it works with.
	Bind(*Toolbox) (Callable, error)
	// contract is what its schemas are made from.
	contract() (name string, input, output reflect.Type)
}

// Callable is a tool ready to be called.
type Callable struct {
	Name, Title, Description, Example string
	Toolset                           Toolset
	Effect                            Effect
	Accompanies                       []string
	OfJournal, Local                  bool
	AnswersJob                        bool
	// Asking is empty where the operator is never asked.
	Asking                    Asking
	InputSchema, OutputSchema json.RawMessage

	call    func(context.Context, json.RawMessage) (answer, error)
	conceal func(string) string // takes the token out of a text
	log     *slog.Logger
}

// Writes reports whether the tool changes anything in the account.
func (c Callable) Writes() bool { return c.Effect != Reads && !c.Local }

// Result is the answer to a call. A failed call has a text ("[code] what. why. next.") and no structured content.
type Result struct {
	Text       string
	Structured json.RawMessage
	Failed     bool
}

// Bind ties the tool to the toolbox. It fails on a definition with a part missing.
func (t Tool[In, Out]) Bind(box *Toolbox) (Callable, error) {
	if t.Name == "" || t.Title == "" || t.Description == "" || t.Example == "" || t.Toolset == "" || t.Effect == 0 || t.Run == nil ||
		(t.Confirm == nil) != (t.Asking == Asking{}) {
		return Callable{}, fmt.Errorf("tool %q: a part of its definition is missing", t.Name)
	}
	texts := t.Schemas
	if texts.Rules == nil {
		texts = schemas()[t.Name]
	}
	if texts.Rules == nil {
		return Callable{}, fmt.Errorf("tool %q: it has no schemas; go test ./tools -update -run Golden writes them", t.Name)
	}
	input := schema.New(reflect.TypeFor[In](), texts.Rules, formats...)
	call := func(ctx context.Context, arguments json.RawMessage) (answer, error) {
		var in In
		if err := input.Decode(arguments, &in); err != nil {
			return answer{}, t.explained(err)
		}
		if checker, ok := any(in).(Checker); ok {
			if err := checker.Check(); err != nil {
				return answer{}, err
			}
		}
		working, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		agreed := false
		if t.Confirm != nil {
			var err error
			if agreed, err = box.confirmation(ctx, t.Name, t.question(ctx, box, &in), t.unasked(working, box, &in)); err != nil {
				return answer{}, t.Effect.unchanged(ctx, err)
			}
		}
		if agreed { // the operator's time is not the work's
			working, cancel = context.WithTimeout(ctx, callTimeout)
			defer cancel()
		}
		ctx = journal.In(withConfirmed(working, agreed), journal.Call{Tool: t.Name, Client: ClientOf(ctx), Confirmed: agreed})
		ctx, stop := box.tellingOfLimit(ctx)
		defer stop()
		out, err := t.Run(box, ctx, in)
		if err != nil {
			return answer{}, t.Effect.unchanged(ctx, err)
		}
		return bounded(out)
	}
	return Callable{
		Name: t.Name, Title: t.Title, Description: t.Description, Example: t.Example, Toolset: t.Toolset, Effect: t.Effect,
		Accompanies: t.Accompanies, OfJournal: t.OfJournal, Local: t.Local,
		AnswersJob: t.AnswersJob, Asking: t.Asking,
		InputSchema: texts.Input, OutputSchema: texts.Output,
		call: call, conceal: box.conceal, log: box.Log,
	}, nil
}

func (t Tool[In, Out]) contract() (name string, input, output reflect.Type) {
	return t.Name, reflect.TypeFor[In](), reflect.TypeFor[Out]()
}

// explained answers foreign arguments in the tool's own words.
func (t Tool[In, Out]) explained(err error) error {
	violations, ok := asViolations(err)
	if !ok {
		return err
	}
	for i, violation := range violations {
		if why, known := t.Foreign[violation.Where]; known {
			violations[i] = schema.Violation{Where: violation.Where, What: why}
		}
	}
	return violations
}

func (t Tool[In, Out]) question(ctx context.Context, box *Toolbox, in *In) func() (*Question, error) {
	return func() (*Question, error) {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		return t.Confirm(box, ctx, in)
	}
}

func (t Tool[In, Out]) unasked(ctx context.Context, box *Toolbox, in *In) func() error {
	if t.Unasked == nil {
		return nil
	}
	return func() error { return t.Unasked(box, ctx, in) }
}

// Call runs the tool. It never panics and always answers: every failure is a Result with Failed set.
func (c Callable) Call(ctx context.Context, arguments json.RawMessage) Result {
	started := time.Now()
	done, err := c.recovered(ctx, arguments)
	if err != nil {
		failure := explain(err)
		c.logFailure(ctx, failure, time.Since(started))
		shown := *failure
		shown.What, shown.Why, shown.Next = c.conceal(failure.What), c.conceal(failure.Why), c.conceal(failure.Next) // before it is cut
		return Result{Text: c.conceal(failureText(&shown)), Failed: true}
	}
	c.log.DebugContext(ctx, "call answered", "tool", c.Name, "took", time.Since(started))
	return Result{Text: c.conceal(done.text), Structured: json.RawMessage(c.conceal(string(done.structured)))}
}

// recovered turns a panic into an error, so that one defect ends one call and not the server.
func (c Callable) recovered(ctx context.Context, arguments json.RawMessage) (done answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = newPanic(cause)
		}
	}()
	return c.call(ctx, arguments)
}

func explain(err error) *fault.Error {
	if violations, ok := asViolations(err); ok {
		return fault.New(fault.InvalidInput, violations.Error(), "", "Nothing was sent; correct the call and repeat it.").Because(err)
	}
	return fault.From(err)
}

// logFailure keeps what the agent did not see. Agents' mistakes are not the operator's business; defects are.
func (c Callable) logFailure(ctx context.Context, failure *fault.Error, took time.Duration) {
	level := slog.LevelDebug
	attrs := []slog.Attr{slog.String("tool", c.Name), slog.String("code", string(failure.Code)), slog.Duration("took", took)}
	switch failure.Code {
	case fault.Internal:
		level = slog.LevelError
		attrs = withCause(attrs, failure)
		if p, ok := asPanic(failure); ok {
			attrs = append(attrs, slog.String("stack", p.stack))
		}
	case fault.UpstreamError, fault.OutcomeUnknown, fault.RateLimited, fault.Unauthorized, fault.Forbidden, fault.Timeout:
		level = slog.LevelWarn
		attrs = withCause(attrs, failure)
	}
	c.log.LogAttrs(ctx, level, "call failed", attrs...)
}

// withCause adds what a failure came from, below all that is written for agents: a fault may name whom it is about.
func withCause(attrs []slog.Attr, failure *fault.Error) []slog.Attr {
	cause := failure.Err
	for inner := failure; errors.As(cause, &inner); {
		cause = inner.Err
	}
	if cause == nil {
		return attrs
	}
	return append(attrs, slog.Any("cause", cause))
}
