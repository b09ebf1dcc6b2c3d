package intake

import (
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// otherWords are headers in other languages than English, in plain form, by what they mean (see sameMeaning). Some mean
// something else as well, so they only make a field likely.
var otherWords = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for meaning, words := range map[string]string{
		"firstname": "rufname nombre nombres nome voornaam imię imie förnamn fornamn fornavn etunimi jméno jmeno imię keresztnév " +
			"ad isim имя ім'я імя prénom",
		"lastname": "familienname zuname apellido apellidos cognome sobrenome apelido achternaam nazwisko efternamn etternavn " +
			"efternavn sukunimi příjmení prijmeni vezetéknév soyad soyadı фамилия прізвище",
		"company": "firma firmenname unternehmen betrieb organisation société societe entreprise empresa compañía compania " +
			"azienda società societa ditta bedrijf bedrijfsnaam företag foretag firmanavn virksomhed yritys společnost şirket " +
			"компания организация компанія",
		"jobtitle": "beruf berufsbezeichnung funktion fonction poste cargo puesto ruolo functie stanowisko должность",
		"phone":    "telefon telefonnummer rufnummer téléphone telephone teléfono telefono telefone telefoon telefoonnummer tlf puhelin телефон",
		"mobile":   "handy handynummer mobil mobiltelefon mobilnummer portable móvil movil celular cellulare telemóvel komórka gsm мобильный",
		"city": "ort stadt wohnort ville commune ciudad città citta cidade plaats woonplaats miasto stad by kaupunki město " +
			"mesto şehir город місто",
		"state": "bundesland kanton région region provincia estado województwo",
		"zip": "plz postleitzahl codepostal códigopostal codigopostal cap cep postcode kodpocztowy postnummer postinumero " +
			"psč psc postakodu индекс",
		"country": "land pays país pais paese nazione kraj maa země zeme ülke страна країна",
		"birthday": "geburtsdatum geburtstag datedenaissance anniversaire fechadenacimiento cumpleaños datadinascita compleanno " +
			"datadenascimento aniversário geboortedatum dataurodzenia födelsedag fødselsdag doğumtarihi датарождения",
		"website":  "webseite internetseite siteweb siteinternet sitioweb página sitoweb strona сайт",
		"language": "sprache langue idioma lingua língua taal język jezyk språk sprog kieli jazyk dil язык мова",
		"gender":   "geschlecht anrede civilité sexe sexo género sesso geslacht płeć kön пол",
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

func meaningOf(header string) string {
	if meaning := meanings()[text.Letters(header)]; meaning != "" {
		return meaning
	}
	return otherWords()[text.Letters(header)]
}
