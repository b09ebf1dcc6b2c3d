package cli

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

func TestTheEmulatorIsSeededFromAFile(t *testing.T) {
	api := emulator.New(emulator.Config{})
	if err := seed(api, "../emulator/testdata/account.yaml"); err != nil || api.Len() != 3 {
		t.Errorf("%v: %d contacts", err, api.Len())
	}
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("contacts: [{email: ann}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (emulatorCommand{Seed: bad}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), bad+": contacts, number 1") {
		t.Errorf("got %v", err)
	}
}

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
