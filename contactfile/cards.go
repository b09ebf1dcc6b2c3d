package contactfile

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-vcard"

	"mailtrap-contacts-mcp/charset"
	"mailtrap-contacts-mcp/fault"
)

// isCards tells vCards of any version.
func isCards(start []byte) bool {
	start = bytes.TrimLeft(start, " \t\r\n")
	return len(start) >= len("begin:vcard") && bytes.EqualFold(start[:len("begin:vcard")], []byte("begin:vcard"))
}

// cards reads contacts from vCards, one for each. What is there several times has several columns, "email", "email 2", in
// the order of preference.
type cards struct {
	flat

	w *window
	n int // the line that comes next
}

func openCards(w *window, options Options, about *Description) (*cards, error) {
	if len(options.Columns) > 0 {
		return nil, fault.New(fault.InvalidInput, "columns: the file has vCards, which name their values themselves.", "", "Leave columns out.")
	}
	about.Format, about.Named = VCard, true
	return &cards{flat: newFlat(options.Limits), w: w, n: 1}, nil
}

func (c *cards) columns() []string { return c.names }

func (c *cards) close() error { return nil }

func (c *cards) next() (Row, error) {
	for {
		line, written, err := c.written()
		if err != nil {
			return Row{}, err
		}
		card, err := vcard.NewDecoder(bytes.NewReader(written)).Decode()
		if err != nil {
			return Row{}, brokenAt(line, "The vCard that begins there is damaged.", "Correct it there, or export the contacts again.")
		}
		c.begin(line)
		if c.fill(card); c.failed != nil {
			return Row{}, c.failed
		}
		if !isBlank(c.cells) {
			return Row{Line: line, Cells: c.cells, Given: len(c.cells)}, nil
		}
	}
}

// leftOut are properties that are not facts about a person: pictures, keys, and what programs note for themselves.
var leftOut = []string{"PHOTO", "LOGO", "SOUND", "KEY", "VERSION", "PRODID", "REV", "BEGIN", "END", "AGENT", "X-ABUID",
	"X-ABADR", "X-ABLABEL", "X-ABSHOWAS", "X-ANDROID-CUSTOM", "CLIENTPIDMAP", "SORT-STRING", "X-IMAGETYPE", "X-IMAGEHASH"}

// written returns the next card as it stands in the file, without pictures, and the line it begins on. Lines of quoted
// printable text that go on are joined.
func (c *cards) written() (begins int, card []byte, err error) {
	passing, soft := false, false // a property that is left out, a line that goes on
	for {
		line, err := c.line()
		if errors.Is(err, io.EOF) && begins > 0 {
			return 0, nil, brokenAt(begins, "The file ends within the vCard that begins there.", "It is incomplete; export or download it again.")
		}
		if err != nil {
			return 0, nil, err
		}
		trimmed := bytes.TrimSpace(line)
		switch {
		case begins == 0 && len(trimmed) == 0:
			continue
		case begins == 0 && !isCards(trimmed):
			return 0, nil, brokenAt(c.n-1, "A vCard is expected there.", "Correct it there, or export the contacts again.")
		case begins == 0:
			begins = c.n - 1
		}
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		switch {
		case soft:
			card = append(card[:len(card)-len("=\n")], trimmed...)
			card = append(card, '\n')
		case folded && passing:
			continue
		default:
			if !folded {
				passing = slices.Contains(leftOut[:4], propertyOf(line))
			}
			if passing {
				continue
			}
			if !folded {
				line = explicit(line)
			}
			card = append(append(card, bytes.TrimRight(line, "\r\n")...), '\n')
		}
		soft = bytes.HasSuffix(card, []byte("=\n")) && (soft || bytes.Contains(bytes.ToUpper(line), []byte("QUOTED-PRINTABLE")))
		if len(card) > c.limits.Record {
			return 0, nil, tooLong(begins, c.limits.Record)
		}
		if bytes.EqualFold(trimmed, []byte("END:VCARD")) {
			if !utf8.Valid(card) {
				return 0, nil, invalidAt(begins)
			}
			return begins, card, nil
		}
	}
}

// explicit names the parameters of a property that version 2.1 leaves without a name: "TEL;HOME:…".
func explicit(line []byte) []byte {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 || bytes.IndexByte(line[:colon], ';') < 0 || bytes.IndexByte(line[:colon], '"') >= 0 {
		return line
	}
	parameters := strings.Split(string(line[:colon]), ";")
	for i, parameter := range parameters[1:] {
		switch name := strings.ToUpper(parameter); {
		case strings.Contains(parameter, "="):
		case name == "QUOTED-PRINTABLE" || name == "BASE64" || name == "8BIT" || name == "7BIT":
			parameters[i+1] = "ENCODING=" + parameter
		default:
			parameters[i+1] = "TYPE=" + parameter
		}
	}
	return append([]byte(strings.Join(parameters, ";")), line[colon:]...)
}

