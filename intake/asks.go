package intake

import (
	"cmp"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// question asks the caller about a column, and says of which others the same has to be known.
type question struct {
	first  *fault.Error
	others []string
}

// about adds a column; what the first is asked, ask says.
func (q *question) about(column string, ask func() *fault.Error) {
	if q.first == nil {
		q.first = ask()
		return
	}
	q.others = append(q.others, text.Quote(column))
}

func (q *question) err() error {
	if q.first == nil {
		return nil
	}
	if len(q.others) > 0 {
		q.first.Why += " The same goes for " + text.Listing(q.others, 8) + "."
	}
	return q.first
}

// settle finds the order of each column of dates and the decimal sign of each of numbers, and asks for all that it cannot find.
func (p *columnPlan) settle(found *survey, order dateOrder, sign decimalSign) error {
	var ofOrders, ofSigns question
	for i := range p.columns {
		column, profile := &p.columns[i], found.profiles[i]
		switch {
		case column.field == nil || profile == nil:
		case column.field.DataType == catalog.Date:
			order, shown, ok := profile.dates.settled(order)
			if column.order, column.shows = order, shown; !ok {
				ofOrders.about(column.name, func() *fault.Error { return profile.dates.question(column.name) })
			}
		case isNumeric(column.field.DataType):
			sign, shown, ok := profile.signs.settled(sign)
			switch {
			case !ok:
				ofSigns.about(column.name, func() *fault.Error { return profile.signs.question(column.name) })
			case sign == comma || profile.signs.isOpen():
				column.sign, column.shows = sign, shown
			default:
				column.sign = 0 // it makes no difference
			}
		}
	}
	return cmp.Or(ofOrders.err(), ofSigns.err())
}
