package intake

// refusals are headers, in plain form, of what stands there only if a person is not to be mailed. Named are products
// whose exports have the header: HubSpot's, MailUp's and Ghost's below by their documentation, the others as they are
// remembered (inferred).
var refusals = map[string]saying{
	"unsubscribed": unsubscribed, // Customer.io, MailerLite (a date)
	"unsubscribe":  unsubscribed, "unsub": unsubscribed, "isunsubscribed": unsubscribed, "hasunsubscribed": unsubscribed, "globallyunsubscribed": unsubscribed,
	"unsubscribedfromallemail": unsubscribed, "unsubscribedfromallemails": unsubscribed, // HubSpot
	"unsubscribedfromemail": unsubscribed, "unsubscribedfromemails": unsubscribed, // Intercom
	"portalunsubscribe": unsubscribed, "portalbounce": bouncing, "globalbounce": bouncing, "portalspamreport": complained, // HubSpot's unsubscribes and bounces
	"invalidemailaddress": bouncing, "emailhardbouncereason": bouncing, // HubSpot's contacts; the second is empty for the others
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
