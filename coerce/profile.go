package coerce

import (
	"cmp"
	"slices"
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
	found       [tallies]tally
	numbered    bool   // digits that are a name rather than a number: 01234, +49 30 1234
	currency    string // of its numbers
	mixed       bool   // they are in more than one
}

// tally is how many values are of some kind, and the first of them.
type tally struct {
	count   int
	example string
}

// What is tallied, each from a place on.
const (
	fitting  = 0                      // by kind of value
	misfit   = fitting + int(kinds)   // likewise
	byOrders = misfit + int(kinds)    // dates, by the orders in which they can be read; those that need none are at 0
	bySigns  = byOrders + 8           // numbers, by the signs with which they can be read, likewise
	whole    = bySigns + 4            // by sign, numbers that are whole with it; at 0 those that are with either
	broken   = whole + int(comma) + 1 // likewise
	tallies  = broken + int(comma) + 1
)

func (p *Profile) add(what int, value string) {
	t := &p.found[what]
	if t.count == 0 {
		t.example = strings.Clone(value)
	}
	t.count++
}

// NewProfile returns a profile of a column that goes into a field of a type, or whose type is to be found where there is none.
func NewProfile(name, dataType string, how Manner) *Profile {
	return &Profile{name: name, datesOnly: dataType == catalog.Date, numbersOnly: IsNumeric(dataType), typed: how.Typed, assumed: how.Sign}
}

// IsProfiled reports that something about a field of the type is known only when all its values are.
func IsProfiled(dataType string) bool { return dataType == catalog.Date || IsNumeric(dataType) }

// IsNumeric tells the types of numbers.
func IsNumeric(dataType string) bool { return dataType == catalog.Integer || dataType == catalog.Float }

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
	p.values++
	if p.numbersOnly {
		if isShortWhole(written) {
			return
		}
		if a, isNumber := parseAmount(text.Clean(written), p.typed); isNumber {
			p.addNumber(a, written)
		}
		return
	}
	date, isDate := parseDate(written)
	if isDate {
		p.add(byOrders+int(date.orders), written)
	}
	if p.datesOnly {
		return
	}
	fits := [kinds]bool{dates: isDate, flags: isFlag(written),
		texts: len(written) <= apiclient.MaxTextValue || utf8.RuneCountInString(written) <= apiclient.MaxTextValue}
	if isNumbering(written) {
		p.numbered = true
	} else if a, isNumber := parseAmount(written, p.typed); isNumber && (!a.spaced || !isWholeNumber(a.readings[a.signs])) {
		p.addNumber(a, written)
		fits[wholes], fits[decimals] = true, true // which of them is known when the sign is
	}
	for kind, fit := range fits {
		if fit {
			p.add(fitting+kind, written)
		} else {
			p.add(misfit+kind, written)
		}
	}
}

func (p *Profile) addNumber(a amount, cell string) {
	p.add(bySigns+int(a.signs), cell)
	for sign := range comma + 1 {
		if reading, fits := a.in(sign); fits && isWholeNumber(reading) {
			p.add(whole+int(sign), cell)
		} else if fits {
			p.add(broken+int(sign), cell)
		}
	}
	p.take(a.currency)
}

func (p *Profile) take(currency string) {
	if currency != "" {
		p.mixed = p.mixed || p.currency != "" && p.currency != currency
		p.currency = strings.Clone(cmp.Or(p.currency, currency))
	}
}

// Merge adds what the rows behind those of p hold.
func (p *Profile) Merge(later *Profile) {
	for i, t := range later.found {
		p.found[i] = tally{p.found[i].count + t.count, cmp.Or(p.found[i].example, t.example)}
	}
	p.values += later.values
	p.numbered, p.mixed = p.numbered || later.numbered, p.mixed || later.mixed
	p.take(later.currency)
}

func (p *Profile) orders() []tally { return p.found[byOrders:bySigns] }
func (p *Profile) signs() []tally  { return p.found[bySigns:whole] }

// IsOpen reports dates or numbers that can be read only when their order or sign is known, and were read otherwise meanwhile.
func (p *Profile) IsOpen() bool {
	if p.datesOnly {
		return slices.ContainsFunc(p.orders()[1:], func(t tally) bool { return t.count > 0 })
	}
	open := p.signs()[point|comma].count
	if !p.numbersOnly || p.assumed == 0 {
		return p.numbersOnly && open > 0
	}
	sign, _, _ := settled(p.signs(), uint8(p.assumed), true)
	return open+p.signs()[(point|comma)&^p.assumed].count > 0 && Sign(sign) != p.assumed
}

// Order is how the column writes its dates, with the value that shows it, or a question.
func (p *Profile) Order(asked Order) (order Order, shown string, question *fault.Error) {
	found, shown, ok := settled(p.orders(), uint8(asked), false)
	if !ok {
		return 0, "", p.askOrder()
	}
	return Order(found), shown, nil
}

// Sign is how the column writes its numbers, with the value that shows it, or a question; 0 where it makes no difference.
func (p *Profile) Sign(asked Sign) (sign Sign, shown string, question *fault.Error) {
	found, shown, ok := settled(p.signs(), uint8(asked), true)
	switch sign = Sign(found); {
	case !ok:
		return 0, "", p.askSign()
	case sign == comma || p.signs()[point|comma].count > 0:
		return sign, shown, nil
	}
	return 0, "", nil
}

