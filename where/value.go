package where

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/coerce"
)

// Cells and literals are as SQLite has them: an int64, a float64, a string, or nil. What is true or false is 1 or 0.

// numeric is the number that a text writes; nil where it writes none.
func numeric(s string) any {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil
	}
	return f
}

func isInteger(v any) bool {
	_, is := v.(int64)
	return is
}

func isNumeric(v any) bool { return class(v) == 1 }

// Compare orders any two values as SQLite does: NULL, then numbers, then texts.
func Compare(a, b any) int {
	if x, y := class(a), class(b); x != y {
		return x - y
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string)) //nolint:forcetypeassert // it is of the same class
	case int64:
		if n, is := b.(int64); is {
			return cmp.Compare(a, n)
		}
	}
	return cmp.Compare(floatOf(a), floatOf(b))
}

func class(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case string:
		return 2
	}
	return 1
}

func floatOf(v any) float64 {
	if n, is := v.(int64); is {
		return float64(n)
	}
	f, _ := v.(float64)
	return f
}

func ofBool(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

// negated is a literal number behind a minus sign.
func negated(v any) any {
	if n, is := v.(int64); is && n != math.MinInt64 {
		return -n
	}
	return -floatOf(v)
}

// shown is a cell of a column as JSON has it. A boolean field's 1 is true.
func shown(cell any, dataType string) any {
	if n, is := cell.(int64); is && dataType == catalog.Boolean && (n == 0 || n == 1) {
		return n == 1
	}
	return cell
}

// inFile is a cell as it stands in a file: as Mailtrap would write it.
func inFile(cell any, dataType string) string {
	switch v := shown(cell, dataType).(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case nil:
		return ""
	default:
		return asText(v)
	}
}

// asText is a value as SQLite makes a text of it. A float is always told apart from an integer.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		s := strconv.FormatFloat(v, 'g', 15, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	}
	return ""
}

// Read makes what the table holds of a cell of a file, without blanks around it: a number, a text, 1 or 0, or nil. It notes what
// the column's texts are like.
func (c *Column) Read(cell string) any {
	trimmed := strings.TrimSpace(cell)
	if c.DataType == catalog.Text && (len(trimmed) < len(cell) || strings.IndexByte(cell, '\n') >= 0) {
		c.Traits |= altered
	}
	v := typed(trimmed, c.DataType)
	c.Traits |= traitsIn(v, c.DataType)
	return v
}

// Value is what the column holds as JSON has it.
func (c *Column) Value(v any) any { return shown(v, c.DataType) }

// typed reads a cell as a field of a type has it. What does not fit its type stays text: nothing is lost.
func typed(cell, dataType string) any {
	if cell == "" {
		return nil
	}
	switch dataType {
	case catalog.Integer, catalog.Float:
		if read := numericIn(cell, dataType); read != nil {
			return read
		}
	case catalog.Boolean:
		if truth, known := Truth(cell); known {
			return ofBool(truth)
		}
	case catalog.Date:
		if len(cell) > 10 && coerce.IsDay(cell[:10]) && (cell[10] == 'T' || cell[10] == ' ') {
			return cell[:10]
		}
	case moment:
		if read, ok := momentIn(cell); ok {
			return read
		}
	}
	return cell
}

// numericIn is a cell of a number. 42.0 is an integer, and what has more digits than an integer is a text of them.
func numericIn(cell, dataType string) any {
	read := numeric(cell)
	if f, is := read.(float64); is && dataType == catalog.Integer {
		switch {
		case whole(strings.TrimSpace(cell)):
			return strings.TrimSpace(cell)
		case f == math.Trunc(f) && math.Abs(f) < 1<<53:
			return int64(f)
		}
	}
	return read
}

// Truth reads a word for true or false, in whatever case.
func Truth(word string) (truth, known bool) {
	truth, known = truths[strings.ToLower(word)]
	return truth, known
}

var truths = map[string]bool{
	"true": true, "t": true, "yes": true, "1": true, "on": true, "false": false, "f": false, "no": false, "0": false, "off": false,
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
