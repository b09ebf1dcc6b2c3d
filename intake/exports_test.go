package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

// mappings are what the error says where a file has several columns of addresses. Then only those of one column are imported,
// and each person is held to the status of all of their addresses.
var mappings = map[string]map[string]string{
	"google-contacts.csv":           {"E-mail 1 - Value": "email", "E-mail 2 - Value": "ignore"},
	"contact_export_1763634600.csv": {"Email address - home": "email", "Email address - other": "ignore", "Email address - work": "ignore"},
	"people-15382345-17.csv":        {"Person - Email - Work": "email", "Person - Email - Home": "ignore", "Person - Email - Other": "ignore"},
}

// Whole files as their tools write them: who is willing is imported, and nobody else of those who are named.
func TestExportsOfOtherToolsBringInTheWillingOnly(t *testing.T) {
	content, err := os.ReadFile("testdata/exports/expected.json")
	must(t, err)
	var expected map[string]struct {
		Willing, Not []string
		Source       string
	}
	must(t, json.Unmarshal(content, &expected))
	if len(expected) < 25 {
		t.Fatalf("there are %d files", len(expected))
	}
	for name, want := range expected {
		t.Run(name, func(t *testing.T) {
			file, err := os.Open(filepath.Join("testdata/exports", name))
			must(t, err)
			defer file.Close()
			stage := &kept{}
			sum, err := ReadFile(t.Context(), file, Reading{Mapping: mappings[name]}, accountWith(someFields), stage)
			if fault.Is(err, fault.InvalidInput) && len(want.Willing) == 0 {
				return
			}
			must(t, err)
			got := emailsOf(came(t, sum, stage))
			if len(mappings[name]) > 0 && len(got) == 0 {
				t.Error("nobody is imported")
			}
			for _, email := range want.Willing {
				if !slices.Contains(got, email) && len(mappings[name]) == 0 {
					t.Errorf("%s is not imported: %+v; the columns %+v", email, sum.Named, sum.Mail)
				}
			}
			for _, email := range want.Not {
				if slices.Contains(got, email) {
					t.Errorf("%s is imported; the columns are %+v", email, sum.Mail)
				}
			}
		})
	}
}
