package apiclient

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/fault"
)

// Guarantee 5.3.
func TestCountsOfAnImportAreWholeNumbersOrUnknown(t *testing.T) {
	for told, want := range map[string]Count{
		`12`: 12, `"12"`: 12, `12.0`: 12, `0`: 0, `1000000000000007`: 1000000000000007,
		`-5`: UnknownCount, `1.5`: UnknownCount, `"a few"`: UnknownCount, `null`: UnknownCount, `{}`: UnknownCount, `true`: UnknownCount, `1e300`: UnknownCount, `"NaN"`: UnknownCount, `""`: UnknownCount,
	} {
		c := newClient(t, Config{Account: TokenScoped, Transport: always(200, `{"id":7,"status":"Finished","created_contacts_count":`+told+`,"updated_contacts_count":3}`)})
		got, err := c.Import(context.Background(), 7)
		if err != nil || got.Created != want || got.Updated != 3 || got.OverLimit != UnknownCount || !got.Done() {
			t.Errorf("%s: got %+v, %v", told, got, err)
		}
	}
}

// Guarantee 5.3.
func TestAnAnswerAboutSomethingElseIsNone(t *testing.T) {
	contact := func(id, email, rest string) string {
		return fmt.Sprintf(`{"data":{"id":%q,"email":%q,"status":"subscribed","fields":{},"list_ids":[]}%s}`, id, email, rest)
	}
	const other = "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a999"
	update := func(by ContactRef) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			_, _, err := c.UpdateContact(ctx, by, ContactChange{Email: anEmail})
			return err
		}
	}
	get := func(by ContactRef) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error { _, err := c.GetContact(ctx, by); return err }
	}
	lists := func(ctx context.Context, c *Client) error { _, err := c.Lists(ctx); return err }
	fields := func(ctx context.Context, c *Client) error { _, err := c.Fields(ctx); return err }
	byEmail, byID := ContactRef{value: anEmail}, ContactID(aUUID)
	for name, c := range map[string]struct {
		body string
		do   func(context.Context, *Client) error
		want fault.Code // empty: it is an answer
	}{
		"the contact":             {contact(aUUID, anEmail, ""), get(byEmail), ""},
		"the contact in capitals": {contact(strings.ToUpper(aUUID), "ANNA@example.com", ""), get(byID), ""},
		"another address":         {contact(aUUID, "eve@example.com", ""), get(byEmail), fault.UpstreamError},
		"another id":              {contact(other, anEmail, ""), get(byID), fault.UpstreamError},
		"no status":               {strings.Replace(contact(aUUID, anEmail, ""), "subscribed", "", 1), get(byID), fault.UpstreamError},
		"no status after a create": {strings.Replace(contact(aUUID, anEmail, ""), "subscribed", "", 1), func(ctx context.Context, c *Client) error {
			_, err := c.CreateContact(ctx, NewContact{Email: anEmail})
			return err
		}, fault.OutcomeUnknown},
		"no status after an update":      {strings.Replace(contact(aUUID, anEmail, `,"action":"updated"`), "subscribed", "", 1), update(byID), ""},
		"a list of id 0":                 {strings.Replace(contact(aUUID, anEmail, ""), "[]", "[0]", 1), get(byID), fault.UpstreamError},
		"two statuses":                   {strings.Replace(contact(aUUID, anEmail, ""), `"status"`, `"status":"unsubscribed","status"`, 1), get(byID), fault.UpstreamError},
		"two statuses, one in capitals":  {strings.Replace(contact(aUUID, anEmail, ""), `"status"`, `"status":"unsubscribed","Status"`, 1), get(byID), fault.UpstreamError},
		"two values of a field":          {strings.Replace(contact(aUUID, anEmail, ""), `"fields":{`, `"fields":{"a":1,"a":2`, 1), get(byID), fault.UpstreamError},
		"two fields that differ in case": {strings.Replace(contact(aUUID, anEmail, ""), `"fields":{`, `"fields":{"a":1,"A":2`, 1), get(byID), ""},
		"an update of another id":        {contact(other, anEmail, `,"action":"updated"`), update(byID), fault.OutcomeUnknown},
		"an update that created":         {contact(other, anEmail, `,"action":"created"`), update(byID), ""},
		"an action nobody knows":         {contact(aUUID, anEmail, `,"action":"upserted"`), update(byID), fault.OutcomeUnknown},
		"an update of another address":   {contact(other, "eve@example.com", `,"action":"updated"`), update(byEmail), fault.OutcomeUnknown},
		"another contact created": {contact(other, "eve@example.com", ""), func(ctx context.Context, c *Client) error {
			_, err := c.CreateContact(ctx, NewContact{Email: anEmail})
			return err
		}, fault.OutcomeUnknown},
		"another export":              {`{"id":8,"status":"created"}`, func(ctx context.Context, c *Client) error { _, err := c.Export(ctx, 7); return err }, fault.UpstreamError},
		"another list renamed":        {`{"id":8,"name":"x"}`, func(ctx context.Context, c *Client) error { _, err := c.RenameList(ctx, 7, "x"); return err }, fault.OutcomeUnknown},
		"another import":              {`{"id":8,"status":"finished"}`, func(ctx context.Context, c *Client) error { _, err := c.Import(ctx, 7); return err }, fault.UpstreamError},
		"lists as an object":          {`{"data":[]}`, lists, fault.UpstreamError},
		"a list twice":                {`[{"id":1,"name":"a"},{"id":1,"name":"b"}]`, lists, fault.UpstreamError},
		"a list without a name":       {`[{"id":1}]`, lists, fault.UpstreamError},
		"a negative list":             {`[{"id":-1,"name":"a"}]`, lists, fault.UpstreamError},
		"ten thousand lists and more": {"[" + strings.Repeat(`{"id":1,"name":"a"},`, maxItems) + `{"id":2,"name":"b"}]`, lists, fault.UpstreamError},
		"two fields of one tag":       {`[{"id":1,"name":"a","merge_tag":"t","data_type":"text"},{"id":2,"name":"b","merge_tag":"t","data_type":"date"}]`, fields, fault.UpstreamError},
		"a field without a type":      {`[{"id":1,"name":"a","merge_tag":"t"}]`, fields, fault.UpstreamError},
		"no content for a contact":    {"", update(byID), fault.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.do(context.Background(), newClient(t, Config{Account: TokenScoped, Transport: always(200, c.body)}))
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFault(t, err, c.want)
		})
	}
}

