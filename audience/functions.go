package audience

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// function is one that expressions may call. Unless it takes them itself, a NULL among its arguments makes it NULL.
type function struct {
	least, most int
	takesNulls  bool
	dataType    string
	run         func(r *row, args []value) value
}

var errTooLong = fault.New(fault.InvalidInput, "where: a text that the expression makes is longer than "+text.Count(maxMade, "byte")+".", "",
	"Use shorter texts in replace() and ||.")

const many = 20

// functions are all that there are; those that need the clock or the snapshot are compiler.call's own.
var functions = map[string]function{
	"lower":  {1, 1, false, catalog.Text, func(r *row, a []value) value { return r.made(strings.ToLower(a[0].string())) }},
	"upper":  {1, 1, false, catalog.Text, func(r *row, a []value) value { return r.made(strings.ToUpper(a[0].string())) }},
	"length": {1, 1, false, catalog.Integer, func(_ *row, a []value) value { return ofInt(int64(utf8.RuneCountInString(a[0].string()))) }},
	"trim":   {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.Trim(a[0].string(), cutset(a))) }},
	"ltrim":  {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.TrimLeft(a[0].string(), cutset(a))) }},
	"rtrim":  {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.TrimRight(a[0].string(), cutset(a))) }},
	"substr": {2, 3, false, catalog.Text, substr}, "substring": {2, 3, false, catalog.Text, substr},
	"replace": {3, 3, false, catalog.Text, replace},
	"instr":   {2, 2, false, catalog.Integer, instr},
	"abs": {1, 1, false, number, func(_ *row, a []value) value {
		v := a[0].numeric()
		switch {
		case v.kind == textual:
			return ofFloat(0)
		case v.kind == integer && v.int() < 0 || v.kind == float && v.float() < 0:
			return negated(v)
		}
		return v
	}},
	"round":    {1, 2, false, number, round},
	"coalesce": {2, many, true, "", firstOf}, "ifnull": {2, 2, true, "", firstOf},
	"nullif": {2, 2, true, "", func(_ *row, a []value) value {
		if compared("=", a[0], a[1]) == 1 {
			return value{}
		}
		return a[0]
	}},
	"iif": {3, 3, true, "", func(_ *row, a []value) value {
		if truthOf(a[0]) == 1 {
			return a[1]
		}
		return a[2]
	}},
	"min": {2, many, false, "", func(_ *row, a []value) value { return slices.MinFunc(a, rank) }},
	"max": {2, many, false, "", func(_ *row, a []value) value { return slices.MaxFunc(a, rank) }},
}

func cutset(a []value) string {
	if len(a) == 2 {
		return a[1].string()
	}
	return " "
}

func firstOf(_ *row, a []value) value {
	for _, v := range a {
		if v.kind != null {
			return v
		}
	}
	return value{}
}

// substr counts characters from 1, and from the end where the start is negative.
func substr(_ *row, a []value) value {
	runes := []rune(a[0].string())
	start, length := toInt(a[1].numeric()), int64(math.MaxInt32)
	if len(a) == 3 {
		length = toInt(a[2].numeric())
	}
	n := int64(len(runes))
	start, length = max(-1<<31, min(start, 1<<31)), max(-1<<31, min(length, 1<<31))
	switch {
	case start < 0:
		start += n + 1
		if start < 1 && len(a) == 2 {
			start = 1
		}
	case start == 0 && length > 0 && len(a) == 3:
		length-- // the place before the first counts, as in SQLite
		start = 1
	}
	from, to := start, start+length
	if length < 0 {
		from, to = start+length, start
	}
	from, to = max(1, from), min(n+1, to)
	if from >= to {
		return ofText("")
	}
	return ofText(string(runes[from-1 : to-1]))
}

func replace(r *row, a []value) value {
	s, old, replacement := a[0].string(), a[1].string(), a[2].string()
	if old == "" {
		return ofText(s)
	}
	if len(s)+strings.Count(s, old)*(len(replacement)-len(old)) > maxMade {
		r.failed = errTooLong
		return value{}
	}
	return ofText(strings.ReplaceAll(s, old, replacement))
}

