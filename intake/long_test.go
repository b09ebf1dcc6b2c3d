package intake

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// In each ann is willing; bob and cid say no, wherever it stands among their values.
func TestANoIsHeardWhereEachValueHasARowOfItsOwn(t *testing.T) {
	for name, file := range map[string]string{
		"an address in each row":     "Email,Attribute,Value\nann@b.co,first_name,Ann\nann@b.co,newsletter,yes\nbob@b.co,newsletter,no\nbob@b.co,first_name,Bob\ncid@b.co,newsletter,no\n",
		"sorted by attribute":        "Email,Attribute,Value\nann@b.co,city,Rome\nbob@b.co,city,Bonn\nann@b.co,newsletter,yes\nbob@b.co,newsletter,no\ncid@b.co,newsletter,no\n",
		"numbered people":            "user_id,email,key,value\n1,ann@b.co,newsletter,1\n1,ann@b.co,first_name,Ann\n2,bob@b.co,newsletter,0\n2,bob@b.co,first_name,Bob\n3,cid@b.co,newsletter,0\n",
		"the address is a value":     "umeta_id;user_id;meta_key;meta_value\n1;1;billing_email;ann@b.co\n2;1;newsletter;yes\n3;2;newsletter;no\n4;2;billing_email;bob@b.co\n5;3;billing_email;cid@b.co\n6;3;newsletter;no\n",
		"questions":                  "Respondent,E-mail,Question,Answer\n1,ann@b.co,\"May we send you our newsletter?\",Yes\n1,ann@b.co,City?,Rome\n2,bob@b.co,\"May we send you our newsletter?\",No\n3,cid@b.co,\"May we send you our newsletter?\",No\n",
		"one value of each person":   "Email;Merkmal;Wert\nann@b.co;Newsletter;ja\nbob@b.co;Newsletter;nein\ncid@b.co;Newsletter;nein\n",
		"a status beside":            "email,field,value,status\nann@b.co,first_name,Ann,subscribed\nann@b.co,city,Rome,subscribed\nbob@b.co,first_name,Bob,subscribed\nbob@b.co,city,Bonn,unsubscribed\ncid@b.co,city,,unsubscribed\n",
		"the value is cut in pieces": "Email,Attribute,Value\nann@b.co,newsletter,yes\nann@b.co,city,Rome\nbob@b.co,newsletter,no,thanks\nbob@b.co,city,Rome\ncid@b.co,newsletter,no\ncid@b.co,city,Rome\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := prepared(t, file)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff([]string{"ann@b.co"}, emailsOf(p)); difference != "" {
				t.Errorf("%s\nthe columns are %q, the rejected %+v, of mail %+v", difference, p.Columns, p.Named, p.Mail)
			}
			if !strings.Contains(p.Format, "with a row for each value") {
				t.Errorf("it is %s", p.Format)
			}
		})
	}
}

func TestValuesOfOnePersonThatStandApartAreRefusedWithoutAddress(t *testing.T) {
	_, err := prepared(t, "user_id,key,value\n1,email,ann@b.co\n2,email,bob@b.co\n1,newsletter,yes\n2,newsletter,no\n")
	if err == nil || !strings.Contains(err.Error(), `the values of one person stand apart: "1" comes again in line 4. The table has a row for each value (in "key" and "value")`) {
		t.Errorf("the error is %v", err)
	}
}

func TestATableWithColumnsOfSuchNamesStaysWhatItIs(t *testing.T) {
	for _, file := range []string{
		"Email,Name,Value\nann@b.co,Ann,12\nbob@b.co,Bob,13\ncid@b.co,Cid,12\nann@b.co,Ann,13\n",
		"Email,Field,Value\nann@b.co,Engineering,12\nbob@b.co,Sales,13\ncid@b.co,Law,12\ndan@b.co,Art,1\n",
		"Email,Owner,Response\nann@b.co,me@b.co,yes\nbob@b.co,me@b.co,yes\n",
	} {
		p, err := prepared(t, file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(p.Format, "for each value") || p.Columns[2] != strings.Split(strings.Split(file, "\n")[0], ",")[2] {
			t.Errorf("%q: %s, %q", file, p.Format, p.Columns)
		}
	}
}
