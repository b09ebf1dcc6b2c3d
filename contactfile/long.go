package contactfile

import (
	"cmp"
	"errors"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// A table may have a row for each value in place of one for each person: "Email, Attribute, Value". Its rows are brought
// together: the names in one column become the columns of the values in the other. Read as they stand, a no below "Value"
// would be an answer to nothing.

// What the two columns are called, in small letters without blanks.
var (
	attributeNames = []string{
		"attribute", "attributename", "attributekey", "attributecode", "key", "metakey", "field", "fieldname", "fieldkey",
		"fieldlabel", "customfield", "customfieldname", "property", "propertyname", "propertykey", "question", "questiontext",
		"questiontitle", "variable", "parameter", "setting", "preference", "datapoint", "merkmal", "feld", "feldname",
		"eigenschaft", "frage", "champ", "attribut", "campo", "atributo", "pregunta", "pergunta", "domanda",
	}
	valueNames = []string{
		"value", "values", "val", "attributevalue", "metavalue", "fieldvalue", "customfieldvalue", "propertyvalue",
		"settingvalue", "preferencevalue", "answer", "answertext", "answervalue", "response", "responsetext", "responsevalue",
		"wert", "antwort", "feldwert", "valeur", "réponse", "reponse", "valor", "respuesta", "resposta", "valore", "risposta",
		"waarde", "wartość", "hodnota", "значение", "ответ",
	}
)

// longTable is where in a table what stands that has a row for each value.
type longTable struct {
	attribute, value int
	who              []int // the columns that tell whose value it is
	beside           []int // all other columns, these included
	addressed        bool  // addresses are among them, and not only among the values
}

// asLong finds the columns of a table that has a row for each value: such names, and in the first rows names that repeat, or
// people who do.
func asLong(names []string, rows []Row) (t longTable, is bool) {
	t.attribute, t.value = onlyOf(names, attributeNames), onlyOf(names, valueNames)
	if t.attribute < 0 || t.value < 0 || len(names) < 3 {
		return t, false
	}
	different := make([]map[string]bool, len(names))
	for i := range names {
		different[i] = map[string]bool{}
		if i != t.attribute && i != t.value {
			t.beside = append(t.beside, i)
		}
	}
	count := 0
	for _, row := range rows {
		if row.Problem != "" || len(row.Cells) != len(names) {
			continue
		}
		count++
		for i, cell := range row.Cells {
			cell = strings.ToLower(strings.TrimSpace(cell))
			different[i][cell] = true
			if isAddress(cell) && i == t.attribute {
				return t, false
			}
			if isAddress(cell) && i != t.value && !slices.Contains(t.who, i) {
				t.who, t.addressed = append(t.who, i), true
			}
		}
	}
	if !t.addressed {
		at := slices.IndexFunc(t.beside, func(i int) bool { return len(different[i]) < count })
		t.who = []int{t.beside[max(at, 0)]}
	}
	repeats := slices.ContainsFunc(t.who, func(i int) bool { return len(different[i]) < count })
	return t, count > 0 && (repeats || len(different[t.attribute]) <= max(2, count/3))
}

func onlyOf(names, known []string) int {
	found := -1
	for i, name := range names {
		if slices.Contains(known, text.Letters(name)) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// person is whose value a row has.
func (t longTable) person(row Row) string {
	told := make([]string, len(t.who))
	for i, at := range t.who {
		told[i] = strings.ToLower(strings.TrimSpace(row.Cells[at]))
	}
	return strings.Join(told, "\x00")
}

// mostApart is how many people are remembered to tell whether the rows of one stand apart.
const mostApart = 2 << 20

// long reads a table that has a row for each value, a person at a time.
type long struct {
	flat

	of longTable

	rows  format
	about string // the two columns
	ahead Row    // the first of the next person, where it is held
	held  bool
	seed  maphash.Seed
	seen  map[uint64]struct{} // people whose address is among the values
}

// openLong reads a table a person at a time that has a row for each value; any other is returned as it is.
func openLong(rows format, g *grid, about *Description) format {
	t, is := asLong(g.names, g.ahead)
	if !is {
		return rows
	}
	l := &long{flat: newFlat(g.limits), of: t, rows: rows, seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	l.about = text.Quote(g.names[t.attribute]) + " and " + text.Quote(g.names[t.value])
	for _, i := range t.beside {
		l.set("\x00"+g.names[i], g.names[i], "", false, false) // there were as many before
	}
	about.Named, about.Long = true, l.about
	return l
}

func (l *long) columns() []string { return l.names }

func (l *long) close() error { return l.rows.close() }

func (l *long) next() (Row, error) {
	first, err := l.take()
	if err != nil {
		return Row{}, err
	}
	if first.Gone != "" || first.Crossed {
		return first, nil
	}
	l.begin(first.Line)
	person, problem, length := l.of.person(first), first.Problem, 0
	if err := l.meet(person); err != nil {
		return Row{}, err
	}
	for row := first; ; {
		if err := l.add(row); err != nil {
			return Row{}, err
		}
		if length += lengthOf(row.Cells); length > l.limits.Record {
			return Row{}, tooLong(l.line, l.limits.Record)
		}
		if row, err = l.take(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return Row{}, err
		}
		if row.Gone != "" || row.Crossed || l.of.person(row) != person {
			row.Cells = slices.Clone(row.Cells)
			l.ahead, l.held = row, true
			break
		}
		problem = cmp.Or(problem, row.Problem)
	}
	return Row{Line: l.line, Cells: l.cells, Given: len(l.cells), Problem: problem, ended: true}, nil
}

// take returns the next row of the table. One whose cells do not stand below their headers is of no use to anybody.
func (l *long) take() (Row, error) {
	if l.held {
		l.held = false
		return l.ahead, nil
	}
	row, err := l.rows.next()
	width := len(l.of.beside) + 2
	if err == nil && row.Gone == "" && !row.Crossed && row.Problem == "" && (row.Given < width || len(row.Cells) > width) {
		row.Problem = "it has " + text.Count(row.Given, "cell") + " where the header has " + text.Number(width) +
			"; put values that contain commas in quotes"
	}
	return row, err
}

// add puts the value of a row into its column, and what stands beside it into theirs. What differs among the rows of a
// person is joined.
func (l *long) add(row Row) error {
	for n, i := range l.of.beside {
		l.cells[n] = joinedCell(l.cells[n], row.Cells[i])
	}
	name := strings.TrimSpace(row.Cells[l.of.attribute])
	if name == "" {
		name = "value"
	}
	l.set(strings.ToLower(name), name, row.Cells[l.of.value], false, true)
	return l.failed
}

// meet notes a person whose address is among the values: if more of them stand further on, these would be nobody's.
func (l *long) meet(person string) error {
	if l.of.addressed {
		return nil
	}
	hash := maphash.String(l.seed, person)
	if _, met := l.seen[hash]; met {
		again := text.QuoteUpTo(person, 60) + " comes again in line " + text.Number(l.line)
		return fault.New(fault.InvalidInput, "file: the values of one person stand apart: "+again+".",
			"The table has a row for each value (in "+l.about+"), and the address is one of them.", "Sort the rows by person, and call again.")
	}
	if len(l.seen) == mostApart {
		return tooMuch("it has a row for each value, of more than "+text.Number(mostApart)+" people.",
			"Such files are read only up to there.", "Export it with one row for each person.")
	}
	l.seen[hash] = struct{}{}
	return nil
}
