package optout

import (
	"encoding/json"
	"strings"
)

// inJSON reads a cell that holds JSON, or what Python prints for it: a list of channels, the permissions one by one. What
// is about another channel than mail does not count. The worst that is said counts, and nothing that is understood is
// doubt.
func (c Column) inJSON(cell string) (Said, bool) {
	if cell[0] != '[' && cell[0] != '{' {
		return Said{}, false
	}
	var value any
	if json.Unmarshal([]byte(cell), &value) != nil && json.Unmarshal([]byte(python.Replace(cell)), &value) != nil {
		return Said{}, false
	}
	said := c.leaves("", value)
	if said.Verdict == Silent {
		said = Said{Doubt, NotKnown}
	}
	return said, true
}

var python = strings.NewReplacer("'", `"`, "True", "true", "False", "false", "None", "null")

// leaves is the worst that the texts and truths of a value say.
func (c Column) leaves(key string, value any) (worst Said) {
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			worst.add(c.leaves(key, one))
		}
	case map[string]any:
		for _, name := range value {
			if name, is := name.(string); is && elsewhereOnly(name) {
				return Said{}
			}
		}
		for key, one := range value {
			worst.add(c.leaves(key, one))
		}
	case bool:
		switch h := headerOf(key); {
		case h.class == elsewhere:
		case value != (h.class == refusing):
			worst.add(Said{Verdict: Yes})
		default:
			worst.add(Said{No, NotAgreed})
		}
	case string:
		if means := whole(value); !elsewhereOnly(key) && means != unheard {
			worst.add(sayingOf(means))
		}
	}
	return worst
}

// elsewhereOnly reports the name of another channel.
func elsewhereOnly(name string) bool {
	return len(name) <= longText && headerOf(name).class == elsewhere
}
