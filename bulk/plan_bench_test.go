package bulk

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	shell "os/exec"
	"path/filepath"
	"testing"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/intake"
)

// benchFile is a contact file below dir as testdata/generate.go writes it.
func benchFile(b *testing.B, dir string) string {
	b.Helper()
	path := filepath.Join(dir, "contacts.csv")
	written, err := shell.Command("go", "run", "../testdata/generate.go", "-rows", "500000", "-status").Output()
	must(b, err)
	must(b, os.WriteFile(path, written, 0o600))
	return path
}

func rowsOf(path string) (rows int, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
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

// BenchmarkPlanning reads, maps, coerces, checks, merges and stages a file, all that a preview does, and reports how much of
// the speed is reached of encoding/csv, which does no more than take the file apart.
func BenchmarkPlanning(b *testing.B) {
	dir := b.TempDir()
	path := benchFile(b, dir)
	account := emulator.New(emulator.Config{})
	for _, field := range [][3]string{{"Company", "text", "company"}, {"City", "text", "city"}, {"Signed up", "date", "signed_up"}, {"Orders", "integer", "orders"}, {"VIP", "boolean", "vip"}} {
		account.AddField(field[0], field[1], field[2])
	}
	s := started(b, setting{account: account, dirs: []string{dir}, data: b.TempDir()})
	var perRow float64 // nanoseconds
	b.Run("encoding csv", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			n, err := rowsOf(path)
			must(b, err)
			rows += n
		}
		perRow = float64(b.Elapsed()) / float64(rows)
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("plan", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			planned, err := s.PlanImport(b.Context(), ImportRequest{File: path, Reading: intake.Reading{DecimalSign: "."}})
			must(b, err)
			rows += planned.Source.Read
			b.StopTimer()
			s.Discard(b.Context(), planned.ID)
			b.StartTimer()
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		b.ReportMetric(perRow*float64(rows)/float64(b.Elapsed()), "ratio")
	})
}
