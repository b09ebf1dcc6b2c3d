package optout

import (
	"strings"
	"unicode/utf8"
)

// mostValues is how many different values of a column are kept. A column of more is text, numbers or dates.
const mostValues = 60

// Values are what a column holds. The zero value is ready to use.
type Values struct {
	count  map[string]*int // so that a cell that was seen before is looked up once, and keeps no text of its row
	filled int
	more   int // cells of values that are not kept
	// attentive is set where the header may be about mail: then plain answers and words of a mailing are kept beside
	// however many others.
	attentive bool
	// loose and strict say how mentions are read below the header (see mentioned), and mentions is set where there is one
	// among the values that are not kept.
	loose, strict, mentions bool
}

// ValuesOf returns the values of a column of that name, empty still.
func ValuesOf(name string) *Values {
	_, name = legendOf(name)
	h := headerOf(name)
	v := &Values{attentive: true, loose: h.status, strict: h.strict}
	switch h.class {
	case plain, elsewhere, business:
		v.attentive = h.status
	}
	return v
}

// Fresh returns empty values of the same column. A mention that was found need not be looked for again.
func (v *Values) Fresh() *Values {
	return &Values{attentive: v.attentive, loose: v.loose, strict: v.strict, mentions: v.mentions}
}

// Learn takes over from the first values of the column that there is a mention among them.
func (v *Values) Learn(first *Values) {
	v.mentions = first.shares(header{strict: v.strict}).mentions > 0
}

// Add takes so many cells that hold the same.
func (v *Values) Add(cell string, times int) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return
	}
	v.filled += times
	if seen := v.count[cell]; seen != nil {
		*seen += times
		return
	}
	if len(v.count) >= mostValues && (!v.attentive || len(v.count) >= 4*mostValues || !speaks(cell)) {
		v.more += times
		if !v.mentions && mentioned(cell, v.loose, v.strict).Verdict > Yes {
			v.mentions = true
		}
		return
	}
	if v.count == nil {
		v.count = map[string]*int{}
	}
	first := times
	v.count[strings.Clone(cell)] = &first
}

// speaks reports a plain answer, or a word of a mailing.
func speaks(cell string) bool {
	if len(cell) > 30 {
		return false
	}
	w, key := known(), joined(fold(cell, false))
	_, isWord := w.cells[key]
	return isWord || w.answers[key] != unheard
}

// shares are how many cells of a column are what, of all that hold something.
type shares struct {
	all       int
	mailing   int // words of a mailing
	sure      int // of these, such that can mean nothing else
	mentions  int // cells of which an item is such
	within    int // such beside another word
	open      int // words that may be a mailing's
	words     int // any of these, also those that are answers too
	billing   int // different states of a paid plan
	answers   int // yes and no
	numbers   int
	codes     int // numbers of one digit
	letters   int // cells of one letter
	many      int // numbers above one: a count, or codes
	moments   int
	addresses int // of pages, people and machines
	text      int // longer than any choice
	sentences int // that agree or refuse
	unheard   int // none of these
}

// known is what a choice about mail may hold.
func (s shares) known() int { return s.mailing + s.open + s.answers }

const (
	fewValues = 12 // different ones, as a choice has them
	longText  = 60 // characters, as no choice has
)

func (v *Values) shares(h header) shares {
	s := shares{all: v.filled - v.more}
	if v.mentions {
		s.mentions++
	}
	for cell, counted := range v.count {
		times := *counted
		if mentioned(cell, false, h.strict).Verdict > Yes {
			s.mentions += times
		}
		if len(cell) > longest {
			s.text += times
			continue
		}
		folded := fold(cell, false)
		s.addForm(cell, folded, times)
		s.addMeaning(cell, folded, times)
	}
	return s
}

// addForm counts a cell by what it looks like.
func (s *shares) addForm(cell, folded string, times int) {
	number, isNumber := wholeNumber(folded)
	switch {
	case isNumber || isNegative(cell):
		s.numbers += times
		if len(number) == 1 {
			s.codes += times
		}
		if number != "0" && number != "1" && len(number) != 3 { // 550 is the code of a mail server
			s.many += times
		}
	case isMoment(cell), isZeroDate(cell):
		s.moments += times
	case strings.Contains(cell, "://") || strings.Contains(cell, "@") || isIPv4(folded):
		s.addresses += times
	}
	if folded > "9" && utf8.RuneCountInString(folded) == 1 {
		s.letters += times
	}
}

// isIPv4 reports four numbers, which fold has put spaces between.
func isIPv4(folded string) bool {
	return strings.Count(folded, " ") == 3 && strings.Trim(folded, "0123456789 ") == ""
}

