package contactfile

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"mailtrap-contacts-mcp/text"
)

const (
	maxDirectory = 2 << 20 // bytes of a workbook's table of contents
	maxToken     = 1 << 20 // bytes of one tag or text in a workbook
	maxContents  = 4 << 20 // bytes of each part that says what the others are
	maxStyling   = 32 << 20
	maxSheets    = 1000
)

// workbook is an Excel file (.xlsx): a ZIP archive of XML parts.
//
// It is read by hand, part by part. The library for such files, excelize, reads every part into memory before the first
// row, ends a damaged sheet without an error, and does not tell a streaming reader the format of a cell, without which
// a date is a number. The tests hold this reader against it.
type workbook struct {
	archive *zip.Reader
	size    int64
	limits  Limits
	opened  int64 // bytes unpacked so far
	sheets  []sheetPart
	date04  bool   // dates count from 1904
	strings string // the part of the shared texts
	styles  string
	byName  map[string]*zip.File
}

func newWorkbook(archive *zip.Reader, size int64, limits Limits) *workbook {
	book := &workbook{archive: archive, size: size, limits: limits, byName: map[string]*zip.File{}}
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		if book.byName[name] == nil {
			book.byName[name] = part
		}
	}
	return book
}

type sheetPart struct {
	name   string
	part   string
	hidden bool
}

func damagedWorkbook(err error) error {
	if says(err) {
		return err
	}
	return notReadable("The Excel workbook is damaged or incomplete.", "Open it in Excel, save it again, and call again.")
}

// directoryReader bounds how much is read of an archive before its parts are known.
type directoryReader struct {
	file io.ReaderAt
	left int64
}

