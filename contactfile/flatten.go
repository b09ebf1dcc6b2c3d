package contactfile

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How far a contact is taken apart. What is beyond stays JSON in one cell, so that nothing of it is lost.
const (
	maxFlat    = 8   // objects within objects
	maxIndexed = 3   // elements of an array of objects that have columns of their own
	maxNested  = 400 // columns of values within values
	maxJoined  = 4 << 10
)

// containers are the names under which exports and answers keep a contact or its fields; what is in them is named as if it
// stood beside them. "fields" is this server's own, "properties" HubSpot's, "attributes" Klaviyo's and Brevo's,
// "merge_fields" Mailchimp's, "node" GraphQL's, the others those of envelopes.
var containers = []string{"fields", "properties", "attributes", "merge_fields", "node", "contact", "person", "customer",
	"subscriber", "member", "profile", "data"}

// flat puts the values of contacts into columns. A value becomes a cell as it is written: numbers keep their digits, null
// is empty, true and false are words. The values of an object within a contact are columns of their own, "address.city";
// those of a container have their own names. An array of plain values is joined with commas. The first elements of an array
// of objects are columns too, "lists.1.status", the further ones are joined by their names, "lists.more.status".
type flat struct {
	limits Limits
	line   int
	taken  naming
	names  []string
	places map[string]int // of columns, by where in a contact they stand
	cells  []string
	nested int  // columns of values within values
	full   bool // there was no room for one of the contact's
}

func newFlat(limits Limits) flat {
	return flat{limits: limits, taken: naming{}, places: map[string]int{}}
}

// begin empties the cells for the next contact.
func (f *flat) begin(line int) {
	f.line, f.cells = line, pad(f.cells[:0], len(f.names))
	clear(f.cells)
}

// where is where in a contact a value stands.
type where struct {
	place  string // tells it from all others; empty at the top
	prefix string // of the names of its columns
	own    string // of an object: the name of the column for its "value"
	depth  int
	joined bool // it is one of several of which the values are joined
}

// object puts the values of a valid object into their cells.
func (f *flat) object(object []byte, at where) error {
	return members(object, func(name string, value []byte) error { return f.value(name, value, at) })
}

func (f *flat) value(name string, value []byte, at where) error {
	inner := where{
		place: at.place + name + "\x00", prefix: at.prefix + name + ".", own: at.prefix + name, depth: at.depth + 1, joined: at.joined,
	}
	var err error
	switch {
	case value[0] == '{' && at.depth < maxFlat:
		if at.depth == 0 && slices.Contains(containers, strings.ToLower(name)) {
			inner.prefix, inner.own = "", ""
		}
		if found := pairMembers(value); found != nil {
			err = f.pairs(found, inner.holding(name, at))
		} else {
			err = f.object(value, inner)
		}
	case value[0] == '[' && at.depth < maxFlat && holdsObjects(value):
		if found := pairsOf(name, value); found != nil {
			err = f.pairs(found, inner.holding(name, at))
		} else {
			err = f.elements(value, inner)
		}
	default:
		if at.own != "" && strings.EqualFold(name, "value") {
			return f.setValue(at.place+name, at.own, value, at)
		}
		return f.put(name, value, at)
	}
	if err == nil && f.full && at.depth == 0 {
		f.full = false
		return f.put(name, value, at)
	}
	return err
}

// holding is where the pairs of an array stand that is called so: beside it, where its name says nothing of them.
func (w where) holding(name string, at where) where {
	if holdsPairs(name) {
		w.prefix = at.prefix
	}
	return w
}

// holdsObjects tells an array one of whose elements is an object.
func holdsObjects(array []byte) bool {
	for i := pass(array, 1); array[i] != ']'; {
		if array[i] == '{' {
			return true
		}
		if i = pass(array, valueEnd(array, i)); array[i] == ',' {
			i = pass(array, i+1)
		}
	}
	return false
}

// elements puts those of an array of objects into their cells.
func (f *flat) elements(array []byte, at where) error {
	number := 0
	for i := pass(array, 1); array[i] != ']'; {
		end := valueEnd(array, i)
		number++
		name := strconv.Itoa(number)
		one := where{place: at.place + name + "\x00", prefix: at.prefix + name + ".", depth: at.depth + 1, joined: at.joined}
		switch {
		case at.joined:
			one = at
		case number > maxIndexed:
			name = "more"
			one.place, one.prefix, one.joined = at.place+"more\x00", at.prefix+"more.", true
		}
		var err error
		if array[i] == '{' && one.depth <= maxFlat {
			err = f.object(array[i:end], one)
		} else {
			at := at
			at.joined = one.joined
			err = f.put(name, array[i:end], at)
		}
		if err != nil {
			return err
		}
		if i = pass(array, end); array[i] == ',' {
			i = pass(array, i+1)
		}
	}
	return nil
}

// put writes a value into its cell.
func (f *flat) put(name string, value []byte, at where) error {
	return f.setValue(at.place+name, at.prefix+name, value, at)
}

func (f *flat) setValue(place, name string, value []byte, at where) error {
	cell, err := cellOf(value)
	if err != nil {
		return err
	}
	return f.set(place, name, cell, at.depth > 0, at.joined)
}

// set writes a cell of the column that stands at a place.
func (f *flat) set(place, name, cell string, nested, joined bool) error {
	i, known := f.places[place]
	switch {
	case known:
	case nested && (f.nested >= maxNested || f.nested >= f.limits.Columns/2):
		f.full = f.full || cell != ""
		return nil
	case len(f.names) >= f.limits.Columns:
		return tooManyColumns(f.line, f.limits.Columns)
	default:
		i = len(f.names)
		f.places[place] = i
		f.names = append(f.names, f.taken.name(name, i+1))
		f.cells = append(f.cells, "")
		if nested {
			f.nested++
		}
	}
	if before := f.cells[i]; joined && before != "" {
		if cell == "" || len(before) < maxJoined && slices.Contains(strings.Split(before, ", "), cell) {
			return nil
		}
		cell = before + ", " + cell
	}
	f.cells[i] = cell
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
