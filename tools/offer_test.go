package tools_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/tools"
)

// everyTool is bound to nothing: it can be looked at, not called.
func everyTool(t *testing.T) []tools.Callable {
	t.Helper()
	all, err := tools.All(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	return all
}

// offers are the ways to narrow the tools down: every toolset alone, read-only, and both together where that leaves
// any.
func offers(t *testing.T) []tools.Offer {
	t.Helper()
	all := everyTool(t)
	found := []tools.Offer{{}, {ReadOnly: true}}
	for _, callable := range all {
		alone := tools.Offer{Toolsets: []tools.Toolset{callable.Toolset}}
		if slices.ContainsFunc(found, func(s tools.Offer) bool { return s.String() == alone.String() }) {
			continue
		}
		found = append(found, alone)
		alone.ReadOnly = true
		if _, _, err := alone.Apply(all); err == nil {
			found = append(found, alone)
		}
	}
	return found
}

func namesOf(callables []tools.Callable) []string {
	names := make([]string, len(callables))
	for i, callable := range callables {
		names[i] = callable.Name
	}
	return names
}

func offeredAs(offer tools.Offer) func(*setting) {
	return func(set *setting) { set.offer = offer }
}

func TestASelectionKeepsItsToolsetsAndWhatTheyNeed(t *testing.T) {
	for _, test := range []struct {
		offer         tools.Offer
		with, without string
	}{
		{tools.Offer{Toolsets: []tools.Toolset{"contacts"}}, "get_contact delete_contact", "list_lists add_to_list get_account"},
		{tools.Offer{Toolsets: []tools.Toolset{"lists"}}, "list_lists add_to_list get_job cancel_job apply_plan", "get_contact import_contacts bulk_update_contacts"},
		{tools.Offer{Toolsets: []tools.Toolset{"account", " fields "}}, "list_fields create_field get_account undo_change get_job cancel_job apply_plan", "add_to_list"},
		{tools.Offer{Toolsets: []tools.Toolset{"fields"}}, "list_fields create_field", "get_job cancel_job apply_plan"},
		{tools.Offer{Toolsets: []tools.Toolset{"events"}}, "fire_event get_job cancel_job apply_plan", "add_to_list export_contacts"},
		{tools.Offer{Toolsets: []tools.Toolset{"bulk"}}, "import_contacts bulk_update_contacts bulk_delete_contacts apply_plan get_job cancel_job", "add_to_list"},
		{tools.Offer{Toolsets: []tools.Toolset{"lists"}, ReadOnly: true}, "list_lists", "add_to_list get_job"},
		{tools.Offer{Toolsets: []tools.Toolset{"bulk"}, ReadOnly: true}, "export_contacts get_job", "import_contacts get_contact bulk_update_contacts bulk_delete_contacts apply_plan cancel_job"},
		{tools.Offer{ReadOnly: true}, "get_contact search_contacts list_lists list_fields export_contacts get_job audience_report save_segment delete_segment get_account", "create_contact fire_event"},
		{tools.Offer{Toolsets: []tools.Toolset{"audience"}, ReadOnly: true}, "audience_report save_segment", "search_contacts"},
	} {
		all := everyTool(t)
		enabled, withheld, err := test.offer.Apply(all)
		must(t, err)
		for _, name := range strings.Fields(test.with) {
			if !slices.Contains(namesOf(enabled), name) {
				t.Errorf("%+v lacks %s", test.offer, name)
			}
		}
		for _, name := range strings.Fields(test.without) {
			if !slices.Contains(namesOf(withheld), name) {
				t.Errorf("%+v does not withhold %s", test.offer, name)
			}
		}
		if len(enabled)+len(withheld) != len(all) {
			t.Errorf("%+v: %d and %d of %d tools", test.offer, len(enabled), len(withheld), len(all))
		}
	}
}

func TestEveryToolIsThereUnlessItIsSelectedAway(t *testing.T) {
	all := everyTool(t)
	enabled, withheld, err := tools.Offer{}.Apply(all)
	if err != nil || len(enabled) != len(all) || len(withheld) != 0 {
		t.Errorf("%d of %d tools, %d withheld: %v", len(enabled), len(all), len(withheld), err)
	}
}

func TestASelectionThatMeansNothingIsAnError(t *testing.T) {
	for name, want := range map[string]string{
		"list":  `there is no toolset "list"; there are lists, `,
		"Event": `there is no toolset "Event"; there are events, `,
		"":      `there is no toolset ""; `,
	} {
		_, _, err := tools.Offer{Toolsets: []tools.Toolset{"contacts", tools.Toolset(name)}}.Apply(everyTool(t))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, _, err := tools.Offer{Toolsets: []tools.Toolset{"events"}, ReadOnly: true}.Apply(everyTool(t))
	if err == nil || !strings.Contains(err.Error(), "no tool is left: --read-only allows only tools that read, and --toolsets events has none") {
		t.Errorf("nothing left: %v", err)
	}
}

func TestWhatAToolAccompaniesExists(t *testing.T) {
	all := everyTool(t)
	for _, callable := range all {
		for _, name := range callable.Accompanies {
			if !slices.Contains(namesOf(all), name) {
				t.Errorf("%s accompanies %s, which is no tool", callable.Name, name)
			}
		}
	}
}

func TestAWithheldToolIsNotListedAndSaysWhy(t *testing.T) {
	for _, test := range []struct {
		offer      tools.Offer
		tool, code string
		says       []string
	}{
		{tools.Offer{ReadOnly: true}, "delete_contact", "read_only", []string{"delete_contact", "--read-only"}},
		{tools.Offer{Toolsets: []tools.Toolset{"contacts", "events"}}, "create_list", "not_found", []string{"create_list is switched off", "--toolsets contacts,events", "add lists to --toolsets"}},
		{tools.Offer{ReadOnly: true}, "bulk_delete_contacts", "read_only", []string{"bulk_delete_contacts", "--read-only"}},
		{tools.Offer{ReadOnly: true}, "apply_plan", "read_only", []string{"apply_plan", "--read-only"}},
		{tools.Offer{Toolsets: []tools.Toolset{"contacts"}}, "apply_plan", "not_found", []string{"add bulk to --toolsets"}},
		{tools.Offer{Toolsets: []tools.Toolset{"contacts"}}, "get_job", "not_found", []string{"add bulk to --toolsets"}},
		// Switching its toolset on would not bring it back.
		{tools.Offer{Toolsets: []tools.Toolset{"contacts"}, ReadOnly: true}, "create_list", "read_only", nil},
	} {
		w := open(t, offeredAs(test.offer))
		listed, err := w.client.ListTools(t.Context(), mcp.ListToolsRequest{})
		must(t, err)
		var names []string
		for _, tool := range listed.Tools {
			names = append(names, tool.Name)
		}
		if difference := cmp.Diff(namesOf(w.tools), names); difference != "" {
			t.Errorf("%+v: the list is another: %s", test.offer, difference)
		}
		// Why comes first, whatever the arguments.
		for _, arguments := range []any{args{"contact": "anna@example.com", "name": "VIP"}, args{"nonsense": 1}, nil} {
			w.refused(test.tool, arguments, test.code, test.says...)
		}
		if sent := w.Requests(); len(sent) > 0 {
			t.Errorf("%s sent something: %v", test.tool, sent)
		}
	}
}

func TestAReadOnlyServerReadsAndExports(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		job := w.works("export_contacts", nil).at("job.job_id")
		for _, tool := range w.tools {
			given := example(t, tool)
			if given["job_id"] != nil {
				given["job_id"] = job
			}
			segmented(w)
			w.works(tool.Name, given)
		}
		for _, sent := range w.writes() {
			if !strings.HasSuffix(sent, "/contacts/exports") {
				t.Errorf("a read-only server sent %s", sent)
			}
		}
	}, offeredAs(tools.Offer{ReadOnly: true}))
}
