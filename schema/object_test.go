package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/schema"
)

func TestObjectReads(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want schema.Object
	}{
		"nothing":              {`null`, nil},
		"an empty object":      {`{}`, schema.Object{}},
		"numbers as written":   {`{"a": 1.10, "b": [1e400]}`, schema.Object{"a": json.Number("1.10"), "b": []any{json.Number("1e400")}}},
		"null as null":         {`{"a": null}`, schema.Object{"a": nil}},
		"the last of a double": {`{"a": 1, "a": "x"}`, schema.Object{"a": "x"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := schema.Object{"old": true}
			if err := json.Unmarshal([]byte(test.raw), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestObjectRefusesOtherKinds(t *testing.T) {
	for _, raw := range []string{`[]`, `"{}"`, `1`, `true`} {
		var got schema.Object
		if err := json.Unmarshal([]byte(raw), &got); err == nil {
			t.Errorf("%s was read as %v", raw, got)
		}
	}
}
