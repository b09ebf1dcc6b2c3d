package contactfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mailtrap-contacts-mcp/fault"
)

// workbookOf writes a workbook with another program's code.
func workbookOf(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	file := excelize.NewFile()
	defer file.Close()
	fill(file)
	var written bytes.Buffer
	if err := file.Write(&written); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

// parts is a workbook by its parts; replacing one makes files that no program writes.
func parts(t testing.TB, replaced map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="x"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>email</t></si><si><t>name</t></si></sst>`,
		"xl/styles.xml":              `<styleSheet/>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row></sheetData></worksheet>`,
	}
	for name, part := range replaced {
		all[name] = part
	}
	var written bytes.Buffer
	archive := zip.NewWriter(&written)
	for name, part := range all {
		if part == "" {
			continue
		}
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, part)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

func sheetOf(rows string) map[string]string {
	return map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><dimension ref="A1:XFD1048576"/><sheetData>` + rows + `</sheetData><pageMargins/></worksheet>`}
}

func TestCellsOfAWorkbookAreReadForWhatTheyAre(t *testing.T) {
	day := time.Date(2026, time.March, 4, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		value  any
		format string
		want   string
	}{
		"text":                         {"Łukasz Müller 👍", "", "Łukasz Müller 👍"},
		"text like a number":           {"007", "", "007"},
		"text with a line break":       {"a\nb", "", "a\nb"},
		"a whole number":               {12, "", "12"},
		"a long number":                {491701234567, "", "491701234567"},
		"a very long number":           {int64(12345678901234567), "", "12345678901234567"},
		"a fraction":                   {0.1, "", "0.1"},
		"a sum with a rounding error":  {0.1 + 0.2, "", "0.3"},
		"a huge number":                {1.5e20, "", "150000000000000000000"},
		"a tiny number":                {1.5e-7, "", "0.00000015"},
		"a grouped number":             {1234567.5, "#,##0.00", "1234567.5"},
		"money":                        {12.5, `_-* #,##0.00\ [$€-407]_-`, "12.5"},
		"a share":                      {0.15, "0%", "0.15"},
		"an exponent":                  {123456, "0.00E+00", "123456"},
		"a postal code":                {1234, "00000", "01234"},
		"a date":                       {day, "", "2026-03-04"},
		"a German date":                {day, "dd.mm.yyyy", "2026-03-04"},
		"an American date":             {day, "m/d/yy;@", "2026-03-04"},
		"a long date":                  {day, `[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, "2026-03-04"},
		"a date with words":            {day, `"signed up on" d mmm`, "2026-03-04"},
		"a date with a time":           {day.Add(15*time.Hour + 4*time.Minute + 5*time.Second), "yyyy-mm-dd hh:mm:ss", "2026-03-04T15:04:05"},
		"a date with a time, midnight": {day, "yyyy-mm-dd hh:mm", "2026-03-04"},
		"a date whose time is hidden":  {day.Add(15 * time.Hour), "yyyy-mm-dd", "2026-03-04"},
		"a time":                       {0.75, "hh:mm", "18:00:00"},
		"a duration":                   {1.5, "[h]:mm", "1.5"},
		"the last day":                 {2958465, "yyyy-mm-dd", "9999-12-31"},
		"no date":                      {2958466, "yyyy-mm-dd", "2958466"},
		"a negative date":              {-1, "yyyy-mm-dd", "-1"},
		"the first of January 1900":    {1, "yyyy-mm-dd", "1900-01-01"},
		"the first of March 1900":      {61, "yyyy-mm-dd", "1900-03-01"},
		"true":                         {true, "", "true"},
		"words beside a number":        {5, `0 "days"`, "5"},
		"a colour that is no day":      {5, `[Red]0;[Yellow]-0`, "5"},
	} {
		t.Run(name, func(t *testing.T) {
			file := workbookOf(t, func(f *excelize.File) {
				f.SetCellValue("Sheet1", "A1", "value")
				f.SetCellValue("Sheet1", "A2", test.value)
				if test.format != "" {
					style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &test.format})
					if err != nil {
						t.Fatal(err)
					}
					f.SetCellStyle("Sheet1", "A2", "A2", style)
				}
			})
			read := readAll(content(file), Options{})
			if read.err != nil || len(read.rows) != 1 || read.rows[0] != "2:"+test.want {
				t.Errorf("got %q, %v", read.rows, read.err)
			}
		})
	}
}

func TestASheetIsReadAsAnotherProgramReadsIt(t *testing.T) {
	file := workbookOf(t, func(f *excelize.File) {
		for row := 2; row <= 3000; row++ {
			for column := 1; column <= 8; column++ {
				if (row+column)%5 == 0 {
					continue
				}
				cell, _ := excelize.CoordinatesToCellName(column, row)
				f.SetCellValue("Sheet1", cell, fmt.Sprintf("text %d ü %d", row%700, column))
			}
		}
	})
	other, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	want, err := other.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	reader, err := Open(content(file), Options{Columns: names})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for i, cells := range want {
		if len(cells) == 0 {
			continue
		}
		row, err := reader.Next()
		if err != nil || row.Line != i+1 || !cmp.Equal(row.Cells, pad(cells, 8)) {
			t.Fatalf("row %d is %q, and %+v here, %v", i+1, cells, row, err)
		}
	}
	if _, err := reader.Next(); err != io.EOF {
		t.Errorf("behind the last row: %v", err)
	}
	if read, size := reader.Position(); read != size || size != int64(len(file)) {
		t.Errorf("%d of %d", read, size)
	}
}

func TestASheetIsChosenByNameOrNumber(t *testing.T) {
	file := workbookOf(t, func(f *excelize.File) {
		f.SetSheetName("Sheet1", "Notes")
		for _, name := range []string{"People", "2"} {
			f.NewSheet(name)
			f.SetCellValue(name, "A2", "email in "+name)
		}
		f.SetActiveSheet(1)
		f.SetSheetVisible("Notes", false)
	})
	for wanted, want := range map[string]string{"": "People", "People": "People", "PEOPLE": "People", "2": "2", "3": "2", " 2": "2"} {
		reader, err := Open(content(file), Options{Sheet: wanted})
		if err != nil {
			t.Fatal(wanted, err)
		}
		about := reader.Format()
		if about.Sheet != want || about.Format != Excel || about.HeaderLine != 2 || !cmp.Equal(about.Sheets, []string{"Notes", "People", "2"}) || reader.Columns()[0] != "email in "+want {
			t.Errorf("%q: %+v", wanted, about)
		}
		reader.Close()
	}
	_, err := Open(content(file), Options{Sheet: "Poeple"})
	if err == nil || err.Error() != `[invalid_input] sheet: the workbook has no sheet "Poeple". It has "People", "Notes", "2". Name one of them.` {
		t.Errorf("the error is %v", err)
	}
	_, err = Open(content(file), Options{Sheet: "Notes"})
	if err == nil || !strings.Contains(err.Error(), "The sheet is empty.") {
		t.Errorf("the error is %v", err)
	}
}

func TestWorkbooksOfManyProgramsAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		parts map[string]string
		rows  []string
	}{
		"inline texts":           {sheetOf(`<row><c t="inlineStr"><is><t>email</t></is></c></row><row><c t="inlineStr"><is><r><t>a@</t></r><r><t>b.co</t></r><rPh><t>x</t></rPh></is></c></row>`), []string{"2:a@b.co"}},
		"no references":          {sheetOf(`<row><c t="s"><v>0</v></c></row><row><c/><c><v>7</v></c></row>`), []string{"2:|7"}},
		"prefixes":               {map[string]string{"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="y"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row><x:row r="5"><x:c r="A5"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>`}, []string{"5:7"}},
		"a formula's result":     {sheetOf(`<row><c t="s"><v>0</v></c></row><row><c t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>0</v></c><c t="d"><v>2026-03-04T00:00:00</v></c></row>`), []string{"2:ab|2|#N/A|false|2026-03-04"}},
		"cells in another order": {sheetOf(`<row><c r="A1" t="s"><v>0</v></c></row><row><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>`), []string{"2:1||3"}},
		"formats far out":        {sheetOf(`<row><c r="A1" t="s"><v>0</v></c></row><row><c r="A2"><v>1</v></c><c r="XFD2" s="4"/></row>`), []string{"2:1"}},
		"dates from 1904":        {map[string]string{"xl/workbook.xml": `<workbook><workbookPr date1904="1"/><sheets><sheet name="x" r:id="rId1"/></sheets></workbook>`, "xl/styles.xml": `<styleSheet><cellStyleXfs><xf numFmtId="0"/><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`, "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c></row><row><c s="0"><v>44623</v></c></row></sheetData></worksheet>`}, []string{"2:2026-03-04"}},
		"escaped characters":     {map[string]string{"xl/sharedStrings.xml": `<sst><si><t>email</t></si><si><t>a_x000D_b_x005F_x0041_ _x12_</t></si></sst>`, "xl/worksheets/sheet1.xml": sheetOf(`<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>`)["xl/worksheets/sheet1.xml"]}, []string{"2:a\rb_x0041_ _x12_"}},
		"no texts, no styles":    {map[string]string{"xl/sharedStrings.xml": "", "xl/styles.xml": "", "xl/worksheets/sheet1.xml": sheetOf(`<row><c t="str"><v>a</v></c></row><row><c s="5"><v>1</v></c></row>`)["xl/worksheets/sheet1.xml"]}, []string{"2:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(parts(t, test.parts)), Options{})
			if read.err != nil {
				t.Fatal(read.err)
			}
			if difference := cmp.Diff(test.rows, read.rows); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func TestADamagedWorkbookIsRefusedAndNotReadInPart(t *testing.T) {
	const head = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`
	whole := workbookOf(t, func(f *excelize.File) {
		for i := range 2000 {
			f.SetCellValue("Sheet1", fmt.Sprint("A", i+1), i*7919%10_007)
		}
	})
	flipped := bytes.Clone(whole)
	archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range archive.File {
		if part.Name == "xl/worksheets/sheet1.xml" {
			at, _ := part.DataOffset()
			flipped[at+int64(part.CompressedSize64)/2] ^= 0x10
		}
	}
	const damaged = "The Excel workbook is damaged or incomplete."
	for name, test := range map[string]struct {
		file []byte
		says string
	}{
		"cut":                     {whole[:len(whole)/2], damaged},
		"a flipped bit":           {flipped, damaged},
		"a sheet that ends early": {parts(t, map[string]string{"xl/worksheets/sheet1.xml": head}), damaged},
		"a cell that ends early":  {parts(t, map[string]string{"xl/worksheets/sheet1.xml": head + `<row><c><v>1`}), damaged},
		"texts that end early":    {parts(t, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>email</t></si>`}), damaged},
		"a text that is missing":  {parts(t, sheetOf(`<row><c t="s"><v>2</v></c></row>`)), damaged},
		"a row that cannot be":    {parts(t, sheetOf(`<row r="1048577"><c><v>2</v></c></row>`)), damaged},
		"no sheet":                {parts(t, map[string]string{"xl/worksheets/sheet1.xml": ""}), damaged},
		"no list of sheets":       {parts(t, map[string]string{"xl/workbook.xml": ""}), damaged},
		"an empty sheet":          {parts(t, sheetOf("")), "The sheet is empty."},
		"only drawings":           {parts(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), "no sheet with cells"},
		"an archive":              {parts(t, map[string]string{"[Content_Types].xml": ""}), "no file of the ZIP archive holds e-mail addresses"},
		"an empty archive":        {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "It is a ZIP archive without files."},
		"OpenDocument":            {parts(t, map[string]string{"[Content_Types].xml": "", "mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "It is an OpenDocument file (.ods). Save it as .xlsx or CSV."},
		"a document":              {parts(t, map[string]string{"_rels/.rels": `<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/></Relationships>`}), "It is a document or a presentation."},
		"a binary workbook":       {parts(t, map[string]string{"_rels/.rels": `<Relationships><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>`}), "(.xlsb)"},
		"a cell far out":          {parts(t, sheetOf(`<row><c r="XFD1"><v>1</v></c></row>`)), "row 1 of the sheet has more than 1,000 columns"},
		"packed":                  {gzipped(t, whole), "Inside the gzip file is another packed file."},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.file), Options{})
			if read.err == nil || !strings.Contains(read.err.Error(), test.says) {
				t.Errorf("the error is %v after %d rows", read.err, len(read.rows))
			}
			if f := fault.From(read.err); f.Next == "" || f.Code == fault.Internal {
				t.Errorf("the fault is %+v", f)
			}
		})
	}
}

