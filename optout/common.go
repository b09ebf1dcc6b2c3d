package optout

import (
	"strings"
	"sync"
)

// otherNames are names in which "mail" means something else, each before what it means: letters, places, and tools whose
// name is before the column's.
var otherNames = []string{
	" direct mail ", " postal ", " direct mails ", " postal ", " directmail ", " postal ", " postalmail ", " postal ", " postal mail ", " postal ", " snail mail ", " postal ", " physical mail ", " postal ", " mail post ", " postal ",
	" mail stop ", " ", " mailstop ", " ", " mail code ", " ", " mail merge ", " ", " mailbox ", " ", " mailroom ", " ", " voice mail ", " phone ", " voicemail ", " phone ",
	" role account ", " role based ", " mailing address ", " address ", " mailing street ", " address ", " mailing city ", " address ", " mailing state ", " address ", " mailing province ", " address ", " mailing zip ", " address ", " mailing postal ", " address ", " mailing country ", " address ", " mailing county ", " address ", " mailing name ", " address ", " mailing line ", " address ", " mailing label ", " address ",
	" mailchimp ", " ", " mailerlite ", " ", " mailjet ", " ", " mailgun ", " ", " mailpoet ", " ", " mailup ", " ", " mailtrap ", " ", " mailster ", " ", " mailcoach ", " ", " mailmunch ", " ", " mailwizz ", " ", " gmail ", " ", " woocommerce ", " ", " email marketing manager ", " ",
	" post von uns ", " email von uns ", " post von mir ", " email von mir ",
}

var notMail = sync.OnceValue(func() *strings.Replacer { return strings.NewReplacer(otherNames...) })

// permissions are the answers that allow something. Below a header that forbids ("Do not allow e-mails") they say that it
// is allowed all the same.
var permissions = []string{
	"send", "allow", "allowed", "permitted", "zulassen", "zugelassen", "erlaubt", "erlauben", "autoriser", "autorisé", "permitir", "permitido", "permitida", "consentito", "consenti", "consentire", "toestaan", "toegestaan", "zezwalaj", "dozwolone", "zezwól",
	"tillåt", "tillåten", "tillåtet", "tillad", "tilladt", "tillat", "tillatt", "salli", "sallittu", "povolit", "povoleno", "izin ver", "izinli", "разрешить", "разрешено", "дозволити", "дозволено",
}

// aloneStatus are headers of a status of anything that a contact file may have; personal stand beside them.
var (
	aloneStatus = wordSet("status", "statut", "estado", "stato", "stan", "tila", "stav", "durum", "durumu", "статус", "zustand", "estatus", "situação", "toestand", "läge", "стан", "состояние", "state")
	personal    = wordSet("contact", "contacts", "member", "subscriber", "recipient", "profile", "person", "people", "global", "kontakt", "kontaktu", "e", "sub", "contacto", "contatto", "contato", "contactpersoon", "empfänger", "abonné", "подписчика", "контакта", "is", "current", "engagement", "merge", "user", "id", "code")
)

// wordSet is a set of folded words, made at its first use: a start waits for none.
func wordSet(list ...string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := make(map[string]bool, len(list))
		for _, word := range list {
			set[fold(word, false)] = true
		}
		return set
	})
}

// places are headers of a status that may as well be of an address: a state, a country.
var places = wordSet("state", "estado", "stato")

// carriers are the words before "mail" where it is the way in which something comes: "News by e-mail".
var carriers = wordSet("by", "via", "per", "par", "por", "pela", "tramite", "mit", "pr", "på", "med", "through", "over", "with", "z", "по", "на")

// affirmations are what stands beside a "no" where both may be chosen.
var affirmations = wordSet("yes", "y", "ja", "oui", "si", "sim", "tak", "ano", "evet", "kyllä", "да", "так")

// confirmations are agreements that stand alone: the address was confirmed, or something else was.
var confirmations = wordSet("confirmed", "verified", "valid", "active", "validated", "activated", "bestätigt", "confirmé", "confirmado", "confermato", "bevestigd", "potwierdzony", "bekräftad", "bekræftet", "bekreftet", "vahvistettu", "potvrzeno", "onaylı", "подтвержден", "підтверджено")

// billing are states of a paid plan that no mailing has.
var billing = wordSet("trial", "trialing", "in trial", "trial ended", "past due", "not renewing", "non renewing", "unpaid", "incomplete", "incomplete expired", "grace period", "renewing", "in grace period", "pending cancel", "pending cancellation", "future", "wc active", "wc on hold", "wc pending", "wc pending cancel", "wc cancelled", "wc expired")

// sound are cells below "Bounced" that say that nothing came back.
var sound = wordSet("valid", "ok", "active", "delivered", "good", "clean", "enabled", "gültig", "zustellbar", "valide", "válido", "valido", "geldig", "giltig", "gyldig")

// postposed are the "not"s that stand behind what they deny.
var postposed = wordSet("yok", "değil", "ej", "inte", "ikke", "nicht", "niet")

// general are words of verifiers that others use as well.
var general = wordSet("result", "quality", "grade", "checker", "validation", "verification")

// eitherWay are headers under which one export of a tool keeps who agreed, and another who unsubscribed.
var eitherWay = wordSet("marketing information")

// glued are the beginnings by which a word denies itself.
var glued = map[string]bool{"nie": true, "ne": true, "не": true, "un": true, "non": true}

// missed is what nobody wants who subscribes: "I don't want to miss any news", "we never share your data".
var missed = wordSet("share", "sell", "disclose", "weitergeben", "weitergegeben", "partager", "vendre", "compartir", "condividere", "partilhar", "delen", "udostępniać", "dela", "dele", "sdílet", "передавать", "miss", "verpassen", "rater", "manquer", "perder", "perderme", "perdere", "perdermi", "missen", "przegapić", "missa", "propásnout", "zmeškat", "kaçırmak", "пропустить", "пропускать", "пропустити")

// earlier are the words by which a saying is about the past.
var earlier = wordSet("previous", "previously", "former", "formerly", "past", "early", "ehemals", "früher", "ancien", "anterior", "precedente", "voorheen", "poprzednio", "tidigare", "tidligere", "aiemmin", "dříve", "önceki", "ранее", "раніше")
