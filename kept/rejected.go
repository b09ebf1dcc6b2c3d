package kept

import (
	"bufio"
	"encoding/csv"
	"strconv"

	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/intake"
)

// RejectedFile is a file of rejected rows that is being written.
type RejectedFile struct {
	draft   *files.Draft
	out     *csv.Writer
	columns []string
}

// NewRejectedFile begins one of a job, whose source has some columns. It ends with End or Discard.
func NewRejectedFile(folders *files.Folders, job string, columns []string) (*RejectedFile, error) {
	draft, err := folders.Create(job+"-rejected.csv", false)
	if err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		columns = []string{"email"}
	}
	f := &RejectedFile{draft, csv.NewWriter(bufio.NewWriterSize(draft, 64<<10)), columns} // which it takes as its own
	header := append([]string{intake.LineColumn, intake.ReasonColumn}, intake.SourceCells(columns, columns)...)
	if err := f.out.Write(header); err != nil {
		return nil, draft.Fail(err)
	}
	return f, nil
}

// Write adds a row. After an error nothing is left of the file.
func (f *RejectedFile) Write(row intake.Rejected) error {
	line := ""
	if row.Line > 0 {
		line = strconv.Itoa(row.Line)
	}
	cells := intake.SourceCells(f.columns, row.Cells)
	for i, cell := range cells {
		cells[i] = intake.Neutral(cell)
	}
	if err := f.out.Write(append([]string{line, row.Reason}, cells...)); err != nil {
		return f.draft.Fail(err)
	}
	return nil
}

// End writes what is left, and has keep give the file its name.
func (f *RejectedFile) End(keep func(*files.Draft) (string, error)) (path string, err error) {
	if f.out.Flush(); f.out.Error() != nil {
		return "", f.draft.Fail(f.out.Error())
	}
	return keep(f.draft)
}

// Discard leaves nothing of the file.
func (f *RejectedFile) Discard() { f.draft.Discard() }
