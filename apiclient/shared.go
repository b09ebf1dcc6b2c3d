package apiclient

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"time"

	"mailtrap-contacts-mcp/store"
)

// sharedLimits keeps the rate limits in the store: people run one server in each of their clients, and Mailtrap counts them
// together. Each change of one raises its version, so that who knows the latest version can write without reading first, and
// who does not writes nothing.
type sharedLimits struct {
	store *store.Store
	token string // stands for the token
	host  string
	log   *slog.Logger

	db    *sql.DB   // once it was opened; guarded by the budget
	again time.Time // until when the store is left alone after a failure; likewise
}

func newSharedLimits(kept *store.Store, token, host string, log *slog.Logger) *sharedLimits {
	return &sharedLimits{store: kept, token: token, host: host, log: log}
}

const (
	sqlLoad    = `SELECT key, version, sent, closed_until, slow_until FROM rate_limit WHERE key IN ($1, $2)`
	sqlSaveOne = sqlSave + `($1, $2, $3, $4, $5)` + sqlNextVersion
	sqlSaveTwo = sqlSave + `($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10)` + sqlNextVersion

	sqlSave        = `INSERT INTO rate_limit (key, version, sent, closed_until, slow_until) VALUES `
	sqlNextVersion = ` ON CONFLICT (key) DO UPDATE SET version = excluded.version, sent = excluded.sent,
		closed_until = excluded.closed_until, slow_until = excluded.slow_until WHERE rate_limit.version = excluded.version - 1`
)

const (
	// storePause is how long the store is left alone after it failed: finding that it is locked takes three seconds each time.
	storePause = 30 * time.Second
	// storeOpening is how long opening it may take, which is done once.
	storeOpening = 5 * time.Second
	// storeTurn is how long other processes may keep being faster: all other calls wait meanwhile.
	storeTurn = 5 * time.Second
	// storeDelay is how much later than it is counted a request may leave.
	storeDelay = jitter / 2
)

// nameOfToken stands for a token where the token itself must not stand. Tokens are random, so it cannot be guessed back.
func nameOfToken(token string) string {
	sum := sha256.Sum256([]byte("rate limits of " + token))
	return hex.EncodeToString(sum[:12])
}

// keys name the limits that apply to a call, in the order of budget.limits.
func (s *sharedLimits) keys(call call) []string {
	token := s.host + " token " + s.token
	account := s.host + call.account
	if call.account == "" {
		account = token // which account it reaches is not known
	}
	switch {
	case call.suppressions:
		return []string{token, account + " suppressions"}
	case call.unscoped, call.tokenPath:
		return []string{token}
	}
	return []string{token, account + " contacts"}
}

// change is budget.change. It reports whether the store could be used; if not, it has changed nothing, and this process keeps
// the limits for itself, from what it knew last: reading the account must not depend on a disk.
func (s *sharedLimits) change(call call, applies []*limit, leapt time.Duration, do func(time.Time, []*limit) bool) bool {
	if !s.again.IsZero() && time.Now().Before(s.again) {
		return false
	}
	err := s.tryToChange(call, applies, leapt, do)
	if err == nil {
		s.again = time.Time{}
		return true
	}
	if s.again.IsZero() {
		s.log.Warn("the rate limits are not shared with other processes, because the data folder cannot be used", "cause", err)
	}
	s.again = time.Now().Add(storePause) // from the end of the attempt, which may have taken its time
	return false
}

var errOvertaken = errors.New("other processes change the rate limits all the time")

// tryToChange works on copies, which count once they are written.
func (s *sharedLimits) tryToChange(call call, applies []*limit, leapt time.Duration, do func(time.Time, []*limit) bool) error {
	if err := s.open(); err != nil {
		return err
	}
	began, keys := time.Now(), s.keys(call)
	known := !slices.ContainsFunc(applies, func(l *limit) bool { return !slices.Contains(keys, l.key) })
	copies, wanted := make([]limit, len(applies)), make([]*limit, len(applies))
	for now := began; now.Sub(began) < storeTurn; now = time.Now() {
		if !known {
			if err := s.read(keys, applies, leapt, now); err != nil {
				return err
			}
		}
		for i, l := range applies {
			copies[i] = *l
			copies[i].version++
			wanted[i] = &copies[i]
		}
		if !do(now, wanted) {
			return nil
		}
		var err error
		if known, err = s.write(wanted); err != nil {
			return err
		}
		if !known {
			continue
		}
		for i, l := range applies {
			*l = copies[i]
		}
		if time.Since(now) < storeDelay { // else the request would leave later than it is counted; it counts twice then
			return nil
		}
	}
	return errOvertaken
}

func (s *sharedLimits) open() (err error) {
	if s.db != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeOpening) // a cancelled call has to count what it sent
	defer cancel()
	s.db, err = s.store.Rates(ctx)
	return err
}

// read takes the limits from the store. One that was never used is empty.
func (s *sharedLimits) read(keys []string, limits []*limit, leapt time.Duration, now time.Time) error {
	ctx := context.Background() // nothing is waited for
	rows, err := s.db.QueryContext(ctx, sqlLoad, keys[0], keys[len(keys)-1])
	if err != nil {
		return err
	}
	defer rows.Close()
	stored := make([]limit, len(limits))
	for i, l := range limits {
		stored[i] = limit{most: l.most, share: l.share, within: l.within, key: keys[i]}
	}
	for rows.Next() {
		var key string
		var closed, slow int64
		var found limit
		if err := rows.Scan(&key, &found.version, (*[]byte)(&found.sent), &closed, &slow); err != nil {
			return err
		}
		l := &stored[slices.Index(keys, key)]
		l.version, l.sent, l.closedUntil, l.slowUntil = found.version, found.sent, time.UnixMilli(closed), time.UnixMilli(slow)
		l.follow(leapt, now)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, l := range limits {
		*l = stored[i]
	}
	return nil
}

// write stores the limits, unless another process has changed one of them since it was read. The other may have been written
// then, and counts a request too many.
func (s *sharedLimits) write(limits []*limit) (written bool, err error) {
	ctx := context.Background() // another process's statement is waited for briefly; see store.Rates
	save := sqlSaveOne
	if len(limits) == 2 {
		save = sqlSaveTwo
	}
	values := make([]any, 0, 5*len(limits))
	for _, l := range limits {
		if l.sent == nil {
			l.sent = times{} // which is not NULL
		}
		values = append(values, l.key, l.version, []byte(l.sent), l.closedUntil.UnixMilli(), l.slowUntil.UnixMilli())
	}
	result, err := s.db.ExecContext(ctx, save, values...)
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	return changed == int64(len(limits)), err
}
