package bulk

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/undo"
)

// noteCreated tells the journal of a request that was sent without its being known what its contacts were before, and that has
// created all of them as Mailtrap counts: they were not there.
func (s *Service) noteCreated(ctx context.Context, db *sql.DB, j *job, c chunk, found verdict) error {
	if found.created == 0 || found.updated+found.overLimit+found.doubtful > 0 || j.Tally.Repeated || j.Spec.Before > 0 ||
		j.call.Final != "" || j.Spec.Final != "" || !s.journal.IsOn() {
		return nil
	}
	if room, err := s.journal.HasRoom(ctx, found.created); err != nil || !room {
		return err
	}
	content, err := c.read(ctx, db, j)
	if err != nil {
		return err
	}
	parts, did, err := j.partsOf(content, j.by.api.TheirTime(time.UnixMilli(c.sent)), &undo.Before{New: true})
	if err != nil || did.Created != found.created {
		return err
	}
	sent := j.imported(found.created, did)
	sent.Import = c.imported
	return s.journal.Learn(ctx, strconv.FormatInt(c.imported, 10), sent, parts)
}

// imported is what the journal keeps of a request.
func (j *job) imported(n int, did *journal.Did) journal.Imported {
	return journal.Imported{Job: j.ID, Contacts: n, Joined: j.Spec.joined(), Left: j.Spec.left(), Fields: j.Spec.Fields, Did: did}
}
