package optout

import (
	"strings"
	"testing"
)

// spoken is how people name such columns in one language; lists are separated by "; ".
type spoken struct {
	yes, no  string
	agree    string // headers: yes may be mailed, no may not
	refuse   string // headers: yes, x and a date may not be mailed, no and empty may
	status   string // headers of a status
	willing  string // words below them
	out      string
	unclear  string
	foreign  string // headers under which yes and no mean something else
	ordinary string // headers of any contact file
}

var spokenLanguages = map[string]spoken{
	"en": {"yes", "no",
		"Accepts marketing emails; Opted in to email; Would you like our newsletter?; Email consent; Receive newsletter; I want to get news by email; Subscribed; GDPR consent; Please send me offers by email; Marketing opt-in; Can we email you?; email_confirmed; Happy to hear from us by email; Permission to email; Mailing list; Double Opt-in",
		"Unsubscribed; Email opt out; Do not email; Does not want emails; No newsletter; Never email; Blacklisted; Marked as spam; Hard bounced; Email blocked; Stop emails; Removed from mailing list; Do not contact; Has unsubscribed from newsletter; Email invalid; On hold; DNC; No marketing please; Cannot be emailed; Please remove from mailing list; Wants no more emails; Suppressed; Withdrew email consent; Newsletter cancelled",
		"Status; Subscription status; Email status; Newsletter status; Mailing state; Subscriber status; Email consent status",
		"subscribed; active; confirmed; opted in", "unsubscribed; opted out; bounced; spam complaint; blacklisted; do not email; not subscribed; no longer subscribed; never opted in; hard bounce; unsubscribed by admin", "pending; unknown word; deleted; archived; disabled; awaiting confirmation; unconfirmed; inactive; paused",
		"Order confirmed; Invoice by email; SMS opt-in; Phone consent; Do not call; Newsletter sent; Email opened; Free email; Accepts terms; Photo consent; Account verified by phone; WhatsApp opt-in; Paid; Married; Employed; VIP; Has children; Enabled; Email sent; Cookie consent; Email is work address; Push notifications enabled",
		"First name; Last name; City; State; Country; Company; Job title; Phone; Mobile; Website; Birthday; Notes; Language; Gender; Source; Created at; Updated at; Owner; Industry; Revenue; Employees; Street; ZIP; Postal code; Region; LinkedIn; Department; Score; Interests; Customer since; Last login; Referral; Number; Contact no.; Customer no; Email; Email 2; Work email; Email address; Contact email; Mailing address; Contact owner; Member since; Favourite offer; Newsletter source; Campaign; Subscriber ID; List; Segment; Preferred language; Title; Salutation; Contact person; Contact; Account manager; Reason for contact; Comment; Message; Deal value; Stage; Reference; Postcode; Latitude"},
	"de": {"ja", "nein",
		"Newsletter erwünscht; Einwilligung E-Mail; Möchte Newsletter erhalten; Werbung per E-Mail erlaubt; Zustimmung Newsletter; Newsletter-Anmeldung; Angemeldet; E-Mail-Werbung gestattet; Dürfen wir Ihnen E-Mails senden?; DSGVO-Einwilligung; Einverstanden mit Werbung; Opt-in E-Mail; Newsletter abonniert; Ich möchte per E-Mail informiert werden; Newsletterempfänger",
		"Abgemeldet; Kein Newsletter; Keine Werbung; Werbesperre; Newsletter abbestellt; Nicht anschreiben; Bitte nicht kontaktieren; Möchte keine E-Mails; Widerspruch Werbung; E-Mail gesperrt; Keine E-Mails mehr; E-Mail ungültig; Vom Newsletter abgemeldet; Will keinen Newsletter mehr; E-Mail unzustellbar; Einwilligung widerrufen",
		"Status; Newsletter-Status; E-Mail-Status; Anmeldestatus; Abonnentenstatus",
		"angemeldet; aktiv; bestätigt; abonniert", "abgemeldet; gekündigt; unzustellbar; nicht angemeldet; gesperrt; ausgetragen; Beschwerde", "ausstehend; unbestätigt; gelöscht; inaktiv; wartet; Blabla; unbekannt",
		"Rechnung per E-Mail; Telefonische Werbung erlaubt; Auftrag bestätigt; AGB akzeptiert; Foto-Einwilligung; SMS erlaubt; Werbung per Post; Bezahlt; Verheiratet; Lieferung bestätigt; Aktiv; Newsletter versendet; Konto gesperrt",
		"Vorname; Nachname; Ort; PLZ; Straße; Land; Firma; Telefon; Geburtstag; Bemerkung; Anrede; Titel; Sprache; Kundennummer; Position; Abteilung; Branche; Umsatz; Erstellt am; Geändert am; Quelle; Bundesland; Postfach; Ansprechpartner; Kunde seit; Magazin; Kategorie; Hausnummer; E-Mail; E-Mail-Adresse; Verwendungszweck; Kommentar; Betrag; Mitarbeiter; Kontakt"},
	"fr": {"oui", "non",
		"Accepte de recevoir la newsletter; Consentement e-mail; Souhaite recevoir nos offres; Inscrit à la newsletter; Opt-in; Abonné; Autorise les e-mails; J'accepte de recevoir des courriels; Accord newsletter; Infolettre; Consentement RGPD; Recevoir nos actualités par e-mail; Opt-in partenaires e-mail",
		"Désinscrit; Désabonné; Ne pas contacter; Refuse les e-mails; Ne souhaite plus recevoir d'e-mails; Pas de newsletter; Liste noire; Opposition; E-mail invalide; Ne plus envoyer de newsletter; Sans newsletter; A demandé à être désinscrit; Blocage e-mail",
		"Statut; Statut newsletter; Statut de l'abonné; État de l'inscription; Statut e-mail",
		"inscrit; abonné; actif; confirmé", "désinscrit; désabonné; refusé; plainte; rejeté; non inscrit; bloqué; n'est plus abonné", "en attente; supprimé; inconnu; inactif; à vérifier; Machin",
		"Facture par e-mail; Accepte les SMS; Consentement téléphone; Commande confirmée; Cotisation payée; Droit à l'image photo; Marié; Courrier postal autorisé; Actif; Client",
		"Prénom; Nom; Ville; Pays; Société; Téléphone; Date de naissance; Remarques; Civilité; Langue; Adresse; Code postal; Fonction; Secteur; Créé le; Provenance; Portable; Magasin; Département; Commentaire; Montant; E-mail; Adresse e-mail; Groupe; Région; Motif; Statut marital; Numéro; Contact; Client depuis; Nombre d'enfants"},
	"es": {"sí", "no",
		"Acepta recibir correos; Suscrito; Consentimiento de marketing; Desea recibir el boletín; Autoriza publicidad; Quiero recibir novedades; Suscrito al boletín; Acepto comunicaciones comerciales; Permite envío de correos; Opt-in correo",
		"Baja; Dado de baja; No enviar correos; No desea publicidad; Desuscrito; Lista negra; No contactar; Sin newsletter; Correo rebotado; Correo inválido; No quiere recibir ofertas; Rechaza publicidad",
		"Estado; Estado de suscripción; Estado del correo; Situación newsletter",
		"suscrito; activo; confirmado; alta", "dado de baja; baja; rebotado; no suscrito; bloqueado; queja; ya no suscrito; desuscrito", "pendiente; eliminado; desconocido; inactivo; Cosa; por confirmar",
		"Factura por correo; Acepta SMS; Consentimiento telefónico; Pedido confirmado; Pagado; Casado; Activo; Acepta llamadas",
		"Nombre; Apellidos; Ciudad; País; Empresa; Teléfono; Cumpleaños; Notas; Idioma; Dirección; Código postal; Cargo; Provincia; Fecha de alta de cliente; Origen; Móvil; Comentarios; Correo; Correo electrónico; Sexo; Departamento; Importe; Contacto; Cliente desde"},
	"it": {"sì", "no",
		"Accetta newsletter; Consenso marketing; Iscritto; Desidera ricevere offerte; Autorizza invio e-mail; Consenso email; Vuole ricevere la newsletter; Acconsento all'invio di newsletter; Iscritto alla newsletter; Conferma newsletter",
		"Disiscritto; Non inviare email; Non vuole newsletter; Lista nera; Non contattare; Rifiuta marketing; Email non valida; Niente newsletter; Senza newsletter; Email bloccata; Consenso revocato",
		"Stato; Stato iscrizione; Stato newsletter; Stato email",
		"iscritto; attivo; confermato", "disiscritto; rimbalzato; non iscritto; bloccato; reclamo; non più iscritto; cancellato dalla newsletter", "in attesa; sospeso; sconosciuto; inattivo; da confermare; Coso",
		"Fattura via email; Accetta SMS; Consenso telefono; Ordine confermato; Pagato; Sposato; Attivo; Consenso foto",
		"Nome; Cognome; Città; Paese; Azienda; Telefono; Compleanno; Note; Lingua; Indirizzo; CAP; Ruolo; Provincia; Creato il; Fonte; Cellulare; Email; Settore; Importo; Genere; Commento; Cliente dal"},
	"pt": {"sim", "não",
		"Aceita receber e-mails; Inscrito; Consentimento de marketing; Deseja receber novidades; Autoriza e-mail; Quero receber a newsletter; Aceito comunicações; Subscrito; Concordo em receber ofertas por e-mail",
		"Descadastrado; Não enviar e-mail; Não deseja newsletter; Desinscrito; Lista negra; Não contactar; Sem newsletter; E-mail inválido; Não quer receber promoções; Recusa marketing; Cancelou a subscrição",
		"Estado; Estado da subscrição; Situação do e-mail; Status da inscrição",
		"inscrito; ativo; confirmado; subscrito", "descadastrado; cancelou a inscrição; devolvido; não inscrito; bloqueado; desinscrito; reclamação", "pendente; removido; desconhecido; inativo; Coisa; aguardando confirmação",
		"Fatura por e-mail; Aceita SMS; Consentimento telefone; Encomenda confirmada; Pago; Casado; Ativo",
		"Nome; Apelido; Cidade; País; Empresa; Telefone; Aniversário; Notas; Idioma; Morada; Código postal; Cargo; Origem; Telemóvel; E-mail; Sexo; Valor; Comentário; Cliente desde"},
	"nl": {"ja", "nee",
		"Wil nieuwsbrief ontvangen; Toestemming e-mail; Aangemeld; Ingeschreven voor nieuwsbrief; Akkoord met mailings; Nieuwsbrief; Mag gemaild worden per e-mail; Toestemming marketing; Geabonneerd; Ontvangt aanbiedingen",
		"Afgemeld; Uitgeschreven; Geen nieuwsbrief; Niet mailen; Wil geen e-mail; Geen reclame; Zwarte lijst; E-mail ongeldig; Niet benaderen; Nooit mailen; Toestemming ingetrokken; E-mail geblokkeerd",
		"Status; Nieuwsbriefstatus; Status nieuwsbrief; E-mailstatus; Inschrijfstatus",
		"aangemeld; actief; bevestigd; ingeschreven", "afgemeld; uitgeschreven; geblokkeerd; niet aangemeld; onbestelbaar; klacht; opgezegd", "in afwachting; verwijderd; onbekend; inactief; Ding; niet bevestigd",
		"Factuur per mail; SMS toegestaan; Toestemming telefoon; Bestelling bevestigd; Betaald; Getrouwd; Actief; Post ontvangen",
		"Voornaam; Achternaam; Plaats; Land; Bedrijf; Telefoon; Geboortedatum; Opmerkingen; Taal; Adres; Postcode; Functie; Provincie; Aangemaakt op; Bron; Mobiel; E-mail; Geslacht; Bedrag; Afdeling; Contactpersoon; Klant sinds"},
	"pl": {"tak", "nie",
		"Zgoda na newsletter; Zgoda marketingowa; Zapisany; Chce otrzymywać newsletter; Akceptuje marketing; Zgoda e-mail; Zapisany do newslettera; Zgoda RODO; Wyrażam zgodę na otrzymywanie ofert",
		"Wypisany; Nie wysyłać; Brak zgody; Bez newslettera; Nie chce newslettera; Czarna lista; Rezygnacja; E-mail zablokowany; Zgoda wycofana; Nie kontaktować; Niepoprawny e-mail nieprawidłowy; Sprzeciw",
		"Status; Status subskrypcji; Stan newslettera; Status e-mail",
		"zapisany; aktywny; potwierdzony", "wypisany; odbity; niezapisany; zablokowany; skarga; zrezygnował; brak zgody", "oczekujący; usunięty; nieznany; nieaktywny; Rzecz; niepotwierdzony",
		"Faktura e-mailem; Zgoda SMS; Zgoda na telefon; Zamówienie potwierdzone; Opłacone; Żonaty; Aktywny",
		"Imię; Nazwisko; Miasto; Kraj; Firma; Telefon; Data urodzenia; Uwagi; Język; Adres; Kod pocztowy; Stanowisko; Województwo; Utworzono; Źródło; E-mail; Płeć; Kwota; Dział; Klient od"},
	"sv": {"ja", "nej",
		"Vill ha nyhetsbrev; Samtycke e-post; Anmäld; Prenumererar på nyhetsbrev; Godkänner utskick; Nyhetsbrev; Samtycker till marknadsföring; Vill få erbjudanden via e-post; Tillåter e-post",
		"Avregistrerad; Inga utskick; Ej nyhetsbrev; Vill inte ha e-post; Kontakta inte; Avanmäld; Spärrad e-post; Ogiltig e-post; Ingen reklam; Aldrig e-post; Återkallat samtycke; Avprenumererad",
		"Status; Prenumerationsstatus; Status nyhetsbrev; E-poststatus",
		"anmäld; aktiv; bekräftad; prenumererar", "avregistrerad; studsad; ej anmäld; spärrad; klagomål; prenumererar inte; avanmäld", "väntande; borttagen; okänd; inaktiv; Sak; obekräftad",
		"Faktura via e-post; SMS godkänt; Samtycke telefon; Order bekräftad; Betald; Gift; Aktiv",
		"Förnamn; Efternamn; Ort; Land; Företag; Telefon; Födelsedatum; Anteckningar; Språk; Adress; Postnummer; Titel; Län; Skapad; Källa; Mobil; E-post; Kön; Belopp; Avdelning; Kund sedan"},
	"da": {"ja", "nej",
		"Ønsker nyhedsbrev; Samtykke e-mail; Tilmeldt; Accepterer markedsføring; Nyhedsbrev; Må vi sende dig e-mails?; Vil modtage tilbud; Samtykke til markedsføring; Tilmeldt nyhedsbrev",
		"Afmeldt; Ingen nyhedsbrev; Ønsker ikke mail; Ikke kontakte; Frameldt; Spærret e-mail; Ugyldig e-mail; Ingen reklame; Aldrig mail; Vil ikke modtage nyhedsbrev; Samtykke trukket tilbage; Uden nyhedsbrev",
		"Status; Status nyhedsbrev; E-mailstatus; Abonnementsstatus",
		"tilmeldt; aktiv; bekræftet", "afmeldt; blokeret; ikke tilmeldt; spærret; klage; ugyldig; frameldt", "afventer; slettet; ukendt; inaktiv; Ting; ubekræftet",
		"Faktura på e-mail; SMS accepteret; Samtykke telefon; Ordre bekræftet; Betalt; Gift; Aktiv",
		"Fornavn; Efternavn; By; Land; Firma; Telefon; Fødselsdato; Noter; Sprog; Adresse; Postnummer; Stilling; Oprettet; Kilde; Mobil; E-mail; Køn; Beløb; Afdeling; Kunde siden"},
	"no": {"ja", "nei",
		"Ønsker nyhetsbrev; Samtykke e-post; Påmeldt; Godtar markedsføring; Nyhetsbrev; Vil motta tilbud på e-post; Samtykket til nyhetsbrev; Mottar nyhetsbrev",
		"Avmeldt; Ingen nyhetsbrev; Ønsker ikke e-post; Ikke kontakt; Sperret e-post; Ugyldig e-post; Ingen reklame; Aldri e-post; Vil ikke motta nyhetsbrev; Samtykke trukket; Reservert mot reklame; Uten nyhetsbrev",
		"Status; Status nyhetsbrev; E-poststatus; Abonnementsstatus",
		"påmeldt; aktiv; bekreftet", "avmeldt; sperret; ikke påmeldt; blokkert; klage; ugyldig", "venter; slettet; ukjent; inaktiv; Ting; ubekreftet",
		"Faktura på e-post; SMS godtatt; Samtykke telefon; Ordre bekreftet; Betalt; Gift; Aktiv",
		"Fornavn; Etternavn; By; Land; Firma; Telefon; Fødselsdato; Notater; Språk; Adresse; Postnummer; Stilling; Opprettet; Kilde; Mobil; E-post; Kjønn; Beløp; Avdeling; Kunde siden"},
	"fi": {"kyllä", "ei",
		"Haluaa uutiskirjeen; Suostumus sähköpostiin; Markkinointilupa; Hyväksyy markkinoinnin; Uutiskirje; Uutiskirjeen tilaaja; Haluan vastaanottaa tarjouksia; Sallii sähköpostin; Suostumus markkinointiin",
		"Peruuttanut; Ei uutiskirjettä; Ei markkinointia; Ei saa lähettää; Markkinointikielto; Sähköposti estetty; Virheellinen sähköposti; Ei halua uutiskirjettä; Älä lähetä sähköpostia; Kieltänyt markkinoinnin; Suoramarkkinointikielto; Perunut uutiskirjeen",
		"Tila; Uutiskirjeen tila; Sähköpostin tila; Tilauksen status uutiskirje",
		"tilannut; aktiivinen; vahvistettu", "peruuttanut; perunut; estetty; ei tilannut; valitus; virheellinen", "odottaa; poistettu; tuntematon; passiivinen; Asia; vahvistamatta",
		"Lasku sähköpostilla; Tekstiviestit sallittu; Puhelin lupa; Maksettu; Naimisissa; Aktiivinen",
		"Etunimi; Sukunimi; Kaupunki; Maa; Yritys; Puhelin; Syntymäaika; Huomautukset; Kieli; Osoite; Postinumero; Titteli; Luotu; Lähde; Sähköposti; Sukupuoli; Summa; Osasto; Asiakas alkaen"},
	"cs": {"ano", "ne",
		"Souhlas s newsletterem; Souhlas e-mail; Přihlášen; Chce dostávat novinky; Odběr novinek; Newsletter; Souhlas s marketingem; Přihlášen k odběru; Přeje si zasílat nabídky; Povolit e-maily",
		"Odhlášen; Nezasílat; Bez newsletteru; Nechce novinky; Nekontaktovat; Černá listina; E-mail blokován; Neplatný e-mail; Nesouhlas; Odvolán souhlas; Neposílat e-maily; Odhlášen z newsletteru",
		"Stav; Stav odběru; Stav e-mailu; Status newsletter",
		"přihlášen; aktivní; potvrzeno", "odhlášen; nedoručitelný; nepřihlášen; blokován; stížnost; odhlášeno", "čeká; smazáno; neznámý; neaktivní; Věc; nepotvrzeno",
		"Faktura e-mailem; Souhlas SMS; Souhlas telefon; Objednávka potvrzena; Zaplaceno; Ženatý; Aktivní",
		"Jméno; Příjmení; Město; Země; Firma; Telefon; Datum narození; Poznámky; Jazyk; Adresa; PSČ; Funkce; Kraj; Vytvořeno; Zdroj; Mobil; E-mail; Pohlaví; Částka; Oddělení; Zákazník od"},
	"tr": {"evet", "hayır",
		"E-bülten izni; E-posta onayı; Abone; Bülten almak istiyor; Ticari ileti izni; Bülten; Pazarlama izni; Kampanya e-postası kabul; E-posta izin",
		"Abonelikten çıktı; E-posta istemiyor; E-posta gönderme; Kara liste; Bülten istemiyor; E-posta engellendi; Geçersiz e-posta; Aboneliği iptal e-posta; Bülten yok; Ticari ileti reddedildi",
		"Durum; Abonelik durumu; E-posta durumu; Bülten durumu",
		"abone; aktif; onaylandı", "abonelikten çıktı; geri döndü; abone değil; engellendi; şikayet; izin vermedi; ayrıldı", "beklemede; silindi; bilinmiyor; pasif; Şey; onay bekliyor",
		"Fatura e-posta; SMS izni; Telefon izni; Sipariş onaylandı; Ödendi; Evli; Aktif",
		"Ad; Soyad; Şehir; Ülke; Firma; Telefon; Doğum tarihi; Notlar; Dil; Adres; Posta kodu; Unvan; İlçe; Oluşturulma; Kaynak; E-posta; Cinsiyet; Tutar; Bölüm"},
	"ru": {"да", "нет",
		"Согласие на рассылку; Подписан; Хочет получать новости; Разрешает письма; Рассылка; Согласен на получение рекламы; Подписан на рассылку; Согласие на email; Получать новости по почте; Подтвердил подписку на рассылку",
		"Отписан; Не отправлять; Отказ от рассылки; Не хочет получать письма; Черный список; Без рассылки; Не писать; Почта заблокирована; Недействительный email; Отписался; Отозвал согласие; Никаких писем не отправлять",
		"Статус; Статус подписки; Статус рассылки; Статус email",
		"подписан; активен; подтвержден", "отписан; отписался; не подписан; заблокирован; жалоба; недоступен; отказался", "ожидает; удален; неизвестно; неактивен; Вещь; не подтвержден",
		"Счет по почте; Согласие на СМС; Согласие на звонки; Заказ подтвержден; Оплачен; Женат; Активен",
		"Имя; Фамилия; Город; Страна; Компания; Телефон; Дата рождения; Примечания; Язык; Адрес; Индекс; Должность; Регион; Создан; Источник; Почта; Электронная почта; Пол; Сумма; Отдел; Комментарий; Клиент с"},
	"uk": {"так", "ні",
		"Згода на розсилку; Підписаний; Хоче отримувати новини; Дозволяє листи; Розсилка; Згода на рекламу; Підписаний на розсилку; Згода на email; Отримувати новини поштою",
		"Відписаний; Не надсилати; Відмова від розсилки; Не хоче отримувати листи; Чорний список; Без розсилки; Не писати; Пошта заблокована; Недійсний email; Відписався; Відкликав згоду",
		"Статус; Статус підписки; Стан розсилки; Статус email",
		"підписаний; активний; підтверджений", "відписаний; відписався; не підписаний; заблокований; скарга; недоступний", "очікує; видалений; невідомо; неактивний; Річ; не підтверджений",
		"Рахунок поштою; Згода на СМС; Згода на дзвінки; Замовлення підтверджено; Оплачено; Одружений; Активний",
		"Ім'я; Прізвище; Місто; Країна; Компанія; Телефон; Дата народження; Примітки; Мова; Адреса; Індекс; Посада; Область; Створено; Джерело; Пошта; Електронна пошта; Стать; Сума; Відділ"},
}

