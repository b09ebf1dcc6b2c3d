package audience

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// loader turns an export into the rows of a snapshot. One goroutine reads them while SQLite stores those before.
type loader struct {
	layout  *layout
	file    *draft
	lists   exports.ListCells
	report  func(string)
	columns []reading // of the layout

	rows     int
	statuses []string      // besides Mailtrap's two
	alike    map[alike]int // contacts
}

// alike are the contacts of one status on the same lists.
type alike struct{ status, lists string }

// load stores an export's rows. A contact that is there twice counts once: the last one.
func (l *loader) load(ctx context.Context, rows *exports.Reader) error {
	names := columnNames(len(l.layout.columns))
	all := strings.Join(names, ", ")
	if _, err := l.file.db.ExecContext(ctx, "CREATE TABLE contact (row INTEGER PRIMARY KEY, "+all+");"+
		"CREATE TABLE original (first INTEGER PRIMARY KEY, rows BLOB NOT NULL)"); err != nil {
		return err
	}
	l.alike = map[alike]int{}
	l.columns = l.readings()
	var err error
	for ended := false; err == nil && !ended; {
		var kept original // of the rows that are stored by one statement
		err = l.stream(ctx, names, func(row []any) error {
			if kept.pending >= pendingSize {
				return io.EOF
			}
			cells, err := rows.Next()
			if ended = errors.Is(err, io.EOF); err == nil {
				kept.add(int64(l.rows)+1, cells)
				l.row(cells, row)
			}
			return err
		}, "INSERT INTO contact ("+all+") SELECT "+all+" FROM incoming")
		if err == nil {
			err = kept.store(ctx, l.file.db)
		}
	}
	if err == nil {
		_, err = l.file.db.ExecContext(ctx, "CREATE INDEX by_email ON contact (c0)")
	}
	if err != nil {
		return err
	}
	twice, err := l.file.db.ExecContext(ctx, `WITH twice AS (SELECT c0, max(row) AS last FROM contact GROUP BY c0 HAVING count(*) > 1)
		DELETE FROM contact WHERE c0 IN (SELECT c0 FROM twice) AND row NOT IN (SELECT last FROM twice)`)
	if err != nil {
		return err
	}
	if n, err := twice.RowsAffected(); err != nil || n > 0 {
		return errors.Join(err, l.recount(ctx), fill(ctx, l.file.db, l.layout.columns))
	}
	return nil
}

// stream runs a statement on rows, "incoming", that next makes while it runs. The rows are made in the same few batches again
// and again.
func (l *loader) stream(ctx context.Context, columns []string, next func(row []any) error, statement string) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, done, failed := make(chan [][]any, batches), make(chan [][]any, batches), error(nil)
	for range batches {
		done <- slices.Collect(slices.Chunk(make([]any, batchOfRows*len(columns)), len(columns)))
	}
	go func() {
		defer close(ready)
		for failed == nil {
			var batch [][]any
			select {
			case batch = <-done:
			case <-ctx.Done():
				return
			}
			n := 0
			for n < len(batch) {
				if failed = next(batch[n]); failed != nil {
					break
				}
				n++
			}
			ready <- batch[:n]
		}
	}()
	begin := func() func() ([][]any, error) {
		var batch [][]any
		return func() ([][]any, error) {
			if batch != nil {
				done <- batch[:batchOfRows]
			}
			for batch = range ready {
				if len(batch) > 0 {
					return batch, nil
				}
			}
			if failed != nil && !errors.Is(failed, io.EOF) { // the statement is not to end as if these were all
				return nil, failed
			}
			return nil, nil
		}
	}
	err := l.file.feed(ctx, source{columns, begin}, statement)
	cancel()
	for range ready { // until it is closed: then failed is known
	}
	if failed != nil && !errors.Is(failed, io.EOF) {
		return failed
	}
	return errors.Join(err, outer.Err())
}

// Rows are handed on in batches of so many.
const (
	batches     = 4
	batchOfRows = 256
)

// reading reads the cells of a column.
type reading struct {
	from  int // the column of the file; -1 for none
	read  func(cell string) any
	known map[string]any // what cells were read as: most columns have few different ones; nil for one that has many
}

// knownCells is how many different cells of a column are remembered.
const knownCells = 1000

// value is what a cell is stored as, in the n-th row.
func (r *reading) value(cell string, n int) any {
	v, known := r.known[cell]
	if known {
		return v
	}
	switch {
	case r.known == nil:
	case len(r.known) < knownCells:
		cell = strings.Clone(cell) // without the row that it is a part of
		v = r.read(cell)
		r.known[cell] = v
		return v
	case n < 4*knownCells:
		r.known = nil
	}
	return r.read(cell)
}

// readings say how each column is read.
func (l *loader) readings() []reading {
	all := make([]reading, len(l.layout.columns))
	for col := range all {
		c := &l.layout.columns[col]
		read := c.Read
		switch col {
		case where.Email, where.ID:
			read = func(cell string) any { return c.Read(addressIn(cell)) }
		case where.Status:
			read = func(cell string) any { return c.Read(l.status(strings.TrimSpace(cell))) }
		case where.Lists:
			read = func(cell string) any { return string(l.set(cell)) } // blanks may belong to a list's name
		}
		all[col] = reading{l.layout.source[col], read, map[string]any{}}
	}
	return all
}

// addressIn is an address, or an id, as the table has it: a person is found by it, and erased by it.
func addressIn(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }

