package resources

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// offering is the sources of a server with these tools, which answer with how they were called.
func offering(tools ...string) Sources {
	return Sources{
		Call: func(_ context.Context, tool string, arguments json.RawMessage) (json.RawMessage, error) {
			return json.RawMessage(tool + string(arguments)), nil
		},
		Offered: func(tool string) bool {
			for _, one := range tools {
				if one == tool {
					return true
				}
			}
			return len(tools) == 0
		},
		Contacts: func(context.Context) []string {
			return []string{"ann@example.com", "bob@example.com", "Anton@example.com"}
		},
		Jobs: func(context.Context) []string { return []string{"import-2", "export-1"} },
	}
}

func find(t *testing.T, uri string) Resource {
	t.Helper()
	for _, resource := range All(offering()) {
		if resource.Has(uri) {
			return resource
		}
	}
	t.Fatalf("there is no resource %s", uri)
	return Resource{}
}

func TestReadingAResourceCallsItsTool(t *testing.T) {
	for uri, want := range map[string]string{
		"mailtrap://account":                       `get_account{}`,
		"mailtrap://lists":                         `list_lists{}`,
		"mailtrap://fields":                        `list_fields{}`,
		"mailtrap://segments":                      `list_segments{}`,
		"mailtrap://changes":                       `list_changes{}`,
		"mailtrap://jobs/import-2":                 `get_job{"job_id":"import-2","wait_seconds":0}`,
		"mailtrap://contacts/a%2Bb%40x.io":         `get_contact{"contact":"a+b@x.io"}`,
		"mailtrap://contacts/a+b@x.io":             `get_contact{"contact":"a+b@x.io"}`,
		"mailtrap://contacts/o'neil@x.io":          `get_contact{"contact":"o'neil@x.io"}`,
		"mailtrap://contacts/john%23doe@x.io":      `get_contact{"contact":"john#doe@x.io"}`,
		"mailtrap://contacts/lists%2F5":            `get_contact{"contact":"lists/5"}`,
		"mailtrap://contacts/../lists":             `get_contact{"contact":"../lists"}`,
		"mailtrap://contacts/x%22%2C%22a%22%3A%22": `get_contact{"contact":"x\",\"a\":\""}`,
	} {
		got, err := find(t, uri).Read(t.Context(), uri)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v, want %s", uri, got, err, want)
		}
	}
}

func TestAURIWithoutAValueIsRefusedBeforeTheTool(t *testing.T) {
	for _, uri := range []string{"mailtrap://jobs/", "mailtrap://jobs/%20", "mailtrap://contacts/", "mailtrap://contacts/%zz"} {
		got, err := find(t, uri).Read(t.Context(), uri)
		if err == nil || !strings.HasPrefix(err.Error(), "[invalid_input]") {
			t.Errorf("%s: %s %v", uri, got, err)
		}
	}
}

// Guarantee 7.2b.
func TestAURIThatIsNotUnicodeIsRefusedBeforeTheTool(t *testing.T) {
	for _, uri := range []string{"mailtrap://contacts/a%ff@x.io", "mailtrap://contacts/%ed%a0%80@x.io", "mailtrap://jobs/\ufffd"} {
		got, err := find(t, uri).Read(t.Context(), uri)
		if err == nil || !strings.HasPrefix(err.Error(), "[invalid_input]") || !strings.Contains(err.Error(), "not valid Unicode") {
			t.Errorf("%s: %s %v", uri, got, err)
		}
	}
}

func TestAnErrorOfTheToolIsTheErrorOfTheReading(t *testing.T) {
	from := offering()
	broken := errors.New("[not_found] There is no contact.")
	from.Call = func(context.Context, string, json.RawMessage) (json.RawMessage, error) { return nil, broken }
	for _, resource := range All(from) {
		if _, err := resource.Read(t.Context(), resource.URI); !errors.Is(err, broken) {
			t.Errorf("%s: %v", resource.URI, err)
		}
	}
}

func TestAResourceIsThereWhenItsToolIs(t *testing.T) {
	var got []string
	for _, resource := range All(offering("get_job", "list_lists")) {
		got = append(got, resource.URI)
	}
	if diff := cmp.Diff([]string{"mailtrap://lists", "mailtrap://jobs/{id}"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryURIBelongsToOneResource(t *testing.T) {
	names, uris := map[string]bool{}, map[string]bool{}
	all := All(offering())
	for _, resource := range all {
		if names[resource.Name] || uris[resource.URI] {
			t.Errorf("%s is there twice", resource.URI)
		}
		names[resource.Name], uris[resource.URI] = true, true
		if resource.Title == "" || len(resource.Description) > 120 || !strings.HasSuffix(resource.Description, ".") {
			t.Errorf("%s: title %q, description %q", resource.URI, resource.Title, resource.Description)
		}
		owners := 0
		for _, other := range all {
			if other.Has(resource.URI) {
				owners++
			}
		}
		if owners != 1 {
			t.Errorf("%s belongs to %d resources", resource.URI, owners)
		}
	}
	for _, foreign := range []string{"", "mailtrap://", "mailtrap://account/", "mailtrap://contacts", "mailtrap://accounts", "file:///etc/passwd"} {
		for _, resource := range all {
			if resource.Has(foreign) {
				t.Errorf("%s has %q", resource.URI, foreign)
			}
		}
	}
}

func TestAVariableIsCompletedFromWhatWasThereLately(t *testing.T) {
	for _, test := range []struct {
		uri, variable, prefix string
		want                  []string
	}{
		{"mailtrap://contacts/{contact}", "contact", "an", []string{"ann@example.com", "Anton@example.com"}},
		{"mailtrap://contacts/{contact}", "contact", "z", nil},
		{"mailtrap://contacts/{contact}", "nonsense", "", nil},
		{"mailtrap://jobs/{id}", "id", "", []string{"import-2", "export-1"}},
		{"mailtrap://lists", "", "", nil},
	} {
		got, err := find(t, test.uri).Complete(t.Context(), test.variable, test.prefix)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s %q: %s", test.uri, test.variable, test.prefix, diff)
		}
	}
}
