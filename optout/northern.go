package optout

var swedish = lexicon{
	mail:   []string{"*nyhetsbrev*", "*utskick*", "*erbjudand*", "*reklam*", "*epost*", "*marknadsföring*", "*nyheter*"},
	agree:  []string{"*samtyck*", "*prenumer*", "*godkänn*", "*godkänt*", "*bekräft*", "vill", "*tillåt*", "*tackatja*", "*anmäl*"},
	refuse: []string{"*avregistr*", "*avprenumer*", "*avanmäl*", "*avbeställ*", "*avslut*", "*spärr*", "*studs*", "*inteutskick*", "*ejutskick*", "*ingareklam*", "*ingenreklam*", "*tackatnej*", "*återkallat*", "*svartlist*"},
	status: []string{"läge"},

	yes:        []string{"ja", "sant", "på", "godkänd", "godkänt", "tillåten", "tillåtet", "samtycker", "ja tack", "accepterat"},
	no:         []string{"nej", "falskt", "av", "ingen", "inga", "inget", "aldrig", "nekat", "nekad", "ej godkänd", "inte godkänd", "ej samtycke", "återkallat", "nej tack", "avböjt"},
	in:         []string{"aktiv", "prenumererar", "prenumerant", "anmäld", "bekräftad", "giltig", "månadsvis", "veckovis"},
	out:        []string{"avregistrerad", "avanmäld", "avprenumererad", "avslutad prenumeration", "har avregistrerat sig", "avbeställd", "avregistrerat"},
	complained: []string{"klagomål", "anmäld som skräppost", "markerad som skräppost", "skräppost", "spamanmälan"},
	blocked:    []string{"spärrad", "blockerad", "svartlistad", "kontakta inte", "ej kontakt", "inga utskick", "avliden", "utesluten"},
	bounced:    []string{"studsad", "studsat", "studs", "ogiltig", "kan inte levereras", "olevererbar", "finns inte"},
	never:      []string{"ej anmäld", "inte anmäld", "prenumererar inte", "inget samtycke", "utan samtycke", "ej prenumerant"},
	unsure:     []string{"väntande", "väntar", "avvaktar", "obekräftad", "ej bekräftad", "inaktiv", "borttagen", "raderad", "arkiverad", "okänd", "pausad", "utgången"},
	not:        []string{"inte", "ej", "aldrig", "ingen", "inget", "utan"},
}

var danish = lexicon{
	mail:   []string{"*nyhedsbrev*", "*tilbud*", "*reklame*", "*nyheder*", "*markedsføring*"},
	agree:  []string{"*samtykke*", "*tilmeld*", "*abonn*", "*accepter*", "*modtag*", "ønsker", "*bekræft*", "*tilladelse*", "*godkend*"},
	refuse: []string{"*afmeld*", "*frameld*", "*opsagt*", "*afvist*", "*spærret*", "*ingenreklame*", "*ikkekontakt*", "*trukkettilbage*", "*blokeret*", "*sortlist*"},

	yes:        []string{"ja", "sand", "til", "accepteret", "godkendt", "tilladt", "ja tak", "givet"},
	no:         []string{"nej", "falsk", "fra", "ingen", "aldrig", "afvist", "ikke tilladt", "ikke accepteret", "trukket tilbage", "nej tak"},
	in:         []string{"aktiv", "tilmeldt", "abonnent", "abonnerer", "bekræftet", "gyldig"},
	out:        []string{"afmeldt", "frameldt", "har afmeldt sig", "afmelding", "opsagt", "afmeldt nyhedsbrev"},
	complained: []string{"klage", "markeret som spam", "anmeldt som spam", "uønsket post"},
	blocked:    []string{"spærret", "blokeret", "sortlistet", "må ikke kontaktes", "udelukket", "død", "ingen mails"},
	bounced:    []string{"ugyldig", "kan ikke leveres", "returneret", "findes ikke", "afvist mail"},
	never:      []string{"ikke tilmeldt", "intet samtykke", "uden samtykke", "abonnerer ikke", "aldrig tilmeldt"},
	unsure:     []string{"afventer", "venter", "ubekræftet", "ikke bekræftet", "inaktiv", "slettet", "arkiveret", "ukendt", "udløbet", "fjernet", "annulleret"},
	not:        []string{"ikke", "ingen", "intet", "aldrig", "uden"},
}

