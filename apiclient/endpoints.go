package apiclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// CreateContact creates a contact (201). An existing address is a 422 "has already been taken", one whose write is
// still being applied a 409 "Contact exists" (observed). It is never repeated after a lost answer; see Error.Unknown.
func (c *Client) CreateContact(ctx context.Context, contact NewContact) (Contact, error) {
	create := call{method: http.MethodPost, route: "/contacts", body: map[string]any{"contact": contact}, once: true}
	var out wrapped[Contact]
	err := c.do(ctx, create, &out)
	if err == nil && !sameAddress(out.Data.Email, contact.Email) {
		err = create.notAnswered("the body is about another contact")
	}
	return out.Data, create.told(err, out.Data)
}

// GetContact looks a contact up. For some seconds after a contact was created the API may not find it yet (inferred).
func (c *Client) GetContact(ctx context.Context, ref ContactRef) (Contact, error) {
	look := call{method: http.MethodGet, route: "/contacts/{contact}", path: "/contacts/" + ref.segment()}
	var out wrapped[Contact]
	err := c.do(ctx, look, &out)
	if err == nil && !ref.names(out.Data) {
		err = look.notAnswered("the body is about another contact")
	}
	return out.Data, look.told(err, out.Data)
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
	update := call{
		method: http.MethodPatch, route: "/contacts/{contact}", path: "/contacts/" + ref.segment(),
		body: map[string]any{"contact": change}, once: !ref.isUUID, throughConflict: true,
	}
	if err = c.do(ctx, update, &out); err != nil {
		return out.Data, false, err
	}
	switch {
	case out.Action == actionCreated: // under a new UUID
		return out.Data, true, nil
	case out.Action != actionUpdated && out.Action != "":
		return out.Data, false, update.notAnswered("the body tells of an action that is neither created nor updated")
	case !ref.names(out.Data) && (ref.isUUID || !sameAddress(out.Data.Email, change.Email)):
		return out.Data, false, update.notAnswered("the body is about another contact")
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
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/{contact}", path: "/contacts/" + ref.segment(),
		throughConflict: true}, nil)
}

// CreateEvent fires a custom event for a contact (201, recording). It is never repeated: an automation could run twice.
func (c *Client) CreateEvent(ctx context.Context, ref ContactRef, event Event) error {
	return c.do(ctx, call{
		method: http.MethodPost, route: "/contacts/{contact}/events", path: "/contacts/" + ref.segment() + "/events",
		body: event, once: true, statusDecides: true,
	}, nil)
}

// Lists returns the account's lists, at most MaxLists. A search is a case-insensitive prefix of the name (SDKs); empty means all.
func (c *Client) Lists(ctx context.Context, search string) ([]List, error) {
	var query url.Values
	if search != "" {
		query = url.Values{"search": {search}}
	}
	var out every[List]
	err := c.do(ctx, call{method: http.MethodGet, route: "/contacts/lists", query: query}, &out)
	return out, err
}

// List returns one list.
func (c *Client) List(ctx context.Context, id int64) (List, error) {
	look := call{method: http.MethodGet, route: "/contacts/lists/{list}", path: "/contacts/lists/" + number(id)}
	var out List
	err := c.do(ctx, look, &out)
	return out, look.about(err, out.ID, id)
}

// CreateList creates a list (200, spec). It is not repeated after a lost answer.
func (c *Client) CreateList(ctx context.Context, name string) (List, error) {
	var out List
	err := c.do(ctx, call{method: http.MethodPost, route: "/contacts/lists", body: map[string]string{"name": name}, once: true}, &out)
	return out, err
}

// RenameList renames a list.
func (c *Client) RenameList(ctx context.Context, id int64, name string) (List, error) {
	rename := call{method: http.MethodPatch, route: "/contacts/lists/{list}", path: "/contacts/lists/" + number(id),
		body: map[string]string{"name": name}}
	var out List
	err := c.do(ctx, rename, &out)
	return out, rename.about(err, out.ID, id)
}

// DeleteList deletes a list (204); its contacts stay (documentation).
func (c *Client) DeleteList(ctx context.Context, id int64) error {
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/lists/{list}", path: "/contacts/lists/" + number(id)}, nil)
}

// Fields returns the account's custom fields, at most MaxFields.
func (c *Client) Fields(ctx context.Context) ([]Field, error) {
	var out every[Field]
	err := c.do(ctx, call{method: http.MethodGet, route: "/contacts/fields"}, &out)
	return out, err
}

