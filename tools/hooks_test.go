package tools

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
)

// person is an operator who answers the same every time.
type person struct {
	reachable bool
	decision  Decision
}

// CanAsk implements Operator.
func (p person) CanAsk() (bool, error) { return p.reachable, nil }

// Answered implements Operator.
func (p person) Answered(string) Decision { return Undecided }

// Ask implements Operator.
func (p person) Ask(context.Context, string, string) (Decision, error) { return p.decision, nil }

type agreedOutput struct {
	Agreed bool `json:"agreed"`
}

// Summary is the text an agent reads.
func (out agreedOutput) Summary() string { return "Done." }

func TestAHandlerKnowsWhetherTheOperatorAgreed(t *testing.T) {
	asks := func(*Toolbox, context.Context, *struct{}) (*Question, error) {
		return &Question{Subject: "it", Text: func(context.Context) (string, error) { return "Really?", nil }}, nil
	}
	harmless := func(*Toolbox, context.Context, *struct{}) (*Question, error) { return nil, nil }
	for name, test := range map[string]struct {
		confirm func(*Toolbox, context.Context, *struct{}) (*Question, error)
		mode    Confirmation
		person  person
		want    bool
	}{
		"they were asked and agreed": {asks, ConfirmAuto, person{true, Agreed}, true},
		"the client cannot ask":      {asks, ConfirmAuto, person{false, Agreed}, false},
		"nobody is to be asked":      {asks, ConfirmNever, person{true, Agreed}, false},
		"this call needs no asking":  {harmless, ConfirmAlways, person{true, Agreed}, false},
		"the tool never asks":        {nil, ConfirmAlways, person{true, Agreed}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var asking Asking
			if test.confirm != nil {
				asking.When = "before it does it"
			}
			tool, err := Tool[struct{}, agreedOutput]{
				Name: "do_it", Title: "Do it", Description: "Does it.", Example: "{}", Toolset: Account, Effect: Destroys,
				Confirm: test.confirm, Asking: asking, Schemas: SchemasOf[struct{}, agreedOutput](),
				Run: func(_ *Toolbox, ctx context.Context, _ struct{}) (agreedOutput, error) {
					return agreedOutput{confirmed(ctx)}, nil
				},
			}.Bind(&Toolbox{Log: slog.New(slog.DiscardHandler), Confirmation: test.mode})
			if err != nil {
				t.Fatal(err)
			}
			result := tool.Call(WithOperator(t.Context(), test.person), json.RawMessage(`{}`))
			var out agreedOutput
			if err := json.Unmarshal(result.Structured, &out); err != nil || out.Agreed != test.want {
				t.Errorf("%s: the handler was told %t", result.Text, out.Agreed)
			}
		})
	}
}

func TestTheNameOfAClientIsSafeToShow(t *testing.T) {
	for name, want := range map[string]string{
		"Claude Desktop":        "Claude Desktop",
		" a\u202eb\nc\x1b[31m ": "ab c[31m",
		strings.Repeat("x", 81): strings.Repeat("x", 80) + "…",
		"":                      "",
	} {
		if got := ClientOf(WithClient(t.Context(), name)); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
	if got := ClientOf(t.Context()); got != "" {
		t.Errorf("an unknown client is called %q", got)
	}
}
