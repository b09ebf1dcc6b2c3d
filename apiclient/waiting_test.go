package apiclient

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitingCountsWhatWasWaitedWhateverTheClockSays(t *testing.T) {
	for _, set := range []time.Duration{0, -24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			var w Waiting
			if w.HasBegun() || w.Look() != 0 || !w.HasBegun() {
				t.Errorf("it begins as %+v", w)
			}
			for look := range 100 {
				time.Sleep(30 * time.Second)
				if look == 50 {
					w.Looked -= set.Milliseconds()
				}
				w.Look()
			}
			if waited := w.For(); waited < 49*time.Minute || waited > 51*time.Minute {
				t.Errorf("the clock is set by %s, and it has waited for %s", set, waited)
			}
		})
	}
}
