package bulk

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 4.5.
func TestWhatPreviewsShortenedOfAnAddressIsErasedToo(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	account := emulator.New(emulator.Config{Unlimited: true})
	account.AddField("Age", "integer", "age")
	s := started(t, setting{account: account, dirs: []string{dir}, data: data})
	long := strings.Repeat("department.", 12) + "example.com"
	hers, alike, post := "maria.lopez@"+long, "rosamaria.lopez@"+long, "info@"+long
	note := strings.Repeat("spoke to ", 20)
	var file strings.Builder
	file.WriteString("email,age\n")
	fmt.Fprintf(&file, "%s,old\n%s,old\n%s,4\n%s %s,5\n", hers, alike, post, note, hers)
	for n := 40; n < 130; n += 5 { // a value is shortened somewhere
		fmt.Fprintf(&file, "p%d@example.com,%s %s\n", n, note[:n], hers)
	}
	must(t, os.WriteFile(filepath.Join(dir, "people.csv"), []byte(file.String()), 0o600))
	plan, err := s.PlanImport(t.Context(), ImportRequest{File: "people.csv"})
	must(t, err)
	must(t, os.Remove(filepath.Join(dir, "people.csv")))
	said := func() string {
		job, err := s.Follow(t.Context(), plan.ID, 0, nil)
		must(t, err)
		said, err := json.Marshal(job)
		must(t, err)
		return string(said)
	}
	report := filepath.Join(dir, "import-20261128-abcdefgh-report.json")
	must(t, os.WriteFile(report, []byte(`{"rejected_reasons": [{"Text": "age: \"spoke to Maria.Lopez@dep…\" does not fit", "Rows": 1}]}`), 0o600))
	if before := said(); !strings.Contains(before, "maria.lopez@department") || !strings.Contains(before, "info@") {
		t.Fatalf("she is not in it to begin with: %s", before)
	}
	for _, email := range []string{hers, post} {
		_, err := s.Erase(t.Context(), email)
		must(t, err)
		start, _, _ := strings.Cut(email, "@")
		if after := strings.ReplaceAll(said(), "rosamaria", ""); strings.Contains(after, start+"@") || strings.Contains(after, " "+start) {
			t.Errorf("the job still says %s", after)
		}
	}
	if after := said(); !strings.Contains(after, alike) {
		t.Errorf("another person's address was taken out as well: %s", after)
	}
	left, err := os.ReadFile(report)
	must(t, err)
	if strings.Contains(strings.ToLower(string(left)), "lopez") {
		t.Errorf("the report still says %s", left)
	}
	if again, err := s.Erase(t.Context(), hers); err != nil || again.Rows > 0 || len(again.Files) > 0 {
		t.Errorf("a second time it did %+v, %v", again, err)
	}
}
