package bulk

import (
	"context"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/comparison"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// SyncRequest says what is to be made like what.
type SyncRequest struct {
	// File is the source, read as Reading says; or those are who are there and fit a condition, Where, which Source names.
	File          string
	Reading       intake.Reading
	Where, Source string
	// List is the target; nil: the account as a whole, from which nobody is removed.
	List *apiclient.List
	// UnsubscribeMissing also unsubscribes those who are in the target and not in the source.
	UnsubscribeMissing bool
	// MaxChanges is how many contacts may be created or changed; negative: any number. MaxRemovals is how many may leave the
	// list or be unsubscribed; negative: as many as usual, which is a small part of the target. Where the source may hold
	// people who could not be read, nobody does unless MaxRemovals is exactly how many are missing.
	MaxChanges, MaxRemovals int
	// There are the contacts of the account, as of AsOf.
	There    There
	AsOf     time.Time
	Progress func(read, size int64)
}

// PlanSync compares a source with a list or the account and plans the difference. Whoever is missing from the source is
// taken away, which is why it has to be read whole: a contact whose row is rejected is in it, and while there are rows whose
// contact is not known nobody is missing. A source of nobody is refused, and so is a plan that would touch more than it
// may. A difference of nothing is a plan for nobody, which is not kept.
func (s *Service) PlanSync(ctx context.Context, request SyncRequest) (Status, error) {
	spec := Spec{Source: request.File, Sync: true, Unsubscribe: request.UnsubscribeMissing}
	if request.File == "" {
		spec.Source = request.Source
	}
	if request.List != nil {
		spec.Relies.Lists = []apiclient.List{*request.List}
		spec.SyncTo = request.List
	}
	var err error
	if spec.Same, err = s.same(ctx, request.File, request.Where, spec.Relies.Lists); err != nil {
		return Status{}, s.notSent(err)
	}
	request.Reading.Whole = true
	return s.plan(ctx, Import, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		rules := comparison.Rules{Whole: true, Unsubscribe: request.UnsubscribeMissing}
		if request.List != nil {
			rules.List, rules.Joined = request.List.ID, []int64{request.List.ID}
		}
		c, err := s.comparing(ctx, stage, rules)
		if err != nil {
			return nil, err
		}
		defer c.close()
		stage.asOf, stage.there = request.AsOf, request.There
		c.thereBy = mustNotCreate
		if request.File == "" { // whoever is in the source is there
			c.newBy = mustNotCreate
		}
		source, err := s.sourceOf(ctx, request, c)
		if err != nil {
			return nil, err
		}
		if source.Contacts == 0 {
			return nil, request.ofNobody(source)
		}
		if err := c.Against(ctx, request.There); err != nil {
			return nil, err
		}
		if err := c.stageDifferences(ctx, source); err != nil {
			return nil, err
		}
		changes, kept := stage.job.chunked+stage.job.listed, 0
		if missing := c.Counts().Missing; !source.IsWhole() && request.MaxRemovals != missing { // else they are meant, to the number
			kept = missing
		} else if err := c.stageMissing(ctx, source); err != nil {
			return nil, err
		}
		found := c.Counts()
		found.Kept, stage.job.Spec.Compared = kept, &found
		for _, proposal := range source.Created {
			stage.job.Spec.CreateFields = append(stage.job.Spec.CreateFields, proposal.Field)
		}
		if stage.job.Spec.Relies.Fields, err = s.fieldsOf(ctx, source); err != nil {
			return nil, err
		}
		return source, request.allows(found, changes)
	})
}

// sourceOf reads the source into the comparison. Whoever is in it is to be on the list.
func (s *Service) sourceOf(ctx context.Context, request SyncRequest, c *comparing) (*intake.Summary, error) {
	if request.File != "" {
		return s.read(ctx, ImportRequest{File: request.File, Reading: request.Reading, Progress: request.Progress}, c)
	}
	source := &intake.Summary{}
	err := request.There.EachAddress(ctx, request.Where, func(email, _ string) error {
		source.Read++
		source.Contacts++
		return c.Add(ctx, intake.RowsOf(nil).Add(nil, email, nil, nil, nil))
	})
	return source, err
}

// ofNobody refuses a source in which there is nobody: all who are there would be missing from it.
func (r SyncRequest) ofNobody(source *intake.Summary) error {
	if r.File != "" {
		return source.NothingToImport()
	}
	return fault.New(fault.InvalidInput, "No contact fits the "+r.Source+", so there is nobody to make the list like.",
		"All who are on the list would leave it.",
		"Nothing was planned. Look with search_contacts who is meant; to empty a list use remove_from_list.")
}

// usualRemovals is how many contacts of a target may be taken away without saying so: the larger of 10 and a tenth of it,
// and at most half of one that has 4 or more.
func usualRemovals(target int) int {
	usual := max(10, target/10)
	if target >= 4 {
		usual = min(usual, target/2)
	}
	return usual
}

// allows refuses a plan that would touch more than it may.
func (r SyncRequest) allows(found comparison.Counts, changes int) error {
	removals := found.Missing - found.Kept
	if r.MaxChanges >= 0 && changes > r.MaxChanges {
		return fault.New(fault.LimitReached, fmt.Sprintf("It would create or change %s, and max_changes is %s.",
			text.Count(changes, "contact"), text.Number(r.MaxChanges)),
			"Such a difference may be meant, or the source is not what it should be.",
			"Nothing was planned. Ask the operator whether it is meant, and repeat the call with a larger max_changes.")
	}
	limit, whose := r.MaxRemovals, "max_removals is "+text.Number(r.MaxRemovals)
	if limit < 0 {
		limit = usualRemovals(found.Target)
		whose = "without max_removals at most " + text.Number(limit) + " may"
	}
	if removals <= limit {
		return nil
	}
	does := "be unsubscribed"
	switch {
	case found.Leaves > 0 && found.Unsubscribes > 0:
		does = "leave the list and be unsubscribed"
	case found.Leaves > 0:
		does = "leave the list"
	}
	of := "of " + text.Count(found.Target, "contact")
	return fault.New(fault.LimitReached, fmt.Sprintf("%s %s are not in the source and would %s; %s.", text.Number(removals), of, does, whose),
		"They may be gone, or the source is not the whole of it.",
		"Nothing was planned. Ask the operator whether it is meant, and repeat the call with max_removals: "+fmt.Sprint(removals)+".")
}
