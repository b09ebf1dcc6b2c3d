package audience

import (
	"math"
	"strings"
	"time"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/text"
)

// row is a contact under evaluation; with code at 0 or more it stands for all contacts of the chunk that have that value
// in the one column an expression is about.
type row struct {
	columns []*column
	i, code int
	failed  error
}

func (r *row) get(c int) value {
	if r.code >= 0 {
		return r.columns[c].values[r.code]
	}
	return r.columns[c].at(r.i)
}

// node is an expression that can be evaluated.
type node struct {
	run      func(*row) value
	columns  map[int]bool
	dataType string // of a column, or what is known of a result: number, truth; empty: nothing
	constant bool
	logic    op // opAnd, opOr or opNot, with the operands in kids
	kids     []*node
	// unequal are the columns that something was found not to be equal to; empty cells are never.
	unequal map[int]bool
}

// Types of results, besides those of fields.
const (
	truth   = catalog.Boolean
	number  = catalog.Float
	address = "address" // lower case: email, email_domain, status
)

// compiler gives the names of an expression their meaning.
type compiler struct {
	schema *schema
	now    time.Time
	uses   uses
}

// uses are the fields and lists that an expression names, by id.
type uses struct {
	fields, lists map[int64]bool
}

// compile reads a condition and checks it against a snapshot's columns.
func compile(where string, s *schema, now time.Time) (*node, uses, error) {
	c := &compiler{schema: s, now: now, uses: uses{map[int64]bool{}, map[int64]bool{}}}
	parsed, err := parse(where)
	var compiled *node
	if err == nil {
		compiled, err = c.condition(parsed)
	}
	if p, ours := err.(*problem); ours { //nolint:errorlint // problems are never wrapped
		return nil, c.uses, p.faultIn(where)
	}
	return compiled, c.uses, err
}

// condition compiles what has to be true or false.
func (c *compiler) condition(e *expr) (*node, error) {
	n, err := c.compile(e)
	if err != nil {
		return nil, err
	}
	switch {
	case e.op == opColumn && n.dataType != truth && !isNumber(n.dataType):
		return nil, wrong(e.at, "%s alone is no condition", text.Quote(e.name)).because("Compare it with something: " + c.schema.asWritten(e.name) + " = '…', or " + c.schema.asWritten(e.name) + " IS NOT NULL.")
	case e.op == opLiteral && e.val.kind == textual:
		return nil, wrong(e.at, "the text %s alone is no condition", text.Quote(e.val.text)).because("A condition compares a column: plan = 'pro'.")
	}
	return n, nil
}

func (c *compiler) compile(e *expr) (*node, error) {
	switch e.op {
	case opLiteral:
		v := e.val
		n := &node{run: func(*row) value { return v }, constant: true}
		if e.name == truth || e.name == "truth" {
			n.dataType = truth
		}
		return n, nil
	case opColumn:
		return c.column(e)
	case opCall:
		return c.call(e)
	case opAnd, opOr, opNot:
		return c.logical(e)
	}
	kids, err := c.operands(e)
	if err != nil {
		return nil, err
	}
	n := gather(kids)
	n.dataType = truth
	switch e.op {
	case opCompare:
		err = c.comparison(n, e, kids)
	case opIs:
		err = c.is(n, e, kids)
	case opIn:
		err = c.in(n, e, kids)
	case opBetween:
		err = c.between(n, e, kids)
	case opLike:
		err = c.like(n, e, kids)
	case opMath:
		c.math(n, e.name, kids)
	case opNegate:
		n.dataType = number
		n.run = func(r *row) value { return negated(kids[0].run(r).numeric()) }
	case opCast:
		c.cast(n, e.name, kids[0])
	case opCase:
		c.cases(n, kids)
	}
	return folding(n), err
}

func (c *compiler) operands(e *expr) ([]*node, error) {
	kids := make([]*node, len(e.args))
	for i, arg := range e.args {
		var err error
		if kids[i], err = c.compile(arg); err != nil {
			return nil, err
		}
	}
	return kids, nil
}

