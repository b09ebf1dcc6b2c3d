package audience

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
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
	c, asked, err := sn.where(ctx, q.Where, q.Text)
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
	depends := slices.Clone(cells)
	for _, by := range order {
		depends = append(depends, by.Cell)
	}
	if err := sn.needs(ctx, c, depends...); err != nil {
		return Page{}, err
	}
	print := printOf(fmt.Sprintf("%s %d %d %q %q %q", sn.path, c.over.seq, c.over.unpatched, q.Where, q.Text, q.OrderBy))
	offset, err := readCursor(q.Cursor, print)
	if err != nil {
		return Page{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	page := Page{Rows: [][]any{}, offset: offset, print: print}
	if page.Total, _, err = sn.count(ctx, c); err != nil {
		return Page{}, err
	}
	if page.Rows, err = sn.page(ctx, c, order, cells, min(limit, maxLimit), offset); err != nil {
		return Page{}, err
	}
	if page.Hints, err = sn.hints(ctx, asked, page.Total); err != nil {
		return Page{}, err
	}
	for _, c := range cells {
		page.Columns = append(page.Columns, c.Name)
	}
	if next := offset + len(page.Rows); next < page.Total && next < maxOffset && len(page.Rows) > 0 {
		page.Cursor = writeCursor(next, print)
	}
	return page, nil
}

// page are some rows of an order; those that are alike in it come as they were exported, and who was changed since last.
func (sn *Snapshot) page(outer context.Context, c *question, order []by, cells []where.Cell, limit, offset int) ([][]any, error) {
	ctx, cancel := timed(outer)
	defer cancel()
	list, sorted := "row", ""
	for i, by := range order {
		list += ", " + by.SQL
		sorted += idText(int64(i + 2))
		if by.descending {
			sorted += " DESC"
		}
		sorted += ", "
	}
	statement := c.of(list+", "+listed(cells)) + fmt.Sprintf(" ORDER BY %s1 LIMIT %d OFFSET %d", sorted, limit, offset)
	rows := [][]any{}
	err := sn.rows(ctx, c, statement, func(found []any) (bool, error) {
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = sn.about.Value(c, found[1+len(order)+i])
		}
		rows = append(rows, row)
		return true, nil
	})
	return rows, sn.failed(ctx, outer, err)
}

// cellsFor are the columns of an answer.
func (sn *Snapshot) cellsFor(q Query, order []by, asked *where.Condition) ([]where.Cell, error) {
	var cells []where.Cell
	add := func(c where.Cell) {
		if !slices.ContainsFunc(cells, func(other where.Cell) bool { return other.Name == c.Name && other.Column == c.Column }) {
			cells = append(cells, c)
		}
	}
	if len(q.Columns) > 0 {
		for _, name := range q.Columns {
			c, err := sn.about.CellNamed(name, "columns")
			if err != nil {
				return nil, err
			}
			add(c)
		}
		return cells, nil
	}
	for _, col := range []int{where.Email, where.Status, where.Lists} {
		add(sn.about.Cell(col))
	}
	for _, col := range asked.Columns() {
		add(sn.about.Cell(col))
	}
	for _, by := range order {
		add(by.Cell)
	}
	return cells[:min(len(cells), 12)], nil
}

// by is a column to order by.
type by struct {
	where.Cell
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
		c, err := sn.about.CellNamed(name, "order_by")
		if err != nil {
			return nil, err
		}
		if order = append(order, by{c, descending}); len(order) > 5 {
			return nil, fault.New(fault.InvalidInput, "order_by: five columns are enough.", "", "Leave some out.")
		}
	}
	return order, nil
}

// printOf tells one question from another.
func printOf(question string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(question)) // it never fails
	return hash.Sum64()
}

func writeCursor(offset int, print uint64) string {
	written := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, print), uint32(offset))
	return base64.RawURLEncoding.EncodeToString(written)
}

func readCursor(cursor string, print uint64) (offset int, err error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) != 12 {
		return 0, fault.New(fault.InvalidInput, "cursor: this is not a cursor from an earlier answer.", "",
			"Give the cursor of the page before, or none.")
	}
	offset = int(binary.LittleEndian.Uint32(b[8:]))
	if binary.LittleEndian.Uint64(b) != print || offset > maxOffset {
		return 0, fault.New(fault.Conflict, "cursor: it belongs to another search, or to contacts as they were before.",
			"The snapshot was renewed or changed since, or where, text or order_by are others ("+text.Number(maxOffset)+
				" rows is as far as pages go).",
			"Search again without a cursor.")
	}
	return offset, nil
}
