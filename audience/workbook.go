package audience

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// What Excel can hold (its specifications and limits).
const (
	maxSheetRows    = 1 << 20 // the header among them
	maxSheetColumns = 1 << 14
	maxSheetCell    = 32767 // UTF-16 units
	maxSheetNumber  = 1e15  // it keeps 15 digits
)

// workbook writes a table as Excel reads it, ECMA-376: one sheet, texts within their cells, nothing beside the file. The library
// that tests read it with costs every start of this program a seventh more CPU and 2.7 MB.
type workbook struct {
	zip   *zip.Writer
	sheet *bufio.Writer
	rows  int
}

// date is a day; other text is written as text.
type date string

const (
	sheetHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relations = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	partTypes = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
	packages  = `http://schemas.openxmlformats.org/package/2006/`
)

// sheetParts are the parts of the file before the sheet itself.
var sheetParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="` + packages + `content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + partTypes + `sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + partTypes + `styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + partTypes + `worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="` + packages + `relationships">` +
		`<Relationship Id="rId1" Type="` + relations + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook ` + mainSpace + ` xmlns:r="` + relations + `"><sheets>` +
		`<sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packages + `relationships">` +
		`<Relationship Id="rId1" Type="` + relations + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relations + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet ` + mainSpace + `><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>` +
		`<fonts count="1"><font/></fonts><fills count="2"><fill/><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`},
}

// newWorkbook begins a file with the names of its columns, which stay in sight when somebody scrolls.
func newWorkbook(out io.Writer, names []string) (*workbook, error) {
	if len(names) > maxSheetColumns {
		return nil, unfit(fmt.Sprintf("there are %s columns, and a sheet of Excel has %s", text.Number(len(names)), text.Number(maxSheetColumns)),
			"Name fewer in columns, or use csv.")
	}
	w := &workbook{zip: zip.NewWriter(out)}
	for _, part := range sheetParts {
		to, err := w.zip.Create(part[0])
		if err == nil {
			_, err = io.WriteString(to, sheetHead+part[1])
		}
		if err != nil {
			return nil, writeFault(err)
		}
	}
	to, err := w.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, writeFault(err)
	}
	w.sheet = bufio.NewWriterSize(to, 64<<10)
	_, err = w.sheet.WriteString(sheetHead + `<worksheet ` + mainSpace + `><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>`)
	header := make([]any, len(names))
	for i, name := range names {
		header[i] = name
	}
	return w, errors.Join(writeFault(err), w.add(header))
}

// add writes a row: texts, dates, numbers, booleans, and nil where there is nothing.
func (w *workbook) add(row []any) error {
	if w.rows++; w.rows > maxSheetRows {
		return unfit("a sheet of Excel has 1,048,576 rows, and more contacts fit", "Narrow the condition, or use csv.")
	}
	_, _ = w.sheet.WriteString("<row>") // an error stays until the end
	for i, value := range row {
		cell, err := sheetCell(value)
		if err != nil {
			return err
		}
		if cell == "" && i < len(row)-1 {
			cell = "<c/>"
		}
		_, _ = w.sheet.WriteString(cell)
	}
	_, err := w.sheet.WriteString("</row>")
	return writeFault(err)
}

// end completes the file.
func (w *workbook) end() error {
	_, err := w.sheet.WriteString("</sheetData></worksheet>")
	return writeFault(errors.Join(err, w.sheet.Flush(), w.zip.Close()))
}

func unfit(what, next string) error {
	return fault.New(fault.InvalidInput, "format: xlsx cannot hold this: "+what+".", "", next)
}

// sheetCell is a cell; empty for an empty one. A number that Excel would change is written as text.
func sheetCell(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case bool:
		if v {
			return `<c t="b"><v>1</v></c>`, nil
		}
		return `<c t="b"><v>0</v></c>`, nil
	case int64:
		if v < maxSheetNumber && v > -maxSheetNumber {
			return "<c><v>" + strconv.FormatInt(v, 10) + "</v></c>", nil
		}
		return textCell(strconv.FormatInt(v, 10))
	case float64:
		written := strconv.FormatFloat(v, 'g', 15, 64)
		if kept, err := strconv.ParseFloat(written, 64); err == nil && kept == v && math.Abs(v) < 1e300 {
			return "<c><v>" + written + "</v></c>", nil
		}
		return textCell(strconv.FormatFloat(v, 'f', -1, 64))
	case date:
		// Excel counts a 29th of February 1900 that there was not, and nothing before that year.
		day, err := time.Parse(time.DateOnly, string(v))
		if err == nil && day.Year() > 1900 && day.Year() < 10000 {
			const epoch = 25569 // the days from Excel's first to Unix's
			return `<c s="1"><v>` + strconv.FormatInt(day.Unix()/86400+epoch, 10) + "</v></c>", nil
		}
		return textCell(string(v))
	case string:
		return textCell(v)
	}
	return textCell(fmt.Sprint(value))
}

func textCell(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if len(s) > maxSheetCell && len(utf16.Encode([]rune(s))) > maxSheetCell {
		return "", unfit("a value is longer than the 32,767 characters of a cell", "Leave that column out with columns, or use csv.")
	}
	return `<c t="inlineStr"><is><t xml:space="preserve">` + sheetText(s) + "</t></is></c>", nil
}

// sheetText writes a text as a workbook does, signs that XML has none for as _xHHHH_.
func sheetText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '_' && isSheetEscape(s[i:]):
			b.WriteString("_x005F_")
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", r)
		default:
			b.WriteRune(r) // what is not UTF-8 becomes U+FFFD
		}
	}
	return b.String()
}

// isSheetEscape reports that a text would be read as a sign that XML has none for.
func isSheetEscape(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}
