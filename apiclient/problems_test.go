package apiclient

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/fault"
)

// The shapes E1 to E14 of the catalogue of error bodies, and what else a proxy may say.
var shapes = []struct {
	name     string
	status   int
	body     string
	html     bool
	kind     Kind
	code     fault.Code
	problems []Problem
	rows     []RowProblem
}{
	{"E1 a string under error", 401, `{"error":"Incorrect API token"}`, false, Unauthorized, fault.Unauthorized, []Problem{{"", "Incorrect API token"}}, nil},
	{"E2 not found", 404, `{"error":"Not Found"}`, false, NotFound, fault.NotFound, []Problem{{"", "Not Found"}}, nil},
	{"E3 not found under errors", 404, `{"errors":"Contact(s) not found"}`, false, NotFound, fault.NotFound, []Problem{{"", "Contact(s) not found"}}, nil},
	{"E4 forbidden", 403, `{"errors":"Account access forbidden"}`, false, Forbidden, fault.Forbidden, []Problem{{"", "Account access forbidden"}}, nil},
	{"E5 unexpected error", 501, `{"errors":"Unexpected error"}`, false, ServerFailed, fault.UpstreamError, []Problem{{"", "Unexpected error"}}, nil},
	{"E6 flat lists", 422, `{"errors":{"name":["can't be blank","must be a string"],"base":["x"]}}`, false, Refused, fault.InvalidInput,
		[]Problem{{"base", "x"}, {"name", "can't be blank"}, {"name", "must be a string"}}, nil},
	{"E7 lists in lists", 422, `{"errors":{"email":[["is invalid","is too long"]],"birthdate":[["is invalid"],["or else"]]}}`, false, Refused, fault.InvalidInput,
		[]Problem{{"birthdate", "is invalid"}, {"birthdate", "or else"}, {"email", "is invalid"}, {"email", "is too long"}}, nil},
	{"E8 a string as value", 422, `{"errors":{"filters":"invalid"}}`, false, Refused, fault.InvalidInput, []Problem{{"filters", "invalid"}}, nil},
	{"E9 rows of an import", 422, `{"errors":[{"email":"a@b.co","errors":{"base":["contacts limit reached"],"fields":["contains invalid values: x"]}},{"email":"c","errors":{"email":["is invalid"]}}]}`,
		false, Refused, fault.InvalidInput, nil,
		[]RowProblem{{"a@b.co", []Problem{{"base", "contacts limit reached"}, {"fields", "contains invalid values: x"}}}, {"c", []Problem{{"email", "is invalid"}}}}},
	{"E10 a list of objects", 422, `{"errors":[{"base":["contacts are required"]}]}`, false, Refused, fault.InvalidInput, []Problem{{"base", "contacts are required"}}, nil},
	{"E11 one row as an object", 422, `{"errors":{"email":"x","errors":{"email":["is invalid"]}}}`, false, Refused, fault.InvalidInput, nil,
		[]RowProblem{{"x", []Problem{{"email", "is invalid"}}}}},
	{"E12 a write in flight", 409, `{"errors":"Contact exists"}`, false, Conflict, fault.Conflict, []Problem{{"", "Contact exists"}}, nil},
	{"E13 a missing wrapper", 422, `{"errors":"Please, provide top level key: contact"}`, false, Refused, fault.InvalidInput, []Problem{{"", "Please, provide top level key: contact"}}, nil},
	{"E14 an empty page", 400, ``, true, Refused, fault.InvalidInput, nil, nil},
	{"E14 a page for an unknown path", 404, "<!DOCTYPE html>\n<html><head><title>Page\n not found</title></head></html>", true, NotFound, fault.NotFound,
		[]Problem{{"", "an HTML page titled Page not found"}}, nil},
	{"a page that is not declared as one", 403, ` <HTML><TITLE lang="en">Attention Required! | Cloudflare</TITLE>`, false, Forbidden, fault.Forbidden,
		[]Problem{{"", "an HTML page titled Attention Required! | Cloudflare"}}, nil},
	{"a page without a title", 413, `<html>`, true, TooLarge, fault.LimitReached, []Problem{{"", "an HTML page"}}, nil},
	{"plain words", 400, "Bad\x00 Request\n", false, Refused, fault.InvalidInput, []Problem{{"", "Bad Request"}}, nil},
	{"a bare string", 400, `"no"`, false, Refused, fault.InvalidInput, []Problem{{"", "no"}}, nil},
	{"a bare list", 400, `["no","never"]`, false, Refused, fault.InvalidInput, []Problem{{"", "no"}, {"", "never"}}, nil},
	{"null", 400, `null`, false, Refused, fault.InvalidInput, nil, nil},
	{"an object with other keys", 400, `{"status":418,"reason":["a teapot"],"ok":false}`, false, Refused, fault.InvalidInput,
		[]Problem{{"ok", "false"}, {"reason", "a teapot"}, {"status", "418"}}, nil},
	{"nothing under errors and a word elsewhere", 400, `{"errors":null,"detail":"too odd"}`, false, Refused, fault.InvalidInput, []Problem{{"detail", "too odd"}}, nil},
	{"error and errors at once", 400, `{"error":"one","errors":["two"],"message":"three"}`, false, Refused, fault.InvalidInput,
		[]Problem{{"", "one"}, {"", "two"}, {"", "three"}}, nil},
	{"blank messages", 422, `{"errors":{"base":["", " "],"name":["x"]}}`, false, Refused, fault.InvalidInput, []Problem{{"name", "x"}}, nil},
	{"a row in a row", 422, `{"errors":[{"email":"a","errors":{"email":"b","errors":["deep"]}}]}`, false, Refused, fault.InvalidInput, nil,
		[]RowProblem{{"a", nil}, {"b", []Problem{{"", "deep"}}}}},
	{"a row with a word beside its errors", 422, `{"errors":[{"email":"a","errors":["x"],"row":3,"hint":"see help"}]}`, false, Refused, fault.InvalidInput, nil,
		[]RowProblem{{"a", []Problem{{"", "x"}, {"hint", "see help"}, {"row", "3"}}}}},
	{"objects in objects", 422, `{"errors":{"fields":{"age":{"value":["is invalid"]}}}}`, false, Refused, fault.InvalidInput, []Problem{{"fields.age.value", "is invalid"}}, nil},
}

