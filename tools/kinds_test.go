package tools

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
)

func TestEveryKindOfJobHasItsWords(t *testing.T) {
	t.Parallel()
	for _, kind := range bulk.Kinds {
		job := bulk.Status{ID: "x", Kind: kind, State: bulk.Running, Total: 200, Spec: bulk.Spec{Event: &apiclient.Event{Name: "e"}}}
		said := kinds[kind]
		if said.name == "" || said.doing == "" || said.done == "" || !strings.HasPrefix(isDoing(job), "x is "+said.doing+" 200 contacts") {
			t.Errorf("%s: %q: %s", kind, said, isDoing(job))
		}
	}
}