// addMeaning counts a cell by what it says.
func (s *shares) addMeaning(cell, folded string, times int) {
	means := whole(cell)
	if means != unheard {
		s.words += times
	}
	if billing()[folded] {
		s.billing++
	}
	if strings.Count(folded, " ") < 3 && isMailing(cell) {
		s.within += times
	}
	_, isNumber := wholeNumber(folded)
	switch {
	case isSure(cell), isReturned(cell):
		s.sure += times
		s.mailing += times
	case answerOf(cell, folded) != unheard:
		s.answers += times
	case means == open:
		s.open += times
	case means != unheard:
		s.mailing += times
	case agreesInFull(cell):
		s.sentences += times
	case utf8.RuneCountInString(cell) > longText:
		s.text += times
	case !isNumber && !isMoment(cell):
		s.unheard += times
	}
}

// isText reports a column of free text, addresses of pages and the like: nothing that one chooses from.
func (v *Values) isText(s shares) bool {
	if v.filled == 0 || (s.known()+s.moments+s.sentences)*2 >= v.filled {
		return false
	}
	return (s.text+s.addresses)*2 > v.filled || len(v.count) > fewValues && len(v.count)*2 > v.filled-v.more || v.more > 0
}

// marksWilling reports that those who may be mailed are marked in the column.
func (v *Values) marksWilling() bool {
	for cell := range v.count {
		if whole(cell) == wants {
			return true
		}
	}
	return false
}

// isTickBox reports a column of one single tick or sentence: an empty cell is a box that was not ticked.
func (v *Values) isTickBox() bool {
	if len(v.count) != 1 {
		return false
	}
	for cell := range v.count {
		folded := fold(cell, false)
		return agreesInFull(cell) || ticks()[folded] || folded == "" && isTick(cell)
	}
	return false
}

var ticks = wordSet("x", "on", "checked", "ticked", "selected")

// pairs are the answers of one letter, by language: they are read where the other one stands in the column too.
var pairs = []struct{ yes, no string }{{"s", "n"}, {"o", "n"}, {"j", "n"}, {"a", "n"}, {"k", "e"}, {"e", "h"}, {"д", "н"}, {"т", "н"}}

// codes are the letters by which newsletter plugins keep a status: confirmed, unsubscribed, bounced; S is one who has only
// signed up.
var codes = map[string]meaning{"c": wants, "a": wants, "u": left, "b": unreachable, "s": open, "p": open, "d": open, "i": open}

// letters says what single letters mean in a column of that name: those of a yes and a no, or of a tool's status where
// there are no others.
func (v *Values) letters(name string) map[string]meaning {
	if known := codesOf[fold(name, true)]; known != nil {
		return known
	}
	found, strange := map[string]bool{}, false
	for cell := range v.count {
		if len(cell) > 12 {
			continue
		}
		if folded := fold(cell, false); utf8.RuneCountInString(folded) == 1 && folded > "9" {
			found[folded] = true
			strange = strange || codes[folded] == unheard
		}
	}
	if v.count["+"] != nil && v.count["-"] != nil {
		return map[string]meaning{"+": plainYes, "-": plainNo}
	}
	for _, pair := range pairs {
		if len(found) == 2 && found[pair.yes] && found[pair.no] {
			return map[string]meaning{pair.yes: plainYes, pair.no: plainNo}
		}
	}
	if !strange && (found["u"] || found["b"]) && (found["c"] || found["s"]) {
		return codes
	}
	return nil
}

// oneIsYes reports that the code 1 stands for those who may be mailed, as it does nearly everywhere. Where there are more
// codes than two, it is not believed if 0 is as frequent: then 0 may be the good one, and 1 a bounce.
func (v *Values) oneIsYes() bool {
	different := map[string]int{}
	for cell, counted := range v.count {
		if len(cell) > 12 {
			continue
		}
		if number, is := wholeNumber(fold(cell, false)); is && !isNegative(cell) {
			different[number] += *counted
		}
	}
	return len(different) <= 2 || different["1"] > different["0"]
}

// areCodes reports single letters other than those of a yes and a no, or the numbers of a kind of refusal.
func (v *Values) areCodes(h header) bool {
	letters, strange, high := 0, false, false
	for cell := range v.count {
		if utf8.RuneCountInString(cell) != 1 || !strings.ContainsFunc(cell, isLetterOrDigit) {
			continue
		}
		letter := strings.ToLower(cell)
		letters++
		strange = strange || letter > "9" && answerOf(letter, letter) == unheard
		high = high || letter > "1" && letter <= "9"
	}
	return letters > 1 && (strange || high && h.class == refusing && h.detail)
}
