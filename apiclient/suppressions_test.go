package apiclient

import (
	"net/http"
	"testing"
)

func TestASuppressionIsSentOnceAndTheAnswerIsAboutIt(t *testing.T) {
	wish := NewSuppression{Email: "ann@example.com", DomainID: 7, Stream: "bulk"}
	const id = `"id":"af4485b5-5181-4fb5-9d41-287c78f708c1"`
	for name, c := range map[string]struct {
		status int
		body   string
		kind   Kind // 0: it works
	}{
		"created":                   {201, `{"data":{` + id + `,"email":"Ann@Example.com"}}`, 0},
		"of another":                {201, `{"data":{` + id + `,"email":"bob@example.com"}}`, Unreadable},
		"without an id":             {201, `{"data":{"email":"ann@example.com"}}`, Unreadable},
		"of a token without rights": {403, `{"errors":"Access forbidden"}`, Forbidden},
		"refused":                   {422, `{"errors":{"email":["has already been taken"]}}`, Refused},
		"failed":                    {500, `{"errors":"Unexpected error"}`, ServerFailed},
	} {
		inBubble(t, name, func(t *testing.T) {
			network := always(c.status, c.body)
			client := newClient(t, Config{Account: "1111111", Transport: network})
			_, err := client.CreateSuppression(t.Context(), wish)
			if c.kind == 0 && err != nil || c.kind != 0 && apiError(t, err).Kind != c.kind {
				t.Errorf("got %v", err)
			}
			sent := network.sent()
			if len(sent) != 1 || sent[0].method != http.MethodPost || sent[0].path != "/api/accounts/1111111/suppressions" ||
				sent[0].body != `{"email":"ann@example.com","domain_id":7,"sending_stream":"bulk"}` {
				t.Errorf("sent were %d: %s", len(sent), sent[0].body)
			}
			if unknown := c.kind == Unreadable || c.kind == ServerFailed; unknown != (c.kind != 0 && apiError(t, err).Unknown) {
				t.Errorf("whether it is known what became of it: %v", err)
			}
		})
	}
}
