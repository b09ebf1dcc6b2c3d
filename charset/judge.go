package charset

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Encodings of text that is not UTF-8 are told by what it reads like in each: words of letters that one language has, with
// their capitals in front. Statistics, which the library chardet has, tell scripts; for names in Latin letters, of which a
// file may have three, they say little. Where two readings are words, the caller is asked.

// candidate is an encoding that a text may be in, in the order of how frequent they are.
type candidate struct {
	name      string
	alphabets []string // the letters beyond ASCII of each language written with it; none: those of its script
	words     int      // with characters beyond ASCII
	wrong     int      // of them that no language has; counted double
	text      string   // the sample, as it reads
	broken    bool     // bytes of it are no characters
}

const (
	german, french, spanish, portuguese = "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúüºª", "áàâãçéêíóôõúüºª"
	italian, nordic, icelandic, dutch   = "àèéìòù", "åäöæøéü", "áðéíóúýþæö", "áéëïíóöúüè"
	finnish                             = "åäöšž"
	polish, czech, slovak, hungarian    = "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű"
	romanian, croatian, turkish         = "ăâîşţșț", "čćđšž", "çğıöşüâîûi̇"
	russian, ukrainian                  = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
	belarusian, southern                = "абвгдеёжзійклмнопрстуўфхцчшыьэюя", "абвгдђѓежзѕијќкљлмнњопрстћуфхцчџш"
	greek                               = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
)

var (
	western  = []string{german, french, spanish, portuguese, italian, nordic, icelandic, dutch, finnish}
	central  = []string{german, polish, czech, slovak, hungarian, romanian, croatian, "éáíóú", "çéèë"}
	cyrillic = []string{russian, ukrainian, belarusian, southern}
)

func candidates() []*candidate {
	return []*candidate{
		{name: westernName, alphabets: western}, {name: easternName, alphabets: central},
		{name: "windows-1254", alphabets: []string{turkish, german, "éáíóú", french}},
		{name: "windows-1251", alphabets: cyrillic}, {name: "macintosh", alphabets: western}, {name: "iso-8859-2", alphabets: central},
		{name: "koi8-r", alphabets: cyrillic}, {name: "koi8-u", alphabets: cyrillic}, {name: "ibm866", alphabets: cyrillic},
		{name: "iso-8859-5", alphabets: cyrillic}, {name: "x-mac-cyrillic", alphabets: cyrillic},
		{name: "windows-1253", alphabets: []string{greek}}, {name: "ibm850", alphabets: western},
		{name: "gbk"}, {name: "shift_jis"}, {name: "euc-kr"}, {name: "big5"}, {name: "euc-jp"},
	}
}

// detectable are the encodings that the library tells reliably, by its names.
var detectable = map[string]string{
	"Windows-1251": "windows-1251", "KOI8-R": "koi8-r", "IBM866": "ibm866", "ISO-8859-5": "iso-8859-5",
	"MacCyrillic": "x-mac-cyrillic", "ISO-8859-7": "windows-1253", "Windows-1253": "windows-1253",
	"SHIFT_JIS": "shift_jis", "EUC-JP": "euc-jp", "GB2312": "gbk", "GB18030": "gbk", "EUC-KR": "euc-kr", "CP949": "euc-kr", "Big5": "big5",
}

const (
	judgedBytes = 24 << 10
	judgedWords = 2000
	enoughWords = 6 // that read well are no accident
)

// judge chooses between UTF-8 and other encodings by a sample. A few bytes that are no UTF-8 among many characters that are
// do not make it something else: they are damage, which has to be said. Where it cannot be told, it fails with a question.
func judge(sample []byte) (name string, charset encoding.Encoding, err error) {
	characters, broken := 0, 0
	for rest := sample; len(rest) > 0; {
		r, width := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && width == 1:
			if !utf8.FullRune(rest) { // cut by the end of the sample
				width = len(rest)
				break
			}
			broken++
		case width > 1:
			characters++
		}
		rest = rest[width:]
	}
	switch {
	case broken == 0 && characters == 0: // a character cut by the end of the file
		return westernName, charmap.Windows1252, nil
	case characters >= 10*broken:
		return utf8Name, nil, nil
	case IsBinary(sample): // what it is, is said later
		return westernName, charmap.Windows1252, nil
	}
	found, rival := bestOf(sample)
	if rival != nil {
		return "", nil, undecidable(found, rival)
	}
	return Named(found.name)
}

