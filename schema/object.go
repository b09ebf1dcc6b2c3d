package schema

import (
	"encoding/json"
	"errors"
)

// Object is a JSON object whose keys the schema does not know, such as a contact's fields. Its rules stand in its
// description and are checked by the handler. Numbers arrive as json.Number, and null stays null.
type Object map[string]any

// UnmarshalJSON reads an object, or null, and keeps numbers as they are written.
func (o *Object) UnmarshalJSON(raw []byte) error {
	value, err := parse(raw)
	if err != nil {
		return err
	}
	switch value := value.(type) {
	case nil:
		*o = nil
	case map[string]any:
		*o = value
	default:
		return errors.New("not a JSON object")
	}
	return nil
}

var _ json.Unmarshaler = (*Object)(nil)
