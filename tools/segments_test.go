package tools_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/tools"
)

// segments are what the resource reads.
func (w *world) segments() tools.Result {
	w.t.Helper()
	forResources, err := tools.ForResources(w.box, w.tools)
	must(w.t, err)
	if len(forResources) != 1 {
		w.t.Fatalf("%d tools are for resources", len(forResources))
	}
	return forResources[0].Call(w.t.Context(), nil)
}

func TestASegmentIsSavedReplacedShownAndDeleted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		if none := w.segments(); none.Failed || string(none.Structured) != `{"segments":[]}` || w.exports() > 0 {
			t.Errorf("without any: %+v, %d exports", none, w.exports())
		}
		saved := w.works("save_segment", args{"name": "dormant-pro", "where": dormant, "description": "gone quiet"})
		saved.says(t, "Saved the segment dormant-pro; 3 contacts fit it now (subscribed: 3)", `"plan = 'pro' AND`)
		saved.has(t, "contacts", 3, "subscribed", 3, "replaced", false, "segment.name", "dormant-pro", "segment.where", dormant)
		w.works("save_segment", args{"name": "Dormant-Pro", "where": "plan = 'pro'"}).says(t, "Replaced the segment Dormant-Pro; 8 contacts fit")
		w.works("save_segment", args{"name": "nobody", "where": "plan = 'gold'"}).says(t, "nobody fits it now")
		report := w.works("audience_report", nil)
		report.says(t, "Segments:\n- Dormant-Pro: 8 contacts where \"plan = 'pro'\"\n- nobody: 0 contacts where ")
		report.has(t, "segments.0.name", "Dormant-Pro", "segments.1.where", "plan = 'gold'")
		if shown := w.segments(); !strings.Contains(string(shown.Structured), `"name":"Dormant-Pro"`) {
			t.Errorf("the resource shows %s", shown.Structured)
		}
		w.works("delete_segment", args{"name": "dormant-pro"}).says(t, "Deleted the segment Dormant-Pro: where \"plan = 'pro'\"", "No contact was touched")
		w.refused("delete_segment", args{"name": "dormant-pro"}, "not_found", "nobody")
		w.refused("save_segment", args{"name": strings.Repeat("n", 101), "where": "1=1"}, "invalid_input", "name")
		w.refused("save_segment", args{"name": " ", "where": "1=1"}, "invalid_input", "name")
		if w.Len() != 30 {
			t.Errorf("%d contacts are left", w.Len())
		}
	})
}

// selectingTools are the tools that take a selection, with what else they need.
func selectingTools(t testing.TB) map[string]args {
	t.Helper()
	found := map[string]args{}
	for _, tool := range all(t) {
		var schema property
		must(t, json.Unmarshal(tool.InputSchema, &schema))
		_, contacts := schema.Properties["contacts"]
		_, segment := schema.Properties["segment"]
		if _, previews := schema.Properties["preview"]; contacts && segment && previews {
			found[tool.Name] = example(t, tool)
			delete(found[tool.Name], "contacts")
		}
	}
	return found
}

func with(given args, more ...any) args {
	all := args{}
	for key, value := range given {
		all[key] = value
	}
	for i := 0; i < len(more); i += 2 {
		all[more[i].(string)] = more[i+1]
	}
	return all
}

func TestEveryToolThatTakesASelectionTakesSegmentsAndConditions(t *testing.T) {
	t.Parallel()
	for tool, given := range selectingTools(t) {
		if given["fields"] != nil {
			given = with(given, "fields", args{"plan": "team"}) // they are all pro
		}
		t.Run(tool, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				audienceOf(w)
				w.AddDomain(sendingDomain, "compliant")
				w.works("save_segment", args{"name": "dormant-pro", "where": dormant})
				w.refused(tool, given, "invalid_input", "exactly one of contacts, file, segment and where", "None of them is given")
				w.refused(tool, with(given, "segment", "", "where", nil, "contacts", []any{}), "invalid_input", "None of them is given")
				w.refused(tool, with(given, "segment", "dormant-pro", "where", "1=1"), "invalid_input", "Given are segment and where")
				w.refused(tool, with(given, "segment", "dormant-pro", "contacts", "p20@example.com", "file", "x.csv"), "invalid_input", "Given are contacts and file and segment")
				w.refused(tool, with(given, "segment", "dormant", "preview", true), "not_found", "dormant-pro")
				w.refused(tool, with(given, "where", "plan = 'gold'", "preview", true), "not_found", `No contact fits where "plan = 'gold'"`, "search_contacts")
				w.ResetRequests()
				planned := w.works(tool, with(given, "segment", "dormant-pro", "preview", true))
				planned.says(t, "Preview, nothing was sent: 3 contacts of segment dormant-pro, as of 2000-01-01 00:00 UTC.", "For example: p05@example.com; p06@example.com; p07@example.com.", "plan_id")
				w.nothingWritten()
				w.works("apply_plan", args{"plan_id": planned.at("job.plan_id"), "wait_seconds": 45})
				if tool == "bulk_delete_contacts" {
					if w.Len() != 27 {
						t.Errorf("%d contacts are left", w.Len())
					}
					return
				}
				if tool == "suppress_contacts" { // which is final, and needs a preview
					return
				}
				if tool == "fire_event" { // the same event within minutes is asked about
					given = with(given, "event", "goodbye")
				}
				w.works(tool, with(given, "where", "email = 'p20@example.com'")).says(t, "1 contact", "job_id")
			}, unlimited)
		})
	}
}

