package contactfile

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// rawRows are the rows of a text or of a sheet, without the blank ones, as they stand there.
type rawRows interface {
	// settle is told how many columns the table has, in which of them addresses stand, as far as that is known, and the
	// rows that were read before; it returns these as they are with that knowledge.
	settle(count int, addresses []int, ahead []Row) []Row
	read() (Row, error)
	close() error
}

// How much is looked at before a table is begun, and around a line that does not look like one of its rows.
const (
	headRows = 200
	headText = 96 << 10
	nearRows = 40
)

// grid is a table found among raw rows: what stands before it, its header where it is repeated, what stands behind it,
// and rows that belong to some other table are noted and not handed on.
type grid struct {
	queue

	rows   rawRows
	about  *Description
	limits Limits
	notes  *notes
	names  []string
	header []string // the names as they are compared
	// headers say which cells stand below which of the names.
	headers headers
	left    int    // the first column that has a name
	held    *Note  // the rows that are being held back
	title   string // what introduces them
	short   bool   // a row has fewer cells than there are columns
	people  bool   // it has addresses
	behind  bool   // they have ended, and totals or text have begun
}

// openGrid finds the table. With columns named it has no header, and nothing but comments stands before it.
func openGrid(rows rawRows, options Options, about *Description, noted *notes) (*grid, error) {
	g := &grid{rows: rows, queue: queue{read: rows.read}, about: about, limits: options.Limits, notes: noted}
	if len(options.Columns) > options.Limits.Columns {
		return nil, tooManyColumns(1, options.Limits.Columns)
	}
	if g.look(headRows, headText); len(g.ahead) == 0 && !errors.Is(g.ended, io.EOF) {
		return nil, g.ended
	}
	start := 0
	if len(options.Columns) > 0 {
		for start < len(g.ahead) && isComment(g.ahead[start]) {
			start++
		}
		g.names = headed(options.Columns)
	} else {
		if len(g.ahead) == 0 {
			return nil, g.ended
		}
		start = headerAmong(g.ahead)
	}
	above := g.ahead[:start]
	g.ahead = g.ahead[start:]
	if len(options.Columns) == 0 {
		header := g.ahead[0]
		if header.Problem != "" {
			return nil, brokenAt(header.Line, "The line that names the columns has quotes that do not fit.", "Correct it there, and call again.")
		}
		g.headers = headers{names: header.Cells}
		if addressIn(header.Cells) < 0 {
			g.headers = joinHeaders(above, header, g.ahead[1:])
		}
		if g.headers.above {
			above = above[:len(above)-1]
		}
		about.HeaderLine, about.Joined = header.Line, g.headers.above || g.headers.below > 0
		g.ahead = g.ahead[1+g.headers.below:]
		g.names = headed(g.headers.names)
		g.header = folded(header.Cells)
		if err := besides(header.Cells, g.ahead); err != nil && g.headers.below == 0 {
			return nil, err
		}
		g.left = max(0, slices.IndexFunc(g.header, func(name string) bool { return name != "" }))
	}
	for _, row := range above {
		g.preamble(row)
	}
	var addresses []int
	for _, row := range g.ahead {
		for i := range row.Cells {
			if isAddress(row.Cells[i]) && !slices.Contains(addresses, i) {
				addresses = append(addresses, i)
			}
		}
	}
	g.ahead = rows.settle(max(len(g.names), len(g.headers.spread)), addresses, g.ahead)
	g.people = len(addresses) > 0
	return g, nil
}

func (g *grid) preamble(row Row) {
	g.notes.last(Preamble).add(row)
	for _, cell := range row.Cells {
		if Unwilling(cell) && g.about.Unwilling == "" {
			g.about.Unwilling = strings.TrimSpace(cell)
		}
	}
}

func (g *grid) columns() []string { return g.names }

func (g *grid) close() error { return g.rows.close() }

// next returns the next row of the table.
func (g *grid) next() (Row, error) {
	for {
		row, err := g.take()
		if err != nil {
			return Row{}, err
		}
		switch {
		case row.Crossed:
			g.notes.last(CrossedRows).add(row)
			return row, nil
		case g.held != nil:
			if g.hold(row); !Unwilling(g.title) || !hasAt(row.Cells) {
				continue
			}
			row.Gone = g.title
			return row, nil
		case hasAt(row.Cells):
			g.people = true
		case row.Problem == "":
			if g.passes(&row) {
				continue
			}
		}
		row.Cells = g.headers.gather(row.Cells)
		given := len(row.Cells)
		g.about.Cut = given < len(g.names) && !g.short && !row.ended
		g.short = g.short || given < len(g.names)
		row.Given = given
		row.Cells = pad(row.Cells, len(g.names))
		return row, nil
	}
}

