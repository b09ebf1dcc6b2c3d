package optout

import (
	"fmt"
	"strings"
	"testing"
)

// Shapes that somebody tried who had not seen the tables. Each line is a header, what is a no or may be one, and what is a yes.
func TestShapesThatWereTried(t *testing.T) {
	tryShapes(t, []string{
		"Newsletter consent | Declined 01/02/2024; Denied 2024-01-01; Expired 2024-05-06; No (2024-05-06); Opted out 2024-05-06; Refused 2024-05-06; Requested 2024-05-06; Revoked 2024-05-06; Unsubscribed 2024-05-06; Withdrawn on 3 May 2024 | 2024-05-06; 3 May 2024; yes",
		"Newsletter | no since 2024-01-02; no 2024-01-02; unsubscribed 2024-01-02; no, 12 March 2024; cancelled 01/02/2024; left 2023-05-06; stopped 2023-05-06 10:11; removed 2023-05-06 | 2023-05-06; yes; 12. Mai 2023",
		"Einwilligung Newsletter | widerrufen am 03.04.2024; verweigert 03.04.2024; entzogen am 03.04.2024; nein, seit 03.04.2024; abgemeldet am 03.04.2024; bis 31.12.2023 | 03.04.2024; ja; 3. März 2024 10:11 Uhr",
		"Opt-in | cancelled 2024-05-06; until 2024-05-06; removed 2024-05-06; out 2024-05-06; ended 2024-05-06 | 2024-05-06T10:11:12Z; yes",
		"Newsletter | нет, 03.04.2024; отозвано 03.04.2024; wycofana 2024-04-03; nee 03-04-2024; retiré le 03/04/2024 | 3 апреля 2024; 03.04.2024; да",
		"Opposes marketing | Yes; TRUE | No; FALSE",
		"Opposizione al marketing | VERO | FALSO",
		"E-posta gönderilmesin | Evet | Hayır",
		"Vom Verteiler gestrichen am | 03.04.2024 | ",
		"Не беспокоить | да; + | нет",
		"Unsubscribed | -1 | 0",
		"NoEmail | -1; yes | 0; no",
		"Take me off your list | yes | ",
		"isexcludedfromcampaigns | true | false",
		"Would you like to hear from us? | No | Yes",
		"Can we drop you a line now and then? | No; nope | Yes",
		"Infos per Mail | nö; nein | gern; ja",
		"¿Te gustaría que te mantengamos al tanto de nuestras actividades? | No, gracias; Ya no; no | Sí; si",
		"Desideri restare aggiornato sulle nostre iniziative? | No | Sì",
		"Podemos te mandar novidades por e-mail? | Não quero; Não, prefiro não receber; não | Sim",
		"Vill du få information om kommande evenemang? | Nej; helst inte | Ja",
		"Accord RGPD | Refusé | Accordé",
		"May we send you our newsletter? | Absolutely not; Please don't; I would prefer not to; Not at this time; None of the above; yes?; Not interested | Sure!; Of course; yes; Absolutely",
		"Newsletter | was yes now no; niet; Nothing please; (yes) no | ja; yes",
		"Permission to email | N; U | Y",
		"Mailing list? | Not interested; Nah, I am good | Already subscribed; Yes please!",
		"¿Te gustaría que te mantengamos al tanto de nuestras actividades? | No, gracias; Ya no; Quizás más adelante | Sí por favor",
		"CASL status | Withdrawn | Express",
		"List member | No | Yes",
		"May we email you? [No] | x; 1; yes | ",
		"May we email you? [Yes] | | x; 1; yes",
		"Newsletter: No | x | ",
		"Newsletter (0=ja, 1=nein) | 1 | 0",
		"Newsletter (yes/no) | no | yes",
		"(Do Not Modify) Contact | | 0001; 0002",
	})
}

