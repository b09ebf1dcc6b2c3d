package contactfile

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// lookedInto is how many sheets or files are looked into for people.
const lookedInto = 50

// open opens the sheet that is asked for, or the first that holds people.
func (b *workbook) open(r *Reader, options Options) (format, error) {
	if _, err := delimiterNamed(options.Delimiter); err != nil {
		return nil, err
	}
	if err := b.contents(); err != nil {
		return nil, damagedWorkbook(err)
	}
	r.about.Format = Excel
	for _, sheet := range b.sheets {
		r.about.Sheets = append(r.about.Sheets, sheet.name)
	}
	styles, err := b.readStyles()
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	texts, err := b.readTexts(options.Scratch)
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	book := &openBook{workbook: b, reader: r, options: options, styles: styles, texts: texts}
	if err := book.choose(); err != nil {
		return nil, errors.Join(err, book.texts.close())
	}
	return openLong(book, book.grid, r.about), nil
}

// openBook is a workbook one of whose sheets is being read.
type openBook struct {
	*workbook
	*grid

	reader  *Reader
	options Options
	styles  []cellFormat
	texts   *texts
}

// close lets go of the sheet and of what the sheets share.
func (b *openBook) close() error { return errors.Join(b.grid.close(), b.texts.close()) }

// sheet opens a sheet and finds the table on it.
func (b *openBook) sheet(of sheetPart, about *Description, noted *notes) (*grid, error) {
	file := b.find(of.part)
	if file == nil {
		return nil, damagedWorkbook(io.ErrUnexpectedEOF)
	}
	part, err := b.openPart(file)
	if err != nil {
		return nil, err
	}
	rows := &sheet{book: b, notes: noted, part: part}
	found, err := openGrid(rows, b.options, about, noted)
	if errors.Is(err, io.EOF) {
		err = becauseEmpty(notReadable("The sheet is empty.", "Give a file whose first line names the columns, or choose another sheet."))
	}
	if err != nil {
		return nil, errors.Join(err, rows.close())
	}
	return found, nil
}

// choose opens the sheet to read, and notes the others.
func (b *openBook) choose() error {
	chosen, people := 0, make([]bool, len(b.sheets))
	if b.options.Sheet != "" {
		var err error
		if chosen, err = named(b.options.Sheet, b.reader.about.Sheets, "the workbook has no sheet"); err != nil {
			return err
		}
	} else if len(b.sheets) > 1 {
		chosen = b.mostLikely(people)
	}
	about := b.reader.about
	of := b.sheets[chosen]
	about.Sheet = of.name
	if Unwilling(of.name) {
		about.Unwilling = of.name
	}
	var err error
	if b.grid, err = b.sheet(of, about, &b.reader.notes); err != nil {
		return err
	}
	for i, other := range b.sheets {
		if i != chosen {
			b.reader.notes.open(OtherSheet, other.name).People = people[i]
			about.gone(other.name)
		}
	}
	return nil
}

// mostLikely is the first sheet that is shown and holds people, unless its name says that they do not want mail; where none
// does, the first that is shown. It says of all sheets that were looked into whether they hold people.
func (b *openBook) mostLikely(people []bool) int {
	best, first := -1, -1
	for i, sheet := range b.sheets[:min(len(b.sheets), lookedInto)] {
		found, err := b.sheet(sheet, &Description{}, &notes{})
		if err == nil {
			people[i] = found.people
			_ = found.close()
		}
		people[i] = people[i] || errors.Is(err, errBeside)
		switch {
		case sheet.hidden:
		case people[i] && best < 0 && !Unwilling(sheet.name):
			best = i
		case first < 0 && !Unwilling(sheet.name):
			first = i
		}
	}
	if shown := slices.IndexFunc(b.sheets, func(s sheetPart) bool { return !s.hidden }); best < 0 && first < 0 {
		return max(shown, 0)
	}
	if best < 0 {
		return first
	}
	return best
}

// named finds what is called by a name or by its number.
func named(wanted string, names []string, none string) (int, error) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		if i := slices.IndexFunc(names, func(name string) bool { return same(name, text.Clean(wanted)) }); i >= 0 {
			return i, nil
		}
	}
	if number, err := strconv.Atoi(wanted); err == nil && number >= 1 && number <= len(names) {
		return number - 1, nil
	}
	return 0, fault.New(fault.InvalidInput, "sheet: "+none+" "+text.Quote(wanted)+".",
		"It has "+text.Listing(text.Quotes(text.Closest(wanted, names), text.MaxValue), 10)+".", "Name one of them.")
}
