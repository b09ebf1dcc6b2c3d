package cli

import (
	"math"
	"testing"
)

func TestAShareOfRequestsIsFromZeroToOne(t *testing.T) {
	for share, fine := range map[float64]bool{0: true, 0.5: true, 1: true, -0.1: false, 2: false, math.Inf(1): false} {
		for _, command := range []emulatorCommand{{FailRate: share}, {ThrottleRate: share}, {LoseBefore: share}, {LoseAfter: share}} {
			if err := command.Validate(); (err == nil) != fine {
				t.Errorf("%v: %v", share, err)
			}
		}
	}
	if err := (emulatorCommand{FailRate: math.NaN()}).Validate(); err == nil {
		t.Error("NaN is taken")
	}
}
