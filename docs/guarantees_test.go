package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryGuaranteeIsCitedByATest holds docs/guarantees.md and the tests together.
func TestEveryGuaranteeIsCitedByATest(t *testing.T) {
	page, err := os.ReadFile("docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	promised := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^\* \*\*([0-9.]+[a-z]?)\*\* `).FindAllStringSubmatch(string(page), -1) {
		promised[line[1]] = true
	}
	if len(promised) < 60 {
		t.Fatalf("only %d guarantees were found", len(promised))
	}
	cited := citations(t)
	for number := range promised {
		if len(cited[number]) == 0 {
			t.Errorf("no test cites guarantee %s", number)
		}
	}
	for number, files := range cited {
		if !promised[number] {
			t.Errorf("%s cites guarantee %s, which docs/guarantees.md does not have", files[0], number)
		}
	}
}

// citations are the files that cite each guarantee.
func citations(t *testing.T) map[string][]string {
	t.Helper()
	comment := regexp.MustCompile(`// .*\bGuarantees? [0-9].*`)
	number := regexp.MustCompile(`\b[0-9]+\.[0-9]+[a-z]?\b`)
	cited := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(file, ".test.mjs") {
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, line := range comment.FindAllString(string(content), -1) {
			_, line, _ = strings.Cut(line, "Guarantee")
			for _, found := range number.FindAllString(line, -1) {
				cited[found] = append(cited[found], file)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cited
}
