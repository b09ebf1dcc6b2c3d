package bulk

import (
	"regexp"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// grouped is a number with commas at its thousands; "1,5" is not one.
var grouped = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)

// pointed is a number with points where some write the thousands; as a whole number it may be read in two ways.
var pointed = regexp.MustCompile(`^[+-]?\d{1,3}(\.\d{3})+$`)

// coerce reads a file's cell as a value of the field. Files write numbers and flags in more ways than an agent does.
func coerce(field apiclient.Field, cell string) (value any, problem string) {
	written := cell
	if field.DataType != catalog.Text { // a text may need what cannot be seen, such as the joiners of Persian
		written = text.Clean(cell)
	}
	if field.DataType == catalog.Integer && pointed.MatchString(written) {
		return nil, text.Clip(field.MergeTag, 60) + ": " + ambiguous(written)
	}
	switch field.DataType {
	case catalog.Integer, catalog.Float:
		if grouped.MatchString(written) {
			written = strings.ReplaceAll(written, ",", "")
		}
		written = strings.TrimPrefix(written, "+")
	case catalog.Boolean:
		switch strings.ToLower(written) {
		case "yes", "y", "t", "on", "1", "x":
			written = "true"
		case "no", "n", "f", "off", "0":
			written = "false"
		}
	}
	value, problem = catalog.Fit(field, written)
	if problem != "" {
		return nil, text.Clip(field.MergeTag, 60) + ": " + strings.TrimSuffix(problem, ", or null to clear it")
	}
	return value, ""
}

// ambiguous says why a pointed number is not taken. Its readings are quoted, so that such reasons are counted together.
func ambiguous(written string) string {
	whole, _, _ := strings.Cut(written, ".")
	thousands := strings.ReplaceAll(written, ".", "")
	return text.Value(written) + " may mean " + text.Quote(whole) + " or " + text.Quote(thousands) + "; write it without the point"
}
