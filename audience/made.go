package audience

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite/vtab"
)

// source is a table whose rows are made in Go, to be read by one statement at a time.
type source struct {
	columns []string
	begin   func() func() ([][]any, error) // for each reading, what returns the next rows; none at the end
}

// batchesOf is a source of rows that are all there.
func batchesOf(all func() [][]any) func() func() ([][]any, error) {
	return func() func() ([][]any, error) {
		read := false
		return func() ([][]any, error) {
			if read {
				return nil, nil
			}
			read = true
			return all(), nil
		}
	}
}

var (
	offered sync.Map // of sources, by key
	offers  atomic.Int64
)

// offer makes a source known under a key, by which CREATE VIRTUAL TABLE … USING made(key) finds it.
func (s source) offer() (key string) {
	key = strconv.FormatInt(offers.Add(1), 10)
	offered.Store(key, s)
	return key
}

func withdraw(key string) { offered.Delete(key) }

// module is the virtual table of sources.
type module struct{}

// Create makes a table; its argument is the key of a source.
func (module) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	found, ok := offered.Load(args[len(args)-1])
	if !ok {
		return nil, errors.New("there is no such source")
	}
	s, _ := found.(source)
	return &table{s}, ctx.Declare("CREATE TABLE made (" + strings.Join(s.columns, ", ") + ")")
}

// Connect is Create: the tables are temporary.
func (m module) Connect(ctx vtab.Context, args []string) (vtab.Table, error) {
	return m.Create(ctx, args)
}

type table struct{ from source }

func (*table) BestIndex(*vtab.IndexInfo) error { return nil }
func (t *table) Open() (vtab.Cursor, error)    { return &cursor{from: t.from}, nil }
func (*table) Disconnect() error               { return nil }
func (*table) Destroy() error                  { return nil }

type cursor struct {
	from source
	next func() ([][]any, error)
	rows [][]any
	i    int
	n    int64
}

func (c *cursor) Filter(int, string, []vtab.Value) error {
	c.next, c.rows, c.i = c.from.begin(), nil, -1
	return c.Next()
}

func (c *cursor) Next() (err error) {
	c.n++
	if c.i++; c.i >= len(c.rows) {
		c.i = 0
		c.rows, err = c.next()
	}
	return err
}

func (c *cursor) Eof() bool                          { return c.i >= len(c.rows) }
func (c *cursor) Column(col int) (vtab.Value, error) { return c.rows[c.i][col], nil }
func (c *cursor) Rowid() (int64, error)              { return c.n, nil }
func (c *cursor) Close() error                       { return nil }
