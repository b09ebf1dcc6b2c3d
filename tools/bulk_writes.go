package tools

import (
	"context"
	"fmt"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/schema"
	"mailtrap-contacts-mcp/text"
)

func needsPreview(contacts, limit int) error {
	most := "more than " + text.Number(limit) + " are not written unseen"
	if limit == 0 {
		most = "this server writes to nobody in bulk without a preview"
	}
	return fault.New(fault.NeedsPreview, fmt.Sprintf("This is for %s, and %s.", text.Count(contacts, "contact"), most),
		"", "Nothing was sent. Repeat the call with preview: true, show the operator what it says, and carry it out with apply_plan.")
}

var bulkUpdateContacts = Tool[BulkUpdateInput, JobOutput]{
	Name: "bulk_update_contacts", Title: "Update many contacts", Toolset: Bulk, Effect: Sets, AnswersJob: true,
	Description: "Changes many existing contacts alike: fields, lists, subscription. Nobody is created; about 85 contacts a minute.",
	Example:     `{"contacts": ["ann@example.com", "bob@example.com"], "fields": {"plan": "pro"}}`,
	Asking: Asking{
		When: "when people who had unsubscribed would be subscribed again, unless it is a preview; without " +
			"`consent` that is refused",
		Otherwise: "the call goes ahead, and the journal keeps the consent as claimed by the agent",
	},
	Foreign: waitsElsewhere,
	Confirm: (*Toolbox).confirmBulkUpdate,
	Run:     (*Toolbox).bulkUpdateContacts,
}

// BulkUpdateInput is who is changed, and what.
type BulkUpdateInput struct {
	Selection
	Fields          schema.Object `json:"fields,omitempty" jsonschema_description:"By merge tag or field name; null clears"`
	AddToLists      []string      `json:"add_to_lists,omitempty" jsonschema_description:"By name or id"`
	RemoveFromLists []string      `json:"remove_from_lists,omitempty" jsonschema_description:"By name or id"`
	Unsubscribed    *bool         `json:"unsubscribed,omitempty" jsonschema_description:"Whether they get marketing mail"`
	Consent         string        `json:"consent,omitempty" jsonschema:"maxLength=500" jsonschema_description:"How and when they agreed to get mail again; needed for unsubscribed: false"`
	Preview         bool          `json:"preview,omitempty" jsonschema_description:"Change nothing; answer with a plan_id"`

	// agreed are the ids and addresses of those whom the operator was asked about by name; nil: they were asked about all, or nobody
	// could be asked.
	agreed []string
}

// Check refuses an update that changes nothing, or subscribes people again without their consent.
func (in BulkUpdateInput) Check() error {
	if len(in.Fields) == 0 && len(in.AddToLists)+len(in.RemoveFromLists) == 0 && in.Unsubscribed == nil {
		return fault.New(fault.InvalidInput, "The update changes nothing.", "",
			"Give at least one of fields, add_to_lists, remove_from_lists, unsubscribed.")
	}
	if err := saysHow(in.Consent); err != nil {
		return err
	}
	if in.Unsubscribed != nil && !*in.Unsubscribed && in.Consent == "" {
		return fault.New(fault.ConsentRequired, "People who have unsubscribed are not subscribed again without their consent.",
			"Mail without it is against the law in many countries and hurts delivery.",
			"Ask the operator how and when these people agreed to get mail again, and repeat the call with that in consent. Nothing was changed.")
	}
	if err := in.Selection.Check(); err != nil {
		return err
	}
	return joinedAndLeft("add_to_lists", in.AddToLists, "remove_from_lists", in.RemoveFromLists)
}

func (box *Toolbox) confirmBulkUpdate(ctx context.Context, in *BulkUpdateInput) (*Question, error) {
	if in.Preview || in.Unsubscribed == nil || *in.Unsubscribed {
		return nil, nil
	}
	if len(in.Contacts) > box.PreviewAbove {
		return nil, needsPreview(len(in.Contacts), box.PreviewAbove)
	}
	who := text.Count(len(in.Contacts), "contact") + " again, as far as they have unsubscribed"
	switch n := len(in.Contacts); {
	case n == 0:
		if err := box.usable(ctx, in.Selection); err != nil {
			return nil, err
		}
		who = in.String() + " again, as far as they have unsubscribed"
	case n <= contacts.MaxLookups:
		left, err := box.unsubscribed(ctx, in)
		if err != nil || len(left) == 0 {
			return nil, err
		}
		who = text.Listing(text.Words(left, 60), 10) + " again, who had unsubscribed"
	}
	return &Question{
		Subject: fmt.Sprintf("%q %q %q %v %v subscribed again: %s", in.File, in.Segment, in.Where, in.Contacts, in.agreed, in.Consent),
		Text: func(context.Context) (string, error) {
			return fmt.Sprintf("Subscribe %s? The agent says that they agreed to get mail again: %s", who,
				text.QuoteUpTo(in.Consent, maxConsent)), nil
		},
	}, nil
}