// gather is a node over others.
func gather(kids []*node) *node {
	n := &node{columns: map[int]bool{}, unequal: map[int]bool{}, constant: true}
	for _, kid := range kids {
		for col := range kid.columns {
			n.columns[col] = true
		}
		for col := range kid.unequal {
			n.unequal[col] = true
		}
		n.constant = n.constant && kid.constant
	}
	return n
}

// folding evaluates what names no column once.
func folding(n *node) *node {
	if n.constant && n.run != nil {
		r := row{code: -1}
		if v := n.run(&r); r.failed == nil {
			n.run = func(*row) value { return v }
		}
	}
	return n
}

func (c *compiler) column(e *expr) (*node, error) {
	name := e.name
	switch {
	case strings.EqualFold(name, emailDomain):
		return &node{run: func(r *row) value { return domainOf(r.get(colEmail)) }, columns: map[int]bool{colEmail: true}, dataType: address}, nil
	case strings.EqualFold(name, listCount):
		if err := c.needLists(e.at); err != nil {
			return nil, err
		}
		return &node{run: func(r *row) value { return ofInt(int64(max(0, strings.Count(r.get(colLists).text, ",")-1))) }, columns: map[int]bool{colLists: true}, dataType: catalog.Integer}, nil
	case strings.EqualFold(name, "lists") || strings.EqualFold(name, "list"):
		if _, isField := c.schema.find(name, true); !isField {
			return nil, wrong(e.at, "%s cannot be compared", text.Quote(name)).because("Ask in_list('Name') for each list; list_count = 0 finds those in none.")
		}
	}
	i, found := c.schema.find(name, false)
	if found && i == colLists {
		i, found = c.schema.find(name, true)
	}
	if !found {
		p := wrong(e.at, "there is no column %s", text.Quote(name)).because(c.schema.known(name))
		if e.not { // in double quotes
			p.why = "A text stands between single quotes, a name between double ones. " + p.why
		}
		return nil, p
	}
	return c.cell(i, e.at)
}

// cell is a column's value.
func (c *compiler) cell(i, at int) (*node, error) {
	col := c.schema.columns[i]
	if col.Absent {
		return nil, wrong(at, "the snapshot has no %s", col.Name).because("Mailtrap's export does not tell it. " + c.schema.known(""))
	}
	if col.FieldID != 0 {
		c.uses.fields[col.FieldID] = true
	}
	dataType := col.DataType
	if i == colEmail || i == colID || i == colStatus {
		dataType = address
	}
	return &node{run: func(r *row) value { return r.get(i) }, columns: map[int]bool{i: true}, dataType: dataType}, nil
}

func domainOf(email value) value {
	if at := strings.LastIndexByte(email.text, '@'); at >= 0 {
		return ofText(email.text[at+1:])
	}
	return value{}
}

// tri is a truth of SQL: 0 false, 1 true, unknown for NULL.
type tri uint8

const unknown tri = 2

func truthOf(v value) tri {
	if v.kind == null {
		return unknown
	}
	if n, ok := v.number(); ok && n != 0 {
		return 1
	}
	return 0
}

func (t tri) value() value {
	if t == unknown {
		return value{}
	}
	return ofInt(int64(t))
}

func (t tri) not() tri {
	if t == unknown {
		return t
	}
	return 1 - t
}

func (c *compiler) logical(e *expr) (*node, error) {
	kids := make([]*node, len(e.args))
	for i, arg := range e.args {
		var err error
		if kids[i], err = c.condition(arg); err != nil {
			return nil, err
		}
	}
	n := gather(kids)
	n.dataType, n.logic, n.kids = truth, e.op, kids
	switch e.op {
	case opNot:
		for col := range kids[0].columns {
			n.unequal[col] = true
		}
		n.run = func(r *row) value { return truthOf(kids[0].run(r)).not().value() }
	case opAnd:
		n.run = func(r *row) value { return joined(r, kids, 0).value() }
	default:
		n.run = func(r *row) value { return joined(r, kids, 1).value() }
	}
	return n, nil
}

