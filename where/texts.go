package where

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// composed is a text with its accents written in one way (NFC).
func composed(s string) string {
	if isASCII(s) {
		return s
	}
	return norm.NFC.String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// traitsOf are what a text is like.
func traitsOf(v any) traits {
	s, is := v.(string)
	switch {
	case !is || isASCII(s):
		return 0
	case !norm.NFC.IsNormalString(s):
		return wide | loose
	}
	return wide
}

// traitsIn are what a cell adds to the traits of a column of its type.
func traitsIn(v any, dataType string) traits {
	if _, is := v.(string); is && isNumber(dataType) {
		return traitsOf(v) | mixed
	}
	return traitsOf(v)
}
