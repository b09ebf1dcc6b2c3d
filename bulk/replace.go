package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"mailtrap-contacts-mcp/fault"
)

// sqlReplaced holds for a plan that Replace has dropped: it was not started, and keeps a failure that names the newer one.
const sqlReplaced = `state = 'cancelled' AND started IS NULL AND tally LIKE '%"failure":%'`

// Replace drops the plans that a new one takes the place of: those that the same caller has made of the same source, with the
// same tool and for the same change, and has not carried out. Whoever applies one of them is told which one to apply.
func (s *Service) Replace(ctx context.Context, planned Status) error {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := s.store.Quick(ctx)
	if err != nil {
		return err
	}
	made, err := load(ctx, db, account, planned.ID)
	if err != nil || made == nil || made.Spec.Same == "" {
		return s.store.Fault(err)
	}
	open, err := find(ctx, db, account, `state = 'planned' AND expires > $2 ORDER BY id`, time.Now().UnixMilli())
	if err != nil {
		return s.store.Fault(err)
	}
	for _, old := range open {
		if old.ID == made.ID || old.Spec.Same != made.Spec.Same || old.call.Tool != made.call.Tool || old.call.Client != made.call.Client {
			continue
		}
		old.Tally.Failure = keep(fault.New(fault.PlanExpired, "The plan "+old.ID+" was replaced by "+made.ID+", a newer preview of the same.", "",
			"Nothing was sent; call apply_plan with plan_id: "+made.ID+", if what the newer preview says is right."))
		s.removeFiles(old)
		if err := s.dropUnsent(ctx, db, old); err != nil {
			return s.store.Fault(err)
		}
	}
	return nil
}

// same stands for what a plan is of and for: plans of which it is equal replace each other. It is made of addresses too, and so
// with the store's key.
func (s *Service) same(ctx context.Context, parts ...any) (string, error) {
	key, err := s.store.Key(ctx)
	if err != nil {
		return "", err
	}
	written, err := json.Marshal(parts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(written, key...))
	return hex.EncodeToString(sum[:16]), nil
}

// same stands for the same change to the same contacts.
func (who Selection) same(ctx context.Context, s *Service, kind Kind, spec Spec) (string, error) {
	contacts := make([]string, len(who.Contacts))
	for i, ref := range who.Contacts {
		contacts[i] = ref.String()
	}
	return s.same(ctx, kind, contacts, who.File, who.Where, spec.Join, spec.Leave, spec.LeaveAll, spec.CreateLists, spec.Fields,
		spec.Unsubscribed, spec.Event, spec.Suppress)
}
