package contactfile

import (
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/text"
)

// headerAmong finds which of the first rows of a file names the columns of its table. Where the first row that has an
// address has nothing above it that could, it is that row itself.
func headerAmong(rows []Row) int {
	people := slices.IndexFunc(rows, func(row Row) bool { return addressIn(row.Cells) >= 0 && !isComment(row) })
	if people < 0 {
		return headerWithoutPeople(rows)
	}
	width := filled(rows[people].Cells)
	could := func(i int) bool {
		return rows[i].Problem == "" && filled(rows[i].Cells)*2 >= width && (!isComment(rows[i]) || width > 1 && filled(rows[i].Cells) == width)
	}
	for _, exactly := range []bool{true, false} {
		found := -1
		for i := range people {
			if could(i) && namesAddresses(rows[i].Cells, rows[people].Cells, exactly) && (found < 0 || width == 1) {
				found = i
			}
		}
		if found >= 0 {
			return found
		}
	}
	for end := people; end > 0; { // the rows that belong together, from the nearest up
		start := end
		for start > 0 && (start == end || !rows[start].afterBlank) {
			start--
		}
		for i := start; i < end; i++ {
			if could(i) && !isComment(rows[i]) && (width < 2 || loneText(rows[i]) == "") {
				return i
			}
		}
		end = start
	}
	return people
}

// headerWithoutPeople looks for a header where the first rows have no address: by what addresses are called, else by how
// many cells there are.
func headerWithoutPeople(rows []Row) int {
	for i, row := range rows {
		if addressName(row.Cells) >= 0 && !isComment(row) && len(strings.Fields(row.Cells[addressName(row.Cells)])) <= 3 {
			return i
		}
	}
	widest := 0
	for _, row := range rows {
		widest = max(widest, filled(row.Cells))
	}
	for i, row := range rows {
		if filled(row.Cells)*2 >= widest && !isComment(row) {
			return i
		}
	}
	return 0
}

// namesAddresses tells whether a row calls a column by what addresses are called: exactly one in which the other row has
// one, or any.
func namesAddresses(cells, person []string, exactly bool) bool {
	for i, cell := range cells {
		if isAddressName(cell) && (!exactly || i < len(person) && isAddress(person[i])) {
			return true
		}
	}
	return false
}

func filled(cells []string) (count int) {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			count++
		}
	}
	return count
}

// loneText is what a row says that has one cell only; empty where it has more.
func loneText(row Row) string {
	lone := ""
	for _, cell := range row.Cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if lone != "" {
			return ""
		}
		lone = cell
	}
	return lone
}

// isComment tells a row that begins with the sign of a comment.
func isComment(row Row) bool {
	first := strings.TrimSpace(row.Cells[0])
	return strings.HasPrefix(first, "//") || len(first) > 1 && first[0] == '#' && !strings.HasPrefix(first, "#N")
}

// totals are the words with which a row begins that sums up others.
var totals = []string{"total", "totals", "grandtotal", "grandtotals", "subtotal", "sum", "summe", "gesamt", "gesamtsumme",
	"insgesamt", "totale", "totaal", "razem", "suma", "summa", "celkem", "toplam", "итого", "всего", "разом", "yhteensä"}

// isTotal tells a row that sums up others.
func isTotal(row Row) bool {
	for _, cell := range row.Cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		cell, _, _ = strings.Cut(cell, "(")
		return slices.Contains(totals, strings.Trim(text.Letters(cell), "0123456789")) && len(row.Cells) > 1 ||
			strings.HasPrefix(text.Letters(cell), "grandtotal")
	}
	return false
}

// addressNames are what addresses are called where "mail" is not part of it.
var addressNames = []string{"courriel", "correo", "correoelectronico", "correoelectrónico", "epost", "epostadress",
	"epostadresse", "sähköposti", "sähköpostiosoite", "eposta", "почта", "электроннаяпочта", "элпочта", "електроннапошта",
	"пошта", "имейл", "メールアドレス", "メール", "邮箱", "电子邮件", "电子邮箱", "電子郵件", "이메일"}

// addressName is where in a row a cell stands that addresses are called by; -1 where there is none.
func addressName(cells []string) int { return slices.IndexFunc(cells, isAddressName) }

func isAddressName(cell string) bool {
	if !couldName(cell) {
		return false
	}
	name := text.Letters(cell)
	if strings.Contains(name, "email") || slices.Contains(addressNames, name) {
		return true
	}
	return strings.Contains(name, "mail") && slices.ContainsFunc(wordsOf(cell), func(word string) bool {
		return word == "mail" || word == "mails" || strings.HasPrefix(word, "mailad")
	})
}

// couldName tells what could be the name of a column: a few words without numbers, dates or addresses.
func couldName(cell string) bool {
	cell = strings.TrimSpace(cell)
	if cell == "" || len(cell) > 60 {
		return false
	}
	words, digits, named := 1, 0, false
	for i, b := range []byte(cell) {
		switch {
		case b == '@', b == '.' && i+1 < len(cell) && isLetter(cell[i+1]) && i > 1:
			return false
		case b == ' ':
			words++
		case b >= '0' && b <= '9':
			digits++
		case isLetter(b), b >= 0x80:
			named = true
		}
	}
	return named && words <= 5 && digits <= 2
}

// addressIn is the first cell of a row that holds an address; -1 where none does.
func addressIn(cells []string) int { return slices.IndexFunc(cells, isAddress) }

func hasAt(cells []string) bool {
	for _, cell := range cells {
		if strings.IndexByte(cell, '@') >= 0 {
			return true
		}
	}
	return false
}

// isAddress tells a cell that holds nothing but addresses, in whatever form: "Ann <ann@shop.example>", "mailto:…", several.
// Whether they are valid is for others to say.
func isAddress(cell string) bool {
	at := strings.IndexByte(cell, '@')
	if at < 0 || at == len(cell)-1 {
		return false
	}
	cell = strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), `"'`))
	if strings.HasPrefix(cell, "=") { // ="…", =HYPERLINK("mailto:…")
		return true
	}
	if open := strings.LastIndexByte(cell, '<'); open >= 0 && strings.HasSuffix(cell, ">") {
		return strings.IndexByte(cell[open:], '@') > 1
	}
	parts := 0
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool {
		return r == ';' || r == ',' || r == '|' || r == '/' || unicode.IsSpace(r)
	}) {
		if at := strings.IndexByte(part, '@'); at < 1 || at == len(part)-1 {
			return false
		}
		parts++
	}
	return parts > 0
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
