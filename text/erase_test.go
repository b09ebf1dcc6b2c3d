package text

import "testing"

func TestAnAddressIsTakenOutOfATextAndNobodyElses(t *testing.T) {
	for s, want := range map[string]string{
		"email = 'Ann@B.co' OR email = 'joann@b.co'": "email = 'erased@erased.invalid' OR email = 'joann@b.co'",
		"ann@b.co":                     "erased@erased.invalid",
		"ann@b.co, ann@b.co.":          "erased@erased.invalid, erased@erased.invalid.",
		"ann@b.com ann@b.co.uk":        "ann@b.com ann@b.co.uk",
		"x.ann@b.co x-ann@b.co":        "x.ann@b.co x-ann@b.co",
		"email LIKE '%ann@b.co%'":      "email LIKE '%erased@erased.invalid%'",
		"<ann@b.co> – ann@b.co–":       "<erased@erased.invalid> – erased@erased.invalid–",
		"":                             "",
		"ann@b.c":                      "ann@b.c",
		"joann@b.co then ann@b.co end": "joann@b.co then erased@erased.invalid end",
	} {
		if got := WithoutAddress(s, "ann@b.co"); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}
