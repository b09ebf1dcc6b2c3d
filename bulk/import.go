package bulk

import (
	"context"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Limits of one request of an import: what the API takes (spec), and what uploads in reasonable time.
const (
	maxChunkRows  = apiclient.MaxImportRows
	maxChunkBytes = 8 << 20
	// maxMends is how often a chunk is sent again without the rows the API refused.
	maxMends = 5
)

// StartImport starts an import of prepared contacts and returns its job's id. Rows that are rejected go to a CSV file.
// It fails when what is to be sent cannot be kept safe first; then nothing is sent.
func (s *Service) StartImport(prepared *Prepared) (id string, err error) {
	j := newJob(Import)
	chunks := split(prepared.Rows)
	j.update("", func(status *Status) {
		status.Read, status.Merged, status.Total = prepared.Read, prepared.Merged, len(prepared.Rows)
		status.Rejected, status.IgnoredColumns = len(prepared.Rejected), prepared.Ignored
		status.Reasons = reasons(prepared.Rejected)
	})
	// Before anything is sent, so that a killed process loses neither the rejected rows nor those to send.
	if err := s.writeRejected(j, prepared); err != nil {
		return "", err
	}
	staged, err := s.stage(j, chunks)
	if err != nil {
		return "", err
	}
	s.start(j, func(ctx context.Context, j *job) error { return s.runImport(ctx, j, prepared, chunks, staged) })
	return j.status().ID, nil
}

func (s *Service) runImport(ctx context.Context, j *job, prepared *Prepared, chunks [][]apiclient.ImportRow, staged *staging) error {
	stop, complete := staged.beat(), false
	defer func() { // after a panic as well
		stop()
		unsent := staged.release(j.status())
		j.update("", func(status *Status) { status.UnsentFolder, status.Counted = unsent, complete })
	}()
	rejected := len(prepared.Rejected)
	var failure error
	for i, chunk := range chunks {
		accepted := func() { staged.sent(i, j.status()) }
		if failure = s.sendChunk(ctx, j, prepared, chunk, accepted); failure != nil {
			break
		}
	}
	if len(prepared.Rejected) > rejected {
		if err := s.addRejected(j, prepared, rejected); err != nil { // the contacts are in all the same
			j.update("", func(status *Status) { status.Err = fault.From(err) })
		}
	}
	complete = failure == nil
	return failure
}

// sendChunk sends one chunk, tells when it is accepted, and waits until the API has worked it off. Rows that the API
// refuses are taken out and the rest is sent again: it checks a chunk as a whole before it starts (spec).
func (s *Service) sendChunk(ctx context.Context, j *job, prepared *Prepared, chunk []apiclient.ImportRow, accepted func()) error {
	for mends := 0; len(chunk) > 0; mends++ {
		j.update("sending "+text.Count(len(chunk), "contact"), func(*Status) {})
		started, err := s.api.CreateImport(ctx, chunk)
		if err == nil {
			sent := len(chunk)
			j.update("Mailtrap is importing "+text.Count(sent, "contact"), func(status *Status) {
				status.APIJobs = append(status.APIJobs, started.ID)
				status.Sent += sent
			})
			accepted()
			return s.awaitImport(ctx, j, started)
		}
		apiError, ok := apiclient.AsError(err)
		if !ok || len(apiError.Rows) == 0 || mends == maxMends {
			return err
		}
		kept, refused := prepared.without(chunk, apiError.Rows)
		if len(refused) == 0 {
			return err // the messages name nobody in this chunk
		}
		prepared.Rejected = append(prepared.Rejected, refused...)
		chunk = kept
		j.update("", func(status *Status) {
			status.Rejected += len(refused)
			status.Total -= len(refused)
			status.Reasons = reasons(prepared.Rejected)
		})
	}
	accepted() // all were refused, and nothing is left to send
	return nil
}

// without takes the contacts out that the API names.
func (p *Prepared) without(chunk []apiclient.ImportRow, named []apiclient.RowProblem) (kept []apiclient.ImportRow, refused []Rejected) {
	reason := make(map[string]string, len(named))
	for _, row := range named {
		said := make([]string, len(row.Problems))
		for i, problem := range row.Problems {
			said[i] = problem.String()
		}
		reason[strings.ToLower(strings.TrimSpace(row.Email))] = saidByMailtrap + strings.Join(said, "; ")
	}
	for _, row := range chunk {
		if why, ok := reason[row.Email]; ok {
			refused = append(refused, Rejected{Line: p.lines[row.Email], Reason: why, Cells: p.cellsOf(row)})
			continue
		}
		kept = append(kept, row)
	}
	return kept, refused
}

func (s *Service) awaitImport(ctx context.Context, j *job, started apiclient.Import) error {
	look := func() (apiclient.Import, error) { return s.api.Import(ctx, started.ID) }
	current, err := poll(ctx, started, apiclient.Import.Done, look, func(began time.Time) error { return overdue(Import, started.ID, began) })
	if err != nil {
		return err
	}
	j.update("imported", func(status *Status) {
		status.Created += current.Created
		status.Updated += current.Updated
		status.OverLimit += current.OverLimit
	})
	if current.Status == apiclient.JobFailed {
		return importFailed(started.ID)
	}
	return nil
}

// split cuts the rows into requests.
func split(rows []apiclient.ImportRow) [][]apiclient.ImportRow {
	var chunks [][]apiclient.ImportRow
	start, size := 0, 0
	for i, row := range rows {
		bytes := sizeOf(row)
		if i > start && (i-start >= maxChunkRows || size+bytes > maxChunkBytes) {
			chunks = append(chunks, rows[start:i])
			start, size = i, 0
		}
		size += bytes
	}
	if start < len(rows) {
		chunks = append(chunks, rows[start:])
	}
	return chunks
}

// sizeOf is about how many bytes a row takes in a request; text counts double for what JSON escapes.
func sizeOf(row apiclient.ImportRow) int {
	size := 80 + len(row.Email) + 12*(len(row.AddToLists)+len(row.RemoveFrom))
	for tag, value := range row.Fields {
		size += len(tag) + 24
		if s, ok := value.(string); ok {
			size += 2 * len(s)
		}
	}
	return size
}