// TestManyTextsArePutAside has more texts than are kept in memory, and cells that name them in an order of their own.
func TestManyTextsArePutAside(t *testing.T) {
	const count = 60_000
	var texts, rows strings.Builder
	texts.WriteString("<sst>")
	rows.WriteString(`<row><c t="inlineStr"><is><t>text</t></is></c></row>`)
	padding := strings.Repeat("x", 100)
	for i := range count {
		fmt.Fprintf(&texts, "<si><t>%d %s</t></si>", i, padding)
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, i*7919%count)
	}
	texts.WriteString("</sst>")
	all := sheetOf(rows.String())
	all["xl/sharedStrings.xml"] = texts.String()
	scratch := t.TempDir()
	reader, err := Open(content(parts(t, all)), Options{Scratch: scratch})
	if err != nil {
		t.Fatal(err)
	}
	for i := range count {
		row, err := reader.Next()
		if err != nil || row.Cells[0] != fmt.Sprintf("%d %s", i*7919%count, padding) {
			t.Fatalf("row %d: %+v, %v", i, row, err)
		}
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	if _, err := Open(content(parts(t, all)), Options{Scratch: scratch + "/none"}); !fault.Is(err, fault.FileAccess) {
		t.Errorf("without a folder: %v", err)
	}
}

// TestTheLibraryEndsADamagedSheetInSilence says why the sheets are read by hand. When it fails, that may have changed.
func TestTheLibraryEndsADamagedSheetInSilence(t *testing.T) {
	file := parts(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v`})
	other, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Skip(err)
	}
	defer other.Close()
	rows, err := other.Rows("People")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			t.Error(err)
		}
	}
	if rows.Error() != nil {
		t.Error("the library noticed:", rows.Error())
	}
}
