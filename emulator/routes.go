package emulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// pool names the account-wide rate limit an endpoint counts against.
type pool int

const (
	poolNone pool = iota
	poolContacts
	poolSuppressions
)

// endpoint is one thing the API can do. In a pattern, ":" stands for any one segment.
type endpoint struct {
	method   string
	pattern  string
	pool     pool
	run      func(*call) answer
	unscoped bool // exists only without an account id
	download bool // the export file: another service, without token or limits
}

// endpoints are tried in order, so the literal "contacts/lists" comes before "contacts/:".
var endpoints = []endpoint{
	{method: "GET", pattern: "accounts", run: (*call).listAccounts, unscoped: true},

	{method: "POST", pattern: "contacts", pool: poolContacts, run: (*call).createContact},

	{method: "GET", pattern: "contacts/lists", pool: poolContacts, run: (*call).listLists},
	{method: "POST", pattern: "contacts/lists", pool: poolContacts, run: (*call).createList},
	{method: "GET", pattern: "contacts/lists/:", pool: poolContacts, run: (*call).getList},
	{method: "PATCH", pattern: "contacts/lists/:", pool: poolContacts, run: (*call).updateList},
	{method: "DELETE", pattern: "contacts/lists/:", pool: poolContacts, run: (*call).deleteList},

	{method: "GET", pattern: "contacts/fields", pool: poolContacts, run: (*call).listFields},
	{method: "POST", pattern: "contacts/fields", pool: poolContacts, run: (*call).createField},
	{method: "GET", pattern: "contacts/fields/:", pool: poolContacts, run: (*call).getField},
	{method: "PATCH", pattern: "contacts/fields/:", pool: poolContacts, run: (*call).updateField},
	{method: "DELETE", pattern: "contacts/fields/:", pool: poolContacts, run: (*call).deleteField},

	{method: "POST", pattern: "contacts/imports", pool: poolContacts, run: (*call).createImport},
	{method: "GET", pattern: "contacts/imports/:", pool: poolContacts, run: (*call).getImport},
	{method: "POST", pattern: "contacts/exports", pool: poolContacts, run: (*call).createExport},
	{method: "GET", pattern: "contacts/exports/:", pool: poolContacts, run: (*call).getExport},

	{method: "GET", pattern: "contacts/:", pool: poolContacts, run: (*call).getContact},
	{method: "PATCH", pattern: "contacts/:", pool: poolContacts, run: (*call).updateContact},
	{method: "DELETE", pattern: "contacts/:", pool: poolContacts, run: (*call).deleteContact},
	{method: "POST", pattern: "contacts/:/events", pool: poolContacts, run: (*call).createEvent},

	{method: "GET", pattern: "email_campaigns", run: (*call).listCampaigns, unscoped: true},
	{method: "GET", pattern: "email_campaigns/:", run: (*call).getCampaign, unscoped: true},
	{method: "GET", pattern: "email_campaigns/:/stats", run: (*call).campaignStats, unscoped: true},
	{method: "GET", pattern: "domains", run: (*call).listDomains, unscoped: true},
	{method: "GET", pattern: "billing/usage", run: (*call).billingUsage, unscoped: true},

	{method: "GET", pattern: "suppressions", pool: poolSuppressions, run: (*call).listSuppressions},
	{method: "POST", pattern: "suppressions", pool: poolSuppressions, run: (*call).createSuppression},
}

var downloadEndpoint = endpoint{method: "GET", download: true}

// route is where a request goes.
type route struct {
	endpoint endpoint
	account  string // the account id in the path; "" on the token-scoped paths
	ident    string // what stood in place of ":", unescaped
}

// findRoute matches the path as it was on the wire: an escaped slash in an e-mail does not part two segments.
func findRoute(method, escapedPath string) (route, bool) {
	if strings.HasPrefix(escapedPath, downloadPrefix) {
		return route{endpoint: downloadEndpoint, ident: escapedPath}, method == http.MethodGet
	}
	account, rest, ok := splitPrefix(escapedPath)
	if !ok {
		return route{}, false
	}
	for _, e := range endpoints {
		if e.method != method || e.unscoped && account != "" {
			continue
		}
		if ident, ok := matchPattern(e.pattern, strings.TrimPrefix(rest, "/")); ok {
			return route{endpoint: e, account: account, ident: ident}, true
		}
	}
	return route{}, false
}

// splitPrefix takes /api or /api/accounts/{id} off the path.
func splitPrefix(escapedPath string) (account, rest string, ok bool) {
	rest, ok = strings.CutPrefix(escapedPath, "/api/")
	if !ok {
		return "", "", false
	}
	if scoped, isScoped := strings.CutPrefix(rest, "accounts/"); isScoped {
		account, rest, ok = strings.Cut(scoped, "/")
		return account, "/" + rest, ok && account != ""
	}
	return "", "/" + rest, true
}

func matchPattern(pattern, path string) (ident string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return "", false
	}
	for i := range want {
		segment, err := url.PathUnescape(have[i])
		switch {
		case err != nil || segment == "":
			return "", false
		case want[i] == ":":
			ident = segment
		case want[i] != segment:
			return "", false
		}
	}
	return ident, true
}

// findAccount returns the account the path names, or the first one on token-scoped paths; nil if the token has no
// access to it.
func (e *Emulator) findAccount(r route) *account {
	if r.account == "" {
		return e.accounts[0]
	}
	id, err := strconv.ParseInt(r.account, 10, 64)
	if err != nil {
		return nil
	}
	for _, a := range e.accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}
