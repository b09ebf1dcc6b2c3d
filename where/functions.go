package where

import "mailtrap-contacts-mcp/catalog"

// function is one that expressions may call. It means what it means in SQLite.
type function struct {
	least, most int
	dataType    string // of its result; empty: that of its arguments
	texts       int    // how many of the first arguments are texts
	ofTime      bool   // its arguments are a time and modifiers
}

const many = 20

// functions are all that there are, besides in_list, is_suppressed and field, which the checker knows.
var functions = map[string]function{
	"lower":  {1, 1, catalog.Text, 1, false},
	"upper":  {1, 1, catalog.Text, 1, false},
	"length": {1, 1, catalog.Integer, 1, false},
	"trim":   {1, 2, catalog.Text, 2, false}, "ltrim": {1, 2, catalog.Text, 2, false}, "rtrim": {1, 2, catalog.Text, 2, false},
	"substr": {2, 3, catalog.Text, 1, false}, "substring": {2, 3, catalog.Text, 1, false},
	"replace": {3, 3, catalog.Text, 3, false},
	"instr":   {2, 2, catalog.Integer, 2, false},
	"abs":     {1, 1, number, 0, false},
	"round":   {1, 2, number, 0, false},
	// Those of these that answer with one of their arguments have its type.
	"coalesce": {2, many, "", 0, false}, "ifnull": {2, 2, "", 0, false}, "nullif": {2, 2, "", 0, false}, "iif": {3, 3, "", 0, false},
	"min": {2, many, "", 0, false}, "max": {2, many, "", 0, false},
	"date": {0, many, catalog.Date, 0, true}, "datetime": {0, many, moment, 0, true}, "time": {0, many, clock, 0, true},
	"julianday": {0, many, number, 0, true}, "unixepoch": {0, many, catalog.Integer, 0, true}, "strftime": {1, many, catalog.Text, 0, true},
}
