package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"mailtrap-contacts-mcp/journal"
)

// handwritten are the documents that people write.
var handwritten = []string{"README.md", "CONTRIBUTING.md", "docs/safety.md"}

func TestDocsLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]*)(?:#([^)]*))?\)`)
	for _, document := range append([]string{toolReference}, handwritten...) {
		for _, found := range link.FindAllStringSubmatch(read(t, document), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			target := document
			if found[1] != "" {
				target = filepath.Join(filepath.Dir(document), found[1])
			}
			if info, err := os.Stat(target); err != nil || info.IsDir() {
				t.Errorf("%s: %s leads nowhere", document, found[0])
				continue
			}
			if found[2] != "" && !slices.Contains(anchors(read(t, target)), found[2]) {
				t.Errorf("%s: %s has no such heading", document, found[0])
			}
		}
	}
}

// anchors are the names by which a document's headings are linked.
func anchors(document string) []string {
	var names []string
	for line := range strings.Lines(document) {
		if title, isHeading := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); isHeading && strings.HasPrefix(line, "#") {
			kept := strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-':
					return unicode.ToLower(r)
				}
				return -1
			}, strings.TrimSpace(title))
			names = append(names, kept)
		}
	}
	return names
}

// What docs/safety.md promises in numbers, and where the code has them.
func TestDocsPromiseTheNumbersOfTheCode(t *testing.T) {
	document := strings.Join(strings.Fields(read(t, "docs/safety.md")), " ")
	for _, promise := range []struct{ file, name, value, words string }{
		{"tools/deletion.go", "touchedUnasked", "25", "at most 25 contacts"},
		{"server/seals.go", "sealLife", "10 * time.Minute", "good for 10 minutes"},
		{"tools/jobs.go", "DefaultPreviewAbove", "1000", "for up to 1,000 contacts in one call"},
		{"tools/jobs.go", "deletesUnseen", "25", "up to 25 contacts in one call"},
		{"bulk/plan.go", "planFor", "time.Hour", "within an hour"},
		{"undo/sort.go", "AtOnce", "50", "an undo of more than 50 contacts, and of an import, is a job"},
		{"bulk/before.go", "MostUndoable", "20_000", "for jobs of at most 20,000 contacts"},
		{"journal/journal.go", "MostUndoable", "200_000", "of at most 200,000 contacts of an account"},
		{"bulk/claim.go", "var ordinary", "dead: 8 * time.Second", "within about ten seconds"},
		{"journal/journal.go", "DefaultDays", "90", "90 if not set"},
		{"apiclient/download.go", "maxRedirects", "3", "at most three redirects"},
		{"apiclient/budget.go", "accountLimit", "200", "200 requests a minute"},
	} {
		declared := regexp.MustCompile(`(?m)^\s*(?:const )?` + promise.name + `\s.*` + regexp.QuoteMeta(promise.value) + `\b`)
		if !declared.MatchString(read(t, promise.file)) {
			t.Errorf("%s of %s is not %s any more", promise.name, promise.file, promise.value)
		}
		if !strings.Contains(document, promise.words) {
			t.Errorf("docs/safety.md does not say %q any more", promise.words)
		}
	}
}

func TestDocsExplainEveryStateOfAWrite(t *testing.T) {
	document := read(t, "docs/safety.md")
	for _, state := range []journal.State{journal.Intended, journal.Sending, journal.Done, journal.Failed, journal.NotSent, journal.Unknown} {
		if !strings.Contains(document, "\n| `"+string(state)+"` |") {
			t.Errorf("docs/safety.md does not explain the state %s", state)
		}
	}
}
