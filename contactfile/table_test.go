package contactfile

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/fault"
)

func TestDelimitedTextIsReadAsItIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		columns []string
		rows    []string
	}{
		"commas":                        {"email,name\na@b.co,Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"semicolons":                    {"email;name\na@b.co;Smith, Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Smith, Ann"}},
		"tabs":                          {"email\tname\na@b.co\tSmith, Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Smith, Ann"}},
		"bars":                          {"email|name\na@b.co|Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"decimal commas":                {"email;score\na@b.co;1,5\nb@b.co;2,5\n", []string{"email", "score"}, []string{"2:a@b.co|1,5", "3:b@b.co|2,5"}},
		"a comma in the header":         {"name, first;email\nA, B;a@b.co\nC, D;c@b.co\n", []string{"name, first", "email"}, []string{"2:A, B|a@b.co", "3:C, D|c@b.co"}},
		"other delimiters in quotes":    {"email,tags\na@b.co,\"x;y;z\"\nb@b.co,\"x;y\"\n", []string{"email", "tags"}, []string{"2:a@b.co|x;y;z", "3:b@b.co|x;y"}},
		"one column":                    {"email\na@b.co\n", []string{"email"}, []string{"2:a@b.co"}},
		"a byte order mark":             {"\ufeffemail,name\na@b.co,Ann", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"a byte order mark in quotes":   {"\ufeff\"email\",name\na@b.co,Ann", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"line ends of Windows":          {"email,name\r\na@b.co,Ann\r\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"line ends of old Macs":         {"email,name\ra@b.co,Ann\rb@b.co,\"x\ry\"\r", []string{"email", "name"}, []string{"2:a@b.co|Ann", "3:b@b.co|x\ny"}},
		"old Macs with LF in a cell":    {"email,\"a\nname\"\ra@b.co,Ann\r", []string{"email", "a name"}, []string{"2:a@b.co|Ann"}},
		"CRLF in a cell":                {"email,n\r\na@b.co,\"x\r\ny\"\r\nb@b.co,z\r\n", []string{"email", "n"}, []string{"2:a@b.co|x\ny", "4:b@b.co|z"}},
		"quotes before CRLF":            {"\"email\",\"n\"\r\n\"a@b.co\",\"x\"\r\n", []string{"email", "n"}, []string{"2:a@b.co|x"}},
		"no end of the last line":       {"email\na@b.co", []string{"email"}, []string{"2:a@b.co"}},
		"CR at the very end":            {"email,n\na@b.co,\"x\"\r", []string{"email", "n"}, []string{"2:a@b.co|\"x\""}},
		"an empty quoted last cell":     {"email,n\na@b.co,\"\"", []string{"email", "n"}, []string{"2:a@b.co|"}},
		"a comma at the very end":       {"email,n\na@b.co,", []string{"email", "n"}, []string{"2:a@b.co|"}},
		"blank lines":                   {"\n\nemail,n\n\n  \na@b.co,1\n,\n \t,  \nc@d.co,2\n\n", []string{"email", "n"}, []string{"6:a@b.co|1", "9:c@d.co|2"}},
		"short and long rows":           {"email,n,m\na@b.co\nc@d.co,1,2,3\n", []string{"email", "n", "m"}, []string{"2:a@b.co||", "3:c@d.co|1|2|3"}},
		"a quoted line break":           {"email,n\na@b.co,\"x\ny\"\nc@d.co,z\n", []string{"email", "n"}, []string{"2:a@b.co|x\ny", "4:c@d.co|z"}},
		"a line break in the first":     {"n,email\r\n\"x\r\ny\",a@b.co\r\nz,c@d.co\r\n", []string{"n", "email"}, []string{"2:x\ny|a@b.co", "4:z|c@d.co"}},
		"quotes within quotes":          {"email,n\na@b.co,\"say \"\"hi\"\"\"\n", []string{"email", "n"}, []string{"2:a@b.co|say \"hi\""}},
		"blanks around quotes":          {"email, n\na@b.co, \"x, y\" \n", []string{"email", "n"}, []string{"2:a@b.co|x, y"}},
		"tabs around quotes":            {"email\tn\na@b.co\t\"x\"\n", []string{"email", "n"}, []string{"2:a@b.co|x"}},
		"a stray quote":                 {"email,n,m\na@b.co,5\" wide,x\nc@d.co,y,z\n", []string{"email", "n", "m"}, []string{"2:a@b.co|5\" wide|x", "3:c@d.co|y|z"}},
		"quotes around a part":          {"email,n,m\na@b.co,\"Acme\" Inc,Rome\nb@b.co,Foo,\"Bern\"\n", []string{"email", "n", "m"}, []string{"2:a@b.co|\"Acme\" Inc|Rome", "3:b@b.co|Foo|Bern"}},
		"a quote left open, then more":  {"email,n,m\na@b.co,\"Foo,1\nb@b.co,\"Bar\",2\n", []string{"email", "n", "m"}, []string{"2:a@b.co|\"Foo|1", "3:b@b.co|Bar|2"}},
		"a header only":                 {"email", []string{"email"}, nil},
		"a zero byte":                   {"email,n\na@b.co,\x00\n", []string{"email", "n"}, []string{"2:a@b.co|\x00"}},
		"Excel's line":                  {"sep=;\r\nemail;n\r\na@b.co;1,2\r\n", []string{"email", "n"}, []string{"3:a@b.co|1,2"}},
		"Excel's line in quotes":        {"\ufeff\n\"sep=|\"\nemail|n;m,o\na@b.co|x\n", []string{"email", "n;m,o"}, []string{"4:a@b.co|x"}},
		"Excel's line with a tab":       {"SEP=\t\nemail\tn\na@b.co\tx\n", []string{"email", "n"}, []string{"3:a@b.co|x"}},
		"columns without a name":        {"email,,\"\",Email,Email,email\nx,1,2,3,4,5\n", []string{"email", "column 2", "column 3", "Email", "Email (2)", "email (2)"}, []string{"2:x|1|2|3|4|5"}},
		"columns named like those":      {"column 2,,Email (2),Email,Email\nx\n", []string{"column 2", "column 2 (2)", "Email (2)", "Email", "Email (3)"}, []string{"2:x||||"}},
		"a cleaned header":              {"  email\u200b , first\u00a0name\nx,y\n", []string{"email", "first name"}, []string{"2:x|y"}},
		"a bracket in the first header": {"[email],n\nx,y\n", []string{"[email]", "n"}, []string{"2:x|y"}},
		"a brace in the first header":   {"{email},n\nx,y\n", []string{"{email}", "n"}, []string{"2:x|y"}},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.content), Options{})
			if read.err != nil {
				t.Fatal(read.err)
			}
			if difference := cmp.Diff(test.columns, read.columns); difference != "" {
				t.Errorf("columns: %s", difference)
			}
			if difference := cmp.Diff(test.rows, read.rows); difference != "" {
				t.Errorf("rows: %s", difference)
			}
		})
	}
}

