package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadersOfFurtherAddressesArePartedFromThoseOfOthers(t *testing.T) {
	for _, header := range []string{"Email 1", "Email2", "E-mail 2 - Value", "Email address - home", "Person - Email - Work", "workEmail", "email.2.value", "Secondary E-Mail", "E-Mail geschäftlich", "Courriel professionnel", "Alternate Email Address", "E-mail 3 Address", "Correo electrónico 2"} {
		if is, _ := isAlternate(header); !is {
			t.Errorf("%s is no further address", header)
		}
	}
	for _, header := range []string{"Manager Email", "Billing Email", "Owner e-mail", "E-mail 1 - Label", "Email Type", "Email opt in", "Referred by (email)", "Emergency contact email name", "Work", "Email status - home", "Parent email", "Assistant's E-mail", "PayPal email"} {
		if is, _ := isAlternate(header); is {
			t.Errorf("%s is one", header)
		}
	}
	if _, primary := isAlternate("Primary Email"); !primary {
		t.Error("the primary address is not the first")
	}
}

func TestTheFirstAddressThatIsFilledInIsTaken(t *testing.T) {
	for file, want := range map[string][]string{
		"Email 1,Email 2,Name\nann@b.co,ann2@b.co,Ann\n,bob@b.co,Bob\nn/a,cid@b.co,Cid\n":                                           {"ann@b.co", "bob@b.co", "cid@b.co"},
		"Work e-mail,Primary e-mail\nann2@b.co,ann@b.co\nbob@b.co,\n":                                                               {"ann@b.co", "bob@b.co"},
		"Email,Secondary Email,Manager Email\n,,boss@b.co\nann@b.co,,boss@b.co\n,bob@b.co,boss@b.co\n":                              {"ann@b.co", "bob@b.co"},
		"Email;Email 2\nann@b.co ::: ann2@b.co;\nbob@b.co;x@y.co\n":                                                                 {"ann@b.co", "bob@b.co"},
		"[{\"n\":1,\"email\":[{\"value\":\"ann@b.co\"},{\"value\":\"a@b.co\"}]},{\"n\":2,\"email\":[{},{\"value\":\"bob@b.co\"}]}]": {"ann@b.co", "bob@b.co"},
	} {
		p, err := prepared(t, file)
		if err != nil {
			t.Errorf("%q: %v", file, err)
			continue
		}
		if difference := cmp.Diff(want, emailsOf(p)); difference != "" {
			t.Errorf("%q: %s", file, difference)
		}
	}
}

func TestANoHoldsForAllAddressesOfItsRow(t *testing.T) {
	p, err := prepared(t, "Email 1,Email 2,Newsletter\nann@b.co,ann2@b.co,yes\nbob@b.co,bob2@b.co,no\nbob2@b.co,,yes\n,cid@b.co,no\ncid@b.co,,yes\ndan@b.co,dan2@b.co,maybe\ndan2@b.co,,yes\n")
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff([]string{"ann@b.co"}, emailsOf(p)); difference != "" {
		t.Errorf("%s\n%+v", difference, p.Rejects)
	}
	if p.OptedOut != 3 || p.HeldBack != 2 || len(p.Outs) != 0 {
		t.Errorf("%d out, %d held back, unsubscribed %q", p.OptedOut, p.HeldBack, p.Outs)
	}
}

func TestFurtherAddressesAreCountedAndMapped(t *testing.T) {
	const file = "Email 1,Email 2,First name\nann@b.co,ann2@b.co,Ann\n,bob@b.co,Bob\n,cid@b.co,Cid\n"
	p, err := prepared(t, file)
	must(t, err)
	var said []string
	for _, remark := range p.Remarks {
		said = append(said, fmt.Sprintf("%s %s %s %d", remark.Kind, remark.Column, remark.Value, remark.Cells))
	}
	if difference := cmp.Diff([]string{"address_left  ann2@b.co 1", "address_instead Email 2 bob@b.co 2"}, said); difference != "" {
		t.Error(difference)
	}
	for _, mapping := range []map[string]string{{"Email 1": "email", "Email 2": "email"}, {"Email 1": "email"}, {"Email 2": "ignore"}, {"Email 2": "email", "Email 1": "ignore"}} {
		p, err := preparedAs(t, file, Reading{Mapping: mapping}, someFields)
		must(t, err)
		want := map[int]string{0: "ann@b.co,bob@b.co,cid@b.co", 1: "ann@b.co", 2: "ann@b.co", 3: "ann2@b.co,bob@b.co,cid@b.co"}
		at := 1
		switch {
		case len(mapping) == 2 && mapping["Email 1"] == "email":
			at = 0
		case mapping["Email 2"] == "email":
			at = 3
		}
		if got := strings.Join(emailsOf(p), ","); got != want[at] {
			t.Errorf("%v: %s", mapping, got)
		}
	}
}

// Who stands in a file under another address than the one that is compared is not known to be absent.
func TestFurtherAddressesKeepAFileFromBeingWhole(t *testing.T) {
	for file, whole := range map[string]bool{"Email 1,Email 2\nann@b.co,ann2@b.co\n,bob@b.co\n": false, "Email 1,Email 2\nann@b.co,\n,bob@b.co\n": true} {
		p, err := preparedAs(t, file, Reading{Whole: true}, someFields)
		if err != nil || p.IsWhole() != whole {
			t.Errorf("%q: %+v, %v", file, p, err)
		}
	}
}
