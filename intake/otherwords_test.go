package intake

import (
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

func TestAKnownWordOfAnotherLanguageIsALikelyField(t *testing.T) {
	fields := []apiclient.Field{
		{ID: 1, Name: "First name", MergeTag: "first_name", DataType: "text"}, {ID: 2, Name: "Company", MergeTag: "company", DataType: "text"},
		{ID: 3, Name: "Ort", MergeTag: "ort", DataType: "text"}, {ID: 4, Name: "Phone", MergeTag: "phone", DataType: "text"}, {ID: 5, Name: "Tel", MergeTag: "tel", DataType: "text"},
	}
	const file = "E-Mail-Adresse;Vorname;Firma;City;Telefon;Empresa;Hobby\nann@b.co;Ann;Abel;Bonn;030;x;chess\n"
	for _, create := range []bool{false, true} {
		p, err := preparedAs(t, file, Reading{CreateFields: create}, fields)
		must(t, err)
		likely, created := map[string]string{}, map[string]bool{}
		for _, proposal := range p.Proposed {
			likely[proposal.Column] = proposal.Likely
		}
		for _, proposal := range p.Created {
			created[proposal.Column] = true
		}
		if likely["Firma"] != "company" || likely["Empresa"] != "company" || likely["City"] != "ort" || likely["Telefon"] != "" || likely["Hobby"] != "" { // two fields may be meant by Telefon
			t.Errorf("likely are %q", likely)
		}
		if created["Firma"] || created["City"] || created["Hobby"] != create || p.Rows[0].Fields["first_name"] != "Ann" {
			t.Errorf("created %v, %+v", created, p.Rows)
		}
	}
	p, err := preparedAs(t, file, Reading{Mapping: map[string]string{"Firma": "company"}}, fields)
	must(t, err)
	for _, proposal := range p.Proposed {
		if proposal.Column == "Empresa" && proposal.Likely != "" {
			t.Errorf("a field that has its column is likely for another: %+v", proposal)
		}
	}
}
