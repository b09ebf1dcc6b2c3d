package optout

import (
	"strings"
	"sync"
	"unicode"
)

// OnlyAgrees reports a text that says yes, or that somebody agreed, and nothing more: not how, where or when. It is certain of that:
// any word that it does not know, and any number, is taken for more.
func OnlyAgrees(said string) bool {
	folded := fold(said, false)
	if known().answers[joined(folded)] == plainYes {
		return true
	}
	words := strings.Fields(folded)
	for i, word := range words {
		if i > 0 && whatOneGets[word] && getting[words[i-1]] {
			continue
		}
		if !sayingYes()[word] && !sayingYesTogether(word) {
			return false
		}
	}
	return len(words) > 0
}

// whatOneGets says nothing of how somebody agreed where it stands behind one of getting: alone it does ("e-mail", "newsletter").
var (
	whatOneGets = map[string]bool{"mail": true, "mails": true, "email": true, "emails": true, "newsletter": true, "newsletters": true}
	getting     = map[string]bool{"get": true, "getting": true, "receive": true, "receiving": true, "marketing": true, "our": true, "the": true}
)

// sayingYesTogether reports a word of a script without blanks that is made of such words, or is an answer.
func sayingYesTogether(word string) bool {
	if known().answers[word] == plainYes {
		return true
	}
	for word != "" {
		r := []rune(word)
		if !unicode.In(r[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return false
		}
		n := len(r)
		for n > 0 && !sayingYes()[string(r[:n])] {
			n--
		}
		if n == 0 {
			return false
		}
		word = string(r[n:])
	}
	return true
}

// sayingYes are the words of sentences that say of people that they agreed to get mail: who they are, that they did, and to what.
// Words that also tell how ("by", "form", "opt-in") are not among them.
var sayingYes = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, language := range []string{
		`yes yeah yep ok okay sure fine correct true definitely certainly of course absolutely agree agreed agrees agreement consent
			consented consents consenting permission permitted allow allowed allows accept accepted accepts approve approved approves
			approval confirm confirmed confirms confirmation authorized authorised grant granted give gave given said says so
			want wants wanted would like they he she it we i you them him her their his the a an this that these those all both
			everybody everyone each person persons people contact contacts user users customer customers client clients subscriber
			subscribers recipient recipients member members operator owner boss have has had having is are was were be been being do
			does did done to and with again now already explicitly explicit indeed really please for get getting receive receiving
			received marketing subscribe subscribed resubscribe resubscribed back`,
		`ja jawohl klar einverstanden zugestimmt eingewilligt zustimmung einwilligung einverstandnis bestatigt erlaubt erlaubnis
			genehmigt erteilt gegeben liegt vor vorhanden sie er es wir ich ihre seine der die das den dem ein eine alle beide person
			personen leute kunde kunden kundin kundinnen nutzer kontakt kontakte empfanger abonnent abonnenten hat haben hatte hatten
			ist sind war waren wurde worden und mit zu wieder erneut ausdrucklich wollen will mochte mochten`,
		`oui accord daccord accepte acceptent acceptee autorise consenti consentement donne donnee confirme permission ils elles
			il elle on nous je le la les un une leur son tous toutes client clients personne personnes utilisateur utilisateurs
			abonne abonnes contact contacts ont a avait sont est ete de et avec a nouveau bien sur`,
		`si claro acepta aceptan acepto aceptado aceptaron autorizado consentimiento consintieron dado dieron dio confirmado
			confirmaron permiso acuerdo de ellos ellas el ella la los las un una su todos todas cliente clientes persona personas
			usuario usuarios contacto contactos ha han estan esta es son fue y con otra vez`,
		`certo accetta accettano accettato acconsentito consenso dato confermato permesso accordo loro lui lei il lo i gli le un una
			tutti cliente clienti persona persone utente utenti contatto contatti ha hanno sono e stato di con`,
		`sim aceita aceitam aceitou aceitaram concorda concordam concordou concordaram consentimento dado deram confirmado
			confirmaram permissao eles elas ele ela o a os as um uma todos cliente clientes pessoa pessoas utilizador utilizadores
			usuario usuarios contato contatos tem foi sao de acordo e com`,
		`akkoord toestemming gegeven ingestemd bevestigd zij ze hij het wij de een alle klant klanten persoon personen gebruiker
			gebruikers contact contacten heeft hebben is zijn was waren en met ermee weer`,
		`tak zgoda zgode zgody wyrazil wyrazila wyrazili zgodzil zgodzila zgodzili potwierdzil potwierdzili sie oni one on ona
			wszyscy klient klienci osoba osoby uzytkownik uzytkownicy kontakt jest sa`,
		`samtycke samtyckt godkant samtykke samtykket godkendt godkjent gitt givet gett de han hun hon alla alle kund kunden kunder
			kunderne kundene har er ar och og`,
		`souhlas souhlasi souhlasili dali dal oni vsichni zakaznik zakaznici ano jsou je kylla suostumus antoi antoivat he evet onay
			verdi verdiler onayladi onayladilar kabul ettiler etti onlar musteri musteriler igen beleegyezett beleegyeztek da de acord`,
		`да согласен согласна согласны согласие согласился согласилась согласились дал дала дали подтвердил подтвердили разрешил
			разрешили они он она мы я все всех их клиент клиенты пользователь пользователи контакт контакты на и так згоден згодна
			згодні згода згоду погодився погодились погодилися вони він вона усі всі`,
		`ναι συμφωνω συμφωνησε συμφωνησαν συγκαταθεση εδωσαν εδωσε נעם כן הסכים הסכימו הסכמה نعم موافق موافقة وافق وافقوا وافقت
			हा जी सहमत सहमति है ह ใช ตกลง yakin setuju`,
		`是 是的 好 好的 同意 已 已经 了 都 他 她 他们 她们 我 我们 用户 客户 本人 联系人 所有 人 确认 許可 許諾 はい 了承 承諾 済み 済 済みです します しました
			している しています した です ました の を が は に 得 得た 得ています 得ました 本人の 全員 顧客 お客様 希望 예 네 동의 동의함 동의했음 동의했습니다 동의했어요
			동의합니다 확인 모두 고객 고객이 모두가 본인 본인이 그들 그들이 받았습니다 를 을 이 가`,
	} {
		for _, word := range strings.Fields(language) {
			for _, one := range strings.Fields(fold(word, false)) {
				set[one] = true
			}
		}
	}
	return set
})
