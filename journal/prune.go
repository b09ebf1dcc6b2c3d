package journal

import (
	"context"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
)

const (
	// pruneBatch is how many changes are deleted at once, and prunePause how long other writers have between them.
	pruneBatch, prunePause = 500, 20 * time.Millisecond
)

// sqlPrune deletes some of an account's changes that are older than they are to be kept: another account's server may
// keep them for longer. The others delete what belonged to them.
const (
	sqlPrune = `DELETE FROM change WHERE account = ? AND id IN (
		SELECT id FROM change WHERE account = ? AND at < ? ORDER BY at LIMIT ?)`
	sqlPruneFired = `DELETE FROM fired WHERE account = ? AND NOT EXISTS (
		SELECT 1 FROM write WHERE write.id = fired.last AND ` + ofAccount + `)`
	sqlPruneErasures = `DELETE FROM erasure WHERE account = ? AND ended < ?`
)

// Prune deletes the account's changes that are older than they are to be kept, a few at a time, and reports whether all of
// them are. Where nothing was ever kept, it does nothing.
func (j *Journal) Prune(ctx context.Context) bool {
	if j.options.Store.IsNew() {
		return true
	}
	err := j.pruneAll(ctx)
	if err != nil && ctx.Err() == nil {
		j.options.Log.WarnContext(ctx, "old changes could not be deleted", "cause", fmt.Errorf("pruning the journal: %w", err))
	}
	return err == nil
}

func (j *Journal) pruneAll(ctx context.Context) error {
	account, err := j.options.Account.AccountKey(ctx)
	if err != nil {
		return err
	}
	db, err := j.options.Store.Quick(ctx)
	if err != nil {
		return err
	}
	for deleted := int64(pruneBatch); deleted == pruneBatch; {
		result, err := db.ExecContext(ctx, sqlPrune, account, account, j.oldest().UnixMilli(), pruneBatch)
		if err != nil {
			return err
		}
		if deleted, err = result.RowsAffected(); err != nil {
			return err
		}
		if err := apiclient.Pause(ctx, prunePause); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, sqlPruneFired, account, account); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, sqlPruneErasures, account, j.oldest().UnixMilli()); err != nil {
		return err
	}
	return j.dropOptOuts(ctx, `forgotten < $2`, j.oldest().UnixMilli()) // nobody can undo that any more
}