// Headers as people write them in their own sheets: cut short, misspelled, or a question of how often. As above.
func TestHeadersAsPeopleWriteThem(t *testing.T) {
	tryShapes(t, []string{
		"Wie oft möchten Sie Post von uns? | nie; gar nicht | wöchentlich; monatlich; einmal im Monat",
		"How often would you like to hear from us? | Never; Not at all; I'd rather not | Weekly; Monthly; Once a month; Every day; Rarely; Twice a week",
		"À quelle fréquence souhaitez-vous recevoir nos e-mails ? | jamais | chaque semaine; tous les mois; une fois par mois; hebdomadaire; mensuel",
		"¿Con qué frecuencia quiere recibir nuestro boletín? | nunca | semanal; cada mes; una vez al mes; mensualmente",
		"Con che frequenza vuoi ricevere la newsletter? | mai | settimanale; ogni mese; una volta al mese; mensile",
		"Com que frequência quer receber a newsletter? | nunca | semanalmente; mensal; uma vez por mês",
		"Hoe vaak wilt u onze nieuwsbrief ontvangen? | nooit | wekelijks; maandelijks; elke week; één keer per maand",
		"Jak często chcesz otrzymywać newsletter? | nigdy | co tydzień; raz w miesiącu; co miesiąc",
		"Hur ofta vill du ha nyhetsbrev? | aldrig | varje vecka; en gång i månaden; varje månad",
		"Hvor ofte vil du have nyhedsbrevet? | aldrig | hver uge; en gang om måneden; månedligt; ugentligt",
		"Hvor ofte vil du ha nyhetsbrev? | aldri | hver uke; månedlig; en gang i måneden",
		"Kuinka usein haluat uutiskirjeen? | en koskaan; ei koskaan | viikoittain; kuukausittain; kerran kuussa",
		"Jak často chcete dostávat newsletter? | nikdy | každý týden; měsíčně; jednou za měsíc; týdně",
		"Bülteni ne sıklıkla almak istersiniz? | hiçbir zaman; asla | haftalık; aylık; her hafta; ayda bir",
		"Как часто вы хотите получать рассылку? | никогда | раз в неделю; каждый месяц; ежемесячно; еженедельно",
		"Як часто ви хочете отримувати розсилку? | ніколи | раз на тиждень; щомісяця; щотижня",
		"Email frequency | never; none; 0 | weekly; monthly; daily digest; 1x per week",
		"Newsletter-Häufigkeit | nie | jede Woche; alle zwei Wochen; vierteljährlich",
		"Status | Unsubcribed; unsuscribed; Unsubscribd | Subscribed; Subcribed",
		"Sub? | no | yes", "sub | no | yes", "Subbed | n | y", "ok? | no | yes", "OK | no | yes", "Mail ok | no | yes",
		"ok to mail | no | yes", "Email OK? | N | Y", "mail? | no | yes", "Email? | no | yes", "NL | nee | ja", "NL? | nein | ja",
		"newsl. | nein | ja", "Newsl | no | yes", "How often do you want our emails? | never | daily; weekly",
		"Frequency of newsletter | never | every two weeks; quarterly", "Newslettter | no | yes", "Newsleter | no | yes",
		"Nesletter | no | yes", "Newsletetr | no | yes", "Newletter | no | yes", "Subcribed | no | yes", "Subscribd | no | yes",
		"Suscribed | no | yes", "Unsubcribed | yes | no", "Unsubscibed | yes | no", "Unsuscribed | yes | no",
		"Unsubscirbed | yes | no", "Subscripton status | unsubscribed | subscribed", "Opt in | no | yes", "Opt'in | no | yes",
		"Opt.in | no | yes", "OptIn | no | yes", "OPT-IN? | no | yes", "Opt  -  In | no | yes", "opt_in | no | yes",
		"Optin | no | yes", "Opt-inn | no | yes", "Opted-in | no | yes", "Opt ins | no | yes", "Opt–in | no | yes",
		"Opt‑in | no | yes", "OptedOut | yes | no", "Opt-Out? | yes | no", "opt - out | yes | no", "Marketting | no | yes",
		"Accepts marketting | no | yes", "Email markting consent | no | yes", "Markteing emails | no | yes", "Abgemeldt | ja | nein",
		"Newsleter Anmeldung | nein | ja", "Einwiligung E-Mail | nein | ja", "Nieuwsbrif | nee | ja", "Désincrit | oui | non",
		"Désabonée | oui | non", "Consentment | no | yes", "Permision to email | no | yes", "Supressed | yes | no",
		"Boletin informatvo | no | si", "Nyhetsbrv | nej | ja", "Nyhedsbev | nej | ja", "Uutiskije | ei | kyllä",
		"Рассылкa | нет | да", "Рассылк | нет | да", "Отписаля | да | нет", "Розсилк | ні | так",
	})
}

