package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "mailtrap-contacts-mcp"

// floors are the rooms of the house from the top down. A room may import rooms of lower floors only; CONTRIBUTING.md
// shows the picture.
var floors = [][]string{
	{""}, // main
	{"cli"},
	{"server", "demo"},
	{"tools", "prompts", "resources"},
	{"bulk"},
	{"audience", "undo", "comparison", "kept"},
	{"contacts", "intake", "where"},
	{"exports", "suppressions"},
	{"coerce"},
	{"catalog"},
	{"journal"},
	{"apiclient"},
	{"store", "schema/generate"},
	{"schema", "contactfile", "optout", "files"},
	{"charset"},
	{"fault"},
	{"text"},
}

// only names the rooms that few may import.
var only = map[string][]string{
	"charset":         {"contactfile"},
	"contactfile":     {"intake"},
	"emulator":        {"cli", "demo"},
	"schema":          {"tools", "prompts", "schema/generate"},
	"schema/generate": {}, // tests only
	"store":           {"cli", "apiclient", "journal", "suppressions", "bulk", "comparison", "kept", "audience"},
}

func TestEveryRoomImportsOnlyRoomsBelowIt(t *testing.T) {
	floorOf := map[string]int{"emulator": len(floors)}
	for i, rooms := range floors {
		for _, room := range rooms {
			floorOf[room] = i
		}
	}
	seen := 0
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "e2e" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(file))
		if room == "." {
			room = ""
		}
		floor, known := floorOf[room]
		if !known {
			t.Errorf("%s is in a room that the house does not have: %q", file, room)
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range parsed.Imports {
			name, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				return err
			}
			target, ours := strings.CutPrefix(name, module+"/")
			if !ours {
				continue
			}
			seen++
			if floorOf[target] <= floor {
				t.Errorf("%s imports %s, which is not below it", file, path.Join(module, target))
			}
			if allowed, restricted := only[target]; restricted && !slices.Contains(allowed, room) {
				t.Errorf("%s imports %s, which only %q may", file, target, allowed)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d imports between rooms were found; the test looks in the wrong place", seen)
	}
}
