package contactfile

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unwillingWords begin the words by which files, sheets and lines of text say that the people below them do not want mail
// or cannot be reached by it, in plain letters.
var unwillingWords = []string{
	"unsub", "optout", "optedout", "bounce", "suppress", "complain", "blocklist", "blacklist", "denylist", "donotmail",
	"donotemail", "donotcontact", "donotsend", "nonsubscribed", "notsubscribed", "neversubscribed", "undeliverable", "spammer",
	"spamreport", "hardbounce", "softbounce",
	"abgemeldet", "abmeld", "abbestell", "ausgetragen", "gesperrt", "sperrliste", "widerruf", "widerspruch", "widersprochen",
	"robinson", "unzustellbar", "nichtanschreiben", "nichtkontaktieren",
	"desinscri", "desabonn", "listenoire", "nepascontacter", "nepasenvoyer",
	"desuscri", "dadosdebaja", "dadodebaja", "nocontactar", "noenviar", "rebotad",
	"disiscri", "noncontattare", "descadastr", "naocontactar",
	"uitgeschreven", "uitschrijv", "afgemeld", "nietmailen", "wypisan", "odsubskryb", "zrezygnowal",
	"avregistrer", "avprenumerer", "avmeldt", "frameld", "afmeld", "odhlasen", "abonelikten", "perunut",
	"отпис", "отказавш", "відпис", "неотправлять", "неписать",
}

// unwillingAlone say so only where they stand alone.
var unwillingAlone = []string{"dnc", "bajas", "baja", "spam", "cleaned", "blocked", "peruneet"}

// without turns what follows it into its contrary: "without bounces".
var without = []string{"without", "no", "excluding", "excl", "except", "minus", "ohne", "sans", "sin", "senza", "sem",
	"zonder", "bez", "без", "uden", "uten", "utan", "ilman"}

// Unwilling tells whether a name or a short line of text says that the people it stands for do not want mail or cannot get
// it. "Subscribed and unsubscribed" does not: some of them do.
func Unwilling(name string) bool {
	words := wordsOf(name)
	if len(words) > 8 {
		return false // prose speaks of many things
	}
	for i := range words {
		for length := 1; length <= 3 && i+length <= len(words); length++ {
			if !saysUnwilling(words, i, length) {
				continue
			}
			before := words[max(0, i-2):i]
			behind := words[i+length:]
			negated := slices.ContainsFunc(before, func(word string) bool { return slices.Contains(without, word) })
			taken := len(behind) > 0 && (behind[0] == "removed" || behind[0] == "excluded" || behind[0] == "entfernt")
			others := slices.ContainsFunc(slices.Concat(words[:i], behind), func(word string) bool {
				return word == "subscribed" || word == "all" || word == "active" || word == "alle"
			})
			return !negated && !taken && !others
		}
	}
	return false
}

func saysUnwilling(words []string, at, length int) bool {
	joined := strings.Join(words[at:at+length], "")
	if slices.ContainsFunc(unwillingWords, func(word string) bool {
		return strings.HasPrefix(joined, word) && len(joined)-len(words[at+length-1]) < len(word)
	}) {
		return true
	}
	if length > 1 || !slices.Contains(unwillingAlone, joined) {
		return false
	}
	return joined != "cleaned" && joined != "blocked" || at == 0
}

// wordsOf are the words of a name, in small letters without accents: "opted_out-2024" has three.
func wordsOf(name string) []string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(name))
	return strings.Fields(plain)
}

// gone notes what else of the file is called after people who do not want mail.
func (d *Description) gone(name string) {
	if Unwilling(name) {
		d.Gone = append(d.Gone, name)
	}
}

// unwillingFile is the part of a file's name that says so; empty where none does.
func unwillingFile(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	stem := strings.TrimSuffix(base, path.Ext(base))
	if Unwilling(strings.TrimSuffix(stem, path.Ext(stem))) || Unwilling(stem) {
		return base
	}
	return ""
}
