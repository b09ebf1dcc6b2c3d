package intake

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/coerce"
)

// Rows are contacts as they are kept until they are sent: the merge tags of their values, and then contact after contact,
// each with its length in front, so that one is found and left out without looking into it. Only who sends them makes JSON
// of them. Lines of JSON, as earlier programs kept them, are read as well.
type Rows []byte

// rowsForm is what Rows begin with; a line of JSON does not.
const rowsForm = 1

// Row is one contact of Rows. It refers to their bytes.
type Row struct {
	tags   []string
	key    []byte // the address, or a UUID
	values []byte // by slot, which is the place of their tag; each as JSON
}

// RowsOf begins Rows with values of some merge tags.
func RowsOf(tags []string) Rows {
	rows := binary.AppendUvarint([]byte{rowsForm}, uint64(len(tags)))
	for _, tag := range tags {
		rows = appendBlob(rows, tag)
	}
	return rows
}

// Add appends a contact. Its fields are among the tags of the rows, in the order of which they are given.
func (r Rows) Add(tags []string, name string, fields map[string]json.RawMessage, joins, leaves []int64) Rows {
	return r.add([]byte(name), slotsOf(tags, fields, joins, leaves))
}

func (r Rows) add(key, values []byte) Rows {
	r = binary.AppendUvarint(r, uint64(len(key)))
	r = binary.AppendUvarint(append(r, key...), uint64(len(values)))
	return append(r, values...)
}

func slotsOf(tags []string, fields map[string]json.RawMessage, joins, leaves []int64) (values []byte) {
	for slot, tag := range tags {
		if value, is := fields[tag]; is {
			values = appendBlob(binary.AppendUvarint(values, uint64(slot)), []byte(value))
		}
	}
	return appendLists(appendLists(values, leavesSlot, leaves), listsSlot, joins)
}

var errRows = errors.New("staged contacts cannot be read")

// Each visits the contacts.
func (r Rows) Each(visit func(Row) error) error {
	tags, rest, err := r.head()
	for err == nil && len(rest) > 0 {
		one := Row{tags: tags}
		if one.key, rest, err = blobIn(rest); err == nil {
			one.values, rest, err = blobIn(rest)
		}
		if err == nil {
			err = visit(one)
		}
	}
	return err
}

// Tags are the merge tags of the contacts' values.
func (r Rows) Tags() ([]string, error) {
	tags, _, err := r.head()
	return tags, err
}

// head are the tags, and the contacts behind them.
func (r Rows) head() (tags []string, rest []byte, err error) {
	if len(r) == 0 {
		return nil, nil, nil
	}
	if r[0] != rowsForm {
		if r, err = rowsOfLines(r); err != nil {
			return nil, nil, err
		}
	}
	many, length := binary.Uvarint(r[1:])
	if length <= 0 {
		return nil, nil, errRows
	}
	rest = r[1+length:]
	for range many {
		var tag []byte
		if tag, rest, err = blobIn(rest); err != nil {
			return nil, nil, err
		}
		tags = append(tags, string(tag))
	}
	return tags, rest, nil
}

// blobIn is takeBlob for what may be damaged.
func blobIn(from []byte) (blob, rest []byte, err error) {
	size, length := binary.Uvarint(from)
	if length <= 0 || size > uint64(len(from)-length) {
		return nil, nil, errRows
	}
	from = from[length:]
	return from[:size:size], from[size:], nil
}

// Without leaves contacts out.
func (r Rows) Without(out func(Row) bool) (Rows, error) {
	tags, _, err := r.head()
	if err != nil {
		return nil, err
	}
	kept := slices.Grow(RowsOf(tags), len(r))
	err = r.Each(func(one Row) error {
		if !out(one) {
			kept = kept.add(one.key, one.values)
		}
		return nil
	})
	return kept, err
}

// With changes each of the contacts.
func (r Rows) With(change func(Row) (Row, error)) (Rows, error) {
	tags, _, err := r.head()
	if err != nil {
		return nil, err
	}
	changed := slices.Grow(RowsOf(tags), 2*len(r))
	err = r.Each(func(one Row) error {
		one, err := change(one)
		changed = changed.add(one.key, one.values)
		return err
	})
	return changed, err
}

// Count is how many contacts there are.
func (r Rows) Count() (n int, err error) {
	err = r.Each(func(Row) error { n++; return nil })
	return n, err
}

// Has reports whether somebody is among the contacts, who is named by an address in lower case or a UUID.
func (r Rows) Has(name string) (has bool, err error) {
	if len(r) > 0 && r[0] == rowsForm && !bytes.Contains(r, []byte(name)) {
		return false, nil
	}
	err = r.Each(func(one Row) error { has = has || string(one.key) == name; return nil })
	return has, err
}

// rowsOfLines reads lines of JSON, as earlier programs staged contacts.
func rowsOfLines(lines []byte) (Rows, error) {
	type line struct {
		Email  string                     `json:"email"`
		ID     string                     `json:"id"`
		Fields map[string]json.RawMessage `json:"fields"`
		Joins  []int64                    `json:"list_ids_included"`
		Leaves []int64                    `json:"list_ids_excluded"`
	}
	var all []line
	tags := map[string]bool{}
	for written := range strings.Lines(string(lines)) {
		var one line
		if err := json.Unmarshal([]byte(written), &one); err != nil {
			return nil, fmt.Errorf("a staged contact cannot be read: %w", err)
		}
		for tag := range one.Fields {
			tags[tag] = true
		}
		all = append(all, one)
	}
	ordered := slices.Sorted(maps.Keys(tags))
	rows := RowsOf(ordered)
	for _, one := range all {
		rows = rows.Add(ordered, one.Email+one.ID, one.Fields, one.Joins, one.Leaves)
	}
	return rows, nil
}

