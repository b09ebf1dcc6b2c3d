// Package tools is what agents call, by toolset, each tool a value that describes itself.
//
// A handler is an ordinary typed function; decoding, validation, confirmation, progress, panics, summaries and the
// bounds on results are wrapped around it here, once. Nothing in this package knows about MCP: package server turns a
// Callable into an MCP tool.
package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
)

// callTimeout bounds a whole call. MCP clients give up after 60 seconds, and an answer that says "timeout" is worth
// more to an agent than a client's own error.
const callTimeout = 55 * time.Second

// Tool defines one tool. In is a struct whose tags make the input schema; Out is what the handler returns.
type Tool[In any, Out Output] struct {
	// Name, Title and Description are what the agent chooses by; the description has two sentences at most: what
	// the tool does, and when to choose it over its neighbour.
	Name, Title, Description string
	// Toolset is the group it is switched on and off with.
	Toolset Toolset
	// Effect says what it does to the account; the four MCP hints follow from it.
	Effect Effect
	// Confirm is optional. It runs after validation and before Run, must be safe to run twice, and returns the
	// question the operator has to agree to; nil when nothing needs asking.
	Confirm func(*Toolbox, context.Context, In) (*Question, error)
	// Run does the work.
	Run func(*Toolbox, context.Context, In) (Out, error)
}

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
	// Bind compiles the tool's schemas and ties it to the toolbox it works with.
	Bind(*Toolbox) (Callable, error)
}

// Callable is a tool ready to be called.
type Callable struct {
	Name, Title, Description  string
	Toolset                   Toolset
	Effect                    Effect
	InputSchema, OutputSchema json.RawMessage

	call func(context.Context, json.RawMessage) (answer, error)
	log  *slog.Logger
}

// Result is the answer to a call. A failed call has a text ("[code] what. why. next.") and no structured content.
type Result struct {
	Text       string
	Structured json.RawMessage
	Failed     bool
}

// Bind compiles the tool's schemas and ties it to the toolbox. It fails on a schema that does not compile, is not
// portable, or on a definition with a part missing.
func (t Tool[In, Out]) Bind(box *Toolbox) (Callable, error) {
	if t.Name == "" || t.Title == "" || t.Description == "" || t.Toolset == "" || t.Effect == 0 || t.Run == nil {
		return Callable{}, fmt.Errorf("tool %q: a part of its definition is missing", t.Name)
	}
	input, err := schema.For[In](formats...)
	if err != nil {
		return Callable{}, fmt.Errorf("tool %q: input: %w", t.Name, err)
	}
	output, err := schema.Describe[Out](formats...)
	if err != nil {
		return Callable{}, fmt.Errorf("tool %q: output: %w", t.Name, err)
	}
	call := func(ctx context.Context, arguments json.RawMessage) (answer, error) {
		var in In
		if err := input.Decode(arguments, &in); err != nil {
			return answer{}, err
		}
		if checker, ok := any(in).(Checker); ok {
			if err := checker.Check(); err != nil {
				return answer{}, err
			}
		}
		if t.Confirm != nil {
			if err := box.confirm(ctx, func() (*Question, error) { return t.Confirm(box, ctx, in) }); err != nil {
				return answer{}, err
			}
		}
		out, err := t.Run(box, ctx, in)
		if err != nil {
			return answer{}, err
		}
		return bounded(out)
	}
	return Callable{
		Name: t.Name, Title: t.Title, Description: t.Description, Toolset: t.Toolset, Effect: t.Effect,
		InputSchema: input.JSON(), OutputSchema: output.JSON(),
		call: call, log: box.Log.With("tool", t.Name),
	}, nil
}

// Call runs the tool. It never panics and always answers: every failure is a Result with Failed set.
func (c Callable) Call(ctx context.Context, arguments json.RawMessage) Result {
	started := time.Now()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	done, err := c.recovered(ctx, arguments)
	if err != nil {
		failure := explain(err)
		c.logFailure(ctx, failure, time.Since(started))
		return Result{Text: failureText(failure), Failed: true}
	}
	c.log.DebugContext(ctx, "call answered", "took", time.Since(started))
	return Result{Text: done.text, Structured: done.structured}
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
	attrs := []slog.Attr{slog.String("code", string(failure.Code)), slog.Duration("took", took)}
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

func withCause(attrs []slog.Attr, failure *fault.Error) []slog.Attr {
	if failure.Err == nil {
		return attrs
	}
	return append(attrs, slog.Any("cause", failure.Err))
}
