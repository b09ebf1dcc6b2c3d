package contactfile

import (
	"bytes"
	"errors"
	"strings"

	"mailtrap-contacts-mcp/text"
)

const (
	maxDepth  = 100 // of values within values
	notedText = 400 // bytes of a text or a name that are looked at
)

// walker goes through JSON of any size, value by value. It sees to brackets and texts only; what is taken out of it is
// checked by who takes it.
type walker struct {
	w      *window
	at     int     // of the window: what stands before it was seen
	line   int     // of the beginning of the window
	levels []level // that are open; below all of them is the file itself, like an array
	word   []byte  // the beginning of the text that was read last
	failed error   // why nothing more is read
}

// level is an object or an array that is open.
type level struct {
	array bool
	key   string // of an object: the name of the value that comes, shortened
	named bool   // it was read

	at  *place // where it stands, while people are looked for
	any *place // where all that stand beside it do, whatever their names
	has bool   // there is an address in it,
	own bool   // and not within another of many
	// It has a member that names a pair, and one that holds a value.
	called, answered bool
	path             int // how many steps of the path to the people lead to it; -1 where it lies beside the path
}

// The kinds of a value that begins.
const (
	anObject = '{'
	anArray  = '['
	aText    = '"'
	aWord    = 'w'
)

func newWalker(w *window) walker { return walker{w: w, line: 1, levels: []level{{array: true}}} }

// inside is the innermost level that is open.
func (k *walker) inside() *level { return &k.levels[len(k.levels)-1] }

// atTop tells whether none is.
func (k *walker) atTop() bool { return len(k.levels) == 1 }

// fail ends the walk, unless something has ended it before.
func (k *walker) fail(err error) {
	if k.failed == nil {
		k.failed = err
	}
}

// peek returns the next byte; more is false at the end.
func (k *walker) peek() (b byte, more bool) {
	for k.failed == nil && k.at >= len(k.w.bytes()) {
		if k.pass(len(k.w.bytes())); k.w.eof {
			return 0, false
		}
		k.failed = k.w.more()
	}
	if k.failed != nil {
		return 0, false
	}
	return k.w.bytes()[k.at], true
}

// pass lets go of so many bytes of the window.
func (k *walker) pass(n int) {
	k.line += bytes.Count(k.w.bytes()[:n], []byte{'\n'})
	k.w.pass(n)
	k.at -= n
}

// here is the line of the next byte.
func (k *walker) here() int {
	return k.line + bytes.Count(k.w.bytes()[:k.at], []byte{'\n'})
}

// next goes to the next value and says what it is; 0 at the end. What is opened or closed on the way is done with levels.
// The value itself is still to be read: by enter, by text, or by taking it from the window.
func (k *walker) next(closed func(level)) (kind byte) {
	for {
		b, more := k.peek()
		inside := k.inside()
		switch {
		case !more:
			k.end()
			return 0
		case b <= ' ' || b == ',' || b == ':':
			k.at++
		case b == '}' || b == ']':
			if k.atTop() || inside.array != (b == ']') {
				k.notAContact()
				return 0
			}
			last := *inside
			k.levels = k.levels[:len(k.levels)-1]
			k.at++
			k.follows()
			if closed != nil {
				closed(last)
			}
		case b == '"' && !inside.array && !inside.named:
			k.text()
			inside.key, inside.named = string(k.word), true
		case b == '"':
			return aText
		case b == '{' || b == '[':
			return b
		default:
			return aWord
		}
	}
}

func (k *walker) notAContact() {
	k.fail(brokenAt(k.here(), "A contact is expected there, as an object in braces.",
		"Correct it there; the file has to be an array of objects, or one object in each line."))
}

func (k *walker) end() {
	switch {
	case k.atTop():
	case k.inside().array:
		k.fail(brokenAt(k.here(), "The file ends before its array does.", incomplete))
	default:
		k.fail(endsWithin(k.here()))
	}
}

const incomplete = "It is incomplete; export or download it again."

func endsWithin(line int) error {
	return brokenAt(line, "The file ends within the object that begins there.", incomplete)
}

// follows is called behind a value: in an object a name comes next.
func (k *walker) follows() { k.inside().named = false }

func tooDeep(line int) error {
	return tooMuch("the object in line "+text.Number(line)+" is nested deeper than "+text.Number(maxDepth)+" levels.",
		"No contact is.", "Check that it is a contact file.")
}

// enter opens the object or array that comes next.
func (k *walker) enter(opened level) {
	if len(k.levels) > maxDepth {
		k.fail(tooDeep(k.here()))
	}
	opened.array = k.w.bytes()[k.at] == '['
	k.at++
	k.levels = append(k.levels, opened)
}

// text reads the text that comes next; its beginning is in k.word, with its escapes.
func (k *walker) text() {
	k.at++
	k.word = k.word[:0]
	for escaped := false; ; {
		if _, more := k.peek(); !more {
			k.fail(endsWithin(k.here()))
			return
		}
		data := k.w.bytes()[k.at:]
		length := 0
		for length < len(data) && (escaped || data[length] != '"') {
			escaped = !escaped && data[length] == '\\'
			length++
		}
		if room := notedText - len(k.word); room > 0 {
			k.word = append(k.word, data[:min(length, room)]...)
		}
		k.at += length
		if length < len(data) {
			k.at++
			return
		}
	}
}

// skip passes the text or word that comes next.
func (k *walker) skip(kind byte) {
	if kind == aText {
		k.text()
	}
	for kind == aWord {
		b, more := k.peek()
		if !more || endsWord(b) {
			break
		}
		k.at++
	}
	k.follows()
}

func endsWord(b byte) bool { return b <= ' ' || strings.IndexByte(`,:]}[{"`, b) >= 0 }

// take returns the value that comes next as it stands in the file, and its line; nil where it does not end. It is valid until
// the walker goes on.
func (k *walker) take(limit int) (raw []byte, line int) {
	k.pass(k.at)
	if k.at = k.measure(limit); k.at == 0 {
		return nil, k.line
	}
	k.follows()
	return k.w.bytes()[:k.at], k.line
}

// measure finds the end of the value that the window begins with. It is done by hand because a decoder would take in
// whatever the file holds.
func (k *walker) measure(limit int) (length int) {
	word := strings.IndexByte(`{["`, k.w.bytes()[0]) < 0
	quoted, escaped, depth := false, false, 0
	for at := 0; ; {
		data := k.w.bytes()
		for ; at < len(data); at++ {
			b := data[at]
			switch {
			case word && endsWord(b):
				return at
			case word:
				continue
			case escaped:
				escaped = false
			case quoted:
				escaped, quoted = b == '\\', b != '"'
			case b == '"':
				quoted = true
			case b == '{' || b == '[':
				if depth++; depth > maxDepth {
					k.fail(tooDeep(k.line))
					return 0
				}
			case b == '}' || b == ']':
				depth--
			}
			switch {
			case depth > 0 || quoted:
			case at+1 > limit:
				k.fail(tooLong(k.line, limit))
				return 0
			default:
				return at + 1
			}
		}
		if word && k.w.eof {
			return len(data)
		}
		err := endsWithin(k.line)
		if !k.w.eof {
			err = k.w.more()
		}
		if errors.Is(err, errWindowFull) {
			err = tooLong(k.line, limit)
		}
		if err != nil {
			k.fail(err)
			return 0
		}
	}
}
