package tools

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/schema/generate"
)

// Update makes the golden files be written anew.
var Update = flag.Bool("update", false, "write the golden files and the schemas anew")

// SchemasOf are the schemas of a tool that only tests have.
func SchemasOf[In, Out any]() schema.Texts {
	texts, err := generate.Texts(reflect.TypeFor[In](), reflect.TypeFor[Out](), formats...)
	if err != nil {
		panic(err)
	}
	return texts
}

func TestTheSchemasInTheGoldenFileAreThoseOfTheStructs(t *testing.T) {
	var file strings.Builder
	for _, definition := range append(definitions, forResources...) {
		name, input, output := definition.contract()
		if err := flaw(input, output); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts, err := generate.Texts(input, output, formats...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fmt.Fprintf(&file, "%[1]s rules %[2]s\n%[1]s input %[3]s\n%[1]s output %[4]s\n", name, texts.Rules, texts.Input, texts.Output)
	}
	if *Update {
		written = []byte(file.String()) // the program's own tests of this run see it, too
		if err := os.WriteFile("schemas.txt", written, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if difference := cmp.Diff(strings.Split(file.String(), "\n"), strings.Split(string(written), "\n")); difference != "" {
		t.Errorf("a struct has changed; run go test ./tools -update and read the difference:\n%s", difference)
	}
}