func (d *directoryReader) ReadAt(p []byte, at int64) (int, error) {
	if d.left >= 0 {
		if d.left -= int64(len(p)); d.left < 0 {
			return 0, tooMuch("the Excel workbook has too many parts.", "", "Save it with one sheet, or as CSV.")
		}
	}
	n, err := d.file.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// openZip opens a workbook, or an archive of files.
func (r *Reader) openZip(options Options) error {
	directory := &directoryReader{file: r.raw.file, left: maxDirectory}
	archive, err := zip.NewReader(directory, r.raw.size)
	if err != nil {
		return damagedWorkbook(err)
	}
	directory.left = -1 // the parts have limits of their own
	book := newWorkbook(archive, r.raw.size, options.Limits)
	switch {
	case book.find("[Content_Types].xml") != nil && book.find("_rels/.rels") != nil:
		r.rows, err = book.open(r, options)
	case book.isOpenDocument():
		err = notReadable("It is an OpenDocument file (.ods).", "Save it as .xlsx or CSV.")
	case book.find("Index/Document.iwa") != nil || book.find("Index.zip") != nil:
		err = notReadable("It is an Apple Numbers file.", "Export it as CSV or Excel (.xlsx).")
	default:
		err = r.openArchive(archive, options)
	}
	return err
}

// isOpenDocument tells the files of LibreOffice and others, whose first part says what they are.
func (b *workbook) isOpenDocument() bool {
	const kind = "application/vnd.oasis.opendocument"
	file := b.find("mimetype")
	if file == nil {
		return false
	}
	stream, err := file.Open()
	if err != nil {
		return false
	}
	defer stream.Close()
	said := make([]byte, len(kind))
	_, err = io.ReadFull(stream, said)
	return err == nil && string(said) == kind
}

// find returns a part by its name, whatever its case.
func (b *workbook) find(name string) *zip.File {
	return b.byName[strings.ToLower(strings.TrimPrefix(name, "/"))]
}

// part is a part of the workbook that is being read, within the limits.
type part struct {
	book   *workbook
	file   *zip.File
	stream io.ReadCloser
	xml    *xml.Decoder
	count  int64
	limit  int64 // of count, where there is one of its own
	token  int   // bytes since the last token
}

func (b *workbook) openPart(file *zip.File) (*part, error) {
	stream, err := file.Open()
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	p := &part{book: b, file: file, stream: stream}
	p.xml = xml.NewDecoder(p)
	return p, nil
}

func (p *part) close() error { return p.stream.Close() }

// Read serves the XML decoder, which takes in a text or a tag of any length.
func (p *part) Read(to []byte) (int, error) {
	if p.token > maxToken {
		return 0, tooLongCell()
	}
	n, err := p.stream.Read(to)
	p.count += int64(n)
	p.token += n
	p.book.opened += int64(n)
	exceeded := unpackedTooMuch(p.book.opened, p.book.opened, p.book.limits)
	if exceeded == nil {
		exceeded = unpackedTooMuch(p.count, int64(min(p.file.CompressedSize64, uint64(p.book.size))), p.book.limits)
	}
	if exceeded == nil && p.limit > 0 && p.count > p.limit {
		exceeded = tooMuch("the Excel workbook has too many sheets or styles.", "", "Save it with one sheet, or as CSV.")
	}
	if exceeded != nil {
		return 0, exceeded
	}
	return n, err
}

// next returns the next token; io.EOF at the end. Names keep their own part only: prefixes differ between programs.
func (p *part) next() (xml.Token, error) {
	p.token = 0
	return p.xml.RawToken()
}

// inside is next within an element, whose end has to come.
func (p *part) inside() (xml.Token, error) {
	token, err := p.next()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}

// text reads the text of an element that was begun, up to its end, and whether it is crossed out. How it is spoken is left out.
func (p *part) text(of string, to []byte) (read []byte, crossed strikes, err error) {
	taken, phonetic := false, 0
	for {
		token, err := p.inside()
		if err != nil {
			return nil, crossed, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "v", "t":
				taken = phonetic == 0
			case "rPh":
				phonetic++
			case "r":
				crossed.run = false
			case "strike":
				crossed.run = isStrike(token)
			}
		case xml.EndElement:
			switch token.Name.Local {
			case of:
				return to, crossed, nil
			case "v", "t":
				taken = false
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if taken {
				crossed.add(token)
				if to = append(to, token...); len(to) > maxToken {
					return nil, crossed, tooLongCell()
				}
			}
		}
	}
}

func tooLongCell() error {
	return tooMuch("a cell of the Excel workbook is longer than "+size(maxToken)+".", "No contact has such a value.",
		"Check that it is a contact file.")
}

// rest is what follows, without a limit for its tokens.
func (p *part) rest() io.Reader {
	return readerFunc(func(to []byte) (int, error) {
		p.token = 0
		return p.Read(to)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// each calls do with every element of a part that begins, inside which element it stands. It stops where do says so.
func (b *workbook) each(name string, limit int64, do func(inside string, element xml.StartElement) error) error {
	file := b.find(name)
	if file == nil {
		return fmt.Errorf("the part %q is missing", name)
	}
	p, err := b.openPart(file)
	if err != nil {
		return err
	}
	defer p.stream.Close()
	p.limit = limit
	open := []string{""}
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.StartElement:
			if err := do(open[len(open)-1], element); err != nil {
				return err
			}
			if len(open) > maxDepth {
				return errors.New("the elements are nested too deep")
			}
			open = append(open, element.Name.Local)
		case xml.EndElement:
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, attribute := range element.Attr {
		if attribute.Name.Local == name {
			return attribute.Value
		}
	}
	return ""
}

// relation is where a part of a workbook points.
type relation struct{ kind, target string }

// relations are those of a part, by their ids.
func (b *workbook) relations(of string) (map[string]relation, error) {
	folder, name := path.Split(of)
	found := map[string]relation{}
	err := b.each(folder+"_rels/"+name+".rels", maxContents, func(_ string, element xml.StartElement) error {
		if element.Name.Local == "Relationship" {
			target := attribute(element, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(folder, target)
			}
			found[attribute(element, "Id")] = relation{kind: path.Base(attribute(element, "Type")), target: target}
		}
		return nil
	})
	return found, err
}

// contents finds the parts of the workbook.
func (b *workbook) contents() error {
	top, err := b.relations("")
	if err != nil {
		return err
	}
	main := ""
	for _, relation := range top {
		if relation.kind == "officeDocument" {
			main = relation.target
		}
	}
	switch {
	case strings.HasSuffix(main, ".bin"):
		return notReadable("It is a binary Excel workbook (.xlsb).", "Save it as .xlsx or CSV.")
	case strings.HasPrefix(main, "word/"), strings.HasPrefix(main, "ppt/"):
		return notReadable("It is a document or a presentation.", readableFormats)
	}
	parts, err := b.relations(strings.TrimPrefix(main, "/"))
	if err != nil {
		return err
	}
	for _, relation := range parts {
		switch relation.kind {
		case "sharedStrings":
			b.strings = relation.target
		case "styles":
			b.styles = relation.target
		}
	}
	err = b.each(main, maxContents, func(_ string, element xml.StartElement) error {
		switch element.Name.Local {
		case "workbookPr":
			b.date04 = isTrue(attribute(element, "date1904"))
		case "sheet":
			part := parts[attribute(element, "id")]
			if part.kind == "worksheet" && len(b.sheets) < maxSheets {
				b.sheets = append(b.sheets, sheetPart{
					name: text.Clip(attribute(element, "name"), 100), part: part.target,
					hidden: attribute(element, "state") == "hidden" || attribute(element, "state") == "veryHidden",
				})
			}
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		return notReadable("The Excel workbook has no sheet with cells.", readableFormats)
	}
	return err
}

func isTrue(written string) bool { return written == "1" || written == "true" }
