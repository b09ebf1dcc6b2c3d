package cli

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestDocsNameOnlyFlagsThatThereAre(t *testing.T) {
	content, err := os.ReadFile("../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&commandLine{}, kong.Vars{"api_url": "", "journal_days": "90", "preview_above": "1000"})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"help": true}
	for _, command := range parser.Model.Children {
		for _, flag := range command.Flags {
			known[flag.Name] = true
		}
	}
	for _, found := range regexp.MustCompile("`--([a-z-]+)").FindAllStringSubmatch(string(content), -1) {
		if !known[found[1]] {
			t.Errorf("docs/safety.md names --%s, and there is no such flag", found[1])
		}
	}
}

func TestTheREADMENamesEveryFlagAndVariableOfTheServer(t *testing.T) {
	content, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&commandLine{}, kong.Vars{"api_url": "", "journal_days": "90", "preview_above": "1000"})
	if err != nil {
		t.Fatal(err)
	}
	flags := 0
	for _, command := range parser.Model.Children {
		if command.Target.Type() != reflect.TypeFor[serveCommand]() {
			continue
		}
		for _, flag := range command.Flags {
			flags++
			if !strings.Contains(string(content), "`--"+flag.Name) {
				t.Errorf("README.md does not name --%s", flag.Name)
			}
			for _, variable := range flag.Envs {
				if !strings.Contains(string(content), "`"+variable+"`") {
					t.Errorf("README.md does not name %s", variable)
				}
			}
		}
	}
	if flags < 10 {
		t.Fatalf("only %d flags of serve were found", flags)
	}
}
