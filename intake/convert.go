package intake

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/coerce"
)

// slot is a column that goes into a field. Slots are ordered by merge tag, as the keys of a contact's JSON are.
type slot struct {
	column *column
	index  int
	tag    string
	manner coerce.Manner
}

func (p *columnPlan) slots() []slot {
	var slots []slot
	for i := range p.columns {
		if field := p.columns[i].field; field != nil {
			slots = append(slots, slot{&p.columns[i], i, field.MergeTag, p.manner(i)})
		}
	}
	slices.SortFunc(slots, func(a, b slot) int { return cmp.Compare(a.tag, b.tag) })
	return slots
}

// direct is the place of records that have no address, before those of the records that have one.
const direct = 0

// places says in which pile an address is.
type places struct {
	seed maphash.Seed
	many uint64
}

func (p places) of(key string) int { return 1 + int((maphash.String(p.seed, key)>>32)*p.many>>32) }

// converter makes records of rows. It is for one goroutine.
type converter struct {
	plan   *columnPlan
	slots  []slot
	places places
	skip   []Doubt
	doubts doubts
	mail   hearing
	value  []byte

	memberships *memberships // of a column of lists; nil where there is none
	listCells   map[string]listsRead

	leaveEmpty bool // values that do not fit are left out
	remarks    remarks

	delimiter string // of a text, where rows may have been swallowed; else empty
	swallowed int    // the first line that a row with such a value begins on
}

func newConverter(plan *columnPlan, at places, skip []Doubt) *converter {
	return &converter{plan: plan, slots: plan.slots(), places: at, skip: skip, mail: newHearing(plan)}
}

func (c *converter) convert(b *batch) {
	b.each(func(row, line int, cells []string) {
		if c.delimiter != "" && c.swallowed == 0 && slices.ContainsFunc(cells,
			func(written string) bool { return swallows(written, c.delimiter) }) {
			c.swallowed = line
		}
		c.take(b, row, line, cells)
		c.left(b, line, cells)
	})
	if c.plan.loose {
		return
	}
	for _, row := range b.gone {
		for _, email := range everyAddress(row.cells) {
			if row.crossed {
				b.crossedAt(c.places, email, row.line)
			} else {
				b.goneAt(c.places, email, "below the line", row.gone, row.line, "")
			}
		}
	}
}

// take makes a record of a row, or two where a row that cannot be read says that its address does not want mail.
func (c *converter) take(b *batch, row, line int, cells []string) {
	at := rowAt{row, line}
	problem := b.broken[row]
	if problem != "" && c.delimiter != "" && c.swallowed == 0 {
		c.swallowed = line
	}
	if problem == "" && !c.plan.loose {
		problem = c.plan.misfit(cells)
	}
	if problem != "" {
		c.misfit(b, at, cells, problem)
		return
	}
	column := c.plan.address(cells)
	written, several := cell(cells, column), false
	if !c.plan.selects {
		written, _, several = strings.Cut(written, inOneCell)
	}
	read, problem := c.plan.name(column, written)
	if problem != "" {
		c.unreadable(b, at, cells, problem)
		return
	}
	email := read.key
	stream := c.places.of(email)
	kind, why := c.mail.worst(cells)
	if kind == good && !c.plan.loose {
		kind, why = besideAddress(written, c.plan.columns[column].name)
	}
	if several || len(c.plan.emails) > 0 {
		c.addresses(b, column, line, cells, email, kind, why)
	}
	if kind != good {
		b.reject(at, kind, false, stream, email, why, cells)
		return
	}
	doubt, meant := c.doubts.of(email)
	if doubt != "" && slices.Contains(c.skip, doubt) {
		b.reject(at, refused, true, stream, email, skipped(doubt, meant), cells)
		return
	}
	start := len(b.records)
	b.records = beginRecord(b.records, good, doubt != "", row, line, email)
	problems, ids := c.values(b, line, cells), []int64(nil)
	if problems == "" {
		joins := c.lists(cells)
		problems, ids = joins.problem, joins.ids
	}
	if problems != "" {
		b.records = b.records[:start]
		b.reject(at, refused, doubt != "", stream, email, problems, cells)
		return
	}
	b.records = appendWritten(appendLists(b.records, listsSlot, ids), read)
	endRecord(b.records, start)
	b.add(stream, good)
}

// misfit rejects a row that cannot be read as one. Where it says that its address does not want mail, that is kept.
func (c *converter) misfit(b *batch, at rowAt, cells []string, problem string) {
	b.reject(at, refused, false, direct, onlyAddress(cells), problem, cells)
	why := strayed(cells)
	if why == "" {
		return
	}
	if read, err := readAddress(cell(cells, c.plan.address(cells))); err == nil {
		b.reject(at, mark, false, c.places.of(read.key), read.key, why, nil)
	}
}

// unreadable rejects a row without one readable address. Where it says that mail is not wanted, that is kept of every address
// in the cell.
func (c *converter) unreadable(b *batch, at rowAt, cells []string, problem string) {
	b.reject(at, refused, false, direct, "", problem, cells)
	kind, why := c.mail.worst(cells)
	if kind == good {
		return
	}
	several, _ := addressesIn(foldSigns(cell(cells, c.plan.address(cells))))
	for _, one := range several {
		b.reject(at, mark, false, c.places.of(one.key), one.key, why, nil)
	}
}

