package apiclient

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestAKeyGivenTwiceIsFoundWhereverItStands(t *testing.T) {
	for body, once := range map[string]bool{
		`{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}`:          true,
		`{"a":"b","b":"a,\"a\":1"}`:                          true,
		`{"fields":{"name":1,"Name":2},"x":[1,"x",2]}`:       true,
		`[{"a":1},{"a":1}]`:                                  true,
		`{"a\\":1,"a":2}`:                                    true,
		`{"a":1,"a":1}`:                                      false,
		`{"a":1,"A":1}`:                                      false,
		`{"a":1,"\u0061":1}`:                                 false,
		`{"x":[{"y":{"b":[],"c":{},"b":0}}]}`:                false,
		`{"fields":{"name":1,"Name":2,"name":3}}`:            false,
		`{"fields":{"v":{"name":1,"Name":2}}}`:               false,
		`{"x":["fields",{"name":1,"Name":2}]}`:               false,
		`{"a":{"fields":{}},"fields":[{"name":1,"NAME":2}]}`: false,
	} {
		if err := saysOnce([]byte(body)); (err == nil) != once {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzSaysOnce holds it against package json, which reads the same text token by token.
func FuzzSaysOnce(f *testing.F) {
	f.Add([]byte(`{"data":{"id":"x","fields":{"a":null,"A":[1,{"b":"\"}"}]},"list_ids":[1,2]},"data":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			return
		}
		if err := saysOnce(body); (err == nil) != tokensSayOnce(body) {
			t.Errorf("%q: %v", body, err)
		}
	})
}

func tokensSayOnce(body []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value func(areFields bool) bool
	value = func(areFields bool) bool {
		token, err := decoder.Token()
		if err != nil {
			return true
		}
		switch token {
		case json.Delim('['):
			for decoder.More() {
				if !value(false) {
					return false
				}
			}
			_, err = decoder.Token()
		case json.Delim('{'):
			seen := map[string]bool{}
			for decoder.More() {
				name, _ := decoder.Token()
				key, _ := name.(string)
				if !areFields {
					key = strings.ToLower(key)
				}
				if seen[key] || !value(key == "fields") {
					return false
				}
				seen[key] = true
			}
			_, err = decoder.Token()
		}
		return err == nil
	}
	return value(false)
}
