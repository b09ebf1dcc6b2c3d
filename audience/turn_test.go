package audience

import (
	"path/filepath"
	"testing"
)

func TestOneProcessAtATimeTakesASnapshot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	for range 2 {
		mine, err := turnIn(t.Context(), dir)
		must(t, err)
		if theirs, err := turnIn(t.Context(), dir); mine == nil || theirs != nil || err != nil {
			t.Fatalf("both have it: %v, %v, %v", mine, theirs, err)
		}
		must(t, mine.end())
	}
}
