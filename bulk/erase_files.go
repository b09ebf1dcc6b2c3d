package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/intake"
)

// takeOutOf goes through the files of an allowed folder that are this program's own, but for those of another account's jobs.
func (e *erasure) takeOutOf(ctx context.Context, where folder) error {
	entries, err := fs.ReadDir(where.root.FS(), ".")
	if err != nil {
		e.fail(where.path, err)
		return nil
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := entry.Name()
		if !entry.Type().IsRegular() || !ownRejected().MatchString(name) && !ownReport().MatchString(name) && !ownRemains().MatchString(name) {
			continue
		}
		others, err := e.isOthers(ctx, name)
		switch {
		case err != nil:
			return err
		case others:
		case ownRejected().MatchString(name):
			e.rewrite(where, name, anyCell)
		case ownReport().MatchString(name):
			e.rewriteReport(where, name)
		case ownRemains().MatchString(name):
			e.removeRemains(where, entry)
		}
	}
	return nil
}

// isOthers reports that a file belongs to a job of another account. One whose job is not known any more may be anybody's,
// and is taken for this account's: a person who asks for it is to be found there.
func (e *erasure) isOthers(ctx context.Context, name string) (bool, error) {
	named := ofJob().FindStringSubmatch(name)
	if named == nil {
		return false, nil
	}
	account, err := e.api.AccountKey(ctx)
	if err != nil {
		return false, err
	}
	db, err := e.store.Reading(ctx)
	if err != nil {
		return false, err
	}
	var known, ours bool
	err = errors.Join(db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE id = ?)`, named[1]).Scan(&known),
		db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE account = ? AND id = ?)`, account, named[1]).Scan(&ours))
	return known && !ours, e.store.Fault(err)
}

// rewriteReport takes the person out of a report.
func (e *erasure) rewriteReport(where folder, name string) {
	path := filepath.Join(where.path, name)
	content, err := fs.ReadFile(where.root.FS(), name)
	var kept report
	switch {
	case err != nil:
		e.fail(path, err)
		return
	case !strings.Contains(strings.ToLower(string(content)), e.email):
		return
	}
	if err := json.Unmarshal(content, &kept); err != nil {
		e.fail(path, err)
		return
	}
	before := len(kept.People)
	kept.People = slices.DeleteFunc(kept.People, func(one reportedItem) bool { return isAddress(one.Contact, e.email) })
	kept.Why = slices.DeleteFunc(kept.Why, func(why intake.Reason) bool { return strings.Contains(strings.ToLower(why.Text), e.email) })
	changed, err := json.MarshalIndent(kept, "", "  ")
	if err == nil {
		err = replace(where.root, name, append(changed, '\n'))
	}
	if err != nil {
		e.fail(path, err)
		return
	}
	e.done.Rows += before - len(kept.People)
	e.done.Files = append(e.done.Files, path)
}

// removeRemains removes an unfinished file with the person in it that a killed process has left. It has no rows that do
// not stand elsewhere, and nobody reads it.
func (e *erasure) removeRemains(where folder, entry fs.DirEntry) {
	info, err := entry.Info()
	if err != nil || time.Since(info.ModTime()) < remainsAfter { // somebody may be writing it
		return
	}
	name := entry.Name()
	file, err := where.root.Open(name)
	if err != nil {
		return
	}
	theirs, err := mentionsPerson(file, e.email)
	file.Close()
	if err == nil && !theirs {
		return
	}
	if err := where.root.Remove(name); err != nil {
		e.fail(filepath.Join(where.path, name), err)
		return
	}
	e.done.Files = append(e.done.Files, filepath.Join(where.path, name))
}

// fail notes a file that could not be changed.
func (e *erasure) fail(path string, err error) {
	if e.cause == nil {
		e.cause, e.why = err, "The system refuses it."
		if broken := malformed(err); broken > 0 {
			e.why = fmt.Sprintf("Line %d is malformed.", broken)
		} else if errors.Is(err, errChanged) {
			e.why = "Somebody else wrote to it at the same time."
		}
	}
	e.failed = append(e.failed, path)
}
