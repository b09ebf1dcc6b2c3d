package tools_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

func TestACallLooksOnceAndOnceMoreAfterAnAnswer(t *testing.T) {
	t.Parallel()
	agrees := withOperator(&operator{action: mcp.ElicitationResponseActionAccept})
	for name, c := range map[string]struct {
		settings []func(*setting)
		looks    int
	}{
		"nobody can be asked": {nil, 1},
		"nobody is asked":     {[]func(*setting){agrees, func(set *setting) { set.confirm = "never" }}, 1},
		"the operator agrees": {[]func(*setting){agrees}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				looked := func(tool string, given args) {
					t.Helper()
					settled()
					time.Sleep(time.Minute) // what was just written is not remembered
					w.ResetRequests()
					w.works(tool, given)
					reads := 0
					for _, request := range w.Requests() {
						if request.Method == http.MethodGet && strings.Contains(request.Path, "/contacts/anna") {
							reads++
						}
					}
					if reads != c.looks {
						t.Errorf("%s: %d looks, want %d: %v", tool, reads, c.looks, w.Requests())
					}
				}
				looked("delete_contact", args{"contact": "anna@example.com"})
				looked("undo_change", args{"change_id": w.lastChange()})
			}, c.settings...)
		})
	}
}