func judgedBy(header string, cells ...string) Column {
	var values Values
	for _, cell := range cells {
		values.Add(cell, 5)
	}
	return Judge(header, &values)
}

func list(written string) []string { return strings.Split(written, "; ") }

// TestEveryLanguageIsUnderstood tries the headers and words that people of many languages use.
func TestEveryLanguageIsUnderstood(t *testing.T) {
	for code, l := range spokenLanguages {
		for _, header := range list(l.agree) {
			c := judgedBy(header, l.yes, l.no)
			if yes, no := c.Read(l.yes), c.Read(l.no); yes.Verdict != Yes || no.Verdict < Doubt {
				t.Errorf("%s: agreement %q (%s): %s is %v, %s is %v", code, header, c.Kind, l.yes, yes, l.no, no)
			}
		}
		for _, header := range list(l.refuse) {
			c := judgedBy(header, l.yes, l.no)
			if yes, no := c.Read(l.yes), c.Read(l.no); yes.Verdict < Doubt || no.Verdict > Yes {
				t.Errorf("%s: refusal %q (%s): %s is %v, %s is %v", code, header, c.Kind, l.yes, yes, l.no, no)
			}
			c = judgedBy(header, "x", "2024-03-01")
			if tick, date, none := c.Read("x"), c.Read("2024-03-01"), c.Read(""); tick.Verdict < Doubt || date.Verdict < Doubt || none.Verdict > Yes {
				t.Errorf("%s: refusal %q (%s): x is %v, a date %v, nothing %v", code, header, c.Kind, tick, date, none)
			}
		}
		for _, header := range list(l.status) {
			all := append(append(list(l.willing), list(l.out)...), list(l.unclear)...)
			c := judgedBy(header, all...)
			for _, cell := range list(l.willing) {
				if said := c.Read(cell); said.Verdict != Yes {
					t.Errorf("%s: status %q (%s): %q is %v, not a yes", code, header, c.Kind, cell, said)
				}
			}
			for _, cell := range append(list(l.out), list(l.unclear)...) {
				if said := c.Read(cell); said.Verdict < Doubt {
					t.Errorf("%s: status %q (%s): %q is %v, and would be mailed", code, header, c.Kind, cell, said)
				}
			}
			for _, cell := range append(list(l.willing), list(l.unclear)...) {
				if c.Read(cell).Unsubscribes() {
					t.Errorf("%s: status %q: %q would unsubscribe", code, header, cell)
				}
			}
		}
		for _, header := range list(l.foreign) {
			c := judgedBy(header, l.yes, l.no)
			if yes, no := c.Read(l.yes), c.Read(l.no); c.Kind == Unclear || yes.Verdict > Yes || no.Verdict > Yes {
				t.Errorf("%s: foreign %q is %s: %v, %v", code, header, c.Kind, yes, no)
			}
		}
		for _, header := range list(l.ordinary) {
			for _, cells := range [][]string{{"Anna", "Berlin", "Miller & Sons"}, {"12", "7", "3"}, {"2024-01-02", "2023-05-06"}, {"anna@shop.example", "bob@shop.example"}, {"https://shop.example/a", "https://shop.example/b"}} {
				c := judgedBy(header, cells...)
				for _, cell := range cells {
					if said := c.Read(cell); c.Kind == Unclear || said.Verdict > Yes {
						t.Errorf("%s: ordinary %q is %s: %q %v", code, header, c.Kind, cell, said)
					}
				}
			}
		}
	}
}
