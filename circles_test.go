package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a room may import says nothing of what is handed to it: a function from a room above would call back up, and the two
// would be one. So below tools no struct that other rooms can fill has a field that is a function. What a room needs from above
// is asked for through an interface that it declares, or comes as an argument of the call that it is for. A function that
// returns nothing and takes no context, which is told of progress during a call, is no way back.

// circles are the fields that there still are, each with what it is for.
var circles = map[string]string{
	"schema.Format.Check":     "says of one value whether it is right, and asks nobody",
	"intake.Account.Fields":   "the account's fields, with those that are to be created",
	"intake.Account.Lists":    "the account's lists",
	"intake.Account.Standing": "what the journal knows of a person",
}

func TestNoRoomIsHandedAFunctionFromAbove(t *testing.T) {
	below := false
	seen, left := 0, map[string]bool{}
	for _, rooms := range floors {
		for _, room := range rooms {
			if !below || room == "schema/generate" {
				continue
			}
			fields, n := handed(t, room)
			seen += n
			for _, field := range fields {
				if _, known := circles[field]; known {
					left[field] = true
				} else {
					t.Errorf("%s is a function that a room above can hand in: declare an interface, or pass it to the call that it is for", field)
				}
			}
		}
		below = below || slices.Contains(rooms, "tools")
	}
	for field := range circles {
		if !left[field] {
			t.Errorf("%s is gone, and still in the list of those that are left", field)
		}
	}
	if seen < 100 {
		t.Fatalf("only %d structs were found; the test looks in the wrong place", seen)
	}
}

// A check that finds nothing has to be one that finds something.
func TestFunctionsHandedInAreFound(t *testing.T) {
	const source = `package room
type visit func(int) error
type Options struct {
	Account  func() (string, error)
	Visit    visit
	ByName   map[string]func() int
	Kept     []*visit
	Nested   struct{ Ask func() bool }
	Imported func(context.Context, int)
	Progress func(read, size int64)
	Exporter interface{ Export() error }
	account  func() string
	Limit    int
}
type inner struct{ Ask func() bool }
`
	file, err := parser.ParseFile(token.NewFileSet(), "room.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	found, _ := functionFields("room", []*ast.File{file})
	want := []string{"room.Options.Account", "room.Options.Visit", "room.Options.ByName", "room.Options.Kept", "room.Options.Nested", "room.Options.Imported"}
	if !slices.Equal(found, want) {
		t.Errorf("found are %q", found)
	}
}

// handed are the fields of a room that a room above can put a function into, and how many structs it has.
func handed(t *testing.T, room string) (fields []string, structs int) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return functionFields(room, files)
}

func functionFields(room string, files []*ast.File) (fields []string, structs int) {
	types := map[string]ast.Expr{}
	var order []string
	for _, file := range files {
		for _, declared := range file.Decls {
			general, is := declared.(*ast.GenDecl)
			if !is {
				continue
			}
			for _, spec := range general.Specs {
				if named, is := spec.(*ast.TypeSpec); is {
					types[named.Name.Name] = named.Type
					order = append(order, named.Name.Name)
				}
			}
		}
	}
	for _, name := range order {
		is, isStruct := types[name].(*ast.StructType)
		if !isStruct {
			continue
		}
		structs++
		for _, field := range is.Fields.List {
			for _, called := range field.Names {
				if ast.IsExported(name) && called.IsExported() && isFunction(field.Type, types) {
					fields = append(fields, fmt.Sprintf("%s.%s.%s", room, name, called.Name))
				}
			}
		}
	}
	return fields, structs
}

// isFunction tells the types of functions, and of what holds them, but for those that are only told something.
func isFunction(of ast.Expr, types map[string]ast.Expr) bool {
	switch of := of.(type) {
	case *ast.FuncType:
		if of.Results != nil && len(of.Results.List) > 0 {
			return true
		}
		for _, given := range of.Params.List {
			if selected, is := given.Type.(*ast.SelectorExpr); is && selected.Sel.Name == "Context" {
				return true
			}
		}
	case *ast.Ident:
		named, ours := types[of.Name]
		_, isStruct := named.(*ast.StructType)
		return ours && !isStruct && isFunction(named, types)
	case *ast.StarExpr:
		return isFunction(of.X, types)
	case *ast.ArrayType:
		return isFunction(of.Elt, types)
	case *ast.MapType:
		return isFunction(of.Value, types)
	case *ast.StructType:
		return slices.ContainsFunc(of.Fields.List, func(field *ast.Field) bool { return isFunction(field.Type, types) })
	}
	return false
}
