package audience

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// loader turns an export into the rows of a snapshot. One goroutine reads them while SQLite stores those before.
type loader struct {
	layout *layout
	file   *draft
	lists  exports.ListCells
	sets   map[string]string // that cells of lists were read as: there are few
	report func(string)

	rows     int
	statuses []string      // besides Mailtrap's two
	alike    map[alike]int // contacts
}

// alike are the contacts of one status on the same lists.
type alike struct{ status, lists string }

// loadedRows is how many rows are handed on at a time.
const loadedRows = 256

// load stores an export's rows. A contact that is there twice counts once: the last one.
func (l *loader) load(ctx context.Context, rows *exports.Reader) error {
	names := make([]string, len(l.layout.columns))
	for col := range names {
		names[col] = "c" + strconv.Itoa(col)
	}
	all := strings.Join(names, ", ")
	if _, err := l.file.db.ExecContext(ctx, "CREATE TABLE contact (row INTEGER PRIMARY KEY, "+all+")"); err != nil {
		return err
	}
	l.sets, l.alike = map[string]string{}, map[alike]int{}
	err := l.stream(ctx, names, func() ([]any, error) {
		row, err := rows.Next()
		if err != nil {
			return nil, err
		}
		return l.row(row), nil
	}, "INSERT INTO contact ("+all+") SELECT "+all+" FROM incoming")
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
		return errors.Join(err, l.recount(ctx))
	}
	return nil
}

// stream runs a statement on rows, "incoming", that are made while it runs.
func (l *loader) stream(ctx context.Context, columns []string, next func() ([]any, error), statement string) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, failed := make(chan [][]any, 2), error(nil)
	go func() {
		defer close(ready)
		for failed == nil {
			batch := make([][]any, 0, loadedRows)
			for len(batch) < loadedRows && failed == nil {
				var row []any
				if row, failed = next(); failed == nil {
					batch = append(batch, row)
				}
			}
			select {
			case ready <- batch:
			case <-ctx.Done():
				return
			}
		}
	}()
	begin := func() func() ([][]any, error) {
		return func() ([][]any, error) {
			for batch := range ready {
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

// row is a contact's row as it is stored.
func (l *loader) row(cells []string) []any {
	row := make([]any, len(l.layout.columns))
	for col := range row {
		at, cell := l.layout.source[col], ""
		if at >= 0 && at < len(cells) {
			cell = trimmed(cells[at])
		}
		switch col {
		case where.Email, where.ID:
			cell = strings.ToLower(cell)
		case where.Status:
			cell = l.status(cell)
		case where.Lists:
			row[col] = ""
			if at >= 0 && at < len(cells) {
				row[col] = l.set(cells[at]) // blanks may belong to a list's name
			}
			continue
		}
		row[col] = l.layout.columns[col].Read(cell)
	}
	status, _ := row[where.Status].(string)
	lists, _ := row[where.Lists].(string)
	l.alike[alike{status, lists}]++
	if l.rows++; l.rows%100_000 == 0 {
		l.report("read " + text.Count(l.rows, "contact"))
	}
	return row
}

// rememberedSets is how many different cells of lists are remembered.
const rememberedSets = 10_000

// set is the set of lists of a cell.
func (l *loader) set(cell string) string {
	if strings.TrimSpace(cell) == "" {
		return ""
	}
	set, known := l.sets[cell]
	if !known {
		certain, possible, understood := l.lists.Read(cell)
		set = string(where.SetOf(certain, possible, !understood))
		if len(l.sets) < rememberedSets {
			l.sets[strings.Clone(cell)] = set
		}
	}
	return set
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
	cell = strings.Clone(cell)
	l.statuses = append(l.statuses, cell)
	return cell
}

// trimmed is strings.TrimSpace, which most cells do not need.
func trimmed(cell string) string {
	if cell == "" || cell[0] > ' ' && cell[0] < 0x80 && cell[len(cell)-1] > ' ' && cell[len(cell)-1] < 0x80 {
		return cell
	}
	return strings.TrimSpace(cell)
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
		return l.stream(ctx, []string{"c0"}, func() ([]any, error) {
			row, err := rows.Next()
			if err != nil {
				return nil, err
			}
			n++
			return []any{rows.Address(row)}, nil
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
		TakenAt: began.UTC(), Rows: int64(l.rows),
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
