package contactfile

import (
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/text"
)

// A table may have several rows of headers: surveys put the questions into one and the choices or "Response" into the next,
// sheets have groups of columns, Qualtrics has codes, questions, and what it imports by. They are one header: "Newsletter?:
// Email". Were only one of them read, a no would stand below "Response", or the other would be taken for a person.

// answerNames are what surveys call the column of an answer that is not chosen, in small letters without blanks.
var answerNames = []string{
	"response", "openendedresponse", "openended", "answer", "value", "réponse", "réponseouverte", "antwort",
	"offeneantwort", "respuesta", "respuestaabierta", "resposta", "respostaaberta", "risposta", "rispostaaperta",
	"antwoord", "openantwoord", "odpowiedź", "svar", "vastaus", "yanıt", "ответ", "відповідь",
}

// maxQuestion is how much of a question is kept before a choice.
const maxQuestion = 150

// headers is the header of a table, of however many rows.
type headers struct {
	names  []string
	above  bool  // the row above the one that was found is one of them
	below  int   // so many behind it are
	spread []int // of each column of the file which of the names it belongs to; nil: each to its own
}

// joinHeaders joins the header of a table with the row above it and with those below, as far as they are headers too.
func joinHeaders(above []Row, header Row, below []Row) headers {
	h := headers{names: header.Cells}
	imports := slices.IndexFunc(below[:min(len(below), 3)], saysImports)
	switch {
	case imports >= 0:
		if h.below = imports + 1; imports == 1 {
			h.join(h.names, below[0].Cells, nil)
		}
	case len(below) > 0 && !hasAt(below[0].Cells) && (spreads(h.names, below[0].Cells) || explains(h.names, below[0].Cells)):
		h.below = 1
		h.join(h.names, below[0].Cells, below[1:])
	case len(above) > 0 && !header.afterBlank && groups(above[len(above)-1], header):
		h.above = true
		h.join(above[len(above)-1].Cells, h.names, below)
	}
	return h
}

// join joins two rows of headers. What stands in the upper one goes for the columns without a name to its right, too. Where
// these are the choices of a question, of which each row repeats the one that was chosen, they become one column.
func (h *headers) join(upper, lower []string, rows []Row) {
	width := max(len(upper), len(lower))
	h.names, h.spread = nil, make([]int, width)
	group := ""
	for i, end := 0, 0; i < width; i++ {
		above, below := cellAt(upper, i), cellAt(lower, i)
		if above != "" {
			group = above
		}
		if i >= end {
			end = i + 1
			if above != "" && below != "" && areChoices(upper, lower, i, rows) {
				for end < width && cellAt(upper, end) == "" && cellAt(lower, end) != "" {
					end++
				}
				h.names = append(h.names, above)
			} else {
				h.names = append(h.names, joinedName(group, above, below))
			}
		}
		h.spread[i] = len(h.names) - 1
	}
	if len(h.names) == width {
		h.spread = nil
	}
}

func joinedName(group, above, below string) string {
	switch {
	case below == "":
		return above
	case group == "" || text.Letters(group) == text.Letters(below):
		return below
	case slices.Contains(answerNames, text.Letters(below)):
		return group
	}
	return strings.TrimRight(text.Clip(group, maxQuestion), ": ") + ": " + below
}

// areChoices tells whether a question has a column for each choice, from the one at a place on, and its rows repeat what was
// chosen. Of another choice they may say which.
func areChoices(upper, lower []string, from int, rows []Row) bool {
	same, other, i := 0, 0, from
	for ; i < len(lower) && (i == from || cellAt(upper, i) == "") && cellAt(lower, i) != ""; i++ {
		for _, row := range rows {
			switch cell := cellAt(row.Cells, i); {
			case cell == "":
			case text.Letters(cell) == text.Letters(lower[i]):
				same++
			default:
				other++
			}
		}
	}
	return i-from > 1 && (2*other <= same || same+other == 0)
}

// gather puts the cells of a row below the names of their columns. Cells behind the last column stay behind it.
func (h headers) gather(cells []string) []string {
	if h.spread == nil {
		return cells
	}
	gathered := make([]string, len(h.names), len(h.names)+1)
	for i, cell := range cells {
		switch cell = strings.TrimSpace(cell); {
		case i >= len(h.spread):
			gathered = append(gathered, cell)
		case cell == "":
		case gathered[h.spread[i]] == "":
			gathered[h.spread[i]] = cell
		default:
			gathered[h.spread[i]] += ", " + cell
		}
	}
	if len(cells) < len(h.spread) { // the last of them are missing
		return gathered[:h.spread[max(len(cells)-1, 0)]+1]
	}
	return gathered
}

func cellAt(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// groups tells a row of names for groups of the columns that a header names.
func groups(row, header Row) bool {
	if row.Problem != "" || hasAt(row.Cells) || isComment(row) {
		return false
	}
	named, first := 0, slices.IndexFunc(header.Cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
	for i := range row.Cells {
		switch cell := cellAt(row.Cells, i); {
		case cell == "":
		case strings.HasSuffix(cell, ":") || !isWordy(cell):
			return false
		case i > max(first, 1), i > first && cellAt(header.Cells, i) != "" && named == 0:
			return true
		default:
			named++
		}
	}
	return named > 2
}

// isWordy tells text from numbers, dates and addresses of pages.
func isWordy(cell string) bool {
	found := 0
	for _, r := range cell {
		switch {
		case unicode.IsLetter(r):
			found++
		case unicode.IsDigit(r):
			found--
		}
	}
	return found > 0 && !strings.Contains(cell, "://")
}

// saysImports tells the row by which Qualtrics knows its columns again: {"ImportId":"startDate"}.
func saysImports(row Row) bool {
	said := 0
	for _, cell := range row.Cells {
		if strings.HasPrefix(strings.TrimSpace(cell), `{"ImportId"`) {
			said++
		}
	}
	return said > 0 && 2*said >= filled(row.Cells)
}

// spreads tells a row of choices from a row of the table: what stands in it stands below a question that has columns without
// a name to its right, or in these, or is called an answer.
func spreads(names, row []string) bool {
	found := false
	for i := range row {
		cell := cellAt(row, i)
		isAnswer := slices.Contains(answerNames, text.Letters(cell)) && len(cellAt(names, i)) > 0
		switch nameless := cellAt(names, i) == "" && i > 0; {
		case cell == "":
		case !isWordy(cell):
			return false
		case nameless && cellAt(names, 0) == "" && isBlank(names[:min(i, len(names))]):
			return false // of no question
		case isAnswer, nameless:
			found = true
		case cellAt(names, i+1) != "" || cellAt(row, i+1) == "":
			return false
		}
	}
	return found
}

// explains tells a row of questions below their codes: Q1, Q2_3.
func explains(names, row []string) bool {
	found := 0
	for i := range row {
		code, rest := cellAt(names, i), ""
		for _, prefix := range []string{"QID", "Q", "V"} {
			if cut, is := strings.CutPrefix(code, prefix); is && rest == "" {
				rest = cut
			}
		}
		if rest != "" && rest[0] >= '0' && rest[0] <= '9' && len(code) < 12 && len(strings.Fields(cellAt(row, i))) > 2 {
			found++
		}
	}
	return found > 1
}
