package contactfile

import (
	"bytes"
	"encoding/json"
	"iter"
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
	failed error
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
func (f *flat) object(object []byte, at where) {
	for name, value := range members(object) {
		f.value(name, value, at)
	}
}

func (f *flat) value(name string, value []byte, at where) {
	inner := where{
		place: at.place + name + "\x00", prefix: at.prefix + name + ".", own: at.prefix + name, depth: at.depth + 1, joined: at.joined,
	}
	switch {
	case value[0] == '{' && at.depth < maxFlat:
		if at.depth == 0 && slices.Contains(containers, strings.ToLower(name)) {
			inner.prefix, inner.own = "", ""
		}
		if found := pairMembers(value); found != nil {
			f.pairs(found, inner.holding(name, at))
		} else {
			f.object(value, inner)
		}
	case value[0] == '[' && at.depth < maxFlat && holdsObjects(value):
		if found := pairsOf(name, value); found != nil {
			f.pairs(found, inner.holding(name, at))
		} else {
			f.elements(value, inner)
		}
	case at.own != "" && strings.EqualFold(name, "value"):
		f.set(at.place+name, at.own, cellOf(value), at.depth > 0, at.joined)
	default:
		f.put(name, value, at)
	}
	if f.full && at.depth == 0 {
		f.full = false
		f.put(name, value, at)
	}
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
	for value := range elements(array) {
		if value[0] == '{' {
			return true
		}
	}
	return false
}

// elements puts those of an array of objects into their cells.
func (f *flat) elements(array []byte, at where) {
	number := 0
	for value := range elements(array) {
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
		if value[0] == '{' && one.depth <= maxFlat {
			f.object(value, one)
		} else {
			f.set(at.place+name, at.prefix+name, cellOf(value), at.depth > 0, one.joined)
		}
	}
}

// put writes a value into its cell.
func (f *flat) put(name string, value []byte, at where) {
	f.set(at.place+name, at.prefix+name, cellOf(value), at.depth > 0, at.joined)
}

// set writes a cell of the column that stands at a place. Where there are too many columns, it says so in failed.
func (f *flat) set(place, name, cell string, nested, joined bool) {
	i, known := f.places[place]
	switch {
	case known:
	case nested && (f.nested >= maxNested || f.nested >= f.limits.Columns/2):
		f.full = f.full || cell != ""
		return
	case len(f.names) >= f.limits.Columns:
		f.failed = tooManyColumns(f.line, f.limits.Columns)
		return
	default:
		i = len(f.names)
		f.places[place] = i
		f.names = append(f.names, f.taken.name(name, i+1))
		f.cells = append(f.cells, "")
		if nested {
			f.nested++
		}
	}
	if joined {
		cell = joinedCell(f.cells[i], cell)
	}
	f.cells[i] = cell
}

// joinedCell is a cell with another value behind those that it has, unless it has it already.
func joinedCell(before, value string) string {
	switch {
	case before == "":
		return value
	case value == "", len(before) < maxJoined && slices.Contains(strings.Split(before, ", "), value):
		return before
	}
	return before + ", " + value
}

// valuesIn yields the values of a valid object or array, each with its name; in an array they have none.
func valuesIn(value []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for i := pass(value, 1); value[i] != '}' && value[i] != ']'; {
			var name []byte
			end := valueEnd(value, i)
			if value[0] == '{' {
				name = value[i:end]
				i = pass(value, pass(value, end)+1) // the colon
				end = valueEnd(value, i)
			}
			if !yield(name, value[i:end]) {
				return
			}
			if i = pass(value, end); value[i] == ',' {
				i = pass(value, i+1)
			}
		}
	}
}

// members are the names and values of a valid object.
func members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for name, value := range valuesIn(object) {
			if !yield(cellOf(name), value) {
				return
			}
		}
	}
}

// elements are those of a valid array.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, value := range valuesIn(array) {
			if !yield(value) {
				return
			}
		}
	}
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

// cellOf is a valid JSON value as a cell.
func cellOf(value []byte) string {
	switch {
	case len(value) == 0 || value[0] == 'n':
		return ""
	case value[0] == '"' && bytes.IndexByte(value, '\\') < 0:
		return string(value[1 : len(value)-1])
	case value[0] == '"':
		var written string
		_ = json.Unmarshal(value, &written) // it is valid
		return written
	case value[0] == '{':
		return compact(value)
	case value[0] == '[':
		var cells []string
		for element := range elements(value) {
			if element[0] == '{' || element[0] == '[' {
				return compact(value)
			}
			cells = append(cells, cellOf(element))
		}
		return strings.Join(cells, ", ")
	}
	return string(value)
}

func compact(value []byte) string {
	var written bytes.Buffer
	_ = json.Compact(&written, value) // it is valid
	return written.String()
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
