package exports

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/fault"
)

// rowsOf reads an export to its end.
func rowsOf(from io.Reader) (n int, err error) {
	r, err := Read(from)
	for err == nil {
		if _, err = r.Next(); err == nil {
			n++
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Guarantee 4.1.
func TestWhatIsNoExportIsNeverReadAsAnEmptyOne(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":                    "",
		"blanks":                     " \r\n\r\n",
		"a page":                     "<!DOCTYPE html>\n<html><head><meta content=\"log in, email, password\"></head></html>",
		"a page after a mark":        "\ufeff\n<html>",
		"an error of S3":             `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>`,
		"JSON":                       `{"error":"Not Found","email":null}`,
		"a JSON array":               "[\n{\"email\":\"a@x.de\"}]",
		"a header without addresses": "id,status\n",
		"a table without addresses":  "name,age\nAnna,42\n",
		"addresses that are none":    "email,plan\nAnna,pro\nBob,free\n",
		"an empty address":           "email,plan\n,pro\n",
		"a row without its address":  "id,plan,email\n1,pro\n",
		"broken off in a row":        "id,email,plan\n1,a@x.de,pro\n2,b@x.d",
		"broken off in quotes":       "email,plan\na@x.de,\"pr",
		"cells of another header":    "email,plan\na@x.de,pro,gold\n",
		"bytes":                      "email,\x00plan\n",
		"letters of nothing known":   "em\xffail,email\n",
		"a plain sentence":           "upstream request timeout",
	} {
		if n, err := rowsOf(strings.NewReader(file)); !fault.Is(err, fault.UpstreamError) || !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "is therefore not known") {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
	_, err := Read(strings.NewReader(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`))
	if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("the host's reason is not said: %v", err)
	}
	for name, want := range map[string]int{"email\n": 0, "\ufeffEmail;Plan\n\"a@x.de\";pro\n": 1, "mail\tplan\na@x.de\tpro\nb@x.de\t": 2, "email,id,plan\na@x.de\nb@x.de,,\n": 2} {
		if n, err := rowsOf(strings.NewReader(name)); n != want || err != nil {
			t.Errorf("%q: %d rows, %v", name, n, err)
		}
	}
}

// Guarantee 4.1.
func TestAnExportThatBreaksOffIsNoShorterExport(t *testing.T) {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte("email,plan\n" + strings.Repeat("a@x.de,pro\n", 5000)))
	_ = writer.Close()
	whole := packed.Bytes()
	for _, cut := range []int{len(whole) / 2, len(whole) - 1, len(whole) - 9} {
		unpacked, err := gzip.NewReader(bytes.NewReader(whole[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := rowsOf(unpacked); !fault.Is(err, fault.UpstreamError) || errors.Is(err, ErrNone) { // fetching it again may help
			t.Errorf("cut at %d of %d: %d rows, %v", cut, len(whole), n, err)
		}
	}
	_, err := rowsOf(io.MultiReader(strings.NewReader("email,plan\na@x.de,pro\n"), &failing{fault.New(fault.Timeout, "It stalled.", "", "Wait.")}))
	if !fault.Is(err, fault.Timeout) {
		t.Errorf("the download's own words are lost: %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// endless is a file of one kind of letter, which counts what was read of it.
type endless struct {
	begins string
	letter byte
	left   int64
	read   int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.begins != "" {
		n := copy(p, e.begins)
		e.begins = e.begins[n:]
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := range n {
		p[i] = e.letter
	}
	e.left -= int64(n)
	e.read += int64(n)
	return n, nil
}

// Guarantee 4.9.
func TestAnEndlessCellIsNotReadIntoMemory(t *testing.T) {
	for name, begins := range map[string]string{
		"a cell": "email,plan\na@x.de,", "a quoted cell": "email,plan\na@x.de,\"", "an address": "email\n", "the header": "email,", "a quoted header": "email,\"", "one line": "",
	} {
		file := &endless{begins: begins, letter: 'x', left: 400 << 20}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := rowsOf(file)
		runtime.ReadMemStats(&after)
		if !fault.Is(err, fault.UpstreamError) || !errors.Is(err, ErrNone) {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
		if allocated := after.TotalAlloc - before.TotalAlloc; file.read > 2*MaxRow || allocated > 32<<20 {
			t.Errorf("%s: %d bytes read, %d allocated", name, file.read, allocated)
		}
	}
	wide := &endless{begins: "email,", letter: ',', left: 1 << 19}
	if _, err := rowsOf(wide); !errors.Is(err, ErrNone) {
		t.Errorf("half a million columns: %v", err)
	}
	for name, row := range map[string]string{"a long address": strings.Repeat("a", 400) + "@x.de,", "a long cell": "a@x.de," + strings.Repeat("x", MaxCell+1)} {
		if n, err := rowsOf(strings.NewReader("email,plan\n" + row + "\n")); n != 0 || !errors.Is(err, ErrNone) {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
	long := "email,plan\na@x.de," + strings.Repeat("x", MaxCell) + "\n" + strings.Repeat("b@x.de,y\n", 1<<18)
	if n, err := rowsOf(strings.NewReader(long)); n != 1+1<<18 || err != nil { // the bound is each row's, not the file's
		t.Errorf("%d rows, %v", n, err)
	}
}
