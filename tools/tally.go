package tools

import (
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// tally counts what became of each contact. Each index is written once, by one goroutine.
type tally struct {
	looked   []contacts.Looked
	outcomes []outcome
}

type outcome struct {
	changed, created bool
	erasedBefore     bool   // created though the person asked for erasure before
	noMail           string // the address of a contact that is unsubscribed
	err              error
}

func newTally(looked []contacts.Looked) *tally {
	return &tally{looked: looked, outcomes: make([]outcome, len(looked))}
}

func (t *tally) update(i int, updated contacts.Updated, err error) {
	t.outcomes[i] = outcome{changed: len(updated.Differences) > 0, noMail: unsubscribed(t.looked[i].Found.Contact), err: err}
}

func (t *tally) create(i int, created apiclient.Contact, err error) {
	t.outcomes[i] = outcome{changed: true, created: true, noMail: unsubscribed(created), err: err}
}

// unsubscribed is the address of a contact who gets no marketing mail.
func unsubscribed(contact apiclient.Contact) string {
	if contact.Status != apiclient.Unsubscribed {
		return ""
	}
	return text.Clip(contact.Email, 80)
}

func (t *tally) fail(i int, err error) { t.outcomes[i] = outcome{err: err} }

// into fills the counts in. When nothing succeeded at all, the first failure is the answer.
func (t *tally) into(out MembershipOutput) (MembershipOutput, error) {
	out.Contacts = len(t.outcomes)
	for i, one := range t.outcomes {
		switch {
		case one.err != nil:
			out.Failed++
			out.Failures = append(out.Failures, FailureView{Contact: text.Clip(t.looked[i].Ref.String(), 80), Error: explain(one.err).Error()})
		case one.changed:
			out.Changed++
		default:
			out.Unchanged++
		}
		if one.created && one.err == nil {
			out.Created++
		}
		if one.erasedBefore {
			out.ErasedBefore++
			out.ErasedContacts = append(out.ErasedContacts, text.Clip(t.looked[i].Ref.String(), 80))
		}
		if one.noMail != "" && one.err == nil && out.Action == "added" {
			out.Unsubscribed++
			out.UnsubscribedContacts = append(out.UnsubscribedContacts, one.noMail)
		}
	}
	if out.Failed == out.Contacts {
		return out, t.allFailed()
	}
	return out, nil
}

// allFailed is the answer when every contact failed alike; nil when they failed in different ways.
func (t *tally) allFailed() error {
	names, errs := make([]string, len(t.outcomes)), make([]error, len(t.outcomes))
	for i, one := range t.outcomes {
		names[i], errs[i] = t.looked[i].Ref.String(), one.err
	}
	return alike(names, errs)
}

// alike is one fault for contacts that all failed for the same reason; nil when the reasons differ.
func alike(names []string, errs []error) error {
	first := explain(errs[0])
	next := first.Next
	for _, err := range errs {
		other := explain(err)
		if other.Code != first.Code || other.What != first.What && first.Code != fault.NotFound {
			return nil
		}
		if other.Next != first.Next { // it names the contact
			next = "Look at each with get_contact, and repeat the call for those it was not done for."
		}
	}
	shown := text.Words(names, 80)
	if first.Code == fault.NotFound {
		what := fmt.Sprintf("None of %s is known: %s.", text.Count(len(errs), "contact"), text.Listing(shown, 20))
		if len(errs) == 1 {
			what = "There is no contact " + shown[0] + "."
		}
		return fault.New(fault.NotFound, what,
			"Contacts are found by their exact address or UUID only.", "Nothing was done; check the spelling.").Because(errs[0])
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return fault.New(first.Code, fmt.Sprintf("%s This goes for all of %s: %s.", first.What, text.Count(len(errs), "contact"),
		text.Listing(shown, 20)),
		first.Why, next).Because(errs[0])
}