// row makes a contact's row of its cells in the file.
func (l *loader) row(cells []string, row []any) {
	for col := range l.columns {
		r, cell := &l.columns[col], ""
		if r.from >= 0 && r.from < len(cells) {
			cell = cells[r.from]
		}
		if row[col] = r.value(cell, l.rows); row[col] != nil {
			l.layout.columns[col].Filled++
		}
	}
	status, _ := row[where.Status].(string)
	lists, _ := row[where.Lists].(string)
	l.alike[alike{status, lists}]++
	if l.rows++; l.rows%100_000 == 0 {
		l.report("read " + text.Count(l.rows, "contact"))
	}
}

// set is the lists of a cell.
func (l *loader) set(cell string) where.Set {
	if strings.TrimSpace(cell) == "" {
		return ""
	}
	certain, possible, understood := l.lists.Read(cell)
	return where.SetOf(certain, possible, !understood)
}

// status is a status as the export writes it; empty where it tells none.
func (l *loader) status(cell string) string {
	cell = strings.ToLower(cell)
	if truth, known := where.Truth(cell); known {
		if truth != l.layout.inverse {
			return apiclient.Subscribed
		}
		return apiclient.Unsubscribed
	}
	if cell == "" || cell == apiclient.Subscribed || cell == apiclient.Unsubscribed || slices.Contains(l.statuses, cell) {
		return cell
	}
	if len(l.statuses) > 200 {
		return ""
	}
	l.statuses = append(l.statuses, cell)
	return cell
}

// memberships reads the lists of an account, each exported by itself, where the export does not tell them.
func (l *loader) memberships(ctx context.Context, s *Service, lists []apiclient.List, began time.Time) error {
	lists = slices.SortedFunc(slices.Values(lists), func(a, b apiclient.List) int { return int(a.ID - b.ID) })
	for i, list := range lists {
		l.report("exporting the lists one by one: " + text.Number(i+1) + " of " + text.Number(len(lists)))
		err := l.named(ctx, s, apiclient.ExportFilter{ListIDs: []int64{list.ID}}, began,
			`UPDATE contact SET c3 = CASE c3 WHEN '' THEN ',' ELSE c3 END || '`+idText(list.ID)+`,' WHERE c0 IN (SELECT c0 FROM incoming)`)
		if err != nil {
			return err
		}
	}
	return l.recount(ctx)
}

// unsubscribed reads who is unsubscribed, where the export does not tell it: whom that export does not name is subscribed.
func (l *loader) unsubscribed(ctx context.Context, s *Service, began time.Time) error {
	l.report("exporting the unsubscribed contacts")
	if _, err := l.file.db.ExecContext(ctx, `UPDATE contact SET c2 = ?`, apiclient.Subscribed); err != nil {
		return err
	}
	err := l.named(ctx, s, apiclient.ExportFilter{Status: apiclient.Unsubscribed}, began,
		`UPDATE contact SET c2 = '`+apiclient.Unsubscribed+`' WHERE c0 IN (SELECT c0 FROM incoming)`)
	return errors.Join(err, l.recount(ctx))
}

// named runs a statement on the addresses that another export names.
func (l *loader) named(ctx context.Context, s *Service, filter apiclient.ExportFilter, began time.Time, statement string) error {
	n := 0
	err := s.exports.Read(ctx, filter, l.report, func(rows *exports.Reader) error {
		n = 0
		return l.stream(ctx, []string{"c0"}, func(row []any) error {
			cells, err := rows.Next()
			if err == nil {
				row[0] = rows.Address(cells)
				n++
			}
			return err
		}, statement)
	})
	if err == nil && n == 0 {
		return s.believe(ctx, filter, began)
	}
	return err
}

// recount counts the contacts of each status and set of lists again, where they are others than when they were read.
func (l *loader) recount(ctx context.Context) error {
	rows, err := l.file.db.QueryContext(ctx, `SELECT coalesce(c2, ''), c3, count(*) FROM contact GROUP BY c2, c3`)
	if err != nil {
		return err
	}
	defer rows.Close()
	clear(l.alike)
	for rows.Next() {
		var one alike
		var n int
		if err := rows.Scan(&one.status, &one.lists, &n); err != nil {
			return err
		}
		l.alike[one] = n
	}
	return rows.Err()
}

// about says what was read.
func (l *loader) about(began time.Time, lists []apiclient.List, listsKnown bool) about {
	a := about{
		TakenAt: began.UTC(), Rows: int64(l.rows), Header: l.layout.header, Source: l.layout.source, ByID: l.lists.ByID, Words: l.layout.words(),
		Schema: where.Schema{Columns: l.layout.columns, Lists: lists, ListsKnown: listsKnown, Statuses: l.statuses},
	}
	own := Totals{At: a.TakenAt, Lists: map[int64]int{}}
	for col := range a.Columns {
		a.Columns[col].Absent = l.layout.source[col] < 0 && col != where.Status && col != where.Lists
	}
	a.Columns[where.Status].Filled, a.Columns[where.Lists].Filled = 0, 0
	for of, n := range l.alike {
		own.Contacts += n
		switch of.status {
		case apiclient.Subscribed:
			own.Subscribed += n
		case apiclient.Unsubscribed:
			own.Unsubscribed += n
		}
		if of.status != "" {
			a.Columns[where.Status].Filled += n
		}
		if of.lists != "" {
			a.Columns[where.Lists].Filled += n
		}
		for _, id := range where.Set(of.lists).IDs() {
			own.Lists[id] += n
		}
		if where.Set(of.lists).Doubted() {
			a.Unlisted += n
			a.Doubtful = append(a.Doubtful, where.Set(of.lists).Doubts()...)
		}
	}
	slices.Sort(a.Doubtful)
	a.Doubtful = slices.Compact(a.Doubtful)
	for _, id := range a.Doubtful {
		delete(own.Lists, id)
	}
	a.Contacts, a.Totals = own.Contacts, []Totals{own}
	return a
}
