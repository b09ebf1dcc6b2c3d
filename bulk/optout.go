package bulk

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// An import subscribes whom it creates, so a row that says that the person does not want mail must not be imported. Such
// rows are rejected, whatever else they hold, and so is every other row of the same address, before or after.
//
// The rules lean to the safe side, because a row that is rejected for nothing can be mended, and an unwanted mail cannot
// be taken back:
//
//   - A status ("Status", "Email Marketing Consent") rejects by what its words mean. "Never subscribed" and "non-subscribed"
//     count: nobody agreed to anything. A soft bounce does not: the next mail may arrive.
//   - A refusal ("Unsubscribed", "Email Opt Out", "UNSUB_TIME") rejects by anything that is not empty, zero or a no: a
//     date, a reason, a tick. A later date of subscription beside it is not weighed against it.
//   - An agreement ("Accepts Email Marketing", "Opt-in") rejects by an explicit no. An empty cell says nothing.
//   - What is about text messages, calls or letters says nothing about mail.
//   - Words that mean either the mailing or something else ("cancelled", "unconfirmed") reject with a reason that says so.
//
// A column that a field of the account is named like is that field's, and is imported as its data; it is read as an
// opt-out as well. Only what is as likely the owner's own data is left alone there: doubtful words, and the agreements
// named below. Headers and words are English.

// optOut is a column of a file that says whether a person may be mailed.
type optOut struct {
	index  int
	name   string
	kind   optOutKind
	saying saying // what a refusal comes to
	field  bool   // the column is a field's too
}

// optOutKind is how a column's cells are read.
type optOutKind int

const (
	anyStatus  optOutKind = iota // a status of anything: words that mean the mailing count
	mailStatus                   // a status of the mailing: a "no" and doubtful words count too
	refusal                      // anything that is not a "no" counts
	likeness                     // looks like a refusal: a clear "yes", a date, or words count
	agreement                    // a "no" counts, and so do words
)

// saying is what a file says of a person. The empty one says nothing against mail.
type saying string

const (
	unsubscribed saying = "the file says this person has unsubscribed"
	blocked      saying = "the file says this person is not to be mailed"
	bouncing     saying = "the file says mail to this person bounces"
	complained   saying = "the file says this person reported mail as spam"
	notAgreed    saying = "the file says this person has not agreed to be mailed"
	doubtful     saying = "the file may say this person does not want mail"
)