// Field returns one field.
func (c *Client) Field(ctx context.Context, id int64) (Field, error) {
	look := call{method: http.MethodGet, route: "/contacts/fields/{field}", path: "/contacts/fields/" + number(id)}
	var out Field
	err := c.do(ctx, look, &out)
	return out, look.about(err, out.ID, id)
}

// CreateField creates a field (201, spec); its ID is ignored. It is not repeated after a lost answer.
func (c *Client) CreateField(ctx context.Context, field Field) (Field, error) {
	body := map[string]string{"name": field.Name, "data_type": field.DataType, "merge_tag": field.MergeTag}
	var out Field
	err := c.do(ctx, call{method: http.MethodPost, route: "/contacts/fields", body: body, once: true}, &out)
	return out, err
}

// UpdateField changes a field's name or merge tag.
func (c *Client) UpdateField(ctx context.Context, id int64, change FieldChange) (Field, error) {
	update := call{method: http.MethodPatch, route: "/contacts/fields/{field}", path: "/contacts/fields/" + number(id), body: change}
	var out Field
	err := c.do(ctx, update, &out)
	return out, update.about(err, out.ID, id)
}

// DeleteField deletes a field and its values (204). One that an automation, campaign or segment uses is refused with a
// 422 that names them (spec).
func (c *Client) DeleteField(ctx context.Context, id int64) error {
	return c.do(ctx, call{method: http.MethodDelete, route: "/contacts/fields/{field}", path: "/contacts/fields/" + number(id)}, nil)
}

// CreateImport starts an import of at most MaxImportRows contacts (201). It is an upsert, so it is repeated when an
// answer is lost, which Import.Repeated then tells. Rows the API refuses are in Error.Rows.
func (c *Client) CreateImport(ctx context.Context, rows []ImportRow) (Import, error) {
	return c.createImport(ctx, map[string]any{"contacts": rows})
}

// CreateImportJSON is CreateImport for a request that is written already, {"contacts":[…]} with elements as ImportRow marshals:
// fifty thousand of those take a multiple of what they hold.
func (c *Client) CreateImportJSON(ctx context.Context, request []byte) (Import, error) {
	return c.createImport(ctx, request)
}

func (c *Client) createImport(ctx context.Context, body any) (Import, error) {
	var out Import
	repeated := false
	err := c.do(ctx, call{method: http.MethodPost, route: "/contacts/imports", body: body, upload: true, repeated: &repeated}, &out)
	out.Repeated = repeated
	return out, err
}

// Import returns an import's state.
func (c *Client) Import(ctx context.Context, id int64) (Import, error) {
	look := call{method: http.MethodGet, route: "/contacts/imports/{import}", path: "/contacts/imports/" + number(id)}
	var out Import
	err := c.do(ctx, look, &out)
	return out, look.about(err, out.ID, id)
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
	var out Export
	err := c.do(ctx, call{method: http.MethodPost, route: "/contacts/exports", body: map[string]any{"filters": filters},
		once: true, reads: true}, &out)
	return out, err
}

// Export returns an export's state.
func (c *Client) Export(ctx context.Context, id int64) (Export, error) {
	look := call{method: http.MethodGet, route: "/contacts/exports/{export}", path: "/contacts/exports/" + number(id)}
	var out Export
	err := c.do(ctx, look, &out)
	return out, look.about(err, out.ID, id)
}

// Accounts returns the accounts the token can reach. It needs no account id.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	var out every[Account]
	err := c.do(ctx, call{method: http.MethodGet, route: "/accounts", unscoped: true}, &out)
	return out, err
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
	var out every[Suppression]
	err := c.do(ctx, call{method: http.MethodGet, route: "/suppressions", query: query, suppressions: true}, &out)
	return out, err
}

// CreateSuppression adds an address to the suppressions (201). It is not repeated after a lost answer.
func (c *Client) CreateSuppression(ctx context.Context, suppression NewSuppression) (Suppression, error) {
	var out wrapped[Suppression]
	err := c.do(ctx, call{method: http.MethodPost, route: "/suppressions", body: suppression, once: true, suppressions: true}, &out)
	return out.Data, err
}

// DeleteSuppression removes a suppression by its UUID; the API answers 200 with the object (spec) or 204 (SDK).
func (c *Client) DeleteSuppression(ctx context.Context, id string) error {
	ref, err := ParseContact(id)
	if err != nil || !ref.isUUID {
		return invalidSuppressionID()
	}
	return c.do(ctx, call{
		method: http.MethodDelete, route: "/suppressions/{suppression}", path: "/suppressions/" + ref.segment(), suppressions: true,
	}, nil)
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
