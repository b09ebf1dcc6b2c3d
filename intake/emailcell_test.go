package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
)

func TestACellThatCanMeanOneAddressIsReadAsThatAddress(t *testing.T) {
	for cell, want := range map[string]string{
		"Ann@Shop.example":                            "ann@shop.example",
		" ann@shop.example\u00a0":                     "ann@shop.example",
		"\u200bann@shop.example":                      "ann@shop.example",
		"\ufeffann@shop.example":                      "ann@shop.example",
		"\u202aann@shop.example\u202c":                "ann@shop.example",
		"Ann <ann@shop.example>":                      "ann@shop.example",
		`"Abel, Ann" <ann@shop.example>`:              "ann@shop.example",
		"Abel, Ann <ann@shop.example>":                "ann@shop.example",
		"<ann@shop.example>":                          "ann@shop.example",
		"Ann Abel (ann@shop.example)":                 "ann@shop.example",
		"ann@shop.example (Ann)":                      "ann@shop.example",
		"mailto:ann@shop.example":                     "ann@shop.example",
		"MAILTO:ann@shop.example?subject=Hi":          "ann@shop.example",
		"<mailto:ann%2Bx@shop.example>":               "ann+x@shop.example",
		"[ann@shop.example](mailto:ann@shop.example)": "ann@shop.example",
		"ann@shop.example.":                           "ann@shop.example",
		"ann@shop.example;":                           "ann@shop.example",
		"'ann@shop.example'":                          "ann@shop.example",
		"“ann@shop.example”,":                         "ann@shop.example",
		"ann@shop.example; Ann@SHOP.example":          "ann@shop.example",
		"ann＠shop。example":                            "ann@shop.example",
		"ann@b.co &lt;ann@b.co&gt;":                   "ann@b.co",
		"o'neil@shop.example":                         "o'neil@shop.example",
		"a/b@shop.example":                            "a/b@shop.example",
		"ann@exämple.de":                              "ann@exämple.de",
		"ann@exa\u0308mple.de":                        "ann@exämple.de",
		"ann@xn--exmple-cua.de":                       "ann@exämple.de",
		"ANN@XN--EXMPLE-CUA.DE":                       "ann@exämple.de",
		"rene\u0301@shop.example":                     "rené@shop.example",
	} {
		read, err := readAddress(cell)
		if err != nil || read.key != want {
			t.Errorf("%q is read as %q, %v; want %q", cell, read.key, err, want)
		}
		if parsed, err := apiclient.ParseEmail(read.written); err != nil || parsed != read.written {
			t.Errorf("%q is sent as %q: %v", cell, read.written, err)
		}
	}
}

func TestACellThatIsNotOneAddressSaysWhy(t *testing.T) {
	for cell, says := range map[string]string{
		"":                                    "is empty",
		"  ":                                  "is empty",
		"ann@shop.example; ann2@shop.example": "holds 2 addresses in one cell",
		"ann@shop.example,ann2@shop.example":  "holds 2 addresses in one cell",
		"ann@shop.example/ann2@shop.example":  "holds 2 addresses in one cell",
		"ann@shop.example ann2@shop.example":  "holds 2 addresses in one cell",
		"ann@shop.example | a@b.co\nc@b.co":   "holds 3 addresses in one cell",
		"Ann <ann@b.co>, Bob <bob@b.co>":      "holds 2 addresses in one cell",
		"ann@b.co <bob@b.co>":                 "holds 2 addresses in one cell",
		"Ann ann@shop.example":                "holds more than an address",
		"ann@shop.example or call":            "holds more than an address",
		"dee\u00a0@shop.example":              "contains a space",
		"dee @shop.example":                   "contains a space",
		"d\u200bee@shop.example":              "contains an invisible character",
		"/o=Org/ou=Exchange/cn=Recipients":    "is not a valid e-mail address",
		"ann@shop":                            "has no top-level domain",
		"nobody":                              "is not a valid e-mail address",
		"@":                                   "is not a valid e-mail address",
		strings.Repeat("a", 300) + "@b.co":    "is longer than 254 characters",
		"ann@b.co@c.co":                       "is not a valid e-mail address",
	} {
		if read, err := readAddress(cell); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q, %v; want an error that says %q", cell, read.key, err, says)
		}
	}
}

func TestTheFormsOfOneAddressAreOnePerson(t *testing.T) {
	p, err := prepared(t, "email,first_name,unsubscribed\nann@xn--exmple-cua.de,Ann,\nbob@exämple.de,Bob,\nann@exa\u0308mple.de,,\nbob@xn--exmple-cua.de,,yes\nCid <cid@b.co>,Cid,\ncid@b.co.,,\n")
	must(t, err)
	want := []Contact{{Email: "ann@xn--exmple-cua.de", Fields: apiclient.Values{"first_name": "Ann"}}, {Email: "cid@b.co", Fields: apiclient.Values{"first_name": "Cid"}}}
	if difference := cmp.Diff(want, p.Rows); difference != "" || p.Merged != 2 || p.OptedOut != 1 {
		t.Errorf("%d merged, %d opted out: %s", p.Merged, p.OptedOut, difference)
	}
	if !cmp.Equal(p.Outs, []string{"bob@exämple.de", "bob@xn--exmple-cua.de", "bob@exa\u0308mple.de"}) { // whichever the account has
		t.Errorf("opted out are %q", p.Outs)
	}
	p, err = prepared(t, "email\nann@xn--exmple-cua.de\n")
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"ann@xn--exmple-cua.de"}) {
		t.Errorf("sent is %q and not what the file has", emailsOf(p))
	}
}

func TestEveryAddressOfACellThatOptsOutIsHeldBack(t *testing.T) {
	p, err := prepared(t, "email,unsubscribed\n\"ann@b.co; bob@b.co\",yes\nbob@b.co,\ncid@b.co,\n")
	must(t, err)
	if !cmp.Equal(emailsOf(p), []string{"cid@b.co"}) || p.OptedOut != 2 || p.Unread != 1 {
		t.Errorf("%q, %+v", emailsOf(p), p.Summary)
	}
}

// FuzzAddress reads anything as an address: what comes out is one that is sent as it is, and the same when it is read again.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"Ann <ann@b.co>", "mailto:a@b.co?x", "a@b.co;c@d.co", "\u200ba@b.co", "a@xn--exmple-cua.de", "a@exa\u0308mple.de", "(a@b.co)", "&lt;a@b.co", "a＠b。co", "<<a@b.co>>", "[a@b.co](mailto:a@b.co)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		read, err := readAddress(cell)
		if err != nil {
			if err.Error() == "" || strings.Contains(err.Error(), "@") {
				t.Fatalf("%q: %v", cell, err)
			}
			return
		}
		for _, form := range append(FormsOf(read.key), read.written) {
			again, err := readAddress(form)
			if err != nil || again.key != read.key {
				t.Fatalf("%q is %q, and its form %q is %q, %v", cell, read.key, form, again.key, err)
			}
		}
	})
}
