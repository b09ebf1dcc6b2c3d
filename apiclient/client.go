// Package apiclient is the Mailtrap Contacts API: typed calls, identifiers, errors, the rate budget and retries.
//
// A call is checked before it is sent, paced so that the documented limits are kept, repeated only where repeating is
// safe, and bounded in time and size. What goes wrong comes back as an *Error that keeps every message of the API.
package apiclient

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// DefaultURL is Mailtrap's host for everything this package calls (spec, recording).
const DefaultURL = "https://mailtrap.io"

// TokenScoped as Config.Account chooses the paths without an account id. Which account they reach when the token has
// several is unknown, so it is never chosen by itself.
const TokenScoped = "token"

// Config is what a Client is made from.
type Config struct {
	// Token is the API token. Without one every call answers unauthorized.
	Token string
	// TokenProblem says why what was given as a token cannot be one; empty if it may be. Then nothing is sent, and every
	// call answers unauthorized with it.
	TokenProblem string
	// BaseURL is the API's address without a path; empty means DefaultURL. Plain http is for loopback only.
	BaseURL string
	// Account is an account id, TokenScoped, or empty: found out on first use.
	Account string
	// ReadOnly refuses every call that would change something in the account, before anything is sent.
	ReadOnly bool
	// Recorded refuses every call that would change something and that nobody records: it is made by a client of OnSend.
	Recorded bool
	// UserAgent names the product to the API.
	UserAgent string
	// Log receives retries and throttling, never an address or a token. Nil means nothing is logged.
	Log *slog.Logger
	// Store, if set, is where the rate limits are kept together with the other processes on it.
	Store *store.Store
	// Look is how soon Mailtrap is asked how far it is with an import or export; 0 means after a second.
	Look time.Duration
	// Transport replaces the network, in tests; nil means a pool of its own.
	Transport http.RoundTripper
}

// Client calls the API. It is safe for concurrent use. Those that Background, Until and OnSend make of one share its
// connections and its rate budget.
type Client struct {
	*connection
	manner
}

// connection is what clients share that were made of one.
type connection struct {
	base         *url.URL
	token        string
	tokenProblem string
	secret       text.Secret // the token, as it must not be shown
	readOnly     bool
	recorded     bool
	userAgent    string
	account      accountPath
	budget       *budget
	clock        clock
	pool         http.RoundTripper
	download     *http.Client
	look         time.Duration
	log          *slog.Logger
}

// New returns a client; no request is sent. It refuses a base URL that would carry the token in clear text.
func New(config Config) (*Client, error) {
	base, err := parseBase(config.BaseURL)
	if err != nil {
		return nil, err
	}
	account, err := parseAccount(config.Account)
	if err != nil {
		return nil, err
	}
	transport := config.Transport
	if transport == nil {
		transport = newTransport(nil)
	}
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &connection{
		base: base, token: strings.TrimSpace(config.Token), tokenProblem: config.TokenProblem, readOnly: config.ReadOnly,
		recorded: config.Recorded, userAgent: config.UserAgent,
		account: account, look: cmp.Or(config.Look, time.Second), log: log, pool: transport, download: newDownloader(base, config.Transport),
	}
	c.secret = text.NewSecret(c.token)
	if c.budget = newBudget(); config.Store != nil {
		c.budget.shared = newSharedLimits(config.Store, nameOfToken(c.token), base.Host, log)
	}
	return &Client{connection: c}, nil
}

// TokenProblem is the problem with the token that was given, if there is one.
func (c *Client) TokenProblem() string { return c.tokenProblem }

// HasToken reports whether a token was given at all.
func (c *Client) HasToken() bool { return c.token != "" }

// ReadOnly reports whether the client refuses every call that would change something in the account.
func (c *Client) ReadOnly() bool { return c.readOnly }

// Conceal takes the token out of a text that is about to be shown, and what is left of one that was cut.
func (c *Client) Conceal(s string) string { return c.secret.Hide(s) }

// BaseURL is the API's address.
func (c *Client) BaseURL() string { return c.base.String() }

// Close lets go of idle connections.
func (c *Client) Close() {
	if pool, ok := c.pool.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
	c.download.CloseIdleConnections()
}

func parseBase(raw string) (*url.URL, error) {
	if raw == "" {
		raw = DefaultURL
	}
	base, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil || base.Hostname() == "" || base.User != nil || base.Path != "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("the API's address must look like %s, without a path", DefaultURL)
	}
	if base.Scheme == "https" || base.Scheme == "http" && isLoopback(base.Hostname()) {
		return base, nil
	}
	return nil, fmt.Errorf("the API's address must begin with https:// (http:// is for loopback addresses only, because the " +
		"token would travel in clear text)")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func newTransport(control func(network, address string) error) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if control != nil {
		dialer.Control = controlDial(control)
	}
	transport.DialContext = dialer.DialContext
	transport.MaxIdleConnsPerHost = 32
	transport.MaxConnsPerHost = 32
	transport.IdleConnTimeout = 60 * time.Second
	transport.MaxResponseHeaderBytes = 1 << 20
	return transport
}

