package audience

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Query is what to search for.
type Query struct {
	Where   string   // a condition; empty: all contacts
	Text    string   // to be found in the address or a field of text
	Columns []string // of the answer; empty: email, status, lists and what the condition and the order name
	OrderBy string   // columns, apart by commas, each with asc or desc; empty: as exported
	Limit   int      // rows; 0: 20, at most 100
	Cursor  string   // where the page before ended
}

// Page is a page of contacts.
type Page struct {
	Columns []string
	Rows    [][]any // text, number, true or false, nil, and for lists []string
	Total   int     // contacts that fit
	Cursor  string  // for the next page; empty: this is the last
	Hints   []string

	offset int // of its first row
	print  uint64
}

// After is the cursor for what comes after the first n rows, for those who show no more of them; empty when nothing does.
func (p Page) After(n int) string {
	if n >= len(p.Rows) {
		return p.Cursor
	}
	return writeCursor(p.offset+n, p.print)
}

// Bounds of a page.
const (
	defaultLimit = 20
	maxLimit     = 100
	maxOffset    = 20_000 // how far pages go; who wants more exports
)

// Search returns a page of the contacts that fit.
func (sn *Snapshot) Search(ctx context.Context, q Query) (Page, error) {
	condition, asked, err := sn.condition(q.Where, q.Text)
	if err != nil {
		return Page{}, err
	}
	order, err := sn.order(q.OrderBy)
	if err != nil {
		return Page{}, err
	}
	cells, err := sn.cellsFor(q, order, asked)
	if err != nil {
		return Page{}, err
	}
	over, err := sn.overlay(ctx)
	if err != nil {
		return Page{}, err
	}
	print := hashOf(fmt.Sprintf("%s %d %d %q %q %q", sn.path, over.seq, over.unpatched, q.Where, q.Text, q.OrderBy))
	offset, err := readCursor(q.Cursor, print)
	if err != nil {
		return Page{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	top := &top{order: order, most: offset + limit}
	var needed []int
	for _, by := range order {
		needed = append(needed, by.column)
	}
	if err := sn.scan(ctx, condition, needed, false, true, top.add); err != nil {
		return Page{}, err
	}
	top.cut()
	page := Page{Total: top.total, Rows: [][]any{}, offset: offset, print: print}
	if page.Hints, err = sn.hints(ctx, asked, top.total); err != nil {
		return Page{}, err
	}
	for _, c := range cells {
		page.Columns = append(page.Columns, c.name)
	}
	for _, one := range top.found[min(offset, len(top.found)):] {
		row, err := sn.row(ctx, one.row, cells, over)
		if err != nil {
			return Page{}, err
		}
		page.Rows = append(page.Rows, row)
	}
	if next := offset + len(page.Rows); next < page.Total && next < maxOffset && len(page.Rows) > 0 {
		page.Cursor = writeCursor(next, print)
	}
	return page, nil
}

func (sn *Snapshot) row(ctx context.Context, number uint32, cells []cell, over *overlay) ([]any, error) {
	v, i := &view{columns: over.columns}, int(number)-sn.chunks()*chunkRows
	if i < 0 {
		var needed []int
		for _, c := range cells {
			needed = append(needed, c.column)
		}
		var err error
		if v, err = sn.readRow(ctx, needed, number); err != nil {
			return nil, sn.service.fileFault(err)
		}
		i = 0
	}
	row := make([]any, len(cells))
	for at, c := range cells {
		row[at] = c.get(v, i)
	}
	return row, nil
}

// cellsFor are the columns of an answer.
func (sn *Snapshot) cellsFor(q Query, order []by, asked *checked) ([]cell, error) {
	var cells []cell
	add := func(c cell) {
		if !slices.ContainsFunc(cells, func(other cell) bool { return other.name == c.name && other.column == c.column }) {
			cells = append(cells, c)
		}
	}
	if len(q.Columns) > 0 {
		for _, name := range q.Columns {
			c, err := sn.cellNamed(name, "columns")
			if err != nil {
				return nil, err
			}
			add(c)
		}
		return cells, nil
	}
	for _, col := range []int{colEmail, colStatus, colLists} {
		add(sn.cellOf(col))
	}
	if asked != nil {
		for _, col := range asked.columns() {
			add(sn.cellOf(col))
		}
	}
	for _, by := range order {
		add(by.cell)
	}
	return cells[:min(len(cells), 12)], nil
}

// by is a column to order by.
type by struct {
	cell
	descending bool
}

// order reads "created_at desc, email".
func (sn *Snapshot) order(written string) (order []by, err error) {
	if strings.TrimSpace(written) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(written, ",") {
		name, descending := strings.TrimSpace(part), false
		if at := strings.LastIndexByte(name, ' '); at > 0 {
			switch strings.ToLower(name[at+1:]) {
			case "desc":
				name, descending = name[:at], true
			case "asc":
				name = name[:at]
			}
		}
		c, err := sn.cellNamed(name, "order_by")
		if err != nil {
			return nil, err
		}
		if order = append(order, by{c, descending}); len(order) > 5 {
			return nil, fault.New(fault.InvalidInput, "order_by: five columns are enough.", "", "Leave some out.")
		}
	}
	return order, nil
}

// top keeps the first contacts of an order.
type top struct {
	order   []by
	most    int
	total   int
	found   []ranked
	ordered bool // the first ones, up to most, are in their order: a cut was made
}

type ranked struct {
	row  uint32
	keys []value
}

func (t *top) add(v *view) error {
	for i, kept := range v.keep {
		if kept != 1 {
			continue
		}
		t.total++
		one := ranked{row: v.first + uint32(i)}
		if len(t.order) == 0 && t.full() && one.row > t.found[t.most-1].row {
			continue
		}
		for at, by := range t.order {
			key := by.sort(v, i)
			if at == 0 && t.full() && t.worse(key) {
				one.keys = nil
				break
			}
			key.text = strings.Clone(key.text)
			one.keys = append(one.keys, key)
		}
		if len(t.order) > 0 && one.keys == nil {
			continue
		}
		if t.found = append(t.found, one); len(t.found) >= 2*t.most+500 {
			t.cut()
		}
	}
	return nil
}

// full tells whether as many are kept as are wanted, in their order.
func (t *top) full() bool { return t.ordered && t.most > 0 && len(t.found) >= t.most }

func (t *top) worse(key value) bool {
	order := rank(key, t.found[t.most-1].keys[0])
	if t.order[0].descending {
		order = -order
	}
	return order > 0
}

func (t *top) cut() {
	t.ordered = true
	slices.SortFunc(t.found, func(a, b ranked) int {
		for i, by := range t.order {
			order := rank(a.keys[i], b.keys[i])
			if by.descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return cmpOf(a.row < b.row, a.row > b.row)
	})
	if len(t.found) > t.most {
		t.found = t.found[:t.most]
	}
}

func writeCursor(offset int, print uint64) string {
	return base64.RawURLEncoding.EncodeToString(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, print), uint32(offset)))
}

func readCursor(cursor string, print uint64) (offset int, err error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) != 12 {
		return 0, fault.New(fault.InvalidInput, "cursor: this is not a cursor from an earlier answer.", "", "Give the cursor of the page before, or none.")
	}
	offset = int(binary.LittleEndian.Uint32(b[8:]))
	if binary.LittleEndian.Uint64(b) != print || offset > maxOffset {
		return 0, fault.New(fault.Conflict, "cursor: it belongs to another search, or to contacts as they were before.",
			"The snapshot was renewed or changed since, or where, text or order_by are others ("+text.Number(maxOffset)+" rows is as far as pages go).", "Search again without a cursor.")
	}
	return offset, nil
}
