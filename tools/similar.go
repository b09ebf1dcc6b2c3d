package tools

import (
	"context"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// find looks a contact up. The error about one that does not exist names a contact whose address is nearly the same, if the latest
// snapshot has one; else it says what to do instead.
func (box *Toolbox) find(ctx context.Context, ref apiclient.ContactRef, instead string) (contacts.Found, error) {
	found, err := box.Contacts.Get(ctx, ref)
	if !fault.Is(err, fault.NotFound) {
		return found, err
	}
	missing := *fault.From(err)
	missing.Next = instead
	if similar := box.similar(ctx, ref); similar != "" {
		missing.Next = "There is " + text.Word(similar, apiclient.MaxEmail) + ": ask whether that contact is meant. " + instead
	}
	return found, &missing
}

// similar is the address of a contact that one which is no contact's may be a slip for; empty where none is known.
func (box *Toolbox) similar(ctx context.Context, ref apiclient.ContactRef) string {
	local, domain, isAddress := strings.Cut(strings.ReplaceAll(strings.ToLower(ref.String()), "'", "''"), "@")
	if !isAddress || !box.offers("search_contacts") {
		return ""
	}
	sn, known, err := box.Audience.Latest(ctx)
	if err != nil || !known {
		return ""
	}
	defer sn.Release()
	letters := []rune(local) // a slip leaves a half, or the domain is wrong
	half := len(letters) / 2
	page, err := sn.Search(ctx, audience.Query{Columns: []string{"email"}, Limit: 100, Where: "email LIKE '" + local + "@%' OR email LIKE '" +
		string(letters[:half]) + "%@" + domain + "' OR email LIKE '%" + string(letters[half:]) + "@" + domain + "'"})
	if err != nil {
		return ""
	}
	var near []string
	for _, row := range page.Rows {
		if email, _ := row[0].(string); text.IsSlip([]rune(email), []rune(strings.ToLower(ref.String()))) {
			near = append(near, email)
		}
	}
	if len(near) != 1 {
		return ""
	}
	return near[0]
}
