package optout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Names, remarks and tags of people who are not to be mailed, by language.
var unwillingRemarks = map[string]string{
	"en": "Ray - DO NOT EMAIL; Smith (unsubscribed); *opted out* Smith; DNC; please don't mail; Ray DO NOT EMAIL; " +
		"Ann (do not contact); Ray [DNC]; do_not_email; Smith – no emails please; " +
		"Asked to be removed from the mailing list in May; Spoke 3 May, please do not email him any more. Prefers phone.; " +
		"Acme Ltd / DO NOT MAIL; wants no newsletter; doesn't want emails; Do not send anything; UNSUBSCRIBED Smith; " +
		"vip, opted-out; Newsletter: no; opt-in: no; Take off list; she unsubscribed last year; STOP EMAILING; " +
		"donotemail; Ray:do not email; Bob... don't email!; unsubscribe me please; wants to unsubscribe; " +
		"no more emails; opted out by phone 3/4; ＤＯ ＮＯＴ ＥＭＡＩＬ",
	"de": "Müller - KEINE MAILS; Schmidt (abgemeldet); bitte nicht anschreiben; möchte keinen Newsletter mehr; " +
		"hat am 3. Mai angerufen, will keine E-Mails; Werbesperre!; vom Newsletter abgemeldet; Newsletter: nein; " +
		"Bitte nicht kontaktieren; Müller KEIN NEWSLETTER; will keine Werbung mehr bekommen; " +
		"bitte aus dem Verteiler nehmen",
	"fr": "Dupont - NE PAS CONTACTER; Martin (désinscrit); ne veut plus recevoir nos mails; pas de newsletter; " +
		"a appelé, ne plus envoyer de mails; désabonné; Dupont PAS D'EMAIL SVP; newsletter : non; " +
		"ne souhaite plus recevoir nos offres",
	"es": "García - NO ENVIAR CORREOS; López (dado de baja); no quiere recibir publicidad; no contactar; " +
		"pidió darse de baja del boletín; García NO CONTACTAR POR EMAIL; newsletter: no; no desea recibir nada más",
	"it": "Rossi - NON INVIARE EMAIL; Bianchi (disiscritto); non vuole ricevere mail; non contattare; " +
		"Rossi NON CONTATTARE MAI; basta mail per favore; newsletter: no; cancellato dalla newsletter a maggio",
	"pt": "Silva - NÃO ENVIAR E-MAIL; Souza (descadastrado); não quer receber e-mails; não contactar; " +
		"Silva NÃO CONTACTAR MAIS; newsletter: não; pediu para remover da lista",
	"nl": "Jansen - NIET MAILEN; De Vries (uitgeschreven voor nieuwsbrief); wil geen nieuwsbrief; " +
		"niet meer benaderen; Jansen GEEN MAIL SVP; nieuwsbrief: nee; liever niets sturen",
	"pl": "Kowalski - NIE WYSYŁAĆ; nie kontaktować; nie chce newslettera; wypisany z newslettera; " +
		"Nowak BEZ MAILI PROSZĘ; newsletter: nie",
	"sv": "Svensson - SKICKA INTE; kontakta ej; vill inte ha nyhetsbrev; avprenumererad; Svensson INGA UTSKICK TACK; " +
		"nyhetsbrev: nej; kunden sa: maila inte",
	"da": "Hansen - SEND IKKE; ønsker ikke nyhedsbrev; må ikke kontaktes; afmeldt nyhedsbrev i maj; " +
		"Hansen INGEN MAILS TAK; nyhedsbrev: nej",
	"no": "Hansen - IKKE SEND; ønsker ikke nyhetsbrev; skal ikke kontaktes; meldt seg av nyhetsbrevet; " +
		"Hansen INGEN E-POST TAKK; nyhetsbrev: nei",
	"fi": "Virtanen - ÄLÄ LÄHETÄ; ei halua uutiskirjettä; ei sähköpostia kiitos; poistettu listalta; " +
		"Virtanen EI UUTISKIRJETTÄ; uutiskirje: ei",
	"cs": "Novák - NEPOSÍLAT; nekontaktovat; nechce newsletter; odhlášen z newsletteru; Novák ŽÁDNÉ MAILY PROSÍM; newsletter: ne",
	"tr": "Yılmaz - E-POSTA GÖNDERME; mail istemiyor; abonelikten çıktı; listeden çıkarılsın; Yılmaz BÜLTEN İSTEMİYOR; bülten: hayır",
	"ru": "Иванов - НЕ ПИСАТЬ; не хочет рассылку; отписался; Петров (отписан); убрать из рассылки; " +
		"Иванов НЕ ОТПРАВЛЯТЬ ПИСЬМА; рассылка: нет",
	"uk": "Іваненко - НЕ ПИСАТИ; не хоче розсилку; відписався; Петренко (відписаний); прибрати з розсилки; " +
		"Іваненко НЕ НАДСИЛАТИ; розсилка: ні",
}

