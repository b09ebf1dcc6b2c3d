package optout

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// legend is what a header says of the codes below it, as in "Status (A = active, O = opted out)": by code, the words.
type legend map[string]string

var (
	codeFirst = pattern(`(?:^|[^\pL\pN])(\pN{1,4}|\pL)\s*=\s*`)
	codeLast  = pattern(`(^[^=]*\pL\s+|[,;/|(\[]\s*)(\pL[\pL ]*?)\s*=\s*(\pN{1,4})`)
)

func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// legendOf finds the codes that a header explains, and what it is called without them; nil where it explains none.
func legendOf(name string) (codes legend, rest string) {
	if !strings.Contains(name, "=") || len(name) > mostHeader {
		return nil, name
	}
	codes = legend{}
	found := codeFirst().FindAllStringSubmatchIndex(name, -1)
	begins, ends := len(name), len(name)
	for i, at := range found {
		last := len(name)
		if i+1 < len(found) {
			last = found[i+1][2]
		}
		means := strings.TrimLeft(name[at[1]:last], " ")
		if cut := strings.IndexAny(means, ",;/|()[]"); cut >= 0 {
			means = means[:cut]
		}
		begins, ends = min(begins, at[2]), at[1]+len(means)
		codes.put(name[at[2]:at[3]], means)
	}
	if len(found) == 0 {
		for _, at := range codeLast().FindAllStringSubmatchIndex(name, -1) { // "yes=1, no=0"
			begins, ends = min(begins, at[4]), at[7]
			codes.put(name[at[6]:at[7]], name[at[4]:at[5]])
		}
	}
	if len(codes) == 0 {
		return nil, name
	}
	return codes, strings.TrimRight(name[:begins], " ([{:-–,") + " " + strings.TrimLeft(name[ends:], " )]}.,;")
}

func (l legend) put(code, means string) {
	if means = strings.TrimSpace(means); means != "" {
		l[fold(code, false)] = means
	}
}

// word is what a cell says, in the words of the legend where it is one of its codes.
func (l legend) word(cell string) string {
	if len(l) == 0 || utf8.RuneCountInString(cell) > 6 {
		return cell
	}
	folded := fold(cell, false)
	if means, explained := l[folded]; explained {
		return means
	}
	if number, is := wholeNumber(folded); is && !isNegative(cell) {
		if means, explained := l[number]; explained {
			return means
		}
	}
	return cell
}

// words are the values of a column, in the words of its legend.
func (l legend) words(values *Values) *Values {
	read := values.Fresh()
	for cell, counted := range values.count {
		read.Add(l.word(cell), *counted)
	}
	read.filled, read.more, read.mentions = values.filled, values.more, values.mentions
	return read
}

// codesOf are the letters by which single tools keep a status, where the header can only be theirs.
var codesOf = map[string]map[string]meaning{
	"member status id": {"a": wants, "o": left, "e": open, "f": open}, // Emma: active, opt-out, error, forwarded
}
