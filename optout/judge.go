// Package optout says which columns of a contact file tell who may be mailed, and what their cells say. A column is judged
// by its header and its values together: by either alone, "Type" with the cell "unsubscribed" and "Accepts marketing" with
// the cell "nein" would both be missed.
//
// In a column that is about mail only what is known to be a yes counts as one. What is not understood is doubt, which is
// held back and named. The words of each language stand in tables of their own; where the tables do not help, nothing is
// guessed.
package optout

import (
	"strings"
	"unicode"
)

// Kind is what a column has to do with mail.
type Kind string

// The kinds of column.
const (
	Foreign   Kind = ""          // nothing
	Agreement Kind = "agreement" // a no says that the person may not be mailed
	Refusal   Kind = "refusal"   // anything that is not a no says so
	Status    Kind = "status"    // words say what the person is to a mailing
	Mention   Kind = "mention"   // some other column, in which single cells say it all the same
	Unclear   Kind = "unclear"   // a bare status of words that no mailing has: somebody has to say what it is
)

// Verdict is what a cell says.
type Verdict uint8

// The verdicts. An empty cell is Silent unless its column marks those who may be mailed.
const (
	Silent Verdict = iota // it says nothing
	Yes                   // may be mailed
	Doubt                 // it is not understood, or may mean either
	No                    // may not be mailed
)

// Reason is why a cell is not a yes.
type Reason string

// The reasons. Unsubscribed and Complained are the ones by which somebody may be unsubscribed who is a contact already.
const (
	Unsubscribed Reason = "has unsubscribed"
	Complained   Reason = "reported mail as spam"
	Blocked      Reason = "is not to be mailed"
	Bounced      Reason = "cannot be reached by mail"
	NotAgreed    Reason = "has not agreed to be mailed"
	NotKnown     Reason = "may not have agreed to be mailed"
)

// Said is what a cell came to.
type Said struct {
	Verdict Verdict
	Reason  Reason // empty for Silent and Yes
}

// Unsubscribes reports a saying that is sure enough to unsubscribe somebody by.
func (s Said) Unsubscribes() bool {
	return s.Verdict == No && (s.Reason == Unsubscribed || s.Reason == Complained)
}

// Column is a judged column.
type Column struct {
	Kind   Kind
	header header
	letter map[string]meaning // what single letters mean here
	marks  bool               // those who may be mailed are marked, so that an empty cell is no yes
}

// Judge says what a column is, by its header and by what its cells hold.
func Judge(name string, values *Values) Column {
	c := Column{header: headerOf(name), letter: values.letters()}
	c.Kind = c.kind(values)
	c.marks = c.Kind == Status && c.header.class != bouncing && values.marksWilling()
	return c
}

func (c Column) kind(values *Values) Kind {
	share := values.shares()
	h := c.header
	switch {
	case h.class == elsewhere:
		return Foreign
	case h.class == refusing && h.about && (values.isText() || share.numbers == share.all):
		return mentions(share)
	case h.class == refusing:
		return Refusal
	case h.class == agreeing && share.mailing > 0 && share.mailing >= share.answers:
		return Status
	case h.class == agreeing && !values.isText():
		return Agreement
	case h.class == mailStatus && !values.isText():
		return Status
	case h.class == bareStatus && (share.mailing+share.open > 0 || c.letter != nil) && !values.isText():
		return Status
	case h.class == bareStatus && h.bare && share.all > 0 && !values.isText():
		return Unclear
	case h.class == mailOnly && share.answers*2 > share.all:
		return Agreement
	case (share.mailing+share.open)*2 >= share.all && share.sure > 0 && !values.isText():
		return Status
	}
	return mentions(share)
}

func mentions(share shares) Kind {
	if share.sure > 0 {
		return Mention
	}
	return Foreign
}

// Read says what a cell of the column says.
func (c Column) Read(cell string) Said {
	cell = strings.TrimSpace(cell)
	folded := fold(cell, false)
	switch c.Kind {
	case Foreign, Unclear:
		return Said{}
	case Mention:
		if phraseOf(cell, true).hasAny(known().sure) {
			return sayingOf(meaningOf(cell))
		}
		return Said{}
	case Refusal:
		return c.refusal(cell, folded)
	}
	if folded == "" && !isMark(cell) {
		if c.marks {
			return Said{Doubt, NotKnown}
		}
		return Said{}
	}
	if c.Kind == Agreement {
		return c.agreement(cell, folded)
	}
	return c.status(cell, folded)
}

// agreement reads a cell below "Accepts marketing": a date is a yes too.
func (c Column) agreement(cell, folded string) Said {
	switch c.answer(cell, folded) {
	case plainYes:
		return Said{Verdict: Yes}
	case plainNo:
		return Said{No, NotAgreed}
	}
	if isZeroDate(cell) {
		return Said{Doubt, NotKnown}
	}
	if isMoment(cell) {
		return Said{Verdict: Yes}
	}
	return sayingOf(meaningOf(cell))
}

func (c Column) status(cell, folded string) Said {
	if means := meaningOf(cell); means != unheard {
		return sayingOf(means)
	}
	if means, ok := c.letter[folded]; ok {
		return sayingOf(means)
	}
	switch c.answer(cell, folded) {
	case plainYes:
		return Said{Verdict: Yes}
	case plainNo:
		return Said{No, NotAgreed}
	}
	return Said{Doubt, NotKnown}
}

