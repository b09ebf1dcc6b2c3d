package undo

import (
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// TakesConsentBack reports that a consent was given for the write, which does not count any more once it is turned back.
func (b Back) TakesConsentBack() bool { return len(b.agreed()) > 0 }

// agreed are the addresses that a consent was given for: of a contact that was subscribed, and the one that it got.
func (b Back) agreed() (emails []string) {
	switch {
	case b.Write.Consent == "":
		return nil
	case b.Write.Action == journal.Create:
		return []string{b.Write.Name}
	case b.Before.Status == apiclient.Unsubscribed:
		emails = append(emails, b.Before.Email)
	}
	if !strings.EqualFold(b.Before.Email, b.After.Email) {
		emails = append(emails, b.After.Email)
	}
	return emails
}
