package tools

import "testing"

func TestWhyNothingCanBeUndoneIsSaidInSentences(t *testing.T) {
	kept := []string{"updated a@b.co: It was part of a job; only a few are undone.", "fired e: gone", "über: no.", "x: y."}
	const want = "Updated a@b.co: It was part of a job; only a few are undone. Fired e: gone. The same goes for 2 more."
	if got := sentences(kept, 2); got != want {
		t.Error(got)
	}
	if got := sentences(kept[2:], 3); got != "Über: no. X: y." {
		t.Error(got)
	}
}
