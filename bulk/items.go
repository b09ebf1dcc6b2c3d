package bulk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// The states of an item.
const (
	itemOpen      = "open"
	itemSending   = "sending" // a request may have left
	itemDone      = "done"
	itemUnchanged = "unchanged"
	itemNotFound  = "not_found"
	itemRefused   = "refused"
	itemUnknown   = "unknown"
	itemTakenOut  = "taken_out"
	itemCreated   = "created" // though nobody had asked for that
	itemNew       = "new"     // created, as was asked for
)

// item is a contact that is written alone.
type item struct {
	n       int
	contact string
	task    string
	state   string
	own     row  // what is done to this contact only, and what was found of it before a request left
	leaves  bool // it leaves a list that it was on
}

// batch is how many items are looked at together; as many as contacts.Each works on at a time.
const batch = 8

// advanceItems works on the next few items. more is false when all have been dealt with.
func (s *Service) advanceItems(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	db, err := s.store.Quick(ctx)
	if err != nil {
		return false, 0, recorded(err)
	}
	together := batch
	if j.Kind == Suppress { // each waits for its turn anyway, and that for seconds
		together = 1
	}
	items, err := itemsOf(ctx, db, j, `state IN ('open', 'sending') ORDER BY n LIMIT ?`, together)
	if err != nil || len(items) == 0 {
		return false, 0, recorded(err)
	}
	if j.Kind == Undo {
		items = eachOnce(items)
	}
	j.Tally.Doing = doing[j.Kind]
	turn := semaphore.NewWeighted(1) // for the tally, and the first failure that is not a contact's own
	var failed error
	lost := 0
	contacts.Each(len(items), func(i int) {
		outcome, said, err := s.carryOut(ctx, j, &items[i])
		if errors.Is(err, errErased) {
			return
		}
		_ = turn.Acquire(context.WithoutCancel(ctx), 1) // what was done is written down, whatever ends meanwhile
		defer turn.Release(1)
		if outcome == itemUnknown && items[i].state == itemOpen {
			lost++
		}
		if err == nil {
			err = s.conclude(ctx, db, j, items[i], outcome, said)
		}
		if failed == nil {
			failed = err
		}
	})
	if lost == batch { // none is sent twice, so the others had better wait until answers come again
		pause = lostPause
	}
	return true, pause, failed
}

// lostPause is how long to wait when the answers to all requests were lost.
const lostPause = 20 * time.Second

var doing = map[Kind]string{Import: "unsubscribing", Update: "updating", Delete: "deleting", Event: "firing", Undo: "undoing",
	Suppress: "suppressing"}

