package intake

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/contactfile"
)

// A column of addresses may be called after people who left: "Unsubscribed" beside the table, or "Bounced emails" as all that
// a file has. Nobody who is named in it is imported.

// isOfGone tells whether a header says that the addresses below it are those of people who do not want mail or cannot get it.
// Whoever noted that, as in "Unsubscribed by", is somebody else.
func isOfGone(header string) bool {
	return contactfile.Unwilling(header) && !slices.ContainsFunc(headerWords(header), func(word string) bool {
		return slices.Contains(actors, word)
	})
}

// actors are words behind which stands who did something.
var actors = []string{"by", "von", "durch", "par", "por", "da", "door", "przez", "av", "af"}

// setGoneApart finds the columns of people who left, and refuses to import the addresses of such a column.
func (p *columnPlan) setGoneApart() error {
	for i, column := range p.columns {
		switch {
		case isOwnColumn(column.name) || !isOfGone(column.name):
		case i == p.email || slices.Contains(p.emails, i):
			return refuseUnwilling(contactfile.Description{Unwilling: column.name})
		default:
			p.left = append(p.left, i)
		}
	}
	return nil
}

// left puts the people aside who are named in a column of people who left.
func (c *converter) left(b *batch, line int, cells []string) {
	for _, at := range c.plan.left {
		for part := range strings.FieldsFuncSeq(cell(cells, at), func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
			// A link to unsubscribe has the address of somebody who did not.
			if read, err := readAddress(strings.TrimSpace(part)); err == nil {
				b.goneAt(c.places, read.key, "in the column", c.plan.columns[at].name, line, "")
			}
		}
	}
}