// innocent are what such columns hold otherwise.
var innocent = list("Ray; Smith; O'Neil; Mail Boxes Etc.; The Newsletter Company; Bounce; Bounces Ltd; " +
	"Opt Out Records Ltd; Unsubscribe GmbH; Spam Musubi Kitchen; Stop & Shop; No Name AG; Marketa; Mailand; " +
	"Contact Group BV; Send Me Flowers; Do Not Disturb Hotel; Kein & Söhne; " +
	"was never unsubscribed; not opted out; Likes the newsletter; Reads every email; subscribed; VIP, newsletter; " +
	"Please call before Friday; Do not call before noon; Prefers email; email me the price list; " +
	"Sent wrong invoice by email; Works on anti-spam software; stopped by at our booth; no preference; " +
	"Not available in May; " +
	"Out of office; left the company; allergic to nuts - no peanuts; (retired); Smith - Jones; Keine Nüsse; " +
	"hat sich beim Kurs abgemeldet; Auto abgemeldet; nicht verfügbar; Ne parle pas anglais; pas de porc; no fumar; " +
	"sin gluten; senza glutine; não fuma; geen vlees; bez laktozy; inga nötter; ei maitoa; bez lepku; не курит; " +
	"https://shop.example/unsubscribe?id=4; unsubscribe@shop.example; Newsletter: yes; opt-in: yes; Opt-in; " +
	"email: ann@shop.example; Notes: none; Mr. No; Dr. Marketing; Anna-Maria; Abo; Abonnent seit 2019; 3.5.2024; " +
	"Müller & Söhne; São Paulo; 田中; Nguyễn Văn Mail")

func TestAnInstructionInANameOrARemarkIsHeard(t *testing.T) {
	for language, remarks := range unwillingRemarks {
		for _, remark := range list(remarks) {
			for _, header := range []string{"First name", "Company", "Notes", "Tags", "Billing last name"} {
				var values Values
				for _, cell := range append(slices.Clone(innocent[:20]), remark) {
					values.Add(cell, 1)
				}
				c := Judge(header, &values)
				if said := c.Read(remark); said.Verdict < Doubt {
					t.Errorf("%s: %q below %q (%s) is sent", language, remark, header, c.Kind)
				}
				for _, cell := range innocent {
					if said := c.Read(cell); said.Verdict > Yes {
						t.Errorf("%q below %q is held back beside %q: %v", cell, header, remark, said)
					}
				}
			}
		}
	}
}

func TestWhatIsSetOffIsANoAndWhatIsNotIsDoubt(t *testing.T) {
	for cell, want := range map[string]Verdict{
		"Ray - DO NOT EMAIL": No, "(unsubscribed)": No, "*opted out* Smith": No, "Ann (do not contact)": No, "Newsletter: no": No,
		"Ray DO NOT EMAIL": Doubt, "she unsubscribed last year": Doubt,
	} {
		if said := (Column{Kind: Mention}).Read(cell); said.Verdict != want {
			t.Errorf("%q is %v", cell, said)
		}
	}
}

// However many different remarks a column has, one that says no is heard.
func TestAMentionAmongManyRemarksIsHeard(t *testing.T) {
	long := strings.Repeat("long story. ", 200) + "Do not email. " + strings.Repeat("More of it. ", 200)
	for _, remark := range []string{"unsubscribed", "called on 3 May, do not email", "Ray - DO NOT EMAIL", long} {
		for _, header := range []string{"Notes", "Name", "Anything else?"} {
			whole, first, later := ValuesOf(header), ValuesOf(header), ValuesOf(header)
			for i := range 1000 {
				cell := fmt.Sprintf("remark %d", i)
				if i == 900 {
					cell = remark
				}
				whole.Add(cell, 1)
				if i < 500 {
					first.Add(cell, 1)
				} else {
					later.Add(cell, 1)
				}
			}
			first.Merge(later)
			for _, values := range []*Values{whole, first} {
				if said := Judge(header, values).Read(remark); said.Verdict < Doubt {
					t.Errorf("%.40q among 1000 below %q is sent", remark, header)
				}
			}
		}
	}
}

// The hints pass whatever may say something.
func TestNoMentionIsOverlooked(t *testing.T) {
	var cells []string
	for _, column := range corpus(t) {
		cells = slices.AppendSeq(cells, maps.Keys(column.Cells))
	}
	for _, remarks := range unwillingRemarks {
		cells = append(cells, list(remarks)...)
	}
	for _, phrases := range instructions {
		for _, phrase := range phrases {
			cells = append(cells, strings.Trim(phrase, "*"), strings.ToUpper(strings.Trim(phrase, "*")))
		}
	}
	heard := 0
	for _, cell := range cells {
		if mentionIn(cell, true, false).Verdict > Yes {
			heard++
			if mayMention(cell) < 0 {
				t.Errorf("%q is overlooked", cell)
			}
		}
	}
	if heard < 500 {
		t.Errorf("only %d say something", heard)
	}
}

func BenchmarkMayMention(b *testing.B) {
	for _, cell := range []string{"Miller & Sons", "Мария Иванова", "Jürgen Müller-Lüdenscheidt", "met at the fair, wants the price list until May"} {
		b.Run(cell, func(b *testing.B) {
			for b.Loop() {
				mayMention(cell)
			}
		})
	}
}
