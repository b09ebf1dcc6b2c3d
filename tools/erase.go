package tools

import (
	"context"
	"errors"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// An erasure is noted before anything is done, each of its steps can be repeated, and it is ended when nothing of the person
// is left. A server that is killed at it leaves it to the next one, or to another that runs.

// erase erases a person for a call, which has found them. Where the contact is there as it was, the agent is told, and has to call
// again.
func (box *Toolbox) erase(ctx context.Context, e journal.Erasure, found contacts.Found) (*ErasedView, error) {
	view, err := box.eraseAll(ctx, &e, &found)
	switch {
	case err == nil:
		return view, nil
	case !e.Gone && !mayBeGone(err):
		_ = box.Journal.EndErasure(ctx, e) // the error says more
		return nil, err
	}
	return nil, box.laterErased(ctx, e, err)
}

// eraseAll takes the steps of an erasure. What this server keeps of the person is taken out first, so that a running import
// does not send them again, and last, because the deletion is noted and journalled as well.
func (box *Toolbox) eraseAll(ctx context.Context, e *journal.Erasure, found *contacts.Found) (*ErasedView, error) {
	view, err := box.eraseRows(ctx, *e)
	if err != nil {
		return nil, err
	}
	if !e.Gone {
		if err := box.eraseContact(ctx, *e, found); err != nil {
			return nil, err
		}
		e.Gone = true
	}
	if err := box.Journal.ErasedAtMailtrap(ctx, *e); err != nil {
		return nil, err
	}
	if err := box.forget(ctx, *e, view); err != nil {
		return nil, err
	}
	if len(view.Sending) > 0 || view.Exporting || view.planning { // once more when that is over
		return view, box.Journal.PutOffErasure(ctx, *e)
	}
	return view, box.Journal.EndErasure(ctx, *e)
}

// mayBeGone reports a failure after which the contact may have been deleted.
func mayBeGone(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && (apiError.Unknown || apiError.Lost) || fault.Is(err, fault.OutcomeUnknown) || fault.Is(err, fault.Internal)
}

// laterErased puts an erasure off that has begun at Mailtrap, and says so of what kept it from ending.
func (box *Toolbox) laterErased(ctx context.Context, e journal.Erasure, cause error) error {
	failed, again := fault.From(cause), "calling delete_contact with contact: "+text.Quote(e.Addresses[0])+" and erase: true"
	next := "Ask the operator to see to that. The server tries again by itself until nothing of the person is left; " + again +
		" does so at once."
	if err := box.Journal.PutOffErasure(ctx, e); err != nil {
		next = "Ask the operator to see to that, and go on by " + again + "."
	}
	if !e.Gone {
		return fault.New(failed.Code, failed.What, failed.Why, next).Because(cause)
	}
	return fault.New(failed.Code, "There is no such contact in Mailtrap any more, but what this server keeps of the person "+
		"could not be erased.",
		failed.What+" "+failed.Why, next).Because(cause)
}

// eraseRows takes the person out of plans, jobs and their files, under every address that they are known by.
func (box *Toolbox) eraseRows(ctx context.Context, e journal.Erasure) (*ErasedView, error) {
	view := &ErasedView{Files: []string{}}
	for _, address := range e.Addresses {
		erased, err := box.Bulk.Erase(ctx, address)
		if err != nil {
			return nil, err
		}
		view.Rows += erased.Rows
		view.Files = append(view.Files, erased.Files...)
		view.Sending = append(view.Sending, erased.Sending...)
		view.planning = view.planning || erased.Planning
	}
	slices.Sort(view.Files)
	view.Files = slices.Compact(view.Files)
	return view, nil
}

// eraseContact deletes the contact at Mailtrap, by its id: whoever has the address by now may be somebody else. Where it was not
// just found, it is looked up.
func (box *Toolbox) eraseContact(ctx context.Context, e journal.Erasure, just *contacts.Found) (err error) {
	var found contacts.Found
	if just != nil {
		found = *just
	} else {
		found, err = box.Contacts.Get(ctx, apiclient.ContactID(e.Subject))
	}
	if err == nil {
		err = box.Contacts.Erase(ctx, found)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// forget takes the person out of the snapshots and of the journal.
func (box *Toolbox) forget(ctx context.Context, e journal.Erasure, view *ErasedView) error {
	view.Exporting = box.Audience.Building(ctx)
	for _, address := range e.Addresses {
		rows, err := box.Audience.Forget(ctx, address)
		if err != nil {
			return err
		}
		view.Rows += rows
	}
	changes, err := box.Journal.Erase(ctx, e.Addresses[0], e.Subject)
	view.Changes = changes
	return err
}

// FinishErasures goes on with erasures that were left by a server that is gone, or that failed: nobody hears of a refusal
// now, so that it is tried again. One whose contact has yet to be deleted waits for a server that offers to.
func (box *Toolbox) FinishErasures(ctx context.Context) error {
	for {
		e, due, err := box.Journal.NextErasure(ctx, !box.offers(deleteContact.Name))
		if err != nil || !due {
			return err
		}
		working, cancel := context.WithTimeout(journal.In(ctx, journal.Call{Tool: deleteContact.Name}), callTimeout)
		_, err = box.eraseAll(working, &e, nil)
		cancel()
		if err != nil {
			return errors.Join(err, box.Journal.PutOffErasure(ctx, e))
		}
		box.Log.InfoContext(ctx, "an interrupted erasure was resumed", "erasure", e.ID)
	}
}
