package bulk

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
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

const (
	// saidByMailtrap begins the reasons that are the API's own.
	saidByMailtrap = "Mailtrap: "
	// orTheLike follows the first of several values rejected for one reason.
	orTheLike = " or the like"
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
	staged, err := s.stage(j, chunks)
	if err != nil {
		return "", err
	}
	s.start(j, func(ctx context.Context, j *job) error { return s.runImport(ctx, j, prepared, chunks, staged) })
	return j.status().ID, nil
}

func (s *Service) runImport(ctx context.Context, j *job, prepared *Prepared, chunks [][]apiclient.ImportRow, staged *staging) error {
	var failure error
	for i, chunk := range chunks {
		accepted := func() { staged.sent(i, j.status().APIJobs) }
		if failure = s.sendChunk(ctx, j, prepared, chunk, accepted); failure != nil {
			break
		}
	}
	unsent := s.unsentFolder(j.stamp)
	if unsent == "" {
		staged.remove()
	}
	j.update("", func(status *Status) { status.UnsentFolder, status.Counted = unsent, failure == nil })
	if err := s.writeRejected(j, prepared); err != nil { // the contacts are in all the same
		j.update("", func(status *Status) { status.Err = fault.From(err) })
	}
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
	current, began := started, time.Now()
	for looks := 0; !current.Done(); looks++ {
		if err := cmp.Or(overdue(Import, started.ID, began), sleep(ctx, pollWait(looks))); err != nil {
			return err
		}
		var err error
		if current, err = s.api.Import(ctx, started.ID); err != nil {
			return err
		}
	}
	j.update("imported", func(status *Status) {
		status.Created += current.Created
		status.Updated += current.Updated
		status.OverLimit += current.OverLimit
	})
	if current.Status == apiclient.JobFailed {
		return fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its import %d failed.", started.ID), "",
			"Import the same contacts again: an import is an upsert, so nobody is doubled.")
	}
	return nil
}

// followPast waits for an import that another process started, as far as that process sent it.
func (s *Service) followPast(ctx context.Context, id jobID, wait time.Duration, report func(done, total int, message string)) (Status, error) {
	until := time.Now().Add(wait)
	for looks := 0; ; looks++ {
		status, err := s.pastImport(ctx, id)
		pause := pollWait(looks)
		if err != nil || status.State != Running || time.Now().Add(pause).After(until) {
			return status, err
		}
		if report != nil {
			report(status.Sent, 0, "Mailtrap is importing")
		}
		if err := sleep(ctx, pause); err != nil {
			return status, err
		}
	}
}

// pastImport asks the API for the state of an import that another process started.
func (s *Service) pastImport(ctx context.Context, id jobID) (Status, error) {
	folder := s.unsentFolder(id.stamp)
	ids := Union(id.api, s.sentJobs(id.stamp))
	if len(ids) == 0 && folder == "" {
		return Status{}, unknownJob(id.String())
	}
	status := Status{ID: id.String(), Kind: Import, State: Finished, Counted: true, UnsentFolder: folder}
	if folder != "" {
		status.State, status.Counted = Stopped, false
	}
	for _, n := range ids {
		found, err := s.api.Import(ctx, n)
		if apiclient.IsKind(err, apiclient.NotFound) {
			return Status{}, fault.New(fault.NotFound, fmt.Sprintf("Mailtrap knows no import %d.", n), "",
				"Check the job_id; it may be another account's.").Because(err)
		}
		if err != nil {
			return Status{}, err
		}
		status.Created += found.Created
		status.Updated += found.Updated
		status.OverLimit += found.OverLimit
		switch {
		case found.Status == apiclient.JobFailed:
			status.State = Failed
			status.Err = fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its import %d failed.", n), "",
				"Import the same contacts again: an import is an upsert, so nobody is doubled.")
		case !found.Done():
			status.Counted = false
			if status.State == Finished {
				status.State = Running
			}
		}
	}
	if status.State == Finished {
		s.tidy(id.stamp)
	}
	status.APIJobs = ids
	status.ID = jobID{kind: Import, api: ids, stamp: id.stamp}.String()
	status.Sent = status.Created + status.Updated + status.OverLimit
	return status, nil
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

// quoted is a value within a reason, as package text quotes it.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// reasons counts why rows were rejected. Reasons that differ in the rejected value only are counted together.
func reasons(rejected []Rejected) []Reason {
	groups := map[string]*Reason{}
	for _, row := range rejected {
		kind := row.Reason
		if !strings.HasPrefix(kind, saidByMailtrap) { // what Mailtrap says is quoted as well
			kind = quoted.ReplaceAllLiteralString(kind, `"…"`)
		}
		switch group := groups[kind]; {
		case group == nil:
			groups[kind] = &Reason{Text: row.Reason, Rows: 1}
		case group.Text == row.Reason, strings.Contains(group.Text, orTheLike):
			group.Rows++
		default:
			group.Rows++
			first := quoted.FindStringIndex(group.Text)
			group.Text = group.Text[:first[1]] + orTheLike + group.Text[first[1]:]
		}
	}
	return mostFrequent(groups, 5)
}
