package tools

import "testing"

// Guarantee 10.12.
func TestRightsAreNamedOnlyWhereMailtrapNamesThem(t *testing.T) {
	for name, c := range map[string]struct {
		levels []int
		want   string
	}{
		"owner": {[]int{1000}, "owner"}, "admin": {[]int{100}, "admin"}, "viewer+": {[]int{50}, "viewer+"}, "viewer": {[]int{10}, "viewer"},
		"the highest of several": {[]int{10, 100, 1}, "admin"}, "indeterminate": {[]int{1}, ""}, "a level nobody knows": {[]int{500}, ""}, "none": {nil, ""}, "negative": {[]int{-1000}, ""},
	} {
		if got := accessName(c.levels); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
