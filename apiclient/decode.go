package apiclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// An answer is believed only where it can be one: what in it contradicts itself, or is about something else than was asked,
// is no answer of the API.

var errNotJSON = errors.New("the body is not JSON")

func isJSON(body []byte) error {
	if !json.Valid(body) {
		return errNotJSON
	}
	return nil
}

// decodeInto reads an answer that has a body.
func decodeInto(body []byte, out any) error {
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || string(trimmed) == "null" {
		return errors.New("the body is empty")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return errors.New("the body does not decode")
	}
	if err := saysOnce(body); err != nil {
		return err
	}
	return problemOf(out)
}

// answered is what can be decoded and may not be an answer all the same. problem says why; nil means that it is one.
type answered interface{ problem() error }

func problemOf(out any) error {
	if answer, ok := out.(answered); ok {
		return answer.problem()
	}
	return nil
}

var errNoID = errors.New("the body lacks its id")

func (w *wrapped[T]) problem() error { return problemOf(&w.Data) }

// problem looks at each of them, and for ids that are given twice: then one of the two is told wrongly.
func (e *every[T]) problem() error {
	seen := make(map[string]bool, len(*e))
	for i := range *e {
		one := &(*e)[i]
		if err := problemOf(one); err != nil {
			return err
		}
		for _, name := range namesOf(one) {
			if seen[name] {
				return fmt.Errorf("the body has two with the %s", name)
			}
			seen[name] = true
		}
	}
	return nil
}

// namesOf are what no other of its kind may have.
func namesOf(one any) []string {
	switch one := one.(type) {
	case *List:
		return []string{"id " + number(one.ID)}
	case *Field:
		return []string{"id " + number(one.ID), "merge tag " + one.MergeTag}
	case *Account:
		return []string{"id " + number(one.ID)}
	case *Suppression:
		return []string{"id " + one.ID}
	case *Campaign:
		return []string{"id " + number(one.ID)}
	}
	return nil
}

func (c *Contact) problem() error {
	if c.ID == "" || c.Email == "" {
		return errNoID
	}
	return positive(c.ListIDs...)
}

func (l *List) problem() error {
	if l.Name == "" {
		return errors.New("the body has a list without a name")
	}
	return positive(l.ID)
}

func (f *Field) problem() error {
	if f.Name == "" || f.MergeTag == "" || f.DataType == "" {
		return errors.New("the body has a field without its name, type or merge tag")
	}
	return positive(f.ID)
}

func (a *Account) problem() error { return positive(a.ID) }

func (i *Import) problem() error {
	if i.Status == "" {
		return errors.New("the body lacks the import's status")
	}
	return positive(i.ID)
}

func (e *Export) problem() error {
	if e.Status == "" {
		return errors.New("the body lacks the export's status")
	}
	return positive(e.ID)
}

func (s *Suppression) problem() error {
	if s.ID == "" {
		return errNoID
	}
	return nil
}

func positive(ids ...int64) error {
	for _, id := range ids {
		if id < 1 {
			return errNoID
		}
	}
	return nil
}

// maxItems bounds the items of one answer. The longest the API sends are 1000 suppressions (spec).
const maxItems = 10_000

// UnmarshalJSON reads an array and no more of it than an answer can have.
func (e *every[T]) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return errors.New("the body is no array")
	}
	*e = []T{}
	for decoder.More() {
		if len(*e) == maxItems {
			return fmt.Errorf("the body has more than %d items", maxItems)
		}
		var one T
		if err := decoder.Decode(&one); err != nil {
			return err
		}
		*e = append(*e, one)
	}
	return nil
}

// saysOnce refuses an object that gives one of its keys twice: which of the two counts is anybody's guess. Keys are told
// apart by case among the values of fields only, because package json does not. The body is valid JSON.
func saysOnce(body []byte) error {
	type object struct {
		keys    map[string]bool // nil in an array
		isValue bool            // a key has been read and its value has not
		values  bool            // of custom fields
	}
	open := []object{{}}
	var key string
	for i := 0; i < len(body); i++ {
		inside := &open[len(open)-1]
		switch body[i] {
		case '{':
			open = append(open, object{keys: make(map[string]bool, 8), values: inside.isValue && key == "fields"})
		case '[':
			open = append(open, object{})
		case '}', ']':
			open = open[:len(open)-1]
		case ':':
			inside.isValue = true
		case ',':
			inside.isValue = false
		case '"':
			written := body[i : i+stringLength(body[i:])]
			i += len(written) - 1
			if inside.keys == nil || inside.isValue {
				continue
			}
			if key = string(written[1 : len(written)-1]); strings.Contains(key, `\`) {
				_ = json.Unmarshal(written, &key) // which it has been before
			}
			if !inside.values {
				key = strings.ToLower(key)
			}
			if inside.keys[key] {
				return errors.New("the body gives a key twice")
			}
			inside.keys[key] = true
		}
	}
	return nil
}

// stringLength is the length of the JSON string that a text begins with, with its quotes.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// inPlainASCII writes the escapes of visible characters, like \u0041, as the characters, so that a text cannot be hidden in
// them. Quotes and backslashes stay as they are.
func inPlainASCII(body []byte) []byte {
	if !bytes.Contains(body, []byte(`\u00`)) {
		return body
	}
	plain := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 >= len(body) {
			plain = append(plain, body[i])
			continue
		}
		if i+6 <= len(body) && string(body[i:i+4]) == `\u00` {
			if c, err := strconv.ParseUint(string(body[i+4:i+6]), 16, 8); err == nil && c > ' ' && c <= '~' && c != '"' && c != '\\' {
				plain = append(plain, byte(c))
				i += 5
				continue
			}
		}
		plain = append(plain, body[i], body[i+1]) // a whole escape, so that the second of two backslashes begins none
		i++
	}
	return plain
}

// names reports whether a contact is the one that was asked for. Whether Mailtrap writes addresses beyond ASCII in another
// form is unknown.
func (r ContactRef) names(contact Contact) bool {
	if r.isUUID {
		return strings.EqualFold(contact.ID, r.value)
	}
	return sameAddress(contact.Email, r.value)
}

func sameAddress(answered, asked string) bool {
	return strings.EqualFold(answered, asked) || !isASCII(answered) || !isASCII(asked)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// notAnswered is the failure of a call whose answer is none to it.
func (c call) notAnswered(why string) *Error {
	return &Error{
		Kind: Unreadable, Method: c.method, Route: c.route, Status: http.StatusOK, Unknown: c.writes(), Repeatable: !c.once, Err: errors.New(why),
	}
}