// refusals are headers, in plain form, of what stands there only if a person is not to be mailed. Named are products
// whose exports have the header: HubSpot's, MailUp's and Ghost's below by their documentation, the others as they are
// remembered (inferred).
var refusals = map[string]saying{
	"unsubscribed": unsubscribed, // Customer.io, MailerLite (a date)
	"unsubscribe":  unsubscribed, "unsub": unsubscribed, "isunsubscribed": unsubscribed, "hasunsubscribed": unsubscribed, "globallyunsubscribed": unsubscribed,
	"unsubscribedfromallemail": unsubscribed, "unsubscribedfromallemails": unsubscribed, // HubSpot
	"unsubscribedfromemail": unsubscribed, "unsubscribedfromemails": unsubscribed, // Intercom
	"portalunsubscribe": unsubscribed, "portalbounce": bouncing, "globalbounce": bouncing, "portalspamreport": complained, // HubSpot's unsubscribes and bounces
	"optout": unsubscribed, "optedout": unsubscribed, "isoptedout": unsubscribed, "marketingoptout": unsubscribed,
	"emailoptout":        unsubscribed, // Salesforce, Zoho
	"hasoptedoutofemail": unsubscribed, // Salesforce, by its API's name
	"emailoptedout":      unsubscribed, "optoutemail": unsubscribed, "emailmarketingoptout": unsubscribed,
	"nobulkemails": unsubscribed, "nobulkemailsuseroptout": unsubscribed, // CiviCRM
	"donotemail":  blocked, // CiviCRM; its "Do Not Mail" is about letters
	"donotemails": blocked, "donotcontact": blocked, "donotbulkemail": blocked,
	"donotallowemails": blocked, "donotallowbulkemails": blocked, // Dynamics: "Do Not Allow", "Allow"
	"blacklisted": blocked, "blocklisted": blocked, "isblacklisted": blocked, "isblocklisted": blocked, // phpList
	"emailblacklisted": blocked, "emailblocklisted": blocked, "emailblacklist": blocked, "emailblocklist": blocked, // Brevo
	"blacklist": blocked, "blocklist": blocked,
	"suppressed": blocked, "issuppressed": blocked, "emailsuppressed": blocked, "emailsuppressions": blocked, // Klaviyo
	"isexcludedfromcampaigns": blocked, // Mailjet
	"emaildisabled":           blocked, // Substack
	"bounced":                 bouncing, "isbounced": bouncing, "hardbounced": bouncing, "hardbounce": bouncing, "emailbounced": bouncing, "emailhardbounced": bouncing,
	"complained": complained, "markedasspam": complained, "spamcomplaint": complained, "reportedspam": complained,

	"unsubtime": unsubscribed, "cleantime": bouncing, // Mailchimp
	"unsubscribedat": unsubscribed, // Drip, Kit
	"unsubscribeat":  unsubscribed, "unsubat": unsubscribed, "unsubscribedon": unsubscribed, "unsubscribetime": unsubscribed, "unsubscribedtime": unsubscribed,
	"unsubscribedate": unsubscribed, "unsubscribeddate": unsubscribed, "dateunsubscribed": unsubscribed, "unsubdate": unsubscribed, // ActiveCampaign, AWeber
	"unsubscriptiondate": unsubscribed, "emailunsubscribedate": unsubscribed, "emailunsubscribedat": unsubscribed,
	"optoutdate": unsubscribed, // MailUp
	"optouttime": unsubscribed, "optoutat": unsubscribed, "optedoutat": unsubscribed, "optedouton": unsubscribed, "optedoutdate": unsubscribed, "dateoptedout": unsubscribed,
	"emailoptoutdate": unsubscribed, "emailoptouttime": unsubscribed, // Constant Contact
	"blacklistedat": blocked, "blocklistedat": blocked, "suppressedat": blocked, "cleanedat": bouncing, "bouncedat": bouncing, "hardbouncedat": bouncing, "complainedat": complained,
}

// refusalsOfOneKind begin the headers of columns that there is one of for every kind of mail: HubSpot's "Opted out of
// email: Newsletter", hs_email_optout_123. Which kind the import is for is not known, so each counts.
var refusalsOfOneKind = []string{"optedoutofemail", "hsemailoptout"}

// agreements are headers, in plain form, of what must not be a no. An account may keep the agreements to one list of many
// as its own data: ownAgreements are left alone when they are a field's.
var (
	agreements = []string{
		"optin", "optedin", "isoptedin", "emailoptin", "emailoptedin", "optinemail", // Brevo: OPT_IN
		"marketingoptin", "emailmarketingoptin", "newsletteroptin",
		"subscribed", "issubscribed", "emailsubscribed", "subscribedtoemail", "emailsubscription",
		"subscribedtoemails",                        // Ghost
		"acceptsmarketing", "acceptsemailmarketing", // Shopify
		"acceptsemail", "acceptsemails", "agreedtomarketing", "marketingallowed", "emailallowed", "mailable", "canemail",
		"allowemail", "allowemails", "receiveemail", "receiveemails", "receivesemails", "wantsemail", "wantsemails",
		"subscribedtonewsletter", "newslettersubscribed", "newslettersubscription",
	}
	ownAgreements = []string{"newsletter", "consent"} // Magento, PrestaShop
)

// statuses are headers, in plain form, of a status that may be one of anything.
var statuses = []string{"status", "contactstatus", "memberstatus", "userstatus", "profilestatus"}

// statusesOfMail are those of the mailing that mailWords do not show; global and list status are MailPoet's.
var statusesOfMail = []string{"subscriptionstate", "emailmarketing", "globalstatus", "liststatus"}

// Parts of headers in plain form.
var (
	mailWords    = []string{"mail", "subscri", "newsletter", "marketing", "optin", "optout"}
	statusWords  = []string{"status", "consent", "permission", "permissions"} // at the end
	outWords     = []string{"unsubscrib", "optout", "optedout", "blacklist", "blocklist", "suppress", "donotemail"}
	otherMedia   = []string{"sms", "whatsapp", "phone", "mobile", "push", "fax", "text", "directmail", "postal"}
	aboutRefusal = []string{"url", "link", "campaign", "count", "reason", "source"} // what goes with one says nothing itself
)

