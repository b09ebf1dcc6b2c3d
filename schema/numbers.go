package schema

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// outsized stands in the tree for a number that its field cannot hold. It becomes a violation like the
// others, and nothing calculates with its exponent, which could take minutes.
type outsized string

var (
	numberText  = text.Pattern(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	integerText = text.Pattern(`^-?(0|[1-9][0-9]*)(\.0+)?$`)
)

// relaxInteger takes a whole number, however it is written, and the text of one in plain digits.
func relaxInteger(value any) any {
	switch value := value.(type) {
	case json.Number:
		return wholeNumber(value.String())
	case string:
		if digits := strings.TrimSpace(value); integerText().MatchString(digits) {
			return wholeNumber(digits)
		}
	}
	return value
}

func wholeNumber(literal string) any {
	if _, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return json.Number(literal)
	}
	if !isManageable(literal) {
		return outsized(literal)
	}
	exact, _ := new(big.Rat).SetString(literal)
	switch {
	case !exact.IsInt():
		return json.Number(literal)
	case !exact.Num().IsInt64():
		return outsized(literal)
	default:
		return json.Number(exact.Num().String())
	}
}

// isWhole reports whether a number is one that an integer can hold.
func isWhole(number json.Number) bool {
	_, err := number.Int64()
	return err == nil
}

// relaxNumber takes a number and the text of one.
func relaxNumber(value any) any {
	switch value := value.(type) {
	case json.Number:
		return floatNumber(value.String())
	case string:
		if digits := strings.TrimSpace(value); numberText().MatchString(digits) {
			return floatNumber(digits)
		}
	}
	return value
}

func floatNumber(literal string) any {
	if _, err := strconv.ParseFloat(literal, 64); err != nil || !isManageable(literal) {
		return outsized(literal)
	}
	return json.Number(literal)
}

// isManageable tells whether exact arithmetic on the number is cheap: no more digits or zeros than a float64 has.
func isManageable(literal string) bool {
	const most = 400
	if len(literal) > most {
		return false
	}
	at := strings.IndexAny(literal, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(literal[at+1:])
	return err == nil && -most <= exponent && exponent <= most
}