// refusal reads a cell below "Unsubscribed": a tick, a date, a reason say that the person has.
func (c Column) refusal(cell, folded string) Said {
	says := Said{No, c.header.reason}
	if folded == "" && !isMark(cell) || isZeroDate(cell) || isNothing(folded) {
		return Said{}
	}
	means := meaningOf(cell)
	switch answer := c.answer(cell, folded); {
	case folded == "unknown", folded == "pending":
		return Said{Doubt, NotKnown}
	case folded == "never", answer == plainNo && !c.header.allows:
		return Said{Verdict: Yes}
	case c.header.allows && (folded == "allow" || folded == "allowed"), means == wants:
		return Said{Verdict: Yes}
	case means == left, means == reported, means == barred, means == unreachable:
		return sayingOf(means)
	case folded == "soft" || strings.Contains(joined(folded), "softbounce"):
		return Said{Doubt, Bounced}
	}
	return says
}

// answer reads a plain yes or no.
func (c Column) answer(cell, folded string) meaning {
	switch {
	case strings.ContainsAny(cell, "✓✔☑✅"):
		return plainYes
	case folded == "" && strings.ContainsAny(cell, "✗✘❌☐×"):
		return plainNo
	case isNegative(cell):
		return plainNo
	}
	if means, ok := c.letter[folded]; ok && (means == plainYes || means == plainNo) {
		return means
	}
	if number, is := wholeNumber(folded); is {
		switch number {
		case "0":
			return plainNo
		case "1":
			return plainYes
		}
		return unheard
	}
	return known().answers[joined(folded)]
}

// meaningOf is what a text says of a mailing: as a whole, or by the words in a longer one.
func meaningOf(cell string) meaning {
	folded := fold(cell, true)
	w := known()
	for _, form := range []string{joined(fold(cell, false)), joined(folded)} {
		if means, ok := w.cells[form]; ok {
			return means
		}
	}
	return w.inside(strings.Fields(folded))
}

// longest is how many words a status may have; longer texts are sentences, which are not read.
const longest = 12

// inside finds the worst that the words of a text say, each as far as it goes.
func (w *words) inside(tokens []string) meaning {
	worst := unheard
	if len(tokens) > longest {
		return unheard
	}
	for at := 0; at < len(tokens); {
		means, taken := w.at(tokens[at:])
		if taken == 0 {
			at++
			continue
		}
		if at > 0 && w.not[tokens[at-1]] {
			means = contrary(means)
		}
		if worse(means) > worse(worst) {
			worst = means
		}
		at += taken
	}
	return worst
}

// at is the longest known text that the words begin with.
func (w *words) at(tokens []string) (means meaning, taken int) {
	for n := min(len(tokens), 6); n > 0; n-- {
		if means, ok := w.cells[strings.Join(tokens[:n], "")]; ok {
			return means, n
		}
	}
	return unheard, 0
}

func contrary(means meaning) meaning {
	switch means {
	case wants:
		return neverAgreed
	case left, reported, barred, unreachable:
		return wants
	}
	return means
}

// worse orders meanings: what keeps mail away goes before doubt, and doubt before a yes.
func worse(means meaning) int {
	switch means {
	case left, reported:
		return 5
	case barred, neverAgreed:
		return 4
	case unreachable:
		return 3
	case open:
		return 2
	case wants:
		return 1
	}
	return 0
}

func sayingOf(means meaning) Said {
	switch means {
	case wants, plainYes:
		return Said{Verdict: Yes}
	case left:
		return Said{No, Unsubscribed}
	case reported:
		return Said{No, Complained}
	case barred:
		return Said{No, Blocked}
	case unreachable:
		return Said{No, Bounced}
	case neverAgreed, plainNo:
		return Said{No, NotAgreed}
	}
	return Said{Doubt, NotKnown}
}

// isNothing are cells that stand for an empty one.
func isNothing(folded string) bool {
	switch folded {
	case "null", "nil", "none", "na", "n a", "nan", "undefined":
		return true
	}
	return false
}

func isMark(cell string) bool { return strings.ContainsAny(cell, "✓✔☑✅✗✘❌☐×") }

func isNegative(cell string) bool {
	rest, negative := strings.CutPrefix(strings.ReplaceAll(cell, "−", "-"), "-")
	return negative && rest != "" && !strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' })
}

// wholeNumber is a number without what a spreadsheet adds: "1.0" and "1,00" are 1.
func wholeNumber(folded string) (string, bool) {
	whole, fraction, _ := strings.Cut(folded, " ")
	if strings.Trim(fraction, "0") != "" || whole == "" || strings.ContainsFunc(whole, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	return whole, true
}

// isZeroDate is a date that is none: 0000-00-00.
func isZeroDate(cell string) bool {
	return len(cell) > 1 && strings.Trim(cell, "0-/.: ") == "" && strings.ContainsRune(cell, '0') && strings.ContainsAny(cell, "-/.:")
}

// isMoment tells dates and times: they have four digits at least, and what separates them.
func isMoment(cell string) bool {
	digits, separators := 0, 0
	for _, r := range cell {
		switch {
		case unicode.IsDigit(r):
			digits++
		case strings.ContainsRune("-/.: T", r):
			separators++
		case !unicode.IsLetter(r) && r != ',' && r != '+':
			return false
		}
	}
	return digits >= 4 && (separators >= 2 || digits >= 10)
}