// passes sees to a row without any address that may be no row of the table. It is true where the row is not handed on.
func (g *grid) passes(at *Row) bool {
	row := *at
	if g.isHeaderAgain(row) {
		g.notes.last(RepeatedHeader).add(row)
		return true
	}
	if !g.people {
		return false // of contacts that are named otherwise little is known
	}
	lone, total := g.lone(row), isTotal(row)
	if !total && lone == "" && addressName(row.Cells) < 0 {
		return false
	}
	row.Cells = slices.Clone(row.Cells) // reading on makes others of them
	*at = row
	g.look(nearRows, headText)
	people := slices.IndexFunc(g.ahead, func(row Row) bool { return addressIn(row.Cells) >= 0 })
	atEnd := people < 0 && errors.Is(g.ended, io.EOF)
	switch {
	case lone == "" && !total:
		if !g.isOtherHeader(row) {
			return false
		}
		g.begin(shown(row.Cells))
		return true
	case atEnd && !row.ended && !row.afterBlank && !g.behind:
		return false // it may be a row that was cut off
	case total, atEnd && lone != "" && (g.behind || g.isTitle(row, lone)):
		g.behind = atEnd
		g.notes.last(Footer).add(row)
		return true
	case !g.isTitle(row, lone):
		return false
	}
	g.begin(lone)
	return true
}

// begin begins to hold back what stands below a title, or below another header.
func (g *grid) begin(title string) { g.held, g.title = g.notes.open(HeldBack, title), title }

// hold counts a row that is held back. A line of text among them introduces others.
func (g *grid) hold(row Row) {
	lone := ""
	if !hasAt(row.Cells) {
		if lone = g.lone(row); lone == "" && (g.isHeaderAgain(row) || addressName(row.Cells) >= 0) {
			return // it names the columns of those that follow
		}
	}
	if lone != "" && g.isTitle(row, lone) && g.held.Rows > 0 {
		g.begin(lone)
		return
	}
	g.held.add(row)
}

// lone is the text of a row that has one only, where a title would stand.
func (g *grid) lone(row Row) string {
	if lone := loneText(row); lone != "" && !isBlank(row.Cells[:min(g.left+1, len(row.Cells))]) {
		return lone
	}
	return ""
}

// isHeaderAgain tells the header of the table.
func (g *grid) isHeaderAgain(row Row) bool {
	if len(g.header) == 0 || len(row.Cells) > len(g.header) && !isBlank(row.Cells[len(g.header):]) {
		return false
	}
	for i, name := range g.header {
		if i >= len(row.Cells) && name != "" || i < len(row.Cells) && !strings.EqualFold(strings.TrimSpace(row.Cells[i]), name) {
			return false
		}
	}
	return true
}

func folded(cells []string) []string {
	all := make([]string, len(cells))
	for i, cell := range cells {
		all[i] = strings.TrimSpace(cell)
	}
	return all
}

// isOtherHeader tells a header that is not the table's: all of its cells could name columns, and below one, which is called
// like addresses, stand some.
func (g *grid) isOtherHeader(row Row) bool {
	if slices.ContainsFunc(row.Cells, func(cell string) bool { return cell != "" && !couldName(cell) }) {
		return false
	}
	for i, cell := range row.Cells {
		if !isAddressName(cell) {
			continue
		}
		for _, below := range g.ahead[:min(len(g.ahead), 5)] {
			if i < len(below.Cells) && isAddress(below.Cells[i]) {
				return true
			}
		}
	}
	return false
}

// isTitle tells a line of text that introduces what follows from a row of which little is filled in.
func (g *grid) isTitle(row Row, lone string) bool {
	if lone == "" {
		return false
	}
	if Unwilling(lone) || strings.HasSuffix(lone, ":") || isComment(row) {
		return true
	}
	if len(g.ahead) > 0 && (g.isHeaderAgain(g.ahead[0]) || addressName(g.ahead[0].Cells) >= 0 && !hasAt(g.ahead[0].Cells)) {
		return true
	}
	if len(g.names) < 2 {
		return row.afterBlank && strings.Contains(lone, " ")
	}
	return row.afterBlank || len(row.Cells) == 1
}
