package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/fault"
)

const uuidA, uuidB = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"

func selected(t testing.TB, content string, how Reading, limits bounds) (*outcome, error) {
	t.Helper()
	stage := &kept{}
	sum, err := readAddresses(t.Context(), fileOf(content), how, stage, limits)
	if err != nil {
		return nil, err
	}
	return came(t, sum, stage), nil
}

func TestAFileNamesContacts(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		how     Reading
		want    []string
		merged  int
		lines   []int // rejected
	}{
		"addresses":              {"email,age\nA@b.co,x\nb@b.co,1,2,3\na@b.co,\n", Reading{}, []string{"a@b.co", "b@b.co"}, 1, nil},
		"who has unsubscribed":   {"email,status\na@b.co,unsubscribed\n", Reading{}, []string{"a@b.co"}, 0, nil},
		"UUIDs":                  {"uuid\n" + strings.ToUpper(uuidA) + "\n" + uuidA + "\nx\n", Reading{}, []string{uuidA}, 1, []int{4}},
		"either":                 {"id,email\n" + uuidA + ",a@b.co\n" + uuidB + ",\n" + uuidA + ",nobody\n7,\n", Reading{}, []string{"a@b.co", uuidB}, 0, []int{4, 5}},
		"a contact is either":    {"contact,n\n" + uuidA + ",\na@b.co,\n,1\n", Reading{}, []string{uuidA, "a@b.co"}, 0, []int{4}},
		"the surest id":          {"id,Contact ID,x\n1," + uuidA + ",\n", Reading{}, []string{uuidA}, 0, nil},
		"an id is not the first": {"id\n" + uuidB + "\n", Reading{}, []string{uuidB}, 0, nil},
		"no header":              {"a@b.co\nb@b.co\na@b.co\nx\n", Reading{}, []string{"a@b.co", "b@b.co"}, 1, []int{4}},
		"no header but UUIDs":    {uuidA + "\na@b.co\n", Reading{}, []string{uuidA, "a@b.co"}, 0, nil},
		"columns":                {"a@b.co,1\nb@b.co,2\n", Reading{Columns: []string{"email", "n"}}, []string{"a@b.co", "b@b.co"}, 0, nil},
		"mapping":                {"email,Other,Ref\na@b.co,b@b.co,\n,," + uuidA + "\n", Reading{Mapping: map[string]string{"other": "email", "Ref": "id", "email": "ignore"}}, []string{"b@b.co", uuidA}, 0, nil},
		"JSON":                   {`[{"email":"a@b.co"},{"id":"` + uuidA + `"}]`, Reading{}, []string{"a@b.co", uuidA}, 0, nil},
	} {
		for _, limits := range []bounds{ordinaryBounds(), tinyBounds()} {
			p, err := selected(t, test.content, test.how, limits)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, contact := range p.Rows {
				got = append(got, contact.Email+contact.ID)
			}
			if !cmp.Equal(sorted(got), sorted(test.want)) || p.Merged != test.merged || !cmp.Equal(p.linesOf(), test.lines) || len(p.Ignored)+p.OptedOut+p.Roles.Count > 0 {
				t.Errorf("%s: %q, rejected %+v, %+v", name, got, p.Rejects, p.Summary)
			}
		}
	}
}

func TestAFileThatNamesNobodyIsRefused(t *testing.T) {
	for _, test := range []struct {
		content string
		mapping map[string]string
		says    string
	}{
		{"name\nAnn\n", nil, "no column holds e-mail addresses"},
		{"email,E-Mail\na@b.co,b@b.co\n", nil, "two columns hold an e-mail address"},
		{"email,x\na@b.co,1\n", map[string]string{"x": "first_name"}, `mapping.x: "first_name" is neither "email" nor "id" nor "ignore"`},
		{"email,x\na@b.co,1\n", map[string]string{"email": "email", "x": "email"}, "two columns cannot both name the contacts"},
		{"email,x\na@b.co,1\n", map[string]string{"y": "email"}, "the file has no such column"},
		{"a@b.co,1\n", nil, "give the columns' names in columns"},
	} {
		if _, err := selected(t, test.content, Reading{Mapping: test.mapping}, ordinaryBounds()); !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v", test.content, err)
		}
	}
}

func TestAnIDIsWrittenBackBelowItsColumn(t *testing.T) {
	p, err := selected(t, "id,email\n"+uuidA+",\n", Reading{}, ordinaryBounds())
	must(t, err)
	cells, err := Row{key: []byte(uuidA)}.Cells(p.Tags)
	if err != nil || !cmp.Equal(cells, []string{uuidA, ""}) || p.Sample[0].ID != uuidA {
		t.Errorf("%q, %v", cells, err)
	}
}

// A selection that is to be of the willing keeps out whom an import of the same file keeps out.
func TestAWillingSelectionKeepsOutWhomAnImportKeepsOut(t *testing.T) {
	for name, content := range map[string]string{
		"a status":                    "email,Status\na@b.co,active\nb@b.co,unsubscribed\nc@b.co,pending\nd@b.co,active\nd@b.co,bounced\n",
		"agreement":                   "email,Newsletter,x\na@b.co,yes,1\nb@b.co,no,1\nc@b.co,,1\nc@b.co,no\n",
		"beside the address":          "email,x\na@b.co,\nb@b.co (unsubscribed),\n",
		"below a line":                "email,n\na@b.co,1\nb@b.co,1\n\nUnsubscribed\nb@b.co,1\n",
		"a column of those who left":  "email,Unsubscribed emails\na@b.co,b@b.co\nb@b.co,\nc@b.co,\n",
		"rows that fit no header":     "email,n\na@b.co,1\nb@b.co,1\nb@b.co,1,unsubscribed\n",
		"JSON with consent deep down": `[{"email":"a@b.co","c":{"consent":{"state":"subscribed"}}},{"email":"b@b.co","c":{"consent":{"state":"unsubscribed"}}}]`,
	} {
		chosen, err := selected(t, content, Reading{Willing: true}, tinyBounds())
		must(t, err)
		want, err := preparedWithin(t, content, Reading{}, Account{}, tinyBounds())
		must(t, err)
		if !cmp.Equal(sorted(emailsOf(chosen)), sorted(emailsOf(want))) || chosen.OptedOut != want.OptedOut || chosen.HeldBack != want.HeldBack ||
			!cmp.Equal(chosen.Outs, want.Outs) || chosen.OptedOut+chosen.HeldBack == 0 || len(chosen.Rows) == 0 {
			t.Errorf("%s: chosen are %q and not %q, rejected %+v", name, emailsOf(chosen), emailsOf(want), chosen.Rejects)
		}
	}
	loose, err := selected(t, "uuid,Status\n"+uuidA+",unsubscribed\n"+uuidB+",active\n", Reading{Willing: true}, ordinaryBounds())
	must(t, err)
	if len(loose.Rows) != 1 || loose.Rows[0].ID != uuidB {
		t.Errorf("by UUIDs: %+v", loose.Rows)
	}
}
