package intake

import (
	"context"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// memory is a file that is no file.
type memory struct{ *strings.Reader }

func fileOf(content string) memory { return memory{strings.NewReader(content)} }

// Stat implements contactfile.File.
func (m memory) Stat() (fs.FileInfo, error) { return sized(m.Size()), nil }

// sized is what is known of such a file.
type sized int64

func (sized) Name() string       { return "contacts" }
func (s sized) Size() int64      { return int64(s) }
func (sized) Mode() fs.FileMode  { return 0o600 }
func (sized) ModTime() time.Time { return time.Time{} }
func (sized) IsDir() bool        { return false }
func (sized) Sys() any           { return nil }

// kept is a stage that keeps all it is given.
type kept struct {
	Lines   [][]byte
	Chunks  []Chunk // without their rows
	Sizes   []int
	Rejects []Rejected
	Outs    []string
}

func (k *kept) Contacts(_ context.Context, chunk Chunk) error {
	size := 0
	err := chunk.Rows.Each(func(one Row) error {
		line := append(one.AppendJSON(nil, one.Fields(), one.Joins(), one.Leaves()), '\n')
		k.Lines = append(k.Lines, line)
		size += len(line)
		return nil
	})
	k.Chunks, k.Sizes = append(k.Chunks, Chunk{Count: chunk.Count, Joins: chunk.Joins}), append(k.Sizes, size)
	return err
}

func (k *kept) Rejected(_ context.Context, _ []string, rows []Rejected) error {
	k.Rejects = append(k.Rejects, rows...)
	return nil
}

func (k *kept) OptedOut(_ context.Context, emails []string) error {
	k.Outs = append(k.Outs, emails...)
	return nil
}

// outcome is a summary and what the stage was given.
type outcome struct {
	Summary
	Rows    []Contact
	Rejects []Rejected
	Outs    []string
	Sizes   []int
	Chunks  []Chunk
}

func came(t testing.TB, sum *Summary, stage *kept) *outcome {
	t.Helper()
	o := &outcome{Summary: *sum, Rejects: stage.Rejects, Outs: stage.Outs, Sizes: stage.Sizes, Chunks: stage.Chunks}
	for _, line := range stage.Lines {
		var row Contact
		must(t, json.Unmarshal(line, &row))
		o.Rows = append(o.Rows, row)
	}
	contacts := 0
	for _, chunk := range stage.Chunks {
		joins := false
		for _, row := range o.Rows[contacts : contacts+chunk.Count] {
			joins = joins || len(row.AddToLists) > 0
		}
		if contacts += chunk.Count; joins != chunk.Joins {
			t.Fatalf("a chunk of contacts that join lists (%v) says %v", joins, chunk.Joins)
		}
	}
	switch {
	case contacts != len(o.Rows), sum.Contacts != contacts, sum.Rejected != len(stage.Rejects):
		t.Fatalf("%d contacts in chunks that say %d; %d rejected; the summary says %+v", len(o.Rows), contacts, len(stage.Rejects), sum)
	case sum.Read != sum.Contacts+sum.Merged+sum.Rejected:
		t.Fatalf("%d read, %d contacts, %d merged, %d rejected", sum.Read, sum.Contacts, sum.Merged, sum.Rejected)
	}
	return o
}

func accountWith(fields []apiclient.Field) Account {
	return Account{Fields: func(context.Context, []string) ([]apiclient.Field, error) { return fields, nil }}
}

// prepared reads a file's content against some fields.
func prepared(t testing.TB, content string) (*outcome, error) {
	t.Helper()
	return preparedAs(t, content, Reading{}, someFields)
}

func preparedAs(t testing.TB, content string, how Reading, fields []apiclient.Field) (*outcome, error) {
	t.Helper()
	return preparedWithin(t, content, how, accountWith(fields), ordinaryBounds())
}

func preparedWithin(t testing.TB, content string, how Reading, account Account, limits bounds) (*outcome, error) {
	t.Helper()
	stage := &kept{}
	sum, err := readFile(t.Context(), fileOf(content), how, account, stage, limits)
	if err != nil {
		return nil, err
	}
	return came(t, sum, stage), nil
}

// linesOf are the lines of rejected rows.
func (o *outcome) linesOf() (lines []int) {
	for _, row := range o.Rejects {
		lines = append(lines, row.Line)
	}
	return lines
}

func emailsOf(o *outcome) []string {
	emails := []string{}
	for _, row := range o.Rows {
		emails = append(emails, row.Email)
	}
	return emails
}

// tallied counts reasons.
func tallied(rows []Rejected) []Reason {
	var tally Tally
	for _, row := range rows {
		tally.Add(row.Reason)
	}
	return tally.Top()
}

func sorted(emails []string) []string {
	emails = slices.Clone(emails)
	slices.Sort(emails)
	return emails
}

// tinyBounds hold so little that a few rows need many parts, a file and many chunks.
func tinyBounds() bounds {
	limits := ordinaryBounds()
	limits.memory, limits.block, limits.partition, limits.batch, limits.rows = 256, 64, 300, 200, 3
	limits.chunk, limits.contacts = 500, 7
	return limits
}
