package tools_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

// sample fills the account that the tools' examples are for, and the folder.
func sample(w *world) {
	newsletter, customers := w.AddList("Newsletter"), w.AddList("Customers")
	w.AddList("Trial")
	w.AddList("Old leads")
	w.AddField("Plan", "text", "plan")
	w.AddField("Last login", "date", "last_login")
	w.AddField("Old score", "float", "old_score")
	w.AddContact(emulator.Contact{Email: "ann@example.com", Fields: map[string]any{"first_name": "Ann", "plan": "free", "last_login": "2026-11-01"}, ListIDs: []int64{newsletter}})
	w.AddContact(emulator.Contact{Email: "bob@example.com", Fields: map[string]any{"plan": "free"}, ListIDs: []int64{newsletter}})
	w.AddContact(emulator.Contact{Email: "carl@example.com", Fields: map[string]any{"old_score": 1.5}, ListIDs: []int64{customers}})
	w.AddContact(emulator.Contact{Email: "dora@example.com"})
	w.AddDomain("example.com", "compliant")
	w.file("crm.csv", "email,plan\nann@example.com,pro\nbob@example.com,pro\n")
}

// segmented saves the segment that one of the examples names.
func segmented(w *world) {
	w.works("save_segment", args{"name": "Dormant", "where": "last_login < date('now','-90 days')"})
}

// idsOf are the arguments by which a call names what this server keeps: an example's stand for any.
var idsOf = []string{"plan_id", "job_id", "change_id"}

// example is a tool's example call as it stands.
func example(t testing.TB, tool tools.Callable) (given args) {
	t.Helper()
	if err := json.Unmarshal([]byte(tool.Example), &given); err != nil {
		t.Fatalf("%s: its example is no object: %v", tool.Name, err)
	}
	return given
}

// example is a tool's example call, with a plan or change of this world where it names one.
func (w *world) example(tool tools.Callable) args {
	w.t.Helper()
	given := example(w.t, tool)
	for _, name := range idsOf {
		switch given[name].(type) {
		case string:
			given[name] = w.works("bulk_update_contacts", args{"contacts": "bob@example.com", "fields": args{"plan": "team"}, "preview": true}).at("job.plan_id")
		case float64:
			w.works("update_contact", args{"contact": "bob@example.com", "fields": args{"first_name": fmt.Sprint("Bob ", len(w.Requests()))}})
			given[name] = w.lastChange()
		}
	}
	return given
}

// namesAnID reports that a tool's example names a plan, a job or a change.
func namesAnID(t testing.TB, tool tools.Callable) bool {
	given := example(t, tool)
	return slices.ContainsFunc(idsOf, func(name string) bool { return given[name] != nil })
}

// everyWrite are the examples of the tools that write to the account, but for those that carry out what another began.
func everyWrite(t testing.TB) map[string]args {
	t.Helper()
	found := map[string]args{}
	for _, tool := range all(t) {
		if tool.Writes() && !namesAnID(t, tool) {
			found[tool.Name] = example(t, tool)
		}
	}
	return found
}

// all are the tools whatever a server offers.
func all(t testing.TB) []tools.Callable {
	t.Helper()
	bound, err := tools.All(&tools.Toolbox{})
	must(t, err)
	return bound
}

// outcome is what a tool's example came to: the answer, and what was sent for it.
type outcome struct {
	answer
	reads, writes int // an export counts as neither
	exports       int
}

var (
	made     = map[string]outcome{}
	makeOnce sync.Once
)

// outcomes makes every example, each on a sample account of its own.
func outcomes(t *testing.T) map[string]outcome {
	t.Helper()
	makeOnce.Do(func() {
		for _, tool := range all(t) {
			inFakeTime(t, func(t *testing.T, w *world) {
				sample(w)
				segmented(w)
				given := w.example(tool)
				settled()
				w.ResetRequests()
				did := outcome{answer: w.call(tool.Name, given)}
				for _, request := range w.Requests() {
					switch {
					case request.Method == http.MethodGet:
						did.reads++
					case strings.HasSuffix(request.Path, "/contacts/exports"):
						did.exports++
					default:
						did.writes++
					}
				}
				made[tool.Name] = did
			}, unlimited)
		}
	})
	return made
}

