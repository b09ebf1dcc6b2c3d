package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pair is one known exchange with the real API, of a stated confidence.
type pair struct {
	Name       string            `json:"name"`
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Request    json.RawMessage   `json:"request_body"`
	Status     int               `json:"status"`
	Response   json.RawMessage   `json:"response_body"`
	Headers    map[string]string `json:"headers"`
	Confidence string            `json:"confidence"`
}

func (p pair) recorded() bool { return strings.HasPrefix(p.Confidence, "recorded") }

// binding reports whether the pair has to hold.
func (p pair) binding() bool { return p.recorded() || strings.HasPrefix(p.Confidence, "spec") }

func TestAnswersLikeTheKnownExchanges(t *testing.T) {
	raw, err := os.ReadFile("testdata/pairs.json")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	if err := json.Unmarshal(raw, &pairs); err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		t.Run(p.Name, func(t *testing.T) {
			c, ok := pairCases[p.Name]
			switch {
			case !ok:
				t.Fatal("no case in the table for this pair")
			case c.contradicted != "" && p.binding():
				t.Fatal("a recorded or specified pair cannot be left out")
			case c.contradicted != "":
				t.Skip(c.contradicted)
			}
			c.run(t, p)
		})
	}
	if len(pairs) != len(pairCases) {
		t.Errorf("%d pairs, but %d cases", len(pairs), len(pairCases))
	}
}

func (c pairCase) run(t *testing.T, p pair) {
	at := c.at
	if at.IsZero() {
		at = time.UnixMilli(1742820600230)
	}
	now := &clock{at}
	config := c.config
	config.Now = now.Now
	if config.Accounts == nil && c.account != 0 {
		config.Accounts = []Account{{ID: c.account}}
	}
	e := New(config)
	if c.seed != nil {
		c.seed(e, now)
	}
	if c.check != nil {
		c.check(t, e, p)
		return
	}
	request := string(p.Request)
	if c.request != "" {
		request = c.request
	}
	if request == "null" {
		request = ""
	}
	token := Token
	if c.badToken {
		token = "wrong"
	}
	got := send(e, p.Method, p.Path, request, "Authorization", "Bearer "+token)
	if got.status != p.Status {
		t.Fatalf("got %d %s, want %d", got.status, got.body, p.Status)
	}
	comparePairHeaders(t, p, got)
	c.compareBody(t, p, got)
}

// compareBody compares the bodies, except for what the case says can differ.
func (c pairCase) compareBody(t *testing.T, p pair, got reply) {
	t.Helper()
	if string(p.Response) == "null" {
		if got.body != "" || got.header.Get("Content-Type") != "" {
			t.Errorf("got body %q of type %q, want none", got.body, got.header.Get("Content-Type"))
		}
		return
	}
	if strings.Contains(string(p.Response), "<html") {
		if strings.HasPrefix(got.body, "{") || !strings.Contains(got.body, "<html") {
			t.Errorf("got %q, want an HTML page", got.body)
		}
		return
	}
	if p.recorded() {
		if diff := cmp.Diff(keyOrder(t, string(p.Response)), keyOrder(t, got.body)); diff != "" {
			t.Errorf("key order (-want +got):\n%s", diff)
		}
	}
	var want, have any
	if err := json.Unmarshal(p.Response, &want); err != nil {
		t.Fatal(err)
	}
	have = decode[any](t, got)
	for path, format := range c.unequal {
		value := take(t, have, path)
		if text := fmt.Sprint(value); !regexp.MustCompile("^(" + format + ")$").MatchString(text) {
			t.Errorf("%s is %q, want a match of %s", path, text, format)
		}
		takeIfThere(want, path)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

var etagFormat = regexp.MustCompile(`^W/"[0-9a-f]{32}"$`)

// comparePairHeaders compares constant headers by value, the others by format.
func comparePairHeaders(t *testing.T, p pair, got reply) {
	t.Helper()
	for name, want := range p.Headers {
		have := got.header.Get(name)
		switch {
		case name == "Etag":
			if !etagFormat.MatchString(have) {
				t.Errorf("Etag is %q", have)
			}
		case name == "X-Ratelimit-Remaining":
			if n, err := strconv.Atoi(have); err != nil || n < 0 || n > 149 {
				t.Errorf("%s is %q", name, have)
			}
		case name == "Content-Type" && want == "text/html":
			if !strings.HasPrefix(have, want) {
				t.Errorf("Content-Type is %q", have)
			}
		case have != want:
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
	if p.recorded() && p.Headers["Etag"] == "" && p.Status >= 300 && got.header.Get("Etag") != "" {
		t.Errorf("an error has Etag %q", got.header.Get("Etag"))
	}
}

// keyOrder lists the keys of all objects in the order they stand in the document.
func keyOrder(t *testing.T, document string) []string {
	t.Helper()
	var keys []string
	var walk func(*json.Decoder)
	walk = func(d *json.Decoder) {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", document, err)
		}
		open, ok := token.(json.Delim)
		if !ok {
			return
		}
		for d.More() {
			if open == '{' {
				key, _ := d.Token()
				keys = append(keys, key.(string))
			}
			walk(d)
		}
		_, _ = d.Token() // the closing bracket
	}
	walk(json.NewDecoder(strings.NewReader(document)))
	return keys
}

// take removes and returns the value at a path such as data.id.
func take(t *testing.T, document any, path string) any {
	t.Helper()
	value, ok := takeIfThere(document, path)
	if !ok {
		t.Fatalf("no %s in %v", path, document)
	}
	return value
}

func takeIfThere(document any, path string) (any, bool) {
	head, rest, deeper := strings.Cut(path, ".")
	object, ok := document.(map[string]any)
	if !ok {
		if array, isArray := document.([]any); isArray && head == "0" && len(array) > 0 {
			return takeIfThere(array[0], rest)
		}
		return nil, false
	}
	if deeper {
		return takeIfThere(object[head], rest)
	}
	value, ok := object[head]
	delete(object, head)
	return value, ok
}

// expectPart checks a status and that the body contains a text.
func expectPart(t *testing.T, e http.Handler, p pair, request string, part string) {
	t.Helper()
	got := send(e, p.Method, p.Path, request)
	if got.status != p.Status || !strings.Contains(got.body, part) {
		t.Errorf("%.200s\n got %d %s\nwant %d with %s", request, got.status, got.body, p.Status, part)
	}
}
