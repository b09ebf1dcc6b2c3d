package audience

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// lookUp are the rows that may have an address or id.
func (sn *Snapshot) lookUp(ctx context.Context, kind int, key string) ([]uint32, error) {
	if key == "" {
		return nil, nil
	}
	db, back, err := sn.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer back()
	hash := hashOf(key)
	var blob []byte
	err = db.QueryRow(`SELECT data FROM bucket WHERE kind = ? AND first <= ? ORDER BY first DESC LIMIT 1`, kind, ordered(hash)).Scan(&blob) //nolint:noctx // takes microseconds
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return findHash(decodeBucket(blob), hash), nil
}

// Find looks a contact up by address or id, in an index.
func (sn *Snapshot) Find(ctx context.Context, emailOrID string) (Contact, bool, error) {
	key := strings.ToLower(strings.TrimSpace(emailOrID))
	kind, col := byID, colID
	if strings.Contains(key, "@") {
		kind, col = byEmail, colEmail
	}
	over, err := sn.overlay(ctx)
	if err != nil {
		return Contact{}, false, err
	}
	for i := range over.rows {
		if over.columns[col].at(i).text == key {
			return sn.contact(&view{columns: over.columns}, i), true, nil
		}
	}
	rows, err := sn.lookUp(ctx, kind, key)
	if err != nil {
		return Contact{}, false, sn.service.fileFault(err)
	}
	for _, row := range rows {
		if sn.gone[row] || over.replaced[row] {
			continue
		}
		v, err := sn.readRow(ctx, sn.every(), row)
		if err != nil {
			return Contact{}, false, sn.service.fileFault(err)
		}
		if v.columns[col].at(0).text == key { // and not another of the same hash
			return sn.contact(v, 0), true, nil
		}
	}
	return Contact{}, false, nil
}
