package intake

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// A column as a whole has to answer some things: in which order its dates are written, and what type of field would hold a
// column that has none. Where the answer changes how rows are read, the file is read once more.

// survey is what the columns of a file hold, each nil where it is not asked.
type survey struct {
	profiles []*profile
	mail     []*optout.Values // for who may be mailed
}

// surveyOf asks the columns of dates and those without a field for a profile, and all but that of the addresses for who
// may be mailed.
func surveyOf(plan *columnPlan) *survey {
	asked := &survey{make([]*profile, len(plan.columns)), make([]*optout.Values, len(plan.columns))}
	for i, column := range plan.columns {
		switch {
		case column.field != nil && column.field.DataType == catalog.Date:
			asked.profiles[i] = &profile{datesOnly: true}
		case column.field != nil && isNumeric(column.field.DataType):
			asked.profiles[i] = &profile{numbersOnly: true, typed: plan.typed, assumed: column.sign}
		case column.unknown && column.name != "":
			asked.profiles[i] = &profile{name: column.name, typed: plan.typed}
		}
		if i != plan.email && !slices.Contains(plan.emails, i) && !isOwnColumn(column.name) {
			asked.mail[i] = column.holds.Fresh()
		}
	}
	return asked
}

// readAll reads all rows for what their columns hold.
func (s *survey) readAll(ctx context.Context, rows *source, plan *columnPlan, limits bounds, read func()) error {
	newWorker := func() func(*batch) { return func(b *batch) { b.survey(plan) } }
	return eachBatch(ctx, rows, limits, newWorker, func(b *batch) error {
		s.merge(b.found)
		read()
		return nil
	})
}

// survey sees what the columns of a batch hold.
func (b *batch) survey(plan *columnPlan) {
	b.found = surveyOf(plan)
	b.each(func(row, _ int, cells []string) {
		if b.broken[row] == "" && plan.misfit(cells) == "" {
			b.found.add(cells)
		}
	})
}

// merge adds what the rows behind hold.
func (s *survey) merge(later *survey) {
	for i, profile := range later.profiles {
		if profile != nil {
			s.profiles[i].merge(profile)
		}
	}
	for i, values := range later.mail {
		if values != nil {
			s.mail[i].Merge(values)
		}
	}
}

// needsOrder tells whether a column of dates or numbers has some that can be read only when their order or sign is known.
func (s *survey) needsOrder() bool {
	return slices.ContainsFunc(s.profiles, func(p *profile) bool {
		return p != nil && (p.datesOnly && p.dates.total > p.dates.count[0] || p.numbersOnly && p.signs.changes(p.assumed))
	})
}

func (s *survey) add(cells []string) {
	for i, values := range s.mail {
		if values != nil && i < len(cells) {
			values.Add(cells[i], 1)
		}
	}
	for i, profile := range s.profiles {
		if profile == nil {
			continue
		}
		if written := cell(cells, i); written != "" && !isPlaceholder(written) && (len(written) < 5 || !isZeroDate(written)) {
			profile.add(written)
		}
	}
}

// profile is what the values of a column are like.
type profile struct {
	name        string
	datesOnly   bool
	numbersOnly bool
	typed       bool
	assumed     decimalSign // with which its numbers are read meanwhile
	values      int
	fits        [kinds]int    // those of numbers when their sign is settled
	misfits     [kinds]string // one value that does not fit
	numbered    bool          // digits that are a name rather than a number: 01234, +49 30 1234
	dates       dateSurvey
	signs       signSurvey
}

// kind is a type that values may fit.
type kind int

const (
	wholes kind = iota
	decimals
	flags
	dates
	texts
	kinds
)

// dataTypes are what fields call the kinds.
var dataTypes = [kinds]string{catalog.Integer, catalog.Float, catalog.Boolean, catalog.Date, catalog.Text}

// inferred is the order in which types are tried.
var inferred = []kind{flags, wholes, decimals, dates}

func (p *profile) add(written string) {
	if p.numbersOnly {
		if p.values++; isShortWhole(written) {
			return
		}
		if a, isNumber := parseAmount(text.Clean(written), p.typed); isNumber {
			p.signs.add(a, written)
		}
		return
	}
	date, isDate := parseDate(written)
	if isDate {
		p.dates.add(date, written)
	}
	p.values++
	if p.datesOnly {
		return
	}
	fits := [kinds]bool{dates: isDate, flags: isFlag(written),
		texts: len(written) <= apiclient.MaxTextValue || utf8.RuneCountInString(written) <= apiclient.MaxTextValue}
	if isNumbering(written) {
		p.numbered = true
	} else if a, isNumber := parseAmount(written, p.typed); isNumber && (!a.spaced || !isWholeNumber(a.readings[a.signs])) {
		p.signs.add(a, written)
		fits[wholes], fits[decimals] = true, true // which of them is known when the sign is
	}
	for kind, fit := range fits {
		switch {
		case fit:
			p.fits[kind]++
		case p.misfits[kind] == "":
			p.misfits[kind] = strings.Clone(written)
		}
	}
}

