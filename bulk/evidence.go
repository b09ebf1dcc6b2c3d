package bulk

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

const (
	// evidenceFor is how long it is taken for certain that a contact is there which was seen. Somebody may delete it meanwhile;
	// what an update then creates is found out, and said.
	evidenceFor = time.Minute
	// fewContacts is how many contacts are looked up one by one rather than exporting all contacts of the account, about which
	// Mailtrap writes its owner an e-mail.
	fewContacts = 100
	// applying is the longest that an export may lag behind what this server wrote, with room to spare (observed: 10 s).
	applying = time.Minute
)

// isFresh reports that a chunk's contacts were seen so short a time ago that it can be sent.
func (c chunk) isFresh() bool {
	age := time.Since(time.UnixMilli(c.seen))
	return age >= 0 && age <= evidenceFor // the clock may have been set back
}

// verify makes certain of the contacts of a chunk that must not create anybody: they were there when they were chosen, and
// that is too long ago. Few are looked up and written one by one, unless a request with them may have left already; of many
// those are dropped who are missing from an export that the job takes itself, and the others are sent at once, however long
// that export took.
func (s *Service) verify(ctx context.Context, db *sql.DB, j *job, c chunk) (pause time.Duration, err error) {
	if c.contacts <= fewContacts && c.state == chunkOpen {
		return 0, s.writeAlone(ctx, db, j, c)
	}
	content, err := c.read(ctx, db, j)
	if err != nil {
		return 0, err
	}
	there, people := map[string]bool{}, 0
	err = content.Each(func(one intake.Row) error {
		there[one.Name()] = false
		return nil
	})
	if err != nil {
		return 0, err
	}
	asked := j.Tally.Looking.Asked
	done, pause, err := s.exportPeople(ctx, j, func(one exported) error {
		people++
		if _, ours := there[one.email]; ours {
			there[one.email] = true
		}
		return nil
	})
	if err != nil || !done {
		return pause, err
	}
	if people == 0 {
		return 0, fault.New(fault.UpstreamError,
			"Mailtrap's export has nobody in it, so that it cannot be told who of "+text.Count(c.contacts, "contact")+" is there.", "",
			"Nothing of them was sent. Carry on with apply_plan and the job's id when Mailtrap's exports are whole again.")
	}
	missing := map[string]string{}
	for email, is := range there {
		if !is {
			missing[email] = "not in the account any more when it was sent"
		}
	}
	c.seen = asked
	if err := s.takeApart(ctx, db, j, c, c.whereGone(), missing); err != nil {
		return 0, err
	}
	return s.api.LookAfter(0), s.sendChunk(ctx, db, j, c)
}

// read is what a chunk holds.
func (c chunk) read(ctx context.Context, db store.Runner, j *job) (content intake.Rows, err error) {
	err = db.QueryRowContext(ctx, `SELECT content FROM job_chunk WHERE job = `+jobOf+` AND n = ?`, j.account, j.ID, c.n).
		Scan(&content)
	return content, recorded(err)
}

// writeAlone makes single contacts of those of a chunk.
func (s *Service) writeAlone(ctx context.Context, db *sql.DB, j *job, c chunk) error {
	content, err := c.read(ctx, db, j)
	if err != nil {
		return err
	}
	all := map[string]string{}
	if err := content.Each(func(one intake.Row) error { all[one.Name()] = ""; return nil }); err != nil {
		return err
	}
	c.state = chunkDone
	return s.takeApart(ctx, db, j, c, single{state: itemOpen}, all)
}

// takeApart takes contacts out of a chunk, each with what is to be said of it, and makes single ones like one of them: still to
// be written, or as they have ended. The chunk goes into its state.
func (s *Service) takeApart(ctx context.Context, db *sql.DB, j *job, c chunk, like single, out map[string]string) error {
	return recorded(store.InTx(ctx, db, func(tx *sql.Tx) error {
		content, err := c.read(ctx, tx, j)
		if err != nil {
			return err
		}
		var singles []single
		kept, err := content.Without(func(one intake.Row) bool {
			said, taken := out[one.Name()]
			if !taken {
				return false
			}
			next := single{contact: one.Name(), task: like.task, state: like.state, said: said}
			if like.state == itemOpen {
				next.own = ownOf(one)
			}
			singles = append(singles, next)
			return true
		})
		if err != nil {
			return err
		}
		var behind int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM job_item WHERE job = `+jobOf, j.account,
			j.ID).Scan(&behind); err != nil {
			return err
		}
		if err := addSingles(ctx, tx, j, behind, singles); err != nil {
			return err
		}
		if like.state == itemNotFound {
			j.Tally.NotFound += len(singles)
		}
		j.chunked, j.listed = j.chunked-len(singles), j.listed+len(singles)
		j.Together = j.chunked
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		if c.state == chunkDone {
			kept = nil
		}
		return store.Exec(ctx, tx, `UPDATE job_chunk SET content = ?, contacts = contacts - ?, state = ?, seen = ?
			WHERE job = `+jobOf+` AND n = ?`,
			kept, len(singles), c.state, c.seen, j.account, j.ID, c.n)
	}))
}

// exported is what an export tells of a contact.
type exported struct {
	email   string // in lower case
	created string // empty where it does not tell
}

// exportPeople does the next thing of an export of all contacts: it asks for it, looks whether Mailtrap has made it, and reads
// it. done says that all of them were visited.
func (s *Service) exportPeople(ctx context.Context, j *job, visit func(exported) error) (done bool, pause time.Duration, err error) {
	turn := &j.Tally.Looking
	j.Tally.Doing = "waiting for its turn to export, to see which contacts exist"
	link, pause, err := j.by.exports.Advance(ctx, turn, apiclient.ExportFilter{})
	if turn.Export != 0 {
		j.Tally.Doing = "Mailtrap is exporting, to see which contacts exist"
	}
	if link == "" {
		return false, pause, err
	}
	*turn = exports.Turn{}
	fields, err := j.by.catalog.Fields(ctx)
	if err != nil {
		return false, 0, err
	}
	err = j.by.exports.Fetch(ctx, link, func(rows *exports.Reader) error { return readPeople(rows, fields, visit) })
	return err == nil, 0, err
}

// readPeople reads an export.
func readPeople(rows *exports.Reader, fields []apiclient.Field, visit func(exported) error) error {
	created := exports.ColumnsOf(rows.Header, fields).Facts[exports.Created]
	for {
		cells, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		one := exported{email: rows.Address(cells)}
		if created >= 0 && created < len(cells) {
			one.created = strings.TrimSpace(cells[created])
		}
		if err := visit(one); err != nil {
			return err
		}
	}
}
