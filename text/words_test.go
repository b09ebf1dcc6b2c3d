package text

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestCountKnowsPlurals(t *testing.T) {
	for _, c := range []struct {
		n    int
		noun string
		want string
	}{
		{1, "contact", "1 contact"}, {0, "contact", "0 contacts"}, {2, "contact", "2 contacts"}, {1200, "contact", "1,200 contacts"}, {2, "address", "2 addresses"}, {3, "match", "3 matches"},
		{2, "entry", "2 entries"}, {2, "day", "2 days"}, {2, "key", "2 keys"}, {2, "custom field", "2 custom fields"},
	} {
		if got := Count(c.n, c.noun); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestNumberHasCommasAtTheThousands(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 123456: "123,456", 1234567: "1,234,567", -5: "-5", -999: "-999", -1000: "-1,000", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := Number(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestListingCountsTheRest(t *testing.T) {
	for _, c := range []struct {
		items []string
		limit int
		want  string
	}{
		{nil, 3, ""}, {[]string{"a"}, 3, "a"}, {[]string{"a", "b", "c"}, 3, "a, b, c"}, {[]string{"a", "b", "c"}, 2, "a, b and 1 more"}, {make([]string, 5000), 1, " and 4,999 more"},
	} {
		if got := Listing(c.items, c.limit); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestClosestComesFirst(t *testing.T) {
	names := []string{"Customers", "Newsletter", "VIP", "News"}
	for word, want := range map[string][]string{
		"newsleter": {"Newsletter", "News", "Customers", "VIP"}, "vip": {"VIP", "News", "Customers", "Newsletter"}, "NEWS": {"News", "VIP", "Newsletter", "Customers"},
	} {
		if got := Closest(word, names); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", word, got, want)
		}
	}
	if !slices.Equal(names, []string{"Customers", "Newsletter", "VIP", "News"}) {
		t.Error("the caller's names were put in another order")
	}
	if got := Closest("x", []string{"b", "a"}); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("equally near names change places: %v", got)
	}
	if got := Closest("x", nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestNearestIsALikelySlipOnly(t *testing.T) {
	names := []string{"first_name", "birthdate", "план"}
	for word, want := range map[string]string{
		"frist_name": "first_name", "FIRST_NAME": "first_name", "firstname": "first_name", "birthday": "birthdate", "plan": "", "company": "", "": "", "плен": "план", "клин": "",
	} {
		got, near := Nearest(word, names)
		if near != (want != "") || near && got != want {
			t.Errorf("%s: got %s, %v; want %q", word, got, near, want)
		}
	}
	if _, near := Nearest("x", nil); near {
		t.Error("something is near where there is nothing")
	}
}

func TestStartingWithLooksPastCase(t *testing.T) {
	values := []string{"Newsletter", "VIP", "NEWS", "ne", "Ürün"}
	for prefix, want := range map[string][]string{
		"news": {"Newsletter", "NEWS"}, "": values, "zzz": nil, "ür": {"Ürün"},
	} {
		if got := StartingWith(prefix, values); !slices.Equal(got, want) {
			t.Errorf("%q: %q", prefix, got)
		}
	}
}

func TestAHugeWordIsComparedByItsBeginning(t *testing.T) {
	names := make([]string, 50)
	for i := range names {
		names[i] = strings.Repeat("n", 200+i)
	}
	if got := Closest(strings.Repeat("xy", 5<<20), names)[0]; got != names[0] { // takes minutes when compared whole
		t.Errorf("got %d letters", len(got))
	}
}
