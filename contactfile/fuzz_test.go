package contactfile

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailtrap-contacts-mcp/charset"
	"mailtrap-contacts-mcp/fault"
)

// tight are limits that small files exceed, too.
var tight = Limits{Record: 4 << 10, Columns: 50, Unpacked: 4 << 20, Ratio: 100}

// checked reads a file to its end, and checks what holds for every file.
func checked(t *testing.T, file []byte, options Options) (columns []string, rows [][]string, about Description, err error) {
	t.Helper()
	options.Limits = tight
	reader, err := Open(content(file), options)
	if err == nil {
		defer func() {
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
		}()
	}
	for last := 0; err == nil; {
		var row Row
		if row, err = reader.Next(); err != nil {
			break
		}
		columns = reader.Columns()
		length := 0
		for _, cell := range row.Cells {
			length += len(cell)
			if !utf8.ValidString(cell) {
				t.Fatalf("the cell %q is no text", cell)
			}
		}
		switch {
		case len(row.Cells) < len(columns), row.Given > len(row.Cells), len(row.Cells) > tight.Columns, length > 2*tight.Record:
			t.Fatalf("the row %+v for %q", row, columns)
		case isBlank(row.Cells):
			t.Fatal("a blank row")
		case row.Line < 1 || reader.Format().Format != Excel && row.Line < last && row.Problem == "":
			t.Fatalf("line %d behind line %d", row.Line, last)
		}
		last = row.Line
		rows = append(rows, slices.Clone(row.Cells))
	}
	if reader != nil {
		columns, about = slices.Clone(reader.Columns()), reader.Format()
		if found, ok := reader.rows.(*grid); ok {
			if text, ok := found.rows.(*table); ok && len(text.w.buf) > 4*chunk {
				t.Fatalf("the window has %d bytes", len(text.w.buf))
			}
		}
	}
	names := slices.Clone(columns)
	slices.Sort(names)
	if len(slices.Compact(names)) != len(columns) || slices.Contains(columns, "") {
		t.Fatalf("the columns are %q", columns)
	}
	if errors.Is(err, io.EOF) {
		return columns, rows, about, nil
	}
	if f := fault.From(err); f.Code == fault.Internal || f.What == "" || f.Next == "" {
		t.Fatalf("the error is %v", err)
	}
	return columns, rows, about, err
}

// FuzzOpen reads any file with any options.
func FuzzOpen(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, "", "")
	}
	f.Add([]byte("a,b\n1,\"2"), "utf-16", ";")
	f.Add([]byte("a,b\r1,\"2\r\"\r"), "shift_jis", "")
	f.Add([]byte("sep=;\na;b\n"), "windows-1253", "tab")
	f.Fuzz(func(t *testing.T, file []byte, encoding, delimiter string) {
		checked(t, file, Options{Encoding: encoding, Delimiter: delimiter})
	})
}

// FuzzTable reads text as a table, writes the rows in good order and reads them again: they are the same.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"email,name\na@b.co,Ann\n", "a;b\n\"x\ny\";\"\"\"\"\n", "a\tb\r\n\"x\r\ny\"\tz\r\n", "a,b\n\"Acme\" Inc,x\n \"y\" ,\"z\n", "a|b\rx|\"y\rz\"\r", "a,b\n\"x\n\"y,z\n", "sep=,\na,b\n1,2,3\n",
		"   \x1200" + strings.Repeat("\n", 14) + "@\x00\x00\x00" + strings.Repeat("\n", 14) + "0000",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		for _, delimiter := range []string{",", ";", "\t"} {
			checked(t, []byte(written), Options{Encoding: "utf-8", Delimiter: delimiter})
			rows, err := rawTable([]byte(written), delimiter)
			if err != nil {
				continue
			}
			var again bytes.Buffer
			writer := csv.NewWriter(&again)
			writer.WriteAll(append([][]string{{"header", "", ""}}, rows...))
			same, err := rawTable(again.Bytes(), ",")
			same = same[min(1, len(same)):]
			switch {
			case again.Len() > tight.Record: // longer with its quotes
				continue
			case err != nil && strings.Contains(again.String(), "\r"): // a CR that the writer puts before an LF
				continue
			case err != nil && charset.IsBinary(again.Bytes()): // what made it text were the blank lines, which are gone
				continue
			}
			if err != nil || len(same) != len(rows) {
				t.Fatalf("%d rows of %q are %d, %v", len(rows), written, len(same), err)
			}
			for i := range rows {
				for j := range rows[i] {
					if strings.ReplaceAll(rows[i][j], "\r", "") != strings.ReplaceAll(same[i][j], "\r", "") {
						t.Fatalf("%q becomes %q", rows[i], same[i])
					}
				}
			}
		}
	})
}

// rawTable are the rows of a text, before the table among them is looked for.
func rawTable(file []byte, delimiter string) (rows [][]string, err error) {
	options, about := Options{Encoding: "utf-8", Delimiter: delimiter, Limits: tight}, &Description{}
	w, err := windowOf(wholeFile{raw: &source{file: content(file), size: int64(len(file))}, limits: tight}, options, about)
	if err != nil {
		return nil, err
	}
	raw, err := openTable(w, options, about)
	if err != nil {
		return nil, err
	}
	for {
		row, err := raw.read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, slices.Clone(row.Cells))
	}
}

