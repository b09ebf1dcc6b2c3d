package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

var suppressContacts = Tool[SuppressContactsInput, JobOutput]{
	Name: "suppress_contacts", Title: "Suppress addresses", Toolset: Campaigns, Effect: Destroys, AnswersJob: true,
	Description: "Puts people, contacts or not, on Mailtrap's suppression list: no more such mail. Cannot be undone; about 5 a minute.",
	Example:     `{"contacts": ["dora@example.com"], "stream": "bulk"}`,
	Asking: Asking{
		When:      "before up to 25 addresses are suppressed at once; more, and those of a file, need a plan",
		Otherwise: clientAsks,
	},
	Foreign: waitsElsewhere,
	Confirm: (*Toolbox).confirmSuppress,
	Run:     (*Toolbox).suppressContacts,
}

// SuppressContactsInput is who is suppressed, and for what mail.
type SuppressContactsInput struct {
	Domain string `json:"domain,omitempty" jsonschema_description:"Sending domain; absent: the only one"`
	Stream string `json:"stream" jsonschema:"enum=bulk,enum=transactional"`
	Selection
	Preview bool `json:"preview,omitempty" jsonschema_description:"Suppress nobody; answer with a plan_id"`
}

// Check refuses what needs a preview.
func (in SuppressContactsInput) Check() error { return in.final(in.Preview) }

func (box *Toolbox) confirmSuppress(ctx context.Context, in *SuppressContactsInput) (*Question, error) {
	if in.Preview || len(in.Contacts) == 0 { // which is refused, once they are found
		return nil, nil
	}
	if len(in.Contacts) > box.deletesAbove() {
		return nil, needsPreview(len(in.Contacts), box.deletesAbove())
	}
	at, err := box.sendingDomain(ctx, in.Domain, in.Stream)
	if err != nil {
		return nil, err
	}
	return &Question{
		Subject: fmt.Sprintf("suppress %v %v", in.Contacts, at),
		Text: func(context.Context) (string, error) {
			return suppressQuestion(text.Count(len(in.Contacts), "address")+": "+text.Listing(text.Words(in.Contacts, 60), 10), at), nil
		},
	}, nil
}

func suppressQuestion(who string, at suppressions.Place) string {
	return fmt.Sprintf("Suppress %s? They get no %s any more. %s", who, mailOf(at), suppressions.Final)
}

// mailOf is mail within a sentence, and suppressedMail for what somebody is suppressed.
func mailOf(at suppressions.Place) string {
	return text.Word(at.Stream, 40) + " mail from " + text.Word(at.Domain, text.MaxValue)
}

func suppressedMail(at suppressions.Place) string { return "for " + mailOf(at) }

func (box *Toolbox) suppressContacts(ctx context.Context, in SuppressContactsInput) (JobOutput, error) {
	at, err := box.sendingDomain(ctx, in.Domain, in.Stream)
	if err != nil {
		return JobOutput{}, err
	}
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return JobOutput{}, err
	}
	defer done()
	planned, err := box.Bulk.PlanWrite(ctx, bulk.Suppress, bulk.Spec{Suppress: &at}, who)
	if err != nil {
		return JobOutput{}, err
	}
	if in.Preview {
		already, err := box.suppressedAlready(ctx, planned)
		if err != nil {
			box.Bulk.Discard(ctx, planned.ID)
			return JobOutput{}, err
		}
		planned.Notes = append(planned.Notes, already)
	}
	job, err := box.previewOrRunFinal(ctx, in.Selection, planned, in.Preview, "suppressed")
	return JobOutput{Job: job}, err
}

// sendingDomain finds the domain that a call names, or the only one.
func (box *Toolbox) sendingDomain(ctx context.Context, name, stream string) (suppressions.Place, error) {
	domains, err := box.API.SendingDomains(ctx)
	if err != nil {
		cause := explain(err)
		return suppressions.Place{}, fault.New(cause.Code, "Which sending domains the account has could not be found out. "+cause.What,
			cause.Why, cause.Next).Because(err)
	}
	names := make([]string, len(domains))
	for i, domain := range domains {
		names[i] = text.Quote(domain.Name)
	}
	given := strings.TrimSpace(name)
	at := slices.IndexFunc(domains, func(domain apiclient.SendingDomain) bool { return strings.EqualFold(domain.Name, given) })
	what := "There is no sending domain " + text.Quote(given) + "."
	if given == "" {
		what = "The account has " + text.Count(len(domains), "sending domain") + "."
		if at = -1; len(domains) == 1 {
			at = 0
		}
	}
	switch {
	case len(domains) == 0:
		return suppressions.Place{}, fault.New(fault.NotFound, "The account has no sending domain.",
			"Mailtrap suppresses an address for the mail of one domain.", "Nobody was suppressed; ask the operator to add a domain in Mailtrap.")
	case at < 0:
		return suppressions.Place{}, fault.New(fault.InvalidInput, what, "",
			"Nobody was suppressed; give in domain one of "+text.Listing(names, 20)+".")
	case domains[at].ID < 1:
		return suppressions.Place{}, fault.New(fault.UpstreamError, "Mailtrap does not tell the id of the sending domain "+names[at]+".", "",
			"Nobody was suppressed; ask the operator to add the addresses in Mailtrap under Suppressions.")
	}
	return suppressions.Place{DomainID: domains[at].ID, Domain: domains[at].Name, Stream: stream}, nil
}

// lookedInList is how many addresses are looked for in the list of suppressions together.
const lookedInList = 5000

// suppressedAlready says how many of those of a plan are suppressed already, as far as that is known without asking for each.
func (box *Toolbox) suppressedAlready(ctx context.Context, planned bulk.Status) (string, error) {
	const unknown = "How many of them are suppressed already is not known: "
	list, err := box.Audience.Suppressed.List(ctx, false, nil)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return unknown + explain(err).What, nil
	}
	already, byUUID := 0, 0
	var emails []string
	look := func() error {
		have, err := list.Have(ctx, emails, *planned.Spec.Suppress)
		already, emails = already+len(have), emails[:0]
		return suppressions.Fault(err)
	}
	visit := func(contact string) error {
		switch {
		case !strings.Contains(contact, "@"):
			byUUID++
			return nil
		case len(emails) == lookedInList:
			if err := look(); err != nil {
				return err
			}
		}
		emails = append(emails, contact)
		return nil
	}
	if who := planned.Who; who.There != nil {
		err = who.There.EachAddress(ctx, who.Where, func(email, _ string) error { return visit(email) })
	} else {
		err = box.Bulk.Named(ctx, planned.ID, visit)
	}
	if err == nil {
		err = look()
	}
	said := text.Number(already) + " of them " + isOrAre(already) + " suppressed already. " + ageOf(list, time.Now())
	if byUUID > 0 {
		said = text.Count(byUUID, "contact") + " named by UUID " + isOrAre(byUUID) + " looked up only when it is carried out; " +
			"of the others " + said
	}
	return said, err
}
