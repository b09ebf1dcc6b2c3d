package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/kept"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// planFor is how long a plan can be carried out.
const planFor = time.Hour

// fill hands the contacts of a plan to its stage, and says what its source came to.
type fill func(ctx context.Context, stage *stage) (*intake.Summary, error)

// plan writes a plan down: first that it is being made, then its contacts, and at last that it is complete. Nothing is
// sent. What is left of one that was not completed is removed later.
func (s *Service) plan(ctx context.Context, kind Kind, spec Spec, fill fill) (planned Status, err error) {
	defer func() { err = s.notSent(err) }()
	account, db, err := s.writing(ctx)
	if err != nil {
		return Status{}, err
	}
	now := time.Now()
	j := &job{Status: Status{ID: newID(kind, now), Kind: kind, State: Staging, Planned: now, Spec: spec}, account: account,
		call: journal.CallOf(ctx)}
	j.Tool = j.call.Tool
	if err := s.staging.Acquire(ctx, 1); err != nil {
		return Status{}, err
	}
	defer s.staging.Release(1)
	if err := j.insert(ctx, db); err != nil {
		return Status{}, err
	}
	if err := s.stage(ctx, db, j, fill); err != nil {
		s.Discard(ctx, j.ID)
		return Status{}, err
	}
	return j.Status, nil
}

// notSent says of a failure of the store that it kept a write from being planned or carried out.
func (s *Service) notSent(err error) error {
	var known *fault.Error
	if _, isMailtraps := apiclient.AsError(err); isMailtraps {
		return err
	}
	if err != nil && !errors.As(err, &known) {
		err = s.store.Fault(err)
	}
	return store.Unsent(err)
}

func (s *Service) stage(ctx context.Context, db *sql.DB, j *job, fill fill) error {
	stage := &stage{service: s, db: db, job: j}
	defer stage.discardFile()
	source, err := fill(ctx, stage)
	if err != nil {
		return err
	}
	j.Source, j.Total, j.Together = *source, j.chunked+j.listed, j.chunked
	if err := s.foreclose(ctx, j); err != nil {
		return err
	}
	if j.Source.SaidNo > 0 {
		if j.NewOptOuts, err = s.journal.NewOptOuts(ctx, j.ID); err != nil {
			return err
		}
	}
	if err := stage.keepFile(); err != nil {
		return err
	}
	j.State, j.Expires = Planned, time.Now().Add(planFor)
	staged, err := store.Changes(ctx, db, `UPDATE job SET state = $1, expires = $2, spec = $3, source = $4, tally = $5
		WHERE account = $6 AND id = $7 AND state = 'staging'`,
		j.State, j.Expires.UnixMilli(), store.JSON(j.Spec), store.JSON(j.Source), store.JSON(j.Tally), j.account, j.ID)
	if err == nil && !staged {
		err = fault.New(fault.PlanExpired, "The plan was dropped while it was being made.", "Making it took too long.",
			"Nothing was sent; preview again, with fewer contacts at a time.")
	}
	if err != nil { // nothing else knows of the file
		s.removeFile(j, j.Tally.RejectedFile)
	}
	return err
}

// stage writes the contacts of a plan down. It implements intake.Stage.
type stage struct {
	service  *Service
	db       *sql.DB
	job      *job
	route    route     // how contacts are sent together; empty: they are written one by one
	asOf     time.Time // when those that are known to be there were seen
	there    There     // the contacts of the account; nil: they are not known
	chunks   int
	items    int
	rejected int

	file   *kept.RejectedFile // of the rejected rows, while it is written; nil before and after
	failed error              // of the file

	people journal.People // where they count; empty elsewhere
	erased int            // contacts who asked for erasure before
}

// The tasks of items. What most of a job's items are for needs no name.
const taskUnsubscribe = "unsubscribe"

// Contacts implements intake.Stage.
func (g *stage) Contacts(ctx context.Context, chunk intake.Chunk) error {
	if g.route != "" {
		return g.together(ctx, g.route, chunk)
	}
	singles := make([]single, 0, chunk.Count)
	err := chunk.Rows.Each(func(one intake.Row) error {
		singles = append(singles, single{contact: one.Name()})
		return nil
	})
	if err != nil {
		return err
	}
	return g.alone(ctx, singles)
}

// countErased counts those who asked for erasure before, where that is not done by who reads.
func (g *stage) countErased(ctx context.Context, email string) error {
	if email == "" || g.people.IsEmpty() {
		return nil
	}
	erased, err := g.people.Are(ctx, email, journal.Erased)
	if erased {
		g.erased++
	}
	return err
}

// Rejected implements intake.Stage.
func (g *stage) Rejected(ctx context.Context, columns []string, rows []intake.Rejected) error {
	if len(rows) == 0 {
		return nil
	}
	g.rejected++
	if g.rejected == 1 && !g.service.folders.IsEmpty() {
		g.file, g.failed = kept.NewRejectedFile(g.service.folders, g.job.ID, columns)
	}
	for i := 0; g.file != nil && g.failed == nil && i < len(rows); i++ {
		g.failed = g.file.Write(rows[i])
	}
	return addRejected(ctx, g.db, g.job, g.rejected, rows)
}

// keepFile gives the file of rejected rows its name, as writeRejected does with those that become known later.
func (g *stage) keepFile() error {
	if g.failed != nil || g.file == nil {
		return g.failed
	}
	path, err := g.file.End((*files.Draft).Keep)
	if err != nil {
		return err
	}
	t := &g.job.Tally
	t.RejectedFile, t.RejectedRows = path, g.rejected
	t.RejectedSize, t.RejectedTime = looks(path)
	g.file = nil
	return nil
}

// discardFile removes the file of rejected rows of a plan that failed.
func (g *stage) discardFile() {
	if g.file != nil {
		g.file.Discard()
	}
}

