package intake

import (
	"strings"

	"mailtrap-contacts-mcp/text"
)

// Doubt is a kind of address that is seldom worth mailing.
type Doubt string

// The doubts.
const (
	Role Doubt = "role" // belongs to a post rather than a person: info@
	Typo Doubt = "typo" // its domain looks like a slip of a large provider's: gmial.com
)

// Doubtful is how many addresses a doubt is about.
type Doubtful struct {
	Count    int
	Examples []string // "jane@gmial.com (gmail.com?)"
	Skipped  bool     // they are among the rejected rows
}

// skipped is why a doubtful address is left out as the caller wants it.
func skipped(kind Doubt, meant string) string {
	if kind == Typo {
		return "skipped as asked: the domain looks misspelt; " + text.Quote(meant) + " may be meant"
	}
	return "skipped as asked: the address belongs to a role, not to a person"
}

// shownDoubts is how many examples are kept.
const shownDoubts = 3

// doubts finds what is doubtful about addresses, and remembers it of domains: a file has few different ones. It is for one
// goroutine.
type doubts struct{ meant map[string]string }

// rememberedDomains is of how many domains is remembered whose slip they are.
const rememberedDomains = 1000

// DoubtOf says what makes a checked address doubtful, if anything does, and which domain a misspelt one may mean.
func DoubtOf(email string) (kind Doubt, meant string) {
	var d doubts
	return d.of(email)
}

// of is what is doubtful about a checked address. meant is the domain that a misspelt one may be.
func (d *doubts) of(email string) (kind Doubt, meant string) {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return "", ""
	}
	domain := email[at+1:]
	meant, known := d.meant[domain]
	if !known {
		meant = meantDomain(domain)
		if d.meant == nil || len(d.meant) == rememberedDomains {
			d.meant = map[string]string{}
		}
		d.meant[strings.Clone(domain)] = meant
	}
	switch {
	case meant != "":
		return Typo, meant
	case isRole(email[:at]):
		return Role, ""
	}
	return "", ""
}

// roles are the parts before the @ of posts, without dots, dashes and underscores. The technical ones are those of RFC 2142
// and of the lists that mailers publish, as they are remembered; so are the German, French, Spanish and Italian ones.
var roles = text.WordSet(`abuse admin administrator billing compliance contact contactus customercare customerservice customersupport
	devnull dns donotreply enquiries enquiry events everyone feedback finance ftp hello help helpdesk hostmaster hr info information inquiries
	inquiry invoice invoices invoicing accounts accounting accountspayable careers jobs recruiting recruitment legal list mail mailbox
	mailerdaemon marketing media members membership news newsletter newsletters noc noreply nobody null office order orders partners postmaster
	pr press privacy reception registrar reservations booking bookings root sales salesteam secretary security service services shop spam staff
	store subscribe subscriptions support sysadmin team tech techsupport undisclosedrecipients unsubscribe usenet uucp webmaster www
	kontakt buero vertrieb verkauf verwaltung bewerbung rechnung buchhaltung kundenservice empfang sekretariat
	bonjour accueil ventes commercial comptabilite contacto ventas administracion contatto vendite amministrazione`)

// longestRole spares long names the look-up.
const longestRole = 24

func isRole(local string) bool {
	local, _, _ = strings.Cut(local, "+")
	if len(local) > longestRole {
		return false
	}
	bare := make([]byte, 0, longestRole)
	for i := range len(local) {
		if c := local[i]; c != '-' && c != '.' && c != '_' {
			bare = append(bare, c)
		}
	}
	for len(bare) > 0 && bare[len(bare)-1] >= '0' && bare[len(bare)-1] <= '9' {
		bare = bare[:len(bare)-1]
	}
	return roles()[string(bare)]
}

// providers are domains so large that one that differs by one slip of a finger is hardly anybody's own.
var providers = []string{"gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com",
	"protonmail.com", "comcast.net"}

// slips are misspellings that are known, or that more than one slip makes.
var slips = map[string]string{
	"gmial.com": "gmail.com", "mgail.com": "gmail.com", "gamil.com": "gmail.com", "gnail.com": "gmail.com",
	"gmaill.com": "gmail.com", "gmali.com": "gmail.com",
	"gmail.comm": "gmail.com", "gmail.con": "gmail.com", "gmail.cmo": "gmail.com", "gmail.ocm": "gmail.com", "gmail.vom": "gmail.com",
	"yahooo.com": "yahoo.com", "yaho.com": "yahoo.com", "yhaoo.com": "yahoo.com", "ayhoo.com": "yahoo.com",
	"yahoo.con": "yahoo.com", "yahoo.ocm": "yahoo.com",
	"hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "hotamil.com": "hotmail.com", "ohtmail.com": "hotmail.com",
	"homtail.com": "hotmail.com", "htomail.com": "hotmail.com",
	"hotmail.con": "hotmail.com", "hotmail.ocm": "hotmail.com", "outlok.com": "outlook.com", "outloook.com": "outlook.com",
	"oulook.com": "outlook.com", "outlook.con": "outlook.com",
	"icould.com": "icloud.com", "iclould.com": "icloud.com", "icloud.con": "icloud.com", "aol.con": "aol.com",
	"aoll.com": "aol.com", "live.con": "live.com", "msn.con": "msn.com",
	"gmx.ed": "gmx.de", "wed.de": "web.de", "t-onlin.de": "t-online.de", "tonline.de": "t-online.de",
	"protonmail.con": "protonmail.com", "comcast.ent": "comcast.net",
}

// realDomains are a slip away from a provider and somebody's own.
var realDomains = text.WordSet(`gail.com grail.com gmail.co.uk gmx.com yahoo.ca yahoo.co yahoo.cl yahoo.cn hotmail.cl hotmail.ca
	outlook.cl outlook.cz`)

// meantDomain is the provider that a domain is a slip of; empty when it is its own. The first letters must be the same:
// ymail.com, fmail.com and cloud.com are services of their own.
func meantDomain(domain string) string {
	if meant := slips[domain]; meant != "" {
		return meant
	}
	for _, provider := range providers {
		longer := len(domain) - len(provider)
		if domain[0] != provider[0] || longer < -1 || longer > 1 {
			continue
		}
		if domain == provider {
			return ""
		}
		if text.IsSlip([]byte(domain), []byte(provider)) && !realDomains()[domain] {
			return provider
		}
	}
	return ""
}