// findOptOut says whether and how a column tells who may be mailed.
func findOptOut(index int, name string, isField bool) (optOut, bool) {
	header := plain(name)
	column := optOut{index: index, name: name, field: isField, saying: unsubscribed}
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(header, part) })
	}
	begins := func(part string) bool { return strings.HasPrefix(header, part) }
	ends := func(part string) bool { return strings.HasSuffix(header, part) }
	said, refuses := refusals[header]
	switch {
	case refuses:
		column.kind, column.saying = refusal, said
	case slices.Contains(agreements, header), !isField && slices.Contains(ownAgreements, header):
		column.kind = agreement
	case slices.Contains(statuses, header):
		column.kind = anyStatus
	case slices.Contains(statusesOfMail, header):
		column.kind = mailStatus
	case slices.ContainsFunc(refusalsOfOneKind, begins):
		column.kind = refusal
	case has(otherMedia):
		return optOut{}, false
	case slices.ContainsFunc(statusWords, ends) && has(mailWords):
		column.kind = mailStatus
	case has(outWords) && !has(aboutRefusal):
		column.kind = likeness
	default:
		return optOut{}, false
	}
	return column, true
}

// words are what statuses say, in plain form, of exports of Mailchimp, Klaviyo, Brevo, MailerLite, MailPoet, Campaign
// Monitor, Constant Contact, Omnisend, Pipedrive, Wix, Kit and Mailtrap. The empty saying is for those that are fine.
var words = map[string]saying{
	"unsubscribed": unsubscribed, "unsubscribe": unsubscribed, "unsub": unsubscribed, "unsubscription": unsubscribed, "globallyunsubscribed": unsubscribed,
	"optedout": unsubscribed, "optout": unsubscribed,
	"suppressed": blocked, "blacklisted": blocked, "blocklisted": blocked, "blacklist": blocked, "blocklist": blocked, "donotemail": blocked, "donotmail": blocked, "donotcontact": blocked,
	"cleaned": bouncing, "bounced": bouncing, "bounce": bouncing, "hardbounced": bouncing, "hardbounce": bouncing, "undeliverable": bouncing,
	"complained": complained, "complaint": complained, "spam": complained, "spamcomplaint": complained, "spamreport": complained, "markedasspam": complained, "junk": complained, "abuse": complained,
	"neversubscribed": notAgreed, "nonsubscribed": notAgreed, "nonsubscriber": notAgreed, "notsubscribed": notAgreed, "notoptedin": notAgreed, "noconsent": notAgreed,
	"unconfirmed": doubtful, "notconfirmed": doubtful, "awaitingconfirmation": doubtful,
	"cancelled": doubtful, "canceled": doubtful, "inactive": doubtful, // Kit (its documentation), beehiiv
	"transactional": doubtful, // Mailchimp's API says so of who bought something and did not subscribe
	"subscribed":    "", "active": "", "confirmed": "", "optedin": "", "optin": "", "enabled": "", "valid": "", "verified": "", "implied": "", "express": "", "softbounced": "", "softbounce": "",
	"notunsubscribed": "", "neverunsubscribed": "", "notoptedout": "", "notsuppressed": "", "notblacklisted": "", "notblocklisted": "",
}

// wordsOfMail are doubtful too where the status is the mailing's own.
var wordsOfMail = []string{"pending", "blocked", "disabled", "invalid", "archived", "deleted", "removed", "declined", "denied", "refused", "rejected", "revoked", "withdrawn"}

// What is neither no nor yes, but means the one below a refusal and the other below an agreement.
var (
	notRefused = []string{
		"subscribed", "optedin", "optin", "allow", "allowed", "softbounced", "softbounce",
		"notunsubscribed", "neverunsubscribed", "notoptedout", "notsuppressed", "notblacklisted", "notblocklisted",
	}
	notAllowed = []string{"notallowed", "donotallow", "disallowed", "declined", "denied", "refused", "revoked", "withdrawn"}
)

