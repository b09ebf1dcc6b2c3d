package intake

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

// Guarantee 10.6.
func TestTheHeadersOfAnExportAreNoFields(t *testing.T) {
	fields := []apiclient.Field{{ID: 1, Name: "Plan", MergeTag: "plan", DataType: "text"}, {ID: 2, Name: "My status", MergeTag: "status", DataType: "text"}, {ID: 3, Name: "Since", MergeTag: "created_at", DataType: "text"}}
	for header, want := range map[string]string{ // - neither a field nor proposed, ? proposed
		"email,id,status,lists,created_at,updated_at,plan,field:status,field:created_at": "email,-,-,-,-,-,plan,status,created_at",
		"email,status,created_at,field:status":                                           "email,-,-,status",
		"email,id,status,lists,created_at,updated_at,list_count,email_domain,field:gone": "email,-,-,-,-,-,-,-,-",
		"Email,Status,Plan,Lists,Created at,Updated at":                                  "email,-,plan,-,-,-",
		"id,email,status,plan,status,list_ids,created_at,updated_at":                     "-,email,-,plan,status,-,-,-",
		"email,plan,Since,Shoe size":                                                     "email,plan,created_at,?",
		"ID,email,Since":                                                                 "?,email,created_at",
	} {
		plan, err := planColumns(strings.Split(header, ","), fields, nil)
		if err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		got := make([]string, len(plan.columns))
		for i, column := range plan.columns {
			switch {
			case i == plan.email:
				got[i] = "email"
			case column.field != nil:
				got[i] = column.field.MergeTag
			case column.unknown:
				got[i] = "?"
			default:
				got[i] = "-"
			}
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s is %q, want %s", header, got, want)
		}
	}
}
