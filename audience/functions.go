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
	dataType    string // of its result; empty: that of its arguments
	run         func(r *row, args []value) value
	texts       int  // how many of the first arguments are texts
	ofTime      bool // its arguments are a time and modifiers
}

var errTooLong = fault.New(fault.InvalidInput, "where: a text that the expression makes is longer than "+text.Count(maxMade, "byte")+".", "",
	"Use shorter texts in replace() and ||.")

const many = 20

// functions are all that there are, besides in_list and field, which the checker knows.
var functions = withAll(map[string]function{
	"lower":  {1, 1, false, catalog.Text, func(r *row, a []value) value { return r.made(strings.ToLower(a[0].string())) }, 1, false},
	"upper":  {1, 1, false, catalog.Text, func(r *row, a []value) value { return r.made(strings.ToUpper(a[0].string())) }, 1, false},
	"length": {1, 1, false, catalog.Integer, func(_ *row, a []value) value { return ofInt(int64(utf8.RuneCountInString(a[0].string()))) }, 1, false},
	"trim":   {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.Trim(a[0].string(), cutset(a))) }, 2, false},
	"ltrim":  {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.TrimLeft(a[0].string(), cutset(a))) }, 2, false},
	"rtrim":  {1, 2, false, catalog.Text, func(_ *row, a []value) value { return ofText(strings.TrimRight(a[0].string(), cutset(a))) }, 2, false},
	"substr": {2, 3, false, catalog.Text, substr, 1, false}, "substring": {2, 3, false, catalog.Text, substr, 1, false},
	"replace": {3, 3, false, catalog.Text, replace, 3, false},
	"instr":   {2, 2, false, catalog.Integer, instr, 2, false},
	"abs": {1, 1, false, number, func(_ *row, a []value) value {
		v := a[0].numeric()
		switch {
		case v.kind == textual:
			return ofFloat(0)
		case v.kind == integer && v.int() < 0 || v.kind == float && v.float() < 0:
			return negated(v)
		}
		return v
	}, 0, false},
	"round":    {1, 2, false, number, round, 0, false},
	"coalesce": {2, many, true, "", firstOf, 0, false}, "ifnull": {2, 2, true, "", firstOf, 0, false},
	"nullif": {2, 2, true, "", func(_ *row, a []value) value {
		if compared("=", a[0], a[1]) == 1 {
			return value{}
		}
		return a[0]
	}, 0, false},
	"iif": {3, 3, true, "", func(_ *row, a []value) value {
		if truthOf(a[0]) == 1 {
			return a[1]
		}
		return a[2]
	}, 0, false},
	"min": {2, many, false, "", func(_ *row, a []value) value { return slices.MinFunc(a, rank) }, 0, false},
	"max": {2, many, false, "", func(_ *row, a []value) value { return slices.MaxFunc(a, rank) }, 0, false},
}, clocked())

func withAll(all, more map[string]function) map[string]function {
	maps.Copy(all, more)
	return all
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
