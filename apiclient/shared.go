package apiclient

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"slices"
	"time"

	"mailtrap-contacts-mcp/store"
)

// sharedWindows keeps the rate limits in the store: people run one server in each of their clients, and Mailtrap counts
// them together.
type sharedWindows struct {
	store *store.Store
	token string // stands for the token
	host  string
	log   *slog.Logger

	again time.Time // until when the store is left alone after a failure; guarded by the budget
	// looked is when the store was looked at last, and wall what the clock showed then; likewise guarded.
	looked, wall time.Time

	load store.Statement
	save [2]store.Statement // for one window, for two
}

func newSharedWindows(kept *store.Store, token, host string, log *slog.Logger) *sharedWindows {
	return &sharedWindows{
		store: kept, token: token, host: host, log: log,
		load: store.Statement{SQL: sqlLoad}, save: [2]store.Statement{{SQL: sqlSaveOne}, {SQL: sqlSaveTwo}},
	}
}

const (
	sqlLoad    = `SELECT key, sent, closed_until, slow_until FROM rate_window WHERE key IN (?, ?)`
	sqlSaveOne = `INSERT INTO rate_window (key, sent, closed_until, slow_until) VALUES (?, ?, ?, ?)` + replacing
	sqlSaveTwo = `INSERT INTO rate_window (key, sent, closed_until, slow_until) VALUES (?, ?, ?, ?), (?, ?, ?, ?)` + replacing
	replacing  = ` ON CONFLICT (key)
		DO UPDATE SET sent = excluded.sent, closed_until = excluded.closed_until, slow_until = excluded.slow_until`
)

const (
	// storePause is how long the store is left alone after it failed: finding that it is locked takes three seconds each time.
	storePause = 30 * time.Second
	// storeOpening is how long opening it may take, which is done once.
	storeOpening = 5 * time.Second
	// storeTurn is how long the rest may take: all other calls wait meanwhile.
	storeTurn = 5 * time.Second
)

// nameOfToken stands for a token where the token itself must not stand. Tokens are random, so it cannot be guessed back.
func nameOfToken(token string) string {
	sum := sha256.Sum256([]byte("rate limits of " + token))
	return hex.EncodeToString(sum[:12])
}

// keys name the windows that apply to a call, in the order of budget.windows.
func (s *sharedWindows) keys(call call) []string {
	token := s.host + " token " + s.token
	account := s.host + call.account
	if call.account == "" {
		account = token // which account it reaches is not known
	}
	switch {
	case call.suppressions:
		return []string{token, account + " suppressions"}
	case call.unscoped:
		return []string{token}
	}
	return []string{token, account + " contacts"}
}

// with reads the windows, does something with them, and writes them back, while no other process does. Where the store
// cannot be used, this process keeps the limits for itself, from what it knew last: reading the account must not depend
// on a disk.
func (s *sharedWindows) with(call call, applies []*window, do func([]*window)) {
	if s.again.IsZero() || !time.Now().Before(s.again) {
		err := s.inTurn(call, applies, do)
		if err == nil {
			s.again = time.Time{}
			return
		}
		if s.again.IsZero() {
			s.log.Warn("the rate limits are not shared with other processes, because the data folder cannot be used", "cause", err)
		}
		s.again = time.Now().Add(storePause) // from the end of the attempt, which may have taken its time
	}
	do(applies)
}

// inTurn works on copies, which count once they are written.
func (s *sharedWindows) inTurn(call call, applies []*window, do func([]*window)) error {
	opening, cancel := context.WithTimeout(context.Background(), storeOpening) // a cancelled call has to count what it sent
	defer cancel()
	db, err := s.store.Windows(opening)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTurn) // it takes less than a millisecond, or three seconds at worst
	defer cancel()
	loading, err := s.load.In(ctx, db)
	if err != nil {
		return err
	}
	saving, err := s.save[len(applies)-1].In(ctx, db)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	within := context.Background()       // here nothing is waited for, and a context that can end would cost a goroutine each time
	keys, loaded := s.keys(call), make([]*window, len(applies))
	for i, w := range applies {
		loaded[i] = &window{limit: w.limit, length: w.length}
	}
	if err := load(within, tx.StmtContext(within, loading), keys, loaded); err != nil {
		return err
	}
	now := time.Now()
	leapt := s.leapt(now)
	for _, w := range loaded {
		w.follow(leapt, now)
	}
	do(loaded)
	if err := save(within, tx.StmtContext(within, saving), keys, loaded); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for i, w := range applies {
		*w = *loaded[i]
	}
	return nil
}

// leapt is how far the clock was set forward since the store was looked at last: by so much more than time has passed.
func (s *sharedWindows) leapt(now time.Time) time.Duration {
	leapt := now.Round(0).Sub(s.wall) - now.Sub(s.looked)
	first := s.looked.IsZero()
	s.looked, s.wall = now, now.Round(0)
	if first || leapt < time.Second {
		return 0
	}
	return leapt
}

// follow has what is known of the window follow a clock that was set forward: else what was sent a moment ago would count as
// sent long ago, and more would be sent than the limit. Another process may have done so before, so that nothing gets later
// than now.
func (w *window) follow(leapt time.Duration, now time.Time) {
	if leapt == 0 {
		return
	}
	for i, at := range w.sent {
		w.sent[i] = earlier(at.Add(leapt), now)
	}
	if !w.closedUntil.IsZero() && w.closedUntil.After(now.Add(-leapt)) {
		w.closedUntil = earlier(w.closedUntil.Add(leapt), now.Add(w.length))
	}
}

// load reads the windows in one statement, since it stands before every request. One that was never used is empty.
func load(ctx context.Context, loading *sql.Stmt, keys []string, windows []*window) error {
	rows, err := loading.QueryContext(ctx, keys[0], keys[len(keys)-1])
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var sent []byte
		var closed, slow int64
		if err := rows.Scan(&key, &sent, &closed, &slow); err != nil {
			return err
		}
		windows[slices.Index(keys, key)].take(sent, time.UnixMilli(closed), time.UnixMilli(slow), time.Now())
	}
	return rows.Err()
}

// take sets the window to what is stored of it. What a clock wrote that has been set back since counts as if it were now:
// nobody waits for longer than a window, and nobody sends more than its limit.
func (w *window) take(sent []byte, closed, slow, now time.Time) {
	for ; len(sent) >= 8; sent = sent[8:] {
		w.sent = append(w.sent, earlier(time.UnixMilli(int64(binary.BigEndian.Uint64(sent))), now))
	}
	if closed.After(now.Add(longestWait)) { // nobody closes it for as long
		closed = now.Add(w.length)
	}
	w.closedUntil, w.slowUntil = closed, earlier(slow, now.Add(slowFor))
}

func save(ctx context.Context, saving *sql.Stmt, keys []string, windows []*window) error {
	values := make([]any, 0, 4*len(windows))
	for i, w := range windows {
		sent := make([]byte, 0, 8*len(w.sent))
		for _, at := range w.sent {
			sent = binary.BigEndian.AppendUint64(sent, uint64(at.UnixMilli()))
		}
		values = append(values, keys[i], sent, w.closedUntil.UnixMilli(), w.slowUntil.UnixMilli())
	}
	_, err := saving.ExecContext(ctx, values...)
	return err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