func TestARowSaysHowManyCellsItHasItself(t *testing.T) {
	reader, err := Open(content("a,b,c\n1\n1,2,3,4\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ given, cells int }{{1, 3}, {4, 4}} {
		row, err := reader.Next()
		if err != nil || row.Given != want.given || len(row.Cells) != want.cells {
			t.Errorf("got %+v, %v", row, err)
		}
	}
}

func TestWhatTheCallerSaysOverridesWhatIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		options Options
		columns []string
		rows    []string
	}{
		"columns":           {"a@b.co,Ann\nb@b.co,Bob\n", Options{Columns: []string{"email", "name"}}, []string{"email", "name"}, []string{"1:a@b.co|Ann", "2:b@b.co|Bob"}},
		"too few columns":   {"a@b.co;Ann\n", Options{Columns: []string{"email"}, Delimiter: ";"}, []string{"email"}, []string{"1:a@b.co|Ann"}},
		"a delimiter":       {"a,b;c\nd,e;f\n", Options{Delimiter: "semicolon"}, []string{"a,b", "c"}, []string{"2:d,e|f"}},
		"tab":               {"a,b\tc\n1,2\t3\n", Options{Delimiter: `\t`}, []string{"a,b", "c"}, []string{"2:1,2|3"}},
		"another character": {"a:b\n1:2\n", Options{Delimiter: ":"}, []string{"a", "b"}, []string{"2:1|2"}},
		"over Excel's line": {"sep=;\na,b;c\n", Options{Delimiter: ","}, []string{"a", "b;c"}, nil},
		"text, not JSON":    {"{\"a\";b\n1;2\n", Options{Delimiter: ";"}, []string{"{\"a\"", "b"}, []string{"2:1|2"}},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.content), test.options)
			if read.err != nil {
				t.Fatal(read.err)
			}
			if difference := cmp.Diff(test.columns, read.columns); difference != "" {
				t.Errorf("columns: %s", difference)
			}
			if difference := cmp.Diff(test.rows, read.rows); difference != "" {
				t.Errorf("rows: %s", difference)
			}
		})
	}
}

