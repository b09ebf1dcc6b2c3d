package intake

import (
	"cmp"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// MailColumn is a column that says who may be mailed, and what it says, the gravest first.
type MailColumn struct {
	Column string
	Kind   optout.Kind
	Says   []MailSaying
	Blank  int `json:",omitempty"` // rows with an empty cell, which counts as nothing
	// Overruled is in how many rows a no, or a doubt, does not count for what another column says.
	Overruled int `json:",omitempty"`
}

// MailSaying is one thing that a column says.
type MailSaying struct {
	Verdict  optout.Verdict
	Reason   optout.Reason `json:",omitempty"`
	Released bool          `json:",omitempty"` // it is in doubt, and mapping says to ignore the column
	Rows     int
	// Values are what the cells hold, the most frequent first, and More is how many rows hold something else.
	Values []optout.Value
	More   int `json:",omitempty"`
}

// told is what the workers have heard of the columns.
func told(workers []*converter, columns []judged) []MailColumn {
	all := make([]MailColumn, len(columns))
	for i, column := range columns {
		all[i] = MailColumn{Column: column.name, Kind: column.column.Kind}
		says := map[optout.Said]*MailSaying{}
		cells := map[optout.Said]map[string]int{}
		add := func(said optout.Said, rows int) *MailSaying {
			if says[said] == nil {
				says[said] = &MailSaying{Verdict: said.Verdict, Reason: said.Reason, Released: column.released && said.Verdict == optout.Doubt}
				cells[said] = map[string]int{}
			}
			says[said].Rows += rows
			return says[said]
		}
		for _, worker := range workers {
			all[i].Overruled += worker.mail.overruled[i]
			for cell, heard := range worker.mail.known[i] {
				if heard.said.Verdict == optout.Silent && (cell == "" || column.column.Kind == optout.Mention) {
					if cell == "" {
						all[i].Blank += heard.rows
					}
					continue
				}
				add(heard.said, heard.rows)
				cells[heard.said][cell] += heard.rows
			}
			for said, rows := range worker.mail.others[i] {
				if said.Verdict != optout.Silent || column.column.Kind != optout.Mention {
					add(said, rows).More += rows
				}
			}
		}
		for said, saying := range says {
			others := 0
			saying.Values, others = optout.Most(cells[said], shownValues)
			for i := range saying.Values {
				saying.Values[i].Cell = text.Clip(saying.Values[i].Cell, 60)
			}
			saying.More += others
			all[i].Says = append(all[i].Says, *saying)
		}
		slices.SortFunc(all[i].Says, func(a, b MailSaying) int {
			return cmp.Or(cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Reason, b.Reason))
		})
	}
	return all
}

// Released is how many rows are imported only because mapping says to ignore what their column leaves open.
func (s *Summary) Released() (rows int) {
	for _, column := range s.Mail {
		for _, saying := range column.Says {
			if saying.Released {
				rows += saying.Rows
			}
		}
	}
	return rows
}

// Release says how those who are held back are released.
func (s *Summary) Release() string {
	var open []string
	for _, column := range s.Mail {
		if slices.ContainsFunc(column.Says, func(said MailSaying) bool { return said.Verdict == optout.Doubt && !said.Released }) {
			open = append(open, text.Quote(text.Clip(column.Column, 60))+`: "ignore"`)
		}
	}
	if len(open) == 0 {
		return "If people whose rows are crossed out are to be imported, have the operator take the strikethrough away in the file."
	}
	return "If those values mean that people agreed to be mailed, repeat the call with mapping: {" + strings.Join(open, ", ") +
		"}. It releases everybody who is held back by them; a known no stays out."
}
