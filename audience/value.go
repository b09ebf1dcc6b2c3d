package audience

import (
	"math"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/catalog"
)

// value is what a cell holds, or what an expression makes of cells. Its zero value is NULL.
type value struct {
	kind kind
	bits uint64 // of an integer or a float
	text string
}

type kind uint8

const (
	null kind = iota
	integer
	float
	textual
)

func ofInt(n int64) value     { return value{kind: integer, bits: uint64(n)} }
func ofFloat(f float64) value { return value{kind: float, bits: math.Float64bits(f)} }
func ofText(s string) value   { return value{kind: textual, text: s} }

func ofBool(b bool) value {
	if b {
		return ofInt(1)
	}
	return ofInt(0)
}

func (v value) int() int64     { return int64(v.bits) }
func (v value) float() float64 { return math.Float64frombits(v.bits) }

// number is the value as a float; a text that is no number has none.
func (v value) number() (float64, bool) {
	switch v.kind {
	case integer:
		return float64(v.int()), true
	case float:
		return v.float(), true
	case textual:
		f, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
		return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	return 0, false
}

// numeric is a text as the number it is; what is none, or a number already, stays.
func (v value) numeric() value {
	if v.kind != textual {
		return v
	}
	trimmed := strings.TrimSpace(v.text)
	if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
		return ofInt(n)
	}
	if f, ok := v.number(); ok {
		return ofFloat(f)
	}
	return v
}

// string is the value as text; NULL is empty.
func (v value) string() string {
	switch v.kind {
	case integer:
		return strconv.FormatInt(v.int(), 10)
	case float:
		return floatText(v.float())
	}
	return v.text
}

// floatText writes a float as SQLite does: always told apart from an integer.
func floatText(f float64) string {
	s := strconv.FormatFloat(f, 'g', 15, 64)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}

// plain is the value as JSON has it. A boolean field's 1 is true.
func (v value) plain(dataType string) any {
	switch v.kind {
	case integer:
		if dataType == catalog.Boolean && v.bits <= 1 {
			return v.bits == 1
		}
		return v.int()
	case float:
		return v.float()
	case textual:
		return v.text
	}
	return nil
}

// written is the value as it stands in a file: as Mailtrap would write it.
func (v value) written(dataType string) string {
	switch {
	case v.kind == integer && dataType == catalog.Boolean && v.bits <= 1:
		return strconv.FormatBool(v.bits == 1)
	case v.kind == float:
		return strconv.FormatFloat(v.float(), 'f', -1, 64)
	}
	return v.string()
}

// typed reads a cell as a field of a type has it. What does not fit its type stays text: nothing is lost.
func typed(cell, dataType string) value {
	if cell == "" {
		return value{}
	}
	switch dataType {
	case catalog.Integer, catalog.Float:
		read := ofText(cell).numeric()
		if read.kind == float && dataType == catalog.Integer && whole(strings.TrimSpace(cell)) {
			return ofText(strings.TrimSpace(cell)) // more digits than a number has
		}
		if n, whole := wholeFloat(read); whole && dataType == catalog.Integer {
			return ofInt(n)
		}
		return read
	case catalog.Boolean:
		if truth, known := truths[strings.ToLower(cell)]; known {
			return ofBool(truth)
		}
	case catalog.Date:
		if len(cell) > 10 && isDay(cell[:10]) && (cell[10] == 'T' || cell[10] == ' ') {
			return ofText(cell[:10])
		}
	}
	return ofText(cell)
}

// wholeFloat is 42.0 as 42.
func wholeFloat(v value) (int64, bool) {
	if v.kind != float {
		return 0, false
	}
	f := v.float()
	return int64(f), f == math.Trunc(f) && math.Abs(f) < 1<<53
}

var truths = map[string]bool{"true": true, "t": true, "yes": true, "1": true, "on": true, "false": false, "f": false, "no": false, "0": false, "off": false}

// compare orders two values that are not NULL: -1, 0 or 1. A number and a text are compared as numbers; where the text is
// none they are different and have no order.
func compare(a, b value) (order int, comparable bool) {
	if a.kind == textual && b.kind == textual {
		return strings.Compare(a.text, b.text), true
	}
	if a.kind == integer && b.kind == integer {
		return cmpOf(a.int() < b.int(), a.int() > b.int()), true
	}
	if a.kind == integer && b.kind == float {
		return compareIntFloat(a.int(), b.float()), true
	}
	if a.kind == float && b.kind == integer {
		return -compareIntFloat(b.int(), a.float()), true
	}
	x, ok := a.number()
	y, also := b.number()
	return cmpOf(x < y, x > y), ok && also
}

// compareIntFloat compares exactly: the float of a large integer is another number.
func compareIntFloat(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := int64(f)
	if n != whole {
		return cmpOf(n < whole, n > whole)
	}
	rest := f - float64(whole)
	return cmpOf(rest > 0, rest < 0)
}

func cmpOf(less, more bool) int {
	switch {
	case less:
		return -1
	case more:
		return 1
	}
	return 0
}

// rank orders any two values, for sorting: NULL, then numbers, then texts, as SQLite does.
func rank(a, b value) int {
	if x, y := class(a), class(b); x != y {
		return cmpOf(x < y, x > y)
	}
	order, _ := compare(a, b)
	return order
}

func class(v value) int {
	switch v.kind {
	case null:
		return 0
	case textual:
		return 2
	}
	return 1
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
