package audience

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"

	"mailtrap-contacts-mcp/where"
)

// The rows of an export are kept to the letter as well, for the files that are made of a snapshot. They lie in blocks beside the
// table that is searched, which has what the cells mean and stays narrow. In a block a row is the number of its cells, and each
// of them behind its length; of an erased row nothing but its place is left.
const (
	blockSize   = 64 << 10
	pendingSize = 4 << 20 // how much of them is held before it is stored
)

// block are rows that follow each other.
type block struct {
	first int64 // the number of the first one, as in the table contact
	rows  []byte
}

// original are blocks that are still to be stored.
type original struct {
	blocks  []block
	pending int // bytes
}

// add adds the row of a number, which is that of the one before and 1.
func (o *original) add(number int64, cells []string) {
	last := len(o.blocks) - 1
	if last < 0 || len(o.blocks[last].rows) >= blockSize {
		o.blocks = append(o.blocks, block{number, make([]byte, 0, blockSize+blockSize/8)})
		last++
	}
	b := &o.blocks[last]
	before := len(b.rows)
	b.rows = appendRow(b.rows, cells)
	o.pending += len(b.rows) - before
}

func appendRow(rows []byte, cells []string) []byte {
	rows = binary.AppendUvarint(rows, uint64(len(cells)))
	for _, cell := range cells {
		rows = append(binary.AppendUvarint(rows, uint64(len(cell))), cell...)
	}
	return rows
}

// store stores them.
func (o *original) store(ctx context.Context, db *sql.DB) error {
	for _, b := range o.blocks {
		if _, err := db.ExecContext(ctx, `INSERT INTO original (first, rows) VALUES ($1, $2)`, b.first, b.rows); err != nil {
			return err
		}
	}
	o.blocks, o.pending = nil, 0
	return nil
}

// read takes a block apart; an erased row has no cells.
func (b block) read() (rows [][]string, err error) {
	left := string(b.rows)
	number := func() int {
		n, width := binary.Uvarint([]byte(left[:min(len(left), binary.MaxVarintLen64)]))
		if width <= 0 || n > uint64(len(left)-width) {
			err, left = errDamaged, ""
			return 0
		}
		left = left[width:]
		return int(n)
	}
	for left != "" {
		row := make([]string, number())
		for i := range row {
			n := number()
			row[i], left = left[:n], left[n:]
		}
		rows = append(rows, row)
	}
	return rows, err
}

// originals reads rows by their numbers. It is quick where these ascend.
type originals struct {
	sn    *Snapshot
	over  *overlay
	first int64 // of the block that it has
	rows  [][]string
}

func (o *originals) row(ctx context.Context, number int64) ([]string, error) {
	if at := number - o.first; o.first > 0 && at >= 0 && at < int64(len(o.rows)) {
		return o.rows[at], nil
	}
	r, back, err := o.sn.reader(ctx, o.over)
	if err != nil {
		return nil, err
	}
	defer back()
	var b block
	if err := r.original.QueryRowContext(ctx, number).Scan(&b.first, &b.rows); err != nil {
		return nil, err
	}
	if o.rows, err = b.read(); err != nil || number-b.first >= int64(len(o.rows)) {
		return nil, errDamaged
	}
	o.first = b.first
	return o.rows[number-b.first], nil
}

// forgetOriginal takes all rows of an address out of the blocks.
func forgetOriginal(ctx context.Context, tx *sql.Tx, about *about, email string) error {
	for last := int64(0); ; {
		b := block{}
		err := tx.QueryRowContext(ctx, `SELECT first, rows FROM original WHERE first > $1 ORDER BY first LIMIT 1`, last).Scan(&b.first, &b.rows)
		switch {
		case err == sql.ErrNoRows: //nolint:errorlint // it is never wrapped
			return nil
		case err != nil:
			return err
		}
		last = b.first
		if !bytes.Contains(bytes.ToLower(b.rows), []byte(email)) {
			continue
		}
		rows, err := b.read()
		if err != nil {
			return err
		}
		kept := make([]byte, 0, len(b.rows))
		for _, row := range rows {
			if at := about.Source[where.Email]; at < len(row) && addressIn(row[at]) == email {
				row = nil
			}
			kept = appendRow(kept, row)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE original SET rows = $1 WHERE first = $2`, kept, b.first); err != nil {
			return err
		}
	}
}
