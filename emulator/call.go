package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errTooLarge = errors.New("request body too large")

// call is one request on its way through an endpoint.
type call struct {
	emulator *Emulator
	account  *account
	request  *http.Request
	route    route
	now      time.Time
	body     []byte
	params   params
}

// params is a JSON object whose values are not decoded yet, so that a wrong type can be told from a missing value.
type params map[string]json.RawMessage

// given reports whether the key is there with a value other than null.
func (p params) given(key string) bool {
	raw, ok := p[key]
	return ok && !isNull(raw)
}

// text returns the string under key. Without a string there, problem is one of the API's messages.
func (p params) text(key string) (s, problem string) {
	if !p.given(key) {
		return "", "can't be blank"
	}
	if json.Unmarshal(p[key], &s) != nil {
		return "", "must be a string"
	}
	if strings.TrimSpace(s) == "" {
		return "", "can't be blank"
	}
	return s, ""
}

// object returns the object under key; ok is false if something else stands there.
func (p params) object(key string) (object params, ok bool) {
	if !p.given(key) {
		return nil, true
	}
	ok = json.Unmarshal(p[key], &object) == nil
	return object, ok
}

// ids returns the array of positive integers under key, ascending and without doubles. With ok false something else
// stands there as well, and ids are those that are well-formed.
func (p params) ids(key string) (ids []int64, ok bool) {
	if !p.given(key) {
		return nil, true
	}
	var items []json.RawMessage
	if json.Unmarshal(p[key], &items) != nil {
		return nil, false
	}
	ok = true
	for _, item := range items {
		id, err := strconv.ParseInt(string(item), 10, 64)
		if err != nil || id < 1 {
			ok = false
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), ok
}

func isNull(raw json.RawMessage) bool { return bytes.Equal(raw, []byte("null")) }

// readParams decodes the JSON body of a write and reports whether it is JSON at all. A body that is no object, or that
// is not declared as JSON, counts as one without parameters (unknown; it is how the framework behind the real API,
// Rails, treats them).
func (c *call) readParams() bool {
	if c.request.Method == http.MethodGet || c.request.Method == http.MethodDelete || len(bytes.TrimSpace(c.body)) == 0 {
		return true
	}
	mediaType, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if mediaType != "application/json" {
		return true
	}
	err := json.Unmarshal(c.body, &c.params)
	var syntax *json.SyntaxError
	return !errors.As(err, &syntax)
}

// number returns the identifier in the path as a number; 0, which nothing has, if it is none.
func (c *call) number() int64 {
	n, err := strconv.ParseInt(c.route.ident, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// readBody reads the whole body, or maxBody bytes of it and errTooLarge.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		return body[:maxBody], errTooLarge
	}
	return body, err
}

// requestToken returns the API token the request carries. With both headers present the Authorization header counts;
// what the real API does then is unknown.
func requestToken(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return r.Header.Get("Api-Token")
}

// tokenSeen reports whether the request carries credentials of either kind.
func tokenSeen(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || r.Header.Get("Api-Token") != ""
}