// merge adds what the rows behind those of p hold.
func (p *profile) merge(later *profile) {
	p.values += later.values
	for kind := range kinds {
		p.fits[kind] += later.fits[kind]
		p.misfits[kind] = cmp.Or(p.misfits[kind], later.misfits[kind])
	}
	p.numbered = p.numbered || later.numbered
	p.signs.merge(&later.signs)
	for orders, count := range later.dates.count {
		p.dates.count[orders] += count
		p.dates.example[orders] = cmp.Or(p.dates.example[orders], later.dates.example[orders])
	}
	p.dates.total += later.dates.total
}

// settleNumbers counts what fits whole numbers and decimals, when all is known of the columns' signs.
func (s *survey) settleNumbers(asked decimalSign) {
	for _, p := range s.profiles {
		if p == nil || p.datesOnly || p.numbersOnly {
			continue
		}
		sign, _, ok := p.signs.settled(asked)
		p.fits[wholes], p.fits[decimals] = p.signs.wholes[sign], p.signs.numbers[sign]
		if !ok {
			p.fits[wholes], p.fits[decimals] = 0, p.signs.total()
		}
		p.misfits[wholes] = cmp.Or(p.misfits[wholes], p.signs.misfits[sign])
	}
}

// kind is the type that a new field for the column should have: a narrow one that all but a few of the values fit, else a
// text. Digits that are names stay texts, because a number would lose their zeros.
func (p *profile) kind() kind {
	for _, kind := range inferred {
		isNumber := kind == wholes || kind == decimals
		if isNumber && (p.numbered || p.signs.mixed || namesNumbers(p.name)) {
			continue
		}
		if mostly(p.fits[kind], p.values) {
			return kind
		}
	}
	return texts
}

// mostly is what a new field's type asks for: at most one value in twenty may not fit it. Its row is rejected.
func mostly(fits, values int) bool { return values > 0 && fits*20 >= values*19 }

// namesNumbers tells headers of digits that nobody adds up.
func namesNumbers(header string) bool {
	header = text.Letters(header)
	for _, word := range []string{"phone", "mobile", "cell", "telefon", "fax", "zip", "postal", "postcode", "plz"} {
		if strings.Contains(header, word) {
			return true
		}
	}
	return header == "tel" || header == "sms" || header == "whatsapp"
}

// isFlag tells what can mean yes or no only; 1 and x can mean other things too.
func isFlag(written string) bool {
	switch len(written) {
	case 2:
		return strings.EqualFold(written, "no")
	case 3:
		return strings.EqualFold(written, "yes")
	case 4:
		return strings.EqualFold(written, "true")
	case 5:
		return strings.EqualFold(written, "false")
	}
	return false
}

// dateSurvey counts a column's dates by the orders in which they can be read.
type dateSurvey struct {
	count   [8]int // those that need no order are at 0
	example [8]string
	total   int
}

func (s *dateSurvey) add(date written, cell string) {
	if s.count[date.orders] == 0 && date.orders != 0 {
		s.example[date.orders] = strings.Clone(cell)
	}
	s.count[date.orders]++
	s.total++
}

// settled is the order in which a column's dates are read, and the value that shows it. Values that can be read in one
// order only settle it when they agree, even against the order that was asked for: that was meant for another column. ok is
// false when the caller has to be asked.
func (s *dateSurvey) settled(asked dateOrder) (order dateOrder, shown string, ok bool) {
	var sure, possible dateOrder = 0, dmy | mdy | ymd
	open := false
	for orders := dateOrder(1); orders < 8; orders++ {
		if s.count[orders] == 0 {
			continue
		}
		if possible &= orders; orders&(orders-1) == 0 {
			sure |= orders
		} else {
			open = true
		}
	}
	switch single := sure != 0 && sure&(sure-1) == 0; {
	case single:
		return sure, s.example[sure], true
	case sure == 0 && !open:
		return 0, "", true // no date of the column needs an order
	case asked != 0:
		return asked, "", true
	case mostly(s.count[0], s.total): // nor do nearly all; the rows of the others are rejected
		return 0, "", true
	case sure == 0 && possible != 0 && possible&(possible-1) == 0: // 25/03/04 and 03/04/31
		return possible, "", true
	}
	return 0, "", false
}

// question asks in which order a column's dates are to be read.
func (s *dateSurvey) question(column string) *fault.Error {
	var readings, names []string
	orders := dateOrder(0)
	for at := dateOrder(1); at < 8; at++ {
		if s.count[at] == 0 {
			continue
		}
		w, _ := parseDate(s.example[at])
		var days []string
		for _, order := range dateOrders {
			if at&order != 0 {
				days = append(days, w.read(order).long()+" ("+order.name()+")")
			}
		}
		verb := " may be "
		if len(days) == 1 {
			verb = " is "
		}
		readings, orders = append(readings, text.Quote(s.example[at])+verb+strings.Join(days, " or ")), orders|at
	}
	for _, order := range dateOrders {
		if orders&order != 0 {
			names = append(names, `"`+order.name()+`"`)
		}
	}
	return fault.New(fault.InvalidInput, "file: the dates in the column "+text.Quote(column)+" can be read in more than one order.",
		strings.Join(readings, "; ")+".", "Nothing was sent. Ask the operator which is right, and repeat the call with date_order: "+
			strings.Join(names, " or ")+"; or leave the column out with mapping: \"ignore\".")
}
