package docs

import (
	"encoding/json"
	"fmt"
	"strings"

	generator "github.com/invopop/jsonschema"

	"mailtrap-contacts-mcp/text"
)

// keyOf tells objects that are worth describing only once from each other; empty for all else.
func keyOf(property *generator.Schema) string {
	inner := objectIn(property)
	if inner == nil || inner.Properties.Len() < 4 {
		return ""
	}
	key, _ := json.Marshal(inner)
	return string(key)
}

// objectIn is the object that a property is, or is an array of; nil when it is neither, or its keys are free.
func objectIn(property *generator.Schema) *generator.Schema {
	if property.Type == "array" {
		property = property.Items
	}
	if property.Type != "object" || property.Properties.Len() == 0 {
		return nil
	}
	return property
}

func under(property *generator.Schema) string {
	if property.Type == "array" {
		return "[]."
	}
	return "."
}

// kindOf is a property's type with its limits.
func kindOf(property *generator.Schema) string {
	switch property.Type {
	case "array":
		items := property.Items.Type
		if items == "object" {
			items = "objects"
		} else {
			items += "s"
		}
		return "array of " + items + bounds(property.MinItems, property.MaxItems, "item")
	case "object":
		if objectIn(property) == nil {
			return "object with free keys"
		}
		return "object"
	case "string":
		switch {
		case len(property.Enum) > 0:
			values := make([]string, len(property.Enum))
			for i, value := range property.Enum {
				values[i] = fmt.Sprintf("`%v`", value)
			}
			return "string: " + strings.Join(values, ", ")
		}
		return "string" + bounds(property.MinLength, property.MaxLength, "character")
	}
	low, high := property.Minimum.String(), property.Maximum.String()
	switch {
	case low != "" && high != "":
		return fmt.Sprintf("%s, %s to %s", property.Type, low, high)
	case low != "":
		return property.Type + ", at least " + low
	case high != "":
		return property.Type + ", at most " + high
	}
	return property.Type
}

func bounds(low, high *uint64, of string) string {
	switch {
	case low != nil && high != nil:
		return fmt.Sprintf(", %d to %s", *low, text.Count(int(*high), of))
	case low != nil && *low == 1:
		return ", not empty"
	case low != nil:
		return ", at least " + text.Count(int(*low), of)
	case high != nil:
		return ", at most " + text.Count(int(*high), of)
	}
	return ""
}
