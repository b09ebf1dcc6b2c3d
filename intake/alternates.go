package intake

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/coerce"
)

// A person may have several addresses, each in a column: "E-mail 1 - Value", "E-mail 2 - Value"; "Email address - work" and
// "- home". The first of a row that is filled in is taken, the primary one before the others. Only headers that name nothing
// but another address of the same person count: that of a manager or a billing department is somebody else's.

// addressWords are what addresses are called in headers; qualifiers tell those of one person apart.
var (
	addressWords = []string{
		"email", "emails", "mail", "mails", "courriel", "courriels", "correo", "epost", "eposta", "sähköposti",
	}
	firstWords = []string{
		"primary", "main", "default", "preferred", "haupt", "hauptadresse", "standard", "principal", "principale", "primaria",
		"primario", "primär", "hoofd", "główny",
	}
	qualifiers = []string{
		"e", "address", "addresses", "adress", "adresse", "adressen", "adres", "dirección", "indirizzo", "endereço",
		"electrónico", "electronico", "électronique", "value", "wert", "person", "contact", "subscriber", "of", "de", "di",
		"secondary", "second", "secondaire", "secundario", "secundaria", "secondario", "zweite", "first", "third", "other",
		"others", "andere", "weitere", "sonstige", "autre", "otro", "altro", "alternate", "alternative", "alternativ",
		"alternativo", "additional", "alt", "backup",
		"work", "business", "office", "company", "corporate", "professional", "job", "arbeit", "dienstlich", "geschäftlich",
		"beruflich", "firma", "büro", "professionnel", "travail", "trabajo", "lavoro", "zakelijk", "werk", "służbowy",
		"home", "personal", "private", "privat", "privé", "privée", "personnel", "casa", "domicile", "prywatny", "school", "university",
	}
)

// isAlternate tells a header of one of several addresses of a person, and whether it is the primary one.
func isAlternate(header string) (is, primary bool) {
	for _, word := range headerWords(header) {
		switch {
		case slices.Contains(addressWords, word):
			is = true
		case slices.Contains(firstWords, word):
			primary = true
		case !slices.Contains(qualifiers, word) && strings.Trim(word, "0123456789") != "":
			return false, false
		}
	}
	return is, is && primary
}

// headerWords are the words of a header in small letters, numbers apart: "emailAddress2" has three.
func headerWords(header string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range header {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(before), unicode.IsDigit(r) != unicode.IsDigit(before):
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(unicode.ToLower(r))
		before = r
	}
	return strings.Fields(spaced.String())
}

// alternates are the columns of several addresses of each person, of which the first rows hold addresses or nothing; nil where
// there are not several, or where two are called the same.
func (p *pass) alternates(mapped []bool) (found []int) {
	held := p.addressColumns(mapped)
	for i, name := range p.rows.columns {
		is, _ := isAlternate(name)
		original, _, repeated := strings.Cut(name, " (")
		switch {
		case !is || mapped[i] || isOwnColumn(name):
		case repeated && slices.Contains(p.rows.columns, original):
			return nil
		case slices.ContainsFunc(held, func(column addressColumn) bool { return column.index == i }):
			found = append(found, i)
		}
	}
	if len(found) < 2 {
		return nil
	}
	return found
}

// rankAddresses puts the columns of addresses in the order in which they are looked into.
func rankAddresses(columns []column, at []int) {
	slices.SortStableFunc(at, func(a, b int) int {
		rank := func(i int) int {
			if _, primary := isAlternate(columns[i].name); primary {
				return 0
			}
			if isAddressHeader(columns[i].name) {
				return 1
			}
			return 2
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}

// address is the column from which the address of a row is taken: the first that is filled in.
func (p *columnPlan) address(cells []string) int {
	for _, at := range p.emails {
		if written := cell(cells, at); written != "" && !coerce.IsPlaceholder(written) {
			return at
		}
	}
	if p.id >= 0 && (p.email < 0 || cell(cells, p.email) == "" && cell(cells, p.id) != "") {
		return p.id
	}
	return p.email
}

// inOneCell is what Google parts several addresses of a person by that have one label.
const inOneCell = ":::"

// further are the addresses of a row beside the one that was taken from a column.
func (p *columnPlan) further(cells []string, taken int, but string) (keys []string) {
	for i, at := range append([]int{taken}, p.emails...) {
		if i > 0 && at == taken {
			continue // it was the first
		}
		for _, key := range everyAddress([]string{cell(cells, at)}) {
			if key != but && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}