func TestWhatCannotBeReadIsRefusedWithAdvice(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		options Options
		says    string
	}{
		"nothing":                         {"", Options{}, "It is empty. Give a file whose first line names the columns."},
		"blank lines only":                {"\n\r\n \n", Options{}, "It is empty"},
		"an old spreadsheet":              {"\xd0\xcf\x11\xe0\xa1\xb1", Options{}, "an old Excel file (.xls), or one that a password protects. Save it as .xlsx"},
		"a PDF":                           {"%PDF-1.7\n", Options{}, "It is a PDF"},
		"a web page":                      {"\ufeff  <HTML><table>", Options{}, "It is a web page"},
		"an image":                        {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x02", Options{}, "It is not text"},
		"UTF-32":                          {"\xff\xfe\x00\x00e\x00\x00\x00", Options{}, "UTF-32. Save it in UTF-8"},
		"a quote left open":               {"email,n\na@b.co,\"x\nb@b.co,y\nc@b.co,z\n", Options{}, "line 2 cannot be read. A quote is opened there and not closed in the rest of the file. Close or remove it there"},
		"a quote left open in a long row": {"email,n\na@b.co,\"x\ny\",\"z\nb@b.co,\n", Options{}, "line 3 cannot be read. A quote"},
		"a quote in the header":           {"email,\"n\na@b.co,x\n", Options{}, "line 1 cannot be read"},
		"a quote at the end":              {"email\na@b.co\n\"", Options{}, "line 3 cannot be read"},
		"a quote left open, old Mac":      {"email,n\ra@b.co,x\rb@b.co,\"y\r", Options{}, "line 3 cannot be read"},
		"too many columns":                {strings.Repeat("c,", 1000) + "email\n", Options{}, "[limit_reached] file: line 1 has more than 1,000 columns."},
		"too many cells":                  {"email,n\n\na" + strings.Repeat(",", 1000) + "\n", Options{}, "line 3 has more than 1,000 columns"},
		"too many quoted cells":           {"email,n\n\"a\"" + strings.Repeat(",", 1000) + "\n", Options{}, "line 2 has more than 1,000 columns"},
		"too many names":                  {"x\n", Options{Columns: make([]string, 1001)}, "more than 1,000 columns"},
		"a sheet":                         {"email\n", Options{Sheet: "x"}, "sheet: the file has no sheets. It is neither an Excel workbook nor an archive. Leave sheet out."},
		"a delimiter that is a letter":    {"email\n", Options{Delimiter: "x"}, "delimiter: \"x\" cannot separate cells. Name one character"},
		"a delimiter that is a word":      {"email\n", Options{Delimiter: "colon, perhaps"}, "cannot separate cells"},
		"an encoding nobody knows":        {"email\n", Options{Encoding: "klingon"}, "encoding: \"klingon\" is not known."},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.content), test.options)
			if read.err == nil || !strings.Contains(read.err.Error(), test.says) {
				t.Errorf("the error is %v", read.err)
			}
			if f := fault.From(read.err); f.What == "" || f.Next == "" || f.Code != fault.InvalidInput && f.Code != fault.LimitReached {
				t.Errorf("the fault is %+v", f)
			}
		})
	}
}

