package emulator

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// exportJob is an export. When it finishes it takes hold of the contacts as they are then.
type exportJob struct {
	id       int64
	created  time.Time
	finished time.Time // zero while it runs
	filter   exportFilter
	secret   string // in the link, so that it cannot be guessed
	file     *exportFile
}

// exportBody has the recorded key order.
type exportBody struct {
	ID        int64   `json:"id"`
	CreatedAt string  `json:"created_at"`
	UpdatedAt string  `json:"updated_at"`
	Status    string  `json:"status"`
	URL       *string `json:"url"`
}

// exportFilter selects contacts; all conditions have to hold.
type exportFilter struct {
	lists    [][]int64 // in at least one list of each
	statuses []string
}

// createExport answers POST /contacts/exports. Only one export may run at a time (spec).
func (c *call) createExport() answer {
	filter, ok := readFilters(c.params)
	if !ok {
		return jsonAnswer(http.StatusUnprocessableEntity, errorsBody[map[string]string]{map[string]string{"filters": "invalid"}})
	}
	for _, job := range c.account.exports {
		if job.finished.IsZero() {
			return invalid(one("base",
				"There is a previous export initiated. You will be notified by email once it is completed."))
		}
	}
	job := c.startExport(filter)
	return jsonAnswer(http.StatusCreated, c.exportBody(job))
}

func (c *call) startExport(filter exportFilter) *exportJob {
	secret := make([]byte, 32)
	_, _ = io.ReadFull(c.emulator.random, secret) // the generator never fails
	c.emulator.lastID.export++
	job := &exportJob{id: c.emulator.lastID.export, created: c.now, filter: filter, secret: hex.EncodeToString(secret)}
	c.account.exports[job.id] = job
	due := c.now.Add(c.emulator.config.JobDelay)
	c.account.schedule.at(due, func() { c.account.finishExport(job, due) })
	return job
}

// finishExport keeps the contacts of now for the file. The files of the oldest exports are given up.
func (a *account) finishExport(job *exportJob, now time.Time) {
	job.finished = now
	job.file = &exportFile{
		layout:  a.emulator.config.ExportLayout,
		filter:  job.filter.among(a),
		lists:   slices.Clone(a.lists),
		fields:  slices.Clone(a.fields),
		records: slices.Clone(a.contacts.rows),
	}
	a.files = append(a.files, job)
	if len(a.files) > maxSnapshots {
		a.files[0].file = nil
		a.files = slices.Delete(a.files, 0, 1)
	}
}

// getExport answers GET /contacts/exports/{id}. Finished ones were recorded with another Vary.
func (c *call) getExport() answer {
	job := c.account.exports[c.number()]
	if job == nil {
		return notFound()
	}
	a := jsonAnswer(http.StatusOK, c.exportBody(job))
	if !job.finished.IsZero() {
		a.header.Set("Vary", "Accept, Accept-Encoding")
	}
	return a
}

// exportBody shows "created" at first (recorded), "started" from half of Config.JobDelay on.
func (c *call) exportBody(job *exportJob) exportBody {
	b := exportBody{
		ID:        job.id,
		CreatedAt: job.created.UTC().Format(timeFormat),
		UpdatedAt: job.created.UTC().Format(timeFormat),
		Status:    "created",
	}
	half := c.emulator.config.JobDelay / 2
	switch {
	case !job.finished.IsZero():
		b.Status = "finished"
		b.UpdatedAt = job.finished.UTC().Format(timeFormat)
		url := c.downloadURL(job)
		b.URL = &url
	case half > 0 && c.now.Sub(job.created) >= half:
		b.Status = "started"
		b.UpdatedAt = job.created.Add(half).UTC().Format(timeFormat)
	}
	return b
}

func (c *call) downloadURL(job *exportJob) string {
	base := c.emulator.config.DownloadBase
	if base == "" {
		base = "http://" + c.request.Host
		if c.request.TLS != nil {
			base = "https://" + c.request.Host
		}
	}
	return base + downloadPrefix + strconv.FormatInt(c.account.ID, 10) + "/" + job.fileName() +
		"?X-Amz-Expires=86400&X-Amz-Signature=" + job.secret
}

func (j *exportJob) fileName() string {
	return "contacts_" + strconv.FormatInt(j.id, 10) + ".csv.gz"
}

// readFilters knows the two filters of the spec, each with the operator "equal". Lists need not exist (recorded). No
// filters, null or an empty array select everything.
func readFilters(body params) (filter exportFilter, ok bool) {
	if !body.given("filters") {
		return filter, true
	}
	var filters []struct {
		Name     string          `json:"name"`
		Operator string          `json:"operator"`
		Value    json.RawMessage `json:"value"`
	}
	if json.Unmarshal(body["filters"], &filters) != nil {
		return filter, false
	}
	for _, f := range filters {
		if f.Operator != "equal" {
			return filter, false
		}
		switch f.Name {
		case "list_id":
			ids, ok := params{"ids": f.Value}.ids("ids")
			if !ok || len(ids) == 0 {
				return filter, false
			}
			filter.lists = append(filter.lists, ids)
		case "subscription_status":
			var status string
			_ = json.Unmarshal(f.Value, &status) // anything but a string is no status
			if status != "subscribed" && status != "unsubscribed" {
				return filter, false
			}
			filter.statuses = append(filter.statuses, status)
		default:
			return filter, false
		}
	}
	return filter, true
}

// among leaves out lists that do not exist (any more): nobody is in them.
func (f exportFilter) among(a *account) exportFilter {
	lists := make([][]int64, 0, len(f.lists))
	for _, ids := range f.lists {
		lists = append(lists, a.existingLists(ids))
	}
	f.lists = lists
	return f
}

func (f exportFilter) selects(r *record) bool {
	for _, status := range f.statuses {
		if r.status() != status {
			return false
		}
	}
	for _, ids := range f.lists {
		if !slices.ContainsFunc(r.lists, func(id int64) bool { return slices.Contains(ids, id) }) {
			return false
		}
	}
	return true
}
