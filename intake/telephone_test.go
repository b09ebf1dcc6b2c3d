package intake

import (
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

func TestAColumnCalledSMSIsATelephoneOnlyWhereItHoldsNumbers(t *testing.T) {
	fields := []apiclient.Field{{ID: 1, Name: "Phone", MergeTag: "phone", DataType: "text"}}
	for cells, want := range map[string]bool{"+49 30 123456": true, "(0171) 555-1234": true, "yes": false, "opted in": false, "1": false, "": true} {
		p, err := preparedAs(t, "email,SMS,x\na@b.co,"+cells+",1\n", Reading{}, fields)
		must(t, err)
		if got := p.Uses[1].To == "phone"; got != want {
			t.Errorf("%q: %+v", cells, p.Uses)
		}
	}
}
