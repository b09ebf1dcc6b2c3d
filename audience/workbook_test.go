package audience

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/fault"
)

func workbookOf(t testing.TB, names []string, rows ...[]any) *excelize.File {
	t.Helper()
	var file bytes.Buffer
	w, err := newWorkbook(&file, names)
	must(t, err)
	for _, row := range rows {
		must(t, w.add(row))
	}
	must(t, w.end())
	read, err := excelize.OpenReader(&file)
	must(t, err)
	t.Cleanup(func() { must(t, read.Close()) })
	return read
}

// Whatever is written, a library that is not ours reads the same, texts as texts and numbers as numbers.
func TestAWorkbookHoldsWhatWasWritten(t *testing.T) {
	texts := []string{"0123", "=1+1", "@SUM(A1)", " blanks ", "two\nlines", "<b>&amp;</b>", "a\x00b\rc", "_x0041_", "_x004", "Ünïcødé 😀 日本", "\t", "]]>"}
	rapid.Check(t, func(r *rapid.T) {
		columns := rapid.IntRange(1, 30).Draw(r, "columns")
		value := rapid.OneOf(
			rapid.Just(any(nil)), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
			rapid.Map(rapid.Int64(), func(n int64) any { return n }), rapid.Map(rapid.Float64Range(-1e12, 1e12), func(f float64) any { return f }),
			rapid.Map(rapid.SampledFrom(texts), func(s string) any { return s }), rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.IntRange(-30000, 90000), func(day int) any {
				return date(time.Date(1970, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
			}),
		)
		names := make([]string, columns)
		for i := range names {
			names[i] = "c" + strconv.Itoa(i)
		}
		row := make([]any, columns)
		for i := range row {
			row[i] = value.Draw(r, "value")
		}
		read := workbookOf(t, names, row)
		for i, want := range row {
			cell, err := excelize.CoordinatesToCellName(i+1, 2)
			must(t, err)
			raw, err := read.GetCellValue("Contacts", cell, excelize.Options{RawCellValue: true})
			must(t, err)
			kind, err := read.GetCellType("Contacts", cell)
			must(t, err)
			if said := sameCell(read, cell, raw, kind, want); said != "" {
				r.Fatalf("%T %#v: %s", want, want, said)
			}
		}
	})
}

// sameCell says what is wrong with a cell; nothing where it is what was written.
func sameCell(read *excelize.File, cell, raw string, kind excelize.CellType, want any) string {
	switch v := want.(type) {
	case nil:
		if raw == "" {
			return ""
		}
	case bool:
		if kind == excelize.CellTypeBool && (raw == "1" || raw == "TRUE") == v {
			return ""
		}
	case int64:
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil && n == v {
			return ""
		}
	case float64:
		if f, err := strconv.ParseFloat(raw, 64); err == nil && f == v {
			return ""
		}
	case date:
		shown, err := read.GetCellValue("Contacts", cell)
		if err == nil && shown == string(v) {
			return ""
		}
		return "it is shown as " + shown
	case string:
		if raw == strings.ToValidUTF8(v, "\uFFFD") && (kind == excelize.CellTypeInlineString || raw == "") {
			return ""
		}
	}
	return fmt.Sprintf("it is %q, of type %d", raw, kind)
}

func TestAWorkbookSaysWhatItCannotHold(t *testing.T) {
	w, err := newWorkbook(&bytes.Buffer{}, []string{"email"})
	must(t, err)
	must(t, w.add([]any{strings.Repeat("😀", maxSheetCell/2)}))
	if err := w.add([]any{strings.Repeat("😀", maxSheetCell/2+1)}); !fault.Is(err, fault.InvalidInput) {
		t.Errorf("a long text: %v", err)
	}
	w.rows = maxSheetRows - 1
	must(t, w.add([]any{"the last"}))
	if err := w.add([]any{"one more"}); !fault.Is(err, fault.InvalidInput) || !strings.Contains(err.Error(), "1,048,576 rows") {
		t.Errorf("a row too many: %v", err)
	}
	if _, err := newWorkbook(&bytes.Buffer{}, make([]string, maxSheetColumns+1)); !fault.Is(err, fault.InvalidInput) {
		t.Errorf("a column too many: %v", err)
	}
}
