package contactfile

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"mailtrap-contacts-mcp/charset"
)

var update = flag.Bool("update", false, "write the samples in testdata anew")

// sample is a file in testdata: what is in it, and what is to be found.
type sample struct {
	written string
	charset encoding.Encoding // empty: UTF-8
	packed  bool
	options Options

	about Description
	rows  int
	row   string // one of them
}

var windows = strings.NewReplacer("\n", "\r\n")

// samples are after what the programs in their names write; the people are made up.
var samples = map[string]sample{
	"hubspot.csv": {
		written: "\ufeff" + `"Record ID","First Name","Last Name","Email","Phone Number","Company name","Lifecycle Stage","Marketing contact status","Unsubscribed from all email","Number of Employees","Create Date"
"51","Jürgen","Müller","juergen.mueller@example.com","+49 30 1234567","Müller & Söhne GmbH","Lead","Marketing contact","false","1,200","2026-01-02 09:15"
"52","Łukasz","Nowak","lukasz@example.com","","Nowak ""IT""
Sp. z o.o.","Customer","Marketing contact","","n/a","2026-01-03 10:00"
"53","Ann","O'Neil","ann.oneil@example.com","(555) 010-9999","Acme, Inc.","Lead","Non-marketing contact","true","12","2026-01-04 11:30"
"54","","","info@example.com","","","Other","Marketing contact","false","","2026-01-05 12:00"
`,
		about: Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:  4, row: "3:52|Łukasz|Nowak|lukasz@example.com||Nowak \"IT\"\nSp. z o.o.|Customer|Marketing contact||n/a|2026-01-03 10:00",
	},
	"mailchimp-subscribed.csv": {
		written: `"Email Address","First Name","Last Name",Address,"Phone Number",Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS
maria@example.com,María,Núñez,"Calle Mayor 1  Madrid  28013  ES",,03/04,3,"2025-11-30 08:01:02",,"2025-11-30 08:03:04",192.0.2.1,40.4165000,-3.7025600,1,2,Europe/Madrid,es,md,"2026-01-02 03:04:05",100000001,a1b2c3d4e5,,"""VIP"",""Newsletter 2026"""
bob@example.com,Bob,,,,,2,,,"2025-12-01 10:00:00",192.0.2.2,,,,,,,,"2026-01-02 03:04:06",100000002,b2c3d4e5f6,,
`,
		about: Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:  2, row: "2:maria@example.com|María|Núñez|Calle Mayor 1  Madrid  28013  ES||03/04|3|2025-11-30 08:01:02||2025-11-30 08:03:04|192.0.2.1|40.4165000|-3.7025600|1|2|Europe/Madrid|es|md|2026-01-02 03:04:05|100000001|a1b2c3d4e5||\"VIP\",\"Newsletter 2026\"",
	},
	"mailchimp-unsubscribed.csv": {
		written: `"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID
carla@example.com,Carla,Rossi,2,,"2025-03-01 10:00:00","2026-01-02 03:04:05","2026-01-02 03:04:05","January news","NORMAL","Too many, too often",100000003,c3d4e5f607
`,
		about: Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1, Unwilling: "mailchimp-unsubscribed.csv"},
		rows:  1, row: "2:carla@example.com|Carla|Rossi|2||2025-03-01 10:00:00|2026-01-02 03:04:05|2026-01-02 03:04:05|January news|NORMAL|Too many, too often|100000003|c3d4e5f607",
	},
	"klaviyo.csv": {
		written: `Email,Klaviyo ID,First Name,Last Name,Organization,City,Country,Email Marketing Consent,Email Marketing Consent Timestamp,Email Suppressions,Profile Created On,Accepts Marketing
zoe@example.com,01HZZZ0001,Zoë,Dupont,,Lyon,France,SUBSCRIBED,2025-06-07 08:09:10,[],2025-06-07,true
max@example.com,01HZZZ0002,Max,Weiß,ACME,Köln,Germany,UNSUBSCRIBED,2025-08-09 10:11:12,"['UNSUBSCRIBED']",2024-02-29,false
kim@example.com,01HZZZ0003,Kim,Lee,,,,NEVER_SUBSCRIBED,,"['HARD_BOUNCE', 'USER_SUPPRESSED']",2023-01-01,
`,
		about: Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:  3, row: "3:max@example.com|01HZZZ0002|Max|Weiß|ACME|Köln|Germany|UNSUBSCRIBED|2025-08-09 10:11:12|['UNSUBSCRIBED']|2024-02-29|false",
	},
	"brevo.csv": {
		written: windows.Replace(`"CONTACT ID";"EMAIL";"FIRSTNAME";"LASTNAME";"SMS";"EMAIL_BLOCKLISTED";"ADDED_TIME";"MODIFIED_TIME";"LISTS"
"7";"elise@example.com";"Élise";"Lefèvre";"33612345678";"No";"02-01-2026 10:11:12";"03-01-2026 10:11:12";"Newsletter, VIP"
"8";"noemi@example.com";"Noémi";"Szabó";"";"Yes";"02-01-2026 10:11:13";"03-01-2026 10:11:13";""
`),
		about: Description{Format: CSV, Delimiter: ";", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:  2, row: "2:7|elise@example.com|Élise|Lefèvre|33612345678|No|02-01-2026 10:11:12|03-01-2026 10:11:12|Newsletter, VIP",
	},
	"excel-german.csv": {
		written: windows.Replace("sep=;\nE-Mail;Vorname;Nachname;Umsatz;Kunde seit\nmueller@example.com;Jörg;Müller;1.234,50;03.04.2025\ngross@example.com;Änne;Groß;12,00;31.12.2024\n;;;;\n"),
		charset: charmap.Windows1252,
		about:   Description{Format: CSV, Delimiter: ";", Found: charset.Found{Encoding: "windows-1252"}, HeaderLine: 2},
		rows:    2, row: "3:mueller@example.com|Jörg|Müller|1.234,50|03.04.2025",
	},
	"excel-polish.csv": {
		written: windows.Replace("Email;Imię;Nazwisko\nmueller@example.com;Jörg;Müller\nlukasz@example.com;Łukasz;Wiśniewski\nmal@example.com;Małgorzata;Dąbrowska\n"),
		charset: charmap.Windows1250,
		about:   Description{Format: CSV, Delimiter: ";", Found: charset.Found{Encoding: "windows-1250"}, HeaderLine: 1},
		rows:    3, row: "4:mal@example.com|Małgorzata|Dąbrowska",
	},
	"excel-unicode-text.txt": {
		written: windows.Replace("Email\tName\tNote\nlukasz@example.com\tŁukasz Müller\t\"two\nlines\"\n李@example.com\t李雷\t👍\n"),
		charset: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		about:   Description{Format: TSV, Delimiter: "\t", Found: charset.Found{Encoding: "utf-16le", EncodingSure: true}, HeaderLine: 1},
		rows:    2, row: "2:lukasz@example.com|Łukasz Müller|two\nlines",
	},
	"utf16-without-mark.csv": {
		written: "Email,Name\nlukasz@example.com,Łukasz Müller\n",
		charset: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		about:   Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-16be"}, HeaderLine: 1},
		rows:    1, row: "2:lukasz@example.com|Łukasz Müller",
	},
	"old-mac.csv": {
		written: strings.ReplaceAll("Email,Name,Note\nmueller@example.com,Müller,\"two\nlines\"\nann@example.com,Ann,\n", "\n", "\r"),
		about:   Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:    2, row: "2:mueller@example.com|Müller|two\nlines",
	},
	"pipes.txt": {
		written: "email|name|tags\nann@example.com|Ann, Lady|a;b,c\nbob@example.com|\"Bob | Rob\"|\n",
		about:   Description{Format: CSV, Delimiter: "|", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 1},
		rows:    2, row: "3:bob@example.com|Bob | Rob|",
	},
	"messy.csv": {
		written: "\n\n  Email Address ,Email,,Company,Company\nann@example.com,ann@example.org,x,\"Acme\" Inc,\nbob@example.com,,,5\" Floppy Ltd\n,,,,\neve@example.com,,,One, Two, Three\ndan@example.com\n",
		about:   Description{Format: CSV, Delimiter: ",", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}, HeaderLine: 3},
		rows:    4, row: "7:eve@example.com|||One| Two| Three",
	},
	"without-header.tsv": {
		written: "ann@example.com\tAnn\t2026-01-02\nbob@example.com\tBob\t2026-01-03\n",
		options: Options{Columns: []string{"email", "name", "since"}},
		about:   Description{Format: TSV, Delimiter: "\t", Found: charset.Found{Encoding: "utf-8", EncodingSure: true}},
		rows:    2, row: "1:ann@example.com|Ann|2026-01-02",
	},
	"packed.csv.gz": {
		written: "email;name\r\nmueller@example.com;Müller\r\n", charset: charmap.Windows1252, packed: true,
		about: Description{Format: CSV, Delimiter: ";", Found: charset.Found{Encoding: "windows-1252"}, Gzip: true, HeaderLine: 1},
		rows:  1, row: "2:mueller@example.com|Müller",
	},
	"contacts.json": {
		written: "[\n  {\"email\": \"lukasz@example.com\", \"fields\": {\"first_name\": \"Łukasz\", \"ltv\": 1200.50}, \"lists\": [\"Newsletter\", \"VIP\"]},\n  {\"email\": \"ann@example.com\", \"fields\": {\"first_name\": \"Ann\", \"active\": true}, \"lists\": []}\n]\n",
		about:   Description{Format: JSON, Named: true, Found: charset.Found{Encoding: "utf-8", EncodingSure: true}},
		rows:    2, row: "2:lukasz@example.com|Łukasz|1200.50|Newsletter, VIP|",
	},
	"hubspot-api.json": {
		written: "{\"results\": [\n{\"id\": \"51\", \"properties\": {\"email\": \"juergen@example.com\", \"firstname\": \"Jürgen\", \"hs_email_optout\": null}, \"archived\": false},\n{\"id\": \"52\", \"properties\": {\"email\": \"ann@example.com\", \"firstname\": \"Ann\", \"hs_email_optout\": \"true\"}, \"archived\": false}\n], \"paging\": {\"next\": {\"after\": \"52\"}}}\n",
		about:   Description{Format: JSON, Named: true, Found: charset.Found{Encoding: "utf-8", EncodingSure: true}},
		rows:    2, row: "3:52|ann@example.com|Ann|true|false",
	},
	"contacts.jsonl": {
		written: "{\"email\":\"lukasz@example.com\",\"attributes\":{\"FNAME\":\"Łukasz\"},\"emailBlacklisted\":false}\n{\"email\":\"ann@example.com\",\"attributes\":{\"FNAME\":\"Ann\"},\"emailBlacklisted\":true}\n",
		about:   Description{Format: JSONLines, Named: true, Found: charset.Found{Encoding: "utf-8", EncodingSure: true}},
		rows:    2, row: "2:ann@example.com|Ann|true",
	},
	"contacts.xlsx": {
		about: Description{Format: Excel, Sheet: "Contacts", Sheets: []string{"Contacts", "Notes"}, HeaderLine: 1},
		rows:  2, row: "3:ann@example.com|Ann|12|01234|2026-03-04|2026-03-04T15:04:05|true",
	},
}

