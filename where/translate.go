package where

import (
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/catalog"
)

// traits are what a column's texts are like. Most columns have none, and are left to SQLite alone.
type traits uint8

const (
	wide    traits = 1 << iota // a text beyond ASCII, whose case SQLite does not know
	loose                      // a text whose accents are written apart from their letters
	mixed                      // a text among numbers
	altered                    // a text that lost blanks around it, or that has line breaks, of which files keep one kind
)

// translator writes checked expressions in SQL. What somebody wrote stands in it as bound values only.
type translator struct {
	schema *Schema
	now    string
	args   []any
}

// bound is a value's place in the statement.
func (t *translator) bound(v any) string {
	t.args = append(t.args, v)
	return "$" + strconv.Itoa(len(t.args))
}

func (t *translator) sql(e *expr) string {
	switch e.op {
	case opLiteral:
		return t.literal(e)
	case opColumn:
		return t.column(e)
	case opCall:
		return t.call(e)
	case opAnd:
		return balanced(t.all(e.args), " AND ")
	case opOr:
		return balanced(t.all(e.args), " OR ")
	case opNot:
		return "(NOT " + t.sql(e.args[0]) + ")"
	case opNegate:
		return "(- " + t.sql(e.args[0]) + ")"
	case opMath:
		made := "(" + t.sql(e.args[0]) + " " + e.name + " " + t.sql(e.args[1]) + ")"
		if e.name == "||" {
			return "bounded" + made
		}
		return made
	case opCast:
		return "CAST(" + t.sql(e.args[0]) + " AS " + e.name + ")"
	case opCase:
		return caseOf(t.all(e.args))
	}
	return t.comparison(e)
}

func (t *translator) all(args []*expr) []string {
	all := make([]string, len(args))
	for i, arg := range args {
		all[i] = t.sql(arg)
	}
	return all
}

// balanced joins conditions as a tree: SQLite's expressions are at most a thousand deep.
func balanced(all []string, by string) string {
	if len(all) == 1 {
		return all[0]
	}
	half := len(all) / 2
	return "(" + balanced(all[:half], by) + by + balanced(all[half:], by) + ")"
}

// caseOf are condition, result, …, otherwise.
func caseOf(args []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i := 0; i+1 < len(args); i += 2 {
		b.WriteString(" WHEN " + args[i] + " THEN " + args[i+1])
	}
	return b.String() + " ELSE " + args[len(args)-1] + " END"
}

func (t *translator) literal(e *expr) string {
	if e.val == nil {
		return "NULL"
	}
	return t.bound(e.val)
}

// comparison writes what compares two sides that fit each other.
func (t *translator) comparison(e *expr) string {
	not := ""
	if e.not {
		not = "NOT "
	}
	equal := e.op != opCompare || e.name == "=" || e.name == "<>"
	a := t.number(e.args[0], equal)
	switch e.op {
	case opIs:
		if b := e.args[1]; b.isTruth() {
			return "(" + a + " IS " + not + strings.ToUpper(strconv.FormatBool(b.val == int64(1))) + ")"
		}
		return "(" + a + " IS " + not + t.number(e.args[1], true) + ")"
	case opIn:
		return "(" + a + " " + not + "IN (" + strings.Join(t.all(e.args[1:]), ", ") + "))"
	case opLike:
		return t.like(e, a, not)
	}
	return "(" + a + " " + e.name + " " + t.number(e.args[1], equal) + ")"
}

// number writes one side of a comparison. Of the texts among the numbers of a column, those of digits have an order, and the
// others lie nowhere; SQLite has every text behind every number. A column itself is equal to what stands in it.
func (t *translator) number(e *expr, equal bool) string {
	if isNumber(e.kind) && t.traits(e)&mixed != 0 && (!equal || e.op != opColumn) {
		return "numeral(" + t.sql(e) + ")"
	}
	return t.sql(e)
}

// like is LIKE, for which SQLite knows the case of ASCII, and GLOB.
func (t *translator) like(e *expr, a, not string) string {
	pattern := e.args[1]
	if e.name == "glob" {
		return "(" + a + " " + not + "GLOB " + t.sql(pattern) + ")"
	}
	b, escape := t.sql(pattern), ""
	unknown := t.traits(pattern)&wide != 0
	if unknown {
		a, b = "lowered("+a+")", "lowered("+b+")"
	}
	if len(e.args) == 3 {
		escape = " ESCAPE " + t.sql(e.args[2])
		if unknown {
			escape = " ESCAPE lowered(" + t.sql(e.args[2]) + ")"
		}
	}
	return "(" + a + " " + not + "LIKE " + b + escape + ")"
}

