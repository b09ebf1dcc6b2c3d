package audience

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/where"
)

// question is who is asked about, in SQL, over what was changed since the snapshot was taken; without any SQL everybody.
type question struct {
	sql   string
	args  []any
	over  *overlay
	asked *where.Condition
	list  *suppressions.List // nil where it does not depend on who is suppressed

	parts    []*where.Condition // of those asked about, which are counted apart
	partsSQL []string
}

// asking is the question about those whom a condition fits.
func (sn *Snapshot) asking(over *overlay, condition *where.Condition) *question {
	q := &question{over: over, asked: condition}
	q.translate(&over.schema, sn.clock())
	return q
}

// translate writes the question in SQL, with what a schema tells.
func (c *question) translate(of *where.Schema, now time.Time) {
	sqls, args := where.SQL(of, now, append([]*where.Condition{c.asked}, c.parts...)...)
	c.sql, c.partsSQL, c.args = sqls[0], sqls[1:], args
}

// ofFile asks for some columns of those who fit and are as the file has them; more narrows it further. The rows are read one
// after the other: by an index half of them would be read in disorder, which takes ten times as long.
func (c *question) ofFile(list, more string) string {
	if len(c.over.replaced) > 0 {
		more = and(more, "row NOT IN (SELECT row FROM replaced)")
	}
	return "SELECT " + list + " FROM contact NOT INDEXED WHERE " + and("1", and(more, c.sql))
}

// ofChanged is the same for those who were changed since.
func (c *question) ofChanged(list, more string) string {
	return "SELECT " + list + " FROM changed WHERE " + and("1", and(more, c.sql))
}

// and joins two conditions, each of which may be empty.
func and(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " AND " + b
}

// of asks for some columns of all who fit, in one statement.
func (c *question) of(list string) string {
	statement := c.ofFile(list, "")
	if len(c.over.changed) > 0 {
		statement += " UNION ALL " + c.ofChanged(list, "")
	}
	return statement
}

// reader is a connection to ask on, over what was changed, and how it is given back.
func (sn *Snapshot) reader(ctx context.Context, over *overlay) (r *reader, back func(), err error) {
	select {
	case r = <-sn.readers:
		r.over = over
		return r, func() { sn.readers <- r }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// rows asks one question on one connection, and visits the rows of the answer as long as visit has them go on. A row is
// valid until the next one.
func (sn *Snapshot) rows(ctx context.Context, c *question, statement string, visit func(row []any) (more bool, err error)) error {
	r, back, err := sn.readerFor(ctx, c)
	if err != nil {
		return err
	}
	defer back()
	rows, err := r.conn.QueryContext(ctx, statement, c.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return visited(rows, visit)
}

func visited(rows *sql.Rows, visit func(row []any) (more bool, err error)) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		to[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		if more, err := visit(row); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// handedOver is how many rows a connection reads before they are visited: the connections wait for each other as seldom.
const handedOver = 256

// everywhere asks for some columns of all who fit, on all connections at once, each on its share of the rows; one row at a
// time is visited. So it is with aggregates: there is a row of each share.
func (sn *Snapshot) everywhere(ctx context.Context, c *question, list string, visit func(row []any) error) error {
	var visiting sync.Mutex
	ask := func(ctx context.Context, statement string) error {
		var read []any
		width := 0
		visitRead := func() error {
			visiting.Lock()
			defer visiting.Unlock()
			for row := range slices.Chunk(read, max(1, width)) {
				if err := visit(row); err != nil {
					return err
				}
			}
			read = read[:0]
			return nil
		}
		err := sn.rows(ctx, c, statement, func(row []any) (bool, error) {
			read, width = append(read, row...), len(row)
			if len(read) < handedOver*width {
				return true, nil
			}
			return true, visitRead()
		})
		if err != nil {
			return err
		}
		return visitRead()
	}
	group, working := errgroup.WithContext(ctx)
	shares := int64(len(sn.all))
	if sn.about.Rows < 10_000 {
		shares = 1
	}
	for i := range shares {
		from, to := idText(sn.about.Rows*i/shares+1), idText(sn.about.Rows*(i+1)/shares)
		group.Go(func() error { return ask(working, c.ofFile(list, "row BETWEEN "+from+" AND "+to)) })
	}
	err := group.Wait()
	if err == nil && len(c.over.changed) > 0 {
		err = ask(ctx, c.ofChanged(list, ""))
	}
	return err
}

// A batch is read at a time: nothing is locked while its contacts are visited.
const (
	batchRows  = 1000
	batchBytes = 4 << 20
)

// inOrder visits some columns of all who fit, in the snapshot's order. It may take as long as the context lasts.
func (sn *Snapshot) inOrder(ctx context.Context, c *question, list string, visit func(row []any) error) error {
	tables := []func(list, more string) string{c.ofFile}
	if len(c.over.changed) > 0 {
		tables = append(tables, c.ofChanged)
	}
	for _, table := range tables {
		for last, done := int64(0), false; !done; {
			statement := table("row, "+list, "row > "+idText(last)) + " ORDER BY row LIMIT " + idText(batchRows)
			batch, bytes := make([][]any, 0, batchRows), 0
			err := sn.rows(ctx, c, statement, func(row []any) (bool, error) {
				batch = append(batch, append([]any(nil), row...))
				for _, cell := range row {
					s, _ := cell.(string)
					bytes += len(s)
				}
				return bytes < batchBytes, nil
			})
			if err != nil {
				return sn.failed(ctx, ctx, err)
			}
			done = len(batch) < batchRows && bytes < batchBytes
			for _, row := range batch {
				last, _ = row[0].(int64)
				if err := visit(row[1:]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// queryTime is how long one question may take.
const queryTime = 5 * time.Second

// timed is a context for as long as that.
func timed(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, queryTime)
}

// failed is why a question could not be answered, as an agent reads it.
func (sn *Snapshot) failed(ctx, outer context.Context, err error) error {
	switch cause := where.Fault(err); {
	case err != nil && outer.Err() != nil:
		return outer.Err()
	case err != nil && ctx.Err() != nil:
		return fault.New(fault.Timeout, "The question takes longer than five seconds.", "",
			"Ask a simpler one: fewer functions, or a narrower condition.").Because(ctx.Err())
	case isDamage(err):
		sn.damaged.Store(true)
		return fault.New(fault.FileAccess, fmt.Sprintf("The snapshot of the contacts in %s is damaged.", sn.service.where()), "",
			"Repeat the call: it does not use this snapshot any more. If it happens again, ask the operator to check the disk.").Because(err)
	case cause != nil:
		return cause
	}
	return sn.service.fileFault(err)
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
