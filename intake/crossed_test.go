package intake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// crossedOut is a workbook as Excel's library for Go writes it: bob's row is crossed out, of cid's the address by the runs of
// its text, of dan's the name only, of eve's a part of the address. fay has a second row that is not crossed out.
func crossedOut(t *testing.T) string {
	t.Helper()
	file := excelize.NewFile()
	defer file.Close()
	for i, row := range [][]any{{"Email", "First name"}, {"ann@b.co", "Ann"}, {"bob@b.co", "Bob"}, {"", "Cid"}, {"dan@b.co", "Dan"}, {"", "Eve"}, {"fay@b.co", "Fay"}, {"fay@b.co", "Fay"}} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		must(t, err)
		must(t, file.SetSheetRow("Sheet1", cell, &row))
	}
	strike, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	must(t, err)
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	must(t, err)
	must(t, file.SetCellStyle("Sheet1", "A1", "B1", bold))
	must(t, file.SetCellStyle("Sheet1", "A3", "B3", strike))
	must(t, file.SetCellStyle("Sheet1", "B5", "B5", strike))
	must(t, file.SetCellStyle("Sheet1", "A7", "B7", strike))
	must(t, file.SetCellRichText("Sheet1", "A4", []excelize.RichTextRun{{Text: "cid@", Font: &excelize.Font{Strike: true}}, {Text: "b.co", Font: &excelize.Font{Strike: true, Bold: true}}}))
	must(t, file.SetCellRichText("Sheet1", "A6", []excelize.RichTextRun{{Text: "eve@", Font: &excelize.Font{Bold: true}}, {Text: "b.co", Font: &excelize.Font{Strike: true}}}))
	var written bytes.Buffer
	must(t, file.Write(&written))
	return written.String()
}

func TestPeopleWhoAreCrossedOutAreHeldBack(t *testing.T) {
	for _, how := range []Reading{{}, {HiddenRows: true}} {
		p, err := preparedAs(t, crossedOut(t), how, someFields)
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff([]string{"ann@b.co", "dan@b.co", "eve@b.co"}, emailsOf(p)); difference != "" {
			t.Error(difference)
		}
		if p.HeldBack != 1 || p.OptedOut != 0 || p.Rejected != 1 || p.Rejects[0].Reason != `held back: another row of the file leaves open whether this person may be mailed (line "7" of theirs is crossed out)` {
			t.Errorf("%d held back, rejected %+v", p.HeldBack, p.Rejects)
		}
		if len(p.Notes) != 1 || p.Notes[0].Describe() != "3 rows crossed out, held back because they may be meant to be deleted (lines 3 to 7)" {
			t.Errorf("the notes are %+v", p.Notes)
		}
		if !strings.Contains(p.Release(), "strikethrough") {
			t.Error(p.Release())
		}
	}
	p, err := preparedAs(t, crossedOut(t), Reading{Whole: true}, someFields)
	if err != nil || p.IsWhole() {
		t.Errorf("%+v, %v", p.Gaps, err)
	}
}

// In a workbook nothing is quoted: a row that ends early beside a value of two lines is whole, and one that is too long needs
// a header rather than quotes.
func TestARowOfAWorkbookNeedsNoQuotes(t *testing.T) {
	file := excelize.NewFile()
	for i, row := range [][]any{{"email", "first_name", "town"}, {"ann@b.co", "Ann\n\"the\" one"}, {"bob@b.co", "Bob", "Bern", "more"}} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		must(t, err)
		must(t, file.SetSheetRow("Sheet1", cell, &row))
	}
	var written bytes.Buffer
	must(t, file.Write(&written))
	p, err := preparedAs(t, written.String(), Reading{}, someFields)
	must(t, err)
	if got := emailsOf(p); !cmp.Equal(got, []string{"ann@b.co"}) || p.Rejected != 1 || !strings.Contains(p.Rejects[0].Reason, "give every column a name") {
		t.Errorf("%q, rejected %+v", got, p.Rejects)
	}
}
