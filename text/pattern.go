package text

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled at its first use: a start waits for none, and most runs need few.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