// Name is the contact's address, or its UUID.
func (r Row) Name() string { return string(r.key) }

// AppendName appends it.
func (r Row) AppendName(to []byte) []byte { return append(to, r.key...) }

// HasAddress tells a contact with an address from one that is named by its UUID.
func (r Row) HasAddress() bool { return bytes.IndexByte(r.key, '@') >= 0 }

// all are the values, those of lists among them, by their slots.
func (r Row) all(yield func(slot int, value []byte) bool) {
	for rest := r.values; len(rest) > 0; {
		var slot int
		var value []byte
		slot, rest = takeNumber(rest)
		value, rest = takeBlob(rest)
		if !yield(slot, value) {
			return
		}
	}
}

// Values are all that is kept of the contact beside its name: RowWith makes it again of them.
func (r Row) Values() []byte { return r.values }

// RowWith is a contact with values of some merge tags.
func RowWith(tags []string, name string, values []byte) Row { return Row{tags, []byte(name), values} }

// All are the contact's values, each as JSON, by the place of its tag.
func (r Row) All(yield func(at int, value []byte) bool) {
	for slot, value := range r.all {
		if slot < len(r.tags) && !yield(slot, value) {
			return
		}
	}
}

// With is the contact with some of its values, by the place of their tags, and with other lists.
func (r Row) With(keep func(at int) bool, joins, leaves []int64) Row {
	kept := make([]byte, 0, len(r.values))
	for at, value := range r.All {
		if keep(at) {
			kept = appendBlob(binary.AppendUvarint(kept, uint64(at)), value)
		}
	}
	r.values = appendLists(appendLists(kept, leavesSlot, leaves), listsSlot, joins)
	return r
}

// Fields are the contact's values as a JSON object; nil where it has none.
func (r Row) Fields() json.RawMessage {
	var object []byte
	for at, value := range r.All {
		object = append(object, ',')
		object = append(append(coerce.AppendText(object, r.tags[at]), ':'), value...)
	}
	if object == nil {
		return nil
	}
	object[0] = '{'
	return append(object, '}')
}

// FieldTags are the merge tags of the contact's values.
func (r Row) FieldTags() (tags []string) {
	for at := range r.All {
		tags = append(tags, r.tags[at])
	}
	return tags
}

// Was is what is known of the contact from before it is written, as WithWas kept it; nil where nothing is.
func (r Row) Was() (was []byte) {
	for slot, value := range r.all {
		if slot == wasSlot {
			was = value
		}
	}
	return was
}

// WithWas is the contact with what is known of it from before.
func (r Row) WithWas(was []byte) Row {
	r.values = appendBlob(binary.AppendUvarint(slices.Clip(r.values), wasSlot), was)
	return r
}

// Joins and Leaves are lists of the contact's own.
func (r Row) Joins() []int64 { return r.lists(listsSlot) }

// Leaves are lists that the contact is taken off.
func (r Row) Leaves() []int64 { return r.lists(leavesSlot) }

func (r Row) lists(slot int) (ids []int64) {
	for at, value := range r.all {
		if at == slot {
			ids = idsIn(value)
		}
	}
	return ids
}

// measure is about how long the contact is as JSON, and whether it joins lists of its own.
func (r Row) measure() (size int, joins bool) {
	size = len(r.key) + len(`{"email":"","fields":{}},`)
	for slot, value := range r.all {
		if slot < len(r.tags) {
			size += len(r.tags[slot]) + len(`"":,`)
		}
		if slot != wasSlot { // which is not sent
			size, joins = size+len(value), joins || slot == listsSlot
		}
	}
	return size, joins
}

// TakesAway reports that the contact loses something: a list, or a field's value.
func (r Row) TakesAway() bool {
	for slot, value := range r.all {
		if slot == leavesSlot || slot < len(r.tags) && (string(value) == `""` || string(value) == "null") {
			return true
		}
	}
	return false
}

// AppendJSON appends an element of an import request (see apiclient.ImportRow): the contact with some fields and lists.
func (r Row) AppendJSON(to []byte, fields json.RawMessage, joins, leaves []int64) []byte {
	name := `{"email":`
	if !r.HasAddress() {
		name = `{"id":`
	}
	to = coerce.AppendText(append(to, name...), string(r.key))
	if len(fields) > 0 {
		to = append(append(to, `,"fields":`...), fields...)
	}
	to = appendIDs(to, `,"list_ids_included":[`, joins)
	return append(appendIDs(to, `,"list_ids_excluded":[`, leaves), '}')
}

func appendIDs(to []byte, key string, ids []int64) []byte {
	for i, id := range ids {
		if i > 0 {
			key = ","
		}
		to = strconv.AppendInt(append(to, key...), id, 10)
	}
	if len(ids) > 0 {
		to = append(to, ']')
	}
	return to
}

// Contact is the contact for people to see.
func (r Row) Contact() (contact Contact, err error) {
	err = json.Unmarshal(r.AppendJSON(nil, r.Fields(), r.Joins(), r.Leaves()), &contact)
	return contact, err
}

// Cells writes the contact back as cells below the source's header, of which tags say what each column is (Summary.Tags).
// Columns that were not read as a field are empty.
func (r Row) Cells(tags []string) ([]string, error) {
	contact, err := r.Contact()
	return contact.cells(tags), err
}
