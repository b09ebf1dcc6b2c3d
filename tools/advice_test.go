package tools_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An agent does what an answer advises, to the letter: it calls the tool that is named with the arguments that are written
// there, and fills in what is left to it. So does this test, and what is advised has to work.

// advised is a situation in which an answer advises something.
type advised struct {
	set  func(*world)
	tool string
	args args
	// to is the tool that the advice sends to; the same one where it is empty, with the same arguments besides those that the
	// answer writes.
	to string
	// fill is what the answer leaves to the agent: what the operator says, or which of the things that it shows are meant.
	fill args
	// says is what the call then answers; where it has a plan, that is carried out.
	says string
	// set up differently
	settings []func(*setting)
}

// written finds arguments as answers write them: create_lists: true, mapping: {"Firma": "company"}.
var written = regexp.MustCompile(`\b([a-z_]{2,}):? ("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|true|false|\d+|[a-z]+-\d{8}-[a-z0-9]+)`)

// advisedArgument finds those that are to be given, and not those that were.
var advisedArgument = regexp.MustCompile(`\b(?:with|and) ([a-z_]{2,}): ("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|true|false|\d+)`)

// shownID finds a plan or a job.
var shownID = regexp.MustCompile(`\b[a-z]+-\d{8}-[a-z0-9]{8}\b`)

// follow makes the call that an answer advises.
func (w *world) follow(name string, one advised, told string) answer {
	w.t.Helper()
	to, given := one.to, args{}
	switch {
	case to == "":
		to = one.tool
		maps.Copy(given, one.args)
	case !strings.Contains(told, to):
		w.t.Fatalf("%s: the answer does not name %s: %s", name, to, told)
	}
	known := w.argumentsOf(to)
	for _, found := range written.FindAllStringSubmatch(told, -1) {
		var value any = found[2]
		isJSON := json.Unmarshal([]byte(found[2]), &value) == nil
		if slices.Contains(known, found[1]) && (isJSON || strings.HasSuffix(found[1], "_id")) {
			if _, filled := one.fill[found[1]]; !filled {
				given[found[1]] = value
			}
		}
	}
	for _, id := range []string{"job_id", "plan_id"} {
		if _, there := given[id]; !there && slices.Contains(known, id) && to != one.tool {
			if shown := shownID.FindString(told); shown != "" {
				given[id] = shown
			}
		}
	}
	maps.Copy(given, one.fill)
	maps.DeleteFunc(given, func(_ string, value any) bool { return value == nil })
	if one.to == "" && fmt.Sprint(given) == fmt.Sprint(one.args) && !strings.Contains(told, "epeat") {
		w.t.Fatalf("%s: nothing that is advised changes the call: %s", name, told)
	}
	done := w.call(to, given)
	if done.isError {
		w.t.Fatalf("%s: it is told %s\nand calls %s with %v, which fails: %s", name, told, to, given, done.text)
	}
	if plan := done.at("job.plan_id"); plan != nil && strings.Contains(done.text, "apply_plan") {
		done = w.works("apply_plan", args{"plan_id": plan})
	}
	return done
}

// advises checks the arguments that an answer writes: a tool that it names, or that was called, takes them as they stand there.
func (w *world) advises(called, told string) {
	w.t.Helper()
	for _, found := range advisedArgument.FindAllStringSubmatch(told, -1) {
		var value any
		if json.Unmarshal([]byte(found[2]), &value) != nil {
			continue
		}
		taken, known := false, false
		for _, tool := range w.tools {
			if tool.Name != called && !strings.Contains(told, tool.Name) {
				continue
			}
			var schema struct{ Properties map[string]struct{ Type any } }
			must(w.t, json.Unmarshal(tool.InputSchema, &schema))
			property, has := schema.Properties[found[1]]
			known = known || has
			taken = taken || has && takes(property.Type, value)
		}
		if known && !taken {
			w.t.Errorf("%s: it advises %s, which no tool takes: %s", called, found[0], told)
		}
	}
}

