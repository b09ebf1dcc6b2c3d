package schema_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/schema"
)

// A drawn call is built twice from the same values: strictly, and as sloppily as an agent may write it.
type sloppy struct{ t *rapid.T }

func (s sloppy) flip() bool { return rapid.Bool().Draw(s.t, "sloppy") }

func (s sloppy) integer(n int64) any {
	digits := strconv.FormatInt(n, 10)
	return rapid.SampledFrom([]any{n, digits, " " + digits + "\n", digits + ".0", json.Number(digits + ".00")}).Draw(s.t, "integer")
}

func (s sloppy) boolean(b bool) any {
	if s.flip() {
		return strconv.FormatBool(b)
	}
	return b
}

func (s sloppy) text(word string) any {
	if _, err := strconv.ParseUint(word, 10, 64); err == nil && s.flip() {
		return json.Number(word)
	}
	return word
}

func (s sloppy) strings(words []string) any {
	items := make([]any, len(words))
	for i, word := range words {
		items[i] = s.text(word)
	}
	return s.array(items)
}

func (s sloppy) array(items []any) any {
	switch {
	case len(items) == 1 && s.flip():
		return items[0]
	case s.flip():
		return s.encoded(items)
	default:
		return items
	}
}

func (s sloppy) object(object map[string]any) any {
	if s.flip() {
		return s.encoded(object)
	}
	return object
}

func (s sloppy) encoded(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}

// absent gives one of the ways to leave an optional argument out.
func (s sloppy) absent(object map[string]any, names ...string) {
	for _, name := range names {
		if _, given := object[name]; !given && s.flip() {
			object[name] = rapid.SampledFrom([]any{nil, ""}).Draw(s.t, "absent")
		}
	}
}

func drawRow(t *rapid.T, s sloppy) (strict, lax map[string]any) {
	email := rapid.SampledFrom([]string{"a@example.com", "b.c@example.org"}).Draw(t, "email")
	strict, lax = map[string]any{"email": email}, map[string]any{"email": email}
	if rapid.Bool().Draw(t, "with lists") {
		lists := rapid.SliceOfN(words, 1, 3).Draw(t, "lists")
		strict["lists"], lax["lists"] = lists, s.strings(lists)
	}
	if rapid.Bool().Draw(t, "with fields") {
		fields := map[string]any{"plan": nil, "age": rapid.Int64().Draw(t, "age"), "note": "", "id": "42"}
		strict["fields"], lax["fields"] = fields, s.object(fields)
	}
	s.absent(lax, "lists", "fields")
	return strict, lax
}

// words are names and numbers as they are written in full: a number with leading zeros can only be a string.
var words = rapid.OneOf(rapid.StringMatching(`[A-Za-z<&"é][A-Za-z ,\\\[\]{}]{0,8}`), rapid.StringMatching(`[1-9][0-9]{0,18}`))

func TestLeniencyLosesNothing(t *testing.T) {
	compiled := mustFor[arguments](t)
	rapid.Check(t, func(t *rapid.T) {
		s := sloppy{t}
		strict, lax := map[string]any{}, map[string]any{}
		if rapid.Bool().Draw(t, "with numbers") {
			offset := rapid.Int64().Draw(t, "offset")
			ids := rapid.SliceOfN(rapid.Int64(), 1, 3).Draw(t, "ids")
			strict["offset"], lax["offset"] = offset, s.integer(offset)
			items := make([]any, len(ids))
			for i, id := range ids {
				items[i] = s.integer(id)
			}
			strict["ids"], lax["ids"] = ids, s.array(items)
		}
		if rapid.Bool().Draw(t, "with preview") {
			preview := rapid.Bool().Draw(t, "preview")
			strict["preview"], lax["preview"] = preview, s.boolean(preview)
		}
		if rapid.Bool().Draw(t, "with lists") {
			lists := rapid.SliceOfNDistinct(words, 1, 3, rapid.ID).Draw(t, "lists")
			strict["lists"], lax["lists"] = lists, s.strings(lists)
		}
		if rapid.Bool().Draw(t, "with rows") {
			var strictRows, laxRows []any
			for range rapid.IntRange(1, 3).Draw(t, "rows") {
				strictRow, laxRow := drawRow(t, s)
				strictRows, laxRows = append(strictRows, strictRow), append(laxRows, s.object(laxRow))
			}
			strict["rows"], lax["rows"] = strictRows, s.array(laxRows)
		}
		s.absent(lax, "name", "type", "limit", "offset", "share", "preview", "since", "lists", "ids", "fields", "rows")

		want := decodeValue(t, compiled, strict)
		got := decodeValue(t, compiled, s.object(lax))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("strict %v, sloppy %v (-strict +sloppy):\n%s", strict, lax, diff)
		}
	})
}

func decodeValue(t *rapid.T, s *schema.Schema, value any) arguments {
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var into arguments
	if err := s.Decode(raw, &into); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return into
}
