package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// Event is a custom event that was fired for a contact.
type Event struct {
	ContactID string
	Email     string
	Name      string
	// Params are the event's parameters; nil if none were sent. Numbers are json.Number.
	Params map[string]any
}

type eventBody struct {
	ContactID    string          `json:"contact_id"`
	ContactEmail string          `json:"contact_email"`
	Name         string          `json:"name"`
	Params       json.RawMessage `json:"params,omitempty"` // left out if absent, as in one SDK's stub; unknown
}

// createEvent answers POST /contacts/{id or e-mail}/events with an echo (recorded). Problems are in flat lists
// (recorded; the spec nests them). A contact still being created is not found (unknown).
func (c *call) createEvent() answer {
	r := c.storedContact()
	if r == nil {
		return notFound()
	}
	var found problems
	name := c.readEventName(&found)
	given := c.readEventParams(&found)
	if len(found) > 0 {
		return invalid(found)
	}
	c.emulator.events.add(Event{ContactID: r.id.String(), Email: r.email, Name: name, Params: given})
	return jsonAnswer(http.StatusCreated, eventBody{r.id.String(), r.email, name, c.params["params"]})
}

func (c *call) readEventName(found *problems) string {
	name, problem := c.params.text("name")
	switch {
	case problem == "can't be blank" && !c.params.given("name"):
		found.add("name", "can't be blank", "must be a string") // both (recorded)
	case problem != "":
		found.add("name", problem)
	case utf8.RuneCountInString(name) > maxEventText:
		found.add("name", "is too long")
	}
	return name
}

// readEventParams allows strings, numbers, booleans and null (spec). The spec mentions a limit for the length of a
// value without stating it; maxEventText is assumed.
func (c *call) readEventParams(found *problems) map[string]any {
	given, ok := c.params.object("params")
	if !ok {
		found.add("params", "must be a hash")
		return nil
	}
	if given == nil {
		return nil
	}
	decoded := make(map[string]any, len(given))
	for _, key := range sortedKeys(given) {
		if utf8.RuneCountInString(key) > maxEventText {
			found.add("params", "key '"+key+"' is too long")
		}
		v := scalar(given[key])
		switch v := v.(type) {
		case string:
			if utf8.RuneCountInString(v) > maxEventText {
				found.add("params", "value for '"+key+"' is too long")
			}
		case map[string]any, []any:
			found.add("params", "value for '"+key+"' is invalid") // text unknown
		}
		decoded[key] = v
	}
	return decoded
}

// scalar decodes a JSON value, keeping numbers as they were written.
func scalar(raw json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	_ = decoder.Decode(&v) // it was part of a document that has been decoded
	return v
}
