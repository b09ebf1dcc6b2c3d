package intake

import (
	"cmp"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// otherWords are headers in other languages than English, or short ones, in plain form, by what they mean (see sameMeaning).
// Some mean something else as well, so they only make a field likely.
var otherWords = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for meaning, words := range map[string]string{
		"firstname": "first given rufname vornamen nombre nombres primernombre nombredepila nome primeironome nomedibattesimo voornaam " +
			"imię imie förnamn fornamn fornavn etunimi jméno jmeno keresztnév ad isim имя ім'я імя prénom prénoms 名 名前 下の名前 이름",
		"lastname": "last family familienname zuname nomdefamille apellido apellidos primerapellido cognome sobrenome apelido últimonome " +
			"ultimonome achternaam familienaam nazwisko efternamn etternavn efternavn sukunimi příjmení prijmeni vezetéknév soyad soyadı " +
			"фамилия прізвище 姓 苗字 名字 성",
		"company": "firma firmenname firmenbezeichnung unternehmen unternehmensname betrieb société societe entreprise nomdelentreprise " +
			"nomdelasociété raisonsociale organisme empresa nombredelaempresa nombreempresa razónsocial compañía compania nomedaempresa " +
			"razãosocial companhia azienda nomeazienda ragionesociale società societa ditta bedrijf bedrijfsnaam organisatie " +
			"nazwafirmy spółka przedsiębiorstwo företag företagsnamn foretag firmanavn virksomhed yritys společnost şirket компания " +
			"организация компанія business businessname employer 会社 会社名 企業 企業名 勤務先 公司 公司名称 회사 회사명",
		"jobtitle": "beruf berufsbezeichnung funktion fonction poste cargo puesto ruolo functie stanowisko должность 役職 职位 직책",
		"phone": "telefon telefonnummer telefonnr telnr festnetz rufnummer téléphone numérodetéléphone ndetéléphone teléfono " +
			"númerodeteléfono telefono numeroditelefono telefone númerodetelefone telefoon telefoonnummer telefoonnr numertelefonu " +
			"nrtelefonu tlf puhelin puhelinnumero телефон номертелефона 電話 電話番号 电话 电话号码 전화 전화번호",
		"mobile": "handy handynummer handynr mobil mobiltelefon mobilnummer mobilnr portable téléphoneportable móvil teléfonomóvil movil " +
			"celular cellulare numerodicellulare telemóvel telemovel mobiel mobielnummer komórka telefonkomórkowy gsm мобильный " +
			"мобильныйтелефон 携帯 携帯電話 携帯番号 携帯電話番号 手机 手机号 휴대폰 휴대전화",
		"city": "ort stadt wohnort ville commune localité ciudad localidad población poblacion municipio città citta comune località " +
			"cidade localidade município plaats woonplaats stad miasto miejscowość ort by kaupunki město mesto şehir город місто locality " +
			"市 市区町村 市町村 都市 城市 도시",
		"state": "bundesland kanton région region provincia estado województwo 都道府県 省份",
		"zip": "plz postleitzahl codepostal códigopostal codigopostal cap cep postcode kodpocztowy postnummer postinumero " +
			"psč psc postakodu индекс 郵便番号 邮编 우편번호",
		"country": "land pays pays país pais paese nazione kraj państwo maa země zeme ülke страна країна 国 国名 国家 국가 나라",
		"birthday": "geburtsdatum geburtstag gebdatum geboren geborenam datedenaissance anniversaire néle fechadenacimiento nacimiento " +
			"cumpleaños cumpleanos datadinascita nascita compleanno datadenascimento nascimento aniversário aniversario geboortedatum " +
			"verjaardag dataurodzenia urodziny födelsedatum födelsedag fødselsdato fødselsdag syntymäaika doğumtarihi датарождения " +
			"деньрождения birth birthdaydate 誕生日 生年月日 生日 出生日期 생일 생년월일",
		"website":  "webseite internetseite siteweb siteinternet sitioweb página sitoweb strona сайт ウェブサイト 网站",
		"language": "sprache langue idioma lingua língua taal język jezyk språk sprog kieli jazyk dil язык мова 言語 语言 언어",
		"gender":   "geschlecht anrede civilité sexe sexo género sesso geslacht płeć kön пол 性別 性别 성별",
	} {
		for word := range strings.FieldsSeq(words) {
			known[text.Letters(word)] = meaning
		}
	}
	return known
})

// likelyField is the one field that a header may mean as a known word of another language; nil where there is none, or a
// column has it already.
func (p *columnPlan) likelyField(header string, fields []apiclient.Field) *apiclient.Field {
	meaning := meaningOf(header)
	if meaning == "" {
		return nil
	}
	var likely *apiclient.Field
	for i := range fields {
		if meaningOf(fields[i].Name) != meaning && meaningOf(fields[i].MergeTag) != meaning {
			continue
		}
		if likely != nil {
			return nil
		}
		likely = &fields[i]
	}
	for _, column := range p.columns {
		if likely != nil && column.field != nil && column.field.MergeTag == likely.MergeTag {
			return nil
		}
	}
	return likely
}

// meaningOf is what a header means, by itself or behind a word that says whose it is: "Contact phone", "Kunde Vorname".
func meaningOf(header string) string {
	header, _, _ = strings.Cut(header, "(")
	owner, rest, is := strings.Cut(strings.TrimSpace(header), " ")
	for _, name := range []string{header, rest} {
		plain := text.Letters(name)
		if meaning := cmp.Or(meanings()[plain], otherWords()[plain]); meaning != "" {
			return meaning
		}
		if !is || !owners()[text.Letters(owner)] {
			break
		}
	}
	return ""
}

// owners are words that say whose the rest of a header is.
var owners = text.WordSet("your contact customer client subscriber member user attendee participant guest buyer billing primary default " +
	"person personal lead kontakt kunde kunden kundin teilnehmer mitglied ihr ihre votre contacto cliente tu su suo seu klant klienta お客様")
