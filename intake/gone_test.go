package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook has a sheet for each name, filled with rows of cells.
func workbook(t testing.TB, names []string, sheets ...[][]string) string {
	t.Helper()
	file := excelize.NewFile()
	defer file.Close()
	for n, name := range names {
		if n == 0 {
			must(t, file.SetSheetName("Sheet1", name))
		} else if _, err := file.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, cells := range sheets[n] {
			must(t, file.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &cells))
		}
	}
	var written bytes.Buffer
	must(t, file.Write(&written))
	return written.String()
}

// archive is a ZIP archive of files: name, content, name, content …
func archive(t testing.TB, files ...string) string {
	t.Helper()
	var written bytes.Buffer
	into := zip.NewWriter(&written)
	for i := 0; i < len(files); i += 2 {
		w, err := into.Create(files[i])
		must(t, err)
		_, err = w.Write([]byte(files[i+1]))
		must(t, err)
	}
	must(t, into.Close())
	return written.String()
}

// In each file ann is willing. bob and cid stand in the table that is read, and where the file says that they are gone; dan
// stands there only.
func TestWhoIsGoneByAnotherPartOfTheFileIsNotImported(t *testing.T) {
	contacts := "Email Address,First Name\nann@b.co,Ann\nbob@b.co,Bob\ncid@b.co,Cid\nbob@b.co,Bobby\n"
	rows := [][]string{{"Email", "Name"}, {"ann@b.co", "Ann"}, {"bob@b.co", "Bob"}, {"cid@b.co", "Cid"}, {"bob@b.co", "Bobby"}}
	for name, test := range map[string]struct{ file, why string }{
		"a Mailchimp export": {
			archive(t, "subscribed_email_audience_export_1a2b.csv", contacts, "unsubscribed_email_audience_export_1a2b.csv", "Email Address,First Name,UNSUB_TIME\nBob@B.co,Bob,2026-01-02\ndan@b.co,Dan,2026-01-02\n",
				"cleaned_email_audience_export_1a2b.csv", "Email Address;First Name\ncid@b.co;Cid\n"),
			`the file says this person is named in the file "cleaned_email_audience_export_1a2b.csv, line 2"; an import would subscribe them`,
		},
		"a list of addresses in an archive": {
			archive(t, "unsubscribes.txt", "bob@b.co\ncid@b.co\ndan@b.co\n", "all.csv", contacts),
			`the file says this person is named in the file "unsubscribes.txt, line 2"; an import would subscribe them`,
		},
		"JSON in an archive": {
			archive(t, "bounced.json", `{"bounces":[{"address":"bob@b.co"},{"address":"cid@b.co"}]}`, "all.csv", contacts),
			`the file says this person is named in the file "bounced.json, line 1"; an import would subscribe them`,
		},
		"a sheet": {
			workbook(t, []string{"Contacts", "Unsubscribed"}, rows, [][]string{{"Name", "Address"}, {"Bob", "Bob <bob@b.co>"}, {"Cid", "cid@b.co"}, {"Dan", "dan@b.co"}}),
			`the file says this person is named on the sheet "Unsubscribed, line 3"; an import would subscribe them`,
		},
		"a sheet without header": {
			workbook(t, []string{"Opt-outs", "Contacts", "Empty bounces"}, [][]string{{"bob@b.co"}, {"cid@b.co"}}, rows, nil),
			`the file says this person is named on the sheet "Opt-outs, line 2"; an import would subscribe them`,
		},
		"a sheet with a status": {
			workbook(t, []string{"Contacts", "Notes", "Import 2025"}, rows, [][]string{{"call everybody"}}, [][]string{{"Mail", "Status", "Owner e-mail"}, {"ann@b.co", "subscribed", "bob@b.co"}, {"bob@b.co", "unsubscribed", "ann@b.co"}, {"cid@b.co", "bounced", "ann@b.co"}, {"dan@b.co", "unsubscribed", "ann@b.co"}}),
			`the file says this person is named on the sheet "Import 2025, line 4" and cannot be reached by mail; an import would subscribe them`,
		},
		"an array": {
			`{"subscribers":[{"email":"ann@b.co"},{"email":"bob@b.co"},{"email":"cid@b.co"},{"email":"bob@b.co"}],"suppressed":["bob@b.co","cid@b.co"]}`,
			`the file says this person is named in the array "suppressed, line 1"; an import would subscribe them`,
		},
		"a second table": {
			contacts + "\nUnsubscribed:\nEmail Address,First Name\nbob@b.co,Bob\ncid@b.co,Cid\ndan@b.co,Dan\n",
			`the file says this person is named below the line "Unsubscribed:, line 10"; an import would subscribe them`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, limits := range []bounds{ordinaryBounds(), tinyBounds()} {
				p, err := preparedWithin(t, test.file, Reading{}, accountWith(someFields), limits)
				if err != nil {
					t.Fatal(err)
				}
				if difference := cmp.Diff([]string{"ann@b.co"}, emailsOf(p)); difference != "" {
					t.Error(difference)
				}
				if p.Read != 4 || p.Rejected != 2 || p.Merged != 1 || p.OptedOut != 2 || len(p.Outs) != 0 {
					t.Errorf("%d read, %d rejected, %d merged, %d out; unsubscribed %q", p.Read, p.Rejected, p.Merged, p.OptedOut, p.Outs)
				}
				if !slices.ContainsFunc(p.Rejects, func(row Rejected) bool { return row.Email == "cid@b.co" && row.Reason == test.why }) {
					t.Errorf("rejected are %+v", p.Rejects)
				}
			}
		})
	}
}

func TestAPartThatCannotBeReadAndMayNameTheGoneEndsTheImport(t *testing.T) {
	for part, why := range map[string]string{
		"unsubscribed.xlsx": workbook(t, []string{"A"}, [][]string{{"bob@b.co"}}),
		"unsubscribed.csv":  "Email\n\"bob@b.co\n",
	} {
		_, err := prepared(t, archive(t, "contacts.csv", "Email\nann@b.co\nbob@b.co\n", part, why))
		if err == nil || !strings.Contains(err.Error(), "who is named in the file \""+part+`" cannot be read. Nothing was sent. By its name these people must not be mailed`) {
			t.Errorf("%s: %v", part, err)
		}
	}
	p, err := prepared(t, archive(t, "contacts.csv", "Email\nann@b.co\n", "unsubscribe-page.html", "<p>bob@b.co</p>", "without bounces.csv", "Note\nnobody\n"))
	if err != nil || len(p.Rows) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhoIsGoneMayBeManyMore(t *testing.T) {
	var gone, all strings.Builder
	all.WriteString("Email\n")
	for i := range 20_000 {
		fmt.Fprintf(&gone, "p%d@b.co\n", 2*i)
		fmt.Fprintf(&all, "p%d@b.co\n", i)
	}
	limits := ordinaryBounds()
	limits.memory, limits.partition = 64<<10, 32<<10
	p, err := preparedWithin(t, archive(t, "all.csv", all.String(), "unsubscribed.csv", gone.String()), Reading{}, accountWith(someFields), limits)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != 10_000 || p.OptedOut != 10_000 {
		t.Errorf("%d contacts, %d out", len(p.Rows), p.OptedOut)
	}
}
