package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/fault"
)

func TestTheColumnOfAddressesIsFoundByItsValues(t *testing.T) {
	for content, want := range map[string][]string{
		"Person - Name,Person - Email - Work,Person - Email - Home\nAnn,ann@b.co,\nBob,Bob <bob@b.co>,\n": {"ann@b.co", "bob@b.co"},
		"E-Mail-Adresse;Vorname;Firma\nann@b.co;Ann;Abel\n":                                               {"ann@b.co"},
		"メール,名前\nann@b.co,Ann\n,Bob\nnone,Cid\n":                                                          {"ann@b.co"},
		"Kontakt,Note\nann@b.co,write to bob@b.co\nbob@b.co,\n":                                           {"ann@b.co", "bob@b.co"},
		"Correo,Correo 2\nann@b.co,ann2@b.co\n":                                                           {"ann@b.co"}, // its header says so
	} {
		p, err := prepared(t, content)
		if err != nil {
			t.Errorf("%q: %v", content, err)
			continue
		}
		if !cmp.Equal(emailsOf(p), want) {
			t.Errorf("%q: %q", content, emailsOf(p))
		}
		selected, err := selected(t, content, Reading{}, ordinaryBounds())
		if err != nil || !cmp.Equal(emailsOf(selected), want) {
			t.Errorf("%q selects %+v, %v", content, selected, err)
		}
	}
}

func TestSeveralColumnsOfAddressesAreAskedAbout(t *testing.T) {
	const file = "Work,Home,Name\nann@b.co,,Ann\nbob@b.co,bob2@b.co,Bob\n"
	for range 2 {
		_, err := prepared(t, file)
		if want := `file: 2 columns hold e-mail addresses: "Work" (2 addresses), "Home" (1 address). Nothing was sent; say with mapping which it is, like {"Work": "email", "Home": "ignore"}.`; !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v", err)
		}
	}
	p, err := preparedAs(t, file, Reading{Mapping: map[string]string{"Home": "ignore"}}, someFields)
	if err != nil || !cmp.Equal(emailsOf(p), []string{"ann@b.co", "bob@b.co"}) {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := prepared(t, "Name,Note\nAnn,call\nBob,\"write to bob@b.co\"\n"); err == nil || !strings.Contains(err.Error(), "no column holds e-mail addresses") {
		t.Errorf("the error is %v", err)
	}
}