func TestAnImpossibleTimeIsAnUnknownOne(t *testing.T) {
	for told, want := range map[string]time.Time{
		`1742903266889`: time.UnixMilli(1742903266889).UTC(), `1742903266889.0`: time.UnixMilli(1742903266889).UTC(), `"2026-04-28T12:40:45.519Z"`: time.Date(2026, 4, 28, 12, 40, 45, 519e6, time.UTC),
		`0`: {}, `-1`: {}, `9007199254740993000`: {}, `9007199254740`: time.UnixMilli(9007199254740).UTC(), `1e30`: {}, `"soon"`: {}, `{}`: {}, `""`: {}, `null`: {}, `"0001-01-01T00:00:00Z"`: {}, `253402300800000`: {},
	} {
		body := `{"data":{"id":"` + aUUID + `","email":"` + anEmail + `","status":"subscribed","created_at":` + told + `}}`
		got, err := newClient(t, Config{Account: TokenScoped, Transport: always(200, body)}).GetContact(context.Background(), ContactID(aUUID))
		if err != nil || !got.CreatedAt.Equal(want) {
			t.Errorf("%s: got %s, %v", told, got.CreatedAt, err)
		}
	}
}

// Guarantee 5.5.
func TestAnImportThatWasSentTwiceSaysSo(t *testing.T) {
	started := answer(201, `{"id":7,"status":"started"}`)
	for name, first := range map[string]func() (*http.Response, error){
		"a connection that broke": failure(&url.Error{Op: "Post", Err: fmt.Errorf("connection reset by peer")}), "500": answer(500, `{"errors":"Unexpected error"}`), "429": answer(429, ""), "at once": started,
	} {
		inBubble(t, name, func(t *testing.T) {
			c := newClient(t, Config{Account: TokenScoped, Transport: inTurn(first, started)})
			got, err := c.CreateImport(context.Background(), oneRow)
			if want := name != "429" && name != "at once"; err != nil || got.Repeated != want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// Guarantee 4.7.
func TestAnAnswerThatQuotesTheTokenIsReadWithoutIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[0-9a-zA-Z]{20,40}`).Draw(t, "token")
		written := rapid.SampledFrom([]func() string{
			func() string { return token },
			func() string { return fmt.Sprintf(`\u%04x`, token[0]) + token[1:] },
			func() string { return base64.StdEncoding.EncodeToString([]byte("x:" + token)) },
		}).Draw(t, "written")()
		said := rapid.StringMatching(`[a-z ]{0,200}`).Draw(t, "before") + written + rapid.StringMatching(`[a-z ]{0,50}`).Draw(t, "after")
		body := rapid.SampledFrom([]string{
			`{"error":"%s"}`, `{"errors":{"%s":["no"]}}`, `{"errors":{"email":[["%s"]]}}`, `<html><title>%s</title>`, `%s`, `{"errors":[{"email":"%s","errors":{"base":["%[1]s"]}}]}`,
		}).Draw(t, "body")
		status := rapid.SampledFrom([]int{200, 302, 401, 403, 404, 409, 413, 422, 501}).Draw(t, "status")
		c, err := New(Config{Token: token, Account: TokenScoped, Transport: always(status, fmt.Sprintf(body, said))})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.CreateImport(context.Background(), oneRow)
		failed, _ := AsError(err)
		for _, shown := range []string{err.Error(), fault.From(err).Error(), fmt.Sprint(failed.Problems, failed.Rows)} {
			for i := 0; i+6 <= len(token); i++ {
				if strings.Contains(shown, token[i:i+6]) {
					t.Fatalf("%q shows %q of %q", shown, token[i:i+6], token)
				}
			}
		}
	})
}
