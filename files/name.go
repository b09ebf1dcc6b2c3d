package files

import (
	"path/filepath"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// reserved are names that Windows takes for devices, whatever comes after a dot.
var reserved = text.Pattern(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// checkName refuses names for new files that a reader would not see as they are, or that some system cannot have. The
// folders before the name are there already.
func checkName(path string) error {
	name, why := filepath.Base(path), ""
	switch {
	case !text.IsOneLine(name):
		why = "It has a line break, or invisible or direction-changing characters, in it."
	case strings.ContainsAny(name, `<>:"|?*\`):
		why = `It has one of < > : " | ? * \ in it, which not every system can have.`
	case strings.HasPrefix(name, " "), strings.HasSuffix(name, " "), strings.HasSuffix(name, "."):
		why = "It begins with a blank, or ends with a blank or a full stop."
	case reserved().MatchString(name):
		why = "Windows takes it for a device."
	default:
		return nil
	}
	return fault.New(fault.FileAccess, "file: "+text.QuoteUpTo(name, 200)+" is not a name for a new file.", why,
		"Nothing was written; give a plain name like contacts.csv.")
}
