// Package coerce reads a file's cells as values of an account's fields: dates, numbers, flags and texts. How a column writes
// them is found from all its values, and asked where they leave it open.
package coerce

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// Manner is how a column writes its values, and the year it is.
type Manner struct {
	Order Order
	Sign  Sign
	Typed bool // its source writes numbers with a point and nothing at the thousands
	Now   int
}

// Cell reads a file's cell as a value of the field and appends it as JSON. Files write numbers, flags and dates in more
// ways than an agent does. With a problem nothing is appended, nor for what stands for an empty cell; said tells what is
// worth saying of the cell.
func Cell(to []byte, field *apiclient.Field, cell string, how Manner) (value []byte, said, problem string) {
	switch field.DataType {
	case catalog.Text: // it may need what cannot be seen, such as the joiners of Persian
		if said = Remarkable(cell); said == Emptied {
			return to, said, ""
		}
		if len(cell) <= apiclient.MaxTextValue {
			return AppendText(to, cell), said, ""
		}
		value, problem = fit(to, field, cell)
		return value, said, problem
	case catalog.Integer:
		if isShortWhole(cell) {
			return append(to, cell...), "", ""
		}
	case catalog.Float:
		if how.Sign != comma && (isShortWhole(cell) || isShortDecimal(cell)) {
			return append(to, cell...), "", ""
		}
	}
	if cell = text.Clean(cell); cell == "" { // nobody sees that it is not
		return to, "", ""
	}
	if IsPlaceholder(cell) || field.DataType == catalog.Date && isZeroDate(cell) {
		return to, Emptied, ""
	}
	switch field.DataType {
	case catalog.Integer, catalog.Float:
		return coerceNumber(to, field, cell, how)
	case catalog.Boolean:
		if flag := flag(cell); flag == "true" || flag == "false" {
			return append(to, flag...), "", ""
		}
	case catalog.Date:
		iso, problem := coerceDate(cell, how.Order, how.Now)
		if problem != "" {
			return to, "", named(field, problem)
		}
		return AppendText(to, iso), "", ""
	}
	value, problem = fit(to, field, cell)
	return value, "", problem
}

// coerceNumber reads a cell as a number of a column that is written with a decimal sign; 0 is one whose numbers need none.
func coerceNumber(to []byte, field *apiclient.Field, cell string, how Manner) (value []byte, said, problem string) {
	a, isNumber := parseAmount(cell, how.Typed)
	if !isNumber {
		value, problem = fit(to, field, cell)
		return value, "", problem
	}
	written, fits := a.in(how.Sign)
	switch {
	case !fits && how.Sign == 0:
		return to, "", named(field, text.Quote(cell)+" may mean "+text.Quote(a.readings[point])+" or "+
			text.Quote(a.readings[comma])+"; decimal_sign says which")
	case !fits: // the call gave the sign, against what the column shows
		other := (point | comma) &^ how.Sign
		return to, "", named(field, text.Quote(cell)+" is not a number with decimal_sign "+text.Quote(how.Sign.Name())+
			", but is "+text.Quote(a.readings[other])+" with "+text.Quote(other.Name()))
	case a.percent:
		said = Percent
	case a.currency != "":
		said = Currency
	}
	if field.DataType == catalog.Integer && !isWholeNumber(written) {
		return to, "", named(field, text.Quote(cell)+" does not fit this integer field; give a whole number like 42")
	}
	value, problem = fit(to, field, written)
	if problem != "" {
		said = ""
	}
	return value, said, problem
}

// fit appends a value that the field takes.
func fit(to []byte, field *apiclient.Field, written string) (value []byte, problem string) {
	fitted, problem := catalog.Fit(*field, written)
	if problem != "" {
		return to, named(field, strings.TrimSuffix(problem, ", or null to clear it"))
	}
	switch fitted := fitted.(type) {
	case string:
		return AppendText(to, fitted), ""
	case bool:
		return strconv.AppendBool(to, fitted), ""
	case json.Number:
		return append(to, fitted...), ""
	}
	return to, named(field, "cannot be sent") // Fit has no other values
}

// AppendText appends a text as JSON, as encoding/json writes it. What is not UTF-8 becomes the sign for that.
func AppendText(to []byte, s string) []byte {
	to = append(to, '"')
	from := 0 // what stands before it is written
	for i, r := range s {
		if r >= ' ' && r < '\u2028' && r != '"' && r != '\\' && r != '<' && r != '>' && r != '&' || r > '\u2029' && r != utf8.RuneError {
			continue
		}
		to = append(to, s[from:i]...)
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
		switch r {
		case '"', '\\':
			to = append(to, '\\', byte(r))
		case '\n', '\r', '\t', '\b', '\f':
			to = append(to, '\\', "btn?fr"[r-'\b'])
		case utf8.RuneError:
			to = utf8.AppendRune(to, r)
		default:
			to = append(to, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
	}
	return append(append(to, s[from:]...), '"')
}

const hex = "0123456789abcdef"

// flag writes what means yes or no as a field takes it.
func flag(written string) string {
	switch strings.ToLower(written) {
	case "true", "yes", "y", "t", "on", "1", "x", "✓", "✔", "☑", "✅", "wahr", "ja", "vrai", "oui", "verdadero", "sí", "vero",
		"sì", "verdadeiro", "sim", "waar", "prawda", "tak", "да", "истина":
		return "true"
	case "false", "no", "n", "f", "off", "0", "✗", "✘", "☐", "❌", "falsch", "nein", "faux", "non", "falso", "não", "onwaar",
		"nee", "fałsz", "nie", "нет", "ложь":
		return "false"
	}
	return written
}

func named(field *apiclient.Field, problem string) string {
	return text.Word(field.MergeTag, 60) + ": " + problem
}