// takes reports whether an argument of a type can be a value. One stands for several, and text for what is none.
func takes(kind, value any) bool {
	switch value.(type) {
	case bool:
		return kind != "object" && kind != "array" && kind != "integer"
	case float64:
		return kind != "object" && kind != "array" && kind != "boolean"
	case string:
		return kind != "object" && kind != "boolean" && kind != "integer"
	case map[string]any:
		return kind == "object" || kind == "array" || kind == nil
	}
	return kind == "array"
}

// argumentsOf are the names of a tool's arguments.
func (w *world) argumentsOf(name string) []string {
	w.t.Helper()
	var schema struct{ Properties map[string]any }
	must(w.t, json.Unmarshal(w.tool(name).InputSchema, &schema))
	return slices.Collect(maps.Keys(schema.Properties))
}

func TestWhatAnAnswerAdvisesWorks(t *testing.T) {
	t.Parallel()
	var answers []string
	for name, one := range advice {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				if one.set != nil {
					one.set(w)
					settled()
				}
				one.args = maps.Clone(one.args)
				for name, given := range one.args {
					if given == "the one" {
						one.args[name] = w.works("get_job", nil).at("jobs.0.job_id")
					}
					if given == "the replaced one" {
						w.file("twice.csv", "email\ntwice@example.com\n")
						one.args[name] = w.works("import_contacts", args{"file": "twice.csv", "preview": true}).at("job.plan_id")
						w.works("import_contacts", args{"file": "twice.csv", "preview": true})
					}
				}
				told := w.call(one.tool, one.args)
				answers = append(answers, told.text)
				w.ClearFaults()
				w.follow(name, one, told.text).says(t, one.says)
				w.box.Bulk.Close()
			}, one.settings...)
		})
	}
	excused := map[string]bool{}
	for _, one := range unfollowed(t, answers) {
		why := ""
		for known := range unfollowable {
			if strings.Contains(one, known) {
				why, excused[known] = known, true
			}
		}
		if why == "" {
			t.Errorf("nobody has followed %q", one)
		}
	}
	for known := range unfollowable {
		if !excused[known] {
			t.Errorf("it was followed, or is not advised any more: %q", known)
		}
	}
}

// unfollowed are the pieces of advice in the program that none of the answers has given.
func unfollowed(t *testing.T, told []string) (left []string) {
	t.Helper()
	names := []string{}
	for _, tool := range all(t) {
		names = append(names, tool.Name)
	}
	names = append(names, "list_segments")
	mentions := regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)
	for _, room := range []string{".", "../bulk", "../contacts", "../catalog", "../intake", "../coerce", "../contactfile", "../audience", "../where", "../journal", "../files", "../exports", "../apiclient"} {
		files, _ := filepath.Glob(room + "/*.go")
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			must(t, err)
			ast.Inspect(parsed, func(node ast.Node) bool {
				if pair, is := node.(*ast.KeyValueExpr); is {
					if key, is := pair.Key.(*ast.Ident); is && slices.Contains([]string{"Name", "Title", "Description", "Example", "When", "Otherwise", "Asking"}, key.Name) {
						return false
					}
				}
				if _, is := node.(*ast.Field); is {
					return false
				}
				literal, is := node.(*ast.BasicLit)
				if !is || literal.Kind != token.STRING {
					return true
				}
				text, _ := strconv.Unquote(literal.Value)
				if slices.Contains(names, text) || !mentions.MatchString(text) {
					return true
				}
				longest := ""
				for _, part := range regexp.MustCompile(`%[+#]?[a-z.\d]*`).Split(text, -1) {
					if mentions.MatchString(part) && len(part) > len(longest) {
						longest = part
					}
				}
				longest = strings.TrimSpace(longest)
				if !slices.ContainsFunc(told, func(s string) bool { return strings.Contains(s, longest) }) {
					left = append(left, longest)
				}
				return true
			})
		}
	}
	return left
}
