package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/contactfile"
)

// readAll reads a file to its end; each row is its line and its cells.
func readAll(ctx context.Context, file contactfile.File) (columns []string, rows []string, err error) {
	reader, err := newSource(ctx, file, Reading{}, "")
	if err != nil {
		return nil, nil, err
	}
	defer reader.close()
	for {
		row, err := reader.next()
		if errors.Is(err, io.EOF) {
			return reader.columns, rows, nil
		}
		if err != nil {
			return reader.columns, rows, err
		}
		rows = append(rows, fmt.Sprintf("%d:%s", row.line, strings.Join(row.cells, "|")))
	}
}

func TestFilesAreReadAsTheyAreFound(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		columns []string
		rows    []string
	}{
		"plain":                       {"email,name\na@b.co,Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"semicolons":                  {"email;name\na@b.co;Ann\n", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"Windows-1252":                {"email,name\na@b.co,M\xfcller\n", []string{"email", "name"}, []string{"2:a@b.co|Müller"}},
		"a byte order mark in quotes": {"\ufeff\"email\",name\na@b.co,Ann", []string{"email", "name"}, []string{"2:a@b.co|Ann"}},
		"short and long rows":         {"email,n\na@b.co\nc@d.co,1,2\n", []string{"email", "n"}, []string{"2:a@b.co", "3:c@d.co|1|2"}},
		"a cleaned header":            {"  email\u200b , first\u00a0name\nx,y\n", []string{"email", "first name"}, []string{"2:x|y"}},
		"JSON, where later rows have more": {
			`[{"email": "a@b.co"}, {"email": "c@d.co", "plan": "pro"}, {"plan": "free", "email": "e@f.co"}]`,
			[]string{"email", "plan"}, []string{"1:a@b.co|", "1:c@d.co|pro", "1:e@f.co|free"},
		},
		"JSON Lines": {"{\"email\": \"a@b.co\", \"age\": 7}\n{\"email\": \"c@d.co\"}\n", []string{"email", "age"}, []string{"1:a@b.co|7", "2:c@d.co|"}},
	} {
		t.Run(name, func(t *testing.T) {
			columns, rows, err := readAll(t.Context(), fileOf(test.content))
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

func TestReadingEndsWithTheCall(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := readAll(ended, fileOf("email\na@b.co\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatAFileWasTakenForIsSaid(t *testing.T) {
	for content, want := range map[string]string{
		"email,n\na@b.co,1\n":            "CSV",
		"email;n\na@b.co;M\xfcller\n":    `CSV separated by ";" in windows-1252 (a guess; encoding says otherwise)`,
		"email\tn\na@b.co\t1\n":          "TSV",
		`[{"email": "a@b.co"}]`:          "JSON",
		"\xff\xfee\x00\n\x00a\x00\n\x00": "CSV in utf-16le",
	} {
		reader, err := newSource(t.Context(), fileOf(content), Reading{}, "")
		if err != nil {
			t.Errorf("%q: %v", content, err)
			continue
		}
		for err == nil {
			_, err = reader.next()
		}
		if got := reader.format(); got != want {
			t.Errorf("%q is said to be %s, want %s", content, got, want)
		}
		reader.close()
	}
}

func TestCellsAreMatchedToColumnsAsTheyStand(t *testing.T) {
	plan, err := planColumns([]string{"email", "Age", "note"}, someFields, nil)
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
		{[]string{"", "1", "x"}, "email is empty"},
		{[]string{"a b@c.co", "1", "x"}, "email holds more than an address"},
		{[]string{"a@b.co", "one", "x"}, `age: "one" does not fit this integer field; give a whole number like 42`},
	} {
		p, err := prepared(t, asCSV(t, []string{"email", "Age", "note"}, test.cells))
		must(t, err)
		reason := ""
		if len(p.Rejects) > 0 {
			reason = p.Rejects[0].Reason
		}
		if !strings.Contains(reason, test.reason) || (reason == "") != (test.reason == "") {
			t.Errorf("%q: %q, want %q", test.cells, reason, test.reason)
		}
	}
	if !slices.Equal(plan.leftOut(), []string{"note"}) {
		t.Errorf("ignored: %q", plan.leftOut())
	}
}

// A value of several lines is no sign of a lost quote where each value has its name beside it.
func TestNotesOfSeveralLinesCostNobodyTheirRow(t *testing.T) {
	for name, file := range map[string]string{
		"JSON":  `[{"email":"a@b.co","note":"one\ntwo"},{"email":"c@b.co","note":"x","city":"Bern"}]`,
		"vCard": "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEMAIL:a@b.co\nNOTE:one\\ntwo\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Cid\nEMAIL:c@b.co\nTEL:+49 30 1\nEND:VCARD\n",
	} {
		p, err := prepared(t, file)
		must(t, err)
		if got := emailsOf(p); !slices.Equal(got, []string{"a@b.co", "c@b.co"}) {
			t.Errorf("%s: imported %q, rejected %+v", name, got, p.Rejects)
		}
	}
}
