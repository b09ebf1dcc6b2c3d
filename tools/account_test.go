package tools_test

import (
	"testing"
	"time"

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

// Guarantee 10.12.
func TestTheAccountIsAskedForAllAtOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddList("News")
		began := time.Now()
		w.works("get_account", nil).has(t, "lists", 1)
		if took := time.Since(began); took > 5*time.Second { // who the account is, and then all else
			t.Errorf("it took %s", took)
		}
	}, func(set *setting) { set.emulator.Latency = 2 * time.Second })
}

var _ = hostileCase("get_account", func(x *exposure) { x.given(nil) })
