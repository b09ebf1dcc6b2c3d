package contactfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// manyRows is a contact file of some size.
func manyRows(rows int, quoted bool) []byte {
	var file bytes.Buffer
	file.WriteString("email,first_name,last_name,company,city,plan,signed_up,score\n")
	for i := range rows {
		company := "Example Trading Company"
		if quoted {
			company = `"Example, Sons & ""Daughters"""`
		}
		fmt.Fprintf(&file, "person%d@example.com,Ann,Müller-Lindström,%s,Göteborg,professional,2026-01-02,%d\n", i, company, i%1000)
	}
	return file.Bytes()
}

func readWithLibrary(file File) (rows int, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	reader := csv.NewReader(io.NewSectionReader(file, 0, info.Size()))
	reader.ReuseRecord = true
	for {
		if _, err := reader.Read(); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		rows++
	}
}

func readHere(file File) (rows int, err error) {
	rows, err = countRows(file, Options{})
	return rows + 1, err // the header
}

// BenchmarkTable reads the same file with encoding/csv and with this package in turns, and reports how much of the
// library's speed is reached. CONTACTFILE_BENCH may name another file, such as testdata/generate.go writes.
func BenchmarkTable(b *testing.B) {
	const rows = 100_000
	files := map[string]File{"plain": content(manyRows(rows, false)), "a cell quoted": content(manyRows(rows, true))}
	if path := os.Getenv("CONTACTFILE_BENCH"); path != "" {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		files = map[string]File{"file": file}
	}
	for name, file := range files {
		b.Run(name, func(b *testing.B) {
			var library, here time.Duration
			rows := 0
			for b.Loop() {
				start := time.Now()
				want, err := readWithLibrary(file)
				if err != nil {
					b.Fatal(err)
				}
				library += time.Since(start)
				start = time.Now()
				if n, err := readHere(file); err != nil || n != want {
					b.Fatal(n, want, err)
				}
				here += time.Since(start)
				rows += want
			}
			b.ReportMetric(float64(rows)/library.Seconds(), "library-rows/s")
			b.ReportMetric(float64(rows)/here.Seconds(), "rows/s")
			b.ReportMetric(library.Seconds()/here.Seconds(), "ratio")
		})
	}
}

// BenchmarkOthers reads the formats that encoding/csv does not.
func BenchmarkOthers(b *testing.B) {
	const rows = 20_000
	var lines bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&lines, "{\"email\":\"person%d@example.com\",\"fields\":{\"first_name\":\"Ann\",\"city\":\"Göteborg\",\"score\":%d},\"plan\":\"pro\"}\n", i, i)
	}
	workbook := workbookOf(b, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		w.SetRow("A1", []any{"email", "first_name", "city", "score", "signed_up", "plan"})
		for i := range rows {
			w.SetRow(fmt.Sprint("A", i+2), []any{fmt.Sprintf("person%d@example.com", i), "Ann", "Göteborg", i, 45_000 + i%1000, "pro"})
		}
		w.Flush()
	})
	for name, file := range map[string]content{"JSON Lines": lines.Bytes(), "Excel": workbook, "gzip": gzipped(b, manyRows(rows, false))} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := countRows(file, Options{}); n != rows || err != nil {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
