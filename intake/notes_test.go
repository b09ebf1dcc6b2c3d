package intake

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/contactfile"
)

// called is a file under another name.
type called struct {
	contactfile.File
	name string
}

// Stat implements contactfile.File.
func (c called) Stat() (fs.FileInfo, error) {
	info, err := c.File.Stat()
	return calledInfo{info, c.name}, err
}

type calledInfo struct {
	fs.FileInfo
	name string
}

// Name implements fs.FileInfo.
func (c calledInfo) Name() string { return c.name }

func TestAFileCalledAfterTheUnwillingIsNotImported(t *testing.T) {
	file := fileOf("email,first_name\nann@shop.example,Ann\n")
	_, err := ReadFile(t.Context(), called{file, "unsubscribed_members_export.csv"}, Reading{}, accountWith(benchFields), &counting{})
	if err == nil || !strings.Contains(err.Error(), `is called "unsubscribed_members_export.csv"`) {
		t.Errorf("the error is %v", err)
	}
	if sum, err := ReadFile(t.Context(), called{file, "subscribed_members_export.csv"}, Reading{}, accountWith(benchFields), &counting{}); err != nil || sum.Contacts != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestWhatIsNotReadIsInTheSummary(t *testing.T) {
	file, err := os.Open("../contactfile/testdata/s46-two-tables.csv")
	must(t, err)
	defer file.Close()
	sum, err := ReadFile(t.Context(), file, Reading{Whole: true}, accountWith(benchFields), &counting{})
	must(t, err)
	if sum.Contacts != 2 || len(sum.Notes) != 1 || sum.Notes[0] != (Note{Kind: "held_back", Name: "Unsubscribed", Rows: 2, First: 7, Last: 8, People: true}) || sum.IsWhole() {
		t.Errorf("%+v", sum)
	}
	swallowed, err := os.Open("../contactfile/testdata/s55b-open-quote-swallow.csv")
	must(t, err)
	defer swallowed.Close()
	sum, err = ReadFile(t.Context(), swallowed, Reading{}, accountWith(benchFields), &counting{})
	must(t, err)
	if sum.Contacts != 1 || sum.Rejected != 3 || len(sum.Named) != 3 || sum.Named[1].Line != 3 || sum.Named[1].Email != "bob@shop.example" || !strings.Contains(sum.Named[1].Reason, "opened in line 2") {
		t.Errorf("%+v", sum)
	}
}
