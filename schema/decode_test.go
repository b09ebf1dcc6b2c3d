package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	generator "github.com/invopop/jsonschema"

	"mailtrap-contacts-mcp/schema"
)

func TestDecodeLeavesTheCallersBytesAlone(t *testing.T) {
	raw := []byte(`{"lists": "[1,2]", "limit": "42", "fields": {"a": "b"}, "rows": {"email": "a@example.com"}}`)
	before := bytes.Clone(raw)
	var got arguments
	if err := mustFor[arguments](t).Decode(raw, &got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, before) {
		t.Errorf("changed to %s", raw)
	}
	for i := range raw {
		raw[i] = 'x'
	}
	want := arguments{
		Limit: 42, Lists: []string{"1", "2"}, Fields: schema.Object{"a": "b"}, Rows: []row{{Email: "a@example.com"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the result shares memory with the input (-want +got):\n%s", diff)
	}
}

func TestDecodeFillsOnlyTheStructTheSchemaWasMadeFor(t *testing.T) {
	s := mustFor[arguments](t)
	for name, into := range map[string]any{
		"nothing":           nil,
		"a struct itself":   arguments{},
		"a nil pointer":     (*arguments)(nil),
		"another struct":    &row{},
		"a pointer further": new(*arguments),
	} {
		t.Run(name, func(t *testing.T) {
			err := s.Decode(json.RawMessage(`{}`), into)
			if err == nil || errors.As(err, new(schema.Violations)) {
				t.Errorf("got %v, want an error that is not the agent's", err)
			}
		})
	}
}

// level reads itself from a word.
type level struct{ height int }

func (level) JSONSchema() *generator.Schema { return &generator.Schema{Type: "string"} }

func (l *level) UnmarshalText(word []byte) error {
	if string(word) != "high" {
		return errors.New("strconv.ParseInt: unexpected")
	}
	l.height = 9
	return nil
}

func TestTypesThatReadThemselvesDoSo(t *testing.T) {
	type input struct {
		Levels []level    `json:"levels,omitempty"`
		Pair   [2]float64 `json:"pair,omitzero"`
	}
	s := mustFor[input](t)
	var got input
	if err := s.Decode(json.RawMessage(`{"levels": "high", "pair": ["1.5", 2]}`), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(input{Levels: []level{{9}}, Pair: [2]float64{1.5, 2}}, got, cmp.AllowUnexported(level{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	err := s.Decode(json.RawMessage(`{"levels": ["high", "low"]}`), &got)
	if want := `levels[1]: "low" is not accepted; give a string.`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDecodedTreeEqualsWhatTheStandardLibraryReads(t *testing.T) {
	raw := thousandRows(t)
	var got, want arguments
	if err := mustFor[arguments](t).Decode(raw, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `""`, `{}`, `"{}"`, `[]`, `{`, `{} {}`, `"{\"lists\": \"[1,2]\"}"`,
		`{"name": 1.50e3, "type": "text", "tag": "a_b", "limit": " 42.0 ", "step": 5, "offset": -9223372036854775808}`,
		`{"share": "0.5", "preview": "true", "since": "2026-01-31T09:30:00.5+02:00", "lists": 42, "ids": ["1", 2.0]}`,
		`{"fields": {"a": null, "b": [1e400, {"c": "\ud800"}]}, "rows": "{\"email\": \"a@example.com\", \"lists\": null}"}`,
		`{"rows": [{"email": ""}, 3, {"emial": 1}], "limit": 1e999999999, "ids": [99999999999999999999, 99999999999999999999]}`,
		`{"since": "1998-12-31T23:59:60Z", "share": 1e-999999999, "lists": [null, "a", "a"], "lists": ["b"]}`,
	} {
		f.Add([]byte(seed))
	}
	s := mustFor[arguments](f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = s.Validate(raw)
		var got arguments
		if err := s.Decode(raw, &got); err != nil {
			if !errors.As(err, new(schema.Violations)) {
				t.Fatalf("not a violation: %v", err)
			}
			if len(err.Error()) > 8000 {
				t.Fatalf("%d bytes of error", len(err.Error()))
			}
			return
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(again); err != nil {
			t.Fatalf("%s came out as %s, which breaks the schema: %v", raw, again, err)
		}
		var second arguments
		if err := s.Decode(again, &second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, second, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("a second decoding differs:\n%s", diff)
		}
	})
}

func thousandRows(t testing.TB) json.RawMessage {
	t.Helper()
	rows := make([]any, 1000)
	for i := range rows {
		rows[i] = map[string]any{
			"email":  fmt.Sprintf("user%d@example.com", i),
			"fields": map[string]any{"first_name": "Anna", "age": i, "plan": "pro"},
			"lists":  []string{"Newsletter", "VIP"},
		}
	}
	raw, err := json.Marshal(map[string]any{"rows": rows})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func BenchmarkDecodeThousandRows(b *testing.B) {
	s := mustFor[arguments](b)
	raw := thousandRows(b)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var into arguments
		if err := s.Decode(raw, &into); err != nil {
			b.Fatal(err)
		}
	}
}
