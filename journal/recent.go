package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

// sqlRecent finds the latest write to a contact that was done, by any server on the data folder; key is an address or an id.
const sqlRecent = `SELECT id, action, ended, after FROM (
		SELECT id, action, ended, after FROM write WHERE subject = $1 AND ` + recently + `
		UNION ALL SELECT id, action, ended, after FROM write WHERE name = $1 AND ` + recently + `
		UNION ALL SELECT id, action, ended, after FROM write WHERE after ->> '$.email' = $1 AND ` + recently + `
	) ORDER BY id DESC LIMIT 1`

// recently is a write to a contact that was done a short while ago, and is the account's.
const recently = `kind = 'contact' AND state = 'done' AND ended >= $2 AND part IS NULL
			AND EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = $3)`

// Recent is a contact as the servers on the data folder wrote it last, if that is no longer ago than some time, and when that
// was. What cannot be read is not known: looking a contact up does not depend on a disk.
func (j *Journal) Recent(ctx context.Context, key string, within time.Duration) (contact apiclient.Contact, at time.Time, known bool) {
	if j.options.Off || j.options.Store.IsNew() {
		return contact, at, false
	}
	db, account, err := j.reading(ctx)
	if err != nil {
		return contact, at, false
	}
	ctx = context.Background() // nothing is waited for, and a context that can end would cost two goroutines
	now := time.Now()
	var id, ended int64
	var action Action
	var after sql.NullString
	err = db.QueryRowContext(ctx, sqlRecent, key, now.Add(-within).UnixMilli(), account).Scan(&id, &action, &ended, &after)
	if err != nil || action == Delete || !after.Valid {
		return contact, at, false
	}
	at = time.UnixMilli(ended)
	if at.After(now.Add(time.Second)) { // a clock that went wrong wrote it
		return contact, at, false
	}
	err = json.Unmarshal([]byte(after.String), &contact)
	return contact, at, err == nil && contact.ID != ""
}

// sqlListName finds what a list was called when this server wrote it last.
const sqlListName = `SELECT name, after FROM write WHERE kind = 'list' AND subject = $1 AND state = $2 AND ` + ofAccount3 + `
	ORDER BY id DESC LIMIT 1`

// ListName is what a list was called when it was created, renamed or deleted here; empty where nothing is known of it.
func (j *Journal) ListName(ctx context.Context, id int64) string {
	if j.options.Off {
		return ""
	}
	db, account, err := j.reading(ctx)
	if err != nil {
		return ""
	}
	var name string
	var after sql.NullString
	if err = db.QueryRowContext(ctx, sqlListName, strconv.FormatInt(id, 10), Done, account).Scan(&name, &after); err != nil || !after.Valid {
		return name
	}
	var list apiclient.List
	_ = json.Unmarshal([]byte(after.String), &list) // then it has no name
	return list.Name
}
