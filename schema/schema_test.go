package schema_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/schema/generate"
)

// row and arguments have one field of every sort that tools use.
type row struct {
	Email  string        `json:"email" jsonschema:"format=email,maxLength=30" jsonschema_description:"The contact's address."`
	Fields schema.Object `json:"fields,omitempty"`
	Lists  []string      `json:"lists,omitempty" jsonschema:"minLength=1"`
}

type arguments struct {
	Name    string        `json:"name,omitempty" jsonschema:"minLength=2,maxLength=10"`
	Type    string        `json:"type,omitempty" jsonschema:"enum=text,enum=integer,enum=date"`
	Limit   int64         `json:"limit,omitempty" jsonschema:"minimum=1,maximum=100"`
	Step    int           `json:"step,omitempty" jsonschema:"default=5"`
	Offset  *int64        `json:"offset,omitempty"`
	Share   float64       `json:"share,omitempty" jsonschema:"minimum=-0.5,maximum=1.5"`
	Preview bool          `json:"preview,omitempty"`
	Since   time.Time     `json:"since,omitzero"`
	Lists   []string      `json:"lists,omitempty" jsonschema:"minItems=1,maxItems=3"`
	IDs     []int64       `json:"ids,omitempty"`
	Fields  schema.Object `json:"fields,omitempty" jsonschema_description:"Values by merge tag, as in {\"plan\": \"pro\"}; null clears one."`
	Rows    []row         `json:"rows,omitempty" jsonschema:"maxItems=2000"`
}

// known are the formats of those.
var known = []schema.Format{
	{Name: "email", Check: func(s string) error {
		if !strings.Contains(s, "@") {
			return errors.New("is not a valid e-mail address; give one like name@example.com")
		}
		return nil
	}},
	{Name: "date-time", Check: func(s string) error {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return errors.New("is not a date with time; give one like 2026-01-31T09:30:00Z")
		}
		return nil
	}},
}

func mustFor[T any](t testing.TB, formats ...schema.Format) *schema.Schema {
	t.Helper()
	return schema.New(reflect.TypeFor[T](), textsOf[T](t, formats...).Rules, append(slices.Clone(known), formats...)...)
}

// textsOf are the schemas of a tool that answers with what it takes.
func textsOf[T any](t testing.TB, formats ...schema.Format) schema.Texts {
	t.Helper()
	texts, err := generate.Texts(reflect.TypeFor[T](), reflect.TypeFor[T](), append(slices.Clone(known), formats...)...)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestWireFormIsCompactOrderedAndSelfContained(t *testing.T) {
	type input struct {
		Zone  string        `json:"zone" jsonschema:"enum=eu,enum=us" jsonschema_description:"Where, roughly."`
		Limit int64         `json:"limit,omitempty" jsonschema:"minimum=1"`
		Rows  []row         `json:"rows,omitempty"`
		Extra schema.Object `json:"extra,omitempty"`
		Since *time.Time    `json:"since,omitempty"`
	}
	want := `{"properties":{` +
		`"zone":{"type":"string","enum":["eu","us"],"description":"Where, roughly."},` +
		`"limit":{"type":"integer","minimum":1},` +
		`"rows":{"items":{"properties":{` +
		`"email":{"type":"string","maxLength":30,"description":"The contact's address."},` +
		`"fields":{"properties":{},"additionalProperties":true,"type":"object"},` +
		`"lists":{"items":{"type":"string"},"type":"array"}},` +
		`"additionalProperties":true,"type":"object","required":["email"]},"type":"array"},` +
		`"extra":{"properties":{},"additionalProperties":true,"type":"object"},` +
		`"since":{"type":"string"}},` +
		`"additionalProperties":false,"type":"object","required":["zone"]}`
	for range 3 {
		if diff := cmp.Diff(want, string(textsOf[input](t).Input)); diff != "" {
			t.Fatalf("wire form (-want +got):\n%s", diff)
		}
	}
}

func TestToolWithoutArgumentsHasAnEmptyObject(t *testing.T) {
	got := string(textsOf[struct{}](t).Input)
	if want := `{"properties":{},"additionalProperties":false,"type":"object"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Violation has the name of a type of another package that it holds.
type Violation struct {
	Nested schema.Violation `json:"nested"`
	Own    string           `json:"own"`
}

func TestNestedTypeOfTheRootsNameIsNotMistakenForIt(t *testing.T) {
	want := `{"properties":{"nested":{"properties":{"Where":{"type":"string"},"What":{"type":"string"},"Right":{"type":"string"}},` +
		`"additionalProperties":true,"type":"object","required":["Where","What","Right"]},"own":{"type":"string"}},` +
		`"additionalProperties":false,"type":"object","required":["nested","own"]}`
	if diff := cmp.Diff(want, string(textsOf[Violation](t).Input)); diff != "" {
		t.Errorf("wire form (-want +got):\n%s", diff)
	}
}

func TestEmbeddedStructsGiveTheirFields(t *testing.T) {
	type Selection struct {
		Contacts []string `json:"contacts,omitempty"`
	}
	type input struct {
		List string `json:"list"`
		Selection
	}
	s := mustFor[input](t)
	var got input
	if err := s.Decode(json.RawMessage(`{"list": 7, "contacts": "a@example.com"}`), &got); err != nil {
		t.Fatal(err)
	}
	want := input{List: "7", Selection: Selection{Contacts: []string{"a@example.com"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheLastFormatOfANameHolds(t *testing.T) {
	shouting := schema.Format{Name: "email", Check: func(s string) error {
		if s != strings.ToUpper(s) {
			return errors.New("is not shouted; use capitals")
		}
		return nil
	}}
	s := mustFor[row](t, shouting)
	if err := s.Validate(json.RawMessage(`{"email": "NOT AN ADDRESS"}`)); err != nil {
		t.Errorf("the known format still holds: %v", err)
	}
	err := s.Validate(json.RawMessage(`{"email": "a@example.com"}`))
	if want := `email: "a@example.com" is not shouted; use capitals.`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOutputIsValidatedWithoutLeniency(t *testing.T) {
	type output struct {
		Count int64     `json:"count"`
		At    time.Time `json:"at"`
		Rows  []row     `json:"rows"`
	}
	s := mustFor[output](t)
	good, err := json.Marshal(output{Count: 1, At: time.Now(), Rows: []row{{Email: "a@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(good); err != nil {
		t.Errorf("a good output: %v", err)
	}
	err = s.Validate(json.RawMessage(`{"count": "1", "at": "2026-01-31T09:30:00Z", "rows": null}`))
	want := "count: \"1\" is not a whole number; give a whole number, like 42.\n" +
		"rows: null is not an array; give an array of objects."
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
