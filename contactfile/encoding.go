package contactfile

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// invalid stands in decoded text for what is no character in the file's encoding. It is no character in UTF-8 either, so
// that one check finds both.
const invalid = 0xff

const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	westernName = "windows-1252"
	easternName = "windows-1250"
)

var byteOrderMarks = []struct{ mark, name string }{
	{"\xef\xbb\xbf", utf8Name}, {"\xff\xfe", utf16LEName}, {"\xfe\xff", utf16BEName},
}

// decode returns the text of input in UTF-8, with what is invalid marked so, and notes the encoding.
func decode(input io.Reader, declared string, about *Description) (io.Reader, error) {
	name, charset, err := encodingNamed(declared)
	if err != nil {
		return nil, err
	}
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(input, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unreadable(err)
	}
	start = start[:n]
	input = io.MultiReader(bytes.NewReader(start), input)
	marked := ""
	for _, known := range byteOrderMarks {
		if bytes.HasPrefix(start, []byte(known.mark)) {
			marked = known.name
		}
	}
	about.EncodingSure = name != "" || marked != ""
	switch {
	case name == "utf-16" && marked != "", name == "":
		name = marked
	case marked == utf8Name && name != utf8Name:
		return nil, fault.New(fault.InvalidInput, "encoding: the file is not encoded in "+text.Quote(declared)+".",
			"It begins with the mark of UTF-8.", "Leave encoding out.")
	}
	if name == "" || name == "utf-16" {
		found := utf16Without(start)
		if name == "utf-16" && found == "" {
			found = utf16LEName
		}
		name = found
	}
	if name == "" {
		about.Encoding, about.EncodingSure = utf8Name, true
		return &undecided{input: input, about: about}, nil
	}
	about.Encoding = name
	return decoderOf(name, charset, input), nil
}

// encodingNamed knows an encoding by the names of the web's standard and a few that spreadsheet programs use.
func encodingNamed(declared string) (name string, charset encoding.Encoding, err error) {
	wanted := strings.ToLower(strings.TrimSpace(declared))
	for _, known := range []struct{ prefix, name string }{{"cp125", "windows-125"}, {"windows125", "windows-125"}, {"win125", "windows-125"}} {
		if digit, found := strings.CutPrefix(wanted, known.prefix); found {
			wanted = known.name + digit
		}
	}
	switch wanted {
	case "":
		return "", nil, nil
	case "utf-8", "utf8", "utf-8-bom", "utf-8-sig", "utf-8 with bom":
		return utf8Name, nil, nil
	case "utf-16", "utf16", "unicode":
		return "utf-16", nil, nil
	case utf16LEName, utf16BEName:
		return wanted, nil, nil
	case "ansi":
		wanted = westernName
	case "ibm850", "cp850", "dos":
		return "ibm850", charmap.CodePage850, nil
	case "ibm437", "cp437":
		return "ibm437", charmap.CodePage437, nil
	}
	charset, err = htmlindex.Get(wanted)
	if err == nil {
		name, err = htmlindex.Name(charset)
	}
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return "", nil, fault.New(fault.InvalidInput, "encoding: "+text.Quote(declared)+" is not known.", "",
			"Name one like utf-8, utf-16, windows-1252, windows-1250, iso-8859-2, windows-1251, macintosh, gbk or shift_jis, or "+
				"leave encoding out to have it found.")
	}
	return name, charset, nil
}

// decoderOf decodes a named encoding; charset is needed for those that have no reader here.
func decoderOf(name string, charset encoding.Encoding, input io.Reader) io.Reader {
	switch name {
	case utf8Name:
		return input
	case utf16LEName:
		return &decoder{input: input, decode: (&utf16Decoder{low: 0, high: 1}).decode}
	case utf16BEName:
		return &decoder{input: input, decode: (&utf16Decoder{low: 1, high: 0}).decode}
	}
	if table, ok := charset.(*charmap.Charmap); ok {
		return &decoder{input: input, decode: tableDecoder(table)}
	}
	return &unreplaced{input: transform.NewReader(input, charset.NewDecoder())}
}

// decoder reads a text chunk by chunk.
type decoder struct {
	input  io.Reader
	decode func(to, from []byte, end bool) []byte // keeps to itself what is cut at the end of from
	chunk  []byte
	out    []byte
	done   int // of out
	err    error
}

func (d *decoder) Read(p []byte) (int, error) {
	for d.done == len(d.out) {
		if d.err != nil {
			return 0, d.err
		}
		if d.chunk == nil {
			d.chunk = make([]byte, 32<<10)
		}
		var n int
		n, d.err = d.input.Read(d.chunk)
		d.out, d.done = d.decode(d.out[:0], d.chunk[:n], errors.Is(d.err, io.EOF)), 0
	}
	n := copy(p, d.out[d.done:])
	d.done += n
	return n, nil
}

