package optout

// instructions are what people write into a name, a note or a tag of somebody who is not to be mailed. They count wherever
// they stand in a text, so that nothing is among them that a name, a company or a note is likely to hold for another
// reason.
var instructions = [][]string{
	{ // English
		"do not email*", "do not mail*", "do not contact", "do not send", "do not write", "do not market", "do not solicit", "do not spam", "dont email*", "dont mail*", "dont contact", "dont send", "dont spam",
		"never email*", "never mail*", "never contact", "not to be contacted", "not to be emailed", "not to be mailed", "must not be emailed", "must not be mailed", "must not be contacted", "should not be emailed", "should not be contacted",
		"no more email*", "no more mail*", "no more newsletter*", "no more marketing", "no newsletter*", "no email*", "no mail", "no mails", "no mailing*", "no bulk email*",
		"stop email*", "stop mail*", "stop sending", "stop contacting", "unsub", "unsubs", "unsubbed", "unsubscribed", "unsubscribes", "please unsubscribe", "to unsubscribe", "be unsubscribed", "unsubscribe me", "unsubscribe him", "unsubscribe her", "unsubscribe them", "unsubscribe from", "unsubscribe request*", "opted out", "opts out", "opting out", "to opt out", "please opt out", "opt me out", "opt out of", "optout request*", "dnc",
		"take off list", "take off mailing*", "take off the list", "take me off", "off the list", "off our list", "off the mailing*", "off mailing*", "remove from list", "remove from mailing*", "remove from newsletter*", "removed from mailing*",
		"removed from newsletter*", "removed from the list", "remove from the list", "remove me", "to be removed from", "asked to be removed", "asked not to be", "wants off", "wants no email*", "wants no mail*", "wants no newsletter*",
		"not want email*", "not want mail*", "not want newsletter*", "not want any", "not want our", "not want to be", "not want to receive", "not wish to be", "not wish to receive", "doesnt want email*", "doesnt want mail*", "doesnt want newsletter*", "doesnt want any", "doesnt want our",
		"doesnt want to be", "doesnt want to receive", "doesnt wish to", "right to be forgotten", "marked as spam", "marked us as spam", "reported as spam", "reported spam", "reported us", "email bounced", "email bounces", "mail bounced", "newsletter bounced",
	},
	{ // German
		"keine mail*", "keine email*", "keine emails", "keine newsletter*", "keinen newsletter*", "kein newsletter*", "keine rundmail*", "keinen rundbrief*", "keine werbung", "keine werbe*", "keine infomail*", "keine zusendung*", "nicht anschreiben", "nicht mehr anschreiben",
		"nicht anmailen", "nicht mailen", "nicht mehr mailen", "nicht kontaktieren", "nicht mehr kontaktieren", "nicht schreiben", "nicht mehr schreiben", "nicht zu kontaktieren", "nichts schicken", "nichts mehr schicken", "nichts senden", "nichts mehr senden",
		"werbesperre", "werbestopp", "mailsperre", "kontaktsperre", "kontaktverbot", "werbeverbot", "aus verteiler", "aus dem verteiler", "vom verteiler", "newsletter abbestell*", "newsletter abgemeldet", "newsletter gekündigt", "bitte austragen", "bitte abmelden", "als spam gemeldet",
		"als spam markiert", "widerspricht werb*", "widerspruch werb*", "widerspruch gegen werb*",
	},
	{ // French
		"ne pas contacter", "ne plus contacter", "ne pas écrire", "ne plus écrire", "ne pas envoyer", "ne plus envoyer", "ne rien envoyer", "ne plus rien envoyer", "ne pas mailer", "ne pas solliciter", "ne plus solliciter", "ne pas relancer", "pas de mail*", "pas demail*",
		"plus de mail*", "plus demail*", "pas de courriel*", "plus de courriel*", "pas de newsletter*", "plus de newsletter*", "pas dinfolettre*", "désinscrit de la newsletter*", "désinscrite de la newsletter*", "désabonn*", "se désinscrire", "à désinscrire", "souhaite pas recevoir",
		"souhaite plus recevoir", "ne souhaite plus", "veut pas recevoir", "veut plus recevoir", "veut plus de", "veut pas de mail*", "stop mail*", "stop email*", "stop newsletter*", "stop pub", "marqué comme spam", "retirer de la liste", "retiré de la liste", "supprimer de la liste",
	},
	{ // Spanish
		"no enviar", "no mandar", "no contactar", "no escribir", "no enviarle", "no mandarle", "no escribirle", "no contactarle", "no quiere correo*", "no quiere email*", "no quiere mail*", "no quiere newsletter*", "no quiere recibir", "no quiere publicidad", "no desea recibir",
		"no desea correo*", "no desea email*", "no más correo*", "no más email*", "no más mail*", "sin newsletter", "sin correos", "baja newsletter", "baja boletin", "baja de la newsletter*", "baja del boletín", "baja de la lista", "dado de baja", "dada de baja", "darse de baja",
		"dar de baja", "desuscri*", "quitar de la lista", "eliminar de la lista", "borrar de la lista", "marcado como spam",
	},
	{ // Italian
		"non inviare", "non mandare", "non contattare", "non scrivere", "non spedire", "niente mail*", "niente email*", "niente newsletter", "niente pubblicità", "no newsletter", "non vuole mail*", "non vuole email*", "non vuole newsletter", "non vuole pubblicità", "non vuole ricevere",
		"non desidera ricevere", "non desidera email*", "disiscri*", "cancellato dalla newsletter", "cancellata dalla newsletter", "togliere dalla lista", "rimuovere dalla lista", "tolto dalla lista", "basta mail*", "basta email*", "segnalato come spam",
	},
	{ // Portuguese
		"não enviar", "não mandar", "não contactar", "não contatar", "não escrever", "não envie", "não quer receber", "não quer email*", "não quer newsletter", "não deseja receber", "não deseja email*", "sem emails", "sem newsletter", "descadastr*", "desinscri*", "remover da lista",
		"retirar da lista", "tirar da lista", "removido da lista", "chega de email*", "marcou como spam", "marcado como spam",
	},
	{ // Dutch
		"niet mailen", "niet meer mailen", "niet emailen", "niet contacteren", "niet benaderen", "niet meer benaderen", "niet aanschrijven", "niet meer aanschrijven", "geen mail*", "geen email*", "geen nieuwsbri*", "geen reclame", "niets sturen", "niets meer sturen", "niets toesturen",
		"wil geen mail*", "wil niets ontvangen", "afgemeld voor nieuwsbrief", "afgemeld nieuwsbrief", "nieuwsbrief opgezegd", "uitgeschreven nieuwsbrief", "uitgeschreven voor nieuwsbrief", "van de lijst", "van mailinglijst", "van maillijst", "als spam gemeld", "als spam gemarkeerd",
	},
	{ // Polish
		"nie wysyłać", "nie wysyłaj", "nie kontaktować", "nie pisać", "nie mailować", "bez maili", "bez newslettera", "bez mailingu", "nie chce maili", "nie chce newslettera", "nie chce otrzymywać", "nie chce mailingu", "nie życzy sobie maili", "nie życzy sobie otrzymywać", "wypisać z listy",
		"wypisany z newslettera", "wypisana z newslettera", "wypisał się z newslettera", "wypisała się z newslettera", "usunąć z listy", "usunięty z listy", "usunięta z listy", "oznaczone jako spam", "zgłosił spam",
	},
	{ // Swedish
		"mejla inte", "maila inte", "mejla ej", "maila ej", "inte mejla", "inte maila", "ej mejla", "ej maila", "skicka inte", "skicka ej", "kontakta inte", "kontakta ej", "ej kontakta", "inga mejl", "inga mail*", "inga epost*", "inga utskick", "inga nyhetsbrev", "inget nyhetsbrev", "ingen reklam",
		"inte ha mejl", "inte ha mail", "inte ha utskick", "inte ha nyhetsbrev", "inte ha reklam", "avprenumerer*", "ta bort från listan", "ta bort från utskick*", "avregistrerad från nyhetsbrev*", "anmält som skräppost",
	},
	{ // Danish
		"send ikke", "kontakt ikke", "skriv ikke", "mail ikke", "ikke maile", "ikke kontakte", "må ikke kontaktes", "må ikke mailes", "ingen mail*", "ingen email*", "ingen nyhedsbrev*", "intet nyhedsbrev", "ingen reklame*", "ønsker ikke mail*", "ønsker ikke email*", "ønsker ikke nyhedsbrev*",
		"ikke have mail*", "ikke have nyhedsbrev*", "afmeldt nyhedsbrev*", "afmeldt newsletter", "afmeldt mail*", "frabeder sig mail*", "frabeder sig reklame*", "fjern fra liste*", "fjernet fra liste*", "markeret som spam",
	},
	{ // Norwegian
		"ikke send", "ikke kontakt", "ikke skriv", "ikke mail", "ikke epost", "skal ikke kontaktes", "ikke kontaktes", "ingen epost*", "ingen nyhetsbrev", "ikke nyhetsbrev", "ønsker ikke epost*", "ønsker ikke nyhetsbrev", "ikke ha epost*", "ikke ha nyhetsbrev", "ikke ha reklame",
		"avmeldt nyhetsbrev", "avmeldt fra nyhetsbrev*", "meldt seg av nyhetsbrev*", "fjern fra liste*", "fjernet fra liste*", "merket som søppelpost",
	},
	{ // Finnish
		"älä lähetä", "ei saa lähettää", "älä ota yhteyttä", "ei saa ottaa yhteyttä", "ei sähköpost*", "ei uutiskirj*", "ei markkinoint*", "ei mainoksia", "ei mainospost*", "ei halua sähköpost*", "ei halua uutiskirj*", "ei halua postia", "ei halua mainoksia", "peruuttanut uutiskirj*",
		"perunut uutiskirj*", "uutiskirje peruttu", "poista listalta", "poistettu listalta", "merkitty roskapostiksi",
	},
	{ // Czech
		"neposílat", "nezasílat", "nekontaktovat", "nepsat", "nemailovat", "neoslovovat", "neposílejte", "žádné maily", "žádné emaily", "žádné newslettery", "bez newsletteru", "nechce maily", "nechce emaily", "nechce newsletter*", "nechce dostávat", "nechce zasílat", "nepřeje si maily",
		"nepřeje si emaily", "nepřeje si zasílání", "odhlášen z newsletter*", "odhlášena z newsletter*", "odhlásit z newsletter*", "odhlásil se z newsletter*", "odhlásila se z newsletter*", "vyřadit ze seznamu", "vyřazen ze seznamu", "odhlásit z odběru", "označeno jako spam",
	},
	{ // Turkish
		"eposta gönderme*", "eposta göndermeyin", "eposta atma*", "mail gönderme*", "mail atma*", "bülten gönderme*", "iletişime geçme*", "eposta istemiyor", "mail istemiyor", "bülten istemiyor", "reklam istemiyor", "abonelikten çık*", "abonelikten ayrıl*", "listeden çık*", "listeden sil*",
		"spam olarak işaretle*",
	},
	{ // Russian
		"не писать", "не отправлять", "не слать", "не присылать", "не беспокоить", "не рассылать", "не контактировать", "не пишите", "не отправляйте", "не присылайте", "без рассылк*", "без писем", "не хочет писем", "не хочет рассылк*", "не хочет получать", "не желает получать", "отписал*",
		"отписан*", "отписать*", "отказ от рассылк*", "отказался от рассылк*", "отказалась от рассылк*", "убрать из рассылк*", "удалить из рассылк*", "исключить из рассылк*", "исключен из рассылк*", "пометил как спам", "пожаловался на спам",
	},
	{ // Ukrainian
		"не писати", "не надсилати", "не відправляти", "не турбувати", "не слати", "не надсилайте", "не пишіть", "без розсилк*", "без листів", "не хоче листів", "не хоче розсилк*", "не хоче отримувати", "не бажає отримувати", "відписав*", "відписал*", "відписан*", "відмова від розсилк*",
		"відмовився від розсилк*", "відмовилась від розсилк*", "прибрати з розсилк*", "видалити з розсилк*", "виключити з розсилк*", "позначив як спам",
	},
}
