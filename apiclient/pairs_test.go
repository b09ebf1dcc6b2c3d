package apiclient

import (
	"bytes"
	"context"
	"encoding/json"

	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pair is one known exchange with the real API.
type pair struct {
	Name     string          `json:"name"`
	Method   string          `json:"method"`
	Path     string          `json:"path"`
	Request  json.RawMessage `json:"request_body"`
	Status   int             `json:"status"`
	Response json.RawMessage `json:"response_body"`
}

// unsendable are exchanges whose request this client does not make; their answers have to be understood all the same.
var unsendable = map[string]string{
	"lists_get_200_search":                  "lists are asked for as a whole",
	"contact_create_422_missing_wrapper":    "the wrapper is always there",
	"contacts_collection_get_404_html":      "there is no such endpoint",
	"contact_patch_422_nested":              "ids are numbers",
	"contact_patch_200_add_to_lists":        "the address is always sent",
	"contact_patch_200_remove_from_lists":   "the address is always sent",
	"event_create_422_name_missing":         "the name is always sent",
	"event_create_422_spec_nested":          "the name is a string",
	"list_create_422_wrapped_body":          "the body is flat",
	"field_patch_200_data_type_ignored":     "the type cannot be changed",
	"export_create_422_filters_not_array":   "filters are an array",
	"export_create_422_unknown_filter_name": "filters are typed",
	"export_create_201_no_filters":          "filters are sent empty",
	"export_get_404":                        "ids are positive",
	"campaigns_list_200_search":             "the page is always asked for",
	"campaigns_list_403_without_permission": "the page is always asked for",
}

var accountPrefix = regexp.MustCompile(`^/api(?:/accounts/(\d+))?(/.*)$`)

func TestUnderstandsEveryKnownExchange(t *testing.T) {
	raw, err := os.ReadFile("testdata/pairs.json")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	if err := json.Unmarshal(raw, &pairs); err != nil {
		t.Fatal(err)
	}
	if len(pairs) != 76 {
		t.Errorf("%d pairs, want 76", len(pairs))
	}
	placeholders := strings.NewReplacer(`"<uuidv7>"`, `"`+aUUID+`"`, `"<ms int>"`, "1742820600230", `"<same ms int>"`, "1742820600230")
	for _, p := range pairs {
		p.Response = json.RawMessage(placeholders.Replace(string(p.Response)))
		inBubble(t, p.Name, p.check)
	}
}

func (p pair) check(t *testing.T) {
	contentType, body := "application/json; charset=utf-8", string(p.Response)
	switch {
	case body == "null":
		body = ""
	case strings.HasPrefix(body, `"<html`):
		contentType, body = "text/html; charset=UTF-8", "<!DOCTYPE html><html><head><title>Page not found</title></head></html>"
	}
	network := always(p.Status, body, "Content-Type", contentType)
	parts := accountPrefix.FindStringSubmatch(p.Path)
	account := parts[1]
	if account == "" {
		account = TokenScoped
	}
	c := newClient(t, Config{Account: account, Transport: network})
	c.account.sole = time.Now() // else the accounts are looked at first
	got, err := p.call(t, c, parts[2])
	p.checkRequest(t, network.sent()[0])
	if p.Status < 300 {
		if err != nil {
			t.Fatalf("%v: %v", err, apiError(t, err).Problems)
		}
		p.checkValue(t, got)
		return
	}
	failed := apiError(t, err)
	if failed.Status != p.Status || failed.Kind != kindByStatus[p.Status] {
		t.Errorf("got kind %d, status %d", failed.Kind, failed.Status)
	}
	p.checkMessages(t, failed)
	if strings.Contains(failed.Error(), "@") || strings.Contains(failed.Error(), "%40") {
		t.Errorf("%s shows an address", failed)
	}
}

var kindByStatus = map[int]Kind{401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 422: Refused, 429: Throttled, 500: ServerFailed}

// call makes the request of the pair, or the nearest that the client can make.
func (p pair) call(t *testing.T, c *Client, path string) (any, error) {
	ctx := context.Background()
	plain, query, _ := strings.Cut(path, "?")
	search, _ := url.ParseQuery(query)
	segments := strings.Split(strings.TrimPrefix(plain, "/"), "/")
	last := segments[len(segments)-1]
	id, _ := strconv.ParseInt(last, 10, 64)
	id = max(id, 1)
	switch resource := strings.Join(segments[:min(2, len(segments))], "/"); {
	case resource == "accounts":
		return c.Accounts(ctx)
	case resource == "email_campaigns":
		campaigns, _, err := c.Campaigns(ctx, search.Get("search"), 1)
		return campaigns, err
	case segments[0] == "email_campaigns" && last == "stats":
		campaign, _ := strconv.ParseInt(segments[1], 10, 64)
		return c.CampaignStats(ctx, campaign)
	case segments[0] == "email_campaigns":
		return c.Campaign(ctx, id)
	case resource == "suppressions":
		return c.Suppressions(ctx, SuppressionFilter{})
	case resource == "contacts/lists":
		return p.callLists(c, len(segments), id)
	case resource == "contacts/fields":
		return p.callFields(c, len(segments), id)
	case resource == "contacts/imports" && p.Method == "POST":
		return c.CreateImport(ctx, p.Request)
	case resource == "contacts/imports":
		return c.Import(ctx, id)
	case resource == "contacts/exports" && p.Method == "POST":
		return c.CreateExport(ctx, p.filter())
	case resource == "contacts/exports":
		return c.Export(ctx, id)
	case last == "events":
		return nil, c.CreateEvent(ctx, pairRef(t, segments[1]), decodedEvent(p.Request))
	case p.Method == "POST":
		return c.CreateContact(ctx, decoded[struct{ Contact NewContact }](p.Request).Contact)
	case p.Method == "PATCH":
		contact, created, err := c.UpdateContact(ctx, pairRef(t, last), p.change())
		if err == nil && created != strings.Contains(string(p.Response), `"created"`) {
			t.Errorf("created is %v", created)
		}
		return contact, err
	case p.Method == "DELETE":
		return nil, c.DeleteContact(ctx, pairRef(t, last))
	case last == "contacts":
		return c.GetContact(ctx, pairRef(t, anEmail))
	default:
		return c.GetContact(ctx, pairRef(t, last))
	}
}

func (p pair) callLists(c *Client, segments int, id int64) (any, error) {
	ctx := context.Background()
	name := decoded[struct{ Name string }](p.Request).Name
	switch {
	case p.Method == "POST":
		return c.CreateList(ctx, name)
	case p.Method == "PATCH":
		return c.RenameList(ctx, id, name)
	case p.Method == "DELETE":
		return nil, c.DeleteList(ctx, id)
	case segments == 3:
		return ask(ctx, c, call{method: "GET", route: "/contacts/lists/{list}", of: number(id)}, about[List](id))
	}
	return c.Lists(ctx)
}

func (p pair) callFields(c *Client, segments int, id int64) (any, error) {
	ctx := context.Background()
	switch {
	case p.Method == "POST":
		return c.CreateField(ctx, decoded[Field](p.Request))
	case p.Method == "PATCH":
		return c.UpdateField(ctx, id, decoded[FieldChange](p.Request))
	case p.Method == "DELETE":
		return nil, c.DeleteField(ctx, id)
	case segments == 3:
		return ask(ctx, c, call{method: "GET", route: "/contacts/fields/{field}", of: number(id)}, about[Field](id))
	}
	return c.Fields(ctx)
}

func (p pair) change() ContactChange {
	if _, differs := unsendable[p.Name]; differs {
		return ContactChange{Email: anEmail}
	}
	return decoded[struct{ Contact ContactChange }](p.Request).Contact
}

func (p pair) filter() (filter ExportFilter) {
	if _, differs := unsendable[p.Name]; differs {
		return filter
	}
	for _, condition := range decoded[struct {
		Filters []struct {
			Name  string
			Value json.RawMessage
		}
	}](p.Request).Filters {
		switch condition.Name {
		case "list_id":
			filter.ListIDs = decoded[[]int64](condition.Value)
		case "subscription_status":
			filter.Status = decoded[string](condition.Value)
		}
	}
	return filter
}

// checkRequest compares the request on the wire with the pair's, encoding aside.
func (p pair) checkRequest(t *testing.T, sent sentRequest) {
	t.Helper()
	if sent.header.Get("Authorization") == "" || sent.header.Get("Api-Token") != "" {
		t.Errorf("headers %v, want the token in Authorization and nowhere else", sent.header)
	}
	if _, differs := unsendable[p.Name]; differs {
		return
	}
	wantPath, wantQuery, _ := strings.Cut(p.Path, "?")
	want, _ := url.PathUnescape(wantPath)
	got, err := url.PathUnescape(sent.path)
	if err != nil || sent.method != p.Method || got != want || sent.query != wantQuery {
		t.Errorf("sent %s %s?%s, want %s %s", sent.method, sent.path, sent.query, p.Method, p.Path)
	}
	if string(p.Request) == "null" {
		if sent.body != "" {
			t.Errorf("sent %s, want no body", sent.body)
		}
		return
	}
	if diff := cmp.Diff(exactly(t, string(p.Request)), exactly(t, sent.body)); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// checkValue compares every key of the answer that the type has.
func (p pair) checkValue(t *testing.T, got any) {
	t.Helper()
	if got == nil {
		return
	}
	want := exactly(t, string(p.Response))
	if object, ok := want.(map[string]any); ok && object["data"] != nil {
		want = object["data"]
	}
	encoded, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	compareKnown(t, p.Name, want, exactly(t, string(encoded)))
}

func compareKnown(t *testing.T, at string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		have := got.(map[string]any)
		for key, value := range want {
			if there, known := have[key]; known {
				compareKnown(t, at+"."+key, value, there)
			}
		}
	case []any:
		have := got.([]any)
		if len(have) != len(want) {
			t.Fatalf("%s: %d items, want %d", at, len(have), len(want))
		}
		for i := range want {
			compareKnown(t, at, want[i], have[i])
		}
	default:
		if !sameScalar(want, got) {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
}

// sameScalar knows that times are written anew and that a null is a zero value where the type has none.
func sameScalar(want, got any) bool {
	if reflect.DeepEqual(want, got) || want == nil && got == "" {
		return true
	}
	written, _ := got.(string)
	at, err := time.Parse(time.RFC3339Nano, written)
	if err != nil {
		return false
	}
	if want == nil {
		return at.IsZero()
	}
	if millis, ok := want.(json.Number); ok {
		return strconv.FormatInt(at.UnixMilli(), 10) == millis.String()
	}
	wanted, err := time.Parse(time.RFC3339Nano, want.(string))
	return err == nil && wanted.Equal(at)
}

// checkMessages requires every string of the error body to be in what the Error keeps.
func (p pair) checkMessages(t *testing.T, failed *Error) {
	t.Helper()
	if strings.HasPrefix(string(p.Response), `"`) {
		return
	}
	for _, message := range messages(exactly(t, string(p.Response))) {
		if !keeps(failed, message) {
			t.Errorf("%q is lost: %+v %+v", message, failed.Problems, failed.Rows)
		}
	}
}

// messages are the string leaves of a document.
func messages(document any) []string {
	switch document := document.(type) {
	case string:
		return []string{document}
	case []any:
		var all []string
		for _, item := range document {
			all = append(all, messages(item)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, item := range document {
			all = append(all, messages(item)...)
		}
		return all
	}
	return nil
}

func keeps(failed *Error, message string) bool {
	for _, problem := range failed.Problems {
		if problem.Text == message {
			return true
		}
	}
	for _, row := range failed.Rows {
		if row.Email == message || keeps(&Error{Problems: row.Problems}, message) {
			return true
		}
	}
	return false
}

func pairRef(t *testing.T, segment string) ContactRef {
	t.Helper()
	plain, err := url.PathUnescape(segment)
	if err != nil {
		t.Fatal(err)
	}
	return ref(t, plain)
}

func decoded[T any](raw json.RawMessage) T {
	var v T
	_ = json.Unmarshal(raw, &v) // what does not fit stays zero: the request differs then anyway
	return v
}

func decodedEvent(raw json.RawMessage) Event {
	var event Event
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&event) // as above
	return event
}

// exactly decodes with exact numbers.
func exactly(t *testing.T, document string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return v
}