func TestReadsEveryShapeOfError(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			contentType := "application/json; charset=utf-8"
			if s.html {
				contentType = "text/html; charset=UTF-8"
			}
			network := always(s.status, s.body, "Content-Type", contentType)
			c := newClient(t, Config{Account: TokenScoped, Transport: network})
			_, err := c.CreateList(context.Background(), "x")
			failed := apiError(t, err)
			if failed.Kind != s.kind || failed.Status != s.status {
				t.Errorf("got kind %d, status %d; want %d, %d", failed.Kind, failed.Status, s.kind, s.status)
			}
			if diff := cmp.Diff(s.problems, failed.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.rows, failed.Rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if s.kind == ServerFailed {
				s.code = fault.OutcomeUnknown // a create that failed may have been carried out
			}
			wantFault(t, err, s.code)
			if len(network.sent()) != 1 {
				t.Errorf("sent %d requests", len(network.sent()))
			}
		})
	}
}

func TestAnAgentReadsWhatTheAPISaid(t *testing.T) {
	network := always(422, `{"errors":{"email":[["is invalid"]],"base":["same \"list_ids\""]}}`)
	c := newClient(t, Config{Account: TokenScoped, Transport: network})
	_, err := c.CreateList(context.Background(), "x")
	const want = `[invalid_input] Mailtrap refused the request. It says: base: "same \"list_ids\""; email: "is invalid". Correct what it names and repeat the call.`
	if got := fault.From(err).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestARefusalWithoutAReasonSaysSo(t *testing.T) {
	c := newClient(t, Config{Account: TokenScoped, Transport: always(400, "")})
	_, err := c.CreateList(context.Background(), "x")
	if got := fault.From(err).Error(); !strings.Contains(got, "It gives no reason.") {
		t.Error(got)
	}
}

func TestThousandsOfMessagesMakeAShortAnswer(t *testing.T) {
	var rows []string
	for i := range 20_000 {
		rows = append(rows, fmt.Sprintf(`{"email":"%d\u202e%s@example.com","errors":{"fields":["is %s"]}}`, i, strings.Repeat("x", 300), strings.Repeat("bad ", 100)))
	}
	c := newClient(t, Config{Account: TokenScoped, Transport: always(422, `{"errors":[`+strings.Join(rows, ",")+`]}`)})
	err := createImport(context.Background(), c)
	if failed := apiError(t, err); len(failed.Rows) != 20_000 {
		t.Errorf("%d rows are kept", len(failed.Rows))
	}
	shown := fault.From(err).Error()
	if len(shown) > 3000 || !strings.Contains(shown, "and 19,992 more") || strings.Contains(shown, "\u202e") {
		t.Errorf("%d bytes: %s", len(shown), shown)
	}
}

func TestANestedBodyIsReadInBoundedMemory(t *testing.T) {
	deep := func(key int) []byte {
		return []byte(strings.Repeat(`{"`+strings.Repeat("k", key)+`":`, 9000) + `"bottom"` + strings.Repeat("}", 9000))
	}
	problems, _ := readProblems(deep(20), "application/json")
	if len(problems) != 1 || problems[0].Text != "bottom" || len(problems[0].Where) > 3000 {
		t.Errorf("got %d problems", len(problems))
	}
	for name, body := range map[string][]byte{
		"deep":        deep(1000),
		"broad":       []byte(strings.Repeat("[],", 1<<20) + "[]"),
		"rows":        []byte(`{"errors":[` + strings.Repeat("[],", 1<<20) + "[]]}"),
		"half a list": []byte(`{"errors":["x",` + strings.Repeat("[],", 1<<20)),
	} {
		before := allocated()
		problems, _ := readProblems(body, "application/json")
		if used := allocated() - before; used > uint64(20*len(body)) || len(problems) != 1 || len(problems[0].Text) > 400 {
			t.Errorf("%s: %d MB for %d MB, %d problems", name, used>>20, len(body)>>20, len(problems))
		}
	}
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

func TestSaysLooksAtThePlaceAndTheWords(t *testing.T) {
	e := &Error{Problems: []Problem{{"email", "has already been taken"}, {"base", "x"}}}
	for _, c := range []struct {
		where, phrase string
		want          bool
	}{{"email", "already been taken", true}, {"base", "already been taken", false}, {"name", "x", false}} {
		if got := e.Says(c.where, c.phrase); got != c.want {
			t.Errorf("Says(%s, %s) is %v", c.where, c.phrase, got)
		}
	}
}
