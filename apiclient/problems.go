package apiclient

import (
	"bytes"
	"encoding/json"
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
	var document any
	if err := json.Unmarshal(body, &document); err != nil {
		return []Problem{{Text: describeForeign(body, contentType)}}, nil
	}
	found := &collector{}
	switch document := document.(type) {
	case nil:
	case map[string]any:
		known := false
		for _, key := range []string{"error", "errors", "message"} {
			if value, ok := document[key]; ok {
				known = true
				found.walk("", value)
			}
		}
		if !known {
			found.walk("", document)
		}
	default:
		found.walk("", document)
	}
	return found.problems, found.rows
}

type collector struct {
	problems []Problem
	rows     []RowProblem
}

func (c *collector) walk(where string, value any) {
	switch value := value.(type) {
	case nil:
	case string:
		c.problems = append(c.problems, Problem{Where: where, Text: value})
	case []any:
		for _, item := range value {
			c.walk(where, item)
		}
	case map[string]any:
		if email, errors, ok := asRow(value); ok {
			inner := &collector{}
			inner.walk("", errors)
			c.rows = append(c.rows, RowProblem{Email: email, Problems: inner.problems})
			return
		}
		for _, key := range sortedKeys(value) {
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

func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

// describeForeign says what a body that is no JSON is, with its title or first words.
func describeForeign(body []byte, contentType string) string {
	start := string(body[:min(len(body), 4096)])
	lower := strings.ToLower(start)
	if media, _, _ := mime.ParseMediaType(contentType); media == "text/html" || strings.HasPrefix(lower, "<!doctype html") || strings.HasPrefix(lower, "<html") {
		if from := strings.Index(lower, "<title>"); from >= 0 {
			from += len("<title>")
			if length := strings.Index(lower[from:], "</title>"); length >= 0 && from+length <= len(start) {
				return "an HTML page titled " + text.Clip(start[from:from+length], 80)
			}
		}
		return "an HTML page"
	}
	return text.Clip(start, text.MaxValue)
}
