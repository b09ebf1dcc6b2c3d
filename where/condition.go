// Package where is the language of conditions on contacts: boolean expressions as SQL has them.
//
// A condition is taken apart (lex.go), parsed (parse.go, predicates.go, operands.go), and checked (check.go and its
// neighbours) against a Schema: names get their columns, and comparisons that would silently choose the wrong people become
// ones that mean what was written, or an error with the form that works. Only then is it written in SQL (translate.go). No
// text that somebody wrote stands in that SQL but as a bound value.
//
// The SQL is about a table whose columns are called c0, c1, … in the order of the schema's, with cells as Column.Read makes
// them, on a connection of a driver that Register was given.
package where

import (
	"slices"
	"strings"
	"time"
)

// Condition is one that was checked. It knows what its names mean.
type Condition struct {
	schema *Schema
	root   *expr // nil: all contacts
	refs   []Ref
	notes  notes
	source string
}

// Check reads a condition; an empty one chooses all contacts. What is wrong with it is an error that tells an agent what to
// write.
func (s *Schema) Check(where string) (*Condition, error) {
	if strings.TrimSpace(where) == "" {
		return &Condition{schema: s}, nil
	}
	c, bad := s.check(where)
	if bad != nil {
		return nil, bad.faultIn(where, s)
	}
	return c, nil
}

// And narrows a condition by another.
func (c *Condition) And(other *Condition) *Condition {
	made := *c
	switch {
	case c.root == nil:
		made.root = other.root
	case other.root != nil:
		made.root = &expr{op: opAnd, kind: truth, args: []*expr{c.root, other.root}}
	}
	return &made
}

// SQL is the condition as SQLite evaluates it on contacts with the texts that a schema tells of; empty where it chooses all.
// now is what it takes "now" for.
func (c *Condition) SQL(of *Schema, now time.Time) (sql string, args []any) {
	sqls, args := SQL(of, now, c)
	return sqls[0], args
}

// SQL is Condition.SQL of several conditions that stand in one statement.
func SQL(of *Schema, now time.Time, conditions ...*Condition) (sqls []string, args []any) {
	t := &translator{schema: of, now: now.UTC().Format("2006-01-02 15:04:05.000")}
	sqls = make([]string, len(conditions))
	for i, c := range conditions {
		if c.root != nil {
			sqls[i] = t.sql(c.root)
		}
	}
	return sqls, t.args
}

// Columns are the numbers of the columns that it reads, each once, sorted. Those that are made of others read them.
func (c *Condition) Columns() []int { return c.root.columns() }

// CountsLists reports that it asks how many lists a contact is on.
func (c *Condition) CountsLists() bool { return c.root.counts() }

// counts reports that an expression asks how many lists a contact is on.
func (e *expr) counts() bool {
	if e == nil {
		return false
	}
	return e.op == opColumn && e.col == countColumn || slices.ContainsFunc(e.args, (*expr).counts)
}