func TestRowsThatCrossTheWindowAreWhole(t *testing.T) {
	long := strings.Repeat("long \"\"text\"\", ", 20_000)
	file := "email,n\n" + strings.Repeat("a@b.co,\"x\r\ny \"\"z\"\"\"\r\n", 30_000) + "b@b.co,\"" + long + "\"\nc@b.co,\"end\"\n"
	read := readAll(content(file), Options{})
	if read.err != nil || len(read.rows) != 30_002 {
		t.Fatalf("%d rows, %v", len(read.rows), read.err)
	}
	for i, row := range read.rows[:30_000] {
		if row != strings.Replace("N:a@b.co|x\ny \"z\"", "N", number(2+2*i), 1) {
			t.Fatalf("row %d is %q", i, row)
		}
	}
	if read.rows[30_000] != "60002:b@b.co|"+strings.ReplaceAll(long, `""`, `"`) || read.rows[30_001] != "60003:c@b.co|end" {
		t.Error("the last rows differ")
	}
}

func TestARowIsHeldToItsLimit(t *testing.T) {
	limits := Limits{Record: 1000}
	for name, test := range map[string]struct{ content, says string }{
		"plain":           {"email\n" + strings.Repeat("x", 1001) + "\n", "the row in line 2 is longer than 1,000 bytes."},
		"quoted":          {"email\n\"" + strings.Repeat("x", 1001) + "\"\n", "the row in line 2 is longer"},
		"without an end":  {"email\n" + strings.Repeat("x", 1_000_000), "the row in line 2 is longer"},
		"quote left open": {"email,n\na,\"b\nc,d\n" + strings.Repeat("x,y\n", 100_000), "line 2 cannot be read. A quote is opened there and not closed in the next 1,000 bytes."},
		"header":          {strings.Repeat("x", 1_000_000), "the row in line 1 is longer"},
	} {
		if read := readAll(content(test.content), Options{Limits: limits}); read.err == nil || !strings.Contains(read.err.Error(), test.says) {
			t.Errorf("%s: the error is %v", name, read.err)
		}
	}
}

func TestWhatTheLibraryWritesIsReadBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab,;\t|\"'\n äŁ")), 0, 8, -1)
		width := rapid.IntRange(2, 5).Draw(t, "width")
		delimiter := rapid.SampledFrom([]rune(",;\t|")).Draw(t, "delimiter")
		var file bytes.Buffer
		writer := csv.NewWriter(&file)
		writer.Comma = delimiter
		writer.UseCRLF = rapid.Bool().Draw(t, "crlf")
		var want [][]string
		header := make([]string, width)
		for i := range header {
			header[i] = string(rune('p' + i))
		}
		writer.Write(header)
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			row := rapid.SliceOfN(cell, width, width).Draw(t, "row")
			row[0] = "x" + row[0]
			writer.Write(row)
			want = append(want, row)
		}
		writer.Flush()
		reader, err := Open(content(file.Bytes()), Options{Delimiter: string(delimiter)})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range want {
			read, err := reader.Next()
			if err != nil || !cmp.Equal(read.Cells, row) {
				t.Fatalf("%q is read as %q, %v", row, read.Cells, err)
			}
		}
	})
}
