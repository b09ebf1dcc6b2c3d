package intake

import (
	"cmp"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// question asks the caller about a column, and says of which others the same has to be known.
type question struct {
	first  *fault.Error
	others []string
}

// about adds a column, with what to ask about it, if anything.
func (q *question) about(column string, ask *fault.Error) {
	switch {
	case ask == nil:
	case q.first == nil:
		q.first = ask
	default:
		q.others = append(q.others, text.Quote(column))
	}
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
func (p *columnPlan) settle(found *survey, order coerce.Order, sign coerce.Sign) error {
	var ofOrders, ofSigns question
	for i := range p.columns {
		column, profile := &p.columns[i], found.profiles[i]
		var ask *fault.Error
		switch {
		case column.field == nil || profile == nil:
		case column.field.DataType == catalog.Date:
			column.order, column.shows, ask = profile.Order(order)
			column.overruled = order != 0 && column.shows != "" && column.order != order
			ofOrders.about(column.name, ask)
		case coerce.IsNumeric(column.field.DataType):
			column.sign, column.shows, ask = profile.Sign(sign)
			column.overruled = sign != 0 && column.shows != "" && column.sign != sign
			ofSigns.about(column.name, ask)
		}
	}
	return cmp.Or(ofOrders.err(), ofSigns.err())
}
