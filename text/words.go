package text

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Closest returns names ordered by how near they are to word, nearest first, ignoring case. Equal distances keep
// the order given.
func Closest(word string, names []string) []string {
	distance := make(map[string]int, len(names))
	for _, name := range names {
		distance[name] = distanceOf(word, name)
	}
	ordered := slices.Clone(names)
	slices.SortStableFunc(ordered, func(a, b string) int { return cmp.Compare(distance[a], distance[b]) })
	return ordered
}

// Nearest returns the one name near enough to word to be a likely slip: at most a third of its letters differ.
func Nearest(word string, names []string) (string, bool) {
	if len(names) == 0 {
		return "", false
	}
	best := Closest(word, names)[0]
	return best, distanceOf(word, best)*3 <= max(utf8.RuneCountInString(word), utf8.RuneCountInString(best))
}

// Meant asks whether the nearest of the names is meant by each of some words, as a sentence; empty where none is near enough.
func Meant(words, names []string) string {
	var near []string
	for _, word := range words {
		if name, ok := Nearest(word, names); ok && !slices.Contains(near, QuoteUpTo(name, MaxValue)) {
			near = append(near, QuoteUpTo(name, MaxValue))
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "Did you mean " + Listing(near, 10) + "? "
}

// StartingWith returns the values that begin with prefix, in whatever case, in the order given.
func StartingWith(prefix string, values []string) []string {
	var fitting []string
	for _, value := range values {
		if len(value) >= len(prefix) && strings.EqualFold(value[:len(prefix)], prefix) {
			fitting = append(fitting, value)
		}
	}
	return fitting
}

// distanceOf looks at the beginning of a long word only: the work grows with the product of the lengths.
func distanceOf(word, name string) int {
	return levenshtein.ComputeDistance(strings.ToLower(start(word)), strings.ToLower(start(name)))
}

func start(s string) string {
	const enough = 1024
	return s[:min(len(s), enough)]
}

// Count writes a number with its noun: "1 contact", "1,200 contacts".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Number(n) + " " + plural(noun)
}

func plural(noun string) string {
	if strings.HasSuffix(noun, "s") || strings.HasSuffix(noun, "ch") {
		return noun + "es"
	}
	if stem, ends := strings.CutSuffix(noun, "y"); ends && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") {
		return stem + "ies"
	}
	return noun + "s"
}

// Number writes n with a comma at the thousands.
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Listing joins at most limit items with commas and counts the rest: "a, b and 3 more".
func Listing(items []string, limit int) string {
	if len(items) <= limit {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:limit], ", ") + " and " + Number(len(items)-limit) + " more"
}

// IsSlip reports that two words differ by one slip of a finger: a letter of one is missing, too many, wrong, or changed places
// with the next.
func IsSlip[Letter comparable](a, b []Letter) bool {
	if len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	case len(a) <= 1 && len(b) <= 1:
		return len(a)+len(b) > 0
	}
	return false
}

// Pick is the word for one, or that for any other number.
func Pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
