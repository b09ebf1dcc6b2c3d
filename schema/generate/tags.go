package generate

import (
	"errors"
	"fmt"
	"strings"
)

// checkTags makes sure that every part of every tag has reached the schema: the generator drops silently what it does
// not know, cannot read, or cut at a comma.
func checkTags(document any, fields []taggedField) error {
	var errs []error
	for _, field := range fields {
		property := follow(document, field.path)
		for _, part := range splitTag(field.tag) {
			if err := checkTagPart(property, part); err != nil {
				errs = append(errs, fmt.Errorf("%s: tag %w", field.where, err))
			}
		}
	}
	return errors.Join(errs...)
}

func checkTagPart(property map[string]any, part string) error {
	keyword, _, assigned := strings.Cut(part, "=")
	switch {
	case part == "required":
		return nil
	case keyword == "description":
		return errors.New(`"description" would end at the first comma; use jsonschema_description`)
	case !assigned:
		return fmt.Errorf(`%q lacks a value; a comma inside a value is written \\,`, part)
	case keyword == "example":
		keyword = "examples"
	}
	items, _ := property["items"].(map[string]any)
	_, onProperty := property[keyword]
	_, onItems := items[keyword]
	if !onProperty && !onItems {
		return fmt.Errorf("%q has no effect on this field", part)
	}
	return nil
}

// splitTag splits at commas that no backslash escapes, as the generator does.
func splitTag(tag string) []string {
	const escaped = "\x00"
	parts := strings.Split(strings.ReplaceAll(tag, `\,`, escaped), ",")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], escaped, ",")
	}
	return parts
}

// follow goes down a schema document; it returns nil where the path ends early.
func follow(document any, path []string) map[string]any {
	for _, step := range path {
		object, _ := document.(map[string]any)
		document = object[step]
	}
	object, _ := document.(map[string]any)
	return object
}
