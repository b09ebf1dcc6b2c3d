package contactfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
)

// looksLikeJSON tells JSON from text whose first cell begins with a bracket.
func looksLikeJSON(start []byte) bool {
	trimmed := bytes.TrimLeft(start, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return false
	}
	second := bytes.TrimLeft(trimmed[1:], " \t\r\n")
	switch {
	case len(second) == 0:
		return true
	case trimmed[0] == '{':
		return second[0] == '"' || second[0] == '}'
	}
	return second[0] == '{' || second[0] == ']' || second[0] == '[' || second[0] == '"' && bytes.IndexByte(second, '@') > 0
}

// objects reads contacts from JSON: the objects at the place where the people stand.
type objects struct {
	flat
	queue

	walker walker
	steps  []string // to the people
	table  bool     // they are arrays, the rows of a table
	over   bool     // the array at the top has ended
}

func openJSON(w *window, from origin, options Options, about *Description, noted *notes) (format, error) {
	about.Format = JSON
	at, err := placeOfPeople(w, from, options, about, noted)
	if err != nil {
		return nil, err
	}
	steps := at.path()
	if len(options.Columns) > 0 && !at.isTable() {
		return nil, fault.New(fault.InvalidInput, "columns: the file is JSON, which names its columns itself.", "", "Leave columns out.")
	}
	for _, step := range steps {
		if Unwilling(step) {
			about.Unwilling = step
		}
	}
	if len(steps) == 1 {
		about.Format = JSONLines
	}
	again, err := windowOf(from, options, about)
	if err != nil {
		return nil, err
	}
	o := &objects{flat: newFlat(options.Limits), walker: newWalker(again), steps: steps}
	if at.isTable() {
		o.steps, o.table = steps[:len(steps)-1], true
		rows, err := openGrid(o, options, about, noted)
		if err != nil {
			return nil, err
		}
		return openLong(rows, rows, about), nil
	}
	about.Named = true
	const enough = 100
	o.queue = queue{read: o.read}
	// Columns that the very first contacts do not have are known from the beginning.
	if o.look(enough, chunk); len(o.ahead) > 0 {
		return o, nil
	}
	if errors.Is(o.ended, io.EOF) {
		return nil, isEmpty()
	}
	return nil, o.ended
}

func (o *objects) columns() []string { return o.names }

func (o *objects) close() error { return nil }

func (o *objects) settle(_ int, _ []int, ahead []Row) []Row { return ahead }

func (o *objects) next() (Row, error) {
	row, err := o.take()
	if err == nil {
		row.Cells = pad(row.Cells, len(o.names))
	}
	return row, err
}

func (o *objects) read() (Row, error) {
	for o.contact() {
		if !isBlank(o.cells) {
			return Row{Line: o.line, Cells: o.cells, Given: len(o.cells), ended: true}, nil
		}
	}
	return Row{}, cmp.Or(o.failed, o.walker.failed, io.EOF)
}

// contact reads the next contact into the cells; false at the end.
func (o *objects) contact() bool {
	for {
		kind := o.walker.next(func(closed level) { o.over = o.over || closed.array && o.walker.atTop() })
		if kind == 0 {
			return false
		}
		if o.over && o.walker.atTop() && len(o.steps) > 1 && o.steps[1] == each {
			o.walker.fail(brokenAt(o.walker.here(), "The array of contacts has ended, and there is more behind it.",
				"Put all contacts into one array, or one object in each line."))
		}
		parent := *o.walker.inside()
		path := o.onPath(parent, kind)
		switch {
		case path == len(o.steps):
			o.person(kind, parent)
			return o.failed == nil && o.walker.failed == nil
		case kind == anObject || kind == anArray:
			o.walker.enter(level{path: path})
		default:
			o.walker.skip(kind)
		}
	}
}

// onPath is how many steps of the path to the people lead to a value below parent; -1 where it lies beside the path.
func (o *objects) onPath(parent level, kind byte) int {
	if parent.path < 0 || parent.path >= len(o.steps) {
		return -1
	}
	step := o.steps[parent.path]
	fits := parent.array && step == each || !parent.array &&
		(step == parent.key || step == every && (kind == anObject || isAddress(parent.key)))
	if !fits {
		return -1
	}
	return parent.path + 1
}

// person reads the contact that comes next. In an object it is named by its key.
func (o *objects) person(kind byte, parent level) {
	switch {
	case kind == aText || kind == aWord:
		o.takeScalar(kind, parent)
	case kind == anArray && o.table:
		o.takeRow()
	case kind == anArray || o.table:
		o.walker.notAContact()
	default:
		raw := o.whole("object")
		if o.begin(o.line); o.walker.failed == nil {
			o.key(parent)
			o.object(raw, where{})
		}
	}
}

// whole is the value that comes next; an empty object if it cannot be read.
func (o *objects) whole(what string) (raw []byte) {
	if raw, o.line = o.walker.take(o.limits.Record); raw != nil && o.valid(raw, what) {
		return raw
	}
	return []byte("{}")
}

func (o *objects) valid(raw []byte, what string) bool {
	switch {
	case !utf8.Valid(raw):
		o.walker.fail(invalidAt(o.line + bytes.Count(raw[:validStart(raw)], []byte{'\n'})))
	case !json.Valid(raw):
		o.walker.fail(brokenAt(o.line, "The "+what+" that begins there is not valid JSON.", "Correct it there, and call again."))
	default:
		return true
	}
	return false
}

// takeRow reads the array that comes next into the cells. A table may stand in JSON as arrays within an array, of which the
// first names the columns: they are the rows of a grid.
func (o *objects) takeRow() {
	raw := o.whole("array")
	o.cells = o.cells[:0]
	for value := range elements(raw) {
		if len(o.cells) >= o.limits.Columns {
			o.walker.fail(tooManyColumns(o.line, o.limits.Columns))
			return
		}
		o.cells = append(o.cells, cellOf(value))
	}
}

// key writes the name by which a contact stands in an object.
func (o *objects) key(parent level) {
	if parent.array {
		return
	}
	key := parent.key
	if len(key) >= notedText { // it is shortened
		key = key[:validStart([]byte(key))]
	}
	if !utf8.ValidString(key) {
		o.walker.fail(invalidAt(o.line))
	}
	if written := []byte(`"` + key + `"`); json.Valid(written) {
		key = cellOf(written)
	}
	name := "key"
	if isAddress(key) {
		name = "email"
	}
	o.set("\x00"+name, name, key, false, false)
}

// takeScalar reads a contact that is only an address, or the value beside one.
func (o *objects) takeScalar(kind byte, parent level) {
	if parent.array && kind == aWord {
		o.walker.notAContact()
		return
	}
	name := "value"
	if parent.array {
		name = "email"
	}
	raw := o.whole("value")
	if o.begin(o.line); o.walker.failed == nil {
		o.key(parent)
		o.put(name, raw, where{})
	}
}
