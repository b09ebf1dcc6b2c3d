package optout

import (
	"strings"
	"sync"
)

// isDateWord reports the name of a month or a day of the week, also cut short, or another word that dates are written with.
func isDateWord(word string) bool {
	if dateWords()[word] {
		return true
	}
	return len(word) >= 3 && word != "out" && strings.Contains(dateNames(), " "+word)
}

// dateWords stand beside the names in dates and times.
var dateWords = wordSet("am", "pm", "a", "p", "m", "t", "z", "utc", "gmt", "cet", "cest", "est", "edt", "pst", "pdt", "msk", "at", "on", "of", "um", "uhr", "le", "les", "à", "de", "del", "d", "o", "kl", "klo", "den", "the", "st", "nd", "rd", "th", "г", "р", "в", "о", "h", "hrs", "alle", "ore", "às", "a las", "om", "dnia", "godz", "v", "saat")

// dateNames are months and days of the week, each behind a blank.
var dateNames = sync.OnceValue(func() string {
	return " " + fold(`
january february march april may june july august september sept october november december monday tuesday wednesday thursday friday saturday sunday
januar februar märz mrz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
janvier février fevr mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche
enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre lunes martes miércoles jueves viernes sábado domingo
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedì martedì mercoledì giovedì venerdì sabato domenica
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda terça quarta quinta sexta sábado domingo
januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november december mandag tirsdag onsdag torsdag fredag lørdag søndag
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
ledna února března dubna května června července srpna září října listopadu prosince leden únor březen duben květen červen červenec srpen říjen listopad prosinec
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
января февраля марта апреля мая июня июля августа сентября октября ноября декабря январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
`, false)
})
