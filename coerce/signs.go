package coerce

import (
	"cmp"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// signSurvey counts a column's numbers by the decimal signs with which they can be read, and what types they fit with each.
type signSurvey struct {
	count   [4]int // those that need no sign are at 0
	example [4]string
	wholes  [3]int // by sign; at 0 those that are whole with either
	numbers [3]int
	misfits [3]string // by sign, one that is not whole

	currency string
	mixed    bool // in more than one currency
}

func (s *signSurvey) add(a amount, cell string) {
	if s.count[a.signs] == 0 {
		s.example[a.signs] = strings.Clone(cell)
	}
	s.count[a.signs]++
	if a.signs&(a.signs-1) == 0 {
		s.fit(0, a.readings[a.signs], cell)
	}
	s.fit(point, a.readings[point], cell)
	s.fit(comma, a.readings[comma], cell)
	s.take(a.currency)
}

func (s *signSurvey) fit(sign Sign, reading, cell string) {
	switch {
	case reading == "":
		return
	case isWholeNumber(reading):
		s.wholes[sign]++
	case s.misfits[sign] == "":
		s.misfits[sign] = strings.Clone(cell)
	}
	s.numbers[sign]++
}

func (s *signSurvey) take(currency string) {
	if currency == "" {
		return
	}
	s.mixed = s.mixed || s.currency != "" && s.currency != currency
	s.currency = strings.Clone(cmp.Or(s.currency, currency))
}

// merge adds what the rows behind hold.
func (s *signSurvey) merge(later *signSurvey) {
	for signs := range s.count {
		s.count[signs] += later.count[signs]
		s.example[signs] = cmp.Or(s.example[signs], later.example[signs])
	}
	for sign := range s.wholes {
		s.wholes[sign] += later.wholes[sign]
		s.numbers[sign] += later.numbers[sign]
		s.misfits[sign] = cmp.Or(s.misfits[sign], later.misfits[sign])
	}
	s.mixed = s.mixed || later.mixed
	s.take(later.currency)
}

func (s *signSurvey) total() (numbers int) {
	for _, n := range s.count {
		numbers += n
	}
	return numbers
}

// isOpen tells that some numbers can be read only when the sign of the column is known.
func (s *signSurvey) isOpen() bool { return s.count[point|comma] > 0 }

// changes tells that the numbers have to be read again, if they were read with an assumed sign; 0 is none.
func (s *signSurvey) changes(assumed Sign) bool {
	if assumed == 0 {
		return s.isOpen()
	}
	sign, _, _ := s.settled(assumed)
	return s.count[point|comma]+s.count[(point|comma)&^assumed] > 0 && sign != assumed
}

// settled is the sign with which a column's numbers are read, and the value that shows it. Values that can be read with one
// sign only settle it when they agree, even against the sign that was asked for: that was meant for another column. ok is
// false when the caller has to be asked.
func (s *signSurvey) settled(asked Sign) (sign Sign, shown string, ok bool) {
	switch pointed, withComma := s.count[point] > 0, s.count[comma] > 0; {
	case pointed && !withComma:
		return point, s.example[point], true
	case withComma && !pointed:
		return comma, s.example[comma], true
	case !s.isOpen():
		return 0, "", true // each number can be read by itself
	case asked != 0:
		return asked, "", true
	}
	return 0, "", false
}

// question asks with which sign a column's numbers are to be read.
func (s *signSurvey) question(column string) *fault.Error {
	example := s.example[point|comma]
	a, _ := parseAmount(example, false)
	why := text.Quote(example) + " may be " + a.readings[point] + ` (".") or ` + a.readings[comma] + ` (",")`
	for _, sure := range []Sign{point, comma} {
		if s.count[sure] > 0 {
			why += "; " + text.Quote(s.example[sure]) + " is written with " + text.Quote(sure.Name())
		}
	}
	return fault.New(fault.InvalidInput, "file: the numbers in the column "+text.Quote(column)+" can be read in more than one way.", why+".",
		`Nothing was sent. Ask the operator which is right, and repeat the call with decimal_sign: "." or ","; `+
			`or leave the column out with mapping: "ignore".`)
}

// IsNumeric tells the types of numbers.
func IsNumeric(dataType string) bool { return dataType == catalog.Integer || dataType == catalog.Float }
