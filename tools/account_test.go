package tools_test

import (
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.12.
func TestTheTokenOfAViewerIsNoOwners(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		got := w.works("get_account", nil)
		got.says(t, "with viewer rights", "With viewer rights the API token can look, and Mailtrap may refuse changes.")
		got.has(t, "access", "viewer", "read_only", nil)
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

func TestAReadOnlyServerSaysThatItIs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		got := w.works("get_account", nil)
		got.says(t, "This server is read-only: it changes nothing in the account.")
		got.has(t, "read_only", true)
	}, func(set *setting) { set.offer.ReadOnly = true })
	inFakeTime(t, func(t *testing.T, w *world) {
		if got := w.works("get_account", nil); strings.Contains(got.text, "read-only") || strings.Contains(got.text, "refuse") {
			t.Errorf("changes are possible: %s", got.text)
		}
	})
}

var _ = hostileCase("get_account", func(x *exposure) { x.given(nil) })
