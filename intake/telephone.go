package intake

import (
	"strings"

	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// doubtNumbers takes a column called SMS from the field of telephone numbers that its name means, where most of its
// values are not numbers: then it says who wants text messages.
func (p *columnPlan) doubtNumbers(held []*optout.Values) {
	for i := range p.columns {
		column := &p.columns[i]
		if held[i] == nil || column.field == nil || column.given || text.Letters(column.name) != "sms" ||
			text.Letters(column.field.Name) == "sms" || text.Letters(column.field.MergeTag) == "sms" {
			continue
		}
		numbers, all := 0, 0
		values, _ := held[i].Most(len(p.columns) + aheadRows)
		for _, value := range values {
			all += value.Times
			if isTelephone(value.Cell) {
				numbers += value.Times
			}
		}
		if all > 0 && 2*numbers < all {
			column.field, column.unknown = nil, true
		}
	}
}

// isTelephone tells five digits or more, and nothing beside them but what telephone numbers are written with.
func isTelephone(written string) bool {
	digits := 0
	for _, r := range written {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-()/. \u00a0'", r):
			return false
		}
	}
	return digits >= 5
}
