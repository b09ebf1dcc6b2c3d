package bulk

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/fault"
)

// readAll reads a file to its end; each row is its line and its cells.
func readAll(content string) (columns []string, rows []string, err error) {
	reader, err := NewReader(strings.NewReader(content))
	if err != nil {
		return nil, nil, err
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return reader.Columns, rows, nil
		}
		if err != nil {
			return reader.Columns, rows, err
		}
		rows = append(rows, fmt.Sprintf("%d:%s", record.Line, strings.Join(record.Cells, "|")))
	}
}

func TestFilesAreReadAsTheyAreFound(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		columns []string
		rows    []string
	}{
		"plain":                       {"email,name\na@b.co,Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"a byte order mark":           {"\ufeffemail,name\na@b.co,Ann", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"a byte order mark in quotes": {"\ufeff\"email\",name\na@b.co,Ann", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"line ends of Windows":        {"email,name\r\na@b.co,Ann\r\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"no end of the last line":     {"email\na@b.co", []string{"email"}, []string{"2:a@b.co"}},
		"a quoted last cell":          {"email,n\na@b.co,\"x\"", []string{"email", "n"}, []string{"2:a@b.co|x"}},
		"an empty quoted last cell":   {"email,n\na@b.co,\"\"", []string{"email", "n"}, []string{"2:a@b.co|"}},
		"a comma at the very end":     {"email,n\na@b.co,", []string{"email", "n"}, []string{"2:a@b.co|"}},
		"blank lines":                 {"\n\nemail,n\n\n  \na@b.co,1\n,\n \t,  \nc@d.co,2\n\n", []string{"email", "n"}, []string{"6:a@b.co|1", "9:c@d.co|2"}},
		"short and long rows":         {"email,n\na@b.co\nc@d.co,1,2\n", []string{"email", "n"}, []string{"2:a@b.co", "3:c@d.co|1|2"}},
		"a quoted line break":         {"email,n\na@b.co,\"x\ny\"\nc@d.co,z\n", []string{"email", "n"}, []string{"2:a@b.co|x\ny", "4:c@d.co|z"}},
		"quotes within quotes":        {"email,n\na@b.co,\"say \"\"hi\"\"\"\n", []string{"email", "n"}, []string{"2:a@b.co|say \"hi\""}},
		"stray quotes":                {"email,n\na@b.co,5\" wide\nc@d.co,\"a\" b\"\n", []string{"email", "n"}, []string{"2:a@b.co|5\" wide", "3:c@d.co|a\" b"}},
		"a cleaned header":            {"  email\u200b , first\u00a0name\nx,y\n", []string{"email", "first name"}, []string{"2:x|y"}},
		"a header only":               {"email", []string{"email"}, nil},
		"a zero byte":                 {"email,n\na@b.co,\x00\n", []string{"email", "n"}, []string{"2:a@b.co|\x00"}},
	} {
		t.Run(name, func(t *testing.T) {
			columns, rows, err := readAll(test.content)
			if err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff(test.columns, columns); difference != "" {
				t.Errorf("columns: %s", difference)
			}
			if difference := cmp.Diff(test.rows, rows); difference != "" {
				t.Errorf("rows: %s", difference)
			}
		})
	}
}

func TestWhatIsNoContactFileIsRefusedWithAdvice(t *testing.T) {
	for name, test := range map[string]struct{ content, says string }{
		"nothing":               {"", "It is empty. Give a CSV file"},
		"blank lines only":      {"\n\r\n\n", "It is empty"},
		"semicolons":            {"email;name\na@b.co;x\n", "Save it with commas"},
		"tabs":                  {"email\tname\n", "Save it with commas"},
		"bars":                  {"email|name\n", "Save it with commas"},
		"UTF-16":                {"\xff\xfee\x00", "Save it as CSV in UTF-8"},
		"UTF-16, the other way": {"\xfe\xff\x00e", "Save it as CSV in UTF-8"},
		"Windows-1252":          {"email,n\xe4me\n", "It is not encoded in UTF-8"},
		"a spreadsheet":         {"PK\x03\x04\x14\x00", "It is a spreadsheet or an archive"},
		"an old spreadsheet":    {"\xd0\xcf\x11\xe0\xa1\xb1", "It is a spreadsheet or an archive"},
		"a packed file":         {"\x1f\x8b\x08", "It is compressed. Unpack it"},
		"a quote left open":     {"email,n\na@b.co,\"x\nb@b.co,y\nc@b.co,z\n", "A quote is opened in line 2 and never closed"},
		"a quote in the header": {"email,\"n\na@b.co,x\n", "A quote is opened in line 1"},
		"a quote at the end":    {"email\na@b.co\n\"", "A quote is opened in line 3"},
		"501 columns":           {strings.Repeat("c,", 500) + "email\n", "501 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(test.content)
			if !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// endless is a reader of more rows than a file may have.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left) &^ 1
	copy(p, strings.Repeat("x\n", n/2))
	e.left -= n
	return n, nil
}

func TestAFileHas200000RowsAtMost(t *testing.T) {
	reader, err := NewReader(&endless{left: 2 * (maxRows + 2)})
	for err == nil {
		_, err = reader.Read()
	}
	if !fault.Is(err, fault.LimitReached) || !strings.Contains(err.Error(), "200,000 rows") || !strings.Contains(err.Error(), "Split the file") {
		t.Errorf("the error is %v", err)
	}
}

func TestAFileThatCannotBeReadOnIsAnAccessFault(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("email\n"+strings.Repeat("a@b.co\n", 100_000)), failing{})
	reader, err := NewReader(broken)
	rows := 0
	for ; err == nil; rows++ {
		_, err = reader.Read()
	}
	if !fault.Is(err, fault.FileAccess) || rows < 1000 {
		t.Errorf("after %d rows: %v", rows, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestCellsAreMatchedToColumnsAsTheyStand(t *testing.T) {
	plan, err := planColumns([]string{"email", "Age", "note"}, someFields)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		cells  []string
		reason string
	}{
		{[]string{"a@b.co", "1", "x"}, ""},
		{[]string{"a@b.co"}, ""},
		{[]string{"a@b.co", "1", "x", "", " "}, ""},
		{[]string{"a@b.co", "1", "one\ntwo"}, ""},
		{[]string{"a@b.co", "1", "x", "y"}, "the row has 4 cells and the header 3"},
		{[]string{"a@b.co", "1,x\nb@b.co,2"}, "runs over several lines, and the row has 2 cells where the header has 3"},
		{[]string{"a@b.co", "1", "\xff"}, "not encoded in UTF-8"},
		{[]string{"", "1", "x"}, "email is empty"},
		{[]string{"a b@c.co", "1", "x"}, "email contains spaces"},
		{[]string{"a@b.co", "one", "x"}, `age: "one" does not fit this integer field; give a whole number like 42`},
	} {
		_, reason := plan.row(Record{Line: 2, Cells: test.cells})
		if !strings.Contains(reason, test.reason) || (reason == "") != (test.reason == "") {
			t.Errorf("%q: %q, want %q", test.cells, reason, test.reason)
		}
	}
	if !slices.Equal(plan.Ignored, []string{"note"}) {
		t.Errorf("ignored: %q", plan.Ignored)
	}
}