// The same cells below headers that only look alike.
func TestWordsThatOnlyLookAlikeAreNothingToDoWithMail(t *testing.T) {
	for _, name := range []string{
		"Markering", "Marketa", "Contentement", "Abgestellt", "Ongeschreven", "Surpression", "Prescribed", "Inscribed",
		"Described", "Remission", "Bounded", "Contented", "Submission", "Substation", "Subject", "Sublet", "Suburb", "OK Tours",
		"NL-BE", "Nlp",
		"How often do you exercise?", "Wie oft waren Sie bei uns?", "Frequency", "Donation frequency", "Visit frequency",
		"Häufigkeit", "Frequenz", "Fréquence", "Periodicity", "Weekly hours", "Postkarte von uns",
	} {
		for _, cells := range [][]string{{"no", "yes"}, {"never", "weekly"}, {"x"}, {"nie", "oft"}} {
			if c := judgedBy(name, cells...); c.Kind != Foreign {
				t.Errorf("%q with %q is taken for %q", name, cells, c.Kind)
			}
		}
	}
	for _, name := range []string{"Sub", "Subs", "NL", "OK", "NL?", "Mktg"} {
		for _, cells := range [][]string{{"Amsterdam", "Utrecht"}, {"12", "7", "3"}, {"Miller", "Smith"}} {
			if c := judgedBy(name, cells...); c.Kind != Foreign {
				t.Errorf("%q with %q is taken for %q", name, cells, c.Kind)
			}
		}
	}
}

// tryShapes tries lines of a header, what is a no or may be one, and what is a yes.
func tryShapes(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		parts := strings.Split(line, "|")
		var values Values
		nos, yeses := strings.Split(parts[1], ";"), strings.Split(parts[2], ";")
		for _, cell := range append(nos, yeses...) {
			values.Add(cell, 3)
		}
		column := Judge(strings.TrimSpace(parts[0]), &values)
		for _, cell := range nos {
			if said := column.Read(cell); said.Verdict < Doubt && strings.TrimSpace(cell) != "" {
				t.Errorf("%s: %s is sent (%s)", parts[0], cell, column.Kind)
			}
		}
		for _, cell := range yeses {
			if said := column.Read(cell); said.Verdict > Yes && strings.TrimSpace(cell) != "" {
				t.Errorf("%s: %s is held back: %s (%s)", parts[0], cell, fmt.Sprint(said), column.Kind)
			}
		}
	}
}

// However many other values a column has, its plain answers are heard.
func TestPlainAnswersAmongManyValuesAreHeard(t *testing.T) {
	for _, name := range []string{"Newsletter", "Newsletter subscription", "Mailing list", "Marketing emails", "Email status",
		"Would you like our newsletter by email?"} {
		for _, other := range []func(int) string{
			func(i int) string { return fmt.Sprintf("2024-%02d-%02d 10:%02d", 1+i%12, 1+i%28, i%60) },
			func(i int) string { return fmt.Sprintf("only number %d please", i) },
		} {
			values := ValuesOf(name)
			for i := range 200 {
				values.Add(other(i), 1)
			}
			values.Add("no", 60)
			values.Add("yes", 60)
			if said := Judge(name, values).Read("no"); said.Verdict != No {
				t.Errorf("%s with %q and others: %v", name, other(0), said)
			}
		}
	}
}
