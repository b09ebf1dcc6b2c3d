package lying

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// echo answers with the request's own credentials, in words and places of all kinds.
func echo(status int) lie {
	return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		said := strings.Repeat("x ", 45) + r.Header.Get("Authorization") + strings.Repeat(" y", 30)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"errors":{"base":["`+said+`"],"`+said+`":[["no"]]},"message":"`+strings.Repeat("long ", 22)+said+`","error":"\u0035`+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer 5")+`"}`)
	}
}

// endless is a body that does not end by itself.
func endless(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
	_, _ = io.WriteString(w, `[{"id":1,"name":"`)
	block := []byte(strings.Repeat("x", 1<<20))
	for r.Context().Err() == nil {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// slow sends an honest answer in small pieces.
func slow(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
	for piece := range strings.SplitSeq(`[{"id":1,|"name":"News|letter"},{"id|":2,"name":"VIP"}]`, "|") {
		_, _ = io.WriteString(w, piece)
		w.(http.Flusher).Flush()
		time.Sleep(20 * time.Millisecond) // it is what is tested
	}
}

// Guarantee 5.3. Guarantee 4.7.
func TestAnAnswerThatIsNoneIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	const id = "018dd5e3-f6d2-7c00-8f9b-000000000001"
	one, eve := contact(id, person(0)), contact(id, "eve@example.com")
	object := func(data string) lie { return says(200, `{"data":`+data+`}`) }
	lists, get := args{}, args{"contact": person(0)}
	update := args{"contact": person(0), "fields": args{"first_name": "New"}}
	unread, unknown := []string{"[upstream_error]"}, []string{"[outcome_unknown]"}
	for name, c := range map[string]struct {
		lies map[string]lie
		tool string
		args args
		says []string
		not  []string
	}{
		"lists, slowly":             {map[string]lie{"GET /contacts/lists": slow}, "list_lists", lists, []string{"Newsletter", "VIP"}, nil},
		"lists as a page":           {map[string]lie{"GET /contacts/lists": page}, "list_lists", lists, unread, []string{"0 lists"}},
		"lists as an object":        {map[string]lie{"GET /contacts/lists": says(200, `{"data":[]}`)}, "list_lists", lists, unread, []string{"0 lists"}},
		"no lists at all":           {map[string]lie{"GET /contacts/lists": says(204, "")}, "list_lists", lists, unread, []string{"0 lists"}},
		"a list twice":              {map[string]lie{"GET /contacts/lists": says(200, `[{"id":1,"name":"A"},{"id":1,"name":"B"}]`)}, "list_lists", lists, unread, nil},
		"a list of id 0":            {map[string]lie{"GET /contacts/lists": says(200, `[{"id":0,"name":"A"}]`)}, "list_lists", lists, unread, nil},
		"endless lists":             {map[string]lie{"GET /contacts/lists": endless}, "list_lists", lists, unread, nil},
		"deep lists":                {map[string]lie{"GET /contacts/lists": says(200, strings.Repeat("[", 3<<20))}, "list_lists", lists, unread, nil},
		"a million lists":           {map[string]lie{"GET /contacts/lists": says(200, "["+strings.Repeat(`{"id":1},`, 400_000)+`{"id":1}]`)}, "list_lists", lists, unread, nil},
		"a refusal as large":        {map[string]lie{"GET /contacts/lists": says(403, `{"errors":[`+strings.Repeat(`[],`, 1<<20)+`[]]}`)}, "list_lists", lists, []string{"[forbidden]"}, nil},
		"no accounts":               {map[string]lie{"GET /accounts": says(200, "[]")}, "get_account", args{}, []string{"[forbidden]", "reaches no account"}, nil},
		"an account twice":          {map[string]lie{"GET /accounts": says(200, `[{"id":1,"name":"a"},{"id":1,"name":"b"}]`)}, "get_account", args{}, unread, []string{"2 accounts"}},
		"two fields of one tag":     {map[string]lie{"GET /contacts/fields": says(200, `[{"id":1,"name":"A","data_type":"text","merge_tag":"a"},{"id":2,"name":"B","data_type":"date","merge_tag":"a"}]`)}, "list_fields", args{}, unread, nil},
		"another contact":           {map[string]lie{"GET /contacts/p": object(eve)}, "get_contact", get, unread, []string{"eve@"}},
		"a contact without status":  {map[string]lie{"GET /contacts/p": object(strings.Replace(one, "subscribed", "", 1))}, "get_contact", get, unread, nil},
		"two statuses":              {map[string]lie{"GET /contacts/p": object(strings.Replace(one, `"status":`, `"status":"unsubscribed","status":`, 1))}, "get_contact", get, unread, nil},
		"a contact from the future": {map[string]lie{"GET /contacts/p": object(strings.ReplaceAll(one, "1742903266889", "999999999999999999"))}, "get_contact", get, []string{person(0)}, []string{"Created", "31690"}},
		"another contact changed":   {map[string]lie{"PATCH /contacts/": object(contact("018dd5e3-f6d2-7c00-8f9b-000000000002", person(1)))}, "update_contact", update, unknown, []string{"p01@"}},
		"an action nobody knows":    {map[string]lie{"PATCH /contacts/": says(200, `{"data":`+one+`,"action":"merged"}`)}, "update_contact", update, unknown, nil},
		"a change without a body":   {map[string]lie{"PATCH /contacts/": says(204, "")}, "update_contact", update, unknown, nil},
		"a list created as nothing": {map[string]lie{"POST /contacts/lists": says(200, "{}")}, "create_list", args{"name": "New"}, unknown, []string{"Created"}},
		"a list created as a page":  {map[string]lie{"POST /contacts/lists": page}, "create_list", args{"name": "New"}, unknown, []string{"Created"}},
		"a contact created as eve":  {map[string]lie{"POST /contacts": object(eve)}, "create_contact", args{"email": "new@example.com"}, unknown, []string{"eve@"}},
		"a pause of a day": {map[string]lie{"GET /contacts/lists": func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.Header().Set("X-Ratelimit-Reset", time.Now().Add(27*time.Hour+30*time.Minute).UTC().Format("2006-01-02T15:04:05.000000Z"))
			says(429, `{"error":"Throttled"}`)(w, nil, nil)
		}}, "list_lists", lists, []string{"[rate_limited]", "asks for a pause of 28 hours", "UTC, in 5 minutes"}, nil},
		"the token in a refusal":  {map[string]lie{"GET /contacts/lists": echo(403)}, "list_lists", lists, []string{"[forbidden]", "[token]"}, nil},
		"the token in a 401":      {map[string]lie{"GET /contacts/lists": echo(401)}, "list_lists", lists, []string{"[unauthorized]"}, nil},
		"the token in a 422":      {map[string]lie{"POST /contacts/lists": echo(422)}, "create_list", args{"name": "New"}, []string{"[invalid_input]", "[token]"}, nil},
		"the token for an answer": {map[string]lie{"GET /contacts/lists": echo(200)}, "list_lists", lists, unread, nil},
		"the token for a name": {map[string]lie{"GET /contacts/lists": func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			says(200, `[{"id":1,"name":"`+strings.Repeat("n", 105)+r.Header.Get("Authorization")+`"}]`)(w, r, nil)
		}}, "list_lists", lists, []string{"nnn"}, nil},
		"the token in a field": {map[string]lie{"GET /contacts/p": func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			object(strings.Replace(one, `"P"`, `"`+strings.Repeat("v", 100)+r.Header.Get("Authorization")+`"`, 1))(w, r, nil)
		}}, "get_contact", get, []string{"vvv"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := newLiar(t, c.lies)
			start(t, account).call(c.tool, c.args).says(c.says...).saysNot(c.not...)
			for _, never := range []string{"DELETE", "POST /contacts/imports"} {
				if account.sent(never) > 0 {
					t.Errorf("sent %s", never)
				}
			}
		})
	}
}

// Guarantee 5.3.
func TestABulkUpdateCountsNobodyAsDoneWhoIsNot(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]lie{
		"an action nobody knows": says(200, `{"data":`+contact("018dd5e3-f6d2-7c00-8f9b-000000000001", person(0))+`,"action":"merged"}`),
		"about somebody else":    says(200, `{"data":`+contact("018dd5e3-f6d2-7c00-8f9b-000000000999", "eve@example.com")+`,"action":"updated"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, newLiar(t, map[string]lie{"PATCH /contacts/": told}))
			p.call("remove_from_list", args{"contacts": []any{person(0), person(1)}, "lists": []any{"Newsletter"}}).saysNot("2 contacts removed", "removed from")
		})
	}
}
