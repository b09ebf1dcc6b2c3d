package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/schema"
)

// Guarantee 7.2b.
func TestWhatIsNotUnicodeIsRefusedByTheNameOfItsArgument(t *testing.T) {
	s := mustFor[arguments](t)
	for name, test := range map[string]struct{ raw, where string }{
		"half of a character, escaped":       {`{"name": "a\ud800b"}`, "name: "},
		"the other half":                     {`{"name": "a\uDC00b"}`, "name: "},
		"two halves in the wrong order":      {`{"name": "\udc00\ud800"}`, "name: "},
		"half before a whole one":            {`{"name": "\ud83d\ud83d\ude00"}`, "name: "},
		"half at the end":                    {`{"name": "\ud83d"}`, "name: "},
		"a byte that is not UTF-8":           {"{\"name\": \"a\xffb\"}", "name: "},
		"half of a UTF-8 character":          {"{\"name\": \"M\xc3\"}", "name: "},
		"a surrogate in UTF-8":               {"{\"name\": \"\xed\xa0\x80\"}", "name: "},
		"a NUL":                              {`{"name": "a\u0000b"}`, "name: "},
		"in an array":                        {`{"lists": ["VIP", "\ud800"]}`, "lists[1]: "},
		"in a free value":                    {`{"fields": {"plan": "\ud800"}}`, "fields.plan: "},
		"in a free name":                     {`{"fields": {"pl\ud800an": "pro"}}`, `fields["plan"]: `},
		"in an array that is a free value":   {`{"fields": {"tags": ["x", "\ud800"]}}`, "fields.tags"},
		"in a row":                           {`{"rows": [{"email": "a@example.com", "fields": {"first_name": "M\udcfcller"}}]}`, "rows[0].fields.first_name: "},
		"in an object that comes as a text":  {`{"fields": "{\"plan\": \"\\ud800\"}"}`, "fields.plan: "},
		"in an array that comes as a text":   {`{"rows": "[{\"email\": \"a@example.com\", \"lists\": [\"\\ud800\"]}]"}`, "rows[0].lists[0]: "},
		"in a name that is unknown, as well": {`{"na\ud800me": "x"}`, `["name"]: `},
	} {
		t.Run(name, func(t *testing.T) {
			var got arguments
			err := s.Decode(json.RawMessage(test.raw), &got)
			if err == nil {
				t.Fatalf("read as %+v", got)
			}
			if !strings.HasPrefix(err.Error(), test.where) || !strings.Contains(err.Error(), "half of a character") {
				t.Errorf("got %q, want it about %s", err, test.where)
			}
		})
	}
}

func TestAllOfUnicodeArrivesAsItWasSent(t *testing.T) {
	s := mustFor[struct {
		A string        `json:"a,omitempty"`
		F schema.Object `json:"f,omitempty"`
	}](t)
	for raw, want := range map[string]string{
		`{"a": "\ud83d\ude00"}`:   "😀",
		`{"a": "😀"}`:              "😀",
		`{"a": "\\ud800"}`:        `\ud800`,
		`{"a": "\\\ud83d\ude00"}`: `\😀`,
		`{"a": "\ufffd"}`:         "\ufffd",
		`{"a": "\uFFFF\u200b"}`:   "\uffff\u200b",
	} {
		var got struct {
			A string        `json:"a,omitempty"`
			F schema.Object `json:"f,omitempty"`
		}
		if err := s.Decode(json.RawMessage(raw), &got); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(want, got.A); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
}

func TestThatAValueIsNoTextIsSaidWithAllThatIsWrong(t *testing.T) {
	var got arguments
	err := mustFor[arguments](t).Decode(json.RawMessage(`{"limit": "many", "name": "\ud800x", "fields": {"a": "\u0000"}}`), &got)
	want := `name: is no text: it holds half of a character, a byte that is not UTF-8, or a NUL; give valid Unicode without it.
limit: "many" is not a whole number; give a whole number, like 42.
fields.a: is no text: it holds half of a character, a byte that is not UTF-8, or a NUL; give valid Unicode without it.`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
