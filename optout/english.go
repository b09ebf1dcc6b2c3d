package optout

// english has the words of the exports of mailing tools besides: nearly all are written in English, wherever they are used.
var english = lexicon{
	mail: []string{"*mail*", "*newsletter*", "*marketing*", "news", "*promotion*", "promo*", "offer", "offers", "*mailing*", "*bulletin*", "digest", "communication*", "comms", "advertis*", "special offers", "product updates", "gdpr", "*dsgvo*", "rgpd", "solicitation*"},
	agree: []string{
		"accept*", "receive", "receives", "receiving", "agree*", "want", "wants", "wanted", "*optin*", "*optedin*", "*optsin*", "*optingin*", "*subscri*", "*consent*", "allow*", "confirm*", "permit*", "*permission*",
		"wish*", "like to", "approve*", "authori*", "signed up", "sign up", "signup*", "keep me", "contact me", "send me", "email me", "enrolled", "enabled", "mailable", "emailable", "contactable", "can email", "can mail", "can be emailed",
		"ok to email", "ok to mail", "okay to email", "may we", "can we", "verified", "validated", "preference", "preferences", "legal basis", "lawful basis", "active", "interested in",
	},
	refuse: []string{
		"*unsub*", "*optout*", "*optedout*", "*optingout*", "*optsout*", "*donotmail*", "*donotemail*", "*donotcontact*", "*donotsend*", "*donotmarket*", "*donotbulk*", "*donotallow*", "*donotsolicit*", "*dontemail*", "*dontmail*",
		"*dontsend*", "*dontcontact*", "dnc", "dne", "dnm", "no mail", "no email", "no emails", "no bulk*", "no newsletter*", "no marketing", "no promo*", "no more mail*", "no more email*", "not emailable", "nomail", "noemail", "nomailing",
		"*blacklist*", "*blocklist*", "*denylist*", "*suppress*", "*complain*", "*spamreport*", "*reportedspam*", "*reportedasspam*", "*markedasspam*", "*markedspam*", "*isspam*", "abuse", "*bounce*", "*undeliver*", "*hardfail*",
		"on hold", "*onhold*", "quarantine*", "*invalidemail*", "*emailinvalid*", "*invalidaddress*", "*emaildisabled*", "*disabledemail*", "*mailblocked*", "*emailblocked*", "*blockedemail*", "*blockedfromemail*",
		"*excludedfromcampaign*", "*excludefromcampaign*", "*excludefrommail*", "*excludefromemail*", "*excludedfromemail*", "*removedfromlist*", "*removefromlist*", "stop date", "stop time", "stop status", "stopped", "*revoked*", "*withdrawn*", "*withdrew*", "*declined*email*",
		"*refusedemail*", "*refuseemail*", "*cleanedat*", "clean time", "cleantime", "cleaned", "*emailstop*", "*stopemail*", "*nonemailable*", "*emailbad*", "*bademail*",
	},
	status: []string{"status", "state", "standing", "consent", "permission", "permissions", "substatus", "preference", "preferences"},

	yes: []string{"yes", "y", "true", "t", "on", "1", "x", "ok", "okay", "yep", "yeah", "checked", "ticked", "selected", "enabled", "enable", "allow", "allowed", "accept", "accepted", "agree", "agreed", "i agree", "i accept", "granted", "given", "approved", "permitted", "authorized", "authorised", "wants", "wanted", "yes please", "i consent", "consented", "consent given", "yes i agree", "yes i consent", "yes i do", "i do", "please do"},
	no:  []string{"no", "n", "false", "f", "off", "0", "-1", "none", "never", "nope", "unchecked", "unticked", "not selected", "disabled", "disable", "deny", "denied", "decline", "declined", "refuse", "refused", "reject", "rejected", "disallow", "disallowed", "do not allow", "not allowed", "not granted", "not given", "not agreed", "disagree", "i do not agree", "withdrawn", "revoked", "withheld", "no thanks", "no thank you", "do not", "i do not", "i dont", "objected", "objection", "opposed", "not permitted", "not authorized", "not authorised", "prohibited", "forbidden"},
	in: []string{
		"subscribed", "subscriber", "subscribe", "opted in", "opt in", "optin", "opt in confirmed", "confirmed", "confirmed opt in", "double opt in", "single opt in", "confirmed subscriber", "doi", "soi", "active", "active subscriber", "active contact", "enabled", "valid", "verified", "deliverable", "ok to send", "safe", "safe to send", "send",
		"regular", "mailable", "emailable", "can email", "implied", "express", "explicit", "express consent", "implied consent", "explicit consent", "consent given", "consented", "granted", "marketing contact", "marketing", "sendable", "reachable", "engaged", "good", "resubscribed", "re subscribed", "explicitly granted",
		"freely given consent from contact", "legitimate interest prospect lead", "legitimate interest existing customer", "legitimate interest other", "performance of a contract", "subscribed to all", "accepts marketing", "daily", "weekly", "biweekly", "bi weekly", "fortnightly", "monthly", "quarterly", "instant", "html", "delivered", "receives mail", "receive mail", "email", "by email", "via email",
	},
	out: []string{
		"unsubscribed", "unsubscribe", "unsub", "unsubbed", "unsubscriber", "unsubscription", "unsubs", "globally unsubscribed", "global unsubscribe", "unsubscribed from all", "unsubscribed all", "opted out", "opt out", "optout", "user opted out", "list unsubscribe", "manual unsubscribe", "manually unsubscribed", "one click unsubscribe",
		"left", "signed off", "opt out all", "opted out of all", "unenrolled", "mailing list left", "removed at own request", "removed by request", "removed himself", "self removed", "asked to be removed", "un subscribed", "un subscribe", "email opt out", "emails off", "stopped by subscriber",
	},
	complained: []string{
		"complained", "complaint", "complainer", "complaints", "spam", "spam complaint", "spam report", "reported spam", "reported as spam", "marked as spam", "marked spam", "spam complainer", "spam reported", "spammed", "spammy", "junk", "abuse", "abuse report", "abuse complaint", "feedback loop", "fbl", "reported abuse", "isp complaint", "spam complained",
	},
	blocked: []string{
		"suppressed", "suppression", "global suppression", "globally suppressed", "blacklisted", "blacklist", "blocklisted", "blocklist", "denylisted", "do not email", "do not mail", "do not contact", "do not send", "do_not_mail", "dnc", "dne", "dnm", "banned", "blocked", "quarantined", "non marketing", "non marketing contact", "excluded", "spamtrap", "spam trap",
		"trap", "honeypot", "toxic", "litigator", "global suppression list", "role based catch all", "no mail", "no email", "no emails", "not mailable", "not emailable", "do not market", "embargo", "embargoed", "deceased", "purged", "forgotten", "gdpr deleted", "erased",
	},
	bounced: []string{
		"bounced", "bounce", "bounces", "hard bounce", "hard bounced", "hardbounce", "hardbounced", "bounced hard", "hard", "permanent bounce", "permanent failure", "cleaned", "undeliverable", "undelivered", "non deliverable", "not deliverable", "invalid", "invalid email", "invalid address", "invalid e mail", "invalid mailbox", "mailbox not found",
		"mailbox does not exist", "does not exist", "no such user", "unknown user", "user unknown", "bad", "bad email", "bad address", "dead", "failed", "failed delivery", "delivery failed", "not found", "no mx", "no mx record", "no dns", "unreachable", "not valid", "syntax error", "rejected email", "hold", "on hold", "held", "email invalid", "nonexistent", "no longer valid",
	},
	never: []string{
		"never subscribed", "neversubscribed", "non subscribed", "nonsubscribed", "non subscriber", "nonsubscriber", "not subscribed", "not_subscribed", "not opted in", "no consent", "without consent", "consent not given", "not consented", "no permission", "no opt in", "never opted in", "none given", "not set", "not specified consent", "not asked", "not provided",
		"not applicable", "unconsented", "non consenting", "refused consent", "consent withdrawn", "withdrawn consent", "consent revoked", "consent denied", "denied consent", "no legal basis", "not marketable", "not a subscriber",
	},
	unsure: []string{
		"pending", "unconfirmed", "not confirmed", "awaiting confirmation", "waiting", "waiting for confirmation", "awaiting", "unactivated", "not activated", "unverified", "not verified", "opt in pending", "pending confirmation", "confirmation pending", "pending opt in", "confirming", "unconfirmed subscriber", "to be confirmed", "inactive", "disabled",
		"deactivated", "removed", "deleted", "archived", "canceled", "cancelled", "cancellation", "expired", "suspended", "paused", "snoozed", "closed", "transactional", "unknown", "risky", "catch all", "catchall", "accept all", "accept_all", "disposable", "role", "role based", "role_based", "temporary", "greylisted", "unpaid", "churned", "churning", "past due", "lapsed", "dormant",
		"unengaged", "not engaged", "sunset", "cold", "soft bounce", "soft bounced", "softbounce", "softbounced", "bounced soft", "soft", "undetermined", "unsure", "maybe", "partial", "limited", "error", "temporary failure", "not sent", "unspecified", "undefined", "neutral", "clean", "invited", "requested", "queued", "new", "imported", "draft", "blank", "not active", "non active", "never active", "ghost",
	},
	not: []string{"not", "non", "no", "never", "un", "isnt", "hasnt", "didnt", "doesnt", "dont", "wont", "without"},
}
