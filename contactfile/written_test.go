package contactfile

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// writers are those of tables: the library, and spreadsheets, which quote every cell, or only those that need it, and end rows
// with CRLF where line breaks within cells are LF.
var writers = map[string]func(rows [][]string, delimiter rune) string{
	"library":            func(rows [][]string, delimiter rune) string { return byLibrary(rows, delimiter, false) },
	"library with CRLF":  func(rows [][]string, delimiter rune) string { return byLibrary(rows, delimiter, true) },
	"Excel":              func(rows [][]string, delimiter rune) string { return bySheet(rows, delimiter, false, "\r\n") },
	"LibreOffice":        func(rows [][]string, delimiter rune) string { return bySheet(rows, delimiter, true, "\n") },
	"Excel for old Macs": func(rows [][]string, delimiter rune) string { return bySheet(rows, delimiter, false, "\r") },
}

func byLibrary(rows [][]string, delimiter rune, crlf bool) string {
	var file bytes.Buffer
	writer := csv.NewWriter(&file)
	writer.Comma, writer.UseCRLF = delimiter, crlf
	_ = writer.WriteAll(rows)
	return file.String()
}

func bySheet(rows [][]string, delimiter rune, always bool, end string) string {
	var file strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				file.WriteRune(delimiter)
			}
			if always || strings.ContainsAny(cell, "\"\n"+string(delimiter)) {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			file.WriteString(cell)
		}
		file.WriteString(end)
	}
	return file.String()
}

// Whatever stands in quotes: any column may hold line breaks, quotes and delimiters, the first one and the header included.
func TestATableIsReadAsItWasWritten(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				piece := rapid.SampledFrom([]string{"a", "Ann", "\n", "\n", `"`, `"`, ",", ";", "\t", "|", " ", "'", `\`, "ü", "1", "at home"})
				cell := rapid.Map(rapid.SliceOfN(piece, 0, 6), func(pieces []string) string { return strings.Join(pieces, "") })
				width := rapid.IntRange(2, 5).Draw(t, "width")
				delimiter := rapid.SampledFrom([]rune(",;\t|")).Draw(t, "delimiter")
				address := rapid.IntRange(0, width-1).Draw(t, "address")
				rows := [][]string{make([]string, width)}
				for i := range width {
					rows[0][i] = rapid.SampledFrom([]string{"Note", "First\nname", "\"Your\"\nwishes", "City, country;\nor so"}).Draw(t, "header")
				}
				rows[0][address] = "Email"
				for range rapid.IntRange(1, 8).Draw(t, "rows") {
					row := rapid.SliceOfN(cell, width, width).Draw(t, "row")
					row[address] = rapid.StringMatching(`[a-z]{1,3}@[a-z]{2}\.example`).Draw(t, "email")
					rows = append(rows, row)
				}
				said := ""
				if rapid.Bool().Draw(t, "say the delimiter") {
					said = string(delimiter)
				}
				file := write(rows, delimiter)
				reader, err := Open(content(file), Options{Delimiter: said})
				if err != nil {
					t.Fatalf("%q: %v", file, err)
				}
				if want := headed(rows[0]); !cmp.Equal(reader.Columns(), want) {
					t.Fatalf("%q: the columns are %q, not %q", file, reader.Columns(), want)
				}
				for _, row := range rows[1:] {
					read, err := reader.Next()
					if err != nil || !cmp.Equal(read.Cells, row) || read.Problem != "" {
						t.Fatalf("%q: %q is read as %q, %v, %s", file, row, read.Cells, err, read.Problem)
					}
				}
			})
		})
	}
}
