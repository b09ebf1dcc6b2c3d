package contactfile

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cardsOf are the cards of a file: their line and what is filled in.
func cardsOf(t *testing.T, file File) (rows []string) {
	t.Helper()
	reader, err := Open(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if about := reader.Format(); about.Format != VCard || !about.Named {
		t.Errorf("%+v", about)
	}
	for {
		row, err := reader.Next()
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatal(err)
			}
			return rows
		}
		said := fmt.Sprintf("%d", row.Line)
		for i, cell := range row.Cells {
			if cell != "" {
				said += fmt.Sprintf(" %s=%q", reader.Columns()[i], cell)
			}
		}
		rows = append(rows, said)
	}
}

func TestCardsOfEveryVersionAreRead(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"2.1, as old telephones write it": {
			"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\nFN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:J=F6rg M=FCl=\r\nler\r\nEMAIL;INTERNET;HOME:joerg@home.example\r\nEMAIL;INTERNET;PREF:joerg@shop.example\r\nTEL;CELL:+49 170 1\r\nPHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ\r\n SkZJRgAB\r\nORG:Shop;Sales\r\nEND:VCARD\r\n",
			[]string{`1 email="joerg@shop.example" email 2="joerg@home.example" name="Jörg Müller" last_name="Müller" first_name="Jörg" company="Shop" department="Sales" phone="+49 170 1"`},
		},
		"3.0, as Google writes it": {
			"BEGIN:VCARD\nVERSION:3.0\nFN:Ann Abel\nN:Abel;Ann;;;\nitem1.EMAIL;TYPE=INTERNET:ann@shop\n .example\nitem1.X-ABLabel:\nADR;TYPE=HOME:;;Main St 1\\, 2nd floor;Bern;;3000;CH\nCATEGORIES:VIP,Unsubscribed\nNOTE:a\\nb\\; c\nEND:VCARD\n\nBEGIN:VCARD\nVERSION:3.0\nFN:Bob\nN:Bob;;;;\nEND:VCARD\n",
			[]string{`1 email="ann@shop.example" name="Ann Abel" last_name="Abel" first_name="Ann" street="Main St 1, 2nd floor" city="Bern" postal_code="3000" country="CH" categories="VIP,Unsubscribed" note="a\nb; c"`, `13 name="Bob" last_name="Bob"`},
		},
		"4.0": {
			"begin:vcard\nVERSION:4.0\nFN:Cid\nEMAIL;PREF=2:cid2@shop.example\nEMAIL;PREF=1;TYPE=\"work,home\":cid1@shop.example\nX-NEWSLETTER:no\nend:vcard\n",
			[]string{`1 email="cid1@shop.example" email 2="cid2@shop.example" name="Cid" x-newsletter="no"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if difference := cmp.Diff(test.want, cardsOf(t, content(test.content))); difference != "" {
				t.Error(difference)
			}
		})
	}
	file, err := os.Open("../intake/testdata/exports/apple-contacts.vcf")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := strings.Join(cardsOf(t, file), "\n")
	for _, want := range []string{`email="amelia.okafor@example.com" email 2="amelia.private@example.net" name="Amelia Okafor"`, `company="Okafor & Sons, Ltd"`, `email="jonas.weber@example.org"`, `email="yuki.tanaka@example.net" name="優希 田中"`, `email="grace.oneill@example.org"`} {
		if !strings.Contains(rows, want) {
			t.Errorf("%s is not in %s", want, rows)
		}
	}
}

func TestDamagedCardsAreRefusedWithTheirLine(t *testing.T) {
	const good = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEMAIL:a@b.co\nEND:VCARD\n"
	for name, test := range map[string]struct{ content, says string }{
		"cut":             {good + "BEGIN:VCARD\nFN:B\n", "line 6 cannot be read. The file ends within the vCard"},
		"something else":  {good + "email,name\n", "line 6 cannot be read. A vCard is expected there."},
		"a long note":     {"BEGIN:VCARD\nNOTE:" + strings.Repeat("x", 2<<20) + "\nEND:VCARD\n", "longer than 1 MB"},
		"many short ones": {"BEGIN:VCARD\n" + strings.Repeat("NOTE:xxxxxxxxxxxxxxxxxx\n", 100_000) + "END:VCARD\n", "longer than 1 MB"},
		"many properties": {"BEGIN:VCARD\n" + func() string {
			var b strings.Builder
			for i := range 2000 {
				fmt.Fprintf(&b, "X-%d:y\n", i)
			}
			return b.String()
		}() + "END:VCARD\n", "more than 1,000 columns"},
	} {
		if read := readAll(content(test.content), Options{}); read.err == nil || !strings.Contains(read.err.Error(), test.says) {
			t.Errorf("%s: %v", name, read.err)
		}
	}
	photo := "BEGIN:VCARD\nPHOTO:" + strings.Repeat("x", 5<<20) + "\nEMAIL:a@b.co\nEND:VCARD\n" + good
	if read := readAll(content(photo), Options{}); read.err != nil || len(read.rows) != 2 {
		t.Errorf("a picture of 5 MB: %q, %v", read.rows, read.err)
	}
}
