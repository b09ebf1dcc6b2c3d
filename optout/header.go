package optout

import "strings"

// class is what a header alone says.
type class uint8

const (
	plain      class = iota // nothing
	elsewhere               // it is about something other than mail
	refusing                // who does not want mail, or must not or cannot get it
	agreeing                // who wants it
	mailStatus              // a status of the mailing
	bareStatus              // a status, of something
	mailOnly                // it names mail, and no wish
	bouncing                // used with mailStatus: what a verifier of addresses says
)

// header is a column's name, read.
type header struct {
	class  class
	bare   bool // "Status" and nothing else
	about  bool // the link, the source, the number of something
	allows bool // "Do not allow": the answer "allow" is a yes
	reason Reason
}

// bare are headers of a status of anything that a contact file may have; the second half names contacts besides.
var (
	bare     = []string{"status", "statut", "estado", "stato", "stan", "tila", "stav", "durum", "durumu", "статус", "zustand"}
	personal = []string{"contact", "member", "subscriber", "recipient", "profile", "person", "people", "list", "global", "kontakt", "client", "kunde", "user", "e", "zb", "verification", "validation"}
)

func headerOf(name string) header {
	p := phraseOf(name, true)
	w := known()
	h := header{about: p.hasAny(w.about), reason: NotAgreed}
	mail, status := p.hasAny(w.mail), p.hasAny(w.status)
	agree, refuse := p.hasAny(w.agree), p.hasAny(w.refuse)
	words := strings.Fields(p.padded)
	switch {
	case len(words) == 0:
		return h
	case p.hasAny(w.other) && !strings.Contains(p.joined, "mail") && !strings.Contains(p.joined, "newsletter"):
		h.class = elsewhere
	case refuse:
		h.class, h.reason = refusing, refusalReason(p)
		h.allows = strings.Contains(p.joined, "allow")
	case isBare(words):
		h.class, h.bare = bareStatus, len(words) == 1
	case status && (mail || agree):
		h.class = mailStatus
	case agree && (mail || speaksForItself(p)) && !h.about:
		h.class = agreeing
	case mail && !h.about:
		h.class = mailOnly
	}
	return h
}

// isBare reports "Status", or "Contact status".
func isBare(words []string) bool {
	is := func(list []string, word string) bool {
		for _, one := range list {
			if fold(one, false) == word {
				return true
			}
		}
		return false
	}
	last := words[len(words)-1]
	switch len(words) {
	case 1:
		return is(bare, last)
	case 2:
		return is(bare, last) && is(personal, words[0]) || is(bare, words[0]) && is(personal, last)
	case 3:
		return words[0] == "zb" && words[1] == "sub" && last == "status"
	}
	return false
}

// speaksForItself reports a wish that can only be about mail: an opt-in, a subscription, a consent.
func speaksForItself(p phrase) bool { return p.hasAny(known().wish) }

// wishes are parts of headers that name such a thing.
var wishes = []string{
	"*optin*", "*optedin*", "*subscrib*", "*consent*", "*abonn*", "*abone*", "*einwillig*", "*samtyck*", "*samtykk*", "*souhlas*", "*соглас*", "*подпис*", "*згод*", "*підпис*", "*zgoda*", "*toestemming*", "*suostum*", "*iscritt*", "*inscrit*", "*suscri*", "*onay*", "*izin*", "*prenumer*", "legal basis", "lawful basis", "mailable", "emailable", "contactable", "*consenso*", "*zustimmung*",
}

func refusalReason(p phrase) Reason {
	for _, one := range []struct {
		part   string
		reason Reason
	}{
		{"bounce", Bounced}, {"undeliver", Bounced}, {"invalid", Bounced}, {"clean", Bounced}, {"bademail", Bounced}, {"emailbad", Bounced}, {"onhold", Bounced}, {"hardfail", Bounced}, {"unzustell", Bounced}, {"rebot", Bounced}, {"rimbalz", Bounced}, {"onbestelbaar", Bounced},
		{"spam", Complained}, {"complain", Complained}, {"abuse", Complained},
		{"unsub", Unsubscribed}, {"optout", Unsubscribed}, {"optedout", Unsubscribed}, {"desinscri", Unsubscribed}, {"desabonn", Unsubscribed}, {"abmeld", Unsubscribed}, {"abgemeldet", Unsubscribed}, {"baja", Unsubscribed}, {"disiscri", Unsubscribed},
	} {
		if strings.Contains(p.joined, one.part) {
			return one.reason
		}
	}
	return Blocked
}
