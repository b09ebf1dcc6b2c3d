package apiclient

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// accountPath finds out once which account's paths to use.
type accountPath struct {
	turn   *semaphore.Weighted // whose turn it is to look the account up: one at a time
	prefix *string             // guarded by turn
	id     *int64              // guarded by turn; nil for TokenScoped
	sole   time.Time           // guarded by turn; when the token was last seen to reach this account alone
}

// soleFor is how long a token that reached one account is taken to reach no other.
const soleFor = 5 * time.Minute

func parseAccount(account string) (accountPath, error) {
	path := accountPath{turn: semaphore.NewWeighted(1)}
	switch account = strings.TrimSpace(account); account {
	case "":
		return path, nil
	case TokenScoped:
		path.prefix = new("")
		return path, nil
	}
	id, err := strconv.ParseInt(account, 10, 64)
	if err != nil || id <= 0 {
		return accountPath{}, fmt.Errorf("the account id must be a positive number, or %q for the token's own paths", TokenScoped)
	}
	path.set(id)
	return path, nil
}

func (a *accountPath) set(id int64) {
	a.id = &id
	a.prefix = new("/accounts/" + number(id))
}

// resolve returns the account's prefix. Callers that come together share one look-up; a failed one is tried again.
func (a *accountPath) resolve(ctx context.Context, c *Client) (string, error) {
	if err := a.turn.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer a.turn.Release(1)
	if a.prefix != nil {
		return *a.prefix, nil
	}
	accounts, err := c.Accounts(ctx)
	if err != nil {
		return "", err
	}
	if len(accounts) != 1 {
		return "", notOneAccount(accounts)
	}
	a.set(accounts[0].ID)
	a.sole = time.Now()
	return *a.prefix, nil
}

// isSole refuses a path that belongs to the token and not to an account, where the token reaches other accounts as well:
// whose things it would show is not known.
func (a *accountPath) isSole(ctx context.Context, c *Client) error {
	if err := a.turn.Acquire(ctx, 1); err != nil {
		return err
	}
	defer a.turn.Release(1)
	if !a.sole.IsZero() && time.Since(a.sole) < soleFor {
		return nil
	}
	accounts, err := c.Accounts(ctx)
	if err != nil {
		return err
	}
	if len(accounts) != 1 || a.id != nil && *a.id != accounts[0].ID {
		return fault.New(fault.Conflict, "This API token reaches several accounts, or another one than this server works on.",
			"Mailtrap shows campaigns, domains and usage of the token's own account only, and which one that is cannot be told.",
			"Ask the operator for a token with access to this account and no other.")
	}
	a.sole = time.Now()
	return nil
}

// AccountID is the account the client works on, found out if need be. It is 0 for TokenScoped, where it is not known.
func (c *Client) AccountID(ctx context.Context) (int64, error) {
	if _, err := c.account.resolve(ctx, c); err != nil {
		return 0, err
	}
	if c.account.id == nil {
		return 0, nil
	}
	return *c.account.id, nil
}

// AccountKey names the account for what is kept locally about it: its host and id, or, where only the token knows which
// account it is, a stand-in for the token.
func (c *Client) AccountKey(ctx context.Context) (string, error) {
	prefix, err := c.account.resolve(ctx, c)
	if err != nil {
		return "", err
	}
	if prefix == "" {
		prefix = " token " + nameOfToken(c.token)
	}
	return c.base.Host + prefix, nil
}

func notOneAccount(accounts []Account) error {
	if len(accounts) == 0 {
		return fault.New(fault.Forbidden, "The API token reaches no account.", "",
			"Ask the operator for a token with access to the account whose contacts are meant.")
	}
	known := make([]string, len(accounts))
	for i, account := range accounts {
		known[i] = fmt.Sprintf("%d (%s)", account.ID, text.Quote(account.Name))
	}
	return fault.New(fault.Conflict, fmt.Sprintf("The API token reaches %d accounts: %s.", len(accounts), text.Listing(known, 20)),
		"The server must not guess whose contacts to change.",
		"Ask the operator which one is meant and to start the server with --account-id (or MAILTRAP_ACCOUNT_ID) set to its id.")
}