// itemsAtOnce is how many items a transaction writes: other writers wait for it.
const itemsAtOnce = 2000

func addRejected(ctx context.Context, db store.Runner, j *job, n int, rows []intake.Rejected) error {
	content, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return store.Exec(ctx, db, `INSERT INTO job_rejected (job, n, content) VALUES (`+jobOf+`, ?, ?)`, j.account, j.ID, n, content)
}

// Discard drops a plan that is not to be carried out, with everything that was written down for it.
func (s *Service) Discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	account, err := s.api.AccountKey(ctx)
	if err == nil {
		err = s.drop(ctx, account, id)
	}
	if err != nil {
		s.log.WarnContext(ctx, "a plan could not be removed; it is later", "job", id, "cause", err)
	}
}

// drop deletes a job and its contacts, chunk by chunk so that nobody waits long, and its files.
func (s *Service) drop(ctx context.Context, account, id string) error {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	j, err := load(ctx, db, account, id)
	if err != nil || j == nil {
		return err
	}
	s.removeFiles(j)
	return errors.Join(j.emptyContacts(ctx, db), s.journal.DropOptOuts(ctx, id),
		store.Exec(ctx, db, `DELETE FROM job WHERE account = ? AND id = ?`, account, id))
}

// emptyContacts deletes what a job holds of contacts.
func (j *job) emptyContacts(ctx context.Context, db *sql.DB) error {
	for _, statement := range []string{
		`DELETE FROM job_chunk WHERE job = ` + jobOf + ` AND n = (SELECT min(n) FROM job_chunk WHERE job = ` + jobOf + `)`,
		`DELETE FROM job_rejected WHERE job = ` + jobOf + ` AND n = (SELECT min(n) FROM job_rejected WHERE job = ` + jobOf + `)`,
		`DELETE FROM job_item WHERE job = ` + jobOf + ` AND n IN (SELECT n FROM job_item WHERE job = ` + jobOf + ` ORDER BY n LIMIT 2000)`,
	} {
		for {
			more, err := store.Changes(ctx, db, statement, j.account, j.ID, j.account, j.ID)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
	}
	return giveBack(ctx, db) // what others delete is given back as well
}

// givenBack is how many pages of the file are given back to the disk at a time: other writers wait for it.
const givenBack = 2000

// giveBack shortens the file by the pages that nothing is in any more. The statement gives one back for each row that is read of
// it.
func giveBack(ctx context.Context, db *sql.DB) error {
	for {
		var before, left int
		if err := db.QueryRowContext(ctx, `SELECT freelist_count FROM pragma_freelist_count`).Scan(&before); err != nil || before == 0 {
			return err
		}
		rows, err := db.QueryContext(ctx, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, givenBack))
		if err != nil {
			return err
		}
		for rows.Next() {
			continue
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		if err := db.QueryRowContext(ctx, `SELECT freelist_count FROM pragma_freelist_count`).Scan(&left); err != nil || left >= before {
			return err // a file that was made without it keeps its pages
		}
	}
}

// Relied is what of the account a plan was made for. A plan is not carried out when it has changed.
type Relied struct {
	Lists  []apiclient.List  `json:"lists,omitempty"`
	Fields []apiclient.Field `json:"fields,omitempty"`
}

// stillThere refuses a plan whose lists or fields were changed since.
func (s *Service) stillThere(ctx context.Context, spec Spec) error {
	if len(spec.Relies.Lists)+len(spec.Relies.Fields)+len(spec.CreateLists)+len(spec.CreateFields) == 0 {
		return nil
	}
	s.catalog.Renew()
	lists, err := s.catalog.Lists(ctx)
	if err != nil {
		return err
	}
	var fields []apiclient.Field
	if len(spec.Relies.Fields)+len(spec.CreateFields) > 0 {
		if fields, err = s.catalog.Fields(ctx); err != nil {
			return err
		}
	}
	var changed []string
	for _, list := range spec.Relies.Lists {
		if !slices.Contains(lists, list) {
			changed = append(changed, "the list "+text.Quote(list.Name))
		}
	}
	for _, field := range spec.Relies.Fields {
		if !slices.Contains(fields, field) {
			changed = append(changed, "the field "+text.Word(field.MergeTag, 60))
		}
	}
	for _, list := range spec.CreateLists {
		if list.ID == 0 && slices.ContainsFunc(lists, func(there apiclient.List) bool { return strings.EqualFold(there.Name, list.Name) }) {
			changed = append(changed, "the list "+text.Quote(list.Name)+", which was to be created")
		}
	}
	for _, field := range spec.CreateFields {
		if field.ID == 0 && slices.ContainsFunc(fields, func(there apiclient.Field) bool { return there.MergeTag == field.MergeTag }) {
			changed = append(changed, "the field "+text.Word(field.MergeTag, 60)+", which was to be created")
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return fault.New(fault.PlanExpired, "The account has changed since the preview: "+text.Listing(changed, 10)+" is not as it was.", "",
		"Nothing was sent; preview again, and apply the new plan.")
}

// removeFiles removes what a job wrote for people to read, as far as it is still where it was.
func (s *Service) removeFiles(j *job) {
	if s.isAsWritten(j) { // else somebody is mending it
		s.removeFile(j, j.Tally.RejectedFile)
	}
	for _, path := range []string{j.Tally.OtherRejected, j.Tally.ReportFile} {
		s.removeFile(j, path)
	}
}

// removeFile removes a job's file, if there is one.
func (s *Service) removeFile(j *job, path string) {
	if path == "" {
		return
	}
	if err := s.folders.Remove(path); err != nil {
		s.log.Debug("a job's file could not be removed", "job", j.ID, "cause", err)
	}
}
