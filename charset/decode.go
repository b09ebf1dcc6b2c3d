// Package charset decodes text of any common encoding into UTF-8, and finds out which one it is in where nobody says.
package charset

import (
	"bytes"
	"encoding/binary"
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

// invalid stands in decoded text for what is no character in its encoding. It is no character in UTF-8 either, so that one
// check finds both.
const invalid = 0xff

// Found is the encoding that a text was found to be in, or is said to be.
type Found struct {
	Encoding string // a name that Decode takes
	// EncodingSure is false where the encoding is a guess: the bytes fit several.
	EncodingSure bool
}

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

// Decode returns the text of input in UTF-8; a byte that is not valid in its encoding stays invalid. It notes the encoding in
// about: at once, or when the first character beyond ASCII is read.
func Decode(input io.Reader, declared string, about *Found) (io.Reader, error) {
	name, charset, err := Named(declared)
	if err != nil {
		return nil, err
	}
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(input, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
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

// Named knows an encoding by the names of the web's standard and a few that spreadsheet programs use.
func Named(declared string) (name string, charset encoding.Encoding, err error) {
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
		return transform.NewReader(input, units{order: binary.LittleEndian})
	case utf16BEName:
		return transform.NewReader(input, units{order: binary.BigEndian})
	}
	return &unreplaced{input: transform.NewReader(input, charset.NewDecoder())}
}

// units decodes UTF-16. The library's own replaces halves of pairs by a character that may also stand in the file.
type units struct {
	transform.NopResetter

	order binary.ByteOrder
}

// Transform implements transform.Transformer.
func (u units) Transform(to, from []byte, atEOF bool) (written, read int, err error) {
	for read < len(from) {
		rest := from[read:]
		r, size := rune(-1), min(len(rest), 2)
		if size == 2 {
			r = rune(u.order.Uint16(rest))
		}
		surrogate := utf16.IsSurrogate(r)
		switch {
		case written+utf8.UTFMax > len(to):
			return written, read, transform.ErrShortDst
		case !atEOF && (size < 2 || surrogate && len(rest) < 4):
			return written, read, transform.ErrShortSrc
		case surrogate && len(rest) >= 4:
			if r = utf16.DecodeRune(r, rune(u.order.Uint16(rest[2:]))); r != utf8.RuneError {
				size = 4
			}
		}
		if r < 0 || surrogate && size == 2 {
			to[written] = invalid
			written++
		} else {
			written += utf8.EncodeRune(to[written:], r)
		}
		read += size
	}
	return written, read, nil
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
	about   *Found
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

// IsBinary tells what is no text: much of it is neither printed nor a line break.
func IsBinary(start []byte) bool {
	start = start[:min(len(start), 4<<10)]
	odd := 0
	for _, b := range start {
		if b < ' ' && strings.IndexByte("\t\n\r\f\v\x1b\x1a", b) < 0 {
			odd++
		}
	}
	return odd > 0 && odd*10 >= len(start)
}
