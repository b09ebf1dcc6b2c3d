package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

// The rules that package generate writes are few, so that they are checked here. Tests compare that with a validator of JSON
// Schema.

// checking is a value that is being checked.
type checking struct {
	rules *rules
	found Violations
}

// check returns what breaks the rules, in their order, and stops after one more than is shown: wording a million takes seconds.
func (r *rules) check(value any) Violations {
	c := &checking{rules: r}
	c.value(r.shape, value, nil)
	return c.found
}

func (c *checking) isDone() bool { return len(c.found) > maxShown }

func (c *checking) add(at []string, what, right string) {
	if c.isDone() {
		return
	}
	c.found = append(c.found, Violation{Where: c.rules.shape.where(at), What: what, Right: right})
}

// value checks a value for which the schema has a shape.
func (c *checking) value(s *shape, value any, at []string) {
	if !s.takes(value) {
		what, right := s.wrongKind(value, len(at) == 0)
		c.add(at, what, right)
		c.texts(value, at)
		return
	}
	switch value := value.(type) {
	case outsized:
		what, right := s.outOfRange(value)
		c.add(at, what, right)
	case json.Number:
		c.number(s, value, at)
	case string:
		c.text(s, value, at)
	case []any:
		c.count(s, value, at)
		for i, item := range value {
			if c.isDone() {
				return
			}
			c.value(s.Items, item, below(at, strconv.Itoa(i)))
		}
	case map[string]any:
		c.object(s, value, at)
	}
}

func (c *checking) number(s *shape, number json.Number, at []string) {
	given, _ := number.Float64() // it is of ordinary size
	if s.Minimum != nil && given < *s.Minimum {
		c.add(at, shown(number)+" is too small", "give at least "+decimal(*s.Minimum))
	}
	if s.Maximum != nil && given > *s.Maximum {
		c.add(at, shown(number)+" is too large", "give at most "+decimal(*s.Maximum))
	}
}

func (c *checking) text(s *shape, given string, at []string) {
	c.texts(given, at)
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, given) {
		c.add(at, shown(given)+" is not one of the values", s.choices(given))
	}
	if format, known := c.rules.formats[s.Format]; known {
		if err := format.Check(given); err != nil {
			what, right := complain(given, err)
			c.add(at, what, right)
		}
	}
	length := utf8.RuneCountInString(given)
	switch {
	case s.MinLength != nil && length < *s.MinLength:
		c.add(at, hasLength(given, length), "give at least "+text.Count(*s.MinLength, "character"))
	case s.MaxLength != nil && length > *s.MaxLength:
		c.add(at, hasLength(given, length), "give at most "+text.Count(*s.MaxLength, "character"))
	}
}

func hasLength(given string, length int) string {
	if given == "" {
		return "is empty"
	}
	return shown(given) + " has " + text.Count(length, "character")
}

func (c *checking) count(s *shape, items []any, at []string) {
	if s.MinItems != nil && len(items) < *s.MinItems {
		c.add(at, "has "+text.Count(len(items), "item"), "give at least "+text.Number(*s.MinItems))
	}
	if s.MaxItems != nil && len(items) > *s.MaxItems {
		c.add(at, "has "+text.Count(len(items), "item"), "give at most "+text.Number(*s.MaxItems))
	}
}

// object checks the declared properties as they are declared, and then the others.
func (c *checking) object(s *shape, object map[string]any, at []string) {
	for _, name := range s.names {
		if value, given := object[name]; given {
			c.value(s.properties[name], value, below(at, name))
		} else if slices.Contains(s.Required, name) {
			c.add(below(at, name), "is missing", "give "+s.properties[name].wanted())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if c.isDone() {
			return
		}
		if s.properties[name] != nil {
			continue
		}
		c.texts(map[string]any{name: object[name]}, at)
		if s.isClosed() {
			c.add(below(at, name), "this argument does not exist", c.rules.known(s, at, name))
		}
	}
}

// texts finds the strings and names in a value that are not text: see markBroken.
func (c *checking) texts(value any, at []string) {
	const broken, right = "is no text: it holds half of a character, a byte that is not UTF-8, or a NUL", "give valid Unicode without it"
	if c.isDone() {
		return
	}
	switch value := value.(type) {
	case string:
		if strings.ContainsRune(value, 0) {
			c.add(at, broken, right)
		}
	case []any:
		for i, item := range value {
			c.texts(item, below(at, strconv.Itoa(i)))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if strings.ContainsRune(name, 0) {
				c.add(below(at, name), broken, right)
				continue
			}
			c.texts(value[name], below(at, name))
		}
	}
}

// below is a place in a value that is at a location. It shares its memory, so that it holds until the next place is gone to:
// values may be nested thousands deep.
func below(location []string, step string) []string { return append(location, step) }