// bestOf returns the encoding in which the sample reads best, and one in which it reads nearly as well and differently.
func bestOf(sample []byte) (best, rival *candidate) {
	sample = sample[:min(len(sample), judgedBytes)]
	if end := bytes.LastIndexAny(sample, "\r\n"); end > len(sample)/2 {
		sample = sample[:end+1] // so that no character is cut
	}
	all := candidates()
	for _, c := range all {
		c.read(sample)
	}
	all = slices.DeleteFunc(all, func(c *candidate) bool { return c.broken })
	if len(all) == 0 {
		return &candidate{name: westernName}, nil
	}
	detected := chardet.Detect(sample)
	if name := detectable[detected.Encoding]; name != "" && detected.Confidence > 0.6 {
		if i := slices.IndexFunc(all, func(c *candidate) bool { return c.name == name && 2*c.wrong <= c.words }); i >= 0 {
			return all[i], all[i].kin(all)
		}
	}
	slices.SortStableFunc(all, func(a, b *candidate) int { return a.wrong*max(b.words, 1) - b.wrong*max(a.words, 1) })
	best = all[0]
	if best.words == 0 {
		return all[slices.IndexFunc(all, func(c *candidate) bool { return c.words == 0 })], nil
	}
	for _, other := range all[1:] {
		asWell := other.wrong*max(best.words, 1) <= 3*best.wrong*max(other.words, 1)
		if !asWell || other.text == best.text {
			continue
		}
		if best.name == westernName && best.wrong == 0 && differences(best.text, other.text) >= enoughWords {
			continue // so many words of the most frequent encoding are no accident
		}
		return best, other
	}
	return best, nil
}

// kin is an encoding of the same letters in which a few words read as well and differently.
func (c *candidate) kin(all []*candidate) *candidate {
	for _, other := range all {
		if c.words < enoughWords && other != c && len(other.alphabets) > 0 && len(c.alphabets) > 0 &&
			other.alphabets[0] == c.alphabets[0] && other.text != c.text && other.wrong <= c.wrong {
			return other
		}
	}
	return nil
}

// differences counts the words, each once, that two readings do not share.
func differences(one, other string) int {
	seen := map[string]bool{}
	in := strings.Fields(other)
	for i, word := range strings.Fields(one) {
		if i >= len(in) || word != in[i] {
			at := max(strings.LastIndexAny(word, ",;|"), -1)
			seen[word[at+1:]] = true
		}
	}
	return len(seen)
}

