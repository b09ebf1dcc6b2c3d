package emulator

import "github.com/google/uuid"

// table holds contacts in the order they were created, with an index by id and one by e-mail.
type table struct {
	rows    []*record // nil where one was deleted
	byID    map[uuid.UUID]int32
	byEmail map[string]int32
}

func newTable() table {
	return table{byID: map[uuid.UUID]int32{}, byEmail: map[string]int32{}}
}

func (t *table) len() int { return len(t.byID) }

func (t *table) get(id uuid.UUID) *record {
	if row, ok := t.byID[id]; ok {
		return t.rows[row]
	}
	return nil
}

func (t *table) find(email string) *record {
	if row, ok := t.byEmail[email]; ok {
		return t.rows[row]
	}
	return nil
}

// insert adds a record whose id and e-mail are not in the table.
func (t *table) insert(r *record) {
	row := int32(len(t.rows))
	t.rows = append(t.rows, r)
	t.byID[r.id] = row
	t.byEmail[r.email] = row
}

// replace puts the record in place of the one with the same id. A new e-mail must not be in the table.
func (t *table) replace(r *record) {
	row := t.byID[r.id]
	if old := t.rows[row]; old.email != r.email {
		delete(t.byEmail, old.email)
		t.byEmail[r.email] = row
	}
	t.rows[row] = r
}

func (t *table) remove(r *record) {
	row := t.byID[r.id]
	t.rows[row] = nil
	delete(t.byID, r.id)
	delete(t.byEmail, r.email)
	if len(t.rows) > 1024 && len(t.byID) < len(t.rows)/2 {
		t.compact()
	}
}

func (t *table) compact() {
	rows := make([]*record, 0, len(t.byID))
	for _, r := range t.rows {
		if r == nil {
			continue
		}
		t.byID[r.id] = int32(len(rows))
		t.byEmail[r.email] = int32(len(rows))
		rows = append(rows, r)
	}
	t.rows = rows
}

// grow makes room for n more records.
func (t *table) grow(n int) {
	rows := make([]*record, len(t.rows), len(t.rows)+n)
	copy(rows, t.rows)
	t.rows = rows
	if len(t.byID) == 0 {
		t.byID = make(map[uuid.UUID]int32, n)
		t.byEmail = make(map[string]int32, n)
	}
}
