package bulk

import (
	"context"
	"fmt"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
)

// deletedWhileUnsubscribed is why somebody is not imported of whom Mailtrap itself knows nothing any more.
const deletedWhileUnsubscribed = "this person was deleted here while unsubscribed, and an import would subscribe them; " +
	"it needs their consent: update_contact with create_if_missing, unsubscribed: false and consent"

// guard rejects the people whom an import would subscribe again, because they were deleted here while unsubscribed, and
// counts those who asked for erasure before: they may have come back, which only the operator can know. It looks at each
// set of contacts once, as early as they are known: before lists are created for them.
func (s *Service) guard(ctx context.Context, prepared *Prepared) error {
	if prepared.guarded || len(prepared.Rows) == 0 {
		return nil
	}
	kept, optedOut, erased, err := s.standing(ctx, prepared, prepared.Rows)
	if err != nil {
		return err
	}
	prepared.guarded = true
	prepared.Rows, prepared.Rejected = kept, append(prepared.Rejected, optedOut...)
	prepared.OptedOut += len(optedOut)
	prepared.ErasedBefore = erased
	return nil
}

// standing parts rows into those that may be imported and those whose people were deleted here while unsubscribed, and
// counts those who asked for erasure before.
func (s *Service) standing(ctx context.Context, prepared *Prepared, rows []apiclient.ImportRow) (kept []apiclient.ImportRow, optedOut []Rejected, erased int, err error) {
	people, err := s.journal.People(ctx)
	if err != nil || people.IsEmpty() { // as on most accounts; then 200,000 addresses need not be hashed
		return rows, nil, 0, err
	}
	for _, row := range rows {
		standings, err := people.Of(ctx, row.Email)
		switch {
		case err != nil:
			return nil, nil, 0, err
		case slices.Contains(standings, journal.OptedOut):
			optedOut = append(optedOut, Rejected{Line: prepared.lines[row.Email], Reason: deletedWhileUnsubscribed, Cells: prepared.cellsOf(row)})
			continue
		case slices.Contains(standings, journal.Erased):
			erased++
		}
		kept = append(kept, row)
	}
	return kept, optedOut, erased, nil
}

// guardAgain leaves out of a request those who were deleted while unsubscribed since the import was prepared: a long one
// holds its rows for many minutes.
func (s *Service) guardAgain(ctx context.Context, j *job, prepared *Prepared, chunk []apiclient.ImportRow) ([]apiclient.ImportRow, error) {
	kept, optedOut, _, err := s.standing(ctx, prepared, chunk)
	if err == nil {
		reject(j, prepared, optedOut)
	}
	return kept, err
}

// reject counts rows that turn out not to be imported while the import is under way.
func reject(j *job, prepared *Prepared, rows []Rejected) {
	if len(rows) == 0 {
		return
	}
	prepared.Rejected = append(prepared.Rejected, rows...)
	j.update("", func(status *Status) {
		status.Rejected += len(rows)
		status.Total -= len(rows)
		status.Reasons = reasons(prepared.Rejected)
	})
}

// NothingToImport is the fault of a source none of whose contacts can be imported.
func (p *Prepared) NothingToImport() error {
	why, next := "The file has a header and nothing below it.", "Correct the file and repeat the call; nothing was sent."
	if p.given {
		why, next = "There are no rows.", "Nothing was sent."
	}
	if len(p.Rejected) > 0 {
		first, place := p.Rejected[0], "line"
		if p.given {
			place = "row"
		}
		why = fmt.Sprintf("All %d rows were rejected; %s %d: %s.", len(p.Rejected), place, first.Line, first.Reason)
	}
	if p.OptedOut > 0 {
		next = "Nothing was sent. Correct what is wrong, but do not import people who have unsubscribed."
	}
	return fault.New(fault.InvalidInput, "There is no contact to import.", why, next)
}
