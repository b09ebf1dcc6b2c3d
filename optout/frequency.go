package optout

import (
	"strings"
	"sync"
)

// howOften are the words of a question to which "never" is a no and "weekly" a yes.
var howOften = []string{
	"how often", "how frequently", "wie oft", "wie häufig", "häufigkeit", "frequenz", "à quelle fréquence", "fréquence",
	"combien de fois", "con qué frecuencia", "frecuencia", "cada cuánto", "con che frequenza", "frequenza", "ogni quanto",
	"com que frequência", "frequência", "hoe vaak", "frequentie",
	"jak często", "częstotliwość", "częstotliwości", "hur ofta", "frekvens", "hvor ofte", "hyppighed", "hyppighet",
	"kuinka usein", "jak často", "četnost", "frekvence", "ne sıklıkla", "sıklık", "sıklığı", "как часто", "частота", "як часто",
	"частота розсилки",
}

// oftens writes all of them as one English word, which is one of a status.
var oftens = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for _, phrase := range howOften {
		pairs = append(pairs, " "+fold(phrase, false)+" ", " frequency ")
	}
	return strings.NewReplacer(pairs...)
})

// paces are the words of which "once a month" and its like are made, and units those without which there is none.
var (
	units = wordSet("day", "days", "daily", "week", "weeks", "weekly", "fortnight", "month", "months", "monthly", "quarter",
		"quarterly", "year", "years", "yearly", "annually", "tag", "tage", "täglich", "woche", "wochen", "wöchentlich", "monat",
		"monate", "monatlich", "quartal", "vierteljährlich", "jahr", "jährlich",
		"jour", "jours", "quotidien", "quotidienne", "semaine", "semaines", "hebdomadaire", "hebdomadairement", "mois",
		"mensuel", "mensuelle", "mensuellement", "trimestre", "trimestriel", "an", "année", "día", "días", "diario",
		"diariamente", "semana", "semanas", "semanal", "semanalmente", "mes", "meses", "mensual", "mensualmente",
		"trimestral", "año", "años", "anual", "giorno", "giorni", "giornaliero", "settimana", "settimane", "settimanale",
		"settimanalmente", "mese", "mesi", "mensile", "mensilmente", "anno", "trimestrale", "dia", "dias", "diária", "mês",
		"mensal", "mensalmente", "ano", "dag", "dagen", "dagelijks", "week", "weken", "wekelijks",
		"maand", "maanden", "maandelijks", "kwartaal", "jaar", "dzień", "dziennie", "codziennie", "tydzień", "tygodniu",
		"tygodnie", "tygodniowo", "miesiąc", "miesiącu", "miesięcznie", "kwartał", "rok", "roku", "dagligen", "vecka", "veckan",
		"veckovis", "månad", "månaden", "månadsvis", "kvartal", "år", "året", "daglig", "dagligt",
		"uge", "ugen", "ugentlig", "ugentligt", "måned", "måneden", "månedlig", "månedligt", "uke", "uken", "uka", "ukentlig",
		"årlig", "päivä", "päivittäin", "viikko", "viikossa", "viikoittain", "kuukausi", "kuussa", "kuukaudessa",
		"kuukausittain", "vuosi", "vuodessa", "den", "denně", "týden", "týdně", "týdnu", "měsíc", "měsíčně",
		"čtvrtletí", "čtvrtletně", "ročně", "gün", "günlük", "günde", "hafta", "haftalık", "haftada", "ay", "aylık", "ayda",
		"yıl", "yılda", "yıllık", "день", "дня", "ежедневно", "неделю", "недели", "еженедельно", "месяц", "месяца",
		"ежемесячно", "квартал", "ежеквартально", "год", "раз в год", "щодня", "тиждень", "тижні", "щотижня",
		"щотижнево", "місяць", "місяці", "щомісяця", "щомісячно", "рік", "щороку", "rarely", "seldom", "sometimes",
		"occasionally", "often", "frequently", "regularly", "selten", "manchmal", "gelegentlich", "oft", "häufig", "regelmäßig",
		"rarement", "parfois", "souvent", "régulièrement", "raramente", "a veces", "veces", "menudo", "spesso",
		"qualche volta", "às vezes", "zelden", "soms", "vaak", "rzadko", "czasami", "często", "sällan", "ibland", "ofta",
		"sjældent", "sjelden", "ofte", "harvoin", "joskus", "usein", "zřídka", "občas", "často", "nadiren", "bazen", "редко",
		"иногда", "часто", "рідко", "іноді")
	paces = wordSet("once", "twice", "times", "time", "x", "a", "an", "per", "every", "each", "other", "second", "two", "three",
		"few", "several", "or", "more", "less", "at", "most", "about", "in", "the", "of", "digest", "summary", "update",
		"updates", "only", "einmal", "zweimal", "dreimal", "mal", "pro", "im", "in", "der", "die", "jede", "jeden",
		"jedes", "alle", "zwei", "drei", "paar", "höchstens", "maximal", "etwa", "une", "un", "deux", "trois", "fois", "par",
		"chaque", "tous", "toutes", "les", "la", "le", "una", "uno", "dos", "tres", "vez", "veces", "al", "a", "cada", "por",
		"la", "el", "todas", "todos", "las", "los", "volta", "volte", "ogni", "due", "tre", "alla", "all", "tutti", "i", "il",
		"uma", "um", "duas", "vezes", "à", "ao", "o", "os", "as", "één", "een", "eens", "keer", "elke", "elk", "iedere", "twee",
		"drie", "raz", "dwa", "razy", "w", "na", "co", "każdy", "każdego", "en", "gång", "gånger", "varje", "varannan", "i",
		"om", "gang", "gange", "hver", "hvert", "anden", "annenhver", "ganger", "kerran", "kaksi", "kertaa", "joka", "toinen",
		"jednou",
		"dvakrát", "za", "každý", "každé", "do", "her", "bir", "iki", "kez", "kere", "defa", "раз", "два", "раза", "в", "на",
		"каждый", "каждую", "каждые", "две", "рази", "кожен", "кожного", "кожні", "щодва")
)

// isPace reads how often somebody wants mail: "once a month", "alle zwei Wochen", "1x per week".
func isPace(folded string) bool {
	found := false
	for word := range strings.FieldsSeq(folded) {
		switch number := strings.TrimRight(word, "x"); {
		case units()[word]:
			found = true
		case !paces()[word] && strings.Trim(number, "0123456789") != "":
			return false
		}
	}
	return found
}

// shorthand is what headers of a word or a few letters are short for. They count only where the cells are answers.
var shorthand = map[string]string{
	"sub": "subscribed", "subs": "subscribed", "subbed": "subscribed", "subscr": "subscribed", "nl": "newsletter",
	"newsl": "newsletter", "nwsl": "newsletter", "nwsltr": "newsletter", "news l": "newsletter", "ok": "confirmed",
	"okay": "confirmed", "mktg": "marketing opt in", "mkt": "marketing opt in",
	"promo ok": "marketing ok",
}
