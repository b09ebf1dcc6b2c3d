package tools

import (
	"context"

	"mailtrap-contacts-mcp/fault"
)

// Question is what the operator is asked before something is lost, or before a person is subscribed again.
type Question struct {
	// Subject identifies what is at stake and the state it is in, like "list 42 Newsletter". It is cheap to find out. An
	// answer holds for the same subject only.
	Subject string
	// Text says what will be lost, in one or two sentences. It runs when the question is going to be put.
	Text func(context.Context) (string, error)
}

// questionWidth is how much of a value, and how many values, a question shows: a person reads it in a small window.
const questionWidth = 30

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
	// CanAsk reports whether a question would reach a person. Where the client offers to put questions and cannot be
	// reached with one, err says why: it counts on being asked.
	CanAsk() (can bool, err error)
	// Answered is the decision that came with the call for this very subject, or Undecided.
	Answered(subject string) Decision
	// Ask puts the question and waits for the decision.
	Ask(ctx context.Context, subject, text string) (Decision, error)
}

// Confirmation says when the operator is asked before something is lost.
type Confirmation string

// The confirmations.
const (
	ConfirmAuto   Confirmation = "auto"   // where the client can ask
	ConfirmAlways Confirmation = "always" // a client that cannot ask is refused
	ConfirmNever  Confirmation = "never"
)

// confirmation asks the operator where that is wanted and possible, and tells whether they agreed. Where the client does
// not offer to ask, unasked decides; without it the call goes ahead, because the host asks on its own: the tool is marked
// destructive. Where it offers to and cannot be reached, whatever would be asked is refused, as under ConfirmAlways.
func (box *Toolbox) confirmation(ctx context.Context, tool string, ask func() (*Question, error),
	unasked func() error) (confirmed bool, err error) {
	if box.Confirmation == ConfirmNever {
		return false, nil
	}
	operator, known := ctx.Value(operatorKey{}).(Operator)
	canAsk, unreachable := false, error(nil)
	if known {
		canAsk, unreachable = operator.CanAsk()
	}
	if !canAsk && unreachable == nil {
		if box.Confirmation != ConfirmAlways {
			if unasked == nil {
				return false, nil
			}
			return false, unasked()
		}
		unreachable = fault.New(fault.NeedsConfirmation, "The operator has to confirm this, and this client cannot ask them.",
			"The server was started with --confirm always.",
			"Nothing was changed; use a client that supports elicitation, or do it in Mailtrap itself.")
	}
	question, err := ask()
	if err != nil || question == nil {
		return false, err
	}
	if !canAsk {
		return false, unreachable
	}
	subject := tool + ": " + question.Subject
	decision := operator.Answered(subject)
	if decision == Undecided {
		if decision, err = put(ctx, operator, question, subject); err != nil {
			return false, err
		}
		if decision == Agreed { // it took a while, and names may have passed to others
			if err := stillAsked(ask, question.Subject); err != nil {
				return false, err
			}
		}
	}
	if decision != Agreed {
		return false, fault.New(fault.Cancelled, "The operator did not agree, so nothing was changed.", "",
			"Do not repeat the call unless the operator asks for it.")
	}
	return true, nil
}

// refusesUnasked says of what a preview shows that it is certain to be refused for want of the operator's word, where they cannot be
// asked; empty where it is not.
func (box *Toolbox) refusesUnasked(ctx context.Context, err error) string {
	if err == nil || box.Confirmation == ConfirmNever && fault.Is(err, fault.NeedsConfirmation) {
		return ""
	}
	if operator, known := ctx.Value(operatorKey{}).(Operator); known && box.Confirmation != ConfirmNever {
		if can, unreachable := operator.CanAsk(); can && unreachable == nil {
			return ""
		}
	}
	return "To carry it out would be refused: " + fault.From(err).Error()
}

// put asks a question. Writing it is work like any other; the answer may take its time.
func put(ctx context.Context, operator Operator, question *Question, subject string) (Decision, error) {
	writing, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	asked, err := question.Text(writing)
	if err != nil {
		return Undecided, err
	}
	waiting, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return operator.Ask(waiting, subject, asked)
}

// stillAsked refuses when what the operator agreed to is not what would be done now.
func stillAsked(ask func() (*Question, error), subject string) error {
	now, err := ask()
	if err != nil {
		return err
	}
	if now == nil || now.Subject != subject {
		return fault.New(fault.Conflict, "What the operator was asked about has changed while they were deciding.", "",
			"Nothing was changed; call again, and they are asked about the current state.")
	}
	return nil
}
