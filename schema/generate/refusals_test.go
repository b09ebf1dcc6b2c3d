package generate_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	generator "github.com/invopop/jsonschema"

	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/schema/generate"
)

type recursive struct {
	Children []recursive `json:"children,omitempty"`
}

type mutual struct {
	Other *mutualOther `json:"other,omitempty"`
}

type mutualOther struct {
	Back []mutual `json:"back,omitempty"`
}

type anything struct{}

func (anything) JSONSchema() *generator.Schema { return generator.TrueSchema }

type union string

func (union) JSONSchema() *generator.Schema {
	return &generator.Schema{Extras: map[string]any{"type": []string{"string", "integer"}}}
}

type conditional string

func (conditional) JSONSchema() *generator.Schema {
	return &generator.Schema{Type: "string", Not: &generator.Schema{Const: "x"}, If: generator.TrueSchema}
}

type reference string

func (reference) JSONSchema() *generator.Schema { return &generator.Schema{Ref: "#/$defs/x"} }

type openObject map[string]string

func (openObject) JSONSchema() *generator.Schema {
	return &generator.Schema{Type: "object", AdditionalProperties: &generator.Schema{Type: "string"}}
}

type untypedArray []string

func (untypedArray) JSONSchema() *generator.Schema { return &generator.Schema{Type: "array"} }

type Synonym struct {
	B string `json:"a"`
}

type Embedded struct {
	Name string `json:"name"`
}

func refusal[T any](formats ...schema.Format) func() error {
	return func() error {
		_, err := generate.Texts(reflect.TypeFor[T](), reflect.TypeFor[struct{}](), formats...)
		return err
	}
}

func TestWhatClientsCannotDigestIsRefused(t *testing.T) {
	tests := map[string]struct {
		build func() error
		says  string
	}{
		"what is no struct":                 {refusal[string](), "must be a plain struct"},
		"a bare object":                     {refusal[schema.Object](), "must be a plain struct"},
		"a time on its own":                 {refusal[time.Time](), "must be a plain struct"},
		"a field that takes anything":       {refusal[struct{ A any }](), "A: an interface says nothing"},
		"raw JSON":                          {refusal[struct{ A json.RawMessage }](), "A: json.RawMessage says nothing"},
		"a map":                             {refusal[struct{ A map[string]string }](), "A: a map has no portable schema"},
		"a map inside an array":             {refusal[struct{ A [][]map[string]int }](), "A[][]: a map has no portable schema"},
		"bytes":                             {refusal[struct{ A []byte }](), "A[]: uint8 is not supported"},
		"a function":                        {refusal[struct{ A func() }](), "A: func() is not supported"},
		"a number that can overflow":        {refusal[struct{ A int32 }](), "A: int32 is not supported"},
		"a type that contains itself":       {refusal[recursive](), "children[]: generate_test.recursive contains itself"},
		"types that contain each other":     {refusal[mutual](), "other.back[]: generate_test.mutual contains itself"},
		"a pointer to an embedded struct":   {refusal[struct{ *Embedded }](), "only a struct itself can be embedded"},
		"two fields of one name":            {refusal[twice](), "a: two fields have this name"},
		"numbers in strings":                {refusal[stringOption](), "a: numbers in strings are accepted anyhow"},
		"a bare true":                       {refusal[struct{ A anything }](), "A: a bare true is no portable schema"},
		"several types":                     {refusal[struct{ A union }](), "A: the type must be exactly one of"},
		"a negation":                        {refusal[struct{ A conditional }](), `A: "not" is not portable`},
		"a condition":                       {refusal[struct{ A conditional }](), `A: "if" is not portable`},
		"a reference":                       {refusal[struct{ A reference }](), `A: "$ref" is not portable`},
		"an object of unnamed properties":   {refusal[struct{ A openObject }](), "A: additionalProperties can only be true or false"},
		"an object without properties":      {refusal[struct{ A openObject }](), "A: an object must have properties"},
		"an array of unknown items":         {refusal[struct{ A untypedArray }](), "A: an array must say what its items are"},
		"alternatives between fields":       {refusal[alternatives](), `"oneOf" is not portable`},
		"a nullable field":                  {refusal[nullable](), `"oneOf" is not portable`},
		"numbers as enum":                   {refusal[numericEnum](), "a: enum value 1 is not a string"},
		"an unknown format":                 {refusal[misspelt](), `a: format "emial" is not known`},
		"a tag that does nothing":           {refusal[idle](), `a: tag "minimum=3" has no effect`},
		"a tag that the generator ignores":  {refusal[constant](), `a: tag "const=x" has no effect`},
		"a misspelt tag":                    {refusal[misspeltTag](), `a: tag "maxlength=3" has no effect`},
		"a value that is no number":         {refusal[wordLimit](), `a: tag "maxLength=many" has no effect`},
		"a value cut at its comma":          {refusal[cutPattern](), `a: tag "3}$" lacks a value; a comma inside a value is written \\,`},
		"a description cut at its comma":    {refusal[cutDescription](), "a: tag \"description\" would end at the first comma"},
		"a tag deep inside":                 {refusal[deepTag](), `rows[].a: tag "maxlength=3" has no effect`},
		"a pattern":                         {refusal[badPattern](), `"pattern" is not portable`},
		"a format without a check":          {refusal[struct{}](schema.Format{Name: "x"}), "needs a name and a check"},
		"everything wrong at the same time": {refusal[manyFaults](), "b: an interface says nothing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.build()
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got error %v, want one that says %s", err, test.says)
			}
		})
	}
}

type (
	twice struct {
		A string `json:"a"`
		Synonym
	}
	stringOption struct {
		A int64 `json:"a,string"`
	}
	alternatives struct {
		A string `json:"a" jsonschema:"oneof_required=x"`
		B string `json:"b" jsonschema:"oneof_required=y"`
	}
	nullable struct {
		A string `json:"a" jsonschema:"nullable"`
	}
	numericEnum struct {
		A int64 `json:"a" jsonschema:"enum=1,enum=2"`
	}
	misspelt struct {
		A string `json:"a" jsonschema:"format=emial"`
	}
	idle struct {
		A string `json:"a" jsonschema:"minimum=3"`
	}
	constant struct {
		A string `json:"a" jsonschema:"const=x"`
	}
	misspeltTag struct {
		A string `json:"a" jsonschema:"maxlength=3"`
	}
	wordLimit struct {
		A string `json:"a" jsonschema:"maxLength=many"`
	}
	cutPattern struct {
		A string `json:"a" jsonschema:"pattern=^[a-z]{1,3}$"`
	}
	cutDescription struct {
		A string `json:"a" jsonschema:"description=first, second"`
	}
	deepTag struct {
		Rows []misspeltTag `json:"rows"`
	}
	badPattern struct {
		A string `json:"a" jsonschema:"pattern=("`
	}
	manyFaults struct {
		A map[string]int `json:"a"`
		B any            `json:"b"`
	}
)

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	err := refusal[manyFaults]()()
	for _, says := range []string{"schema of generate_test.manyFaults", "a: a map", "b: an interface"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got error %v, want one that says %s", err, says)
		}
	}
	if errors.As(err, new(schema.Violations)) {
		t.Error("a mistake in a struct is not a violation by an agent")
	}
}