// rowAt is where a row stands: its number in the batch, and its line in the file.
type rowAt struct{ row, line int }

func (b *batch) reject(at rowAt, kind recordKind, doubted bool, stream int, email, reason string, cells []string) {
	b.records = appendRejected(b.records, kind, doubted, at.row, at.line, email, reason, cells)
	b.add(stream, kind)
}

// addresses says which of several addresses of a person was taken, and which were not. What keeps the one out keeps out the
// others, too.
func (c *converter) addresses(b *batch, at, line int, cells []string, taken string, kind recordKind, why string) {
	if at != c.plan.email {
		c.remarks.add(Instead, c.plan.columns[at].name, line, cell(cells, at))
	}
	as := gone
	if kind == heldBack {
		as = unsure
	}
	for _, key := range c.plan.further(cells, at, taken) {
		if kind == good {
			c.remarks.add(Further, "", line, key)
			continue
		}
		b.beside(c.places, as, key, line, why)
	}
}

// values appends the values of a row, each behind the number of its slot, and says what is wrong with them.
func (c *converter) values(b *batch, line int, cells []string) (problems string) {
	var found []string
	for i := range c.slots {
		slot := &c.slots[i]
		written := cell(cells, slot.index)
		if written == "" {
			continue
		}
		before := len(b.records)
		b.records = append(binary.AppendUvarint(b.records, uint64(i)), 0)
		start := len(b.records)
		var said, problem string
		b.records, said, problem = coerce.Cell(b.records, slot.column.field, written, slot.manner)
		if said != "" {
			c.remarks.add(said, slot.column.name, line, written)
		}
		length := len(b.records) - start
		switch {
		case problem != "" && c.leaveEmpty:
			c.remarks.leaveOut(BadValue{line, slot.column.name, written, problem})
			b.records = b.records[:before]
		case problem != "":
			found, b.records = append(found, problem), b.records[:before]
		case length == 0: // it stands for an empty cell
			b.records = b.records[:before]
		case length < 0x80: // it is one byte, as it is of nearly all
			b.records[start-1] = byte(length)
		default:
			c.value = append(c.value[:0], b.records[start:]...)
			b.records = appendBlob(b.records[:start-1], c.value)
		}
	}
	return strings.Join(found, "; ")
}

// misfit says what is wrong with a row whose cells do not stand below their headers: nothing of it may be imported,
// because its values are in the wrong columns.
func (p *columnPlan) misfit(cells []string) string {
	if len(cells) == len(p.columns) {
		return ""
	}
	wide := len(cells) > len(p.columns) && !isBlank(cells[len(p.columns):])
	switch {
	case wide:
		return fmt.Sprintf("the row has %d cells and the header %d; %s", len(cells), len(p.columns),
			map[bool]string{true: "put values that contain commas in quotes", false: "give every column a name"}[p.quoted])
	case p.quoted && slices.ContainsFunc(cells, isMultiline):
		return fmt.Sprintf("a quoted value runs over several lines, and the row has %d cells where the header has %d; check "+
			"the quotes", len(cells), len(p.columns))
	}
	return ""
}

func isMultiline(cell string) bool { return strings.ContainsRune(strings.TrimSpace(cell), '\n') }

// addressSlot is behind the slots of values: it holds the form in which an address is sent that is not its key.
const addressSlot = 1 << 20

func appendWritten(to []byte, read address) []byte {
	if read.written == read.key {
		return to
	}
	return appendBlob(binary.AppendUvarint(to, addressSlot), read.written)
}

// writtenAs is the address that is sent for a key, and the values without it.
func writtenAs(key, values []byte) (written, rest []byte) {
	if isASCII(key) { // as nearly all are: then there is one form only
		return key, values
	}
	for rest := values; len(rest) > 0; {
		number, head, behind := headOf(rest)
		if number == addressSlot {
			_, blob := takeNumber(head)
			written, _ := takeBlob(blob)
			return written, values[:len(values)-len(rest)]
		}
		rest = behind
	}
	return key, values
}

// mergeValues puts a later row's values over an earlier one's. Both are in the order of their slots.
func mergeValues(to, earlier, later []byte) []byte {
	for len(earlier) > 0 || len(later) > 0 {
		first, before, restOfEarlier := headOf(earlier)
		second, after, restOfLater := headOf(later)
		if first < second {
			to, earlier = append(to, before...), restOfEarlier
			continue
		}
		later = restOfLater
		both := first == second
		if both {
			earlier = restOfEarlier
		}
		if both && second == listsSlot {
			to = unitedLists(to, before, after)
		} else {
			to = append(to, after...)
		}
	}
	return to
}

// headOf is the first of some values: its slot, and all of it. Behind the last is a slot that comes after all others.
func headOf(values []byte) (slot int, head, rest []byte) {
	if len(values) == 0 {
		return 1 << 30, nil, nil
	}
	slot, rest = takeNumber(values)
	_, rest = takeBlob(rest)
	return slot, values[:len(values)-len(rest)], rest
}