func instr(_ *row, a []value) value {
	s := a[0].string()
	at := strings.Index(s, a[1].string())
	if at < 0 {
		return ofInt(0)
	}
	return ofInt(int64(utf8.RuneCountInString(s[:at]) + 1))
}

func round(_ *row, a []value) value {
	f, _ := a[0].number()
	places := int64(0)
	if len(a) == 2 {
		places = max(0, min(15, toInt(a[1].numeric())))
	}
	scale := math.Pow(10, float64(places))
	if rounded := math.Round(f*scale) / scale; !math.IsInf(rounded, 0) && !math.IsNaN(rounded) {
		return ofFloat(rounded)
	}
	return ofFloat(f)
}

// call compiles a function.
func (c *compiler) call(e *expr) (*node, error) {
	switch e.name {
	case "in_list":
		return c.inList(e)
	case "field":
		return c.field(e)
	}
	known, there := functions[e.name]
	if !there {
		known, there = c.clock(e.name)
	}
	if !there {
		return nil, c.noFunction(e)
	}
	if n := len(e.args); n < known.least || n > known.most {
		return nil, wrong(e.at, "%s takes %s and is given %d", e.name, arity(known), n)
	}
	kids, err := c.operands(e)
	if err != nil {
		return nil, err
	}
	n := gather(kids)
	n.dataType = known.dataType
	if known.dataType == "" && len(kids) > 0 { // coalesce(plan, 'free') is as plan
		n.dataType = kids[0].dataType
		if e.name == "iif" {
			n.dataType = kids[1].dataType
		}
	}
	n.run = func(r *row) value {
		var space [4]value
		args := space[:0]
		for _, kid := range kids {
			v := kid.run(r)
			if v.kind == null && !known.takesNulls {
				return value{}
			}
			args = append(args, v)
		}
		return known.run(r, args)
	}
	return folding(n), nil
}

func arity(f function) string {
	if f.least == f.most {
		return text.Count(f.least, "argument")
	}
	return "at least " + text.Count(f.least, "argument") + " and at most " + text.Number(f.most)
}

func (c *compiler) noFunction(e *expr) error {
	names := append(slices.Sorted(maps.Keys(functions)), "date", "datetime", "time", "strftime", "julianday", "unixepoch", "in_list", "field")
	why := ""
	if near, ok := text.Nearest(e.name, names); ok {
		why = "Is " + near + " meant? "
	}
	return wrong(e.at, "there is no function %s", text.Quote(e.name)).because(why + "The functions are " + strings.Join(names, ", ") + ".")
}

// named is the one argument of in_list and field, which is known beforehand.
func named(e *expr, example string) (string, error) {
	if len(e.args) == 1 {
		switch arg := e.args[0]; {
		case arg.op == opColumn && arg.not: // in double quotes
			return arg.name, nil
		case arg.op == opLiteral && arg.val.kind != null:
			return arg.val.string(), nil
		}
	}
	return "", wrong(e.at, "%s takes one name between single quotes", e.name).because("Like " + example + ".")
}

func (c *compiler) needLists(at int) error {
	if c.schema.listsKnown {
		return nil
	}
	return wrong(at, "the snapshot does not tell who is in which list").because("Mailtrap's export has no column of lists, and exporting them one by one failed. Renew the snapshot.")
}

func (c *compiler) inList(e *expr) (*node, error) {
	ref, err := named(e, "in_list('Newsletter')")
	if err != nil {
		return nil, err
	}
	if err := c.needLists(e.at); err != nil {
		return nil, err
	}
	list, found := c.schema.findList(ref)
	if !found {
		return nil, wrong(e.at, "there is no list %s", text.Quote(ref)).because(c.schema.knownLists(ref))
	}
	c.uses.lists[list.ID] = true
	wanted := "," + idText(list.ID) + ","
	return &node{run: func(r *row) value { return ofBool(strings.Contains(r.get(colLists).text, wanted)) }, columns: map[int]bool{colLists: true}, dataType: truth}, nil
}

func (c *compiler) field(e *expr) (*node, error) {
	name, err := named(e, "field('First name')")
	if err != nil {
		return nil, err
	}
	i, found := c.schema.find(name, true)
	if !found {
		return nil, wrong(e.at, "there is no field %s", text.Quote(name)).because(c.schema.known(name))
	}
	return c.cell(i, e.at)
}
