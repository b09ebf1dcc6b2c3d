package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// SyncRequest says what is to be made like what.
type SyncRequest struct {
	// File is the source, read as Reading says; or Members are, contacts that are known to exist, which Source names.
	File    string
	Reading intake.Reading
	Members func(ctx context.Context, visit func(email string) error) error
	Source  string
	// List is the target; nil: the account as a whole, from which nobody is removed.
	List *apiclient.List
	// UnsubscribeMissing also unsubscribes those who are in the target and not in the source.
	UnsubscribeMissing bool
	// MaxChanges and MaxRemovals are how many contacts may be created or changed, and how many may leave the list or be
	// unsubscribed; negative: any number.
	MaxChanges, MaxRemovals int
	// Everybody is who is there, as of AsOf.
	Everybody Everybody
	AsOf      time.Time
	Progress  func(read, size int64)
}

// PlanSync compares a source with a list or the account and plans the difference. One that would touch more than it may is
// refused. A difference of nothing is a plan for nobody, which is not kept.
func (s *Service) PlanSync(ctx context.Context, request SyncRequest) (Status, error) {
	spec := Spec{Source: request.File, Unsubscribe: request.UnsubscribeMissing}
	if request.File == "" {
		spec.Source = request.Source
	}
	if request.List != nil {
		spec.Relies.Lists = []apiclient.List{*request.List}
		spec.SyncTo = request.List
	}
	return s.plan(ctx, Import, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		c, err := s.compare(ctx, stage)
		if err != nil {
			return nil, err
		}
		defer c.close()
		stage.asOf = request.AsOf
		c.unsubscribe, c.thereBy, c.createsNone = request.UnsubscribeMissing, mustNotCreate, request.File == ""
		if request.List != nil {
			c.list = request.List.ID
		}
		source, err := s.sourceOf(ctx, request, c)
		if err != nil {
			return nil, err
		}
		if err := c.against(ctx, request.Everybody); err != nil {
			return nil, err
		}
		if err := c.stageDifferences(ctx); err != nil {
			return nil, err
		}
		stage.job.Spec.Compared = &c.result
		for _, proposal := range source.Created {
			stage.job.Spec.CreateFields = append(stage.job.Spec.CreateFields, proposal.Field)
		}
		if stage.job.Spec.Relies.Fields, err = s.fieldsOf(ctx, source); err != nil {
			return nil, err
		}
		return source, request.allows(c.result, stage.job.chunked+stage.job.listed)
	})
}

// sourceOf reads the source into the comparison. Whoever is in it is to be on the list.
func (s *Service) sourceOf(ctx context.Context, request SyncRequest, c *comparison) (*intake.Summary, error) {
	joining := &joining{comparison: c, list: c.list}
	if request.File != "" {
		return s.read(ctx, ImportRequest{File: request.File, Reading: request.Reading, Progress: request.Progress}, joining)
	}
	source := &intake.Summary{}
	err := request.Members(ctx, func(email string) error {
		source.Read++
		source.Contacts++
		line, err := json.Marshal(apiclient.ImportRow{Email: email})
		if err != nil {
			return err
		}
		return joining.Contacts(ctx, intake.Chunk{Contacts: 1, JSON: line})
	})
	return source, err
}

// joining puts the contacts of a source on a list on their way into a comparison.
type joining struct {
	*comparison
	list int64
}

// Contacts implements intake.Stage.
func (j *joining) Contacts(ctx context.Context, chunk intake.Chunk) error {
	if j.list == 0 {
		return j.comparison.Contacts(ctx, chunk)
	}
	return eachRow(chunk.JSON, func(one row, _ []byte) error {
		one.AddToLists = []int64{j.list}
		content, err := json.Marshal(one)
		if err != nil {
			return err
		}
		return j.comparison.Contacts(ctx, intake.Chunk{Contacts: 1, JSON: content})
	})
}

// OptedOut implements intake.Stage: of a comparison, those whom the source says not to mail are not in it.
func (j *joining) OptedOut(context.Context, []string) error { return nil }

// allows refuses a plan that would touch more than it may.
func (r SyncRequest) allows(found Compared, contacts int) error {
	removals := max(found.Leaves, found.Unsubscribes)
	changes := contacts - removals
	what, limit := "", ""
	switch {
	case r.MaxChanges >= 0 && changes > r.MaxChanges:
		what, limit = fmt.Sprintf("It would create or change %s, and max_changes is %s.", text.Count(changes, "contact"), text.Number(r.MaxChanges)), "max_changes"
	case r.MaxRemovals >= 0 && removals > r.MaxRemovals:
		what, limit = fmt.Sprintf("It would take %s off the list or unsubscribe them, and max_removals is %s.", text.Count(removals, "contact"), text.Number(r.MaxRemovals)), "max_removals"
	default:
		return nil
	}
	return fault.New(fault.LimitReached, what, "Such a difference may be meant, or the source is not the whole of it.",
		"Nothing was planned. Ask the operator whether it is meant, and repeat the call with a larger "+limit+".")
}
