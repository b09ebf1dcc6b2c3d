package intake

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/fault"
)

// Guarantee 1.5. In each file ann is willing, and bob stands in the table and in a column of people who left.
func TestWhoIsNamedInAColumnOfPeopleWhoLeftIsNotImported(t *testing.T) {
	for content, want := range map[string][]string{
		"Email,Name,,Unsubscribed,\nann@b.co,Ann,,dan@b.co,\nbob@b.co,Bob,,Bob <BOB@b.co>,\n":            {"ann@b.co"},
		"Email,Name,Unsubscribed\nann@b.co,Ann,bob@b.co\nbob@b.co,Bob,\n":                                {"ann@b.co"},
		"Subscribers,,Unsubscribed\nann@b.co,,bob@b.co\nbob@b.co,,dan@b.co\n":                            {"ann@b.co"},
		"Unsubscribed,Subscribers\nbob@b.co,ann@b.co\ndan@b.co,bob@b.co\neve@b.co,\n":                    {"ann@b.co"},
		"E-Mail;Name;Abgemeldet\nann@b.co;Ann;dan@b.co, bob@b.co\nbob@b.co;Bob;\n":                       {"ann@b.co"},
		`{"people":[{"email":"ann@b.co","bounced":"bob@b.co"},{"email":"bob@b.co"}]}`:                    {"ann@b.co"},
		"Email,Unsubscribed by\nann@b.co,\nadmin@b.co,\nbob@b.co,admin@b.co\n":                           {"ann@b.co", "admin@b.co", "bob@b.co"},
		"Email,Unsubscribe link\nann@b.co,https://l.co/?u=ann@b.co\nbob@b.co,https://l.co/?u=bob@b.co\n": {"ann@b.co", "bob@b.co"},
		"Email,Unsubscribed address\nann@b.co,\nbob@b.co,old@b.co\n":                                     {"ann@b.co", "bob@b.co"},
	} {
		for _, limits := range []bounds{ordinaryBounds(), tinyBounds()} {
			p, err := preparedWithin(t, content, Reading{}, accountWith(someFields), limits)
			if err != nil {
				t.Errorf("%q: %v", content, err)
				continue
			}
			if difference := cmp.Diff(want, emailsOf(p)); difference != "" {
				t.Errorf("%q: %s", content, difference)
			}
		}
	}
	p, err := prepared(t, "Email,Name,Unsubscribed\nann@b.co,Ann,bob@b.co\nbob@b.co,Bob,\n")
	if err != nil || !slices.ContainsFunc(p.Rejects, func(row Rejected) bool {
		return row.Reason == `the file says this person is named in the column "Unsubscribed, line 2"; an import would subscribe them`
	}) {
		t.Errorf("%v; rejected are %+v", err, p.Rejects)
	}
}

// Guarantee 1.5.
func TestAColumnOfPeopleWhoLeftIsNotImportedAsTheAddresses(t *testing.T) {
	for _, content := range []string{
		"Unsubscribed\nann@b.co\nbob@b.co\n",
		"Name,Unsubscribed\nAnn,ann@b.co\nBob,bob@b.co\n",
		"Bounced emails;Name\nann@b.co;Ann\n",
		"Désabonnés\nann@b.co\n",
	} {
		for _, how := range []Reading{{}, {Mapping: map[string]string{"Unsubscribed": "email"}}} {
			if how.Mapping != nil && !strings.Contains(content, "Unsubscribed") {
				continue
			}
			_, err := preparedWithin(t, content, how, accountWith(someFields), ordinaryBounds())
			if !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), "do not seem to want mail") {
				t.Errorf("%q: %v", content, err)
			}
		}
		chosen, err := selected(t, content, Reading{}, ordinaryBounds())
		if err != nil || len(emailsOf(chosen)) == 0 {
			t.Errorf("%q selects %+v, %v", content, chosen, err) // to unsubscribe them
		}
	}
}
