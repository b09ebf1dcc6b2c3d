package server

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// mcp-go v1.2.1 reads ids as 64-bit floats: 9007199254740993 comes back as 9007199254740992, and the client waits for
// ever. It also takes the id "7" for 7 when a call is cancelled. So an id that it may not give back as it came is hidden
// in a string on the way in and put in its place again on the way out.

// ids hides and shows ids. The mark is random, so that no text of an answer can be taken for a hidden id.
type ids struct {
	mark []byte // with the opening quote
}

func newIDs() ids { return ids{[]byte(`"` + rand.Text() + ":")} }

// isEasy reports whether an id is left alone: an integer below 2^53, or a word that cannot be read as a number.
func isEasy(id json.RawMessage) bool {
	if len(id) > 1 && id[0] == '"' {
		word := id[1 : len(id)-1]
		isLetter := func(r rune) bool { return r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
		isOther := func(r rune) bool { return !isLetter(r) && r != '-' && (r < '0' || r > '9') }
		return bytes.ContainsFunc(word, isLetter) && !bytes.ContainsFunc(word, isOther)
	}
	const most = 1e15
	number, err := strconv.ParseInt(string(id), 10, 64)
	return isNothing(id) || err == nil && -most < number && number < most && strconv.FormatInt(number, 10) == string(id)
}

// hide returns the message with its difficult ids hidden, and whether there are any.
func (i ids) hide(message []byte, e envelope) (hidden []byte, any bool) {
	if isEasy(e.ID) && isEasy(e.Params.RequestID) && isEasy(e.Params.Meta.ProgressToken) {
		return message, false
	}
	hidden = i.within(message, "id", func(whole map[string]json.RawMessage) {
		if params, ok := whole["params"]; ok {
			whole["params"] = i.within(params, "requestId", func(params map[string]json.RawMessage) {
				if meta, ok := params["_meta"]; ok {
					params["_meta"] = i.within(meta, "progressToken", nil)
				}
			})
		}
	})
	return hidden, true
}

// within returns a JSON object with one of its members hidden, and with what deeper changes besides.
func (i ids) within(object json.RawMessage, member string, deeper func(map[string]json.RawMessage)) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil || members == nil {
		return object
	}
	if id, ok := members[member]; ok && !isEasy(id) && (id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9') {
		members[member] = append(hex.AppendEncode(bytes.Clone(i.mark), id), '"')
	}
	if deeper != nil {
		deeper(members)
	}
	var changed bytes.Buffer
	encoder := json.NewEncoder(&changed)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(members) != nil {
		return object
	}
	return bytes.TrimSuffix(changed.Bytes(), []byte("\n"))
}

// internalError is how an error begins that mcp-go v1.2.1 makes of whatever a resource's handler returns.
const internalError = `{"code":-32603,"message":`

// coded is the text of an error that is to reach the client with a code of its own.
func (i ids) coded(code int, err error) error {
	return errors.New(strings.TrimPrefix(string(i.mark), `"`) + strconv.Itoa(code) + " " + err.Error())
}

// recoded returns a message with the code of its error in its place.
func (i ids) recoded(message []byte) []byte {
	before, after, found := bytes.Cut(message, append([]byte(internalError), i.mark...))
	if !found {
		return message
	}
	code, rest, _ := bytes.Cut(after, []byte(" "))
	return slices.Concat(before, []byte(`{"code":`), code, []byte(`,"message":"`), rest)
}

// show returns a message to the client with the hidden ids in their places.
func (i ids) show(message []byte) []byte {
	message = i.recoded(message)
	before, after, found := bytes.Cut(message, i.mark)
	if !found {
		return message
	}
	shown := bytes.Clone(before)
	for found {
		hidden, rest, _ := bytes.Cut(after, []byte(`"`))
		if id, err := hex.DecodeString(string(hidden)); err == nil {
			shown = append(shown, id...)
		} else {
			shown = strconv.AppendQuote(shown, string(hidden))
		}
		before, after, found = bytes.Cut(rest, i.mark)
		shown = append(shown, before...)
	}
	return shown
}