// settled is the way in which a column's values are written, of those in which each of them can be read, and the value that
// shows it; 0 where they need none. Values that can be read in one way only settle it when they agree, even against the way
// that was asked for: that was meant for another column. alone: where they do not agree, each is read by itself. ok is false when
// the caller has to be asked.
func settled(found []tally, asked uint8, alone bool) (way uint8, shown string, ok bool) {
	sure, possible, open, total := uint8(0), uint8(len(found)-1), false, found[0].count
	for ways := uint8(1); int(ways) < len(found); ways++ {
		if found[ways].count == 0 {
			continue
		}
		total += found[ways].count
		if possible &= ways; isOne(ways) {
			sure |= ways
		} else {
			open = true
		}
	}
	switch {
	case isOne(sure):
		return sure, found[sure].example, true
	case !open && (sure == 0 || alone):
		return 0, "", true
	case asked != 0:
		return asked, "", true
	case mostly(found[0].count, total) && !alone: // nearly all need none; the rows of the others are rejected
		return 0, "", true
	case sure == 0 && isOne(possible): // 25/03/04 and 03/04/31
		return possible, "", true
	}
	return 0, "", false
}

func isOne(ways uint8) bool { return ways != 0 && ways&(ways-1) == 0 }

func (p *Profile) askOrder() *fault.Error {
	named := func(order uint8) string { return Order(order).Name() }
	return p.question(p.orders(), "dates", "order", "date_order", named, func(cell string, order uint8) string {
		w, _ := parseDate(cell)
		return w.read(Order(order)).long() + " (" + named(order) + ")"
	})
}

func (p *Profile) askSign() *fault.Error {
	return p.question(p.signs(), "numbers", "way", "decimal_sign", func(sign uint8) string { return Sign(sign).Name() },
		func(cell string, sign uint8) string {
			a, _ := parseAmount(cell, false)
			return a.readings[sign] + " (" + text.Quote(Sign(sign).Name()) + ")"
		})
}

// question asks in which way a column's values are to be read, with what each example means in each.
func (p *Profile) question(
	found []tally, what, way, argument string, named func(way uint8) string, read func(cell string, way uint8) string,
) *fault.Error {
	var said, names []string
	for ways, t := range found {
		if ways == 0 || t.count == 0 {
			continue
		}
		var readings []string
		for one := uint8(1); int(one) < len(found); one <<= 1 {
			if name := text.Quote(named(one)); uint8(ways)&one != 0 {
				readings = append(readings, read(t.example, one))
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		verb := " may be "
		if len(readings) == 1 {
			verb = " is "
		}
		said = append(said, text.Quote(t.example)+verb+strings.Join(readings, " or "))
	}
	return fault.New(fault.InvalidInput, "file: the "+what+" in the column "+text.Quote(p.name)+" can be read in more than one "+way+".",
		strings.Join(said, "; ")+".", "Nothing was sent. Ask the operator which is right, and repeat the call with "+argument+": "+
			strings.Join(names, " or ")+"; or leave the column out with mapping: {"+text.Quote(p.name)+`: "ignore"}.`)
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
	p = p.withNumbers(asked)
	kind := p.kind()
	found := p.about(kind)
	if kind == texts {
		found.TooLong = !mostly(found.Fits, p.values)
		if nearly, ok := p.nearly(); ok && !found.TooLong {
			found = p.about(nearly)
			found.DataType, found.Nearly = dataTypes[texts], found.DataType
		}
	}
	return found
}

func (p *Profile) about(kind kind) Type {
	return Type{DataType: dataTypes[kind], Values: p.values, Fits: p.fits(kind), Misfit: p.found[misfit+int(kind)].example}
}

func (p *Profile) fits(kind kind) int { return p.found[fitting+int(kind)].count }

// withNumbers is the profile with what fits whole numbers and decimals counted, when all is known of the column's sign.
func (p *Profile) withNumbers(asked Sign) *Profile {
	counted := *p
	sign, _, ok := settled(p.signs(), uint8(asked), true)
	wholes, brokens := p.found[whole+int(sign)], p.found[broken+int(sign)]
	counted.found[fitting].count, counted.found[fitting+int(decimals)].count = wholes.count, wholes.count+brokens.count
	if !ok {
		counted.found[fitting].count, counted.found[fitting+int(decimals)].count = 0, 0
		for _, t := range p.signs() {
			counted.found[fitting+int(decimals)].count += t.count
		}
	}
	counted.found[misfit].example = cmp.Or(p.found[misfit].example, brokens.example)
	return &counted
}

// nearly is the narrow type that most of a text's values would fit.
func (p *Profile) nearly() (kind, bool) {
	for _, kind := range inferred {
		isName := kind.isNumber() && (p.numbered || namesNumbers(p.name))
		if 2*p.fits(kind) > p.values && p.fits(kind) < p.values && !isName {
			return kind, true
		}
	}
	return texts, false
}

// kind is the type that a new field for the column should have: a narrow one that all but a few of the values fit, else a
// text. Digits that are names stay texts, because a number would lose their zeros.
func (p *Profile) kind() kind {
	for _, kind := range inferred {
		isName := kind.isNumber() && (p.numbered || p.mixed || namesNumbers(p.name))
		if mostly(p.fits(kind), p.values) && !isName {
			return kind
		}
	}
	return texts
}

func (k kind) isNumber() bool { return k == wholes || k == decimals }

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
