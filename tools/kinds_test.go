package tools

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/suppressions"
)

func TestEveryKindOfJobHasItsWords(t *testing.T) {
	t.Parallel()
	for _, kind := range bulk.Kinds {
		job := bulk.Status{ID: "x", Kind: kind, State: bulk.Running, Total: 200,
			Spec: bulk.Spec{Event: &apiclient.Event{Name: "e"}, Suppress: &suppressions.Place{Domain: "d", Stream: "bulk"}}}
		said := kinds[kind]
		if said.name == "" || said.doing == "" || said.done == "" || !strings.HasPrefix(isDoing(job), "x is "+said.doing+" 200 "+nounOf(job)) {
			t.Errorf("%s: %q: %s", kind, said, isDoing(job))
		}
	}
}

// A pace has many causes: other calls and programs, slow answers, a pause that Mailtrap asked for.
func TestAPaceIsToldWithoutACause(t *testing.T) {
	t.Parallel()
	view := JobView{Kind: string(bulk.Update), State: string(bulk.Running), Contacts: 200, PerMinute: 26, Seconds: 300}
	if said := view.describe(); !strings.Contains(said, " left. So far 26 per minute.") || strings.Contains(said, "because") {
		t.Error(said)
	}
}