// read reads the sample in the encoding and counts its words.
func (c *candidate) read(sample []byte) {
	_, charset, err := Named(c.name)
	if err != nil {
		c.broken = true
		return
	}
	read, err := charset.NewDecoder().Bytes(sample)
	c.text = string(read)
	if c.broken = err != nil || strings.ContainsRune(c.text, utf8.RuneError); c.broken {
		return
	}
	for word := range strings.FieldsFuncSeq(c.text, func(r rune) bool {
		return r < utf8.RuneSelf && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) {
		if asciiStart([]byte(word)) == len(word) || utf8.RuneCountInString(word) == 1 {
			continue // a sign alone says nothing
		}
		if c.words++; c.words > judgedWords {
			return
		}
		c.wrong += c.oddity(word)
	}
}

// oddity is how much a word is unlike one: 0 to 2.
func (c *candidate) oddity(word string) int {
	runes := []rune(word)
	letters, odd := 0, 0
	for i, r := range runes {
		before, behind := at(runes, i-1), at(runes, i+1)
		switch {
		case r < utf8.RuneSelf:
		case unicode.IsControl(r), r >= 0xff61 && r <= 0xff9f, unicode.Is(unicode.Co, r): // half-width katakana are seldom meant
			return 2
		case r == 'ß' && !strings.ContainsRune("aeiouyäöü", unicode.ToLower(before)), unicode.Is(unicode.Sk, r):
			return 2
		case unicode.IsLetter(r):
			letters++
			capital := unicode.IsUpper(r) && (unicode.IsLower(before) || i > 0 && unicode.IsLower(behind))
			if capital || unicode.IsDigit(before) || unicode.IsDigit(behind) && !unicode.Is(unicode.Han, r) {
				return 2
			}
			if i == 0 && unicode.IsLower(r) && unicode.IsUpper(behind) {
				return 2
			}
		case r == '’' && unicode.IsLetter(before) && unicode.IsLetter(behind), (r == '²' || r == '³') && behind == 0, unicode.IsMark(r):
		case unicode.IsLetter(before) || unicode.IsLetter(behind):
			if !isPunctuation(r, before, behind) {
				return 2
			}
			odd = 1
		}
	}
	if letters == 0 {
		return 0
	}
	if c.alphabets == nil {
		return eastern(c.name, runes)
	}
	for _, alphabet := range c.alphabets {
		if within(runes, alphabet) {
			if alphabet == southern {
				odd = max(odd, 1) // letters that other encodings have where these have everyday ones
			}
			return odd
		}
	}
	return 2
}

func at(runes []rune, i int) rune {
	if i < 0 || i >= len(runes) {
		return 0
	}
	return runes[i]
}

// isPunctuation tells signs that stand beside words: dashes between two, quotes around one.
func isPunctuation(r, before, behind rune) bool {
	switch r {
	case '–', '—', '…', '®', '™', '©', '\u00a0', '„', '“', '”', '«', '»':
		return before == 0 || behind == 0 || r == '–' || r == '—' || r == '\u00a0'
	}
	return false
}

// within tells a word that is written with an alphabet: Latin letters and what is beyond them, or one other script.
func within(word []rune, alphabet string) bool {
	other := strings.ContainsAny(alphabet, "аα") // its script is not Latin
	for _, r := range word {
		switch lower := unicode.ToLower(r); {
		case r < utf8.RuneSelf && unicode.IsLetter(r) && other:
			return false
		case r >= utf8.RuneSelf && unicode.IsLetter(r) && !strings.ContainsRune(alphabet, lower):
			return false
		}
	}
	return true
}

// eastern is how odd a word is for an encoding of East Asia.
func eastern(name string, word []rune) int {
	latin, han, kana, hangul := 0, 0, 0, 0
	for _, r := range word {
		switch {
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			latin++
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana) || r == 'ー':
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.IsLetter(r):
			return 2
		}
	}
	switch {
	case latin > 0 && han+kana+hangul > 0:
		return 2
	case name == "euc-kr" && han > 0, name != "euc-kr" && hangul > 0, (name == "gbk" || name == "big5") && kana > 0:
		return 2
	case name == "gbk" && !common(word):
		return 2
	}
	return 0
}

// common tells Chinese characters that stand in the first, everyday half of GB 2312.
func common(word []rune) bool {
	_, charset, _ := Named("gbk")
	for _, r := range word {
		if written, err := charset.NewEncoder().Bytes([]byte(string(r))); err != nil || len(written) == 2 &&
			(written[0] < 0xb0 || written[0] > 0xd7 || written[1] < 0xa1) {
			return false
		}
	}
	return true
}

// undecidable asks which of two encodings a text is in.
func undecidable(one, other *candidate) error {
	first, second := differing(one.text, other.text)
	return fault.New(fault.InvalidInput, "file: its encoding cannot be told for sure.",
		"A line reads "+text.QuoteUpTo(first, 80)+" in "+one.name+", and "+text.QuoteUpTo(second, 80)+" in "+other.name+".",
		"Nothing was sent. Ask the operator which is right, and repeat the call with encoding: \""+one.name+"\" or \""+other.name+
			"\"; or have the file saved in UTF-8.")
}

// differing are the first lines of two readings that differ.
func differing(one, other string) (string, string) {
	second := strings.Split(other, "\n")
	for i, line := range strings.Split(one, "\n") {
		if i < len(second) && line != second[i] {
			return line, second[i]
		}
	}
	return one, other
}
