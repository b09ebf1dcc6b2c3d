package emulator

import (
	"bytes"
	"encoding/json"
)

// problems are validation messages by key, in the order the keys were first used.
type problems []problem

type problem struct {
	key      string
	messages []string
}

func (p *problems) add(key string, messages ...string) {
	for i := range *p {
		if (*p)[i].key == key {
			(*p)[i].messages = append((*p)[i].messages, messages...)
			return
		}
	}
	*p = append(*p, problem{key, messages})
}

// one returns a single problem.
func one(key, message string) problems { return problems{{key, []string{message}}} }

// MarshalJSON writes {"key":["message"]}.
func (p problems) MarshalJSON() ([]byte, error) {
	return marshalObject(len(p), func(i int) (string, any) { return p[i].key, p[i].messages })
}

// nestedProblems are the same in the other shape, {"key":[["message"]]}.
type nestedProblems []problem

// MarshalJSON writes {"key":[["message"]]}.
func (p nestedProblems) MarshalJSON() ([]byte, error) {
	return marshalObject(len(p), func(i int) (string, any) { return p[i].key, [][]string{p[i].messages} })
}

// marshalObject writes an object whose keys keep their order.
func marshalObject(n int, member func(i int) (string, any)) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		key, value := member(i)
		k, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		out.Write(k)
		out.WriteByte(':')
		out.Write(v)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
