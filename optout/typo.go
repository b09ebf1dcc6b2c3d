package optout

import (
	"sync"
	"unicode/utf8"

	spelling "mailtrap-contacts-mcp/text"
)

// spelled are the long words of mailings that are often misspelled, in several languages. No other word that a header is
// likely to have is one letter away from any of them: "bounced" is not among them for "bounded", nor "consented" for
// "contented".
var spelled = []string{
	"newsletter", "newsletters", "subscribed", "subscribe", "subscriber", "subscribers", "subscription", "unsubscribed",
	"unsubscribe", "unsubscribes", "marketing", "permission", "suppressed", "suppression", "blacklisted", "blocklisted",
	"mailinglist",
	"abgemeldet", "angemeldet", "abbestellt", "abonniert", "einwilligung", "zustimmung", "rundbrief", "einverstanden",
	"infolettre", "désinscrit", "désinscrite", "désabonné", "désabonnée", "désinscription", "désabonnement", "consentement",
	"suscripción", "suscriptor", "consentimiento", "desuscrito",
	"disiscritto", "iscrizione", "disiscrizione", "subscrição", "descadastrado", "consentimento", "nieuwsbrief", "ingeschreven",
	"uitgeschreven", "toestemming", "subskrypcja", "nyhetsbrev", "nyhedsbrev", "avprenumererad", "prenumerant", "samtycke",
	"samtykke", "uutiskirje", "zpravodaj", "abonelik",
	"рассылка", "рассылку", "рассылки", "подписан", "отписался", "подписка", "согласие", "розсилка", "розсилку", "підписаний", "відписався",
}

// unmistaken are the words of dictionaries that are one letter away all the same, and mean something else.
var unmistaken = wordSet("markering", "contentement", "surpression", "abgestellt", "ongeschreven")

// shortestSpelled is how many letters a word has that is taken for another.
const shortestSpelled = 7

// spelledWord is one of them, and what it is about.
type spelledWord struct {
	letters []rune
	about   concept
}

var spelledWords = sync.OnceValue(func() []spelledWord {
	words := make([]spelledWord, len(spelled))
	for i, word := range spelled {
		folded := fold(word, false)
		words[i] = spelledWord{[]rune(folded), textIn(" " + folded + " ").all}
	}
	return words
})

// corrected is the word that is meant by a misspelled one, if all that may be meant are about the same.
func corrected(word string) (meant string, misspelled bool) {
	if utf8.RuneCountInString(word) < shortestSpelled || unmistaken()[word] {
		return "", false
	}
	letters, about := []rune(word), concept(0)
	for _, known := range spelledWords() {
		switch {
		case !spelling.IsSlip(letters, known.letters):
		case misspelled && known.about != about: // it may be either
			return "", false
		default:
			meant, misspelled, about = string(known.letters), true, known.about
		}
	}
	return meant, misspelled
}
