package bulk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// ExportRequest says what to export and where to.
type ExportRequest struct {
	Filter apiclient.ExportFilter
	// Columns of the file, by header, field name or merge tag; empty means all as Mailtrap delivers them.
	Columns []string
	// File is a path below the allowed folders; empty means a name with the date.
	File string
}

func (r ExportRequest) key() string {
	return fmt.Sprintf("%v|%s|%q|%s", r.Filter.ListIDs, r.Filter.Status, r.Columns, r.File)
}

// StartExport starts an export and returns its job's id. An export that would give the same file as one that is running
// joins it; another one waits for its turn, because the API runs one at a time (spec).
func (s *Service) StartExport(request ExportRequest) (id string, err error) {
	if err := s.checkTarget(request.File); err != nil {
		return "", err
	}
	request.Filter.ListIDs = slices.Sorted(slices.Values(request.Filter.ListIDs))
	j := newJob(Export)
	j.key = request.key()
	same := func(other *job) bool { return other.key == j.key && other.status().State == Running }
	j = s.startUnless(same, j, func(ctx context.Context, j *job) error { return s.runExport(ctx, j, request) })
	return j.status().ID, nil
}

// checkTarget refuses a file that could not be written before anything is asked of the API.
func (s *Service) checkTarget(file string) error {
	draft, err := s.folders.Create(targetName(file, "x"), file != "")
	if err != nil {
		return err
	}
	draft.Discard()
	return nil
}

func targetName(file, stamp string) string {
	if file != "" {
		return file
	}
	return "mailtrap-contacts-" + stamp + ".csv"
}

func (s *Service) runExport(ctx context.Context, j *job, request ExportRequest) error {
	j.update("waiting for the turn to export", func(*Status) {})
	return s.inTurn(ctx, func() error {
		started, err := s.createExport(ctx, request.Filter)
		if err != nil {
			return err
		}
		j.update("Mailtrap is exporting", func(status *Status) { status.APIJobs = []int64{started.ID} })
		return s.finishExport(ctx, j, started, request)
	})
}

// inTurn does something that needs an export when nobody else here has one running.
func (s *Service) inTurn(ctx context.Context, do func() error) error {
	select {
	case <-s.exports:
		defer func() { s.exports <- struct{}{} }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// previousExport is how long to wait for an export that somebody else runs.
const previousExport = 10 * time.Minute

// lostWaits are the pauses before an export is asked for again when it is not known whether it was started, and before
// its file is fetched again.
var lostWaits = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second}

// createExport waits while another process, or a person, has an export running.
func (s *Service) createExport(ctx context.Context, filter apiclient.ExportFilter) (apiclient.Export, error) {
	began, lost := time.Now(), 0
	for looks := 0; ; looks++ {
		started, err := s.api.CreateExport(ctx, filter)
		apiError, ok := apiclient.AsError(err)
		pause := pollWait(looks)
		switch {
		case ok && apiError.Says("base", "previous export") && time.Since(began) <= previousExport:
		case ok && apiError.Unknown && lost < len(lostWaits):
			pause = lostWaits[lost] // the export may be running; repeating it changes nothing in the account
			lost++
		case ok && apiError.Unknown:
			return apiclient.Export{}, exportNotStarted(err)
		default:
			return started, err
		}
		if err := apiclient.Pause(ctx, pause); err != nil {
			return apiclient.Export{}, err
		}
	}
}

func exportNotStarted(cause error) error {
	return fault.New(fault.UpstreamError, "Mailtrap gives no usable answer to the request for an export.", "",
		"Try again in a minute; repeating the same call is safe, because an export changes nothing in the account.").Because(cause)
}

func (s *Service) finishExport(ctx context.Context, j *job, current apiclient.Export, request ExportRequest) error {
	link, err := s.exported(ctx, current)
	if err != nil {
		return err
	}
	j.update("downloading", func(status *Status) { status.Contacts = 0 })
	return downloading(ctx, func() error { return s.download(ctx, j, link, request) })
}

// exported waits until Mailtrap has made an export, and returns the link to its file.
func (s *Service) exported(ctx context.Context, current apiclient.Export) (link string, err error) {
	id := current.ID
	ended := func(e apiclient.Export) bool { return e.Status == apiclient.JobFailed || e.Done() && e.URL != "" }
	look := func() (apiclient.Export, error) { return s.api.Export(ctx, id) }
	current, err = poll(ctx, current, ended, look, func(began time.Time) error { return overdue(Export, id, began) })
	switch {
	case err != nil:
		return "", err
	case current.Status == apiclient.JobFailed:
		return "", fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its export %d failed.", current.ID), "", "Start a new export.")
	}
	return current.URL, nil
}

// downloading starts a download anew when it breaks off.
func downloading(ctx context.Context, download func() error) (err error) {
	for _, pause := range append([]time.Duration{0}, lostWaits...) {
		if err := apiclient.Pause(ctx, pause); err != nil {
			return err
		}
		if err = download(); err == nil || !fault.Is(err, fault.UpstreamError) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Service) download(ctx context.Context, j *job, link string, request ExportRequest) error {
	body, err := s.api.Download(ctx, link)
	if err != nil {
		return err
	}
	defer body.Close()
	draft, err := s.folders.Create(targetName(request.File, j.stamp), request.File != "")
	if err != nil {
		return err
	}
	columns := s.wantedColumns(ctx, request.Columns)
	choose := func(header []string) ([]int, error) { return chooseColumns(header, columns) }
	counted, err := copyCSV(draft, body, choose, func(rows int) {
		j.update("downloading", func(status *Status) { status.Contacts = rows })
	})
	if err != nil {
		draft.Discard()
		return err
	}
	path, err := draft.Keep()
	if err != nil {
		return err
	}
	j.update("", func(status *Status) {
		status.Contacts, status.Columns, status.File = counted.rows, counted.columns, path
	})
	return nil
}

type counted struct {
	rows    int
	columns []Column
}

// wanted is a column as it was asked for, and what else an export may call it.
type wanted struct {
	asked string
	names []string
}

// wantedColumns adds to each column the other name of its field, because exports are headed by merge tags or by names.
func (s *Service) wantedColumns(ctx context.Context, asked []string) []wanted {
	if len(asked) == 0 {
		return nil
	}
	fields, err := s.catalog.Fields(ctx)
	if err != nil {
		fields = nil // then the header alone decides
	}
	known := knownFields(fields)
	columns := make([]wanted, len(asked))
	for i, name := range asked {
		columns[i] = wanted{asked: name, names: []string{name}}
		if field, ok := known.named[plain(name)]; ok {
			columns[i].names = append(columns[i].names, field.MergeTag, field.Name)
		}
	}
	return columns
}

// in finds the column in a header: as it is written, else in plain form.
func (w wanted) in(header []string) int {
	for _, name := range w.names {
		same := func(column string) bool { return plain(column) == plain(name) }
		if i := slices.Index(header, name); i >= 0 {
			return i
		}
		if i := slices.IndexFunc(header, same); i >= 0 && plain(name) != "" {
			return i
		}
	}
	return -1
}

// copyCSV writes columns of an export to a file and counts how many cells of each have a value. choose finds the columns
// in the header: they and their names are Mailtrap's, and not documented; nothing is assumed of them.
func copyCSV(to io.Writer, from io.Reader, choose func(header []string) ([]int, error), report func(rows int)) (counted, error) {
	in := csv.NewReader(from)
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return counted{}, nil
	}
	if err != nil {
		return counted{}, exportUnreadable(err)
	}
	header = slices.Clone(header)
	if len(header) > 0 {
		header[0] = strings.TrimPrefix(header[0], "\ufeff")
	}
	chosen, err := choose(header)
	if err != nil {
		return counted{}, err
	}
	var result counted
	for _, i := range chosen {
		result.columns = append(result.columns, Column{Name: text.Clean(header[i])})
	}
	out := csv.NewWriter(to)
	cells := make([]string, len(chosen))
	for row := header; ; {
		for at, i := range chosen {
			cells[at] = ""
			if i < len(row) {
				cells[at] = row[i]
			}
		}
		if err := out.Write(cells); err != nil {
			return counted{}, diskFault(err)
		}
		row, err = in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return counted{}, exportUnreadable(err)
		}
		result.rows++
		for at, i := range chosen {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				result.columns[at].Filled++
			}
		}
		if result.rows%10_000 == 0 {
			report(result.rows)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return counted{}, diskFault(err)
	}
	return result, nil
}

