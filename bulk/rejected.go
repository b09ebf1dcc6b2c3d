package bulk

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

const (
	// saidByMailtrap begins the reasons that are the API's own.
	saidByMailtrap = "Mailtrap: "
	// orTheLike follows the first of several values rejected for one reason.
	orTheLike = " or the like"
)

func rejectedName(stamp string) string { return "mailtrap-rejected-" + stamp + ".csv" }

// writeRejected writes the rows that are not imported to a CSV file that can be mended and imported again. Without a
// folder to write to, the answer shows the reasons only.
func (s *Service) writeRejected(j *job, prepared *Prepared) error {
	return s.keepRejected(j, prepared, prepared.Rejected, (*Draft).Keep)
}

// addRejected writes down the rows rejected since the first known ones were: into the same file, or into one of their own
// when somebody has changed that meanwhile, because it is there to be mended.
func (s *Service) addRejected(j *job, prepared *Prepared, known int) error {
	j.unsent.mu.Lock()
	defer j.unsent.mu.Unlock()
	earlier := j.status().RejectedFile
	if earlier == "" {
		return s.writeRejected(j, prepared)
	}
	if isAsWritten(earlier, j.rejects) {
		return s.keepRejected(j, prepared, prepared.Rejected, (*Draft).Replace)
	}
	if err := s.keepRejected(j, prepared, prepared.Rejected[known:], (*Draft).Keep); err != nil {
		return err
	}
	j.update("", func(status *Status) {
		status.Note = text.Count(known, "rejected row") + " had been written to " + earlier + " before; that file was changed meanwhile, and left alone."
	})
	return nil
}

// isAsWritten reports whether a file still looks as it did when it was written.
func isAsWritten(path string, written fs.FileInfo) bool {
	now, err := os.Stat(path)
	return err == nil && written != nil && now.Size() == written.Size() && now.ModTime().Equal(written.ModTime())
}

// keepRejected writes rejected rows to a file that keep gives its name.
func (s *Service) keepRejected(j *job, prepared *Prepared, rejected []Rejected, keep func(*Draft) (string, error)) error {
	rejected = j.unsent.notErased(rejected)
	if len(rejected) == 0 || len(s.folders.roots) == 0 {
		return nil
	}
	draft, err := s.folders.Create(rejectedName(j.stamp), false)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rejected, func(a, b Rejected) int { return cmp.Compare(a.Line, b.Line) })
	out := csv.NewWriter(draft)
	err = out.Write(append([]string{lineColumn, reasonColumn}, prepared.sourceCells(prepared.Columns)...))
	for _, row := range rejected {
		if err == nil {
			err = out.Write(append([]string{fmt.Sprint(row.Line), row.Reason}, prepared.sourceCells(row.Cells)...))
		}
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		draft.Discard()
		return s.folders.cannot("written", draft.name, err)
	}
	path, err := keep(draft)
	if err != nil {
		return err
	}
	if j.rejects, err = os.Stat(path); err != nil {
		j.rejects = nil // then it is taken for changed, which costs a second file
	}
	j.update("", func(status *Status) { status.RejectedFile = path })
	return nil
}

// rejectedBefore is the file of rejected rows that an import of an earlier process left, and how many rows it has.
func (s *Service) rejectedBefore(stamp string) (path string, rows int) {
	if stamp == "" {
		return "", 0
	}
	for _, where := range s.folders.roots {
		file, err := where.root.Open(rejectedName(stamp))
		if err != nil {
			continue
		}
		defer file.Close()
		in := csv.NewReader(file)
		in.FieldsPerRecord = -1
		in.ReuseRecord = true
		for rows = -1; err == nil; rows++ { // the header is none
			_, err = in.Read()
		}
		if errors.Is(err, io.EOF) {
			rows--
		}
		return filepath.Join(where.path, rejectedName(stamp)), max(rows, 0)
	}
	return "", 0
}

// sourceCells leaves out the columns that an earlier file of rejected rows put before the source's.
func (p *Prepared) sourceCells(cells []string) []string {
	kept := make([]string, 0, len(cells))
	for i, cell := range cells {
		if i >= len(p.Columns) || !isOwnColumn(p.Columns[i]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

// quoted is a value within a reason, as package text quotes it.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// reasons counts why rows were rejected. Reasons that differ in the rejected value only are counted together.
func reasons(rejected []Rejected) []Reason {
	groups := map[string]*Reason{}
	for _, row := range rejected {
		kind := row.Reason
		if !strings.HasPrefix(kind, saidByMailtrap) { // what Mailtrap says is quoted as well
			kind = quoted.ReplaceAllLiteralString(kind, `"…"`)
		}
		switch group := groups[kind]; {
		case group == nil:
			groups[kind] = &Reason{Text: row.Reason, Rows: 1}
		case group.Text == row.Reason, strings.Contains(group.Text, orTheLike):
			group.Rows++
		default:
			group.Rows++
			first := quoted.FindStringIndex(group.Text)
			group.Text = group.Text[:first[1]] + orTheLike + group.Text[first[1]:]
		}
	}
	return mostFrequent(groups, 5)
}

// mostFrequent orders reasons by how often they occur.
func mostFrequent(groups map[string]*Reason, limit int) []Reason {
	found := make([]Reason, 0, len(groups))
	for _, group := range groups {
		found = append(found, Reason{Text: text.ClipProse(group.Text, 200), Rows: group.Rows})
	}
	slices.SortFunc(found, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text))
	})
	return found[:min(len(found), limit)]
}
