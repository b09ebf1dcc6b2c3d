package files

import (
	"path/filepath"
	"testing"
)

func TestALockHasOneHolderAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "turn")
	for range 2 {
		mine, err := Lock(path)
		must(t, err)
		if theirs, err := Lock(path); mine == nil || theirs != nil || err != nil {
			t.Fatalf("both have it: %v, %v, %v", mine, theirs, err)
		}
		must(t, mine.Close())
	}
}
