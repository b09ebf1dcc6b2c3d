package tools

import (
	"context"

	"mailtrap-contacts-mcp/text"
)

// Progress tells how far a slow call is. Total is 0 when it is not known.
type Progress func(done, total int, message string)

type operatorKey struct{}

type progressKey struct{}

type clientKey struct{}

type confirmedKey struct{}

// clientWidth is how much of a client's name is kept. Clients choose it, so it is as untrusted as a contact's values.
const clientWidth = 80

// WithOperator gives the call's handlers a person to ask.
func WithOperator(ctx context.Context, operator Operator) context.Context {
	return context.WithValue(ctx, operatorKey{}, operator)
}

// WithProgress gives the call's handlers somewhere to report progress to.
func WithProgress(ctx context.Context, report Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// WithClient tells the call's handlers what the calling program calls itself; empty when it has not said.
func WithClient(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, clientKey{}, text.Clip(name, clientWidth))
}

// ClientOf is the name of the calling program, safe to show; empty when it is not known.
func ClientOf(ctx context.Context) string {
	name, _ := ctx.Value(clientKey{}).(string)
	return name
}

// withConfirmed tells the call's handler whether the operator was asked and agreed.
func withConfirmed(ctx context.Context, agreed bool) context.Context {
	return context.WithValue(ctx, confirmedKey{}, agreed)
}

// confirmed reports whether the operator was asked about this very call and agreed.
func confirmed(ctx context.Context) bool {
	agreed, _ := ctx.Value(confirmedKey{}).(bool)
	return agreed
}

// progressOf is the call's progress report; a function that does nothing when nobody listens.
func progressOf(ctx context.Context) Progress {
	if report, ok := ctx.Value(progressKey{}).(Progress); ok {
		return report
	}
	return func(int, int, string) {}
}
