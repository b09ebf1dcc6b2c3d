package contactfile

import (
	"bytes"
	"strings"
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

// sniff finds what separates the cells: the candidate by which most rows have as many cells as the first and an
// address among them. Rows are read as they will be, so that what stands within quotes does not count.
func sniff(start []byte, eof bool, terminator byte, columns int) byte {
	const enough = 100
	best, bestScore, bestCells := byte(','), 0, 1
	for _, candidate := range []byte(",;\t|") {
		t := &table{limits: Limits{}.withDefaults(), delimiter: candidate, terminator: terminator, line: 1}
		t.limits.Record = len(start)
		first, alike, addressed := columns, 0, 0
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
			if first == 0 {
				first = len(cells)
			}
			if len(cells) == first {
				alike++
			}
			if hasAddress(cells) {
				addressed++
			}
		}
		score := alike + addressed
		if first > 1 && (score > bestScore || score == bestScore && first > bestCells) {
			best, bestScore, bestCells = candidate, score, first
		}
	}
	return best
}

// splitParts returns the cells that parse found.
func (t *table) splitParts() []string {
	cells := make([]string, 0, len(t.ends))
	from := 0
	for _, end := range t.ends {
		cells = append(cells, string(t.parts[from:end]))
		from = end
	}
	return cells
}

func hasAddress(cells []string) bool {
	for _, cell := range cells {
		cell = strings.TrimSpace(cell)
		if at := strings.IndexByte(cell, '@'); at > 0 && at+1 < len(cell) && !strings.ContainsAny(cell, ",;\t| ") {
			return true
		}
	}
	return false
}
