package intake

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// coerce reads a file's cell as a value of the field and appends it as JSON. Files write numbers, flags and dates in more
// ways than an agent does. order is how the column writes its dates, now the year. With a problem nothing is appended.
//
// Words for "there is nothing" (n/a, none, null, -) are values like others: a text takes them as they stand, and any other
// type refuses them. They may mean that nobody asked, or that there is nothing any more; to take them for an empty cell,
// which leaves the field as it is, would be a guess that keeps an old value in the second case.
func coerce(to []byte, field *apiclient.Field, cell string, order dateOrder, now int) (value []byte, problem string) {
	if field.DataType == catalog.Text { // it may need what cannot be seen, such as the joiners of Persian
		if len(cell) <= apiclient.MaxTextValue {
			return appendText(to, cell), ""
		}
	} else {
		cell = text.Clean(cell)
	}
	written := cell
	switch field.DataType {
	case catalog.Integer:
		if isShortWhole(written) {
			return append(to, written...), ""
		}
		if isPointed(strings.TrimLeft(written, "+-")) {
			return to, named(field, ambiguous(written))
		}
		written = ungrouped(written)
	case catalog.Float:
		if isShortWhole(written) || isShortDecimal(written) {
			return append(to, written...), ""
		}
		written = ungrouped(written)
	case catalog.Boolean:
		if written = flag(written); written == "true" || written == "false" {
			return append(to, written...), ""
		}
	case catalog.Date:
		iso, problem := coerceDate(written, order, now)
		if problem != "" {
			return to, named(field, problem)
		}
		return appendText(to, iso), ""
	}
	fitted, problem := catalog.Fit(*field, written)
	if problem != "" {
		problem = strings.TrimSuffix(problem, ", or null to clear it")
		if isNothing(cell, Plain(cell)) {
			problem += ", or an empty cell to leave the field as it is"
		}
		return to, named(field, problem)
	}
	switch fitted := fitted.(type) {
	case string:
		return appendText(to, fitted), ""
	case bool:
		return strconv.AppendBool(to, fitted), ""
	case json.Number:
		return append(to, fitted...), ""
	}
	return to, named(field, "cannot be sent") // Fit has no other values
}

// asTheyAre are the bytes that stand for themselves in JSON as encoding/json writes it.
var asTheyAre = func() (table [utf8.RuneSelf]bool) {
	for c := range table {
		table[c] = c >= ' ' && strings.IndexByte("\"\\<>&", byte(c)) < 0
	}
	return table
}()

// appendText appends a text as JSON, as encoding/json writes it. What is no UTF-8 becomes the sign for that.
func appendText(to []byte, s string) []byte {
	to = append(to, '"')
	done := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if i++; !asTheyAre[c] {
				to = appendEscaped(append(to, s[done:i-1]...), c)
				done = i
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		escaped := ""
		switch {
		case r == utf8.RuneError && size == 1:
			escaped = "\ufffd"
		case r == '\u2028':
			escaped = `\u2028`
		case r == '\u2029':
			escaped = `\u2029`
		default:
			continue
		}
		to = append(append(to, s[done:i-size]...), escaped...)
		done = i
	}
	return append(append(to, s[done:]...), '"')
}

func appendEscaped(to []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(to, '\\', c)
	case '\n':
		return append(to, '\\', 'n')
	case '\r':
		return append(to, '\\', 'r')
	case '\t':
		return append(to, '\\', 't')
	case '\b':
		return append(to, '\\', 'b')
	case '\f':
		return append(to, '\\', 'f')
	}
	return append(to, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

// flag writes what means yes or no as a field takes it.
func flag(written string) string {
	switch strings.ToLower(written) {
	case "true", "yes", "y", "t", "on", "1", "x":
		return "true"
	case "false", "no", "n", "f", "off", "0":
		return "false"
	}
	return written
}

func named(field *apiclient.Field, problem string) string {
	return text.Word(field.MergeTag, 60) + ": " + problem
}

// ambiguous says why a pointed number is not taken. Its readings are quoted, so that such reasons are counted together.
func ambiguous(written string) string {
	whole, _, _ := strings.Cut(written, ".")
	thousands := strings.ReplaceAll(written, ".", "")
	return text.Value(written) + " may mean " + text.Quote(whole) + " or " + text.Quote(thousands) + "; write it without the point"
}

// isNothing tells what stands in a cell that has no value: also dashes, "null" and a date of zeros (0000-00-00).
func isNothing(cell, value string) bool {
	switch value {
	case "":
		return !strings.ContainsFunc(cell, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSpace(r) && unicode.IsGraphic(r) })
	case "null", "nil", "none", "na", "nan", "undefined", "unknown", "never":
		return true
	}
	return len(value) > 1 && strings.Trim(value, "0") == ""
}