// FuzzJSON reads JSON and holds the number of contacts against what encoding/json finds.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":{"b":[1,"x",null]},"fields":{"c":"\ud83d\udc4d"}} , {}`, `{"":"","a":"\\\"}"}`, `{"a":1}]`, `{"a": {"b": {"c": [] } } }`, `{"a" :-0.1e+5,"b":tru}`, `{"fields":[{"key":"a","value":[1,{"x":2}]},{"key":"a","b":true}],"c":{"d":{"id":1,"value":{"label":"x"}}}}`, `{"v":{"value":{"value":[{"name":{"ref":"x"},"type":"t","t":[]}]}}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		file := "[{\"first\":1}," + written + "]"
		_, rows, _, err := checked(t, []byte(file), Options{Encoding: "utf-8"})
		var want []map[string]any
		if json.Unmarshal([]byte(file), &want) != nil || !utf8.ValidString(file) {
			return
		}
		if slices.ContainsFunc(want, func(contact map[string]any) bool { return contact == nil }) {
			return // a null is no contact
		}
		if fault.Is(err, fault.LimitReached) && err != nil {
			return
		}
		if err != nil || len(rows) > len(want) {
			t.Fatalf("%q has %d contacts, and %d here: %v", file, len(want), len(rows), err)
		}
	})
}

// FuzzWorkbook reads a workbook whose parts are anything.
func FuzzWorkbook(f *testing.F) {
	const row = `<row r="2"><c r="A2" s="0"><v>45000.5</v></c><c t="s"><v>1</v></c></row>`
	f.Add(row, `<si><t>a_x0041_</t></si><si><r><t>b</t></r></si>`, `yyyy-mm-dd`)
	f.Add(`<row><c t="inlineStr"><is><t>x</t></is></c></row><row r="0">`, `<si/>`, `[h]:mm;"x`)
	f.Add(`<row><c r="ZZZZZZ9" t="e"><v>#N/A</v></c></row>`, `</sst>`, `00000`)
	f.Fuzz(func(t *testing.T, rows, texts, format string) {
		file := parts(t, map[string]string{
			"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c t="str"><v>email</v></c></row>` + rows + `</sheetData></worksheet>`,
			"xl/sharedStrings.xml":     "<sst>" + texts + "</sst>",
			"xl/styles.xml":            `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="` + format + `"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`,
		})
		checked(t, file, Options{})
		formatOf(format).show(rows, len(texts)%2 == 0)
	})
}

// FuzzCards reads vCards whose lines are anything.
func FuzzCards(f *testing.F) {
	for _, seed := range []string{"EMAIL:a@b.co\nN:A;B", "FN;ENCODING=QUOTED-PRINTABLE:=C3=\n=BC\n x", "PHOTO:x\n y\nTEL;HOME:1", "END:VCARD\nBEGIN:VCARD", "item1.EMAIL;PREF=1;TYPE=\"a,b\":x\\;y", ";:\n=\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		checked(t, []byte("BEGIN:VCARD\n"+lines+"\nEND:VCARD\n"), Options{Encoding: "utf-8"})
	})
}

// FuzzArchive reads a ZIP archive with two files of any names.
func FuzzArchive(f *testing.F) {
	f.Add("subscribed.csv", "email\na@b.co\n", "unsubscribed.csv", "email\nb@b.co\n", "")
	f.Add("a.json", "[{\"email\":\"a@b.co\"}]", "b.vcf", "BEGIN:VCARD\nEMAIL:a@b.co\nEND:VCARD\n", "2")
	f.Add("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>", "")
	f.Fuzz(func(t *testing.T, first, one, second, other, sheet string) {
		var written bytes.Buffer
		archive := zip.NewWriter(&written)
		for name, content := range map[string]string{first: one, second: other} {
			w, err := archive.Create(name)
			if err != nil {
				return
			}
			io.WriteString(w, content)
		}
		if archive.Close() == nil {
			checked(t, written.Bytes(), Options{Sheet: sheet})
		}
	})
}

// FuzzPeople looks for the people in any JSON, and finds the same in the file and in its beginning.
func FuzzPeople(f *testing.F) {
	for _, seed := range []string{`{"data":{"results":[{"email":"a@b.co"}]}}`, `{"a@b.co":{"x":[[{"y":1}]]}}`, `[{"m":[{"email":"a@b.co"}]},{"m":[]}]`, `{"a":[],"b":[{"email":"a@b.co"}],"unsubscribed":[{"email":"c@b.co"}]}`, `["a@b.co"]`, `{"a":"\\"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		_, rows, about, err := checked(t, []byte(file), Options{Encoding: "utf-8"})
		if about.Format == JSON && err == nil && !json.Valid([]byte(file)) && len(rows) == 0 {
			t.Errorf("%q is read without an error", file)
		}
	})
}
