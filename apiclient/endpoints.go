package apiclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ask sends a call and reads its answer. It fails where one of the checks says why the answer cannot be one.
func ask[T any](ctx context.Context, c *Client, call call, checks ...func(T) (why string)) (answer T, err error) {
	if err = c.do(ctx, call, &answer); err != nil {
		return answer, err
	}
	for _, check := range checks {
		if why := check(answer); why != "" {
			return answer, call.notAnswered(why)
		}
	}
	return answer, nil
}

// about checks that an answer is about what was asked for.
func about[T interface{ number() int64 }](id int64) func(T) string {
	return func(answer T) string {
		if answer.number() != id {
			return "the body is about another id"
		}
		return ""
	}
}

func (l List) number() int64   { return l.ID }
func (f Field) number() int64  { return f.ID }
func (i Import) number() int64 { return i.ID }
func (e Export) number() int64 { return e.ID }

func (c Campaign) number() int64 { return c.ID }

func (w wrapped[T]) number() int64 {
	if one, ok := any(w.Data).(interface{ number() int64 }); ok {
		return one.number()
	}
	return 0
}

// told checks that an answer says whether the contact gets mail.
func told(answer wrapped[Contact]) string {
	if answer.Data.Status == "" {
		return "the body lacks the contact's status"
	}
	return ""
}

const anotherContact = "the body is about another contact"

// CreateContact creates a contact (201). An existing address is a 422 "has already been taken", one whose write is
// still being applied a 409 "Contact exists" (observed). It is never repeated after a lost answer; see Error.Unknown.
func (c *Client) CreateContact(ctx context.Context, contact NewContact) (Contact, error) {
	create := call{method: http.MethodPost, route: "/contacts", body: map[string]any{"contact": contact}, once: true}
	created, err := ask(ctx, c, create, func(answer wrapped[Contact]) string {
		if !sameAddress(answer.Data.Email, contact.Email) {
			return anotherContact
		}
		return ""
	}, told)
	return created.Data, err
}

// GetContact looks a contact up. For some seconds after a contact was created the API may not find it yet (inferred).
func (c *Client) GetContact(ctx context.Context, ref ContactRef) (Contact, error) {
	look := call{method: http.MethodGet, route: "/contacts/{contact}", of: ref.segment()}
	found, err := ask(ctx, c, look, func(answer wrapped[Contact]) string {
		if !ref.names(answer.Data) {
			return anotherContact
		}
		return ""
	}, told)
	return found.Data, err
}

// UpdateContact changes a contact and reports whether the API created it instead: PATCH by address is an upsert (spec).
// By UUID it is repeated when an answer is lost, and waits through the 409 of a write still being applied (observed, 3–10 s).
// What PATCH by the UUID of a contact that was deleted does is unknown: it may answer 404, or create the contact anew, for the
// address in the body and under another UUID. So callers look the contact up first, and treat "created" as a creation that
// nobody asked for; the emulator does either (UpsertByID). The contact lacks its status where the answer does: the change was
// accepted all the same, and a look-up tells the rest.
func (c *Client) UpdateContact(ctx context.Context, ref ContactRef, change ContactChange) (contact Contact, created bool, err error) {
	var out struct {
		wrapped[Contact]
		Action string `json:"action"`
	}
	update := call{method: http.MethodPatch, route: "/contacts/{contact}", of: ref.segment(),
		body: map[string]any{"contact": change}, once: !ref.isUUID, throughConflict: true}
	if err = c.do(ctx, update, &out); err != nil {
		return out.Data, false, err
	}
	switch {
	case out.Action == actionCreated: // under a new UUID
		return out.Data, true, nil
	case out.Action != actionUpdated && out.Action != "":
		return out.Data, false, update.notAnswered("the body tells of an action that is neither created nor updated")
	case !ref.names(out.Data) && (ref.isUUID || !sameAddress(out.Data.Email, change.Email)):
		return out.Data, false, update.notAnswered(anotherContact)
	}
	return out.Data, false, nil
}

// What a PATCH says it did (spec).
const (
	actionCreated = "created"
	actionUpdated = "updated"
)

// DeleteContact deletes a contact (204). A repeat after a lost answer that finds nothing has succeeded.
func (c *Client) DeleteContact(ctx context.Context, ref ContactRef) error {
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/{contact}", of: ref.segment(),
		throughConflict: true}, nil)
}

// CreateEvent fires a custom event for a contact (201, recording). It is never repeated: an automation could run twice.
func (c *Client) CreateEvent(ctx context.Context, ref ContactRef, event Event) error {
	return c.do(ctx, call{method: http.MethodPost, route: "/contacts/{contact}/events", of: ref.segment(),
		body: event, once: true, statusDecides: true}, nil)
}

// Lists returns the account's lists, at most MaxLists.
func (c *Client) Lists(ctx context.Context) ([]List, error) {
	return ask[every[List]](ctx, c, call{method: http.MethodGet, route: "/contacts/lists"})
}

// CreateList creates a list (200, spec). It is not repeated after a lost answer.
func (c *Client) CreateList(ctx context.Context, name string) (List, error) {
	return ask[List](ctx, c, call{method: http.MethodPost, route: "/contacts/lists", body: map[string]string{"name": name}, once: true})
}