// stems show the meaning of a longer text: "Unsubscribed by an admin", "Newsletter: opted out".
var stems = []struct {
	stem string
	says saying
}{
	{"unsubscrib", unsubscribed}, {"optedout", unsubscribed}, {"optout", unsubscribed}, {"suppress", blocked}, {"blacklist", blocked}, {"blocklist", blocked},
	{"hardbounce", bouncing}, {"spamcomplain", complained}, {"neversubscribed", notAgreed}, {"nonsubscribed", notAgreed}, {"notsubscribed", notAgreed},
}

// wordsSay is what a status says; known is false when it is nothing that a mailing has. exact asks for the whole text.
func wordsSay(value string, exact bool) (says saying, known bool) {
	says, known = words[value]
	if known || exact {
		return says, known
	}
	for _, stem := range stems {
		if strings.Contains(value, stem.stem) {
			return stem.says, true
		}
	}
	return "", false
}

// says reads a cell. known is false when a status has nothing to do with a mailing.
func (c optOut) says(cell string) (says saying, known bool) {
	value := plain(cell)
	if isNothing(cell, value) {
		return "", true
	}
	says, known = wordsSay(value, c.field)
	if says != "" && (says != doubtful || !c.field && c.kind != refusal) {
		return says, true
	}
	switch no := isNo(cell, value); {
	case c.kind == refusal && !no && !slices.Contains(notRefused, value),
		c.kind == likeness && (isYes(cell, value) || date.MatchString(strings.TrimSpace(cell))):
		return c.saying, true
	case c.kind == agreement && (no || slices.Contains(notAllowed, value)), c.kind == mailStatus && no:
		return notAgreed, true
	case c.kind == mailStatus && !c.field && slices.Contains(wordsOfMail, value):
		return doubtful, true
	case c.kind == anyStatus, c.kind == mailStatus && !isYes(cell, value):
		return "", known
	}
	return "", true
}

// reason is why a row with such a cell is rejected.
func (c optOut) reason(says saying, cell string) string {
	shown := func(s string) string { return text.Quote(text.Clip(s, 30)) } // the file of rejected rows has it whole
	reason := string(says) + " (" + shown(cell) + " in the column " + shown(c.name) + "); an import would subscribe them"
	if says == doubtful {
		reason += "; if it means something else, rename the column"
	}
	return reason
}

// elsewhere is why a row is rejected because of another of its address.
func elsewhere(reason string) string { return "another row of " + reason }

// optedOut says why a row must not be imported, if its columns say so. A sure word goes before a doubtful one.
func (in *intake) optedOut(cells []string) (reason string) {
	sure := false
	for i, column := range in.plan.optOuts {
		written := cell(cells, column.index)
		says, known := column.says(written)
		if !known && !column.field {
			in.foreign[i] = true
		}
		if says != "" && !sure && (reason == "" || says != doubtful) {
			reason, sure = column.reason(says, written), says != doubtful
		}
	}
	return reason
}

// strayed is optedOut for a row whose cells do not stand below their headers: a word that can mean nothing else speaks
// for itself, wherever it stands.
func (p columnPlan) strayed(cells []string) (email, reason string) {
	email, err := apiclient.ParseEmail(cell(cells, p.email))
	if err != nil {
		return "", ""
	}
	for _, column := range p.optOuts {
		for _, written := range cells {
			if says, _ := wordsSay(plain(written), true); says == unsubscribed || says == blocked {
				return email, column.reason(says, written)
			}
		}
	}
	return "", ""
}

// date is how a date begins, with or without a time behind it.
var date = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([ T,]|$)`)

// isNothing tells what stands in a cell that has no value: also dashes, "null" and a date of zeros (0000-00-00).
func isNothing(cell, value string) bool {
	switch value {
	case "":
		return !strings.ContainsFunc(cell, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSpace(r) && unicode.IsGraphic(r) })
	case "null", "nil", "none", "na", "nan", "undefined", "unknown", "never":
		return true
	}
	return len(value) > 1 && strings.Trim(value, "0") == ""
}

func isNo(cell, value string) bool {
	switch value {
	case "no", "n", "false", "f", "off", "0":
		return true
	case "":
		return strings.ContainsAny(cell, "✗✘❌☐×")
	}
	return false
}

func isYes(cell, value string) bool {
	switch value {
	case "yes", "y", "true", "t", "on", "1", "x":
		return true
	case "":
		return strings.ContainsAny(cell, "✓✔☑✅")
	}
	return false
}
