package contactfile

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mailtrap-contacts-mcp/fault"
)

// pattern is a file of any size that takes none: a beginning, something over and over, an end.
type pattern struct {
	begin, again, end string
	times             int64
}

// longer repeats what is repeated, so that reading takes few copies.
func (p pattern) longer() pattern {
	batch := min(int64(1+(16<<10)/len(p.again)), p.times)
	again := strings.Repeat(p.again, int(batch))
	return pattern{p.begin, again, again[:p.times%batch*int64(len(p.again))] + p.end, p.times / batch}
}

func (p pattern) size() int64 {
	return int64(len(p.begin)) + int64(len(p.again))*p.times + int64(len(p.end))
}

func (p pattern) Stat() (fs.FileInfo, error) { return info(p.size()), nil }

func (p pattern) ReadAt(to []byte, at int64) (n int, err error) {
	for n < len(to) {
		part, from := p.end, at-int64(len(p.begin))-int64(len(p.again))*p.times
		switch {
		case at >= p.size():
			return n, io.EOF
		case at < int64(len(p.begin)):
			part, from = p.begin, at
		case from < 0:
			part, from = p.again, (at-int64(len(p.begin)))%int64(len(p.again))
		}
		copied := copy(to[n:], part[from:])
		n, at = n+copied, at+int64(copied)
	}
	return n, nil
}

func (p pattern) write(w io.Writer) {
	io.WriteString(w, p.begin)
	p = p.longer()
	for range p.times {
		io.WriteString(w, p.again)
	}
	io.WriteString(w, p.end)
}

// packedWorkbook is a workbook one of whose parts is a pattern, packed.
func packedWorkbook(t testing.TB, name string, part pattern) content {
	var written bytes.Buffer
	archive := zip.NewWriter(&written)
	whole := parts(t, map[string]string{name: ""})
	from, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range from.File {
		archive.Copy(file)
	}
	w, err := archive.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	part.write(w)
	archive.Close()
	return written.Bytes()
}