func TestASegmentKeepsWhatItsConditionNames(t *testing.T) { // scenario 21
	t.Parallel()
	person := &operator{}
	eachEra(t, func(t *testing.T, w *world) {
		person.asked = nil
		audienceOf(w)
		w.works("save_segment", args{"name": "dormant-pro", "where": dormant})
		w.works("save_segment", args{"name": "trial", "where": "in_list('Trial') OR \"Last login\" IS NULL"})
		w.refused("delete_field", args{"field": "plan"}, "conflict", "used by the segment dormant-pro", "Nothing was deleted", "delete_segment")
		w.works("update_field", args{"field": "last_login", "name": "Seen", "merge_tag": "seen"})
		w.refused("delete_field", args{"field": "seen"}, "conflict", "used by the segments dormant-pro, trial")
		w.refused("delete_list", args{"list": "Trial"}, "conflict", `The list "Trial" (id 3) is used by the segment trial.`)
		if len(w.Lists()) != 4 || len(person.asked) != 0 {
			t.Errorf("the lists are %v, asked %q", w.Lists(), person.asked)
		}
		w.works("delete_segment", args{"name": "trial"})
		person.action = mcp.ElicitationResponseActionAccept
		w.works("delete_list", args{"list": "Trial"}).says(t, "Deleted the list")
	}, withOperator(person), unlimited)
}

func TestASegmentThatCannotBeUsedAnyMoreSaysWhy(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("save_segment", args{"name": "dormant-pro", "where": dormant})
		other := open(t, func(set *setting) { set.known, set.confirm = w.Emulator, tools.ConfirmNever }) // who knows nothing of the segment
		other.works("delete_field", args{"field": "plan"})
		settled()
		w.works("search_contacts", args{"refresh": true})
		w.refused("add_to_list", args{"lists": "VIP", "segment": "dormant-pro"}, "conflict", `The segment "dormant-pro" cannot be used any more`, `"plan"`, "it was \"plan = 'pro'")
		w.works("delete_segment", args{"name": "dormant-pro"})
	}, unlimited)
}

func TestSegmentsAreKeptByAReadOnlyServer(t *testing.T) { // scenario 27
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("save_segment", args{"name": "dormant-pro", "where": dormant}).says(t, "3 contacts fit")
		w.works("export_contacts", args{"segment": "dormant-pro"}).says(t, "Exported 3 contacts")
		w.works("delete_segment", args{"name": "dormant-pro"})
		for tool, given := range selectingTools(t) {
			w.refused(tool, with(given, "where", dormant), "read_only")
		}
		w.nothingWritten()
		for _, tool := range w.tools {
			if hints := tool.Effect.Hints(); tool.Local && (hints.ReadOnly || tool.Writes()) {
				t.Errorf("%s has the hints %+v", tool.Name, hints)
			}
		}
	}, offeredAs(tools.Offer{ReadOnly: true}))
}

func TestTheSegmentsResourceIsThereWithItsToolset(t *testing.T) {
	for toolsets, want := range map[string]int{"": 1, "audience": 1, "contacts,lists": 0} {
		offer := tools.Offer{}
		if toolsets != "" {
			for name := range strings.SplitSeq(toolsets, ",") {
				offer.Toolsets = append(offer.Toolsets, tools.Toolset(name))
			}
		}
		w := open(t, offeredAs(offer))
		forResources, err := tools.ForResources(w.box, w.tools)
		must(t, err)
		if len(forResources) != want {
			t.Errorf("%s: %q", toolsets, namesOf(forResources))
		}
	}
}

func TestAnErasureReachesTheSnapshot(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("search_contacts", nil)
		settled()
		w.works("update_contact", args{"contact": "p20@example.com", "email": "moved@example.com"})
		settled()
		erased := w.works("delete_contact", args{"contact": "moved@example.com", "erase": true})
		erased.says(t, "Erased here: ")
		if rows := erased.at("erased.rows").(float64); rows < 2 { // as exported, and as changed since
			t.Errorf("%v rows were erased", rows)
		}
		for _, address := range []string{"p20@example.com", "moved@example.com"} {
			w.works("search_contacts", args{"where": fmt.Sprintf("email = '%s'", address)}).says(t, "0 of 29 contacts fit")
		}
		left := w.works("search_contacts", args{"text": "moved"})
		if diff := cmp.Diff(0.0, left.at("total")); diff != "" {
			t.Error(diff)
		}
	}, unlimited)
}

func TestAnErasureWhileASnapshotIsTakenSaysSo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		done := make(chan struct{})
		go func() { defer close(done); w.call("search_contacts", nil) }()
		time.Sleep(2 * time.Second)
		w.works("delete_contact", args{"contact": "p20@example.com", "erase": true}).says(t, "a snapshot of the contacts is being taken", "once more")
		<-done
		w.works("delete_contact", args{"contact": "p20@example.com", "erase": true}).says(t, "Erased here: ")
		w.works("search_contacts", args{"where": "email = 'p20@example.com'"}).says(t, "0 of 29 contacts fit")
	}, unlimited, func(set *setting) { set.emulator.JobDelay = 20 * time.Second })
}

var _ = hostileCase("save_segment", func(x *exposure) {
	x.bySnapshot(args{"name": x.brief + "6", "where": x.isNot("evil"), "description": x.short}, args{"name": x.v, "where": "1=1"}, args{"name": "x", "where": x.v})
})

var _ = hostileCase("delete_segment", func(x *exposure) {
	x.given(args{"name": x.v}, args{"name": x.brief + "6"})
})

var _ = hostileCase("audience_report", func(x *exposure) { x.bySnapshot(nil, args{"list": x.v + "!"}, args{"refresh": true}) })