var norwegian = lexicon{
	mail:   []string{"*nyhetsbrev*", "*tilbud*", "*reklame*", "*epost*", "*markedsføring*"},
	agree:  []string{"*samtykk*", "*påmeld*", "motta", "mottar", "ønsker", "*godta*", "*abonn*", "*bekreft*", "*tillat*"},
	refuse: []string{"*avmeld*", "*avslått*", "*sperret*", "*reservert*", "*reservasjon*", "*ikkekontakt*", "*svartelist*", "*trukket*", "*ingenreklame*"},

	yes:        []string{"ja", "sann", "på", "godtatt", "godkjent", "tillatt", "ja takk", "akseptert"},
	no:         []string{"nei", "usann", "av", "ingen", "aldri", "avslått", "ikke tillatt", "ikke godtatt", "trukket", "nei takk", "reservert"},
	in:         []string{"aktiv", "påmeldt", "abonnent", "abonnerer", "bekreftet", "gyldig"},
	out:        []string{"avmeldt", "har meldt seg av", "avmelding", "meldt av", "sagt opp"},
	complained: []string{"klage", "merket som spam", "rapportert som spam", "søppelpost"},
	blocked:    []string{"sperret", "blokkert", "svartelistet", "skal ikke kontaktes", "utelukket", "død"},
	bounced:    []string{"ugyldig", "kan ikke leveres", "returnert", "finnes ikke", "avvist"},
	never:      []string{"ikke påmeldt", "ikke samtykke", "uten samtykke", "abonnerer ikke", "aldri påmeldt", "ikke samtykket"},
	unsure:     []string{"venter", "avventer", "ubekreftet", "ikke bekreftet", "inaktiv", "slettet", "arkivert", "ukjent", "utløpt", "fjernet", "avbrutt", "kansellert"},
	not:        []string{"ikke", "ingen", "aldri", "uten"},
}

var finnish = lexicon{
	mail:   []string{"*uutiskirje*", "*sähköposti*", "*markkinoin*", "*tarjouks*", "*mainos*", "*tiedote*"},
	agree:  []string{"*suostum*", "*tilaaja*", "*tilannut*", "*hyväksy*", "*vahvist*", "lupa", "*lupa*", "haluaa", "haluan", "*vastaanot*", "*sallii*", "*sallittu*"},
	refuse: []string{"*peruut*", "*perunut*", "*poistunut*", "*kielto*", "*kieltä*", "*kieltän*", "*estetty*", "*eimarkkinointi*", "*estolista*", "*palautunut*"},
	status: []string{"tila"},

	yes:        []string{"kyllä", "tosi", "päällä", "hyväksytty", "sallittu", "annettu", "suostuu", "kyllä kiitos"},
	no:         []string{"ei", "epätosi", "pois", "ei koskaan", "kielletty", "hylätty", "ei sallittu", "ei hyväksytty", "kieltäytynyt", "peruttu", "ei kiitos", "ei annettu"},
	in:         []string{"aktiivinen", "tilaaja", "tilannut", "vahvistettu", "tilattu", "voimassa"},
	out:        []string{"peruutettu", "perunut", "peruuttanut", "poistunut", "lopettanut", "perunut tilauksen", "peruuttanut tilauksen", "tilaus peruttu", "eronnut"},
	complained: []string{"valitus", "roskaposti", "merkitty roskapostiksi", "roskapostivalitus"},
	blocked:    []string{"estetty", "estolista", "mustalla listalla", "ei saa lähettää", "markkinointikielto", "kuollut", "suljettu pois"},
	bounced:    []string{"palautunut", "virheellinen", "ei toimitettavissa", "epäkelpo", "ei ole olemassa"},
	never:      []string{"ei tilaaja", "ei tilannut", "ei suostumusta", "ilman suostumusta", "ei ole tilannut", "ei lupaa"},
	unsure:     []string{"odottaa", "vahvistamaton", "ei vahvistettu", "odottaa vahvistusta", "passiivinen", "ei aktiivinen", "poistettu", "arkistoitu", "tuntematon", "vanhentunut", "epäaktiivinen", "keskeytetty"},
	not:        []string{"ei", "ilman", "eivät", "en"},
}
