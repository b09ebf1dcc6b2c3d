package apiclient

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Subscription status of a contact (spec). The interface also shows Pending and Bounced; the API does not.
const (
	Subscribed   = "subscribed"
	Unsubscribed = "unsubscribed"
)

// Limits of the API (spec, documentation).
const (
	MaxImportRows   = 50_000 // contacts in one import (spec)
	MaxLists        = 50     // lists of an account (documentation)
	MaxFields       = 40     // custom fields of an account (spec)
	MaxListName     = 255    // characters of a list's name (spec; the documentation says 100)
	MaxFieldName    = 80     // characters of a field's name and merge tag (spec's messages)
	MaxTextValue    = 255    // characters of a text value (documentation)
	MaxEventName    = 255    // characters of an event's name (spec)
	MaxEventKey     = 255    // characters of an event parameter's key (spec)
	SuppressionPage = 1000   // suppressions in one answer (spec)
)

// Contact is a marketing contact.
type Contact struct {
	ID        string    `json:"id"` // UUIDv7
	Email     string    `json:"email"`
	Status    string    `json:"status"`
	Fields    Values    `json:"fields"` // by merge tag; every field of the account is there, unset ones are nil
	ListIDs   []int64   `json:"list_ids"`
	CreatedAt Timestamp `json:"created_at"`
	UpdatedAt Timestamp `json:"updated_at"`
}

// Values holds custom-field values by merge tag: string, bool, json.Number or nil. Numbers keep their digits.
type Values map[string]any

// UnmarshalJSON decodes with exact numbers.
func (v *Values) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var plain map[string]any
	if err := decoder.Decode(&plain); err != nil {
		return err
	}
	*v = plain
	return nil
}

// Timestamp is a point in time as the API writes it: epoch milliseconds for contacts (spec, observed), ISO 8601 for
// imports, exports and suppressions (recording).
type Timestamp struct{ time.Time }

// UnmarshalJSON accepts milliseconds, an ISO 8601 string, null, and the empty string. What is none of these, or no time that
// a contact can have, is an unknown time: the zero value. What else is told is no worse for it.
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	var written string
	if millis, err := strconv.ParseFloat(string(data), 64); err == nil && math.Abs(millis) < 1<<53 {
		t.Time = time.UnixMilli(int64(millis)).UTC()
	} else if json.Unmarshal(data, &written) == nil {
		if parsed, err := time.Parse(time.RFC3339Nano, written); err == nil {
			t.Time = parsed.UTC()
		}
	}
	if t.Unix() <= 0 || t.Year() > 9999 {
		t.Time = time.Time{}
	}
	return nil
}

// NewContact is what a contact is created with. Fields are keyed by merge tag.
type NewContact struct {
	Email   string  `json:"email"`
	Fields  Values  `json:"fields,omitempty"`
	ListIDs []int64 `json:"list_ids,omitempty"`
}

// ContactChange is a partial update: what is absent stays as it is (spec).
type ContactChange struct {
	// Email is required by the spec and left out by some SDKs; callers send the current address, or a new one.
	Email        string  `json:"email"`
	Fields       Values  `json:"fields,omitempty"`
	AddToLists   []int64 `json:"list_ids_included,omitempty"`
	RemoveFrom   []int64 `json:"list_ids_excluded,omitempty"`
	Unsubscribed *bool   `json:"unsubscribed,omitempty"`
}

// Event is a custom event fired for a contact. Params hold string, number, boolean or null (spec).
type Event struct {
	Name   string         `json:"name"`
	Params map[string]any `json:"params,omitempty"`
}

// List is a contact list.
type List struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Field is a custom field.
type Field struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	DataType string `json:"data_type"` // text, integer, float, boolean or date
	MergeTag string `json:"merge_tag"`
}

// FieldChange is a partial update of a field. Its type cannot be changed: the API answers 200 and ignores it (observed).
type FieldChange struct {
	Name     string `json:"name,omitempty"`
	MergeTag string `json:"merge_tag,omitempty"`
}

// ImportRow is one contact of an import, which is an upsert by address (spec).
type ImportRow struct {
	Email      string  `json:"email"`
	Fields     Values  `json:"fields,omitempty"`
	AddToLists []int64 `json:"list_ids_included,omitempty"`
	RemoveFrom []int64 `json:"list_ids_excluded,omitempty"`
}

// State of an import or export.
const (
	JobCreated  = "created"
	JobStarted  = "started"
	JobFinished = "finished"
	JobFailed   = "failed"
)

// ExportFilter chooses the contacts of an export. Empty means all.
type ExportFilter struct {
	ListIDs []int64 // members of any of them
	Status  string  // Subscribed, Unsubscribed or empty
}

// Export is an export's state. URL is set when it has finished; the link expires after a day (documentation).
type Export struct {
	ID        int64     `json:"id"`
	Status    string    `json:"status"`
	URL       string    `json:"url"`
	CreatedAt Timestamp `json:"created_at"`
}

// Done reports whether the export will not change any more.
func (e Export) Done() bool { return e.Status == JobFinished || e.Status == JobFailed }

// Account is an account the token can reach.
type Account struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	AccessLevels []int  `json:"access_levels"` // 1000 owner, 100 admin, 10 viewer (spec)
}

// Suppression is an address the sending side does not deliver to. It is not the same as an unsubscribed contact.
type Suppression struct {
	ID            string    `json:"id"`
	Type          string    `json:"type"` // hard bounce, unsubscription, spam complaint, manual import
	CreatedAt     Timestamp `json:"created_at"`
	Email         string    `json:"email"`
	SendingStream string    `json:"sending_stream"` // transactional or bulk
	DomainName    string    `json:"domain_name"`
}

// NewSuppression is a suppression to create, of the type "manual import".
type NewSuppression struct {
	Email    string `json:"email"`
	DomainID int64  `json:"domain_id"`
	Stream   string `json:"sending_stream"`
}

// SuppressionFilter narrows and pages suppressions. Zero values do not filter.
type SuppressionFilter struct {
	Email      string
	Start, End time.Time
	LastID     string // the last id of the page before
}
