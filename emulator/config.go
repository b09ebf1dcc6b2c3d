package emulator

import "time"

const (
	// Token is the API token accepted when Config.Token is empty.
	Token = "emulator-token"
	// AccountID is the id of the account that exists when Config.Accounts is empty.
	AccountID = 1111111
)

// Limits the emulator enforces on every account.
const (
	maxFields       = 40             // spec
	maxLists        = 50             // help pages
	maxImportRows   = 50_000         // spec
	maxFieldName    = 80             // spec; the help pages say 50
	maxListName     = 255            // spec; the help pages say 100
	maxTextValue    = 255            // help pages
	maxEventText    = 255            // spec: event name and parameter keys
	suppressionPage = 1000           // spec
	linkLifetime    = 24 * time.Hour // the e-mail Mailtrap sends with an export
	maxBody         = 64 << 20       // unknown in the real API; bounds the emulator's memory
	maxRequests     = 10_000         // requests kept in the log
	maxLoggedBody   = 64 << 10       // bytes of each request body kept in the log
	maxEvents       = 100_000        // fired events kept
	maxSnapshots    = 20             // finished exports whose file can still be fetched
	latePatchFactor = 12             // see account.lagging
	timeFormat      = "2006-01-02T15:04:05.000Z"
	timeFormatShort = "2006-01-02T15:04:05Z"
)

// Account is one account that the token can see. AccessLevels are Mailtrap's (spec): 1000 owner, 100
// admin, 50 viewer+, 10 viewer, 1 indeterminate.
type Account struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	AccessLevels []int  `json:"access_levels"`
}

// Config says what the emulated Mailtrap looks like and how it behaves. The zero value is one empty account that
// applies writes at once and enforces the documented rate limits.
type Config struct {
	// Token is the accepted API token; "" means the constant Token.
	Token string
	// Accounts are what the token sees; nil means one account {AccountID, "Emulator", [1000]}. Each has its own contacts,
	// lists, fields, suppressions and limits. Paths without an account id reach the first one (which account a real token
	// with several reaches is unknown). An account id that is not listed answers 403 "Account access forbidden".
	Accounts []Account
	// ReadOnlyToken makes every write answer 403 "Access forbidden", and the token a viewer of accounts that do not say what
	// it is there.
	ReadOnlyToken bool

	// NoCampaigns makes the campaigns answer 403 "Account access forbidden", as for a token without rights to them (spec).
	NoCampaigns bool

	// Unlimited switches the rate limits off. They are 150 requests in 10 s for a token, 200 in 60 s for an account's
	// contacts endpoints, and 10 in 60 s for its suppressions.
	Unlimited bool
	// RetryAfter puts Retry-After (whole seconds) on 429 answers. The real API was never seen to send it; the token's limit
	// answers with X-Ratelimit-Reset besides (spec).
	RetryAfter bool

	// Latency is waited before every answer, or until the request's context ends.
	Latency time.Duration
	// ApplyDelay is the time between the answer to a contact write and the write taking effect; 0 applies at once.
	// Real accounts were observed to take 3 to 10 seconds.
	ApplyDelay time.Duration
	// DropInFlight answers a PATCH during the window with 200 and drops it, instead of answering 409. Both were observed.
	DropInFlight bool
	// UpsertByID has a PATCH by the UUID of a contact that is not there (any more) create one under a new UUID, for the
	// address in its body, as a PATCH by e-mail does; without an address it is refused. Unset, it answers 404. Which of the two
	// the real API does is unknown: the spec has PATCH answer with the action "created" or "updated", and lists no 404.
	UpsertByID bool
	// JobDelay is how long an import or export takes to finish. With 0 it is finished when it is first looked at; the
	// answer to the POST still shows it unfinished.
	JobDelay time.Duration

	// ExportLayout selects the columns of the exported CSV.
	ExportLayout Layout
	// ContactLimit is the number of contacts the plan allows; 0 means no limit. A create beyond it answers 422 "contacts
	// limit reached"; import rows beyond it are counted in contacts_over_limit_count.
	ContactLimit int

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// DownloadBase is the scheme://host that export URLs point at; "" means the host the request was sent to.
	DownloadBase string
}

// Layout is one way the exported CSV may look. The columns of a real export are unknown beyond "all contact fields
// and list memberships" (help pages), so a client has to cope with all of these.
type Layout int

const (
	// LayoutNames has human column names: Email, Status, one per field by its name, Lists, Created at, Updated at. Lists
	// are names joined by "; ", the status is capitalised, times read 2026-04-28 12:40:45 UTC.
	LayoutNames Layout = iota
	// LayoutTags has merge tags: id, email, status, one per field by its merge tag, list_ids, created_at, updated_at.
	// List ids are joined by ",", times are ISO 8601 with milliseconds.
	LayoutTags
	// LayoutWithoutLists has no column for lists: email, contact_id, one per field by its merge tag,
	// subscription_status, created_at, updated_at. Times are epoch milliseconds.
	LayoutWithoutLists
)

func (c Config) withDefaults() Config {
	if c.Token == "" {
		c.Token = Token
	}
	if len(c.Accounts) == 0 {
		c.Accounts = []Account{{ID: AccountID, Name: "Emulator"}}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
