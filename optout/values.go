package optout

import (
	"strings"
	"unicode/utf8"
)

// mostValues is how many different values of a column are kept. A column of more is text, numbers or dates.
const mostValues = 60

// Values are what a column holds. The zero value is ready to use.
type Values struct {
	count  map[string]int
	filled int
	blank  int
	more   int // cells of values that are not kept
}

// Add takes so many cells that hold the same.
func (v *Values) Add(cell string, times int) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		v.blank += times
		return
	}
	v.filled += times
	if _, seen := v.count[cell]; !seen && len(v.count) == mostValues {
		v.more += times
		return
	}
	if v.count == nil {
		v.count = map[string]int{}
	}
	v.count[strings.Clone(cell)] += times
}

// shares are how many cells of a column are what, of all that hold something.
type shares struct {
	all     int
	mailing int // words of a mailing
	sure    int // such that can mean nothing else
	open    int // words that may be a mailing's
	answers int // yes and no
	numbers int
	moments int
}

func (v *Values) shares() shares {
	s := shares{all: v.filled}
	plain := Column{}
	for cell, times := range v.count {
		folded := fold(cell, false)
		means := meaningOf(cell)
		_, isNumber := wholeNumber(folded)
		if isNumber {
			s.numbers += times
		}
		switch {
		case plain.answer(cell, folded) != unheard:
			s.answers += times
		case means == open:
			s.open += times
		case means != unheard:
			s.mailing += times
		case isMoment(cell):
			s.moments += times
		}
		if phraseOf(cell, true).hasAny(known().sure) {
			s.sure += times
		}
	}
	return s
}

const (
	fewValues = 12 // different ones, as a choice has them
	longText  = 60 // characters, as no choice has
)

// isText reports a column of free text, addresses of pages and the like: nothing that one chooses from.
func (v *Values) isText() bool {
	if v.filled == 0 {
		return false
	}
	s := v.shares()
	if (s.mailing+s.open+s.answers+s.moments)*2 >= v.filled {
		return false
	}
	long := 0
	for cell, times := range v.count {
		if utf8.RuneCountInString(cell) > longText || strings.Contains(cell, "://") || strings.Contains(cell, "@") {
			long += times
		}
	}
	return long*2 > v.filled || len(v.count) > fewValues && len(v.count)*2 > v.filled-v.more || v.more > 0
}

// marksWilling reports that those who may be mailed are marked in the column.
func (v *Values) marksWilling() bool {
	for cell := range v.count {
		if means := meaningOf(cell); means == wants {
			return true
		}
	}
	return false
}

// pairs are the answers of one letter, by language: they are read where the other one stands in the column too.
var pairs = []struct{ yes, no string }{{"s", "n"}, {"o", "n"}, {"j", "n"}, {"a", "n"}, {"k", "e"}, {"e", "h"}, {"д", "н"}, {"т", "н"}}

// codes are the letters by which newsletter plugins keep a status: confirmed, unsubscribed, bounced; S is one who has only
// signed up.
var codes = map[string]meaning{"c": wants, "a": wants, "u": left, "b": unreachable, "s": open, "p": open, "d": open, "i": open}

// letters says what single letters mean in the column.
func (v *Values) letters() map[string]meaning {
	found := map[string]bool{}
	for cell := range v.count {
		if folded := fold(cell, false); utf8.RuneCountInString(folded) == 1 && folded > "9" {
			found[folded] = true
		}
	}
	for _, pair := range pairs {
		if len(found) == 2 && found[pair.yes] && found[pair.no] {
			return map[string]meaning{pair.yes: plainYes, pair.no: plainNo}
		}
	}
	if (found["u"] || found["b"]) && !found["y"] && !found["n"] {
		return codes
	}
	return nil
}
