package bulk

import (
	"context"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/comparison"
)

// There are the contacts of the account, as a snapshot knows them.
type There interface {
	comparison.There
	// Contacts are those of some addresses, by address: as far as all is known of them.
	Contacts(ctx context.Context, emails []string) (map[string]apiclient.Contact, error)
	// EachAddress visits those whom a condition fits.
	EachAddress(ctx context.Context, condition string, visit func(email, id string) error) error
}
