package tools_test

import (
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.12.
func TestTheTokenOfAViewerIsNoOwners(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		got := w.works("get_account", nil)
		got.says(t, "with viewer rights")
		got.has(t, "access", "viewer")
	}, func(set *setting) { set.emulator = emulator.Config{ReadOnlyToken: true} })
}
