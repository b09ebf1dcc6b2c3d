package where

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// addressWith compares what Mailtrap keeps in lower case: addresses, domains, ids, statuses. What can never be one is a
// problem with what would be.
func (c *checker) addressWith(a, b *expr, name string) *expr {
	if b.isTruth() {
		return c.fail(wrong(b.at, "%s is a text and is compared with true or false", c.written(a)).
			because("Write status = 'subscribed' for who gets mail."))
	}
	b = asWrittenText(b)
	value := strings.ToLower(strings.TrimSpace(b.text()))
	b = textAt(b, value)
	if name != "=" && name != "<>" || value == "" || a.op != opColumn {
		return b
	}
	switch at := strings.LastIndexByte(value, '@'); {
	case a.col == domainColumn && at >= 0:
		domain := value[at+1:]
		return c.fail(wrong(b.at, "%s is not a domain", text.Quote(b.text())).
			because("A domain is what comes after the @.").instead(b.at, b.to, quotedText(domain)))
	case a.col == Email && at == 0 && len(value) > 1:
		return c.fail(wrong(b.at, "%s is a domain and not an address", text.Quote(b.text())).
			because("Write email_domain = " + quotedText(value[1:]) + ", or email LIKE " + quotedText("%"+value) + "."))
	case a.col == Email && at < 0:
		return c.fail(wrong(b.at, "%s is not an address", text.Quote(b.text())).
			because("Write email_domain = 'example.com' for a domain, email LIKE '%anna%' for a part of an address."))
	case a.col == Status && !slices.Contains(c.schema.knownStatuses(), value):
		return c.fail(c.noStatus(b, value))
	}
	return b
}

// statusWords are words of other systems for Mailtrap's two statuses.
var statusWords = map[string]string{
	"active": "subscribed", "enabled": "subscribed", "opted_in": "subscribed", "opted-in": "subscribed",
	"optin": "subscribed", "subscribe": "subscribed", "confirmed": "subscribed",
	"inactive": "unsubscribed", "opted_out": "unsubscribed", "opted-out": "unsubscribed", "optout": "unsubscribed",
	"unsubscribe": "unsubscribed", "disabled": "unsubscribed",
}

func (c *checker) noStatus(b *expr, value string) *problem {
	p := wrong(b.at, "there is no status %s", text.Quote(value)).
		because("A contact is subscribed or unsubscribed. is_suppressed('hard bounce') finds whose mail bounced, and " +
			"check_suppressions tells it of some people.")
	if _, also := c.schema.find(builtInNames[Status], true); also {
		p.why += ` The field of that name is "field:status".`
	}
	if ours, known := statusWords[value]; known {
		return p.instead(b.at, b.to, quotedText(ours))
	}
	return p
}