const (
	sheetBegin = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>`
	sheetName  = "xl/worksheets/sheet1.xml"
	textsName  = "xl/sharedStrings.xml"
)

// unlimited lets a file unpack to whatever it likes, so that memory is held by the other limits alone.
var unlimited = Options{Limits: Limits{Ratio: 1 << 40, Unpacked: 1 << 40}}

// hostile are files made to fill memory, and what is said of them. Those that are only large are read to their end.
var hostile = map[string]struct {
	file    func(testing.TB) File
	options Options
	says    string
}{
	"a line of 1 GB":         {func(testing.TB) File { return pattern{"email\n", "xxxxxxxx", "", 1 << 27} }, Options{}, "[limit_reached] file: the row in line 2 is longer than 1 MB."},
	"a header of 1 GB":       {func(testing.TB) File { return pattern{"", "xxxxxxxx", "", 1 << 27} }, Options{}, "[limit_reached] file: the row in line 1 is longer than 1 MB."},
	"a quoted cell of 1 GB":  {func(testing.TB) File { return pattern{"email\n\"", "xxx, xx\n", "\"", 1 << 27} }, Options{}, "A quote is opened there and not closed in the next 1 MB."},
	"quotes of 1 GB":         {func(testing.TB) File { return pattern{"email\n", "\"\"\"\"", "", 1 << 28} }, Options{}, "longer than 1 MB"},
	"a million columns":      {func(testing.TB) File { return pattern{"", "c,", "email\n", 1_000_000} }, Options{}, "[limit_reached] file: line 1 has more than 1,000 columns."},
	"a million cells":        {func(testing.TB) File { return pattern{"email\n", ",", "\n", 1_000_000} }, Options{}, "[limit_reached] file: line 2 has more than 1,000 columns."},
	"a million quoted cells": {func(testing.TB) File { return pattern{"email,n\n", "\"\",", "\n", 300_000} }, Options{}, "[limit_reached] file: line 2 has more than 1,000 columns."},
	"blank lines":            {func(testing.TB) File { return pattern{"email\n", "\n", "", 20_000_000} }, Options{}, ""},
	"JSON nested deep":       {func(testing.TB) File { return pattern{"[{\"a\":", "[", "", 1 << 28} }, Options{}, "[limit_reached] file: the object in line 1 is nested deeper than 100 levels."},
	"a JSON text of 1 GB":    {func(testing.TB) File { return pattern{"[{\"a\":\"", "xxxxxxxx", "\"}]", 1 << 27} }, Options{}, "[limit_reached] file: the row in line 1 is longer than 1 MB."},
	"a JSON object of 60 MB": {func(testing.TB) File { return pattern{"{\"a\":1", ",\"a\":1", "}", 10 << 20} }, Options{}, "[limit_reached] file: the row in line 1 is longer than 1 MB."},
	"a JSON array of 60 MB":  {func(testing.TB) File { return pattern{"{\"a\":[1", ",1", "]}", 30 << 20} }, Options{}, "[limit_reached] file: the row in line 1 is longer than 1 MB."},
	"JSON of many columns":   {func(testing.TB) File { return &numbered{} }, Options{}, "more than 1,000 columns"},
	"a gzip bomb":            {func(t testing.TB) File { return bomb(t) }, Options{}, "[limit_reached] file: it unpacks to far more than contacts do, and was not read on."},
	"a gzip bomb, any ratio": {func(t testing.TB) File { return bomb(t) }, Options{Limits: Limits{Ratio: 1 << 40, Unpacked: 20 << 20}}, "[limit_reached] file: unpacked, it is larger than 20 MB."},
	"a gzipped line":         {func(t testing.TB) File { return bombOf(t, pattern{"", "xxxxxxxx", "", 1 << 20}) }, unlimited, "longer than 1 MB"},
	"a workbook bomb": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin, `<row r="2"></row>`, "</sheetData></worksheet>", 1 << 20})
	}, Options{}, "it unpacks to far more than contacts do"},
	"a workbook of air": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin, "          ", "</sheetData></worksheet>", 4 << 20})
	}, unlimited, "a cell of the Excel workbook is longer than 1 MB."},
	"a workbook's long cell": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin + "<row><c><v>", "12345678", "</v></c></row></sheetData></worksheet>", 8 << 20})
	}, unlimited, "longer than 1 MB."},
	"a workbook's long tag": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin + "<row", " a='1'", "></row></sheetData></worksheet>", 8 << 20})
	}, unlimited, "a cell of the Excel workbook is longer than 1 MB."},
	"a workbook's comments": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin + "<row><c><v>", "1<!-- -->", "</v></c></row></sheetData></worksheet>", 4 << 20})
	}, unlimited, "longer than 1 MB"},
	"a workbook's deep sheet": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin, "<row><c>", "", 1 << 20})
	}, unlimited, "The Excel workbook is damaged or incomplete."},
	"a workbook's wide row": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin + "<row>", "<c><v>1</v></c>", "</row></sheetData></worksheet>", 1 << 20})
	}, unlimited, "row 2 of the sheet has more than 1,000 columns."},
	"a workbook's heavy row": {func(t testing.TB) File {
		return packedWorkbook(t, sheetName, pattern{sheetBegin + "<row>", `<c r="A2" t="str"><v>` + strings.Repeat("x", 1000) + "</v></c>", "</row></sheetData></worksheet>", 1 << 14})
	}, unlimited, "the row in line 2 is longer than 1 MB."},
	"a workbook's many texts": {func(t testing.TB) File {
		return packedWorkbook(t, textsName, pattern{"<sst><si><t>email</t></si>", "<si><t>some text that is shared</t></si>", "</sst>", 600_000})
	}, unlimited, ""},
	"a workbook's long text": {func(t testing.TB) File {
		return packedWorkbook(t, textsName, pattern{"<sst><si>", "<r><t>some text that is shared</t></r>", "</si></sst>", 1_000_000})
	}, unlimited, "a cell of the Excel workbook is longer than 1 MB."},
	"a workbook's texts, bombed": {func(t testing.TB) File {
		return packedWorkbook(t, textsName, pattern{"<sst>", "<si/>", "</sst>", 1 << 20})
	}, Options{}, "it unpacks to far more than contacts do"},
	"a workbook's styles": {func(t testing.TB) File {
		return packedWorkbook(t, "xl/styles.xml", pattern{"<styleSheet><cellXfs>", `<xf numFmtId="14"/>`, "</cellXfs></styleSheet>", 2 << 20})
	}, unlimited, "too many sheets or styles"},
	"a workbook's relations": {func(t testing.TB) File {
		return packedWorkbook(t, "xl/_rels/workbook.xml.rels", pattern{"<Relationships>", `<Relationship Id="1" Target="x"/>`, "</Relationships>", 1 << 20})
	}, unlimited, "too many sheets or styles"},
	"a workbook's other parts": {func(t testing.TB) File {
		return packedWorkbook(t, "xl/media/image1.png", pattern{"", "xxxxxxxx", "", 8 << 20})
	}, Options{}, ""},
	"a vCard line of 1 GB": {func(testing.TB) File { return pattern{"BEGIN:VCARD\nNOTE:", "xxxxxxxx", "\nEND:VCARD\n", 1 << 27} }, Options{}, "longer than 1 MB"},
	"a vCard picture of 1 GB": {func(testing.TB) File {
		return pattern{"BEGIN:VCARD\nPHOTO:", "xxxxxxxx", "\nEMAIL:a@b.co\nEND:VCARD\n", 1 << 27}
	}, Options{}, ""},
	"a JSON map without end":   {func(testing.TB) File { return &keyed{} }, Options{}, "longer than 1 MB"},
	"JSON nested below a name": {func(testing.TB) File { return pattern{"{\"data\":", "{\"a\":", "", 1 << 26} }, Options{}, "nested deeper than 100 levels"},
	"JSON of arrays":           {func(testing.TB) File { return pattern{"{\"data\":[", "[],", "[]]}", 1 << 22} }, Options{}, "longer than 1 MB"},
	"people behind 40 MB": {func(testing.TB) File {
		return pattern{"{\"log\":[0", ",1234567", "],\"people\":[{\"email\":\"a@b.co\"}]}", 5 << 20}
	}, Options{}, ""},
	"a million objects in one": {func(testing.TB) File {
		return pattern{"[{\"email\":\"a@b.co\",\"x\":[{}", ",{\"y\":1}", "]}]", 1 << 20}
	}, Options{}, "longer than 1 MB"},
	"an open quote, many times": {func(testing.TB) File { return pattern{"email,n\n", "a@b.co,\"x\nb@b.co,y\"\n", "", 1 << 18} }, Options{}, ""},
	"backslashes":               {func(testing.TB) File { return pattern{"email,n\n\"", "\\\\\\\"", "", 1 << 26} }, Options{}, "longer than 1 MB"},
	"lines that are no table":   {func(testing.TB) File { return pattern{"", "some text of no use\n", "", 2 << 20} }, Options{}, ""},
	"titles without end":        {func(testing.TB) File { return pattern{"email,n\na@b.co,x\n", "Unsubscribed\nb@b.co,y\n", "", 1 << 20} }, Options{}, ""},
	"headers without end":       {func(testing.TB) File { return pattern{"email,n\na@b.co,x\n", "Email,N\n", "", 1 << 20} }, Options{}, ""},
	"a workbook of 10,000 sheets": {func(t testing.TB) File {
		all := map[string]string{}
		var sheets, relations strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&sheets, `<sheet name="S%d" r:id="r%d"/>`, i, i)
			fmt.Fprintf(&relations, `<Relationship Id="r%d" Type="x/worksheet" Target="worksheets/s%d.xml"/>`, i, i)
			all[fmt.Sprintf("xl/worksheets/s%d.xml", i)] = `<worksheet><sheetData><row r="1"><c t="str"><v>nothing</v></c></row></sheetData></worksheet>`
		}
		all["xl/workbook.xml"] = "<workbook><sheets>" + sheets.String() + "</sheets></workbook>"
		all["xl/_rels/workbook.xml.rels"] = "<Relationships>" + relations.String() + "</Relationships>"
		return content(parts(t, all))
	}, Options{}, ""},
	"a ZIP bomb": {func(t testing.TB) File {
		return content(zipped(t, "contacts.csv", pattern{"email\n", "a@b.co\n", "", 8 << 20}))
	}, Options{}, "it unpacks to far more than contacts do"},
	"a ZIP of a long line": {func(t testing.TB) File {
		return content(zipped(t, "contacts.csv", pattern{"email\n", "xxxxxxxx", "", 8 << 20}))
	}, unlimited, "longer than 1 MB"},
	"an archive of many parts": {func(testing.TB) File { return manyParts() }, Options{}, "the Excel workbook has too many parts."},
}

// numbered is JSON whose every object has a column of its own, without an end.
type numbered struct{}

func (*numbered) Stat() (fs.FileInfo, error) { return info(1 << 40), nil }

func (*numbered) ReadAt(p []byte, at int64) (int, error) {
	return readLines(p, at, func(i int64) string { return fmt.Sprintf("{\"%020d\": \"x\"}\n", i) })
}

// readLines reads from a file whose lines are made when they are asked for, each as long as the first.
func readLines(p []byte, at int64, line func(int64) string) (n int, err error) {
	width := int64(len(line(0)))
	for n < len(p) {
		from := at + int64(n)
		n += copy(p[n:], line(from / width)[from%width:])
	}
	return n, nil
}

// keyed is JSON of one object with names without end.
type keyed struct{}

const keyedSize = 8 << 20

func (*keyed) Stat() (fs.FileInfo, error) { return info(keyedSize), nil }

func (*keyed) ReadAt(p []byte, at int64) (int, error) {
	left := keyedSize - at
	if left <= 0 {
		return 0, io.EOF
	}
	n, _ := readLines(p[:min(int64(len(p)), left)], at, func(i int64) string {
		switch i {
		case 0:
			return fmt.Sprintf("%-31s\n", `{"first":{}`)
		case keyedSize/32 - 1:
			return fmt.Sprintf("%-31s}", "")
		}
		return fmt.Sprintf(",\"%020d\":{}%6s\n", i, "")
	})
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// zipped is an archive with one file.
func zipped(t testing.TB, name string, file pattern) []byte {
	var written bytes.Buffer
	archive := zip.NewWriter(&written)
	w, err := archive.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	file.write(w)
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return written.Bytes()
}

// bombOf packs a pattern and repeats it some hundred times: gzip files may stand one behind the other.
func bombOf(t testing.TB, once pattern) File {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	once.write(w)
	w.Close()
	return pattern{"", packed.String(), "", 500}
}

func bomb(t testing.TB) File { return bombOf(t, pattern{"", "a@b.co\n", "", 1 << 20}) }

// manyParts is an archive with nothing but a table of contents.
func manyParts() File {
	const count = 5_000_000
	entry := "PK\x01\x02" + strings.Repeat("\x00", 24) + "\x01\x00" + strings.Repeat("\x00", 16) + "x"
	length := binary.LittleEndian.AppendUint32(nil, uint32(count*len(entry)))
	end := "PK\x05\x06\x00\x00\x00\x00\xff\xfe\xff\xfe" + string(length) + "\x04\x00\x00\x00\x00\x00"
	return pattern{"PK\x03\x04", entry, end, count}
}

// TestHostileFilesEndInAClearFaultWithinBoundedMemory reads each of them in a process of its own, whose memory is then looked
// at: what the system gave it, not what it says of itself.
func TestHostileFilesEndInAClearFaultWithinBoundedMemory(t *testing.T) {
	const most = 64 << 20
	program := os.Args[0]
	if raceDetector { // which takes many times the memory, and the time
		program = filepath.Join(t.TempDir(), "without")
		if said, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, ".").CombinedOutput(); err != nil {
			t.Skipf("it cannot be built without the race detector: %v: %s", err, said)
		}
	}
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), program, "-test.run", "^TestHostileFile$")
			child.Env = append(os.Environ(), "CONTACTFILE_HOSTILE="+name)
			said, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			if !strings.Contains(string(said), test.says) {
				t.Errorf("it said %s", said)
			}
			_, written, _ := strings.Cut(string(said), peakLine)
			peak, _ := strconv.Atoi(strings.Fields(written + " 0")[0])
			if peak<<10 > most {
				t.Errorf("it took %d MB", peak>>10)
			}
			t.Logf("%d MB", peak>>10)
		})
	}
}

// peakLine is what Linux writes before the most memory a process had. Elsewhere the memory is not looked at; what the
// system says of an ended process counts in that of its parent.
const peakLine = "VmHWM:"

// TestHostileFile is what the process of its own does.
func TestHostileFile(t *testing.T) {
	name := os.Getenv("CONTACTFILE_HOSTILE")
	if name == "" {
		t.Skip("run by TestHostileFilesEndInAClearFaultWithinBoundedMemory")
	}
	test := hostile[name]
	file := test.file(t)
	if many, ok := file.(pattern); ok {
		file = many.longer()
	}
	runtime.GC() // of what making the file took
	rows, err := countRows(file, test.options)
	if (err != nil) != (test.says != "") {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if err != nil && fault.From(err).Code != fault.LimitReached && fault.From(err).Code != fault.InvalidInput {
		t.Fatal(err)
	}
	fmt.Println(err)
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		_, peak, _ := strings.Cut(string(status), peakLine)
		fmt.Println(peakLine, strings.Fields(peak)[0])
	}
}

func countRows(file File, options Options) (rows int, err error) {
	reader, err := Open(file, options)
	if err != nil {
		return 0, err
	}
	defer reader.Close()
	for {
		if _, err := reader.Next(); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		rows++
	}
}

// breaking is a file whose disk fails, whose caller gives up, or that is cut while it is read.
type breaking struct {
	pattern
	at  int64
	err error
}

func (b breaking) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.at {
		return 0, b.err
	}
	return b.pattern.ReadAt(p, at)
}

func TestAFileThatCannotBeReadOnIsAnAccessFault(t *testing.T) {
	rows := pattern{"email\n", "a@b.co\n", "", 1 << 20}
	for name, test := range map[string]struct {
		err  error
		code fault.Code
		says string
	}{
		"a broken disk":           {errors.New("the disk is on fire"), fault.FileAccess, "could not be read to its end"},
		"a file that was cut":     {io.EOF, fault.FileAccess, "became shorter while it was read"},
		"a caller that is gone":   {context.Canceled, fault.Cancelled, ""},
		"a fault of the caller's": {fault.New(fault.ReadOnly, "x.", "", "y."), fault.ReadOnly, ""},
	} {
		t.Run(name, func(t *testing.T) {
			read, err := countRows(breaking{rows, 4 << 20, test.err}, Options{})
			if !fault.Is(err, test.code) || !strings.Contains(err.Error(), test.says) || read < 100_000 {
				t.Errorf("after %d rows: %v", read, err)
			}
			if _, err := Open(breaking{rows, 0, test.err}, Options{}); name != "a file that was cut" && !fault.Is(err, test.code) {
				t.Errorf("opening: %v", err)
			}
		})
	}
	sheet := workbookOf(t, func(*excelize.File) {})
	_, err := countRows(brokenContent{sheet}, Options{})
	if !fault.Is(err, fault.FileAccess) {
		t.Errorf("a workbook: %v", err)
	}
	if _, err := Open(folder{}, Options{}); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
}

type brokenContent struct{ content }

func (b brokenContent) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 && at < int64(len(b.content))/2 {
		return 0, errors.New("the disk is on fire")
	}
	return b.content.ReadAt(p, at)
}

type folder struct{ content }

func (folder) Stat() (fs.FileInfo, error) { return os.Stat(".") }

func TestProgressGoesFromNothingToTheWholeFile(t *testing.T) {
	file := pattern{"email\n", "a@b.co\n", "", 1 << 18}
	reader, err := Open(file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	for {
		_, err := reader.Next()
		read, size := reader.Position()
		if read < last || size != file.size() {
			t.Fatalf("%d of %d after %d", read, size, last)
		}
		last = read
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if last != file.size() {
		t.Errorf("%d of %d at the end", last, file.size())
	}
	reader.Close()
	if _, err := reader.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the end: %v", err)
	}
}
