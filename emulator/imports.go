package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// importJob is an import. Its rows are applied all at once when it finishes, and are visible from then on.
type importJob struct {
	id       int64
	created  time.Time
	finished time.Time // zero while it runs
	rows     []importRow

	createdCount, updatedCount, overLimitCount int
}

type importRow struct {
	email  string
	change change
}

// importBody is an import as the API shows it. The spec lacks the times; they were observed.
type importBody struct {
	ID        int64  `json:"id"`
	Status    string `json:"status"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`

	*importCounts
}

// importCounts are there only when the import is finished (spec).
type importCounts struct {
	Created   int `json:"created_contacts_count"`
	Updated   int `json:"updated_contacts_count"`
	OverLimit int `json:"contacts_over_limit_count"`
}

// rowErrors are the problems of one row of a refused import.
type rowErrors struct {
	Email  string   `json:"email"`
	Errors problems `json:"errors"`
}

// createImport answers POST /contacts/imports. Rows are checked before the job exists, and one bad row refuses them
// all: the spec's error shape implies that, it is unproven.
func (c *call) createImport() answer {
	var rows []json.RawMessage
	if !c.params.given("contacts") || json.Unmarshal(c.params["contacts"], &rows) != nil || len(rows) == 0 {
		return refuseImport([]problems{one("base", "contacts are required")})
	}
	if len(rows) > maxImportRows {
		return refuseImport([]rowErrors{c.account.beyondLimit(rows[maxImportRows])})
	}
	job := &importJob{created: c.now, rows: make([]importRow, 0, len(rows))}
	var refused []rowErrors
	for _, raw := range rows {
		row, given, found := c.account.readRow(raw)
		if len(found) > 0 {
			refused = append(refused, rowErrors{given, found})
			continue
		}
		job.rows = append(job.rows, row)
	}
	if len(refused) > 0 {
		return refuseImport(refused)
	}
	c.startImport(job)
	return jsonAnswer(http.StatusCreated, job.body())
}

func (c *call) startImport(job *importJob) {
	c.emulator.lastID.importJob++
	job.id = c.emulator.lastID.importJob
	c.account.imports[job.id] = job
	due := c.now.Add(c.emulator.config.JobDelay)
	c.account.schedule.at(due, func() { c.account.finishImport(job, due) })
}

// getImport answers GET /contacts/imports/{id}.
func (c *call) getImport() answer {
	job := c.account.imports[c.number()]
	if job == nil {
		return notFound()
	}
	return jsonAnswer(http.StatusOK, job.body())
}

// body shows "started" from the beginning, as the spec does; SDK stubs begin with "created". It never shows "failed".
func (j *importJob) body() importBody {
	b := importBody{
		ID:        j.id,
		Status:    "started",
		CreatedAt: j.created.UTC().Format(timeFormat),
		UpdatedAt: j.created.UTC().Format(timeFormat),
	}
	if !j.finished.IsZero() {
		b.Status = "finished"
		b.UpdatedAt = j.finished.UTC().Format(timeFormat)
		b.importCounts = &importCounts{j.createdCount, j.updatedCount, j.overLimitCount}
	}
	return b
}

// finishImport applies the rows in order, so of two with the same e-mail the first creates and the second updates
// (unknown). Updates do not change who is subscribed.
func (a *account) finishImport(job *importJob, now time.Time) {
	job.finished = now
	for i := range job.rows {
		row := &job.rows[i]
		a.hurry(row.email, now)
		existing := a.contacts.find(row.email)
		switch {
		case existing != nil:
			a.contacts.replace(row.change.appliedTo(existing, now.UnixMilli()))
			job.updatedCount++
		case a.full():
			job.overLimitCount++
		default:
			a.contacts.insert(row.change.appliedTo(a.newRecord(row.email, now), now.UnixMilli()))
			job.createdCount++
		}
	}
	job.rows = nil
}

// readRow checks one row; given is the e-mail as it stands there.
func (a *account) readRow(raw json.RawMessage) (row importRow, given string, found problems) {
	var body params
	_ = json.Unmarshal(raw, &body) // a row that is no object has no e-mail
	given, problem := body.text("email")
	if problem == "must be a string" {
		problem = "is invalid"
	}
	if problem == "" {
		problem = emailProblem(given)
	}
	if problem != "" {
		found.add("email", problem)
	}
	row.email = strings.ToLower(given)
	a.readListChanges(body, &row.change, &found)
	return row, given, found
}

// beyondLimit names the first row that is too many. The spec has the message among the errors of a row.
func (a *account) beyondLimit(raw json.RawMessage) rowErrors {
	_, given, _ := a.readRow(raw)
	return rowErrors{given, one("base", "cannot import more than 50000 contacts at once")}
}

func refuseImport[E rowErrors | problems](errs []E) answer {
	return jsonAnswer(http.StatusUnprocessableEntity, errorsBody[[]E]{errs})
}
