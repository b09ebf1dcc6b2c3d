package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/tools"
)

const (
	accepts  = `{"action":"accept","content":{}}`
	declines = `{"action":"decline"}`
)

// asksWhom asks about the person by name, in whatever state the test says they are in.
func asksWhom(state *string) func(*tools.Toolbox, context.Context, *greetInput) (*tools.Question, error) {
	return func(_ *tools.Toolbox, _ context.Context, in *greetInput) (*tools.Question, error) {
		text := func(context.Context) (string, error) { return "Really greet " + in.Name + "?", nil }
		return &tools.Question{Subject: "person" + *state, Text: text}, nil
	}
}

// asked is the answer to a call of a 2026-07-28 client: a question with its seal, or a text.
type asked struct {
	ResultType    string `json:"resultType"`
	RequestState  string `json:"requestState"`
	InputRequests map[string]struct {
		Method string `json:"method"`
		Params struct {
			Message string `json:"message"`
		} `json:"params"`
	} `json:"inputRequests"`
	text string
}

// modernCall calls a tool as a 2026-07-28 client does, without a transport; answer and seal are left out where empty.
func modernCall(t *testing.T, s *Server, tool, arguments, answer, seal string) asked {
	t.Helper()
	params := fmt.Sprintf(`"name":%q,"arguments":%s,`, tool, arguments)
	if answer != "" {
		params += `"inputResponses":{"confirm":` + answer + `},`
	}
	if seal != "" {
		params += fmt.Sprintf(`"requestState":%q,`, seal)
	}
	body, _ := modern(1, "tools/call", tool, params)
	encoded, err := json.Marshal(s.mcp.HandleMessage(t.Context(), json.RawMessage(body)))
	if err != nil {
		t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(encoded, &m); err != nil {
		t.Fatal(err)
	}
	var got asked
	if err := json.Unmarshal(m.Result, &got); err != nil {
		t.Fatalf("%v: %s", err, encoded)
	}
	if got.ResultType != "input_required" {
		got.text = text(t, m)
	}
	return got
}

func (a asked) isQuestion(t *testing.T, text string) {
	t.Helper()
	question := a.InputRequests[confirmKey]
	if a.ResultType != "input_required" || question.Method != "elicitation/create" || question.Params.Message != text {
		t.Errorf("want the question %q, got %+v", text, a)
	}
}

func (a asked) says(t *testing.T, start string) {
	t.Helper()
	if !strings.HasPrefix(a.text, start) || a.text == "" {
		t.Errorf("want %q, got %+v", start, a)
	}
}

const ada, mary = `{"name":"Ada"}`, `{"name":"Mary"}`

func TestAModernClientIsAnsweredWithTheQuestionAndRepeatsTheCall(t *testing.T) {
	state := ""
	s := newToolServer(t, greet(t, "greet", tools.Destroys, asksWhom(&state)))
	for answer, want := range map[string]string{accepts: "Hello, Ada!", declines: "[cancelled]", `{"action":"cancel"}`: "[cancelled]", `{}`: "[cancelled]"} {
		question := modernCall(t, s, "greet", ada, "", "")
		question.isQuestion(t, "Really greet Ada?")
		modernCall(t, s, "greet", ada, answer, question.RequestState).says(t, want)
	}
}

func TestOnlyAnAnswerToThisQuestionCounts(t *testing.T) {
	for name, test := range map[string]struct {
		// answer repeats a call that was asked about with a seal, as a client that is not honest would.
		answer func(t *testing.T, s *Server, seal string, state *string) asked
		asks   string
	}{
		"no seal": {func(t *testing.T, s *Server, _ string, _ *string) asked {
			return modernCall(t, s, "greet", ada, accepts, "")
		}, "Ada"},
		"a seal without an answer": {func(t *testing.T, s *Server, seal string, _ *string) asked {
			return modernCall(t, s, "greet", ada, "", seal)
		}, "Ada"},
		"an invented seal": {func(t *testing.T, s *Server, _ string, _ *string) asked {
			return modernCall(t, s, "greet", ada, accepts, "let me")
		}, "Ada"},
		"a seal by another key": {func(t *testing.T, s *Server, _ string, _ *string) asked {
			return modernCall(t, s, "greet", ada, accepts, newSeals().issue("greet: person", []byte(ada)))
		}, "Ada"},
		"other arguments": {func(t *testing.T, s *Server, seal string, _ *string) asked {
			return modernCall(t, s, "greet", mary, accepts, seal)
		}, "Mary"},
		"another tool": {func(t *testing.T, s *Server, seal string, _ *string) asked {
			return modernCall(t, s, "embrace", ada, accepts, seal)
		}, "Ada"},
		"what is at stake has changed": {func(t *testing.T, s *Server, seal string, state *string) asked {
			*state = ", just married"
			return modernCall(t, s, "greet", ada, accepts, seal)
		}, "Ada"},
		"a second time": {func(t *testing.T, s *Server, seal string, _ *string) asked {
			modernCall(t, s, "greet", ada, accepts, seal).says(t, "Hello, Ada!")
			return modernCall(t, s, "greet", ada, accepts, seal)
		}, "Ada"},
		"after a refusal": {func(t *testing.T, s *Server, seal string, _ *string) asked {
			modernCall(t, s, "greet", ada, declines, seal).says(t, "[cancelled]")
			return modernCall(t, s, "greet", ada, accepts, seal)
		}, "Ada"},
		"a server that was started again": {func(t *testing.T, _ *Server, seal string, state *string) asked {
			return modernCall(t, newToolServer(t, greet(t, "greet", tools.Destroys, asksWhom(state))), "greet", ada, accepts, seal)
		}, "Ada"},
	} {
		t.Run(name, func(t *testing.T) {
			state := ""
			s := newToolServer(t, greet(t, "greet", tools.Destroys, asksWhom(&state)), greet(t, "embrace", tools.Destroys, asksWhom(&state)))
			seal := modernCall(t, s, "greet", ada, "", "").RequestState
			again := test.answer(t, s, seal, &state)
			again.isQuestion(t, "Really greet "+test.asks+"?")
			if again.RequestState == seal {
				t.Error("the seal is the same again")
			}
		})
	}
}

func TestASealThatWasAlteredAnywhereIsWorthless(t *testing.T) {
	s := newSeals()
	seal := s.issue("greet: person", []byte(ada))
	sealed, err := base64.RawURLEncoding.DecodeString(seal)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		altered := append([]byte(nil), sealed...)
		altered[i] ^= 1
		if s.redeem(base64.RawURLEncoding.EncodeToString(altered), "greet: person", []byte(ada)) {
			t.Errorf("byte %d was altered and nobody noticed", i)
		}
	}
	for _, altered := range []string{"", seal[1:], seal[:len(seal)-1], seal + "A", seal + seal, seal + "="} {
		if s.redeem(altered, "greet: person", []byte(ada)) {
			t.Errorf("%q was taken", altered)
		}
	}
	// Letters must not be able to move from the subject to the arguments.
	if s.redeem(seal, "greet: perso", []byte("n"+ada)) {
		t.Error("subject and arguments run together")
	}
	if !s.redeem(seal, "greet: person", []byte(ada)) {
		t.Error("the seal itself is worthless")
	}
}

func TestAnAnswerThatComesTooLateIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := ""
		s := newToolServer(t, greet(t, "greet", tools.Destroys, asksWhom(&state)))
		late, inTime := modernCall(t, s, "greet", ada, "", ""), modernCall(t, s, "greet", ada, "", "")
		time.Sleep(sealLife - time.Second)
		modernCall(t, s, "greet", ada, accepts, inTime.RequestState).says(t, "Hello, Ada!")
		time.Sleep(time.Second)
		modernCall(t, s, "greet", ada, accepts, late.RequestState).isQuestion(t, "Really greet Ada?")
	})
}

func TestAnAnswerCountsOnceHoweverManyCallsCarryIt(t *testing.T) {
	s := newSeals()
	seal := s.issue("it", nil)
	var counted atomic.Int32
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() {
			if s.redeem(seal, "it", nil) {
				counted.Add(1)
			}
		})
	}
	calls.Wait()
	if counted.Load() != 1 {
		t.Errorf("it counted %d times", counted.Load())
	}
}

func TestTheMemoryOfUsedSealsIsBoundedAndForgetsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSeals()
		first, unused := s.issue("it", nil), s.issue("it", nil)
		if !s.redeem(first, "it", nil) {
			t.Fatal("the first is worthless")
		}
		for range 3 * maxSpent {
			if !s.redeem(s.issue("it", nil), "it", nil) {
				t.Fatal("a fresh seal is worthless")
			}
			if len(s.spent) > maxSpent {
				t.Fatalf("%d are remembered", len(s.spent))
			}
		}
		if s.redeem(first, "it", nil) || s.redeem(unused, "it", nil) {
			t.Error("a seal outlived the memory of the used ones")
		}
		time.Sleep(sealLife)
		if !s.redeem(s.issue("it", nil), "it", nil) || len(s.spent) != 1 {
			t.Errorf("%d are remembered after all have expired", len(s.spent))
		}
	})
}

func TestAnEarlierClientCannotSendItsAnswerAlong(t *testing.T) {
	state := ""
	s := newToolServer(t, greet(t, "greet", tools.Destroys, asksWhom(&state)))
	seal := modernCall(t, s, "greet", ada, "", "").RequestState
	client := serveStdio(t, s)
	client.send(strings.Replace(initialize, `"capabilities":{}`, `"capabilities":{"elicitation":{}}`, 1))
	client.next()
	client.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":%s,`+
		`"inputResponses":{"confirm":%s},"requestState":%q}}`, ada, accepts, seal))
	question := client.next()
	if question.Method != "elicitation/create" {
		t.Fatalf("want a question, got %+v", question)
	}
	client.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, question.ID, declines))
	if got := text(t, client.next()); !strings.HasPrefix(got, "[cancelled]") {
		t.Errorf("answered %q", got)
	}
}
