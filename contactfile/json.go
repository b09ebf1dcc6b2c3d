package contactfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

const maxDepth = 100 // of values within values

// containers are the names under which exports keep a contact's fields; what is in them is named as if it stood beside
// them. "fields" is this server's own, "properties" HubSpot's, "attributes" Klaviyo's and Brevo's, "merge_fields" Mailchimp's.
var containers = []string{"fields", "properties", "attributes", "merge_fields"}

// wrapper is the beginning of an answer of some API: an object whose first value is the array of contacts.
var wrapper = regexp.MustCompile(`^\s*\{\s*"(?i:contacts|data|results|items|members|records|rows|profiles|people|subscribers|users)"\s*:\s*\[\s*[{\]]`)

// looksLikeJSON tells JSON from text whose first cell begins with a bracket. wrapped is how much stands before the array.
func looksLikeJSON(start []byte) bool {
	_, is := looksWrapped(start)
	return is
}

func looksWrapped(start []byte) (wrapped int, isJSON bool) {
	if found := wrapper.FindIndex(start); found != nil {
		return bytes.IndexByte(start, '['), true
	}
	trimmed := bytes.TrimLeft(start, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return 0, false
	}
	second := bytes.TrimLeft(trimmed[1:], " \t\r\n")
	switch {
	case len(second) == 0:
		return 0, true
	case trimmed[0] == '{':
		return 0, second[0] == '"' || second[0] == '}'
	}
	return 0, second[0] == '{' || second[0] == ']'
}

// objects reads contacts from JSON: the objects of an array, or one behind the other.
//
// A value becomes a cell as it is written: numbers keep their digits, null is empty, true and false are words. The
// values of an object within a contact are columns of their own, "address.city"; those of a container have their own
// names. An array of plain values is joined with commas; whatever is nested deeper stays JSON.
type objects struct {
	w       *window
	limits  Limits
	line    int
	array   bool // the objects are in an array,
	wrapped bool // which is in an object
	ended   bool
	failed  error // that comes behind what was looked at ahead
	taken   naming
	names   []string
	places  map[string]int // of columns, by where in a contact they stand
	cells   []string
	ahead   []Row // read already, to know the columns
}

func openJSON(w *window, _ origin, options Options, about *Description, _ *notes) (*objects, error) {
	wrapped, _ := looksWrapped(w.bytes())
	if len(options.Columns) > 0 {
		return nil, fault.New(fault.InvalidInput, "columns: the file is JSON, which names its columns itself.", "", "Leave columns out.")
	}
	o := &objects{w: w, limits: options.Limits, line: 1, taken: naming{}, places: map[string]int{}}
	about.Format, about.Named = JSONLines, true
	o.wrapped = wrapped > 0
	o.skip(wrapped)
	o.passBlanks()
	if data := w.bytes(); len(data) > 0 && data[0] == '[' {
		o.array = true
		about.Format = JSON
		w.pass(1)
	}
	return o, o.lookAhead()
}

// lookAhead reads the first contacts, so that columns the very first does not have are known from the beginning.
func (o *objects) lookAhead() error {
	const enough = 100
	for bytes := 0; len(o.ahead) < enough && bytes < chunk; {
		row, err := o.read()
		if errors.Is(err, io.EOF) && len(o.ahead) > 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return isEmpty()
		}
		if err != nil && len(o.ahead) > 0 {
			o.failed = err
			return nil
		}
		if err != nil {
			return err
		}
		row.Cells = slices.Clone(row.Cells)
		for _, cell := range row.Cells {
			bytes += len(cell)
		}
		o.ahead = append(o.ahead, row)
	}
	return nil
}

func (o *objects) columns() []string { return o.names }

func (o *objects) close() error { return nil }

func (o *objects) next() (Row, error) {
	if len(o.ahead) > 0 {
		row := o.ahead[0]
		o.ahead = o.ahead[1:]
		row.Cells = pad(row.Cells, len(o.names))
		return row, nil
	}
	return o.read()
}

