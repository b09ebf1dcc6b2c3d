package tools_test

import (
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/tools"
)

func TestTheOperatorIsAskedAsTheModeSays(t *testing.T) {
	const (
		accepts  = mcp.ElicitationResponseActionAccept
		declines = mcp.ElicitationResponseActionDecline
		absent   = mcp.ElicitationResponseAction("") // the client cannot ask
	)
	for _, test := range []struct {
		mode   tools.Confirmation
		person mcp.ElicitationResponseAction
		asked  int
		code   string // empty: the contact is deleted
	}{
		{tools.ConfirmNever, absent, 0, ""},
		{tools.ConfirmNever, declines, 0, ""},
		{tools.ConfirmNever, accepts, 0, ""},
		{tools.ConfirmAuto, absent, 0, ""},
		{tools.ConfirmAuto, declines, 1, "cancelled"},
		{tools.ConfirmAuto, accepts, 1, ""},
		{tools.ConfirmAlways, absent, 0, "needs_confirmation"},
		{tools.ConfirmAlways, declines, 1, "cancelled"},
		{tools.ConfirmAlways, accepts, 1, ""},
		{"", declines, 1, "cancelled"},
		{"", absent, 0, ""},
	} {
		t.Run(string(test.mode)+" and the operator "+string(test.person), func(t *testing.T) {
			person := &operator{action: test.person}
			w := open(t, func(set *setting) {
				set.confirm = test.mode
				if test.person != absent {
					set.options = []client.ClientOption{client.WithElicitationHandler(person)}
				}
			})
			seeded(w)
			if test.code == "" {
				w.works("delete_contact", args{"contact": "anna@example.com"})
				if w.Len() != 0 {
					t.Error("the contact is still there")
				}
			} else {
				w.refused("delete_contact", args{"contact": "anna@example.com"}, test.code)
				w.nothingWritten()
			}
			if len(person.asked) != test.asked {
				t.Errorf("the operator was asked %q", person.asked)
			}
		})
	}
}

func TestTheJournalTellsWhoAskedAndWhetherTheOperatorAgreed(t *testing.T) {
	person := &operator{action: mcp.ElicitationResponseActionAccept}
	w := open(t, func(set *setting) { set.options = []client.ClientOption{client.WithElicitationHandler(person)} })
	w.works("create_contact", args{"email": "anna@example.com"})
	w.works("delete_contact", args{"contact": "anna@example.com"})
	changes, _, err := w.box.Journal.List(t.Context(), journal.Filter{Limit: 2})
	must(t, err)
	if len(changes) != 2 {
		t.Fatalf("%d changes", len(changes))
	}
	for i, confirmed := range []bool{true, false} {
		if changes[i].Client != "in-process" || changes[i].Confirmed != confirmed {
			t.Errorf("%s was asked for by %q and confirmed: %t", changes[i].Tool, changes[i].Client, changes[i].Confirmed)
		}
	}
}
