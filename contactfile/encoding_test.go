package contactfile

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t *testing.T, charset encoding.Encoding, written string) []byte {
	t.Helper()
	file, err := charset.NewEncoder().Bytes([]byte(written))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEncodingsAreFoundOrTakenAsDeclared(t *testing.T) {
	const german, polish, emoji = "email;name\r\na@b.co;Müller\r\nb@b.co;Özgür – Straße\r\n", "email;name\r\na@b.co;Müller\r\nb@b.co;Łukasz\r\nc@b.co;Małgorzata\r\n", "email;name\r\na@b.co;Zoë 👍\r\n"
	utf16 := func(endian unicode.Endianness, mark unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(endian, mark)
	}
	for name, test := range map[string]struct {
		written  string
		charset  encoding.Encoding
		declared string
		found    string
		sure     bool
	}{
		"UTF-8":                            {polish, unicode.UTF8, "", "utf-8", true},
		"UTF-8 with a mark":                {polish, unicode.UTF8BOM, "", "utf-8", true},
		"UTF-8 with a mark, as declared":   {polish, unicode.UTF8BOM, "UTF-8", "utf-8", true},
		"plain ASCII":                      {"email;name\r\na@b.co;Ann\r\n", unicode.UTF8, "", "utf-8", true},
		"UTF-16 LE with a mark":            {emoji, utf16(unicode.LittleEndian, unicode.UseBOM), "", "utf-16le", true},
		"UTF-16 BE with a mark":            {emoji, utf16(unicode.BigEndian, unicode.UseBOM), "", "utf-16be", true},
		"UTF-16 LE without":                {polish, utf16(unicode.LittleEndian, unicode.IgnoreBOM), "", "utf-16le", false},
		"UTF-16 BE without":                {german, utf16(unicode.BigEndian, unicode.IgnoreBOM), "", "utf-16be", false},
		"UTF-16 BE with a mark, declared":  {emoji, utf16(unicode.BigEndian, unicode.UseBOM), "utf-16", "utf-16be", true},
		"UTF-16 LE without, declared":      {polish, utf16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16", "utf-16le", true},
		"Windows-1252":                     {german, charmap.Windows1252, "", "windows-1252", false},
		"Windows-1252, declared as ANSI":   {german, charmap.Windows1252, "ANSI", "windows-1252", true},
		"Windows-1250":                     {polish, charmap.Windows1250, "", "windows-1250", false},
		"Windows-1250, declared":           {polish, charmap.Windows1250, "cp1250", "windows-1250", true},
		"Windows-1251, declared":           {"email;имя\r\na@b.co;Анна\r\n", charmap.Windows1251, "windows-1251", "windows-1251", true},
		"ISO 8859-2, declared":             {polish, charmap.ISO8859_2, "Latin2", "iso-8859-2", true},
		"Mac, declared":                    {"email;name\ra@b.co;Müller\r", charmap.Macintosh, "macintosh", "macintosh", true},
		"Shift JIS, declared":              {"email;name\r\na@b.co;田中\r\n", japanese.ShiftJIS, "shift_jis", "shift_jis", true},
		"GB 18030, declared":               {"email;name\r\na@b.co;王伟\r\n", simplifiedchinese.GB18030, "gb18030", "gb18030", true},
		"signs that are no letters, £ and": {"email;price\r\na@b.co;£5 and 3 m³\r\nb@b.co;£7 café\r\n", charmap.Windows1252, "", "windows-1252", false},
	} {
		t.Run(name, func(t *testing.T) {
			want := readAll(content(test.written), Options{})
			for packed, file := range map[string][]byte{"": encoded(t, test.charset, test.written), ", packed": gzipped(t, encoded(t, test.charset, test.written))} {
				read := readAll(content(file), Options{Encoding: test.declared})
				if read.err != nil {
					t.Fatal(packed, read.err)
				}
				if difference := cmp.Diff(want.rows, read.rows); difference != "" {
					t.Errorf("rows%s: %s", packed, difference)
				}
				if read.about.Encoding != test.found || read.about.EncodingSure != test.sure || read.about.Gzip != (packed != "") {
					t.Errorf("it was found to be %+v", read.about)
				}
			}
		})
	}
}

// TestTheFirstCharacterBeyondASCIIDecides has it stand far behind what is looked at beforehand.
func TestTheFirstCharacterBeyondASCIIDecides(t *testing.T) {
	for _, before := range []int{0, 1, 7, 65_530, 65_531, 131_060, 131_072, 1_000_003} {
		plain := "email,name\n" + strings.Repeat("a@b.co,Ann\n", before/11) + strings.Repeat("x", before%11)
		western := plain + "c@b.co,M\xfcller\n" + strings.Repeat("d@b.co,J\xf6rg\n", 10_000)
		read := readAll(content(western), Options{})
		if read.err != nil || read.about.Encoding != "windows-1252" || read.about.EncodingSure || !strings.HasSuffix(read.rows[len(read.rows)-1], "d@b.co|Jörg") {
			t.Errorf("%d before: %+v, %v", before, read.about, read.err)
		}
		read = readAll(content(plain+"c@b.co,Müller\n"), Options{})
		if read.err != nil || read.about.Encoding != "utf-8" || !strings.HasSuffix(read.rows[len(read.rows)-1], "c@b.co|Müller") {
			t.Errorf("%d before: %+v, %v", before, read.about, read.err)
		}
	}
}

func TestAByteThatIsNoCharacterIsAnErrorThatNamesTheLine(t *testing.T) {
	umlauts := strings.Repeat("a@b.co,Müller\n", 30)
	for name, test := range map[string]struct{ content, declared, line string }{
		"damage in UTF-8":             {"email,name\n" + umlauts + "b@b.co,M\xfcller\n", "", "line 32 "},
		"damage far behind":           {"email,name\n" + strings.Repeat(umlauts, 1000) + "b@b.co,M\xfcller\n", "", "line 30,002 "},
		"damage in a quoted cell":     {"email,name\n" + umlauts + "b@b.co,\"x\ny\nM\xfcller\"\n", "", "line 34 "},
		"UTF-8 as declared":           {"email,name\nb@b.co,M\xfcller\n", "utf-8", "line 2 "},
		"half a pair in UTF-16":       {"\xff\xfee\x00\n\x00a\x00\n\x00\x00\xd8x\x00\n\x00", "", "line 3 "},
		"second half alone":           {"\xff\xfee\x00\n\x00a\x00\n\x00\x00\xdcx\x00\n\x00", "", "line 3 "},
		"an odd byte in UTF-16":       {"\xff\xfee\x00\n\x00a", "", "line 2 "},
		"half a pair at the end":      {"\xff\xfee\x00\n\x00\x00\xd8", "", "line 2 "},
		"no character of the charset": {"email\n\xaa\n", "windows-1253", "line 2 "},
		"damage in Shift JIS":         {"email\nx\n\x81\x01\n", "shift_jis", "line 3 "},
		"damage in JSON":              {"[\n{\"a\":\"x\"},\n{\"a\":\"" + strings.Repeat("ü", 20) + "\xfc\"}]", "", "line 3 "},
	} {
		t.Run(name, func(t *testing.T) {
			read := readAll(content(test.content), Options{Encoding: test.declared})
			if read.err == nil || !strings.Contains(read.err.Error(), test.line) || !strings.Contains(read.err.Error(), "It has a byte that is not valid in the file's encoding. Name the file's encoding") {
				t.Errorf("the error is %v", read.err)
			}
		})
	}
}

func TestAnEncodingThatTheMarkDisprovesIsRefused(t *testing.T) {
	read := readAll(content("\ufeffemail\n"), Options{Encoding: "windows-1252"})
	if read.err == nil || !strings.Contains(read.err.Error(), "It begins with the mark of UTF-8. Leave encoding out.") {
		t.Errorf("the error is %v", read.err)
	}
}

func TestAReplacementCharacterThatStandsInTheFileIsOne(t *testing.T) {
	for name, charset := range map[string]encoding.Encoding{"UTF-8": unicode.UTF8, "UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)} {
		read := readAll(content(encoded(t, charset, "email,n\na@b.co,M\ufffdller\n")), Options{})
		if read.err != nil || len(read.rows) != 1 || !strings.Contains(read.rows[0], "M\ufffdller") {
			t.Errorf("%s: %q, %v", name, read.rows, read.err)
		}
	}
}

func TestPackedFilesAreReadWhateverTheirName(t *testing.T) {
	plain := []byte("email,name\n" + strings.Repeat("a@b.co,Ann\n", 50_000))
	two := append(gzipped(t, plain), gzipped(t, []byte("b@b.co,Bob\n"))...) // as some tools append
	read := readAll(content(two), Options{})
	if read.err != nil || len(read.rows) != 50_001 || !read.about.Gzip {
		t.Errorf("%d rows, %+v, %v", len(read.rows), read.about, read.err)
	}
	packed := gzipped(t, plain)
	for name, test := range map[string]struct {
		file []byte
		says string
	}{
		"cut":             {packed[:len(packed)/2], "The packed file ends too early."},
		"cut at the end":  {packed[:len(packed)-3], "The packed file ends too early."},
		"cut at the head": {packed[:6], "The packed file ends too early."},
		"damaged":         {append(bytes.Clone(packed[:len(packed)-8]), 1, 2, 3, 4, 5, 6, 7, 8), "The packed file is damaged."},
		"followed":        {append(bytes.Clone(packed), "rubbish that is no header"...), "The packed file is damaged."},
		"twice":           {gzipped(t, packed), "Inside the gzip file is another packed file. Unpack it once"},
		"a tar archive":   {gzipped(t, append(append(make([]byte, 257), "ustar\x00"...), make([]byte, 400)...)), "It is a tar archive. Unpack it first."},
		"empty":           {gzipped(t, nil), "It is empty."},
	} {
		if read := readAll(content(test.file), Options{}); read.err == nil || !strings.Contains(read.err.Error(), test.says) {
			t.Errorf("%s: the error is %v", name, read.err)
		}
	}
}

// names are people and places as files have them, two and more of each language.
var names = map[string][]string{
	"Russian": {"Анна", "Борис", "Екатерина Иванова", "Дмитрий", "Москва"}, "Ukrainian": {"Олена", "Київ", "Євген", "Іван Шевченко"}, "German": {"Jürgen", "Müller", "Großmann", "Änne"},
	"French": {"Zoé", "José", "Hélène Lefèvre", "Irène", "Adèle", "Agnès", "Solène"}, "Polish": {"Łukasz", "Małgorzata", "Wiśniewski", "Józef"}, "Turkish": {"Yılmaz", "Özgür", "Şahin", "Gülşen Doğan", "İbrahim"},
	"Czech": {"Jiří", "Dvořák", "Šárka", "Růžena", "Matěj"}, "Chinese": {"王伟", "李娜", "北京", "张敏", "刘洋"}, "Japanese": {"田中", "さくら", "東京", "ヤマダ タロウ"}, "Korean": {"김민수", "서울", "이영희", "박지성"}, "Greek": {"Γιώργος", "Αθήνα", "Παπαδόπουλος"},
	"Hungarian": {"Erdős", "Kővári", "Szűcs", "Győr"}, "Swedish": {"Åsa", "Björn", "Håkan", "Mårten", "Skåne", "Åke", "Åberg"}, "Spanish": {"Núñez", "María", "Peña", "Muñoz", "Ibáñez", "Begoña", "Íñigo"},
}

// TestNoFileReadsLikeCleanNonsense has each language in the encodings that it is written in, in files of one name to many:
// what is read is what was written, or the caller is asked.
func TestNoFileReadsLikeCleanNonsense(t *testing.T) {
	for _, test := range []struct {
		language string
		charset  encoding.Encoding
		found    bool // at least where there are many names
	}{
		{"Russian", charmap.Windows1251, true}, {"Russian", charmap.KOI8R, true}, {"Russian", charmap.CodePage866, true}, {"Russian", charmap.ISO8859_5, true}, {"Russian", charmap.MacintoshCyrillic, true},
		{"Ukrainian", charmap.Windows1251, true}, {"Ukrainian", charmap.KOI8U, true}, {"German", charmap.Windows1252, true}, {"German", charmap.Macintosh, true}, {"German", charmap.CodePage850, true},
		{"French", charmap.Windows1252, true}, {"French", charmap.Macintosh, true}, {"French", charmap.CodePage850, true}, {"Polish", charmap.Windows1250, true}, {"Polish", charmap.ISO8859_2, true}, {"Turkish", charmap.Windows1254, true},
		{"Czech", charmap.Windows1250, true}, {"Czech", charmap.ISO8859_2, true}, {"Chinese", simplifiedchinese.GBK, true}, {"Japanese", japanese.ShiftJIS, true}, {"Japanese", japanese.EUCJP, true}, {"Korean", korean.EUCKR, false}, {"Greek", charmap.Windows1253, true},
		{"Hungarian", charmap.Windows1250, false}, {"Swedish", charmap.Windows1252, true}, {"Swedish", charmap.Macintosh, true}, {"Spanish", charmap.Windows1252, true}, {"Spanish", charmap.Macintosh, true},
	} {
		t.Run(test.language+" in "+fmt.Sprint(test.charset), func(t *testing.T) {
			all := names[test.language]
			asked := 0
			for from := range all {
				for to := from + 1; to <= len(all); to++ {
					var written strings.Builder
					written.WriteString("email;name\n")
					for _, name := range all[from:to] {
						written.WriteString("p@shop.example;" + name + "\n")
					}
					want := readAll(content(written.String()), Options{})
					read := readAll(content(encoded(t, test.charset, written.String())), Options{})
					switch {
					case read.err != nil:
						asked++
						if !strings.Contains(read.err.Error(), "its encoding cannot be told for sure. A line reads") || test.found && to-from == len(all) {
							t.Errorf("%q: %v", all[from:to], read.err)
						}
					case !cmp.Equal(want.rows, read.rows):
						t.Errorf("%q in %s reads %q", all[from:to], read.about.Encoding, read.rows)
					}
				}
			}
			t.Logf("asked about %d", asked)
		})
	}
}
