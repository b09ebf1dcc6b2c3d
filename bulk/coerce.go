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

// coerce reads a file's cell as a value of the field. Files write numbers and flags in more ways than an agent does.
func coerce(field apiclient.Field, cell string) (value any, problem string) {
	written := cell
	if field.DataType != catalog.Text { // a text may need what cannot be seen, such as the joiners of Persian
		written = text.Clean(cell)
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
