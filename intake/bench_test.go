package intake

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

// counting is a stage that keeps nothing.
type counting struct{ contacts int }

func (c *counting) Contacts(_ context.Context, chunk Chunk) error {
	c.contacts += chunk.Count
	return nil
}

func (c *counting) Rejected(context.Context, []string, []Rejected) error { return nil }

func (c *counting) OptedOut(context.Context, []string) error { return nil }

var benchFields = []apiclient.Field{
	{ID: 1, Name: "First name", MergeTag: "first_name", DataType: "text"}, {ID: 2, Name: "Last name", MergeTag: "last_name", DataType: "text"},
	{ID: 3, Name: "Company", MergeTag: "company", DataType: "text"}, {ID: 4, Name: "City", MergeTag: "city", DataType: "text"},
	{ID: 5, Name: "Signed up", MergeTag: "signed_up", DataType: "date"}, {ID: 6, Name: "Orders", MergeTag: "orders", DataType: "integer"},
	{ID: 7, Name: "VIP", MergeTag: "vip", DataType: "boolean"},
}

// generated is a file as testdata/generate.go writes it; INTAKE_BENCH may name another.
func generated(b testing.TB) *os.File {
	b.Helper()
	path := os.Getenv("INTAKE_BENCH")
	if path == "" {
		path = filepath.Join(b.TempDir(), "contacts.csv")
		written, err := exec.Command("go", "run", "../testdata/generate.go", "-rows", "200000", "-status").Output()
		must(b, err)
		must(b, os.WriteFile(path, written, 0o600))
	}
	file, err := os.Open(path)
	must(b, err)
	b.Cleanup(func() { file.Close() })
	return file
}

func countCSV(file *os.File) (rows int, err error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	reader := csv.NewReader(file)
	reader.ReuseRecord = true
	for ; ; rows++ {
		if _, err := reader.Read(); errors.Is(err, io.EOF) {
			return rows - 1, nil // the header
		} else if err != nil {
			return 0, err
		}
	}
}

// BenchmarkIntake reads a file, and reports how much of encoding/csv's speed is reached, which does no more than take the
// file apart. What the contacts cost that are written down besides, package bulk measures.
func BenchmarkIntake(b *testing.B) {
	file := generated(b)
	var perRow float64 // nanoseconds
	b.Run("encoding csv", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			n, err := countCSV(file)
			must(b, err)
			rows += n
		}
		perRow = float64(b.Elapsed()) / float64(rows)
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("intake", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			stage := &counting{}
			sum, err := ReadFile(b.Context(), file, Reading{DecimalSign: "."}, accountWith(benchFields), stage)
			must(b, err)
			if sum.Contacts != stage.contacts || sum.Contacts == 0 {
				b.Fatal(sum.Contacts, stage.contacts)
			}
			rows += sum.Read
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		b.ReportMetric(perRow*float64(rows)/float64(b.Elapsed()), "ratio")
	})
}