// itemsOf are those of a job that a condition holds for.
func itemsOf(ctx context.Context, db store.Runner, j *job, condition string, given ...any) ([]item, error) {
	rows, err := db.QueryContext(ctx, `SELECT n, contact, task, state, content FROM job_item WHERE job = `+jobOf+` AND `+
		condition, append([]any{j.account, j.ID}, given...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []item
	for rows.Next() {
		var one item
		var own []byte
		if err := rows.Scan(&one.n, &one.contact, &one.task, &one.state, &own); err != nil {
			return nil, err
		}
		if own != nil {
			if err := json.Unmarshal(own, &one.own); err != nil {
				return nil, err
			}
		}
		items = append(items, one)
	}
	return items, rows.Err()
}

// carryOut does to a contact what the job does. An error means that the job cannot go on for now; what concerns the contact
// alone is its outcome.
func (s *Service) carryOut(ctx context.Context, j *job, it *item) (outcome, said string, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	ref, err := apiclient.ParseContact(it.contact)
	if err != nil { // it was checked when it was planned
		return itemRefused, fault.From(err).What, nil
	}
	switch j.Kind {
	case Event:
		return s.fireFor(ctx, j, *it, ref)
	case Delete:
		return s.deleteOne(ctx, j, *it, ref)
	case Undo:
		return s.undoOne(ctx, j, it)
	case Suppress:
		return s.suppressOne(ctx, j, *it, ref)
	}
	if it.task == taskStayGone {
		return s.stayGone(ctx, j, it, ref)
	}
	change, err := it.own.change(j.Spec, it.task)
	if err != nil {
		return "", "", err
	}
	if it.own.Consent == "" {
		change.ConsentAt = j.Planned
	}
	return s.updateOne(ctx, j, it, ref, change)
}

func (s *Service) updateOne(ctx context.Context, j *job, it *item, ref apiclient.ContactRef,
	change contacts.Change) (outcome, said string, failed error) {
	found, err := j.by.contacts.GetLooked(ctx, ref)
	if j.Spec.CreateMissing && !ref.ByUUID() && fault.Is(err, fault.NotFound) {
		if it.state == itemOpen {
			return s.createOne(ctx, j, it, change)
		}
		found, err = j.by.contacts.Appeared(ctx, ref) // the request that was cut off may have created it
	}
	if it.state == itemSending && it.own.ID != "" {
		if outcome, said, failed = s.cameBack(ctx, j, it, change, found, err); outcome != "" || failed != nil {
			return outcome, said, failed
		}
	}
	if err != nil {
		return judged(err)
	}
	if j.Spec.LeaveAll {
		change.RemoveFrom = contacts.Without(found.ListIDs, change.AddTo)
	}
	if said = j.getsNoMail(found.Contact, change); said != "" {
		it.contact = found.Email // it is named
	}
	if change.IsEmpty() { // on no list that could be left
		return settled(*it), said, nil
	}
	if it.state == itemOpen { // whoever carries on knows the contact by this from one that the request may have created
		it.own.Email, it.own.ID = found.Email, found.ID
	}
	it.leaves = len(change.RemoveFrom) > 0 && it.state == itemSending || // where it may have left already
		len(contacts.Without(change.RemoveFrom, found.ListIDs)) < len(change.RemoveFrom)
	if err := s.mayHaveLeft(ctx, j, *it, false); err != nil {
		return "", "", err
	}
	updated, err := j.by.contacts.Apply(ctx, found, change)
	switch {
	case errors.Is(err, contacts.ErrCreated):
		it.contact = found.Email
		return itemCreated, unaskedFor, nil
	case err != nil:
		return s.unsent(ctx, j, *it, err)
	case len(updated.Differences) == 0:
		return settled(*it), said, nil
	}
	return itemDone, said, nil
}

// createOne creates a contact that does not exist yet.
func (s *Service) createOne(ctx context.Context, j *job, it *item, change contacts.Change) (outcome, said string, failed error) {
	if err := s.mayHaveLeft(ctx, j, *it, false); err != nil {
		return "", "", err
	}
	created, err := j.by.contacts.Create(ctx, contacts.Creation{
		NewContact: apiclient.NewContact{Email: it.contact, Fields: change.Fields, ListIDs: change.AddTo}})
	if err != nil {
		return s.unsent(ctx, j, *it, err)
	}
	return itemNew, j.getsNoMail(created, change), nil
}

// NoMail is what is said of a contact that is put on lists and gets no marketing mail all the same.
const NoMail = "unsubscribed"

// getsNoMail is NoMail of such a contact. Where some are sent together nothing is known of those, and so nothing is said.
func (j *job) getsNoMail(contact apiclient.Contact, change contacts.Change) string {
	if j.Together > 0 || len(change.AddTo) == 0 || contact.Status != apiclient.Unsubscribed || change.Unsubscribed != nil {
		return ""
	}
	return NoMail
}

// settled is the outcome of a contact that is as wanted: because it was so before, or because a request left that was cut
// off.
func settled(it item) string {
	if it.state == itemSending {
		return itemDone
	}
	return itemUnchanged
}

func (s *Service) deleteOne(ctx context.Context, j *job, it item, ref apiclient.ContactRef) (outcome, said string, err error) {
	found, err := j.by.contacts.Get(ctx, ref)
	if it.state == itemSending && fault.Is(err, fault.NotFound) {
		return itemDone, "", nil
	}
	if err != nil {
		return judged(err)
	}
	if err := s.mayHaveLeft(ctx, j, it, false); err != nil {
		return "", "", err
	}
	if err := j.by.contacts.Delete(ctx, found); err != nil && !fault.Is(err, fault.NotFound) {
		return s.unsent(ctx, j, it, err)
	}
	return itemDone, "", nil
}

// unsent judges a failure of a write. Where it is certain that the write was not carried out, the note that it may have left
// is taken back.
func (s *Service) unsent(ctx context.Context, j *job, it item, err error) (outcome, said string, failed error) {
	outcome, said, failed = judged(err)
	if failed == nil || it.state != itemOpen {
		return outcome, said, failed
	}
	apiError, ok := apiclient.AsError(err)
	if j.Kind == Event || ok && apiError.Method != http.MethodGet && !apiError.Lost && !apiError.Unknown {
		if err := s.setItem(ctx, j, it, itemOpen, j.Kind == Event); err != nil {
			return "", "", err
		}
	}
	return outcome, said, failed
}

// judged tells what concerns the contact alone from what the job cannot go on with.
func judged(err error) (outcome, said string, failed error) {
	asFault := fault.From(err)
	said = strings.TrimSpace(asFault.What + " " + asFault.Why)
	apiError, isAPI := apiclient.AsError(err)
	switch {
	case isAPI && apiError.Unknown && !apiError.Repeatable:
		return itemUnknown, said + " " + asFault.Next, nil
	case apiclient.MayPass(err), errors.Is(err, context.Canceled), isStores(err):
		return "", "", err
	}
	switch asFault.Code {
	case fault.NotFound:
		return itemNotFound, "", nil
	case fault.OutcomeUnknown:
		return itemUnknown, said + " " + asFault.Next, nil
	case fault.ConsentRequired:
		return itemRefused, asFault.What + " " + asFault.Next, nil
	case fault.Unauthorized, fault.Forbidden, fault.ReadOnly, fault.FileAccess, fault.Internal, fault.Cancelled:
		return "", "", err
	}
	return itemRefused, said, nil
}

// mayHaveLeft notes that a request for a contact is about to leave. Of one that must not be repeated, the note has reached
// the disk.
func (s *Service) mayHaveLeft(ctx context.Context, j *job, it item, durable bool) error {
	if it.state == itemSending {
		return nil
	}
	return s.setItem(ctx, j, it, itemSending, durable)
}

func (s *Service) setItem(ctx context.Context, j *job, it item, state string, durable bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concluding)
	defer cancel()
	own, err := it.own.encoded()
	if err != nil {
		return recorded(err)
	}
	open := s.store.Quick
	if durable {
		open = s.store.Durable
	}
	db, err := open(ctx)
	if err == nil {
		var result sql.Result
		result, err = db.ExecContext(ctx, `UPDATE job_item SET state = $5, content = $6 WHERE job = (SELECT id FROM job
			WHERE account = $1 AND id = $2 AND owner = $3) AND n = $4 AND contact <> ''`,
			j.account, j.ID, j.owner, it.n, state, own)
		if err == nil {
			if n, e := result.RowsAffected(); e == nil && n == 0 {
				err = s.whyNotOurs(ctx, db, j, it)
			}
		}
	}
	return recorded(err)
}
