package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

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
			sum, err := ReadFile(t.Context(), file, Reading{}, accountWith(someFields), stage)
			if fault.Is(err, fault.InvalidInput) && len(want.Willing) == 0 {
				return
			}
			must(t, err)
			got := emailsOf(came(t, sum, stage))
			for _, email := range want.Willing {
				if !slices.Contains(got, email) {
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
