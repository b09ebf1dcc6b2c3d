package bulk

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// benchFile is a contact file of some thousand rows.
func benchFile(rows int) string {
	var file strings.Builder
	file.WriteString("email,first_name,last_name,age,score,active,since,Company\n")
	for i := range rows {
		fmt.Fprintf(&file, "person%d@example.com,Ann,\"O'Neil, Jr\",%d,%d.5,yes,2026-01-02,ACME\n", i, i%90, i)
	}
	return file.String()
}

// BenchmarkReadCSV compares reading and checking a contact file with encoding/csv alone.
func BenchmarkReadCSV(b *testing.B) {
	const rows = 20_000
	content := benchFile(rows)
	run := func(name string, read func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				must(b, read())
			}
			b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	run("encoding csv", func() error {
		reader := csv.NewReader(strings.NewReader(content))
		reader.ReuseRecord = true
		for {
			if _, err := reader.Read(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
	run("reader", func() error {
		reader, err := NewReader(b.Context(), fileOf(content), Reading{})
		for err == nil {
			_, err = reader.Read()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	})
	run("reader and checks", func() error {
		p, err := prepared(content)
		if err == nil && len(p.Rows) != rows {
			return fmt.Errorf("%d rows", len(p.Rows))
		}
		return err
	})
}
