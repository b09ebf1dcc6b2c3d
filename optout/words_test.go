package optout

import "testing"

func TestOrdinaryHeadersHaveNothingToDoWithMail(t *testing.T) {
	for _, name := range []string{
		"ignored", "Credit", "Preferred name", "Referred by", "Retail", "Secretary", "Prodotto", "Altitude", "Lupadata", "Product", "Interest", "Hundred", "Registered office", "Shared",
		"Retirement", "Returning", "Return date", "Required", "Predicted value", "Department", "Notes", "Nickname", "Nationality", "Region", "Reference", "Position", "Website", "Birthday",
	} {
		for _, cells := range [][]string{{"x"}, {"no"}, {"yes", "no"}, {"1", "0"}, {"2024-01-02"}, {"London", "Paris"}} {
			var values Values
			for _, cell := range cells {
				values.Add(cell, 1)
			}
			if c := Judge(name, &values); c.Kind != Foreign {
				t.Errorf("%q with %q is taken for %q", name, cells, c.Kind)
			}
		}
	}
}
