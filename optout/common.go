package optout

import "strings"

// notMail are names in which "mail" means something else: letters, places, and tools whose name is before the column's.
var notMail = strings.NewReplacer(
	" direct mail ", " postal ", " direct mails ", " postal ", " directmail ", " postal ", " postal mail ", " postal ", " snail mail ", " postal ", " physical mail ", " postal ", " mail post ", " postal ",
	" mail stop ", " ", " mailstop ", " ", " mail code ", " ", " mail merge ", " ", " mailbox ", " ", " mailroom ", " ", " voice mail ", " phone ", " voicemail ", " phone ",
	" mailing address ", " postal ", " mailing street ", " postal ", " mailing city ", " postal ", " mailing state ", " postal ", " mailing province ", " postal ", " mailing zip ", " postal ", " mailing postal ", " postal ", " mailing country ", " postal ", " mailing county ", " postal ", " mailing name ", " postal ", " mailing line ", " postal ", " mailing label ", " postal ",
	" mailchimp ", " ", " mailerlite ", " ", " mailjet ", " ", " mailgun ", " ", " mailpoet ", " ", " mailup ", " ", " mailtrap ", " ", " mailster ", " ", " mailcoach ", " ", " mailmunch ", " ", " mailwizz ", " ", " gmail ", " ", " woocommerce ", " ", " email marketing manager ", " ",
)

// permissions are the answers that allow something. Below a header that forbids ("Do not allow e-mails") they say that it
// is allowed all the same.
var permissions = []string{
	"allow", "allowed", "permitted", "zulassen", "zugelassen", "erlaubt", "erlauben", "autoriser", "autorisé", "permitir", "permitido", "permitida", "consentito", "consenti", "consentire", "toestaan", "toegestaan", "zezwalaj", "dozwolone", "zezwól",
	"tillåt", "tillåten", "tillåtet", "tillad", "tilladt", "tillat", "tillatt", "salli", "sallittu", "povolit", "povoleno", "izin ver", "izinli", "разрешить", "разрешено", "дозволити", "дозволено",
}

// aloneStatus are headers of a status of anything that a contact file may have; personal stand beside them.
var (
	aloneStatus = wordSet("status", "statut", "estado", "stato", "stan", "tila", "stav", "durum", "durumu", "статус", "zustand", "estatus", "situação", "toestand", "läge", "состояние", "state")
	personal    = wordSet("contact", "contacts", "member", "subscriber", "recipient", "profile", "person", "people", "global", "kontakt", "kontaktu", "client", "kunde", "kunden", "user", "e", "customer", "contacto", "contatto", "contato", "contactpersoon", "empfänger", "abonné", "cliente", "подписчика", "контакта", "is", "current", "engagement", "merge")
)

func wordSet(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, word := range list {
		set[fold(word, false)] = true
	}
	return set
}

// affirmations are what stands beside a "no" where both may be chosen.
var affirmations = wordSet("yes", "y", "ja", "oui", "si", "sim", "tak", "ano", "evet", "kyllä", "да", "так")

// confirmations are agreements that stand alone: the address was confirmed, or something else was.
var confirmations = wordSet("confirmed", "verified", "valid", "validated", "activated", "bestätigt", "confirmé", "confirmado", "confermato", "bevestigd", "potwierdzony", "bekräftad", "bekræftet", "bekreftet", "vahvistettu", "potvrzeno", "onaylı", "подтвержден", "підтверджено")

// billing are states of a paid plan that no mailing has.
var billing = wordSet("trial", "trialing", "in trial", "trial ended", "past due", "not renewing", "non renewing", "unpaid", "incomplete", "incomplete expired", "grace period", "renewing", "in grace period")

// sound are cells below "Bounced" that say that nothing came back.
var sound = wordSet("valid", "ok", "active", "delivered", "good", "clean", "enabled", "gültig", "zustellbar", "valide", "válido", "valido", "geldig", "giltig", "gyldig")