// tableDecoder decodes an encoding of one byte per character.
func tableDecoder(table *charmap.Charmap) func(to, from []byte, end bool) []byte {
	var written [256][]byte
	for b := range written {
		written[b] = []byte{invalid}
		if r := table.DecodeByte(byte(b)); r != utf8.RuneError {
			written[b] = utf8.AppendRune(nil, r)
		}
	}
	return func(to, from []byte, _ bool) []byte {
		for _, b := range from {
			if b < utf8.RuneSelf {
				to = append(to, b)
			} else {
				to = append(to, written[b]...)
			}
		}
		return to
	}
}

// utf16Decoder decodes UTF-16. The library's own replaces halves of pairs by a character that may also stand in the file.
type utf16Decoder struct {
	low, high int // where the bytes of a unit are
	odd       []byte
	first     rune // half of a pair
}

func (u *utf16Decoder) decode(to, from []byte, end bool) []byte {
	if len(u.odd) > 0 && len(from) > 0 {
		to = u.unit(to, []byte{u.odd[0], from[0]})
		from, u.odd = from[1:], u.odd[:0]
	}
	for ; len(from) >= 2; from = from[2:] {
		to = u.unit(to, from)
	}
	u.odd = append(u.odd, from...)
	if end && (u.first != 0 || len(u.odd) > 0) {
		to = append(to, invalid)
	}
	return to
}

func (u *utf16Decoder) unit(to, from []byte) []byte {
	unit := rune(from[u.low]) | rune(from[u.high])<<8
	if u.first != 0 {
		pair := utf16.DecodeRune(u.first, unit)
		u.first = 0
		if pair != utf8.RuneError {
			return utf8.AppendRune(to, pair)
		}
		to = append(to, invalid)
	}
	switch {
	case !utf16.IsSurrogate(unit):
		return utf8.AppendRune(to, unit)
	case unit < 0xdc00:
		u.first = unit
		return to
	default:
		return append(to, invalid)
	}
}

// unreplaced marks what a decoder replaced by U+FFFD as invalid. The encodings it is for do not have that character.
type unreplaced struct {
	input *transform.Reader
	last  [2]byte // of what was read before
}

func (u *unreplaced) Read(p []byte) (int, error) {
	n, err := u.input.Read(p)
	for i, b := range p[:n] {
		if b == 0xbd && u.last == [2]byte{0xef, 0xbf} {
			p[i] = invalid
		}
		u.last = [2]byte{u.last[1], b}
	}
	return n, err
}

// undecided reads a text that is UTF-8 or an encoding of one byte per character. Plain ASCII is both; the first other
// character decides, wherever in the file it stands.
type undecided struct {
	input   io.Reader
	about   *Description
	before  []byte // the end of what was read
	decided io.Reader
}

// judgedBefore is how much before the first character beyond ASCII is looked at, for the word it stands in.
const judgedBefore = 100

func (u *undecided) Read(p []byte) (int, error) {
	if u.decided != nil {
		return u.decided.Read(p)
	}
	n, err := u.input.Read(p)
	ascii := asciiStart(p[:n])
	before := p[max(0, ascii-judgedBefore):ascii]
	if ascii == n {
		u.before = append(u.before[:0], before...)
		return n, err
	}
	if ascii < judgedBefore {
		before = slices.Concat(u.before, before)
	}
	rest := bytes.Clone(p[ascii:n])
	if err == nil && len(rest) < 4<<10 { // too little to go by
		var more int
		at := len(rest)
		rest = append(rest, make([]byte, 32<<10)...)
		more, err = io.ReadFull(u.input, rest[at:])
		rest = rest[:at+more]
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	name, charset, err := judge(slices.Concat(before, rest))
	if err != nil {
		return 0, err
	}
	u.about.Encoding, u.about.EncodingSure = name, charset == nil
	u.decided = decoderOf(name, charset, io.MultiReader(bytes.NewReader(rest), u.input))
	if ascii == 0 {
		return u.decided.Read(p)
	}
	return ascii, nil
}

func asciiStart(p []byte) int {
	for i, b := range p {
		if b >= utf8.RuneSelf {
			return i
		}
	}
	return len(p)
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// utf16Without finds UTF-16 without a byte order mark: of the first character of a header one byte is zero, and of
// delimiters, addresses and line breaks.
func utf16Without(start []byte) string {
	if len(start) < 2 {
		return ""
	}
	var zeros [2]int
	for i, b := range start {
		if b == 0 {
			zeros[i%2]++
		}
	}
	enough := max(len(start)/5, 1)
	switch {
	case start[0] != 0 && start[1] == 0 && zeros[1] >= enough && zeros[0]*10 <= zeros[1]:
		return utf16LEName
	case start[0] == 0 && start[1] != 0 && zeros[0] >= enough && zeros[1]*10 <= zeros[0]:
		return utf16BEName
	}
	return ""
}