// chooseColumns finds the wanted columns in a header, each once; none means all.
func chooseColumns(header []string, columns []wanted) ([]int, error) {
	var chosen []int
	if len(columns) == 0 {
		for i := range header {
			chosen = append(chosen, i)
		}
		return chosen, nil
	}
	var missing []string
	for _, column := range columns {
		switch i := column.in(header); {
		case i < 0:
			missing = append(missing, text.Quote(column.asked))
		case !slices.Contains(chosen, i):
			chosen = append(chosen, i)
		}
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.InvalidInput, "columns: the export has no "+text.Listing(missing, 10)+".",
			"Its columns are "+text.Listing(quoteAll(header), 20)+".", "Choose from these, or leave columns out.")
	}
	return chosen, nil
}

func exportUnreadable(err error) error {
	var asFault *fault.Error
	if errors.As(err, &asFault) {
		return asFault
	}
	return fault.New(fault.UpstreamError, "The export's file is not a CSV file that can be read.", "", "Start a new export.").Because(err)
}

func diskFault(err error) error {
	return fault.New(fault.FileAccess, "The export could not be written to its file.", "", "Check that the folder has room, and export again.").Because(err)
}

// resumeExport goes on with an export that another process started: the file gets its default name.
func (s *Service) resumeExport(ctx context.Context, id jobID) (*job, error) {
	if len(id.api) != 1 {
		return nil, unknownJob(id.String())
	}
	current, err := s.api.Export(ctx, id.api[0])
	if apiclient.IsKind(err, apiclient.NotFound) {
		return nil, fault.New(fault.NotFound, fmt.Sprintf("Mailtrap knows no export %d.", id.api[0]), "",
			"Check the job_id, or start a new export with export_contacts.").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if err := s.checkTarget(""); err != nil {
		return nil, err
	}
	j := newJob(Export)
	if id.stamp != "" {
		j.stamp = id.stamp
	}
	j.update("Mailtrap is exporting", func(status *Status) {
		status.APIJobs = id.api
		status.Note = "It was resumed after a restart, so the file has all columns and a name of its own."
	})
	same := func(other *job) bool { return other.answersTo(id) }
	return s.startUnless(same, j, func(ctx context.Context, j *job) error { return s.finishExport(ctx, j, current, ExportRequest{}) }), nil
}
