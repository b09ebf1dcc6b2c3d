package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// The types a custom field can have (spec).
const (
	Text    = "text"
	Integer = "integer"
	Float   = "float"
	Boolean = "boolean"
	Date    = "date"
)

// Values turns values keyed by field name, merge tag or id into values keyed by merge tag, each checked against its
// field's type. nil clears a field. All problems are reported at once, each under where ("fields", "rows[3].fields").
func (c *Catalog) Values(ctx context.Context, where string, given map[string]any) (apiclient.Values, error) {
	if len(given) == 0 {
		return nil, nil
	}
	keys := slices.Sorted(maps.Keys(given))
	fields, err := c.fieldsFor(ctx, keys)
	if err != nil {
		return nil, err
	}
	values := make(apiclient.Values, len(given))
	var problems []string
	for _, key := range keys {
		field, found, err := MatchField(key, fields)
		if err != nil {
			return nil, err
		}
		at := where + "." + text.Word(key, 60)
		if !found {
			problems = append(problems, at+": there is no such field"+hint(key, fields))
			continue
		}
		if _, twice := values[field.MergeTag]; twice {
			problems = append(problems, at+": the field "+text.Word(field.MergeTag, 60)+" is given twice")
			continue
		}
		value, problem := Fit(field, given[key])
		if problem != "" {
			problems = append(problems, at+": "+problem)
			continue
		}
		if written, isText := value.(string); isText && text.WasCut(written) {
			problems = append(problems, at+": "+CutValue)
			continue
		}
		values[field.MergeTag] = value
	}
	if len(problems) > 0 {
		return nil, fault.New(fault.InvalidInput, text.Listing(problems, 10)+".", "",
			"Nothing was sent; list_fields shows the fields and their types, create_field makes a new one.")
	}
	return values, nil
}

// CutValue is what is wrong with a value that an answer cut, and somebody writes back.
const CutValue = "it ends in … where an answer cut it; get_contact has it whole in its structured content, export_contacts " +
	"in a file, and a field that is not named stays"

// FieldHint is what to add to the news that there is no such field: which one may be meant, or which there are.
func FieldHint(ref string, fields []apiclient.Field) string { return hint(ref, fields) }

// FieldsFor returns the fields to look names up in, fetched anew when one of the names is not among the known ones.
func (c *Catalog) FieldsFor(ctx context.Context, names []string) ([]apiclient.Field, error) {
	return c.fieldsFor(ctx, names)
}

// hint proposes the nearest field.
func hint(key string, fields []apiclient.Field) string {
	var names []string
	for _, field := range fields {
		names = append(names, field.MergeTag)
	}
	if len(names) == 0 {
		return " (the account has no custom fields)"
	}
	if near, ok := text.Nearest(MergeTag(key), names); ok {
		return " (did you mean " + text.Word(near, 60) + "?)"
	}
	if len(names) == 1 {
		return " (the only field is " + text.Word(names[0], 60) + ")"
	}
	return " (the fields are " + text.Listing(clipped(text.Closest(MergeTag(key), names)), shownNames) + ")"
}

func clipped(names []string) []string {
	for i := range names {
		names[i] = text.Word(names[i], 60)
	}
	return names
}

// Fit checks a value against a field's type and returns it as the API wants it. Text that says the same without loss is
// converted ("42" for an integer, 42 for a text); problem says what would be right otherwise.
func Fit(field apiclient.Field, value any) (fitted any, problem string) {
	if value == nil {
		return nil, ""
	}
	literal, isText := value.(string)
	if number, ok := value.(json.Number); ok {
		literal = number.String()
	}
	wrong := func(right string) (any, string) {
		return nil, fmt.Sprintf("%s does not fit this %s field; give %s, or null to clear it", text.Value(value), field.DataType, right)
	}
	switch value.(type) {
	case string, json.Number, bool:
	default:
		return wrong("a single value")
	}
	flag, isBool := value.(bool)
	switch field.DataType {
	case Integer:
		if number, ok := wholeNumber(literal); ok && !isBool {
			return number, ""
		}
		return wrong("a whole number like 42")
	case Float:
		if number, ok := anyNumber(literal); ok && !isBool {
			return number, ""
		}
		return wrong("a number like 4.2")
	case Boolean:
		if isBool {
			return flag, ""
		}
		if written := strings.ToLower(strings.TrimSpace(literal)); isText && (written == "true" || written == "false") {
			return written == "true", ""
		}
		return wrong("true or false")
	case Date:
		if day, err := time.Parse(time.DateOnly, strings.TrimSpace(literal)); err == nil && isText {
			return day.Format(time.DateOnly), ""
		}
		return wrong("a date like 2026-03-04 (year-month-day)")
	}
	// Text, and types this version does not know: the API has the last word.
	if isBool {
		literal = strconv.FormatBool(flag)
	}
	if length := utf8.RuneCountInString(literal); length > apiclient.MaxTextValue {
		return nil, fmt.Sprintf("the text has %d characters, and Mailtrap keeps at most %d", length, apiclient.MaxTextValue)
	}
	return literal, ""
}

// wholeNumber reads an integer without losing a digit; 42.0 is one, 4e2 and 42.5 are not.
func wholeNumber(literal string) (json.Number, bool) {
	digits := strings.TrimSpace(literal)
	if whole, fraction, found := strings.Cut(digits, "."); found && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	return json.Number(strconv.FormatInt(number, 10)), err == nil
}

func anyNumber(literal string) (json.Number, bool) {
	literal = strings.TrimSpace(literal)
	number, err := strconv.ParseFloat(literal, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return "", false
	}
	if json.Valid([]byte(literal)) {
		return json.Number(literal), true // as written: no digit is lost
	}
	return json.Number(strconv.FormatFloat(number, 'g', -1, 64)), true
}
