package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// code is a code of package fault: its name in Go, its value, and its comment.
type code struct{ name, value, condition string }

// faultCodes reads the codes from their declarations, where each has its condition beside it.
func faultCodes(t *testing.T) []code {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "fault/fault.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var codes []code
	ast.Inspect(parsed, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || spec.Comment == nil {
			t.Fatalf("the code %s has no value or no comment", spec.Names[0])
		}
		codes = append(codes, code{spec.Names[0].Name, value, strings.TrimSpace(spec.Comment.Text())})
		return true
	})
	if len(codes) < 10 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	return codes
}

// namesUsed are the names of a package that the program mentions.
func namesUsed(t *testing.T, room string) map[string]bool {
	t.Helper()
	mention := regexp.MustCompile(`\b` + room + `\.([A-Z]\w*)`)
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && file != "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		content, err := os.ReadFile(file)
		for _, found := range mention.FindAllSubmatch(content, -1) {
			used[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}
