package emulator

import (
	"strings"
	"testing"
)

func TestASuppressionIsCreatedOnceForADomainAndAStream(t *testing.T) {
	e := New(Config{Unlimited: true})
	e.AddDomain("news.example.com", "compliant")
	for _, one := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"email":"A@b.co","domain_id":1,"sending_stream":"bulk"}`, 201, `"type":"manual import"`},
		{`{"email":"a@b.co","domain_id":1,"sending_stream":"bulk"}`, 422, `{"errors":{"email":["has already been taken"]}}`},
		{`{"email":"a@b.co","domain_id":1,"sending_stream":"transactional","type":"hard bounce"}`, 201, `"domain_name":"news.example.com"`},
		{`{"domain_id":1,"sending_stream":"bulk"}`, 422, `{"errors":{"email":["can't be blank"]}}`},
		{`{"email":"nobody","domain_id":1,"sending_stream":"bulk"}`, 422, `{"errors":{"email":["is invalid"]}}`},
		{`{"email":"x@b.co","domain_id":2,"sending_stream":"bulk"}`, 422, `{"errors":{"domain":["can't be blank"]}}`},
		{`{"email":"x@b.co","domain_id":"one","sending_stream":"any"}`, 422,
			`{"errors":{"sending_stream":["is invalid. Allowed values: transactional, bulk."],"domain":["can't be blank"]}}`},
		{`{"email":"x@b.co","domain_id":1,"sending_stream":"bulk","type":"whim"}`, 422, `"type":["is invalid. Allowed values:`},
		{`[]`, 422, `"email":["can't be blank"]`},
	} {
		got := send(e, "POST", "/api/suppressions", one.body)
		if got.status != one.status || !strings.Contains(got.body, one.says) {
			t.Errorf("%s: %d %s", one.body, got.status, got.body)
		}
	}
	if n := len(e.accounts[0].suppressions.items); n != 2 {
		t.Errorf("%d were created", n)
	}
}