func (s sample) bytes(t *testing.T) []byte {
	if s.about.Format == Excel {
		return sampleWorkbook(t)
	}
	file := []byte(s.written)
	if s.charset != nil {
		file = encoded(t, s.charset, s.written)
	}
	if s.packed {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write(file)
		w.Close()
		file = packed.Bytes()
	}
	return file
}

func sampleWorkbook(t *testing.T) []byte {
	day := time.Date(2026, time.March, 4, 0, 0, 0, 0, time.UTC)
	return workbookOf(t, func(f *excelize.File) {
		f.SetSheetName("Sheet1", "Contacts")
		f.NewSheet("Notes")
		f.SetCellValue("Notes", "A1", "nothing to import")
		style := func(format string) int {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		f.SetSheetRow("Contacts", "A1", &[]any{"Email", "Name", "Orders", "Postal code", "Signed up", "Last seen", "Active"})
		f.SetSheetRow("Contacts", "A2", &[]any{"lukasz@example.com", "Łukasz\nMüller", 1234567.5, 80331, day, day.Add(time.Hour), false})
		f.SetSheetRow("Contacts", "A3", &[]any{"ann@example.com", "Ann", 12, 1234, day, day.Add(15*time.Hour + 4*time.Minute + 5*time.Second), true})
		f.SetCellStyle("Contacts", "C2", "C3", style("#,##0.00"))
		f.SetCellStyle("Contacts", "D2", "D3", style("00000"))
		f.SetCellStyle("Contacts", "E2", "E3", style("dd.mm.yyyy"))
		f.SetCellStyle("Contacts", "F2", "F3", style("m/d/yy h:mm AM/PM"))
	})
}

func TestSamplesAreReadForWhatTheyAre(t *testing.T) {
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, sample.bytes(t), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			read := readAll(file, sample.options)
			if read.err != nil {
				t.Fatal(read.err)
			}
			if difference := cmp.Diff(sample.about, read.about); difference != "" {
				t.Error(difference)
			}
			if len(read.rows) != sample.rows || !slices.Contains(read.rows, sample.row) {
				t.Errorf("the rows are %q", read.rows)
			}
		})
	}
}

func TestTheSamplesAreAsTheyAreWrittenHere(t *testing.T) {
	for name, sample := range samples {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if sample.about.Format == Excel || sample.packed { // packers differ between versions
			continue
		}
		if err != nil || !bytes.Equal(file, sample.bytes(t)) {
			t.Errorf("%s differs: %v; run go test ./contactfile -update", name, err)
		}
	}
}