// propertyOf is the name of the property of a line, without its group.
func propertyOf(line []byte) string {
	end := bytes.IndexAny(line, ":;")
	if end < 0 {
		return ""
	}
	name := line[:end]
	return strings.ToUpper(string(name[bytes.LastIndexByte(name, '.')+1:]))
}

// line returns the next line, of which only the beginning is kept where it is longer than a card may be.
func (c *cards) line() ([]byte, error) {
	long := false
	for searched := 0; ; {
		data := c.w.bytes()
		end := bytes.IndexByte(data[searched:], '\n')
		switch {
		case end >= 0:
			line := data[:searched+end]
			c.w.pass(searched + end + 1)
			c.n++
			if long {
				return []byte(" "), nil // the end of a picture
			}
			return line, nil
		case c.w.eof && len(data) == 0:
			return nil, io.EOF
		case c.w.eof:
			c.w.pass(len(data))
			c.n++
			return data, nil
		}
		searched = len(data)
		if err := c.w.more(); errors.Is(err, errWindowFull) {
			if !long && !slices.Contains(leftOut[:4], propertyOf(data)) {
				return nil, tooLong(c.n, c.limits.Record)
			}
			c.w.pass(len(data))
			searched, long = 0, true
		} else if err != nil {
			return nil, err
		}
	}
}

// called are the columns of properties that have names of their own.
var called = map[string]string{
	"EMAIL": "email", "TEL": "phone", "FN": "name", "TITLE": "title", "ROLE": "role", "NICKNAME": "nickname",
	"BDAY": "birthday", "NOTE": "note", "URL": "url", "CATEGORIES": "categories", "UID": "uid", "GENDER": "gender",
	"LANG": "language", "TZ": "timezone",
}

// components are the columns of properties that have several values.
var components = map[string][]string{
	"N":   {"last_name", "first_name", "middle_name", "prefix", "suffix"},
	"ADR": {"po_box", "address_2", "street", "city", "region", "postal_code", "country"}, "ORG": {"company", "department"},
}

// fill puts a card's values into their cells.
func (c *cards) fill(card vcard.Card) {
	names := slices.Collect(maps.Keys(card))
	first := []string{"EMAIL", "FN", "N", "ORG", "TITLE", "TEL", "ADR"}
	slices.SortFunc(names, func(a, b string) int {
		if byPlace := positionIn(first, a) - positionIn(first, b); byPlace != 0 {
			return byPlace
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		if slices.Contains(leftOut, name) {
			continue
		}
		fields := slices.Clone(card[name])
		slices.SortStableFunc(fields, func(a, b *vcard.Field) int { return rankOf(a) - rankOf(b) })
		for i, field := range fields {
			c.property(name, i, valueOf(field))
		}
	}
}

func positionIn(of []string, name string) int {
	if i := slices.Index(of, name); i >= 0 {
		return i
	}
	return len(of)
}

// rankOf is the order of preference: PREF=1 of version 4, TYPE=pref of 3 and 2.1.
func rankOf(field *vcard.Field) int {
	if rank, err := strconv.Atoi(field.Params.Get("PREF")); err == nil {
		return rank
	}
	if field.Params.HasType("pref") {
		return 1
	}
	return 101
}

// valueOf is a property's value, which version 2.1 may have written in quoted printable.
func valueOf(field *vcard.Field) string {
	value := field.Value
	if strings.EqualFold(field.Params.Get("ENCODING"), "QUOTED-PRINTABLE") {
		decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
		if err == nil {
			value = string(decoded)
		}
		if _, known, err := charset.Named(field.Params.Get("CHARSET")); err == nil && known != nil && !utf8.Valid(decoded) {
			if read, err := known.NewDecoder().Bytes(decoded); err == nil {
				value = string(read)
			}
		}
		value = strings.ToValidUTF8(value, "\ufffd")
	}
	return value
}

// property puts the value that a card has of a property at a number from 0 into its cells.
func (c *cards) property(name string, number int, value string) {
	behind := ""
	if number > 0 {
		behind = " " + strconv.Itoa(number+1)
	}
	columns, several := components[name]
	if !several {
		column := called[name]
		if column == "" {
			column = strings.ToLower(name)
		}
		c.set(name+behind, column+behind, strings.ReplaceAll(strings.TrimPrefix(value, "mailto:"), `\;`, ";"), number > 2, false)
		return
	}
	for i, part := range componentsOf(value) {
		if i < len(columns) && part != "" {
			c.set(name+behind+"\x00"+columns[i], columns[i]+behind, part, number > 2, false)
		}
	}
}

// componentsOf takes a value with several parts apart at its semicolons, but for those behind a backslash.
func componentsOf(value string) (all []string) {
	var part strings.Builder
	escaped := false
	for _, r := range value {
		switch {
		case escaped:
			part.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ';':
			all = append(all, strings.TrimSpace(part.String()))
			part.Reset()
		default:
			part.WriteRune(r)
		}
	}
	return append(all, strings.TrimSpace(part.String()))
}