// call describes one request to the API.
type call struct {
	method string
	route  string // template of the path: what logs and errors may show
	of     string // what stands in the place of {…} in the path, escaped
	query  url.Values
	body   any // nil: none

	once            bool   // repeating it could do its work twice
	throughConflict bool   // 409 means "a write is still being applied": wait and repeat
	statusDecides   bool   // a 2xx is success even when the body cannot be read
	upload          bool   // a large body: minutes, not seconds
	unscoped        bool   // outside the account: no account id in the path
	tokenPath       bool   // of the account, but without its id in the path (spec): for a token of one account
	suppressions    bool   // counts against the suppressions' budget
	account         string // prefix of its path; what the rate limits are counted for
	manner                 // the client's
	reads           bool   // changes nothing in the account, whatever its method
	repeated        *bool  // if not nil, set when an earlier attempt may have done its work as well
}

// do sends a call and decodes the answer into out, a pointer, or nil when the body does not matter.
func (c *Client) do(ctx context.Context, call call, out any) error {
	switch {
	case c.readOnly && call.changes():
		return readOnly(call)
	case c.recorded && c.before == nil && call.changes():
		return fmt.Errorf("%s %s is not sent, because nobody records it", call.method, call.route)
	case c.tokenProblem != "":
		return unusableToken(c.tokenProblem)
	case c.token == "":
		return noToken()
	case !isHeaderValue(c.token):
		return oddToken()
	}
	call.manner = c.manner
	sending, cancel := context.WithTimeout(ctx, call.overall())
	defer cancel()
	target, err := c.target(sending, &call)
	if err != nil {
		return err
	}
	var body []byte
	switch given := call.body.(type) {
	case nil:
	case json.RawMessage: // it is large, and well written
		body = given
	default:
		if body, err = json.Marshal(given); err != nil {
			return fmt.Errorf("writing the request for %s: %w", call.route, err)
		}
	}
	requests, release := heardOut(sending, call)
	defer release()
	waits, stop := waiting(sending, call.until)
	defer stop()
	state := &attempts{client: c, call: call, target: target, body: body, out: requests, began: time.Now()}
	response, err := state.exchange(waits) //nolint:bodyclose // attempt has read and closed it
	if err != nil {
		return state.failed(waits, err)
	}
	if call.repeated != nil {
		*call.repeated = state.lost
	}
	return state.finish(response.StatusCode, response.Header, out)
}

// target is the call's URL. The first call that needs an account finds it out.
func (c *Client) target(ctx context.Context, call *call) (string, error) {
	path := call.route
	if before, after, templated := strings.Cut(path, "{"); templated {
		_, after, _ = strings.Cut(after, "}")
		path = before + call.of + after
	}
	if !isWhole(path) {
		return "", malformedPath()
	}
	switch {
	case call.tokenPath:
		if err := c.account.isSole(ctx, c); err != nil {
			return "", err
		}
	case !call.unscoped:
		prefix, err := c.account.resolve(ctx, c)
		if err != nil {
			return "", err
		}
		call.account = prefix
		path = prefix + path
	}
	target := c.base.String() + "/api" + path
	if len(call.query) > 0 {
		target += "?" + call.query.Encode()
	}
	return target, nil
}

// isWhole reports whether every segment of a path names something. An empty one or dots would reach another resource.
func isWhole(path string) bool {
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// isHeaderValue reports whether s is visible ASCII, which every token is. net/http would take anything else for a failed
// connection.
func isHeaderValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// withoutURL drops the URL that net/http puts into its errors: addresses stand in it.
func withoutURL(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}

func readOnly(refused call) error {
	return fault.New(fault.ReadOnly, "This server is read-only, so nothing was sent.",
		fmt.Sprintf("It was started with --read-only, and %s %s would change the account.", refused.method, refused.route),
		"Tell the operator what is to be done: they can do it in Mailtrap, or start the server without --read-only.")
}

func noToken() error {
	return fault.New(fault.Unauthorized, "No Mailtrap API token is configured.", "",
		"Ask the operator to set MAILTRAP_API_TOKEN (or --token-file) for this server and restart it; tokens are made in Mailtrap "+
			"under Settings, API Tokens.")
}

func unusableToken(problem string) error {
	return fault.New(fault.Unauthorized, "What is configured as the Mailtrap API token cannot be one, and was not sent.", problem,
		"Ask the operator to put the token into MAILTRAP_API_TOKEN (or --token-file) for this server and to restart it; tokens "+
			"are made in Mailtrap under Settings, API Tokens.")
}

func oddToken() error {
	return fault.New(fault.Unauthorized, "The configured Mailtrap API token has characters in it that no token has.", "",
		"Ask the operator to check MAILTRAP_API_TOKEN (or --token-file) for line breaks, spaces and quotes, and to restart the server.")
}

func malformedPath() error {
	return fault.New(fault.InvalidInput, "What is to be looked at is not named by a valid id.", "",
		"Name it by the id that the get and list tools show, a positive number.")
}
