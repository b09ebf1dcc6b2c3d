package where

import (
	"database/sql/driver"
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// ours are the functions of texts that the SQL of conditions calls besides SQLite's own. What is NULL stays NULL.
var ours = map[string]func(any) (driver.Value, error){
	"lowered":  func(v any) (driver.Value, error) { return strings.ToLower(asText(v)), nil },
	"uppered":  func(v any) (driver.Value, error) { return strings.ToUpper(asText(v)), nil },
	"composed": func(v any) (driver.Value, error) { return composed(asText(v)), nil },
	"numeral":  numeral,
	"bounded":  bounded,
	"modifier": knownModifier,
}

// operators are the functions that SQLite takes operators for.
var operators = map[string]bool{"like": true, "glob": true}

// Register gives a driver the functions that the SQL of conditions calls.
func Register(d *sqlite.Driver) error {
	var failed error
	for name, make := range ours {
		called := func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if args[0] == nil {
				return nil, nil
			}
			return make(args[0])
		}
		failed = errors.Join(failed, d.RegisterDeterministicScalarFunction(name, 1, called))
	}
	return failed
}

// Calls reports whether the SQL of conditions may call a function.
func Calls(function string) bool {
	name := strings.ToLower(function)
	_, known := functions[name]
	return known || ours[name] != nil || operators[name]
}

// knownModifier fails for a text that is not a modifier of dates: SQLite would answer NULL, which fits nobody.
func knownModifier(v any) (driver.Value, error) {
	if said := strings.ToLower(strings.TrimSpace(asText(v))); isModifier(said) {
		return said, nil
	}
	return nil, errors.New(madeNoModifier + text.Quote(asText(v)))
}

// numeral is a value as a number. A text of digits is a number too large for an integer; any other text is NULL.
func numeral(v any) (driver.Value, error) {
	s, is := v.(string)
	if !is {
		return v, nil
	}
	if whole(s) {
		return floatOf(numeric(s)), nil
	}
	return nil, nil
}

// bounded fails for a text that is too long. Of two long texts, instr() and LIKE compare every place with every place, and nothing
// interrupts them.
func bounded(v any) (driver.Value, error) {
	if s, is := v.(string); is && len(s) > maxMade {
		return nil, errors.New(madeTooLong)
	}
	return v, nil
}

const madeTooLong = "the expression makes a text that is too long"

const madeNoModifier = "the expression makes no modifier but "

// Fault is what SQLite could not evaluate of a condition, as an agent reads it; nil where the condition is not the cause.
func Fault(err error) error {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return nil
	}
	switch code := failed.Code() & 0xff; {
	case code == sqlite3.SQLITE_TOOBIG, strings.Contains(failed.Error(), madeTooLong):
		what := "where: a text that the expression makes is longer than " + text.Count(maxMade, "byte") + "."
		return fault.New(fault.InvalidInput, what, "", "Use shorter texts in replace() and ||.").Because(err)
	case code == sqlite3.SQLITE_ERROR:
		if _, made, found := strings.Cut(failed.Error(), madeNoModifier); found {
			what := "where: " + made[:strings.LastIndexByte(made, '"')+1] + ", which the expression makes, is not a modifier."
			return fault.New(fault.InvalidInput, what, howModifiers, "Correct the expression and call again.").Because(err)
		}
		return fault.New(fault.InvalidInput, "where: the expression cannot be evaluated for every contact.",
			"SQLite says: "+text.QuoteUpTo(failed.Error(), 200)+".", "Use smaller numbers or a simpler expression, and call again.").
			Because(err)
	}
	return nil
}
