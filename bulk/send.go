package bulk

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// The states of a chunk.
const (
	chunkOpen    = "open"
	chunkSending = "sending" // a request has left; if nothing else is known of it, sending it again is harmless (upsert)
	chunkSent    = "sent"    // accepted; Mailtrap works on it
	chunkTraced  = "traced"  // worked off; it is looked for whom it has created without having been asked to
	chunkDone    = "done"
)

// chunk is contacts that are sent together.
type chunk struct {
	n, contacts int
	state       string
	imported    int64 // Mailtrap's import
	route       route
	seen, sent  int64 // when its contacts were last seen to be there, and when it first left; ms since 1970
	content     intake.Rows
}

// request is what the request of a chunk is called in what is kept for the snapshots.
func (c chunk) request(j *job) string { return j.ID + "/" + strconv.Itoa(c.n) }

// advanceChunk sends the next chunk, or looks how far Mailtrap is with the one that was sent. more is false when all are done.
func (s *Service) advanceChunk(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return false, 0, recorded(err)
	}
	next, err := nextChunk(ctx, db, `FROM job_chunk WHERE job = `+jobOf+` AND state <> 'done' ORDER BY n LIMIT 1`, j)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, 0, nil
	case err != nil:
		return false, 0, recorded(err)
	case next.state == chunkSent:
		pause, err = s.awaitChunk(ctx, db, j, next)
	case next.state == chunkTraced:
		pause, err = s.trace(ctx, db, j, next)
	case next.route == "":
		err = s.adopt(ctx, db, j, next)
	case next.route == mustNotCreate && !next.isFresh():
		pause, err = s.verify(ctx, db, j, next)
	default:
		pause, err = s.api.LookAfter(0), s.sendChunk(ctx, db, j, next)
	}
	return true, pause, err
}

// nextChunk is a chunk of a job without what it holds.
func nextChunk(ctx context.Context, db store.Runner, from string, j *job, given ...any) (next chunk, err error) {
	err = db.QueryRowContext(ctx, `SELECT n, contacts, state, import, route, seen, sent `+from, append([]any{j.account, j.ID}, given...)...).
		Scan(&next.n, &next.contacts, &next.state, &next.imported, &next.route, &next.seen, &next.sent)
	return next, err
}

// sendChunk sends a chunk, without those who may not be imported any more. Rows that the API refuses are taken out, and the
// rest is sent again: it checks a request as a whole before it starts (spec).
func (s *Service) sendChunk(ctx context.Context, db *sql.DB, j *job, c chunk) error {
	again := c.state == chunkSending
	// The contacts are read when it is noted that they leave: who is erased before is not among them, and who is erased after
	// is known to be on the way.
	err := db.QueryRowContext(ctx, `UPDATE job_chunk SET state = 'sending', sent = CASE WHEN state = 'sending' THEN sent ELSE $5 END
		WHERE job = (SELECT id FROM job WHERE account = $1 AND id = $2 AND owner = $3) AND n = $4 RETURNING content, sent`,
		j.account, j.ID, j.owner, c.n, time.Now().UnixMilli()).Scan(&c.content, &c.sent)
	if errors.Is(err, sql.ErrNoRows) {
		return errNotOurs
	}
	if err != nil {
		return recorded(err)
	}
	if err := s.sift(ctx, db, j, &c, again); err != nil {
		return err
	}
	body, n, err := j.request(c.content)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.mark(ctx, db, j, c, chunkDone)
	}
	parts, did, err := j.parts(c)
	if err != nil {
		return err
	}
	rewritten, err := s.rewritten(ctx, j, c.content)
	if err != nil {
		return err
	}
	c.content = nil // the request has it, and memory is bounded
	if !again {
		j.Tally.Left, j.Tally.Importing = 0, apiclient.Waiting{}
		j.Tally.Importing.Look()
	}
	s.noteLeft(j, time.UnixMilli(c.sent))
	if j.Tally.OutSame = 0; did != nil {
		j.Tally.OutSame = did.Known - did.Created - did.Changed
	}
	j.Tally.Doing = "sending " + text.Count(n, "contact")
	if err := recorded(j.save(ctx, db)); err != nil {
		return err
	}
	s.audience.Importing(ctx, c.request(j), n)
	started, err := s.createImport(ctx, j, body, n, parts, did)
	s.noteLeft(j, time.UnixMilli(c.sent))
	if err == nil {
		j.Tally.Repeated = j.Tally.Repeated || again || started.Repeated
		s.overwrite(ctx, rewritten)
		return s.isOut(ctx, db, j, c, started.ID, n)
	}
	return s.notTaken(ctx, db, j, c, err, again)
}

