package kept

import (
	"bytes"
	"encoding/json"

	"mailtrap-contacts-mcp/text"
)

// withoutAddress is a value as JSON, with the address taken out of all that it says.
func withoutAddress(value any, email string) (string, error) {
	written, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	var said any
	numbers := json.NewDecoder(bytes.NewReader(written))
	numbers.UseNumber()
	if err := numbers.Decode(&said); err != nil {
		return "", err
	}
	written, err = json.Marshal(cleaned(said, email))
	return string(written), err
}

func cleaned(value any, email string) any {
	switch value := value.(type) {
	case string:
		return text.WithoutAddress(value, email)
	case []any:
		for i, each := range value {
			value[i] = cleaned(each, email)
		}
	case map[string]any:
		for key, each := range value {
			value[key] = cleaned(each, email)
		}
	}
	return value
}