func (o *objects) read() (Row, error) {
	for o.failed == nil {
		line, err := o.object()
		if err != nil {
			return Row{}, err
		}
		if !isBlank(o.cells) {
			return Row{Line: line, Cells: o.cells, Given: len(o.cells)}, nil
		}
	}
	return Row{}, o.failed
}

// skip passes n bytes of the window and counts their lines.
func (o *objects) skip(n int) {
	o.line += bytes.Count(o.w.bytes()[:n], []byte{'\n'})
	o.w.pass(n)
}

func (o *objects) passBlanks() {
	data := o.w.bytes()
	o.skip(len(data) - len(bytes.TrimLeft(data, " \t\r\n")))
}

// object reads the next object into o.cells.
func (o *objects) object() (line int, err error) {
	for !o.ended {
		o.passBlanks()
		data := o.w.bytes()
		switch {
		case len(data) == 0 && o.w.eof && o.array:
			return 0, brokenAt(o.line, "The file ends before its array does.", "It is incomplete; export or download it again.")
		case len(data) == 0 && o.w.eof:
			o.ended = true
		case len(data) == 0:
			if err := o.w.more(); err != nil {
				return 0, err
			}
		case data[0] == ',': // between objects, also where they stand line by line
			o.w.pass(1)
		case data[0] == ']' && o.array:
			if err := o.end(); err != nil {
				return 0, err
			}
		case data[0] == '{':
			return o.take()
		default:
			return 0, brokenAt(o.line, "A contact is expected there, as an object in braces.", "Mend it there; the file has to be an array of objects, or one object in each line.")
		}
	}
	return 0, io.EOF
}

// end passes the end of the array, and sees that nothing is behind it that should be read.
func (o *objects) end() error {
	o.w.pass(1)
	if o.wrapped {
		length, err := o.measure(1)
		if err != nil {
			return err
		}
		o.skip(length)
	}
	for {
		o.passBlanks()
		switch {
		case len(o.w.bytes()) > 0:
			return brokenAt(o.line, "The array of contacts has ended, and there is more behind it.", "Put all contacts into one array, or one object in each line.")
		case o.w.eof:
			o.ended = true
			return nil
		}
		if err := o.w.more(); err != nil {
			return err
		}
	}
}

// take reads the object that the window begins with.
func (o *objects) take() (line int, err error) {
	line = o.line
	length, err := o.measure(0)
	if err != nil {
		return 0, err
	}
	raw := o.w.bytes()[:length]
	if !utf8.Valid(raw) {
		return 0, invalidAt(line + bytes.Count(raw[:validStart(raw)], []byte{'\n'}))
	}
	o.cells = o.cells[:0]
	o.cells = pad(o.cells, len(o.names))
	clear(o.cells)
	if !json.Valid(raw) {
		return 0, brokenAt(line, "The object that begins there is no valid JSON.", "Mend it there, and call again.")
	}
	if err := o.members(raw, "", ""); err != nil {
		return 0, err
	}
	o.skip(length)
	return line, nil
}

// measure finds the end of the object that the window begins with, or stands in at a depth. It is done by hand because a
// decoder would take in whatever the file holds.
func (o *objects) measure(depth int) (length int, err error) {
	quoted, escaped := false, false
	for at := 0; ; {
		data := o.w.bytes()
		for ; at < len(data); at++ {
			b := data[at]
			switch {
			case escaped:
				escaped = false
			case quoted:
				escaped, quoted = b == '\\', b != '"'
			case b == '"':
				quoted = true
			case b == '{' || b == '[':
				if depth++; depth > maxDepth {
					return 0, tooMuch("the object in line "+text.Number(o.line)+" is nested deeper than "+text.Number(maxDepth)+" levels.", "No contact is.", "Check that it is a contact file.")
				}
			case b == '}' || b == ']':
				if depth--; depth == 0 {
					if at+1 > o.limits.Record {
						return 0, tooLong(o.line, o.limits.Record)
					}
					return at + 1, nil
				}
			}
		}
		if o.w.eof {
			return 0, brokenAt(o.line, "The file ends within the object that begins there.", "It is incomplete; export or download it again.")
		}
		if err := o.w.more(); errors.Is(err, errWindowFull) {
			return 0, tooLong(o.line, o.limits.Record)
		} else if err != nil {
			return 0, err
		}
	}
}