// notTaken is what to do with a chunk whose request was not accepted, as far as is known.
func (s *Service) notTaken(ctx context.Context, db *sql.DB, j *job, c chunk, err error, again bool) error {
	apiError, ok := apiclient.AsError(err)
	lost := ok && (apiError.Lost || apiError.Unknown) // an attempt may have been carried out
	if !lost && !again {
		s.audience.Imported(ctx, c.request(j), 0)
	}
	if ok && len(apiError.Rows) > 0 {
		if out, failed := s.takeOutRefused(ctx, db, j, c, apiError.Rows); out || failed != nil {
			return failed
		}
	}
	if lost {
		return err
	}
	return cmp.Or(s.mark(ctx, db, j, c, chunkOpen), err)
}

// isOut notes that Mailtrap has taken a chunk, as an import.
func (s *Service) isOut(ctx context.Context, db *sql.DB, j *job, c chunk, imported int64, n int) error {
	c.imported = imported
	j.Tally.Sent, j.Tally.Out = j.Tally.Sent+n, n
	j.Tally.Importing = apiclient.Waiting{}
	j.Tally.Importing.Look()
	j.Tally.Doing = "Mailtrap is importing " + text.Count(n, "contact")
	return s.mark(ctx, db, j, c, chunkSent)
}

// rewritten are the contacts of a chunk that this server has written a moment ago, as the chunk leaves them: what is kept of such
// a write would hide in a snapshot what the import does to them.
func (s *Service) rewritten(ctx context.Context, j *job, content intake.Rows) (contacts []apiclient.Contact, err error) {
	lately, err := s.audience.Lately(ctx)
	if err != nil || len(lately) == 0 {
		return nil, err
	}
	err = content.Each(func(one intake.Row) error {
		was, is := lately[one.Name()]
		if !is {
			return nil
		}
		change, err := ownOf(one).change(j.Spec, "")
		contacts = append(contacts, change.To(was))
		return err
	})
	return contacts, err
}

// overwrite keeps what such contacts are now, but for those who were erased meanwhile. What cannot be read is as it was.
func (s *Service) overwrite(ctx context.Context, rewritten []apiclient.Contact) {
	if len(rewritten) == 0 {
		return
	}
	lately, err := s.audience.Lately(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "what an import does to contacts that were just written is not shown in the snapshot", "cause", err)
	}
	for _, contact := range rewritten {
		if _, is := lately[strings.ToLower(contact.Email)]; is {
			s.audience.Wrote(ctx, contact)
		}
	}
}

// sift leaves those out of a chunk who may not be imported any more.
func (s *Service) sift(ctx context.Context, db *sql.DB, j *job, c *chunk, again bool) (err error) {
	if again { // whom the first request may create has to be looked after
		if c.content, err = s.withoutDeleted(ctx, db, j, *c); err != nil {
			return err
		}
	}
	barred, err := s.bar(ctx, j, *c)
	if err != nil {
		return err
	}
	if len(barred) > 0 {
		if err := s.takeOut(ctx, db, j, *c, chunkSending, barred); err != nil {
			return err
		}
		if c.content, err = c.content.Without(barred.has); err != nil {
			return err
		}
	}
	c.content, err = s.withoutDeleted(ctx, db, j, *c)
	return err
}

// takeOutRefused takes the rows out of a chunk that the API has refused, and opens it again: nothing of it was taken. out is
// false where the messages name nobody in it.
func (s *Service) takeOutRefused(ctx context.Context, db *sql.DB, j *job, c chunk, rows []apiclient.RowProblem) (out bool, err error) {
	if c.content, err = c.read(ctx, db, j); err != nil {
		return false, err
	}
	refused, err := j.refused(c.content, rows)
	if err != nil || len(refused) == 0 {
		return false, err
	}
	return true, s.takeOut(ctx, db, j, c, chunkOpen, refused)
}

