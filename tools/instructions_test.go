package tools_test

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/tools"
)

// toolLike is how a tool's name looks.
var toolLike = regexp.MustCompile(`[a-z]+_[a-z_]+`)

func TestTheInstructionsNameOnlyToolsThatAreThere(t *testing.T) {
	for _, offer := range offers(t) {
		enabled, _, err := offer.Apply(everyTool(t))
		must(t, err)
		instructions := tools.Instructions(enabled)
		for _, word := range toolLike.FindAllString(instructions, -1) {
			if word != "job_id" && !slices.Contains(namesOf(enabled), word) {
				t.Errorf("%+v: the instructions name %s:\n%s", offer, word, instructions)
			}
		}
		if strings.Contains(instructions, "%") || strings.Contains(instructions, "  ") {
			t.Errorf("%+v: a gap is not filled:\n%s", offer, instructions)
		}
		if lines := strings.Count(instructions, "\n") + 1; lines > 10 || lines < 5 {
			t.Errorf("%+v: %d lines", offer, lines)
		}
		writes := slices.ContainsFunc(enabled, tools.Callable.Writes)
		if says := strings.Contains(instructions, "changes nothing in the account"); says == writes {
			t.Errorf("%+v: that nothing is changed is said: %t", offer, says)
		}
		if says := strings.Contains(instructions, "Never subscribe a person again"); says != writes {
			t.Errorf("%+v: consent is spoken of: %t", offer, says)
		}
	}
}

func TestTheInstructionsSpeakOfTheJournalOnceItIsThere(t *testing.T) {
	named := func(name string, effect tools.Effect) tools.Callable {
		callable, err := tools.Tool[clumsyInput, clumsyOutput]{
			Name: name, Title: "Journal", Description: "Keeps.", Example: "{}", Toolset: tools.Account, Effect: effect, Schemas: clumsy.Schemas,
			Run: func(*tools.Toolbox, context.Context, clumsyInput) (clumsyOutput, error) { return clumsyOutput{}, nil },
		}.Bind(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		return callable
	}
	list, undo := named("list_changes", tools.Reads), named("undo_change", tools.Sets)
	const looked, undone = "What was changed can be looked up with list_changes.", "Most of it can be undone with undo_change."
	both := tools.Instructions([]tools.Callable{list, undo})
	if !strings.Contains(both, looked+" "+undone) {
		t.Errorf("with both:\n%s", both)
	}
	reading := tools.Instructions([]tools.Callable{list})
	if !strings.Contains(reading, looked) || strings.Contains(reading, "undo") {
		t.Errorf("with list_changes alone:\n%s", reading)
	}
}