// traits are what the texts that an expression makes may be like.
func (t *translator) traits(e *expr) (all traits) {
	switch {
	case e.op == opLiteral:
		return traitsOf(e.val)
	case e.op == opColumn && e.col == domainColumn:
		return t.schema.Columns[Email].Traits
	case e.op == opColumn && e.col >= 0:
		return t.schema.Columns[e.col].Traits
	}
	for _, arg := range e.args {
		all |= t.traits(arg)
	}
	return all
}

func (t *translator) column(e *expr) string {
	switch {
	case e.col == domainColumn:
		return domainSQL
	case e.col == countColumn:
		return countSQL
	case e.col == suppressedColumn:
		return "(" + suppressedSQL + ")"
	case e.col == suppressedAtColumn:
		return suppressedAtSQL
	case e.kind == catalog.Text && t.traits(e)&loose != 0:
		return "composed(" + columnSQL(e.col) + ")"
	}
	return columnSQL(e.col)
}

func columnSQL(col int) string { return "c" + strconv.Itoa(col) }

// The columns that are made of others: what follows the @, and how many lists there are in a set like ",1,5,". NULL where
// that is not known.
const (
	domainSQL = "substr(c0, instr(c0, '@') + 1)"
	countSQL  = "CASE WHEN instr(c3, '?') THEN NULL WHEN c3 = '' THEN 0 ELSE length(c3) - length(replace(c3, ',', '')) - 1 END"
)

// inList asks whether a set has a list; NULL where that is not known.
func (t *translator) inList(id int64) string {
	in := "instr(c3, " + t.bound(","+idText(id)+",") + ") > 0"
	if t.schema.Unlisted == 0 {
		return "(" + in + ")"
	}
	return "CASE WHEN " + in + " THEN 1 WHEN instr(c3, ',?,') OR instr(c3, " + t.bound(",?"+idText(id)+",") + ") THEN NULL ELSE 0 END"
}

func (t *translator) call(e *expr) string {
	switch {
	case e.name == "in_list":
		return t.inList(e.list)
	case e.name == isSuppressed:
		return t.isSuppressed(e)
	case e.name == "iif":
		return caseOf(t.all(e.args))
	case (e.name == "lower" || e.name == "upper") && t.traits(e)&wide != 0:
		return e.name + "ed(" + t.sql(e.args[0]) + ")"
	case functions[e.name].ofTime:
		return t.timeCall(e)
	}
	called := e.name + "(" + strings.Join(t.all(e.args), ", ") + ")"
	if e.name == "replace" {
		return "bounded(" + called + ")"
	}
	return called
}

// timeCall writes a function of times. "now" is when the question was asked, for all of it.
func (t *translator) timeCall(e *expr) string {
	args, given := e.args, []string{}
	if e.name == "strftime" {
		args, given = args[1:], []string{t.sql(args[0])}
	}
	if len(args) == 0 {
		return e.name + "(" + strings.Join(append(given, t.bound(t.now)), ", ") + ")"
	}
	if args[0].isText() && strings.EqualFold(strings.TrimSpace(args[0].text()), "now") {
		given = append(given, t.bound(t.now))
	} else {
		given = append(given, t.sql(args[0]))
	}
	for _, arg := range args[1:] {
		if arg.isText() {
			given = append(given, t.bound(strings.ToLower(strings.TrimSpace(arg.text()))))
		} else {
			given = append(given, "modifier("+t.sql(arg)+")")
		}
	}
	return e.name + "(" + strings.Join(given, ", ") + ")"
}

// Containing finds a text in the address and in all columns of text, in whatever case; an empty one finds everybody.
func (s *Schema) Containing(look string) *Condition {
	if look = composed(strings.TrimSpace(look)); look == "" {
		return &Condition{schema: s}
	}
	escaped := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(look)
	args := []*expr{nil, textAt(&expr{}, "%"+escaped+"%")}
	if escaped != look {
		args = append(args, textAt(&expr{}, `\`))
	}
	found := &expr{op: opOr, kind: truth}
	for col, c := range s.Columns {
		if c.Absent || col != Email && (col < BuiltIns || c.DataType != catalog.Text) {
			continue
		}
		args[0] = &expr{op: opColumn, col: col, kind: catalog.Text}
		found.args = append(found.args, (&expr{op: opLike, name: "like", kind: truth}).with(append([]*expr{}, args...)...))
	}
	return &Condition{schema: s, root: found}
}