// RenameList renames a list.
func (c *Client) RenameList(ctx context.Context, id int64, name string) (List, error) {
	return ask(ctx, c, call{method: http.MethodPatch, route: "/contacts/lists/{list}", of: number(id),
		body: map[string]string{"name": name}}, about[List](id))
}

// DeleteList deletes a list (204); its contacts stay (documentation).
func (c *Client) DeleteList(ctx context.Context, id int64) error {
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/lists/{list}", of: number(id)}, nil)
}

// Fields returns the account's custom fields, at most MaxFields.
func (c *Client) Fields(ctx context.Context) ([]Field, error) {
	return ask[every[Field]](ctx, c, call{method: http.MethodGet, route: "/contacts/fields"})
}

// CreateField creates a field (201, spec); its ID is ignored. It is not repeated after a lost answer.
func (c *Client) CreateField(ctx context.Context, field Field) (Field, error) {
	body := map[string]string{"name": field.Name, "data_type": field.DataType, "merge_tag": field.MergeTag}
	return ask[Field](ctx, c, call{method: http.MethodPost, route: "/contacts/fields", body: body, once: true})
}

// UpdateField changes a field's name or merge tag.
func (c *Client) UpdateField(ctx context.Context, id int64, change FieldChange) (Field, error) {
	return ask(ctx, c, call{method: http.MethodPatch, route: "/contacts/fields/{field}", of: number(id), body: change}, about[Field](id))
}

// DeleteField deletes a field and its values (204). One that an automation, campaign or segment uses is refused with a
// 422 that names them (spec).
func (c *Client) DeleteField(ctx context.Context, id int64) error {
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/fields/{field}", of: number(id)}, nil)
}

// CreateImport starts an import of at most MaxImportRows contacts (201). The request is JSON, {"contacts":[…]} with elements as
// ImportRow marshals. It is an upsert, so it is repeated when an answer is lost, which Import.Repeated then tells. Rows the API
// refuses are in Error.Rows.
func (c *Client) CreateImport(ctx context.Context, request []byte) (Import, error) {
	repeated := false
	started, err := ask[Import](ctx, c, call{method: http.MethodPost, route: "/contacts/imports", body: json.RawMessage(request),
		upload: true, repeated: &repeated})
	started.Repeated = repeated
	return started, err
}

// Import returns an import's state.
func (c *Client) Import(ctx context.Context, id int64) (Import, error) {
	return ask(ctx, c, call{method: http.MethodGet, route: "/contacts/imports/{import}", of: number(id)}, about[Import](id))
}

// CreateExport starts an export (201, recording). While another one runs, the API refuses with a 422 on base (spec).
func (c *Client) CreateExport(ctx context.Context, filter ExportFilter) (Export, error) {
	type condition struct {
		Name     string `json:"name"`
		Operator string `json:"operator"`
		Value    any    `json:"value"`
	}
	filters := []condition{}
	if len(filter.ListIDs) > 0 {
		filters = append(filters, condition{"list_id", "equal", filter.ListIDs})
	}
	if filter.Status != "" {
		filters = append(filters, condition{"subscription_status", "equal", filter.Status})
	}
	return ask[Export](ctx, c, call{method: http.MethodPost, route: "/contacts/exports", body: map[string]any{"filters": filters},
		once: true, reads: true})
}

// Export returns an export's state.
func (c *Client) Export(ctx context.Context, id int64) (Export, error) {
	return ask(ctx, c, call{method: http.MethodGet, route: "/contacts/exports/{export}", of: number(id)}, about[Export](id))
}

// Accounts returns the accounts the token can reach. It needs no account id.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	return ask[every[Account]](ctx, c, call{method: http.MethodGet, route: "/accounts", unscoped: true})
}

// Suppressions returns a page of at most SuppressionPage suppressions. They have a rate budget of their own, 10 in 60 s (documentation).
func (c *Client) Suppressions(ctx context.Context, filter SuppressionFilter) ([]Suppression, error) {
	query := url.Values{}
	for name, value := range map[string]string{"email": filter.Email, "last_id": filter.LastID} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"start_time": filter.Start, "end_time": filter.End} {
		if !at.IsZero() {
			query.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	return ask[every[Suppression]](ctx, c, call{method: http.MethodGet, route: "/suppressions", query: query, suppressions: true})
}

// CreateSuppression has the sending side deliver nothing to an address any more, for one domain and one stream (201, spec; nobody has
// recorded it). The spec wants an administrator's token, and counts it against the 10 requests in 60 s that the looks at suppressions
// have. What is answered for an address that is suppressed already is unknown. It is not repeated after a lost answer.
func (c *Client) CreateSuppression(ctx context.Context, suppression NewSuppression) (Suppression, error) {
	create := call{method: http.MethodPost, route: "/suppressions", body: suppression, once: true, suppressions: true}
	created, err := ask(ctx, c, create, func(answer wrapped[Suppression]) string {
		if !sameAddress(answer.Data.Email, suppression.Email) {
			return "the body is about another address"
		}
		return ""
	})
	return created.Data, err
}

// wrapped is the envelope around a contact.
type wrapped[T any] struct {
	Data T `json:"data"`
}

// every is an array of things that all have their ids.
type every[T any] []T

// number is an id as a segment of a path. Ids are positive: any other makes an empty segment, which target refuses.
func number(id int64) string {
	if id < 1 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
