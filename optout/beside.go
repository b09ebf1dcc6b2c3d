package optout

import (
	"slices"
	"strings"
)

// What a column says may depend on the columns beside it: "Do not mail" is about letters where another one says "Do not
// e-mail", and a no to one newsletter is not a no to the next.

// Together reads columns of one file beside each other.
func Together(columns []*Column) {
	byMail, wished := false, false
	all, named := map[string]int{}, map[string]bool{} // of newsletters, by what their headers share
	for _, c := range columns {
		h := c.header
		if c.Kind != Agreement && c.Kind != Refusal && c.Kind != Status {
			continue
		}
		byMail = byMail || h.mail && !h.postal
		if c.Kind != Refusal {
			wished = wished || h.class != plain && !h.doubt && (h.joins || h.news)
			all[h.list]++
			named[h.list] = named[h.list] || h.named
		}
	}
	for _, c := range columns {
		switch h := c.header; {
		case h.postal && byMail && c.Kind != Mention, h.active && wished && c.Kind == Agreement:
			c.Kind = Foreign
		case (c.Kind == Agreement || c.Kind == Status) && all[h.list] > 1 && named[h.list]:
			c.list = h.list
		}
	}
}

// List is what the column shares with others of several newsletters, and named whether it is about one of them: a no to one
// keeps nobody out who said yes to another. It is empty where there are no others.
func (c Column) List() (shared string, named bool) { return c.list, c.list != "" && c.header.named }

// Returned reports a column of those who unsubscribed and came back, with the date.
func (c Column) Returned() bool { return c.Kind == Agreement && c.header.again }

// Left reports a column of those who unsubscribed, in which this cell is the date.
func (c Column) Left(cell string) bool {
	return c.Kind == Refusal && c.header.reason == Unsubscribed && isMoment(strings.TrimSpace(cell))
}

// isPostal reports a text in English that says "mail" and not "e-mail", which may be what is put into a letter box.
func (t text) isPostal() bool {
	mail := false
	for _, word := range t.words {
		mail = mail || word == "mail" || word == "mails"
		if word != "mail" && word != "mails" && !besideMail()[word] {
			return false
		}
	}
	return mail
}

// besideMail are the words that stand beside "mail" where nothing shows that it is e-mail.
var besideMail = wordSet("do", "not", "no", "dont", "never", "allow", "allowed", "send", "bulk", "receive", "receives",
	"optout", "optin", "by", "via", "contact", "to", "of", "out", "opted", "optedout", "optedin", "has",
	"preference", "permission", "solicit", "ok", "okay", "stop", "block", "exclude", "from", "accepts", "accept", "wants",
	"want", "may", "can", "we", "you", "is", "subscribed", "any")

// activity are the words of an account that is in use, owners those whose it is then, and returned what people have done who
// came back.
var (
	activity = wordSet("active", "activated", "aktiv", "actif", "activo", "attivo", "ativo", "actief", "aktywny", "aktivní",
		"aktif", "активен", "активный", "активний")
	owners = wordSet("customer", "customers", "client", "user", "account", "login", "employee", "student", "patient",
		"company", "kunde", "benutzer", "konto", "cliente", "utente", "usuario", "klant", "gebruiker")
	returned = wordSet("resubscribed", "resubscribe", "resubscription", "reoptin", "reoptedin", "reactivated",
		"wiederangemeldet", "réinscrit", "réabonné", "resuscrito", "reiscritto", "reinscrito")
)

// mostListed is how many words the header of one of several newsletters has at most.
const mostListed = 7

// list is what a header says of newsletters in general, and whether it names one of several besides. Where one is of another
// time or of another address, it is not one of several.
func (t text) list() (shared string, named bool) {
	if len(t.words) > mostListed || !t.has(anyMail|wishes|ofNoun) || t.has(consents|refuses|negates|ofChannel|ofThing) {
		return "", false
	}
	var general []string
	for i, word := range t.words {
		switch is := t.at[i]; {
		case earlier()[word], times()[word], isYear(word), isStep(word), i > 0 && t.at[i-1]&ofMail != 0 && strings.Trim(word,
			"0123456789") == "":
			return "", false
		case is&(anyMail|wishes|agrees|ofNoun|ofStatus|reaches) != 0:
			general = append(general, word)
		case is&fills == 0, len(word) == 1 && i > 0 && (i == len(t.words)-1 || t.at[i+1]&ofStatus != 0): // "Newsletter A"
			named = true
		}
	}
	slices.Sort(general)
	return strings.Join(general, " "), named
}

// times are the words by which a header is about another time, or another address, than the one beside it.
var times = wordSet("old", "new", "current", "original", "initial", "before", "after", "now", "latest", "last", "first", "work",
	"home", "private", "business", "personal", "other", "primary", "secondary", "second",
	"alt", "alternative", "neu", "aktuell", "privat", "geschäftlich", "ancien", "nouveau", "pro", "antiguo", "nuevo", "vecchio",
	"nuovo", "stary", "nowy")

// isStep reports that somebody was asked, invited, imported: a step on the way to a wish, and no newsletter.
func isStep(word string) bool {
	return steps()[word] || len(word) > 4 && strings.HasSuffix(word, "ed") && textIn(" " + word + " ").at[0] == 0
}

var steps = wordSet("sent", "shown", "seen", "asked", "done", "possible", "eligible", "offer", "request", "invitation",
	"angefragt", "eingeladen", "angeboten", "angezeigt", "möglich", "versendet", "importiert", "gefragt",
	"invité", "proposé", "demandé", "importé", "envoyé", "invitado", "solicitado", "ofrecido", "enviado", "importado",
	"invitato", "richiesto", "offerto", "inviato", "convidado", "pedido", "oferecido", "uitgenodigd",
	"gevraagd", "aangeboden", "verzonden", "zaproszony", "wysłano", "inbjuden", "erbjuden", "skickat", "inviteret", "tilbudt",
	"sendt", "invitert", "kutsuttu", "pozván", "nabídnuto", "odesláno", "davet", "приглашен", "предложено", "отправлено",
	"запрошено", "надіслано")

func isYear(word string) bool {
	return len(word) == 4 && (word[:2] == "19" || word[:2] == "20") && strings.Trim(word, "0123456789") == ""
}
