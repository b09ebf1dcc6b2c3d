package intake

import (
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

func TestAKnownWordOfAnotherLanguageIsALikelyField(t *testing.T) {
	fields := []apiclient.Field{
		{ID: 1, Name: "First name", MergeTag: "first_name", DataType: "text"}, {ID: 2, Name: "Company", MergeTag: "company", DataType: "text"},
		{ID: 3, Name: "Ort", MergeTag: "ort", DataType: "text"}, {ID: 4, Name: "Phone", MergeTag: "phone", DataType: "text"}, {ID: 5, Name: "Tel", MergeTag: "tel", DataType: "text"},
	}
	const file = "E-Mail-Adresse;Vorname;Firma;City;Telefon;Empresa;Hobby\nann@b.co;Ann;Abel;Bonn;030;x;chess\n"
	for _, create := range []bool{false, true} {
		p, err := preparedAs(t, file, Reading{CreateFields: create}, fields)
		must(t, err)
		likely, created := map[string]string{}, map[string]bool{}
		for _, proposal := range p.Proposed {
			likely[proposal.Column] = proposal.Likely
		}
		for _, proposal := range p.Created {
			created[proposal.Column] = true
		}
		if likely["Firma"] != "company" || likely["Empresa"] != "company" || likely["City"] != "ort" || likely["Telefon"] != "" || likely["Hobby"] != "" { // two fields may be meant by Telefon
			t.Errorf("likely are %q", likely)
		}
		if created["Firma"] || created["City"] || created["Hobby"] != create || p.Rows[0].Fields["first_name"] != "Ann" {
			t.Errorf("created %v, %+v", created, p.Rows)
		}
	}
	p, err := preparedAs(t, file, Reading{Mapping: map[string]string{"Firma": "company"}}, fields)
	must(t, err)
	for _, proposal := range p.Proposed {
		if proposal.Column == "Empresa" && proposal.Likely != "" {
			t.Errorf("a field that has its column is likely for another: %+v", proposal)
		}
	}
}

// What people call these columns, language by language.
func TestColumnsAreKnownInManyLanguages(t *testing.T) {
	fields := []apiclient.Field{
		{ID: 1, Name: "First name", MergeTag: "first_name", DataType: "text"}, {ID: 2, Name: "Last name", MergeTag: "last_name", DataType: "text"},
		{ID: 3, Name: "Company", MergeTag: "company", DataType: "text"}, {ID: 4, Name: "Phone", MergeTag: "phone", DataType: "text"},
		{ID: 5, Name: "City", MergeTag: "city", DataType: "text"}, {ID: 6, Name: "Birthday", MergeTag: "birthday", DataType: "date"},
		{ID: 7, Name: "Country", MergeTag: "country", DataType: "text"},
	}
	tags := []string{"first_name", "last_name", "company", "phone", "city", "birthday", "country"}
	for _, headers := range []string{
		"First|Last|Organization|Tel.|Town|Birth date|Country", "Contact First Name|Contact Last Name|Business name|Contact Phone|Billing City|Your birthday|Billing Country",
		"Given|Family|Employer|Phone (optional)|Locality|DOB|Country/Region",
		"Vorname|Nachname|Firma|Telefon|Ort|Geburtsdatum|Land", "Kunde Vorname|Familienname|Unternehmen|Tel.-Nr.|Stadt|Geb.-Datum|Land",
		"Prénom|Nom|Société|Téléphone|Ville|Date de naissance|Pays", "Prénom|Nom de famille|Raison sociale|N° de téléphone|Commune|Anniversaire|Pays",
		"Nombre|Apellidos|Empresa|Teléfono|Ciudad|Fecha de nacimiento|País", "Nombre|Primer apellido|Nombre de la empresa|Número de teléfono|Localidad|Cumpleaños|País",
		"Nome|Cognome|Azienda|Telefono|Città|Data di nascita|Paese", "Nome|Cognome|Ragione sociale|Numero di telefono|Comune|Compleanno|Nazione",
		"Voornaam|Achternaam|Bedrijf|Telefoonnummer|Plaats|Geboortedatum|Land", "Voornaam|Achternaam|Bedrijfsnaam|Telefoon|Woonplaats|Verjaardag|Land",
		"Imię|Nazwisko|Firma|Telefon|Miasto|Data urodzenia|Kraj", "Imię|Nazwisko|Nazwa firmy|Numer telefonu|Miejscowość|Urodziny|Państwo",
		"Primeiro nome|Sobrenome|Empresa|Telefone|Cidade|Data de nascimento|País", "Nome|Apelido|Razão social|Número de telefone|Localidade|Aniversário|País",
		"名|姓|会社名|電話番号|市区町村|生年月日|国", "名前|苗字|会社|電話|都市|誕生日|国名",
	} {
		for i, header := range strings.Split(headers, "|") {
			p, err := preparedAs(t, "email,"+header+"\nann@b.co,1980-02-01\n", Reading{}, fields)
			must(t, err)
			to := p.Uses[1].To
			for _, proposal := range p.Proposed {
				to = proposal.Likely
			}
			if to != tags[i] {
				t.Errorf("%q is %q and not %s", header, to, tags[i])
			}
		}
	}
}
