package contactfile

import (
	"bytes"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// terminatorOf says what ends a line: the first line break outside quotes decides.
func terminatorOf(start []byte) byte {
	quoted := false
	for i, b := range start {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			return '\n'
		case b == '\r' && i+1 < len(start) && start[i+1] != '\n':
			return '\r'
		}
	}
	if bytes.IndexByte(start, '\n') < 0 && bytes.HasSuffix(start, []byte{'\r'}) {
		return '\r'
	}
	return '\n'
}

// sniff finds what separates the cells: the candidate by which most rows have the same number of cells, and an address
// among them. Rows are read as they will be, so that what stands within quotes does not count; text before the table has
// other numbers of cells. Rows whose quotes enclose no cells count only where no others can be had: a wrong candidate cuts
// through quotes.
func sniff(start []byte, eof bool, terminator byte, columns int) byte {
	for _, stray := range []bool{false, true} {
		best, bestScore, bestCells := byte(','), 0, 1
		for _, candidate := range []byte(",;\t|") {
			score, width := fitOf(candidate, start, eof, terminator, columns, stray)
			if width > 1 && (score > bestScore || score == bestScore && width > bestCells) {
				best, bestScore, bestCells = candidate, score, width
			}
		}
		if bestScore > 0 {
			return best
		}
	}
	return ','
}

// fitOf is how many of the first rows have the same number of cells by a delimiter, and how many of all have an address.
func fitOf(delimiter byte, start []byte, eof bool, terminator byte, columns int, stray bool) (score, width int) {
	const enough = 100
	t := &table{limits: Limits{}.withDefaults(), delimiter: delimiter, terminator: terminator, line: 1}
	t.limits.Record = len(start)
	widths, addressed := map[int]int{}, 0
	for rest, rows := start, 0; rows < enough && len(rest) > 0; {
		length, err := t.parse(rest, eof)
		if err != nil {
			break
		}
		rest = rest[length:]
		cells := t.splitParts()
		if isBlank(cells) {
			continue
		}
		rows++
		if t.stray && !stray {
			continue
		}
		widths[len(cells)]++
		if addressIn(cells) >= 0 {
			addressed++
		}
	}
	width = columns
	for cells, rows := range widths {
		if columns == 0 && cells > 1 && (rows > widths[width] || rows == widths[width] && cells > width) {
			width = cells
		}
	}
	return widths[width] + addressed, width
}

// splitParts returns the cells that parse found.
func (t *table) splitParts() []string {
	whole, from := string(t.parts), 0
	cells := make([]string, len(t.ends))
	for i, end := range t.ends {
		cells[i], from = whole[from:end], end
		if strings.IndexByte(cells[i], '\r') >= 0 {
			cells[i] = t.lineBreaks(cells[i])
		}
	}
	return cells
}

// lineBreaks writes those of a cell as LF.
func (t *table) lineBreaks(cell string) string {
	cell = strings.ReplaceAll(cell, "\r\n", "\n")
	if t.terminator == '\r' {
		cell = strings.ReplaceAll(cell, "\r", "\n")
	}
	return cell
}

// passDeclaration passes the line by which Excel names the delimiter, and blank ones before it.
func (t *table) passDeclaration() byte {
	data := t.w.bytes()
	at, line := 0, t.line
	for at < len(data) && strings.IndexByte(" \t\r\n", data[at]) >= 0 {
		if data[at] == t.terminator {
			line++
		}
		at++
	}
	length := bytes.IndexByte(data[at:], t.terminator)
	if length < 0 {
		return 0
	}
	declaration := strings.Trim(strings.TrimSuffix(string(data[at:at+min(length, 10)]), "\r"), `"`)
	if len(declaration) != len("sep=;") || !strings.EqualFold(declaration[:4], "sep=") || !canDelimit(declaration[4]) {
		return 0
	}
	t.w.pass(at + length + 1)
	t.line = line + 1
	return declaration[4]
}

func canDelimit(b byte) bool {
	return b == '\t' || b > ' ' && b < 0x7f && !isLetter(b) && (b < '0' || b > '9') && strings.IndexByte(`"'@.-_+`, b) < 0
}

func delimiterNamed(name string) (byte, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "tab", `\t`, "tabulator":
		return '\t', nil
	case "pipe", "bar":
		return '|', nil
	}
	switch {
	case name == "":
		return 0, nil
	case len(name) == 1 && canDelimit(name[0]):
		return name[0], nil
	}
	return 0, fault.New(fault.InvalidInput, "delimiter: "+text.Quote(name)+" cannot separate cells.", "",
		"Name one character, such as \",\", \";\" or \"|\", or tab; or leave delimiter out to have it found.")
}
