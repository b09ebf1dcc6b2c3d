package tools

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

// The bounds on a result. A token is at least three bytes of the text we write, so MaxText keeps to 1,500 tokens.
const (
	MaxText       = 4500 // bytes of text
	MaxStructured = 8192 // bytes of structured content
)

// Shrinker is an output whose size depends on what the account holds. Shrink returns a copy that shows at most width
// characters of a value and width entries of a list, and counts what it left out.
type Shrinker interface {
	Shrink(width int) Output
}

// widths are tried from roomy to tight until the result fits; the last fits whatever the account holds.
var widths = []int{120, 60, 30, 15, 8, 4}

type answer struct {
	text       string
	structured json.RawMessage
}

// bounded renders an output at the roomiest width that fits.
func bounded(out Output) (answer, error) {
	var done answer
	for _, width := range widths {
		shown := out
		if shrinker, ok := out.(Shrinker); ok {
			shown = shrinker.Shrink(width)
		}
		var err error
		if done, err = rendered(shown); err != nil {
			return answer{}, err
		}
		if len(done.text) <= MaxText && len(done.structured) <= MaxStructured {
			return done, nil
		}
	}
	return answer{}, fmt.Errorf("a result of %d bytes of text and %d structured does not fit the bounds", len(done.text), len(done.structured))
}

func rendered(out Output) (answer, error) {
	structured, err := json.Marshal(out)
	if err != nil {
		return answer{}, fmt.Errorf("writing the result: %w", err)
	}
	return answer{text: strings.TrimSpace(out.Summary()), structured: structured}, nil
}

// failureText is a fault as text. One that is too long loses the end of its reason first, then of what happened, and
// never what to do next.
func failureText(failure *fault.Error) string {
	whole := failure.Error()
	if len(whole) <= MaxText {
		return whole
	}
	short := *failure
	excess := len(whole) - MaxText
	short.Why = shortened(failure.Why, len(failure.Why)-excess)
	excess = len(short.Error()) - MaxText
	short.What = shortened(failure.What, len(failure.What)-excess)
	excess = len(short.Error()) - MaxText
	short.Next = shortened(failure.Next, len(failure.Next)-excess)
	return short.Error()
}

// cut stands where text was left out.
const cut = " …"

// shortened cuts s to at most limit bytes.
func shortened(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(cut)-1) // one for the quote of a value that is cut
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	if end == 0 {
		return ""
	}
	return text.CloseQuote(s[:end] + cut)
}

type panicked struct {
	cause any
	stack string
}

func newPanic(cause any) error { return &panicked{cause: cause, stack: string(debug.Stack())} }

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.cause) }

func asPanic(err error) (*panicked, bool) {
	var p *panicked
	return p, errors.As(err, &p)
}

func asViolations(err error) (schema.Violations, bool) {
	var v schema.Violations
	return v, errors.As(err, &v)
}
