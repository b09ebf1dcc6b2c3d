package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// Firings are for whom an event was fired of late.
type Firings struct {
	Last     time.Time
	contacts map[string]bool // addresses and UUIDs, as they were named
}

// Contacts is for how many it was.
func (f Firings) Contacts() int { return len(f.contacts) }

// At is the last time, for people.
func (f Firings) At() string { return f.Last.Format("15:04:05") + " UTC" }

// Had tells whether it was fired for a contact, by the name it is given now.
func (f Firings) Had(contact string) bool { return f.contacts[strings.ToLower(contact)] }

const sqlFired = `SELECT write.subject, write.after, write.at FROM write JOIN change ON change.id = write.change
	WHERE change.account = ? AND write.kind = ? AND write.name = ? AND write.at >= ? AND write.state IN (?, ?, ?)`

// Fired finds for whom an event with the same parameters was fired since a time, or may have been. Without a journal, that
// is nobody.
func (j *Journal) Fired(ctx context.Context, name string, event any, since time.Time) (Firings, error) {
	found := Firings{contacts: map[string]bool{}}
	db, account, err := j.reading(ctx)
	if fault.Is(err, fault.NotFound) {
		return found, nil
	}
	if err != nil {
		return found, store.Unsent(err)
	}
	same, err := json.Marshal(event)
	if err != nil {
		return found, err
	}
	rows, err := db.QueryContext(ctx, sqlFired, account, Event, name, since.UnixMilli(), Done, Sending, Unknown)
	if err != nil {
		return found, store.Unsent(j.options.Store.Fault(err))
	}
	defer rows.Close()
	for rows.Next() {
		var subject string
		var after []byte
		var at int64
		if err := rows.Scan(&subject, &after, &at); err != nil {
			return found, store.Unsent(j.options.Store.Fault(err))
		}
		if subject == "" || !bytes.Equal(after, same) {
			continue
		}
		found.contacts[strings.ToLower(subject)] = true
		if last := time.UnixMilli(at).UTC(); last.After(found.Last) {
			found.Last = last
		}
	}
	return found, j.options.Store.Fault(rows.Err())
}
