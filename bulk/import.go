package bulk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
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
// It fails when nobody is left to import, or what is to be sent cannot be kept safe first; then nothing is sent. What it sends is journalled for the
// call that ctx belongs to; the end of ctx does not end it.
func (s *Service) StartImport(ctx context.Context, prepared *Prepared) (id string, err error) {
	s.setUp.RLock()
	defer s.setUp.RUnlock()
	if err := s.guard(ctx, prepared); err != nil {
		return "", err
	}
	if len(prepared.Rows) == 0 {
		return "", prepared.NothingToImport()
	}
	j := newJob(Import)
	chunks := split(prepared.Rows)
	j.update("", func(status *Status) {
		status.Read, status.Merged, status.Total = prepared.Read, prepared.Merged, len(prepared.Rows)
		status.Rejected, status.IgnoredColumns = len(prepared.Rejected), prepared.Ignored
		status.Reasons, status.ErasedBefore = reasons(prepared.Rejected), prepared.ErasedBefore
	})
	// Before anything is sent, so that a killed process loses neither the rejected rows nor those to send.
	if err := s.writeRejected(j, prepared); err != nil {
		return "", err
	}
	staged, err := s.stage(j, chunks)
	if err != nil {
		return "", err
	}
	j.unsent = staged
	forCall := journal.CallOf(ctx)
	s.start(j, func(ctx context.Context, j *job) error { return s.runImport(forCall(ctx), j, prepared, len(chunks)) })
	return j.status().ID, nil
}

func (s *Service) runImport(ctx context.Context, j *job, prepared *Prepared, chunks int) error {
	staged := j.unsent
	stop, complete := staged.beat(), false
	defer func() { // after a panic as well
		stop()
		unsent := staged.release(j.status())
		j.update("", func(status *Status) { status.UnsentFolder, status.Counted = unsent, complete })
	}()
	rejected := len(prepared.Rejected)
	var failure error
	for i := range chunks {
		chunk := staged.take(i)
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
	chunk = j.spare(chunk)
	for mends := 0; ; mends++ {
		var err error
		if chunk, err = s.guardAgain(ctx, j, prepared, chunk); err != nil {
			return err
		}
		if len(chunk) == 0 {
			accepted() // all were refused, and nothing is left to send
			return nil
		}
		j.update("sending "+text.Count(len(chunk), "contact"), func(*Status) {})
		started, err := s.createImport(ctx, chunk)
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
		chunk = j.spare(kept)
		reject(j, prepared, refused)
	}
}

// imported is what the journal keeps of one request of an import: no addresses, and so nothing to erase.
type imported struct {
	Import   int64   `json:"import,omitempty"` // Mailtrap's id
	Contacts int     `json:"contacts"`
	Joined   []int64 `json:"joined,omitempty"` // lists that all of them joined
	Left     []int64 `json:"left,omitempty"`
}

func (s *Service) createImport(ctx context.Context, chunk []apiclient.ImportRow) (apiclient.Import, error) {
	var started apiclient.Import
	sent := imported{Contacts: len(chunk), Joined: joinedByAll(chunk), Left: chunk[0].RemoveFrom}
	intent := journal.Write{
		Action: journal.Import, Kind: journal.Contacts, Name: text.Count(len(chunk), "contact"), After: sent,
		Final: "An import cannot be undone: Mailtrap does not tell what the contacts were before.",
	}
	err := s.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		if started, err = s.api.CreateImport(ctx, chunk); err == nil {
			sent.Import = started.ID
			write.Subject, write.After = strconv.FormatInt(started.ID, 10), sent
		}
		return err
	})
	return started, err
}

// joinedByAll are the lists that every row joins.
func joinedByAll(rows []apiclient.ImportRow) []int64 {
	common := slices.Clone(rows[0].AddToLists)
	for _, row := range rows {
		common = slices.DeleteFunc(common, func(id int64) bool { return !slices.Contains(row.AddToLists, id) })
	}
	return common
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
