package suppressions

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/text"
)

// Bounds of what is believed.
const (
	maxSuppressions = 3_000_000
	maxKinds        = 20_000
	maxSteppedBack  = 10 // times that the last one of a page was lifted meanwhile
)

// overlap is how far back what is new is asked for: Mailtrap's clock is not ours, and what it tells may be a while behind.
const overlap = 24 * time.Hour

// How long after it was begun a list is still worth going on with; the second, where somebody wants a new one.
const (
	resumable = 24 * time.Hour
	newly     = time.Hour
)

// Mailtrap may refuse requests for so long before loading is given up: somebody else may use the same limit.
const (
	refusing   = 15 * time.Minute
	tryAgainIn = time.Minute
)

// load loads a list, whole or what is new since the one before, and puts it in that one's place.
func (k *Keeper) load(ctx context.Context, account string, before *List, refresh bool) error {
	now := time.Now()
	if before != nil && refresh && before.wasAwaited(now) {
		return nil
	}
	want, worth := state{Whole: now, Updated: now}, resumable
	if refresh {
		worth = newly
	}
	if before != nil && !refresh && within(now.Sub(before.Whole), wholeFor) {
		want.Whole, want.Since = before.Whole, before.Updated.Add(-overlap)
	}
	p, err := k.part(ctx, account, want, worth)
	if err != nil {
		return err
	}
	if err = p.pages(ctx); err == nil && p.Since.IsZero() {
		err = p.believe(ctx, before)
	}
	holds := ""
	if err == nil {
		holds, err = p.finish(ctx, before)
	}
	if errors.As(err, new(*disbelieved)) { // nothing of it is to be gone on with
		return errors.Join(p.db.Close(), p.remove(), err)
	}
	if err != nil {
		return errors.Join(err, p.db.Close())
	}
	for _, other := range k.files(account, finished) { // also one of a clock that was ahead
		if other != holds {
			_ = os.Remove(other) // where another process has it open and that forbids it, the next one removes it
		}
	}
	return nil
}

// part is a list that is not whole yet.
type part struct {
	state

	path string
	db   *sql.DB
	api  *apiclient.Client
	most int
}

// part goes on with what a killed process has left, where that asks for the same and is not too old, or begins anew.
func (k *Keeper) part(ctx context.Context, account string, want state, worth time.Duration) (*part, error) {
	parts := k.files(account, unfinished)
	for i := len(parts) - 1; i >= 0; i-- {
		p := &part{path: parts[i], api: k.api.Background(), most: k.most}
		if i == len(parts)-1 && p.resumes(ctx, want, worth) {
			return p, nil
		}
		if err := p.remove(); err != nil {
			return nil, err
		}
	}
	p := &part{
		state: want, path: filepath.Join(k.folder(account), want.Updated.UTC().Format(stampFormat)+unfinished),
		api: k.api.Background(), most: k.most,
	}
	made, err := os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	if err = p.open(); err == nil {
		if _, err = p.db.ExecContext(ctx, tables); err == nil {
			err = writeState(ctx, p.db, p.state)
		}
	}
	if err != nil {
		return nil, errors.Join(err, p.remove())
	}
	return p, nil
}

// stampFormat names files so that names sort by time.
const stampFormat = "20060102T150405.000000000"

func (p *part) open() (err error) {
	p.db, err = store.OpenFile(p.path, "rw", "page_size(32768)", "busy_timeout(5000)", "secure_delete(1)", "synchronous(FULL)")
	return err
}

// resumes opens a part that was left, if it asks for what is wanted.
func (p *part) resumes(ctx context.Context, want state, worth time.Duration) bool {
	if err := p.open(); err != nil {
		return false
	}
	left, err := readState(ctx, p.db)
	if err != nil || want.Updated.Sub(left.Updated) > worth || left.Since.IsZero() != want.Since.IsZero() || left.Since.After(want.Since) {
		_ = p.db.Close()
		return false
	}
	p.state = left
	return true
}

// whole is the name of its file once it is whole.
func (p *part) whole() string { return strings.TrimSuffix(p.path, unfinished) + finished }

func (p *part) remove() error {
	_ = os.Remove(p.path + "-journal") // mostly there is none
	return os.Remove(p.path)
}

// disbelieved is an answer of Mailtrap that cannot be right.
type disbelieved struct{ what string }

func (d *disbelieved) Error() string { return d.what }

// Fault is the error as an agent reads it.
func (d *disbelieved) Fault() *fault.Error {
	return fault.New(fault.UpstreamError, d.what+".", "So the list of suppressions cannot be complete, and is not used.",
		"Try again in a few minutes; if it happens again, ask the operator to look under Suppressions in Mailtrap.")
}

// pages reads page after page, and keeps each. The last one is that after which there is nothing more; where it is full, as long as
// the suppression that it ends with is there: after one that was lifted meanwhile Mailtrap may list nothing either.
func (p *part) pages(ctx context.Context) error {
	again, back := false, 0
	for {
		last, email, full, err := p.last(ctx)
		if err != nil {
			return err
		}
		page, err := p.ask(ctx, apiclient.SuppressionFilter{LastID: last, Start: p.Since})
		if err != nil {
			return err
		}
		kept, err := p.keep(ctx, page, again)
		if err != nil {
			return err
		}
		if again = false; kept {
			continue
		}
		there := len(page) == 0 && !full
		if !there && email != "" { // it is empty where the person was erased meanwhile
			there, err = p.lists(ctx, email, last)
		}
		switch {
		case err != nil:
			return err
		case len(page) == 0 && (there || last == ""):
			return nil
		case there || last == "":
			return &disbelieved{"Mailtrap returns the same page of suppressions again and again"}
		case back == maxSteppedBack:
			return &disbelieved{"Mailtrap does not find suppressions any more that it listed a moment ago"}
		}
		if _, err := p.db.ExecContext(ctx, `DELETE FROM page WHERE number = (SELECT max(number) FROM page)`); err != nil {
			return err
		}
		again, back = true, back+1
	}
}

