package apiclient

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// readProblems collects every message of an error body. The API writes them in many shapes: under "error" or "errors";
// a string, a list, an object of lists, of lists of lists, or of strings; for imports a list of {email, errors}
// (recorded, spec, observed). What fits none of them is kept as clipped text, so that no message is lost.
func readProblems(body []byte, contentType string) ([]Problem, []RowProblem) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, nil
	}
	found := &collector{}
	if len(body) > largeBody {
		if found.rowsOf(body); len(found.problems)+len(found.rows) == 0 {
			found.problems = []Problem{{Text: describeForeign(body, contentType)}}
		}
		return found.problems, found.rows
	}
	var document any
	if err := json.Unmarshal(body, &document); err != nil {
		return []Problem{{Text: describeForeign(body, contentType)}}, nil
	}
	switch document := document.(type) {
	case nil:
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(document)) {
			if slices.ContainsFunc(messageKeys, func(known string) bool { return strings.EqualFold(key, known) }) {
				found.walk("", document[key])
			}
		}
		if len(found.problems)+len(found.rows) == 0 {
			found.walk("", document)
		}
	default:
		found.walk("", document)
	}
	return found.problems, found.rows
}

// messageKeys are what an error body keeps its messages under, in whatever case.
var messageKeys = []string{"error", "errors", "message"}

// maxWhere bounds the name of a place: a body can nest thousands of objects.
const maxWhere = 200

// largeBody is more than any error has but that of an import. Such a one is read row by row: as a tree it would take many
// times its size.
const largeBody = 256 << 10

// rowsOf reads {"errors":[…]}. Messages beyond those of a whole import, and whatever else stands there, are passed over.
func (c *collector) rowsOf(body []byte) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	for _, want := range []json.Token{json.Delim('{'), "errors", json.Delim('[')} {
		if token, err := decoder.Token(); err != nil || token != want {
			return
		}
	}
	for n := 0; n < MaxImportRows && decoder.More(); n++ {
		var row json.RawMessage
		if decoder.Decode(&row) != nil {
			return
		}
		var message any
		if len(row) <= largeBody && json.Unmarshal(row, &message) == nil {
			c.walk("", message)
		}
	}
}

type collector struct {
	problems []Problem
	rows     []RowProblem
}

func (c *collector) walk(where string, value any) {
	switch value := value.(type) {
	case nil:
	case string:
		if strings.TrimSpace(value) != "" {
			c.problems = append(c.problems, Problem{Where: where, Text: value})
		}
	case []any:
		for _, item := range value {
			c.walk(where, item)
		}
	case map[string]any:
		if email, errors, ok := asRow(value); ok {
			inner := &collector{}
			inner.walk("", errors)
			for _, key := range slices.Sorted(maps.Keys(value)) {
				if key != "email" && key != "errors" {
					inner.walk(key, value[key])
				}
			}
			c.rows = append(append(c.rows, RowProblem{Email: email, Problems: inner.problems}), inner.rows...)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			c.walk(join(where, key), value[key])
		}
	default:
		encoded, err := json.Marshal(value)
		if err == nil {
			c.problems = append(c.problems, Problem{Where: where, Text: string(encoded)})
		}
	}
}

// asRow recognises {"email": "…", "errors": …}, an import's message about one contact.
func asRow(object map[string]any) (email string, errors any, ok bool) {
	email, isString := object["email"].(string)
	errors, has := object["errors"]
	return email, errors, isString && has
}

// join names a place within a place, no deeper than anybody would read.
func join(where, key string) string {
	switch {
	case where == "":
		return key
	case len(where) > maxWhere:
		return where
	}
	return where + "." + key
}

// describeForeign says what a body that is no JSON is, with its title or first words.
func describeForeign(body []byte, contentType string) string {
	start := body[:min(len(body), 4096)]
	if media, _, _ := mime.ParseMediaType(contentType); media != "text/html" && !htmlStart().Match(start) {
		return text.Clip(string(start), text.MaxValue)
	}
	if title := htmlTitle().FindSubmatch(start); title != nil {
		return "an HTML page titled " + text.Clip(string(title[1]), 80)
	}
	return "an HTML page"
}

var (
	htmlStart = text.Pattern(`(?i)^\s*<(!doctype html|html)`)
	htmlTitle = text.Pattern(`(?is)<title[^>]*>(.*?)</title>`)
)
