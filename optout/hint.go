package optout

import (
	"strings"
	"sync"
	"unicode"
)

// Nearly all cells of a file say nothing of mail, and there are many of them. hints tell so without taking a cell apart: they
// are the first letters of all words by which a cell may say something.
type hints struct {
	ends   [1 << (3 * endBits)]bool // whether some begin with letters of which the last three are these
	bits   [1 << 11]uint64          // the letters themselves, spread
	plain  [lastPlain]uint16        // of a letter, the one that it is folded to; 0 where it is not a letter
	spread [lastPlain]bool          // it is folded to several
}

const (
	lastPlain = 0x530 // behind the Latin, Greek and Cyrillic letters
	hintSize  = 5     // letters
	hintBits  = 12    // of a letter
	endBits   = 5     // of a letter where several may share them
)

var hinting = sync.OnceValue(func() *hints {
	h := &hints{}
	for r := rune('A'); r < lastPlain; r++ {
		if !unicode.IsLetter(r) {
			continue
		}
		switch folded := []rune(fold(string(r), false)); {
		case len(folded) == 1 && folded[0] < lastPlain:
			h.plain[r] = uint16(folded[0])
		case len(folded) > 1:
			h.spread[r] = true
		}
	}
	for _, needles := range known().needles {
		for _, needle := range needles {
			if needle.is&(anyMail|hasJoined|refuses|reaches|forbids) != 0 {
				h.learn(needle.text)
			}
		}
	}
	return h
})

// learn takes the first letters of a word, or of several.
func (h *hints) learn(word string) {
	gram, size := uint64(0), 0
	for _, r := range word {
		if unicode.IsLetter(r) && r < lastPlain && size < hintSize {
			gram, size = gram<<hintBits|uint64(r), size+1
		}
	}
	at := place(gram)
	h.bits[at>>6] |= 1 << (at & 63)
	h.ends[end(gram)] = true
}

// end is the last three of some letters, cut short.
func end(gram uint64) uint64 {
	const few = 1<<endBits - 1
	return gram>>(2*hintBits)&few<<(2*endBits) | gram>>hintBits&few<<endBits | gram&few
}

// place is where some letters stand among the bits.
func place(gram uint64) uint64 { return gram * 0x9E3779B97F4A7C15 >> 47 }

func (h *hints) has(gram uint64) bool {
	at := place(gram)
	return h.bits[at>>6]>>(at&63)&1 != 0
}

// mayMention is where a cell may say something, or -1. What stands between letters does not count.
func mayMention(cell string) int {
	h := hinting()
	const (
		three = 1<<(3*hintBits) - 1
		four  = 1<<(4*hintBits) - 1
		five  = 1<<(5*hintBits) - 1
	)
	gram := uint64(0)
	for at, r := range cell {
		if r >= lastPlain {
			if isOtherLatin(r) {
				return at
			}
			continue
		}
		plain := h.plain[r]
		if plain == 0 {
			if h.spread[r] {
				return at
			}
			continue
		}
		gram = (gram<<hintBits | uint64(plain)) & five
		if h.ends[end(gram)] && (h.has(gram) || h.has(gram&four) || h.has(gram&three)) {
			return at
		}
	}
	return -1
}

// isOtherLatin reports a letter of other blocks that may be folded to a Latin one: of Vietnamese, in full width, in bold.
func isOtherLatin(r rune) bool {
	return r >= 0x1E00 && r < 0x2000 || r >= 0x2071 && r < 0x2190 || r >= 0xFB00 && r < 0xFB07 ||
		r >= 0xFF21 && r < 0xFF5B || r >= 0x1D400 && r < 0x1D800
}

// origins are headers of where somebody comes from, and of what was sent to them: what is called after unsubscribing there
// says nothing of a person.
var origins = wordSet("source", "sources", "campaign", "campaigns", "referrer", "form", "forms", "page", "pages", "template",
	"subject", "sequence", "automation", "flow", "flows", "product", "products", "course", "courses", "segment", "segments",
	"url", "link", "links", "query", "hear", "heard",
	"quelle", "herkunft", "kampagne", "formular", "seite", "betreff", "vorlage", "provenance", "campagne", "formulaire",
	"objet", "fuente", "origen", "campaña", "formulario", "asunto", "fonte", "origine", "campagna", "modulo", "oggetto",
	"origem", "campanha", "assunto", "bron", "formulier",
	"onderwerp", "źródło", "kampania", "formularz", "temat", "källa", "kampanj", "formulär", "ämne", "kilde", "kampagne",
	"kampanje", "skjema", "emne", "lähde", "kampanja", "lomake", "aihe", "zdroj", "kampaň", "formulář", "předmět", "kaynak",
	"kampanya", "konu", "источник", "кампания", "форма",
	"тема", "джерело", "кампанія")

// remarked are headers of names and remarks. What is written into one of an order or an account is about the person as well.
var remarked = wordSet("name", "first", "last", "company", "note", "notes", "comment", "comments", "remark", "remarks", "memo",
	"tag", "tags", "vorname", "nachname", "firma", "bemerkung", "bemerkungen", "notiz", "notizen", "hinweis", "prénom", "nom",
	"société", "remarque", "remarques", "commentaire", "nombre",
	"apellidos", "empresa", "nota", "notas", "comentario", "comentarios", "nome", "cognome", "azienda", "note", "commento",
	"sobrenome", "comentário", "observação", "voornaam", "achternaam", "bedrijf", "opmerking", "opmerkingen", "imię",
	"nazwisko", "uwagi", "notatki", "förnamn", "efternamn", "anteckning",
	"fornavn", "efternavn", "etternavn", "notat", "merknad", "bemærkning", "etunimi", "sukunimi", "huomautus", "jméno",
	"příjmení", "poznámka", "poznámky", "ad", "soyad", "not", "notlar", "имя", "фамилия", "комментарий", "примечание",
	"заметки", "ім'я", "прізвище", "примітка", "коментар")

func (t text) isOrigin() bool { return t.hasWord(origins()) }
func (t text) isRemark() bool { return t.hasWord(remarked()) }
func (t text) hasWord(in map[string]bool) bool {
	for _, word := range t.words {
		if in[strings.TrimSpace(word)] {
			return true
		}
	}
	return false
}