// ask asks for a page, again where Mailtrap has no room for it.
func (p *part) ask(ctx context.Context, filter apiclient.SuppressionFilter) ([]apiclient.Suppression, error) {
	for began := time.Now(); ; {
		page, err := p.api.Suppressions(ctx, filter)
		switch {
		case err == nil && len(page) > apiclient.SuppressionPage:
			return nil, &disbelieved{"Mailtrap returns more suppressions than " + text.Number(apiclient.SuppressionPage) + " at a time"}
		case err == nil:
			return page, nil
		case ctx.Err() != nil, !apiclient.IsKind(err, apiclient.Throttled), time.Since(began) > refusing:
			return nil, err
		}
		if err := apiclient.Pause(ctx, tryAgainIn); err != nil {
			return nil, err
		}
	}
}

// last is the suppression that the next page comes after, its address, and whether the page that it ended was full.
func (p *part) last(ctx context.Context) (id, email string, full bool, err error) {
	err = p.db.QueryRowContext(ctx, `SELECT last, email, is_full FROM page ORDER BY number DESC LIMIT 1`).Scan(&id, &email, &full)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, email, full, err
}

// lists reports whether Mailtrap lists a suppression of an address.
func (p *part) lists(ctx context.Context, email, id string) (bool, error) {
	found, err := p.ask(ctx, apiclient.SuppressionFilter{Email: email})
	for _, one := range found {
		if one.ID == id {
			return true, nil
		}
	}
	return false, err
}

// believe refuses an empty list where the one before names somebody whom Mailtrap still lists.
func (p *part) believe(ctx context.Context, before *List) error {
	if before == nil || before.Count == 0 {
		return nil
	}
	if last, _, _, err := p.last(ctx); err != nil || last != "" {
		return err
	}
	db, err := store.OpenFile(before.Path, "ro", "busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var email, id string
	if err := db.QueryRowContext(ctx, `SELECT email, id FROM suppression ORDER BY at DESC LIMIT 1`).Scan(&email, &id); err != nil {
		return err
	}
	there, err := p.lists(ctx, email, id)
	if there {
		err = &disbelieved{"Mailtrap says that nobody is suppressed, and that somebody is"}
	}
	return err
}

// finish makes the list whole: with what the one before has, where only what is new was asked for. It returns the file that holds it.
func (p *part) finish(ctx context.Context, before *List) (path string, err error) {
	p.Loaded = time.Now()
	if !p.Since.IsZero() {
		news, err := p.merge(ctx, before)
		if err != nil {
			return "", err
		}
		p.Whole, p.Since = before.Whole, time.Time{}
		if !news { // the one before only says that it was looked at
			return before.Path, errors.Join(p.db.Close(), before.renew(ctx, p.state), p.remove())
		}
	}
	if _, err := p.db.ExecContext(ctx, `DELETE FROM page`); err != nil { // addresses stand there too
		return "", err
	}
	if err := writeState(ctx, p.db, p.state); err != nil {
		return "", err
	}
	if err := p.db.Close(); err != nil {
		return "", err
	}
	return p.whole(), os.Rename(p.path, p.whole())
}

// merge adds what the list before has, and reports whether there was anything new.
func (p *part) merge(ctx context.Context, before *List) (news bool, err error) {
	named, err := before.URI()
	if err != nil {
		return false, err
	}
	if _, err := p.db.ExecContext(ctx, `ATTACH $1 AS before`, named); err != nil {
		return false, err
	}
	defer func() {
		_, detached := p.db.ExecContext(ctx, `DETACH before`)
		err = errors.Join(err, detached)
	}()
	if err := p.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM main.suppression AS new WHERE NOT EXISTS
		(SELECT 1 FROM before.suppression AS old WHERE old.email = new.email AND old.id = new.id))`).Scan(&news); err != nil || !news {
		return false, err
	}
	_, err = p.db.ExecContext(ctx, `INSERT INTO main.kind (type, stream, domain) SELECT type, stream, domain FROM before.kind WHERE true
		ON CONFLICT (type, stream, domain) DO NOTHING`)
	if err != nil {
		return false, err
	}
	_, err = p.db.ExecContext(ctx, `INSERT INTO main.suppression (email, id, kind, at)
		SELECT s.email, s.id, now.number, s.at FROM before.suppression s JOIN before.kind was ON was.number = s.kind
		JOIN main.kind now ON now.type = was.type AND now.stream = was.stream AND now.domain = was.domain WHERE true
		ON CONFLICT (email, id) DO NOTHING`)
	return true, err
}

// renew has a list's file say that it was asked what is new, and that there was nothing.
func (l *List) renew(ctx context.Context, s state) error {
	db, err := store.OpenFile(l.Path, "rw", "busy_timeout(5000)", "synchronous(FULL)")
	if err != nil {
		return err
	}
	return errors.Join(writeState(ctx, db, s), db.Close())
}
