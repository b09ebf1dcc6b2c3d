package intake

import (
	"cmp"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// An import subscribes whom it creates. So a row that says that its person may not be mailed is not imported, nor is any
// other row of that person; and where a column leaves that open, the row is held back. A mapping that ignores the column
// releases those who are held back, and nobody who said no. What columns and cells mean is the business of package optout.

// judged is a column that says who may be mailed.
type judged struct {
	index    int
	name     string
	column   optout.Column
	released bool // mapping says to ignore it: what it leaves open keeps nobody out
}

// judge says which columns tell who may be mailed, by their headers and by what they hold. It reports whether that differs
// from what was thought before.
func (p *columnPlan) judge(held []*optout.Values) (changed bool) {
	before := p.mail
	p.mail = nil
	columns := make([]*optout.Column, 0, len(held))
	at := make([]int, 0, len(held))
	for i, values := range held {
		if values != nil {
			column := optout.Judge(p.columns[i].name, values)
			columns, at = append(columns, &column), append(at, i)
		}
	}
	optout.Together(columns)
	for k, i := range at {
		column := &p.columns[i]
		found := judged{i, column.name, *columns[k], column.dropped}
		column.optOut = found.column.Kind != optout.Foreign && found.column.Kind != optout.Mention
		switch explained := column.dropped || column.given; {
		case found.column.Kind == optout.Foreign, found.column.Kind == optout.Unclear && explained:
			column.optOut = false
		default:
			p.mail = append(p.mail, found)
		}
	}
	return !slices.EqualFunc(before, p.mail, func(a, b judged) bool { return a.index == b.index && a.column.Same(b.column) })
}

// shownValues is how many of a column's values are told.
const shownValues = 8

// unclear asks what columns are that may say who may be mailed, in words that no mailing has.
func (p *columnPlan) unclear(held []*optout.Values) error {
	var asked question
	for _, column := range p.mail {
		if column.column.Kind == optout.Unclear {
			asked.about(column.name, column.unclear(held[column.index]))
		}
	}
	return asked.err()
}

func (c judged) unclear(held *optout.Values) *fault.Error {
	most, rest := held.Most(shownValues)
	said := make([]string, len(most))
	for i, value := range most {
		said[i] = text.QuoteUpTo(value.Cell, 40) + " " + text.Number(value.Times)
	}
	if rest > 0 {
		said = append(said, "others "+text.Number(rest))
	}
	return fault.New(fault.InvalidInput, "file: the column "+shown(c.name)+
		" may say who may be mailed, and none of its values is a known word for that.",
		"It holds "+strings.Join(said, ", ")+".",
		"Nothing was sent. Find out what the column means. If it has nothing to do with mail, repeat the call with mapping: {"+
			shown(c.name)+
			`: "ignore"} or with one of the account's fields for it; if some of its values mean that people do not want mail, `+
			"take their rows out of the file first.")
}

// kindOf is what becomes of a row of which its file says something.
func kindOf(said optout.Said) recordKind {
	switch {
	case said.Unsubscribes():
		return optedOut
	case said.Verdict == optout.No:
		return barred
	case said.Verdict == optout.Doubt:
		return heldBack
	}
	return good
}

// How the reasons begin for which people are kept out.
const (
	heldBackReason = "held back: the file leaves open "
	heldElsewhere  = "held back: another row of the file leaves open "
	outReason      = "the file says this person "
	goneReason     = outReason + "is named "
	inDoubt        = "whether this person may be mailed"
	wouldSubscribe = "; an import would subscribe them"
)

// NotRemembered ends what is said of those who want no mail: only Mailtrap's status of a contact keeps it for the next import.
const NotRemembered = "; remembered only if they are unsubscribed in the account"

// brief is a value as a reason quotes it; the file of rejected rows has it whole.
func brief(s string) string { return text.Quote(text.Clip(s, 30)) }

func inColumn(name string) string { return " in the column " + brief(name) + ")" }

// reasonOf is why a row with such a cell is not imported.
func reasonOf(said optout.Said, column, cell string) string {
	place := " (" + brief(cell) + inColumn(column)
	if said.Verdict == optout.Doubt {
		return heldBackReason + inDoubt + place
	}
	return outReason + string(said.Reason) + place + wouldSubscribe
}

// Brief is a reason without what is the same in all of its kind.
func Brief(reason string) string {
	reason = strings.TrimSuffix(strings.TrimPrefix(reason, outReason), wouldSubscribe)
	if rest, held := strings.CutPrefix(reason, heldBackReason+inDoubt); held {
		return "held back" + rest
	}
	return reason
}

// elsewhere is why a row is rejected because of another of its address.
func elsewhere(reason string) string {
	if rest, held := strings.CutPrefix(reason, heldBackReason); held {
		return heldElsewhere + rest
	}
	if strings.HasPrefix(reason, goneReason) {
		return reason
	}
	return "another row of " + reason
}

// heard is what a cell of a judged column says, and how many rows have it.
type heard struct {
	said optout.Said
	rows int
}

// rememberedCells is how many different cells of a column are remembered: a status has few, a date many.
const rememberedCells = 200

// hearing is what a worker has heard of who may be mailed, by column.
type hearing struct {
	columns []judged
	// reasonAt is the column that says why a row was rejected before, -1 where there is none; ignored are the columns that
	// mapping leaves out.
	reasonAt  int
	ignored   []string
	known     []map[string]*heard
	others    []map[optout.Said]int // rows of cells that are not remembered
	says      []optout.Said         // of the row that is read, by column
	overruled []int                 // rows in which another column outweighs what this one says
}

func newHearing(plan *columnPlan) hearing {
	columns := plan.mail
	h := hearing{columns: columns, reasonAt: -1, known: make([]map[string]*heard, len(columns)),
		others: make([]map[optout.Said]int, len(columns))}
	h.says, h.overruled = make([]optout.Said, len(columns)), make([]int, len(columns))
	for i, column := range plan.columns {
		if column.name == ReasonColumn {
			h.reasonAt = i
		}
		if column.dropped {
			h.ignored = append(h.ignored, column.name)
		}
	}
	for i := range columns {
		h.known[i], h.others[i] = map[string]*heard{}, map[optout.Said]int{}
	}
	return h
}

// read is what a cell says; it counts it.
func (h hearing) read(i int, cell string) optout.Said {
	found := h.known[i][cell]
	if found == nil {
		said := h.columns[i].column.Read(cell)
		if len(h.known[i]) >= rememberedCells {
			h.others[i][said]++
			return h.columns[i].weighed(said)
		}
		found = &heard{said: said}
		h.known[i][strings.Clone(cell)] = found
	}
	found.rows++
	return h.columns[i].weighed(found.said)
}

// weighed is what a saying counts for.
func (c judged) weighed(said optout.Said) optout.Said {
	if c.released && said.Verdict == optout.Doubt {
		return optout.Said{}
	}
	return said
}

// worst is the gravest thing that the cells of a row say, and why the row is not imported for it. An empty cell of a column
// that marks the willing counts only where no other such column does: each of several addresses may have its own.
func (h hearing) worst(cells []string) (kind recordKind, reason string) {
	for i, column := range h.columns {
		h.says[i] = h.read(i, cell(cells, column.index))
	}
	agreed, marked, unmarked := false, false, ""
	for i, column := range h.columns {
		written, said := cell(cells, column.index), h.says[i]
		if said.Verdict > optout.Yes && h.isOverruled(i, cells) {
			h.overruled[i]++
			continue
		}
		if written == "" && said.Verdict == optout.Doubt {
			unmarked = cmp.Or(unmarked, reasonOf(said, column.name, written))
			continue
		}
		if is := kindOf(said); is > kind {
			kind, reason = is, reasonOf(said, column.name, written)
		}
		agreed = agreed || said.Verdict == optout.Yes
		marked = marked || said.Verdict == optout.Yes && column.column.MarksWilling()
	}
	switch {
	case kind == good && unmarked != "" && !marked:
		return heldBack, unmarked
	case kind == good && !agreed:
		return h.keptOut(cells)
	}
	return kind, reason
}

// isOverruled reports that a no, or a doubt, does not count in a row: it is to one of several newsletters of which another
// is wanted, or the date on which somebody left who came back later.
func (h hearing) isOverruled(i int, cells []string) bool {
	said, column := h.says[i], h.columns[i].column
	if shared, named := column.List(); named &&
		(said.Reason == optout.NotAgreed || said.Reason == optout.Unsubscribed || said.Reason == optout.NotKnown) {
		for k, other := range h.columns {
			if theirs, _ := other.column.List(); k != i && theirs == shared && h.says[k].Verdict == optout.Yes {
				return true
			}
		}
	}
	left := cell(cells, h.columns[i].index)
	return column.Left(left) && slices.ContainsFunc(h.columns, func(other judged) bool {
		return other.column.Returned() && coerce.IsLater(strings.TrimSpace(cell(cells, other.index)), strings.TrimSpace(left))
	})
}

// keptOut is why a row of a file of rejected rows is still not imported, of which nobody has written since that its person
// agreed: what keeps people out may be seen only among all rows of the file that they come from.
func (h hearing) keptOut(cells []string) (recordKind, string) {
	if h.reasonAt < 0 {
		return good, ""
	}
	reason := cell(cells, h.reasonAt)
	switch held := strings.HasPrefix(reason, heldBackReason) || strings.HasPrefix(reason, heldElsewhere); {
	case held && slices.ContainsFunc(h.ignored, func(name string) bool { return strings.Contains(reason, inColumn(name)) }):
		return good, ""
	case held, strings.HasPrefix(reason, outReason), strings.HasPrefix(reason, elsewhere(outReason)):
		return heldBack, reason
	}
	return good, ""
}

// strayed is why the person of a row whose cells do not stand below their headers may not be mailed: words that can mean
// nothing else speak for themselves, wherever they stand.
func strayed(cells []string) (reason string) {
	anywhere := optout.Column{Kind: optout.Mention}
	for _, written := range cells {
		if said := anywhere.Read(written); said.Verdict == optout.No {
			return outReason + string(said.Reason) + " (" + brief(written) + " in a row that does not fit the header)" + wouldSubscribe
		}
	}
	return ""
}

// besideAddress is what stands beside the address in its cell: "ann@example.com (unsubscribed)".
func besideAddress(written, column string) (kind recordKind, reason string) {
	if strings.IndexByte(written, ' ') < 0 && strings.IndexByte(written, '(') < 0 {
		return good, ""
	}
	var rest []string
	for _, word := range strings.Fields(written) {
		if !strings.Contains(word, "@") {
			rest = append(rest, strings.Trim(word, `()[]<>"'-–:;,!`))
		}
	}
	said := optout.Column{Kind: optout.Mention}.Read(strings.Join(rest, " "))
	if said.Verdict < optout.Doubt {
		return good, ""
	}
	return kindOf(said), reasonOf(said, column, written)
}
