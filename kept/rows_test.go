package kept

import (
	"strings"
	"testing"
)

const ann = "ann@example.com"

func TestACellThatHoldsAnAddressAlone(t *testing.T) {
	for cell, want := range map[string]bool{
		"ann@example.com": true, " ANN@Example.Com\t": true, "<ann@example.com>": true, "Ann <ann@example.com>": true, `"Lee, Ann" <Ann@example.com>;`: true,
		"ann@example.com;": true, "ann@example.com\u200b": true, "'ann@example.com'": true,
		"": false, "joann@example.com": false, "ann@example.com.au": false, "see ann@example.com": false, "ann@example.com, bob@example.com": true,
		strings.Repeat("x", 10_000) + ann: false,
	} {
		if isAddress(cell, ann) != want {
			t.Errorf("%q: want %v", cell, want)
		}
	}
}

func TestAnAddressIsFoundWhereverAFileIsCutForReading(t *testing.T) {
	for at := 256<<10 - 100; at < 256<<10+100; at++ {
		content := strings.Repeat("x", at) + "ANN@example.com" + strings.Repeat("y", 300<<10)
		if found, err := mentions(strings.NewReader(content), ann); err != nil || !found {
			t.Fatalf("at %d: %v, %v", at, found, err)
		}
	}
	if found, err := mentions(strings.NewReader(strings.Repeat("ann@example.co", 50_000)), ann); err != nil || found {
		t.Errorf("got %v, %v", found, err)
	}
}