// takeOut takes rows that are not sent out of a chunk, and puts them among the rejected.
func (s *Service) takeOut(ctx context.Context, db *sql.DB, j *job, c chunk, state string, out taken) error {
	before := j.Tally
	err := store.InTx(ctx, db, func(tx *sql.Tx) error {
		content, err := c.read(ctx, tx, j)
		if err != nil {
			return err
		}
		var rejected []intake.Rejected // without whoever was erased meanwhile
		var reasons []string
		content, err = content.Without(func(staged intake.Row) bool {
			one, is := out[staged.Name()]
			if is {
				rejected, reasons = append(rejected, one), append(reasons, one.Reason)
			}
			return is
		})
		if err != nil {
			return err
		}
		j.Tally.Refused += len(rejected)
		j.Tally.Reasons = intake.Recount(j.Tally.Reasons, reasons...)
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) + 1 FROM job_rejected WHERE job = `+jobOf, j.account,
			j.ID).Scan(&n); err != nil {
			return err
		}
		if err := addRejected(ctx, tx, j, n, rejected); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `UPDATE job_chunk SET content = ?, state = ? WHERE job = `+jobOf+` AND n = ?`,
			content, state, j.account, j.ID, c.n)
	})
	if err != nil {
		j.Tally = before
	}
	return recorded(err)
}

// mark writes down what a chunk has come to, together with how far the job is. What has been worked off is not kept. That is
// done even when the job is being stopped: the request has left.
func (s *Service) mark(ctx context.Context, db *sql.DB, j *job, c chunk, state string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	return recorded(store.InTx(ctx, db, func(tx *sql.Tx) error {
		if err := j.save(ctx, tx); err != nil {
			return err
		}
		return store.Exec(ctx, tx, `UPDATE job_chunk SET state = ?, import = ?,
			content = CASE WHEN ? = 'done' THEN NULL ELSE content END WHERE job = `+jobOf+` AND n = ?`,
			state, c.imported, state, j.account, j.ID, c.n)
	}))
}

// awaitChunk looks how far Mailtrap is with a chunk, and says when to look again.
func (s *Service) awaitChunk(ctx context.Context, db *sql.DB, j *job, c chunk) (pause time.Duration, err error) {
	current, err := j.by.api.Import(ctx, c.imported)
	if err != nil && !apiclient.IsKind(err, apiclient.NotFound) {
		return 0, err
	}
	asked := j.Tally.Importing.Look()
	found := judge(c.imported, cmp.Or(j.Tally.Out, c.contacts), current, err, asked)
	if found.wait {
		return s.api.LookAfter(asked), nil
	}
	return 0, s.concludeChunk(ctx, db, j, c, found)
}

// taken are rows that are taken out of an import that is under way, by address.
type taken map[string]intake.Rejected

func (t taken) has(one intake.Row) bool {
	_, out := t[one.Name()]
	return out
}

// refused are the contacts that the API names.
func (j *job) refused(content intake.Rows, named []apiclient.RowProblem) (taken, error) {
	reason := make(map[string]string, len(named))
	for _, row := range named {
		said := make([]string, len(row.Problems))
		for i, problem := range row.Problems {
			said[i] = problem.String()
		}
		reason[strings.ToLower(strings.TrimSpace(row.Email))] = intake.SaidByMailtrap + strings.Join(said, "; ")
	}
	out := taken{}
	err := content.Each(func(one intake.Row) error {
		why, refused := reason[one.Name()]
		if !refused {
			return nil
		}
		cells, err := one.Cells(j.Source.Tags)
		out[one.Name()] = intake.Rejected{Reason: why, Cells: cells}
		return err
	})
	return out, err
}

// request makes a request of a chunk, and says of how many contacts: on the lists of the job besides their own. Whom a
// comparison has found on a list that they are to leave is not in it (see single).
func (j *job) request(content intake.Rows) (body []byte, n int, err error) {
	all := j.Spec.joined()
	var left []int64
	if j.Spec.Compared == nil {
		left = contacts.Without(j.Spec.left(), all)
	}
	var same json.RawMessage
	if len(j.Spec.Fields) > 0 { // for all
		if same, err = json.Marshal(j.Spec.Fields); err != nil {
			return nil, 0, err
		}
	}
	body = append(make([]byte, 0, 2*len(content)), `{"contacts":[`...)
	err = content.Each(func(own intake.Row) error {
		if n++; n > 1 {
			body = append(body, ',')
		}
		fields := same
		if fields == nil {
			fields = own.Fields()
		}
		joins := intake.Union(j.Spec.realLists(own.Joins()), all)
		body = own.AppendJSON(body, fields, joins, contacts.Without(intake.Union(own.Leaves(), left), joins))
		return nil
	})
	return append(body, "]}"...), n, err
}

func (s *Service) createImport(ctx context.Context, j *job, body []byte, n int, parts []journal.Write,
	did *journal.Did) (apiclient.Import, error) {
	var started apiclient.Import
	sent := j.imported(n, did)
	intent := journal.Write{
		Action: journal.Import, Kind: journal.Contacts, Name: text.Count(n, "contact"), After: sent,
		Parts: parts,
	}
	switch {
	case len(parts) > 0:
	case did != nil && did.Known == n:
		intent.Final = "It changed nobody: its contacts were as wanted already."
	default:
		intent.Final = cmp.Or(j.Spec.Final,
			"It was sent without a fresh snapshot, so that it is not known what its contacts were before.")
	}
	err := s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		if started, err = write.By(j.by.api).CreateImport(ctx, body); err == nil {
			sent.Import = started.ID
			write.Subject, write.After = strconv.FormatInt(started.ID, 10), sent
		}
		return err
	})
	return started, err
}
