package coerce

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Profile is what the values of a column are like.
type Profile struct {
	name        string
	datesOnly   bool
	numbersOnly bool
	typed       bool
	assumed     Sign // with which its numbers are read meanwhile
	values      int
	fits        [kinds]int    // those of numbers when their sign is settled
	misfits     [kinds]string // one value that does not fit
	numbered    bool          // digits that are a name rather than a number: 01234, +49 30 1234
	dates       dateSurvey
	signs       signSurvey
}

// NewProfile returns a profile of a column that goes into a field of a type, or whose type is to be found where there is none.
func NewProfile(name, dataType string, how Manner) *Profile {
	return &Profile{name: name, datesOnly: dataType == catalog.Date, numbersOnly: IsNumeric(dataType), typed: how.Typed, assumed: how.Sign}
}

// IsProfiled reports that something about a field of the type is known only when all its values are.
func IsProfiled(dataType string) bool { return dataType == catalog.Date || IsNumeric(dataType) }

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

// Add takes a trimmed value; what stands for nothing does not count.
func (p *Profile) Add(written string) {
	if written == "" || IsPlaceholder(written) || len(written) >= 5 && isZeroDate(written) {
		return
	}
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

// Merge adds what the rows behind those of p hold.
func (p *Profile) Merge(later *Profile) {
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

// IsOpen reports dates or numbers that can be read only when their order or sign is known, and were read otherwise meanwhile.
func (p *Profile) IsOpen() bool {
	return p.datesOnly && p.dates.total > p.dates.count[0] || p.numbersOnly && p.signs.changes(p.assumed)
}

// Order is how the column writes its dates, with the value that shows it, or a question.
func (p *Profile) Order(asked Order) (order Order, shown string, question *fault.Error) {
	order, shown, ok := p.dates.settled(asked)
	if !ok {
		return 0, "", p.dates.question(p.name)
	}
	return order, shown, nil
}

// Sign is how the column writes its numbers, with the value that shows it, or a question; 0 where it makes no difference.
func (p *Profile) Sign(asked Sign) (sign Sign, shown string, question *fault.Error) {
	sign, shown, ok := p.signs.settled(asked)
	switch {
	case !ok:
		return 0, "", p.signs.question(p.name)
	case sign == comma || p.signs.isOpen():
		return sign, shown, nil
	}
	return 0, "", nil
}

// Type is the type of a field that would hold the values of a column.
type Type struct {
	DataType string
	// Values is how many cells have one, Fits how many of them fit the type; Misfit is one that does not.
	Values, Fits int
	Misfit       string
	// Nearly is the type that more than half of a text's values would fit; then Fits and Misfit are about that.
	Nearly string
	// TooLong is set when the values are too long for any field.
	TooLong bool
}

// Type finds the type for a column that has no field; it has no values where none has to be found. Numbers are read with the
// sign that was asked for where they leave it open.
func (p *Profile) Type(asked Sign) Type {
	if p == nil || p.datesOnly || p.numbersOnly {
		return Type{}
	}
	p.settleNumbers(asked)
	kind := p.kind()
	found := Type{DataType: dataTypes[kind], Values: p.values, Fits: p.fits[kind], Misfit: p.misfits[kind]}
	if kind == texts {
		found.TooLong = !mostly(p.fits[texts], p.values)
		if nearly, ok := p.nearly(); ok && !found.TooLong {
			found.Nearly, found.Fits, found.Misfit = dataTypes[nearly], p.fits[nearly], p.misfits[nearly]
		}
	}
	return found
}

// settleNumbers counts what fits whole numbers and decimals, when all is known of the column's sign.
func (p *Profile) settleNumbers(asked Sign) {
	sign, _, ok := p.signs.settled(asked)
	p.fits[wholes], p.fits[decimals] = p.signs.wholes[sign], p.signs.numbers[sign]
	if !ok {
		p.fits[wholes], p.fits[decimals] = 0, p.signs.total()
	}
	p.misfits[wholes] = cmp.Or(p.misfits[wholes], p.signs.misfits[sign])
}

// nearly is the narrow type that most of a text's values would fit.
func (p *Profile) nearly() (kind, bool) {
	for _, kind := range inferred {
		if isNumber := kind == wholes || kind == decimals; isNumber && (p.numbered || namesNumbers(p.name)) {
			continue
		}
		if 2*p.fits[kind] > p.values && p.fits[kind] < p.values {
			return kind, true
		}
	}
	return texts, false
}

// kind is the type that a new field for the column should have: a narrow one that all but a few of the values fit, else a
// text. Digits that are names stay texts, because a number would lose their zeros.
func (p *Profile) kind() kind {
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
func (s *dateSurvey) settled(asked Order) (order Order, shown string, ok bool) {
	var sure, possible Order = 0, dmy | mdy | ymd
	open := false
	for orders := Order(1); orders < 8; orders++ {
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
	orders := Order(0)
	for at := Order(1); at < 8; at++ {
		if s.count[at] == 0 {
			continue
		}
		w, _ := parseDate(s.example[at])
		var days []string
		for _, order := range dateOrders {
			if at&order != 0 {
				days = append(days, w.read(order).long()+" ("+order.Name()+")")
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
			names = append(names, `"`+order.Name()+`"`)
		}
	}
	return fault.New(fault.InvalidInput, "file: the dates in the column "+text.Quote(column)+" can be read in more than one order.",
		strings.Join(readings, "; ")+".", "Nothing was sent. Ask the operator which is right, and repeat the call with date_order: "+
			strings.Join(names, " or ")+"; or leave the column out with mapping: \"ignore\".")
}
