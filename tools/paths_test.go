package tools_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// steering is what a name may hold on most systems, and what a terminal and a reader would follow.
const steering = "a\x1b[2J\x1b]0;owned\x07\u202egpj\u2066\u200b\r\n[internal] b"

// Guarantee 4.8.
func TestNewFilesHaveHarmlessNames(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceOf(w)
		must(t, os.Mkdir(filepath.Join(w.dir, "sub"), 0o700))
		for name, why := range map[string]string{
			steering + ".csv": "invisible or direction-changing", "a\nb.csv": "line break", "a\u202eb.csv": "direction-changing", "a\u200bb.csv": "invisible",
			"a\u2028b.csv": "line break", "a\u0085b.csv": "line break", "a\x7fb.csv": "invisible", "a\x9bb": "", "sub/a\x1bb.csv": "invisible",
			"a?.csv": "not every system", `a"b.csv`: "not every system", "a|b.csv": "not every system", "a:b.csv": "not every system",
			"a.csv.": "full stop", "sub/ a.csv": "blank", "con.csv": "device", "NUL": "device", "lpt1.jsonl": "device",
		} {
			for _, given := range []args{{"file": name}, {"file": name, "format": "jsonl"}, {"file": name, "where": "1=1"}} {
				refused := w.call("export_contacts", given)
				if code := strings.Contains(refused.text, "[file_access]") || strings.Contains(refused.text, "[invalid_input]"); !refused.isError || !code || !strings.Contains(refused.text, why) {
					t.Errorf("%q: %s", name, refused.text)
				}
				checkClean(t, "export_contacts", refused.text, true)
			}
		}
		for _, name := range []string{"Müller & Söhne (2).csv", "日本語.csv", "sub/it's  two blanks.csv", "console.csv", ".hidden.csv"} {
			w.works("export_contacts", args{"file": name}).says(t, filepath.Join(w.dir, name))
		}
		if files := filesIn(t, w.dir); len(files) != 5 {
			t.Errorf("the files are %q", files)
		}
	})
}

// Guarantee 4.8.
func TestNoNameIsShownWithWhatSteersAReader(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there can be no such file")
	}
	t.Parallel()
	folder := filepath.Join(t.TempDir(), steering)
	must(t, os.Mkdir(folder, 0o700))
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		w.file(steering+".csv", "email,"+quoted(steering)+"\nbob@example.com,1\nnope,2\n")
		w.file(steering+".xlsx", workbookWith(t, steering))
		w.file(steering+".txt", "no contacts\x00\x01\x02")
		must(t, os.Mkdir(filepath.Join(w.dir, steering+".dir"), 0o700))
		for _, call := range []struct {
			tool  string
			given args
		}{
			{"get_account", nil},
			{"import_contacts", args{"file": steering + ".csv", "preview": true}},
			{"import_contacts", args{"file": steering + ".csv"}},
			{"import_contacts", args{"file": steering + ".xlsx"}},
			{"import_contacts", args{"file": steering + ".xlsx", "sheet": "Other"}},
			{"import_contacts", args{"file": steering + ".xlsx", "sheet": steering}},
			{"import_contacts", args{"file": steering + ".txt"}},
			{"import_contacts", args{"file": steering + ".dir"}},
			{"import_contacts", args{"file": "no " + steering}},
			{"import_contacts", args{"file": "/" + steering}},
			{"sync_contacts", args{"file": steering + ".csv"}},
			{"sync_contacts", args{"file": "no " + steering}},
			{"bulk_update_contacts", args{"file": steering + ".csv", "unsubscribed": true}},
			{"bulk_delete_contacts", args{"file": steering + ".csv", "preview": true}},
			{"fire_event", args{"file": steering + ".csv", "event": "e"}},
			{"add_to_list", args{"file": steering + ".csv", "lists": "VIP"}},
			{"export_contacts", args{"file": "mine.csv"}},
			{"export_contacts", args{"file": "mine.csv"}},
			{"export_contacts", args{"file": "mine.jsonl", "format": "jsonl"}},
			{"get_job", nil},
		} {
			answer := w.call(call.tool, call.given)
			checkClean(t, fmt.Sprint(call.tool, call.given), answer.text, true)
			eachString(answer.structured, func(s string) { checkClean(t, fmt.Sprint(call.tool, call.given), s, false) })
			if strings.Contains(answer.text, "\n[internal]") {
				t.Errorf("%s: a name begins a line: %s", call.tool, answer.text)
			}
		}
	}, func(set *setting) { set.dir = folder })
}

// workbookWith is an Excel workbook with one sheet of a name.
func workbookWith(t *testing.T, sheet string) string {
	t.Helper()
	var file bytes.Buffer
	parts := zip.NewWriter(&file)
	for name, content := range map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="` + strings.NewReplacer("\x1b", "", "\x07", "").Replace(sheet) + `" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>carl@example.com</t></is></c></row></sheetData></worksheet>`,
	} {
		part, err := parts.Create(name)
		must(t, err)
		_, err = part.Write([]byte(content))
		must(t, err)
	}
	must(t, parts.Close())
	return file.String()
}