func TestEveryExampleWorksAndDoesWhatItsEffectSays(t *testing.T) {
	t.Parallel()
	for _, tool := range all(t) {
		did := outcomes(t)[tool.Name]
		if did.isError {
			t.Errorf("%s: its example fails: %s", tool.Name, did.text)
		}
		switch {
		case did.writes > 0 && !tool.Writes():
			t.Errorf("%s is said not to write to the account, and its example sends %d writes", tool.Name, did.writes)
		case did.writes == 0 && tool.Writes() && !namesAnID(t, tool):
			t.Errorf("%s is said to write to the account, and its example sends nothing", tool.Name)
		}
	}
}

func TestWhatBeginsAJobComesWithTheToolsThatFollowIt(t *testing.T) {
	begin, with := 0, map[string][]string{}
	for _, tool := range all(t) {
		with[tool.Name] = tool.Accompanies
	}
	for _, tool := range all(t) {
		if !tool.AnswersJob || len(tool.Accompanies) > 0 {
			continue
		}
		begin++
		for _, follower := range []string{"get_job", "cancel_job", "apply_plan"} {
			if !slices.Contains(with[follower], tool.Name) {
				t.Errorf("%s comes without %s", tool.Name, follower)
			}
		}
	}
	if begin < 7 {
		t.Errorf("only %d tools begin a job", begin)
	}
}

// roughly writes arguments as agents do who are in a hurry: numbers and the like as texts, one value for a list of them,
// lists and objects as JSON in a text, blanks around addresses, and what is not given as null or nothing.
func roughly(t *testing.T, tool tools.Callable, given args) args {
	t.Helper()
	rough := args{}
	var schema property
	must(t, json.Unmarshal(tool.InputSchema, &schema))
	for i, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		switch kind := schema.Properties[name].Type; {
		case given[name] != nil:
		case kind == "boolean" || kind == "integer" || i%2 == 0:
			rough[name] = nil
		default:
			rough[name] = ""
		}
	}
	for name, value := range given {
		switch v := value.(type) {
		case string:
			rough[name] = v
			if strings.Contains(v, "@") && !strings.Contains(v, " ") {
				rough[name] = " " + strings.ToUpper(v) + "\n"
			}
		case []any:
			rough[name] = string(mustJSON(t, v))
			if len(v) == 1 {
				rough[name] = v[0]
			}
		case map[string]any:
			rough[name] = string(mustJSON(t, v))
		default:
			rough[name] = fmt.Sprint(v)
		}
	}
	return rough
}

// passing are the parts of an answer that differ from one call to the next.
var passing = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|[0-9a-f]{8}-[0-9a-f-]{27}|[a-z]+-\d{8}-[a-z0-9]{8}|/tmp/[^\s"]+|[A-Z]:\\[^\s"]+`)

func TestEveryToolTakesRoughArgumentsAsMeant(t *testing.T) {
	t.Parallel()
	for _, tool := range all(t) {
		t.Run(tool.Name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				other := open(t, unlimited)
				for _, each := range []*world{w, other} {
					sample(each)
					segmented(each)
				}
				want, given := w.works(tool.Name, w.example(tool)), roughly(t, tool, other.example(tool))
				got := other.works(tool.Name, given)
				if diff := cmp.Diff(passing.ReplaceAllString(want.text, "…"), passing.ReplaceAllString(got.text, "…")); diff != "" {
					t.Errorf("given %s: %s", mustJSON(t, given), diff)
				}
			}, unlimited)
		})
	}
}

// The clients of e2e/ call every tool that their own story does not.
func TestTheExamplesInTheGoldenFileAreThoseOfTheTools(t *testing.T) {
	written := []byte("{\n")
	for i, tool := range all(t) {
		written = fmt.Appendf(written, "%s  %q: %s", map[bool]string{true: ",\n"}[i > 0], tool.Name, tool.Example)
	}
	written = append(written, "\n}\n"...)
	const name = "testdata/examples.golden.json"
	if *tools.Update {
		must(t, os.WriteFile(name, written, 0o644))
	}
	kept, err := os.ReadFile(name)
	must(t, err)
	if diff := cmp.Diff(string(kept), string(written)); diff != "" {
		t.Errorf("run go test ./tools -update -run Golden: %s", diff)
	}
}
