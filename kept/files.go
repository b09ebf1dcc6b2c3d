package kept

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// The names that this program gives its files. A file that a person made is left alone, however much it looks like one.
var (
	jobPattern  = `(import|update|delete|event|undo)-\d{8}-[a-z2-7]{8}`
	ownRejected = text.Pattern(`^` + jobPattern + `-rejected(-\d+)?\.csv$`)
	ownReport   = text.Pattern(`^` + jobPattern + `-report(-\d+)?\.json$`)
	ofJob       = text.Pattern(`^\.?(` + jobPattern + `)-`)
	// ownRemains are files that a killed process of an earlier program had not finished.
	ownRemains = text.Pattern(`^\.(` + jobPattern +
		`-(rejected\.csv|report\.json)|mailtrap-contacts-\d{8}-[a-z2-7]{8}\.csv)(\.[a-z2-7]{8})?\.part$`)
)

// takeOutOfFiles goes through the files in the allowed folders that are this program's own, but for those of another
// account's jobs.
func (e *erasure) takeOutOfFiles(ctx context.Context) error {
	for file, err := range e.folders.All() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err != nil {
			e.fail(file.Path(), err)
			continue
		}
		others, err := e.isOthers(ctx, file.Name)
		if err != nil {
			return err
		}
		if others {
			continue
		}
		took, err := e.takeOutOf(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			e.fail(file.Path(), err)
		case took:
			e.done.Files = append(e.done.Files, file.Path())
		}
	}
	return nil
}

// takeOutOf takes the person out of a file of this program's, and reports whether it changed or removed it.
func (e *erasure) takeOutOf(file files.File) (took bool, err error) {
	rejected, report := ownRejected().MatchString(file.Name), ownReport().MatchString(file.Name)
	// A file that a killed process left has no rows that are not elsewhere, and nobody reads it.
	remains := file.IsUnfinished() || ownRemains().MatchString(file.Name)
	if !rejected && !report && !remains {
		return false, nil
	}
	if theirs, err := e.isIn(file); err != nil || !theirs {
		return false, err
	}
	if remains {
		return file.RemoveAbandoned()
	}
	rows := 0
	err = file.Rewrite(func(from *os.File, to io.Writer) (bool, error) {
		var err error
		if rejected {
			rows, err = copyWithout(to, from, e.email)
			took = rows > 0
		} else {
			rows, took, err = e.copyReport(to, from)
		}
		return took, err
	})
	if err != nil {
		return false, err
	}
	e.done.Rows += rows
	return took, nil
}

// isIn reports whether the person is in a file. Most files do not have them and are not read further.
func (e *erasure) isIn(file files.File) (bool, error) {
	opened, err := file.Open()
	if err != nil {
		return false, err
	}
	defer opened.Close()
	for _, form := range intake.FormsOf(e.email) {
		if theirs, err := mentions(opened, text.AddressStart(form)); err != nil || theirs {
			return theirs, err
		}
	}
	return false, nil
}

// isOthers reports that a file belongs to a job of another account. One whose job is not known any more may be anybody's,
// and is taken for this account's: a person who asks for it is to be found there.
func (e *erasure) isOthers(ctx context.Context, name string) (bool, error) {
	named := ofJob().FindStringSubmatch(name)
	if named == nil {
		return false, nil
	}
	db, err := e.store.Reading(ctx)
	if err != nil {
		return false, err
	}
	var known, ours bool
	err = errors.Join(db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE id = $1)`, named[1]).Scan(&known),
		db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE account = $1 AND id = $2)`, e.account, named[1]).Scan(&ours))
	return known && !ours, e.store.Fault(err)
}

// copyReport copies a report without the person, and returns how many of its contacts that leaves out, and whether it says
// anything else than before.
func (e *erasure) copyReport(to io.Writer, from io.Reader) (rows int, changed bool, err error) {
	var left Report
	if err := json.NewDecoder(from).Decode(&left); err != nil {
		return 0, false, err
	}
	before, was := len(left.People), fmt.Sprint(left)
	left.People = slices.DeleteFunc(left.People, func(one Problem) bool { return isAddress(one.Contact, e.email) })
	left.Why = slices.DeleteFunc(left.Why, func(why intake.Reason) bool { return text.WithoutAddress(why.Text, e.email) != why.Text })
	left.Source, left.Failure = text.WithoutAddress(left.Source, e.email), text.WithoutAddress(left.Failure, e.email)
	return before - len(left.People), fmt.Sprint(left) != was, left.Write(to)
}

// fail notes a file that could not be changed.
func (e *erasure) fail(path string, err error) {
	if e.cause == nil {
		e.cause, e.why = err, "The system refuses it."
		if broken := malformed(err); broken > 0 {
			e.why = fmt.Sprintf("Line %d is malformed.", broken)
		} else if errors.Is(err, files.ErrChanged) {
			e.why = "Somebody else wrote to it at the same time."
		}
	}
	e.failed = append(e.failed, path)
}
