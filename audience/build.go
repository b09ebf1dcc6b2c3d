package audience

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/where"
)

// Want says how new a snapshot has to be.
type Want struct {
	MaxAge  time.Duration // 0: any age
	Refresh bool          // take a new one; one that this process is taking already is new enough
	Report  func(string)  // tells what is going on; may be nil
}

// building is a snapshot that is being taken. All who want it wait for the same one.
type building struct {
	done    chan struct{}
	err     error
	said    atomic.Pointer[string] // what is going on
	awaited bool                   // somebody who wants it could wait no longer, and is to have it by a later call
}

// awaitedFor is how long a snapshot is new enough for a later call of somebody who could not wait for it, whatever its age.
const awaitedFor = 10 * time.Minute

// Building reports whether a snapshot of the account is being taken by this process.
func (s *Service) Building(ctx context.Context) bool {
	account, err := s.options.API.AccountKey(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return err == nil && s.building[account] != nil
}

// Snapshot returns a snapshot that is new enough, and takes one where there is none. Callers that come together share it,
// also in several processes. When the context ends, the taking goes on, and a later call joins it.
func (s *Service) Snapshot(ctx context.Context, want Want) (*Snapshot, error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	if !want.Refresh {
		if sn, found, err := s.fresh(ctx, account, want.MaxAge); err != nil || found {
			return sn, err
		}
	}
	if s.wasAwaited(account) {
		if sn, found, err := s.latest(ctx, account); err != nil || found {
			return sn, err
		}
	}
	b, err := s.build(account, want)
	if err != nil {
		return nil, err
	}
	if err := b.wait(ctx, want.Report); ctx.Err() != nil && err != nil {
		s.mu.Lock()
		b.awaited = true
		s.mu.Unlock()
		return nil, ctx.Err()
	} else if err != nil {
		return nil, err
	}
	sn, found, err := s.latest(ctx, account)
	if err == nil && !found {
		err = fault.New(fault.FileAccess, "The snapshot of the contacts cannot be read, though it was just taken.", "",
			"Ask the operator to look at the server's log, then try again.")
	}
	return sn, err
}

// reportEvery is how often who waits is told what is going on.
const reportEvery = 100 * time.Millisecond

// wait waits for the building's end, and tells what is going on.
func (b *building) wait(ctx context.Context, report func(string)) error {
	look := time.NewTicker(reportEvery)
	defer look.Stop()
	for ended, last := false, ""; !ended; {
		select {
		case <-b.done:
			ended = true
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
		if said := b.said.Load(); report != nil && said != nil && *said != last {
			last = *said
			report(last)
		}
	}
	return b.err
}

func (s *Service) fresh(ctx context.Context, account string, maxAge time.Duration) (*Snapshot, bool, error) {
	sn, found, err := s.latest(ctx, account)
	if err != nil || !found {
		return nil, false, err
	}
	if !sn.isFresh(maxAge) {
		sn.Release()
		return nil, false, nil
	}
	return sn, true, nil
}

// isFresh reports whether the snapshot is new enough.
func (sn *Snapshot) isFresh(maxAge time.Duration) bool {
	return maxAge <= 0 || sn.clock().Sub(sn.about.TakenAt) <= maxAge
}

// wasAwaited reports, once, that the last snapshot was taken for a call that could not wait for it: what asks for a new one now is
// that call again. An export may take longer than any call waits.
func (s *Service) wasAwaited(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, awaited := s.awaited[account]
	delete(s.awaited, account)
	return awaited && time.Since(at) < awaitedFor
}

// build joins the build of an account, or begins it.
func (s *Service) build(account string, want Want) (*building, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.life.Err() != nil {
		return nil, context.Canceled
	}
	if b := s.building[account]; b != nil {
		return b, nil
	}
	b := &building{done: make(chan struct{})}
	s.building[account] = b
	s.running.Go(func() {
		b.err = s.fileFault(s.takeTurn(s.life, account, want, time.Now(), func(what string) { b.said.Store(&what) }))
		s.mu.Lock()
		delete(s.building, account)
		if b.awaited && b.err == nil {
			s.awaited[account] = time.Now()
		}
		s.mu.Unlock()
		close(b.done)
	})
	return b, nil
}

// takeTurn takes a snapshot when no other process does. Where one does, its snapshot will do if it was begun after it was asked
// for here, or without Refresh if it is new enough.
func (s *Service) takeTurn(ctx context.Context, account string, want Want, asked time.Time, report func(string)) error {
	if _, err := s.options.Store.Quick(ctx); err != nil { // what this server writes could not be laid over it
		return err
	}
	folder, err := s.madeFolder(account)
	if err != nil {
		return err
	}
	for {
		turn, err := files.Lock(folder + ".turn") // nil while another process has it
		if err != nil {
			return err
		}
		if turn != nil {
			defer turn.Close()
		}
		sn, found, err := s.latest(ctx, account)
		if found {
			found = sn.about.TakenAt.After(asked) || !want.Refresh && sn.isFresh(want.MaxAge)
			sn.Release()
		}
		switch {
		case found && err == nil:
			return nil
		case turn != nil:
			return s.take(ctx, account, folder, report)
		}
		report("another server process is taking a snapshot of the contacts")
		if err := apiclient.Pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// take exports the account and makes a file of it.
func (s *Service) take(ctx context.Context, account, folder string, report func(string)) error {
	for _, left := range s.files(account, unfinished) { // of builds that were killed
		_ = os.Remove(left)
		_ = os.Remove(left + "-journal")
	}
	began := time.Now()
	path := filepath.Join(folder, s.nameOf(account, began))
	d, err := newDraft(ctx, path+unfinished)
	if err != nil {
		return err
	}
	about, err := s.fill(ctx, account, d, began, report)
	if err != nil {
		d.discard()
		return err
	}
	if err := os.Rename(path+unfinished, path+finished); err != nil {
		_ = os.Remove(path + unfinished)
		return err
	}
	s.tidy(ctx, account, about.Lacked)
	return nil
}

func (s *Service) fill(ctx context.Context, account string, d *draft, began time.Time, report func(string)) (made about, err error) {
	lacked, err := s.lackedBy(ctx, account, began)
	if err != nil {
		return about{}, err
	}
	s.options.Catalog.Renew()
	lists, err := s.options.Catalog.Lists(ctx)
	if err != nil {
		return about{}, err
	}
	fields, err := s.options.Catalog.Fields(ctx)
	if err != nil {
		return about{}, err
	}
	report("waiting for Mailtrap's export of the contacts")
	var l *loader
	err = s.exports.Read(ctx, apiclient.ExportFilter{}, report, func(rows *exports.Reader) error {
		layout := layoutOf(rows.Header, fields)
		byID := layout.has(where.Lists) && exports.IsIDs(rows.Header[layout.source[where.Lists]])
		l = &loader{layout: layout, file: d, lists: exports.ListCells{Lists: lists, ByID: byID}, report: report}
		if err := d.begin(ctx); err != nil { // anew where the export's file broke off
			return err
		}
		return l.load(ctx, rows)
	})
	if err != nil {
		return about{}, err
	}
	layout := l.layout
	if l.rows == 0 {
		if err := s.believe(ctx, apiclient.ExportFilter{}, began); err != nil {
			return about{}, err
		}
	}
	if !layout.has(where.Status) {
		if err := l.unsubscribed(ctx, s, began); err != nil {
			return about{}, err
		}
	}
	if !layout.has(where.Lists) && len(lists) <= apiclient.MaxLists {
		if err := l.memberships(ctx, s, lists, began); err != nil {
			return about{}, err
		}
	}
	if _, err := d.db.ExecContext(ctx, "CREATE INDEX by_id ON contact (c1)"); err != nil {
		return about{}, err
	}
	made = l.about(began, lists, layout.has(where.Lists) || len(lists) <= apiclient.MaxLists)
	made.Lacked = lacked
	made.Totals = append(s.earlier(ctx, account), made.Totals...)
	return made, d.finish(ctx, made)
}

// earlier are the numbers of the snapshots before, also of one that a program before this one has made.
func (s *Service) earlier(ctx context.Context, account string) []Totals {
	made := s.files(account, finished)
	if len(made) == 0 {
		return nil
	}
	db, err := open(made[len(made)-1], "ro")
	if err != nil {
		return nil
	}
	defer func() { _ = db.Close() }()
	before, err := readAbout(ctx, db)
	if errors.Is(err, errOlder) {
		var written string
		if err = db.QueryRowContext(ctx, `SELECT json FROM about`).Scan(&written); err == nil {
			err = json.Unmarshal([]byte(written), &before)
		}
	}
	if err != nil {
		return nil
	}
	return before.Totals[max(0, len(before.Totals)-keptTotals):]
}

// tidy removes the snapshots that were replaced, and the changes that are in the newest.
func (s *Service) tidy(ctx context.Context, account string, lacked changes) {
	made := s.files(account, finished)
	for _, old := range made[:max(0, len(made)-1)] {
		s.mu.Lock()
		if current := s.current[account]; current != nil && current.path == old {
			current.retire()
			delete(s.current, account)
		}
		s.mu.Unlock()
		_ = os.Remove(old) // where another process has it open and that forbids it, the next build removes it
	}
	if err := s.forgetOld(ctx, account, lacked); err != nil {
		s.options.Log.WarnContext(ctx, "old changes could not be removed", "cause", err)
	}
}
