package contactfile

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// readableEndings are the endings of files in an archive that may be contact files.
var readableEndings = []string{".csv", ".tsv", ".txt", ".tab", ".json", ".jsonl", ".ndjson", ".vcf", ".vcard"}

// openArchive opens one file of an archive: the one that is asked for, or the only one that holds people whose name does
// not say that they do not want mail. The others are noted.
func (r *Reader) openArchive(archive *zip.Reader, options Options) error {
	r.about.Zip = true
	var files []member
	for _, file := range archive.File {
		name := strings.ReplaceAll(file.Name, `\`, "/")
		if strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(path.Base(name), ".") ||
			len(files) == maxSheets {
			continue
		}
		files = append(files, member{file: file, name: text.Clip(name, 100), raw: r.raw, limits: options.Limits})
		r.about.Sheets = append(r.about.Sheets, files[len(files)-1].name)
	}
	if len(files) == 0 {
		return notReadable("It is a ZIP archive without files.", readableFormats)
	}
	chosen, people := 0, make([]bool, len(files))
	var err error
	if options.Sheet != "" {
		chosen, err = named(options.Sheet, r.about.Sheets, "the archive has no file")
	} else {
		chosen, err = mostLikelyFile(files, options, people)
	}
	if err != nil {
		return err
	}
	r.about.Sheet = files[chosen].name
	if name := unwillingFile(files[chosen].name); name != "" {
		r.about.Unwilling = name
	}
	for i, other := range files {
		if i != chosen {
			r.notes.open(OtherFile, other.name).People = people[i]
			if other.mayHold() && unwillingFile(other.name) != "" {
				r.about.Gone = append(r.about.Gone, other.name)
			}
		}
	}
	options.Sheet = ""
	start, err := beginningOf(files[chosen])
	if err != nil {
		return err
	}
	if isZip(start) || bytes.HasPrefix(start, gzipMark) {
		return notReadable("Inside the ZIP archive is another packed file or a workbook, "+text.Quote(files[chosen].name)+".",
			"Unpack it and give what is inside.")
	}
	return r.read(files[chosen], start, options)
}

// mostLikelyFile is the only file of an archive that holds people who may want mail. people says which do hold some.
func mostLikelyFile(files []member, options Options, people []bool) (int, error) {
	var likely, unwillings []member
	at := 0 // of the likely one
	for i, file := range files[:min(len(files), lookedInto)] {
		if !file.mayHold() {
			continue
		}
		var err error
		if people[i], err = file.holdsPeople(options); says(err) && fault.From(err).Code == fault.LimitReached {
			return 0, err
		}
		switch {
		case unwillingFile(file.name) != "":
			unwillings = append(unwillings, file)
		case people[i]:
			likely, at = append(likely, file), i
		}
	}
	switch {
	case len(likely) == 1:
		return at, nil
	case len(files) == 1:
		return 0, nil
	case len(likely) == 0 && len(unwillings) > 0:
		return 0, fault.New(fault.InvalidInput, "file: no file of the ZIP archive holds people who may be mailed.",
			"The names of those that do say otherwise: "+text.Listing(namesOf(unwillings), 6)+".",
			"If one of them is meant all the same, name it with sheet.")
	case len(likely) == 0:
		return 0, fault.New(fault.InvalidInput, "file: no file of the ZIP archive holds e-mail addresses that were found.",
			"It has "+text.Listing(namesOf(files), 10)+".",
			"Name the one to read with sheet, or unpack it and give the contact file that is inside.")
	}
	return 0, fault.New(fault.InvalidInput, "file: several files of the ZIP archive hold e-mail addresses.",
		"They are "+text.Listing(namesOf(likely), 10)+".",
		"Name the one to read with sheet; read the others with calls of their own.")
}

func namesOf(files []member) (names []string) {
	for _, file := range files {
		names = append(names, text.Quote(file.name))
	}
	return names
}

// member is a file in an archive.
type member struct {
	file   *zip.File
	name   string
	raw    *source
	limits Limits
}

// mayHold tells by the ending of its name whether a file may hold people.
func (m member) mayHold() bool {
	ending := strings.ToLower(path.Ext(m.name))
	return ending == "" || ending == ".xlsx" || ending == ".zip" || slices.Contains(readableEndings, ending)
}

// holdsPeople reports addresses at the beginning of the file.
func (m member) holdsPeople(options Options) (bool, error) {
	start, err := beginningOf(m)
	if err != nil || isZip(start) || bytes.HasPrefix(start, gzipMark) {
		return false, err
	}
	looked := &Reader{raw: m.raw, about: &Description{}}
	options.Sheet = ""
	if err := looked.read(m, start, options); err != nil {
		return false, err
	}
	rows := 0
	for row, err := range looked.Rows() {
		if rows++; err != nil || rows > headRows {
			return false, err
		}
		if addressIn(row.Cells) >= 0 {
			return true, nil
		}
	}
	return false, nil
}

func (m member) open() (io.Reader, error) {
	if m.file.Flags&1 != 0 {
		return nil, notReadable("The ZIP archive is protected with a password.", "Unpack it and give the contact file that is inside.")
	}
	stream, err := m.file.Open()
	if err != nil {
		return nil, damagedPacking(err)
	}
	m.raw.read.Store(0)
	return &unpacked{stream: stream, raw: m.raw, of: m.file, limits: m.limits}, nil
}