// members puts the values of a valid object into their cells. at is where the object stands in the contact, empty for the
// contact itself; prefix is what the names of its columns begin with.
func (o *objects) members(object []byte, at, prefix string) error {
	for i := pass(object, 1); object[i] != '}'; {
		end := valueEnd(object, i)
		name, err := cellOf(object[i:end])
		if err != nil {
			return err
		}
		i = pass(object, pass(object, end)+1) // the colon
		end = valueEnd(object, i)
		value := object[i:end]
		if at == "" && value[0] == '{' {
			inner := name + "."
			if slices.Contains(containers, strings.ToLower(name)) {
				inner = ""
			}
			err = o.members(value, name+"\x00", inner)
		} else {
			err = o.put(at, prefix, name, value)
		}
		if err != nil {
			return err
		}
		if i = pass(object, end); object[i] == ',' {
			i = pass(object, i+1)
		}
	}
	return nil
}

// pass is where in valid JSON the next token begins.
func pass(value []byte, at int) int {
	for at < len(value) && (value[at] == ' ' || value[at] == '\t' || value[at] == '\r' || value[at] == '\n') {
		at++
	}
	return at
}

// valueEnd is where a value of valid JSON ends.
func valueEnd(value []byte, at int) int {
	depth, quoted := 0, false
	for ; at < len(value); at++ {
		switch b := value[at]; {
		case quoted && b == '\\':
			at++
		case b == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return at + 1
			}
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			if depth--; depth == 0 {
				return at + 1
			}
			if depth < 0 {
				return at
			}
		case depth == 0 && (b == ',' || b == ':' || b <= ' '):
			return at
		}
	}
	return at
}

func (o *objects) put(at, prefix, name string, value []byte) error {
	place := at + name
	i, known := o.places[place]
	if !known {
		if i = len(o.names); i >= o.limits.Columns {
			return tooManyColumns(o.line, o.limits.Columns)
		}
		o.places[place] = i
		o.names = append(o.names, o.taken.name(prefix+name, i+1))
		o.cells = append(o.cells, "")
	}
	cell, err := cellOf(value)
	o.cells[i] = cell
	return err
}

// cellOf is a JSON value as a cell.
func cellOf(value []byte) (string, error) {
	switch {
	case len(value) == 0 || value[0] == 'n':
		return "", nil
	case value[0] == '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return string(value[1 : len(value)-1]), nil
		}
		var written string
		err := json.Unmarshal(value, &written)
		return written, err
	case value[0] == '[':
		return joined(value)
	case value[0] == '{':
		return compact(value)
	default:
		return string(value), nil
	}
}

// joined is an array as a cell.
func joined(value []byte) (string, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(value, &elements); err != nil {
		return "", err
	}
	cells := make([]string, len(elements))
	for i, element := range elements {
		if element[0] == '{' || element[0] == '[' {
			return compact(value)
		}
		cell, err := cellOf(element)
		if err != nil {
			return "", err
		}
		cells[i] = cell
	}
	return strings.Join(cells, ", "), nil
}

func compact(value []byte) (string, error) {
	var written bytes.Buffer
	err := json.Compact(&written, value)
	return written.String(), err
}

// validStart is how many bytes of p are valid UTF-8.
func validStart(p []byte) int {
	valid := 0
	for valid < len(p) {
		r, width := utf8.DecodeRune(p[valid:])
		if r == utf8.RuneError && width <= 1 {
			break
		}
		valid += width
	}
	return valid
}