// joined is AND, which one false decides, or OR, which one true decides.
func joined(r *row, kids []*node, decides tri) tri {
	result := 1 - decides
	for _, kid := range kids {
		switch truthOf(kid.run(r)) {
		case decides:
			return decides
		case unknown:
			result = unknown
		}
	}
	return result
}

func negated(v value) value {
	switch v.kind {
	case integer:
		if v.int() == math.MinInt64 {
			return ofFloat(-float64(v.int()))
		}
		return ofInt(-v.int())
	case float:
		return ofFloat(-v.float())
	case textual:
		return ofInt(0)
	}
	return v
}

func (c *compiler) math(n *node, symbol string, kids []*node) {
	a, b := kids[0], kids[1]
	if symbol == "||" {
		n.dataType = catalog.Text
		n.run = func(r *row) value {
			x, y := a.run(r), b.run(r)
			if x.kind == null || y.kind == null {
				return value{}
			}
			return r.made(x.string() + y.string())
		}
		return
	}
	n.dataType = number
	n.run = func(r *row) value { return calculate(symbol, a.run(r).numeric(), b.run(r).numeric()) }
}

// made is a text that a function made; one that is too long fails.
func (r *row) made(s string) value {
	if len(s) > maxMade {
		r.failed = errTooLong
		return value{}
	}
	return ofText(s)
}

// calculate does what SQLite does: integers stay integers while they can, and what cannot be divided is NULL.
func calculate(symbol string, a, b value) value {
	if a.kind == null || b.kind == null {
		return value{}
	}
	if a.kind == textual {
		a = ofInt(0)
	}
	if b.kind == textual {
		b = ofInt(0)
	}
	if a.kind == integer && b.kind == integer || symbol == "%" {
		if v, ok := calculateInts(symbol, a, b); ok {
			return v
		}
	}
	x, _ := a.number()
	y, _ := b.number()
	switch symbol {
	case "+":
		x += y
	case "-":
		x -= y
	case "*":
		x *= y
	case "/":
		if y == 0 {
			return value{}
		}
		x /= y
	}
	if math.IsNaN(x) {
		return value{}
	}
	return ofFloat(x)
}

func calculateInts(symbol string, a, b value) (value, bool) {
	x, y := toInt(a), toInt(b)
	switch symbol {
	case "+":
		sum := x + y
		return ofInt(sum), (sum > x) == (y > 0)
	case "-":
		difference := x - y
		return ofInt(difference), (difference < x) == (y > 0)
	case "*":
		if x == 0 || y == 0 {
			return ofInt(0), true
		}
		product := x * y
		return ofInt(product), product/y == x && (x != -1 || y != math.MinInt64) && (y != -1 || x != math.MinInt64)
	}
	switch {
	case y == 0:
		return value{}, true
	case x == math.MinInt64 && y == -1:
		return ofInt(0), symbol == "%"
	case symbol == "/":
		return ofInt(x / y), true
	}
	rest := ofInt(x % y)
	if a.kind == float || b.kind == float {
		rest = ofFloat(float64(rest.int()))
	}
	return rest, true
}

func toInt(v value) int64 {
	if v.kind == integer {
		return v.int()
	}
	f, _ := v.number()
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

func (c *compiler) cast(n *node, to string, kid *node) {
	n.dataType = map[string]string{"integer": catalog.Integer, "real": number, "text": catalog.Text}[to]
	n.run = func(r *row) value {
		v := kid.run(r)
		switch {
		case v.kind == null:
			return v
		case to == "text":
			return ofText(v.string())
		case to == "integer":
			return ofInt(toInt(v.numeric()))
		}
		f, _ := v.number()
		return ofFloat(f)
	}
}

// cases are condition, result, …, otherwise.
func (c *compiler) cases(n *node, kids []*node) {
	n.dataType = ""
	n.run = func(r *row) value {
		for i := 0; i+1 < len(kids); i += 2 {
			if truthOf(kids[i].run(r)) == 1 {
				return kids[i+1].run(r)
			}
		}
		return kids[len(kids)-1].run(r)
	}
}
