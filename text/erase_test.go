package text

import (
	"strings"
	"testing"
)

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

func TestWhatAShortenedTextHasOfAnAddressIsTakenOut(t *testing.T) {
	const address, erased = "maria.lopez@example.com", "erased@erased.invalid"
	for s, want := range map[string]string{
		"maria.lopez@exam…":                     erased + "…",
		`note: "call Maria.Lopez@…"; more`:      `note: "call ` + erased + `…"; more`,
		"maria.lopez@example.com…":              erased + "…",
		"maria.lo…":                             erased + "…",
		"maria.l…, rosamaria.lopez@ex… Maria…":  "maria.l…, rosamaria.lopez@ex… Maria…",
		"maria.lopez@example.org…":              "maria.lopez@example.org…",
		"x.maria.lopez@exa… maria.lopez@exa no": "x.maria.lopez@exa… maria.lopez@exa no",
	} {
		if got := WithoutAddress(s, address); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
	for address, want := range map[string]string{"ann@b.co": "ann@", "maria.lopez@b.co": "maria.lo", "jürgens-müller@b.co": "jürgens", "nobody": "nobody"} {
		if got := AddressStart(address); !strings.HasPrefix(got, want) || len(got) > 9 {
			t.Errorf("%q: %q", address, got)
		}
	}
	if got := WithoutAddress("Ann… ann@…", "ann@b.co"); got != "Ann… "+erased+"…" {
		t.Errorf("%q", got)
	}
}