// unsubscribed are those of a few contacts who have unsubscribed. The consent is of nobody else.
func (box *Toolbox) unsubscribed(ctx context.Context, in *BulkUpdateInput) (left []string, err error) {
	in.agreed = []string{}
	refs, err := contacts.ParseAll("contacts", in.Contacts)
	if err != nil {
		return nil, err
	}
	looked, err := box.Contacts.LookUp(ctx, refs)
	if err != nil {
		return nil, err
	}
	for _, one := range looked {
		if !one.Known {
			continue
		}
		needed, err := box.Contacts.NeedConsent(ctx, one.Found.Contact, contacts.Change{Unsubscribed: in.Unsubscribed})
		if err != nil {
			return nil, err
		}
		if len(needed) > 0 {
			left = append(left, needed...)
			in.agreed = append(in.agreed, one.Found.ID, strings.ToLower(one.Found.Email))
		}
	}
	return left, nil
}

func (box *Toolbox) bulkUpdateContacts(ctx context.Context, in BulkUpdateInput) (JobOutput, error) {
	spec := bulk.Spec{Unsubscribed: in.Unsubscribed}
	var err error
	if spec.Fields, err = box.Catalog.Values(ctx, "fields", in.Fields); err != nil {
		return JobOutput{}, err
	}
	if spec.Join, err = box.Catalog.ResolveLists(ctx, in.AddToLists, createFirst); err != nil {
		return JobOutput{}, err
	}
	if spec.Leave, err = box.Catalog.ResolveLists(ctx, in.RemoveFromLists); err != nil {
		return JobOutput{}, err
	}
	if spec.Relies.Fields, err = box.fieldsIn(ctx, spec.Fields); err != nil {
		return JobOutput{}, err
	}
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return JobOutput{}, err
	}
	defer done()
	if who.Agreed = in.agreed; who.Agreed != nil {
		who.Consent = contacts.SaidConsent(in.Consent)
	} else {
		spec.Consent = contacts.SaidConsent(in.Consent)
	}
	planned, err := box.Bulk.PlanWrite(ctx, bulk.Update, spec, who)
	if err != nil {
		return JobOutput{}, err
	}
	job, err := box.previewOrRun(ctx, planned, in.Preview, box.PreviewAbove)
	return JobOutput{Job: job}, err
}

// fieldsIn are the fields that values are for.
func (box *Toolbox) fieldsIn(ctx context.Context, values apiclient.Values) ([]apiclient.Field, error) {
	if len(values) == 0 {
		return nil, nil
	}
	fields, err := box.Catalog.Fields(ctx)
	var used []apiclient.Field
	for _, field := range fields {
		if _, ok := values[field.MergeTag]; ok {
			used = append(used, field)
		}
	}
	return used, err
}

var bulkDeleteContacts = Tool[BulkDeleteInput, JobOutput]{
	Name: "bulk_delete_contacts", Title: "Delete many contacts", Toolset: Bulk, Effect: Destroys, AnswersJob: true,
	Description: "Deletes many contacts. More than 25, and those of a file or condition, need a preview; to stop mail " +
		"only, unsubscribe them with bulk_update_contacts.",
	Example: `{"contacts": ["dora@example.com"]}`,
	Asking: Asking{
		When:      "before up to 25 contacts are deleted at once; more, and those of a file, need a plan",
		Otherwise: clientAsks,
	},
	Foreign: waitsElsewhere,
	Confirm: (*Toolbox).confirmBulkDelete,
	Run:     (*Toolbox).bulkDeleteContacts,
}

// BulkDeleteInput is who is deleted.
type BulkDeleteInput struct {
	Selection
	Preview bool `json:"preview,omitempty" jsonschema_description:"Delete nothing; answer with a plan_id"`
}

// Check refuses a deletion that needs a preview.
func (in BulkDeleteInput) Check() error { return in.final(in.Preview) }

func (box *Toolbox) confirmBulkDelete(_ context.Context, in *BulkDeleteInput) (*Question, error) {
	if in.Preview || len(in.Contacts) == 0 { // which is refused, once they are found
		return nil, nil
	}
	if len(in.Contacts) > box.deletesAbove() {
		return nil, needsPreview(len(in.Contacts), box.deletesAbove())
	}
	return &Question{
		Subject: fmt.Sprintf("delete %v", in.Contacts),
		Text: func(context.Context) (string, error) {
			return fmt.Sprintf("Delete %s: %s? Their fields, list memberships and history in automations are lost.",
				text.Count(len(in.Contacts), "contact"), text.Listing(text.Words(in.Contacts, 60), 10)), nil
		},
	}, nil
}

func (box *Toolbox) bulkDeleteContacts(ctx context.Context, in BulkDeleteInput) (JobOutput, error) {
	who, done, err := box.choose(ctx, in.Selection, in.Preview)
	if err != nil {
		return JobOutput{}, err
	}
	defer done()
	planned, err := box.Bulk.PlanWrite(ctx, bulk.Delete, bulk.Spec{}, who)
	if err != nil {
		return JobOutput{}, err
	}
	job, err := box.previewOrRunFinal(ctx, in.Selection, planned, in.Preview, "deleted")
	return JobOutput{Job: job}, err
}
