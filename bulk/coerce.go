package bulk

import (
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// coerce reads a file's cell as a value of the field. Files write numbers, flags and dates in more ways than an agent
// does. order is how the column writes its dates.
//
// Words for "there is nothing" (n/a, none, null, -) are values like others: a text takes them as they stand, and any other
// type refuses them. They may mean that nobody asked, or that there is nothing any more; to take them for an empty cell,
// which leaves the field as it is, would be a guess that keeps an old value in the second case.
func coerce(field *apiclient.Field, cell string, order dateOrder, now int) (value any, problem string) {
	if field.DataType == catalog.Text { // it may need what cannot be seen, such as the joiners of Persian
		if len(cell) <= apiclient.MaxTextValue {
			return cell, ""
		}
	} else {
		cell = text.Clean(cell)
	}
	written := cell
	switch field.DataType {
	case catalog.Integer:
		if isShortWhole(written) {
			return asNumber(written), ""
		}
		if isPointed(strings.TrimLeft(written, "+-")) {
			return nil, named(field, ambiguous(written))
		}
		written = ungrouped(written)
	case catalog.Float:
		if isShortWhole(written) || isShortDecimal(written) {
			return asNumber(written), ""
		}
		written = ungrouped(written)
	case catalog.Boolean:
		written = flag(written)
	case catalog.Date:
		iso, problem := coerceDate(written, order, now)
		if problem != "" {
			return nil, named(field, problem)
		}
		return iso, ""
	}
	value, problem = catalog.Fit(*field, written)
	if problem != "" {
		problem = strings.TrimSuffix(problem, ", or null to clear it")
		if isNothing(cell, plain(cell)) {
			problem += ", or an empty cell to leave the field as it is"
		}
		return nil, named(field, problem)
	}
	return value, ""
}

// flag writes what means yes or no as a field takes it.
func flag(written string) string {
	switch strings.ToLower(written) {
	case "yes", "y", "t", "on", "1", "x":
		return "true"
	case "no", "n", "f", "off", "0":
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
