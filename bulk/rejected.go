package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"

	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/kept"
)

// writeRejected writes the rows that are not sent, as far as they are known, to a CSV file that can be corrected and imported
// again. Rows that come to it later go into the same file, or into one of their own when somebody has changed that
// meanwhile, because it is there to be corrected. Without a folder to write to, the reasons alone are told.
func (s *Service) writeRejected(ctx context.Context, j *job) error {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	var batches int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM job_rejected WHERE job = `+jobOf, j.account, j.ID).Scan(&batches); err != nil {
		return err
	}
	if batches == 0 || batches == j.Tally.RejectedRows || s.folders.IsEmpty() {
		return nil
	}
	t := &j.Tally
	if t.RejectedFile != "" && !s.isAsWritten(j) {
		path, err := s.writeRows(ctx, db, j, t.RejectedRows, (*files.Draft).KeepOnce)
		if err == nil {
			t.OtherRejected, t.RejectedRows = path, batches
		}
		return err
	}
	keep := (*files.Draft).KeepOnce
	if t.RejectedFile != "" {
		keep = (*files.Draft).Replace
	}
	path, err := s.writeRows(ctx, db, j, 0, keep)
	if err == nil {
		t.RejectedFile, t.RejectedRows = path, batches
		t.RejectedSize, t.RejectedTime = looks(path)
	}
	return err
}

func looks(path string) (size, changed int64) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0 // then it is taken for changed, which costs a second file
	}
	return info.Size(), info.ModTime().UnixNano()
}

// isAsWritten reports whether a job's file of rejected rows still looks as it did when it was written.
func (s *Service) isAsWritten(j *job) bool {
	size, changed := looks(j.Tally.RejectedFile)
	return size != 0 && size == j.Tally.RejectedSize && changed == j.Tally.RejectedTime
}

// writeRows writes the batches of rejected rows after the first few to a file that keep gives its name.
func (s *Service) writeRows(ctx context.Context, db *sql.DB, j *job, after int, keep func(*files.Draft) (string,
	error)) (path string, err error) {
	file, err := kept.NewRejectedFile(s.folders, j.ID, j.Source.Columns)
	if err != nil {
		return "", err
	}
	if err := eachRejected(ctx, db, j, after, file.Write); err != nil {
		file.Discard()
		return "", err
	}
	return file.End(keep)
}

// eachRejected visits the rejected rows of a job, in the order they became known, after the first few batches.
func eachRejected(ctx context.Context, db *sql.DB, j *job, after int, visit func(intake.Rejected) error) error {
	for {
		var content []byte
		err := db.QueryRowContext(ctx, `SELECT n, content FROM job_rejected WHERE job = `+jobOf+` AND n > ? ORDER BY n LIMIT 1`,
			j.account, j.ID, after).Scan(&after, &content)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return recorded(err)
		}
		var rows []intake.Rejected
		if err := json.Unmarshal(content, &rows); err != nil {
			return err
		}
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
		}
	}
}
