package intake

import (
	"cmp"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

const (
	// SaidByMailtrap begins the reasons that are the API's own.
	SaidByMailtrap = "Mailtrap: "
	// orTheLike follows the first of several values rejected for one reason.
	orTheLike = " or the like"
	// talliedKinds bounds how many reasons are told apart.
	talliedKinds = 1000
)

// Reason is why rows were rejected, and how many.
type Reason struct {
	Text string
	Rows int
}

// Covers reports that a row's reason is counted with this one.
func (r Reason) Covers(reason string) bool {
	return string(likeness(nil, strings.Replace(r.Text, orTheLike, "", 1))) == string(likeness(nil, reason))
}

// likeness appends what reasons have in common that differ in the rejected value only.
func likeness(to []byte, reason string) []byte {
	if strings.HasPrefix(reason, SaidByMailtrap) { // what Mailtrap says is quoted as well
		return append(to, reason...)
	}
	return appendUnquoted(to, reason)
}

// Tally counts why rows were rejected. Reasons that differ in the rejected value only are counted together. The zero value
// is empty.
type Tally struct {
	groups map[string]*Reason
	kind   []byte
}

// Add counts a row's reason.
func (t *Tally) Add(reason string) { t.put(Reason{reason, 1}) }

// put counts a reason that so many rows have.
func (t *Tally) put(reason Reason) {
	t.kind = likeness(t.kind[:0], reason.Text)
	group := t.groups[string(t.kind)]
	switch {
	case group == nil && len(t.groups) == talliedKinds: // so rare that it is not shown anyway
	case group == nil:
		if t.groups == nil {
			t.groups = map[string]*Reason{}
		}
		t.groups[string(t.kind)] = &Reason{Text: strings.Clone(reason.Text), Rows: reason.Rows}
	case group.Text == reason.Text, strings.Contains(group.Text, orTheLike):
		group.Rows += reason.Rows
	default:
		group.Rows += reason.Rows
		if _, end := quoted(group.Text, 0); end > 0 {
			group.Text = group.Text[:end] + orTheLike + group.Text[end:]
		}
	}
}

// Recount adds more reasons to those that were counted before, and keeps the most frequent.
func Recount(known []Reason, reasons ...string) []Reason {
	var t Tally
	for _, reason := range known {
		t.put(reason)
	}
	for _, reason := range reasons {
		t.Add(reason)
	}
	return t.Top()
}

// Top are the most frequent reasons, five at most.
func (t *Tally) Top() []Reason {
	found := make([]Reason, 0, len(t.groups))
	for _, group := range t.groups {
		found = append(found, Reason{Text: text.ClipProse(group.Text, 200), Rows: group.Rows})
	}
	slices.SortFunc(found, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text))
	})
	return found[:min(len(found), 5)]
}

// appendUnquoted appends a reason with its values taken out.
func appendUnquoted(kind []byte, reason string) []byte {
	for at := 0; ; {
		start, end := quoted(reason, at)
		if start < 0 {
			return append(kind, reason[at:]...)
		}
		kind = append(append(kind, reason[at:start]...), `"…"`...)
		at = end
	}
}

// quoted finds the next value within a reason, as package text quotes it; start is -1 where there is none.
func quoted(reason string, from int) (start, end int) {
	open := strings.IndexByte(reason[from:], '"')
	if open < 0 {
		return -1, 0
	}
	start = from + open
	for end = start + 1; end < len(reason); end++ {
		switch reason[end] {
		case '\\':
			end++
		case '"':
			return start, end + 1
		}
	}
	return -1, 0
}
