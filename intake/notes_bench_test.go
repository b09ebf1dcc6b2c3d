package intake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noteWords are what people write about customers; some of it is near to what a mailing says.
var noteWords = strings.Fields(`called last Tuesday about the order and asked for a new offer wants delivery before Easter likes red wine
	met at the fair in Köln son works with us please call again in March paid late sent a reminder by post moved to another
	city interested in the course next spring prefers contact by phone asked why the invoice was not sent friend of Ann very
	happy complained about the price returned one item no answer yet`)

// withNotes is a contact file with a column of remarks, no two of which are the same.
func withNotes(rows int) []byte {
	random := rand.New(rand.NewPCG(7, 7))
	var file bytes.Buffer
	file.WriteString("email,first_name,last_name,company,city,signed_up,notes\n")
	for i := range rows {
		fmt.Fprintf(&file, "person%d@example.com,Ann,Müller,Contoso Trading,Köln,2024-05-%02d,", i, 1+i%28)
		for range 6 + random.IntN(12) {
			file.WriteString(noteWords[random.IntN(len(noteWords))])
			file.WriteByte(' ')
		}
		file.WriteByte('\n')
	}
	return file.Bytes()
}

// BenchmarkNotes reads a file with free text in every row.
func BenchmarkNotes(b *testing.B) {
	path := filepath.Join(b.TempDir(), "notes.csv")
	must(b, os.WriteFile(path, withNotes(50_000), 0o600))
	file, err := os.Open(path)
	must(b, err)
	b.Cleanup(func() { file.Close() })
	rows := 0
	for b.Loop() {
		sum, err := ReadFile(b.Context(), file, Reading{}, accountWith(benchFields), &counting{})
		must(b, err)
		rows += sum.Read
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}
