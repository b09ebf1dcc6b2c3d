package store

import (
	"context"
	"database/sql/driver"
	"strings"
)

// To compile a statement takes longer than to run it, mostly. So each connection keeps those that it has compiled.

// mostCompiled is how many a connection keeps. Those of a server's work are fewer; of a table that is made for one purpose there may
// be any number.
const mostCompiled = 100

// connector opens connections that keep what they have compiled.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{opened.(full), map[string]compiled{}}, nil // the driver's are all of them
}

// full is all that a connection of the driver can do.
type full interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// compiled is a statement of the driver.
type compiled interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// connection is one that keeps what it has compiled and nobody uses. It is used by one at a time (database/sql).
type connection struct {
	full
	idle map[string]compiled
}

// Unwrap gives the driver its connection, as it asks for.
func (c *connection) Unwrap() driver.Conn { return c.full }

// isKept tells the statements that are kept: others may do something when they are compiled, and are rare.
func isKept(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// take returns a compiled statement, which is the taker's until keep has it. One that somebody else reads from is compiled again.
func (c *connection) take(ctx context.Context, query string) (compiled, error) {
	if known, is := c.idle[query]; is {
		delete(c.idle, query)
		return known, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return made.(compiled), nil
}

// keep keeps a statement that has been used, unless it failed.
func (c *connection) keep(query string, used compiled, failed error) error {
	if _, twice := c.idle[query]; twice || failed != nil {
		_ = used.Close() // it says again how it failed
		return failed
	}
	if len(c.idle) == mostCompiled {
		c.forget()
	}
	c.idle[query] = used
	return nil
}

func (c *connection) forget() {
	for _, one := range c.idle {
		_ = one.Close() // it is not in use
	}
	clear(c.idle)
}

// Close implements driver.Conn.
func (c *connection) Close() error {
	c.forget()
	return c.full.Close()
}

// ExecContext implements driver.ExecerContext.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !isKept(query) {
		return c.full.ExecContext(ctx, query, args)
	}
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, args)
	return result, c.keep(query, statement, err)
}

// QueryContext implements driver.QueryerContext.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !isKept(query) {
		return c.full.QueryContext(ctx, query, args)
	}
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	read, err := statement.QueryContext(ctx, args)
	if err != nil {
		return nil, c.keep(query, statement, err)
	}
	return &rows{read, func(failed error) error { return c.keep(query, statement, failed) }}, nil
}

// rows are those of a statement, which is in use until they are closed.
type rows struct {
	driver.Rows
	over func(failed error) error
}

// Close implements driver.Rows.
func (r *rows) Close() error { return r.over(r.Rows.Close()) }
