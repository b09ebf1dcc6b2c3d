package audience

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"slices"
	"strings"
)

// Forget erases a person from all snapshots of the account, and from what was noted since: their cells are overwritten and
// the freed bytes too (secure_delete). A Snapshot that somebody holds shows an empty row until it is released. It returns how many rows were erased. A snapshot that is being taken may have them
// still; call it again when it is done, after the contact was deleted. What killed processes left unfinished is removed whole.
// What a living process is working out in a scratch file cannot be reached, and goes with that work.
func (s *Service) Forget(ctx context.Context, email string) (int, error) {
	account, err := s.options.Account(ctx)
	if err != nil {
		return 0, err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	s.sweep(ctx)
	s.options.Store.Sweep(ctx)
	db, err := s.options.Store.Durable(ctx)
	if err != nil {
		return 0, err
	}
	erased := 0
	noted, err := db.ExecContext(ctx, `DELETE FROM snapshot_patch WHERE account = ? AND (email = ? OR contact IS NOT NULL AND lower(contact ->> '$.email') = ?)`, account, email, email)
	if err != nil {
		return 0, s.options.Store.Fault(err)
	}
	if n, err := noted.RowsAffected(); err == nil {
		erased += int(n)
	}
	for _, path := range s.files(account, finished) {
		n, err := s.forgetIn(ctx, account, path, email)
		if err != nil {
			return erased, s.fileFault(err)
		}
		erased += n
	}
	return erased, nil
}

func (s *Service) forgetIn(ctx context.Context, account, path, email string) (int, error) {
	sn, err := s.openSnapshot(ctx, account, path)
	if err != nil {
		return 0, err
	}
	defer sn.close()
	rows, err := sn.lookUp(ctx, byEmail, email)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	db, err := open(path, "rw", "secure_delete(1)", "synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	erased := 0
	for _, row := range rows {
		same, err := sn.erase(ctx, tx, row, email)
		if err != nil {
			return 0, err
		}
		if same {
			erased++
		}
	}
	if erased == 0 {
		return 0, nil
	}
	written, err := json.Marshal(sn.about)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE about SET json = ?`, string(written)); err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	// Under another name it is opened anew by all processes: its rows are others now.
	_ = os.Rename(path, strings.TrimSuffix(path, finished)+"e"+finished) // "e" sorts behind "."
	s.mu.Lock()
	defer s.mu.Unlock()
	if current := s.current[account]; current != nil && current.path == path {
		current.retire()
		delete(s.current, account)
	}
	return erased, nil
}

// erase overwrites a row with nothing, in all columns and in the indexes.
func (sn *Snapshot) erase(ctx context.Context, tx *sql.Tx, number uint32, email string) (bool, error) {
	chunk, i := int(number/chunkRows), int(number%chunkRows)
	columns := make([]*column, len(sn.schema.columns))
	for col := range columns {
		var blob []byte
		if err := tx.QueryRowContext(ctx, `SELECT data FROM part WHERE id = ?`, partID(col, chunk)).Scan(&blob); err != nil {
			return false, err
		}
		var err error
		if columns[col], err = decodeColumn(blob, sn.rowsOf(chunk)); err != nil {
			return false, err
		}
	}
	if columns[colEmail].at(i).text != email {
		return false, nil
	}
	id := columns[colID].at(i).text
	for col, c := range columns {
		encoder := newEncoder()
		for at := range sn.rowsOf(chunk) {
			v := c.at(at)
			if at == i {
				v = value{}
			}
			encoder.next(string(append([]byte{byte(v.kind)}, v.string()...)), func(b []byte, _ string) []byte { return sn.stored(b, col, v) })
		}
		if _, err := tx.ExecContext(ctx, `UPDATE part SET data = ? WHERE id = ?`, encoder.blob(), partID(col, chunk)); err != nil {
			return false, err
		}
	}
	if !slices.Contains(sn.about.Gone, number) {
		sn.about.Gone = append(sn.about.Gone, number)
		sn.about.Contacts--
	}
	for kind, key := range map[int]string{byEmail: email, byID: id} {
		if err := unindex(ctx, tx, kind, key, number); err != nil {
			return false, err
		}
	}
	return true, nil
}

// stored is a decoded value in its stored form.
func (sn *Snapshot) stored(b []byte, col int, v value) []byte {
	switch {
	case v.kind == textual && col == colID:
		return appendID(b, v.text)
	case v.kind == textual && sn.schema.columns[col].DataType == moment:
		if ms, ok := isoMillis(v.text); ok {
			return appendMillis(b, ms)
		}
	}
	return appendValue(b, v)
}

func unindex(ctx context.Context, tx *sql.Tx, kind int, key string, number uint32) error {
	if key == "" {
		return nil
	}
	var first int64
	var blob []byte
	err := tx.QueryRowContext(ctx, `SELECT first, data FROM bucket WHERE kind = ? AND first <= ? ORDER BY first DESC LIMIT 1`, kind, ordered(hashOf(key))).Scan(&first, &blob)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(decodeBucket(blob), func(h hashed) bool { return h.row == number })
	_, err = tx.ExecContext(ctx, `UPDATE bucket SET data = ? WHERE kind = ? AND first = ?`, bucketBlob(kept), kind, first)
	return err
}
