package optout

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// carefully is textIn and the renaming before it, without any short cut: every pattern is looked for everywhere.
func carefully(padded string) text {
	padded = oftens().Replace(notMail().Replace(padded))
	t := text{words: strings.Fields(padded)}
	t.at = make([]concept, len(t.words))
	for _, needles := range known().needles {
		for _, needle := range needles {
			for i := range padded {
				if needle.is == renamed || !strings.HasPrefix(padded[i:], needle.text) {
					continue
				}
				word := strings.Count(padded[:i+1], " ") - 1
				for at := word; at <= word+strings.Count(strings.TrimSpace(needle.text), " "); at++ {
					t.at[at] |= needle.is
				}
				t.all |= needle.is
				begin := strings.LastIndexByte(padded[:i+1], ' ') + 1
				if needle.is&(agrees|wishes) != 0 && i > begin && glued[padded[begin:i]] {
					t.at[word] |= negates
					t.all |= negates
				}
			}
		}
	}
	return t
}

func TestTextIsReadAsWithoutShortCuts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	phrases := slices.Clone(howOften)
	for i := 0; i < len(otherNames); i += 2 {
		phrases = append(phrases, otherNames[i])
	}
	for _, needles := range known().needles {
		for _, needle := range needles {
			phrases = append(phrases, needle.text)
		}
	}
	slices.Sort(phrases)
	names := 0
	for range 60 {
		var words []string
		for range 1 + random.IntN(8) {
			words = append(words, strings.TrimSpace(phrases[random.IntN(len(phrases))]))
			if random.IntN(3) == 0 {
				words = append(words, strings.TrimSpace(otherNames[2*random.IntN(len(otherNames)/2)]))
			}
		}
		padded := " " + strings.Join(united(strings.Fields(fold(strings.Join(words, " "), false))), " ") + " "
		want, got := carefully(padded), textIn(padded)
		if got.has(renamed) {
			names++
			got = textIn(oftens().Replace(notMail().Replace(padded)))
		}
		if got.all &^= renamed; got.all != want.all || !slices.Equal(got.at, want.at) || !slices.Equal(got.words, want.words) {
			t.Errorf("%q is read as %b, and carefully as %b", padded, got.at, want.at)
		}
	}
	if names < 10 {
		t.Errorf("only %d of the texts hold a name that is left out", names)
	}
}
