package bulk

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
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
// joins it, whichever process runs that; another one waits for its turn, because the API runs one at a time (spec).
func (s *Service) StartExport(ctx context.Context, request ExportRequest) (id string, err error) {
	if err := s.checkTarget(request.File); err != nil {
		return "", err
	}
	request.Filter.ListIDs = slices.Sorted(slices.Values(request.Filter.ListIDs))
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return "", err
	}
	db, err := s.store.Quick(ctx)
	if err != nil {
		return "", err
	}
	defer s.wake()
	now := time.Now()
	j := &job{Status: Status{ID: newID(Export, now), Kind: Export, State: Planned, Planned: now, Spec: Spec{Export: &request}},
		account: account, call: journal.CallOf(ctx)}
	err = inTx(ctx, db, func(tx *sql.Tx) error {
		s.noteUnfinished(true)
		running, err := find(ctx, tx, account, `kind = 'export' AND state = 'running'`)
		if err != nil {
			return err
		}
		for _, other := range running {
			if other.Spec.Export.key() == request.key() {
				j = other
				return nil
			}
		}
		if err := j.insert(ctx, tx); err != nil {
			return err
		}
		return j.begin(ctx, tx)
	})
	return j.ID, s.store.Fault(err)
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

func targetName(file, id string) string {
	if file != "" {
		return file
	}
	return "mailtrap-contacts-" + strings.TrimPrefix(id, "export-") + ".csv"
}

// advanceExport does the next thing of an export: it asks for it, looks whether Mailtrap has made it, fetches its file.
func (s *Service) advanceExport(ctx context.Context, j *job) (more bool, pause time.Duration, err error) {
	t := &j.Tally
	asked := time.Since(time.UnixMilli(t.Asked))
	switch {
	case t.File != "":
		return false, 0, nil
	case t.Whole != "": // the process ended when the file was about to get its name
		if size, _ := looks(t.Whole); size == 0 { // at most the name was taken
			s.removeFile(j, t.Whole)
		} else if size == t.WholeSize {
			t.File, t.Part = t.Whole, ""
		}
		t.Whole, t.WholeSize = "", 0
		return true, 0, nil
	case t.ExportID == 0:
		t.Doing = "waiting for the turn to export"
		started, err := j.by.api.CreateExport(ctx, j.Spec.Export.Filter)
		if apiError, ok := apiclient.AsError(err); ok && apiError.Says("base", "previous export") {
			return true, s.untilTurn(j), overdue(0, j.Started)
		}
		if err != nil {
			return false, 0, err
		}
		t.ExportID, t.Asked, t.Doing = started.ID, time.Now().UnixMilli(), "Mailtrap is exporting"
		return true, apiclient.LookAfter(0), nil
	}
	current, err := j.by.api.Export(ctx, t.ExportID)
	switch {
	case apiclient.IsKind(err, apiclient.NotFound), err == nil && current.Status == apiclient.JobFailed:
		return false, 0, exportFailed(t.ExportID)
	case err != nil:
		return false, 0, err
	case !current.Done() || current.URL == "":
		return true, apiclient.LookAfter(asked), overdue(t.ExportID, time.UnixMilli(t.Asked))
	}
	t.Doing = "downloading"
	if err := downloading(ctx, func() error { return s.download(ctx, j, current.URL) }); err != nil {
		return false, 0, err
	}
	return true, 0, nil
}

// untilTurn is when to ask again whether another export has ended.
func (s *Service) untilTurn(j *job) time.Duration { return apiclient.LookAfter(time.Since(j.Started)) }

func exportFailed(id int64) error {
	return fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its export %d failed.", id), "", "Start a new export.")
}

// lostWaits are the pauses before a file is fetched again.
var lostWaits = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second}

// overdue is the failure of an export that has taken too long; nil as long as it has not.
func overdue(id int64, began time.Time) error {
	if time.Since(began) < jobLimit {
		return nil
	}
	return fault.New(fault.Timeout, fmt.Sprintf("Mailtrap has not finished its export %d within two hours.", id), "",
		"Look whether it is done in Mailtrap itself, and start anew if it is not.")
}

// downloading starts a download anew when it breaks off.
func downloading(ctx context.Context, download func() error) (err error) {
	for _, pause := range append([]time.Duration{0}, lostWaits...) {
		if err := apiclient.Pause(ctx, pause); err != nil {
			return err
		}
		if err = download(); err == nil || !fault.Is(err, fault.UpstreamError) || errors.Is(err, exports.ErrNone) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Service) download(ctx context.Context, j *job, link string) error {
	request := j.Spec.Export
	body, err := j.by.api.Download(ctx, link)
	if err != nil {
		return err
	}
	defer body.Close()
	s.removeFile(j, j.Tally.Part) // of a process that was killed
	draft, err := s.folders.Create(targetName(request.File, j.ID), request.File != "")
	if err != nil {
		return err
	}
	j.Tally.Part = filepath.Join(draft.where.path, draft.temporary)
	if err := s.progress(ctx, j); err != nil {
		draft.Discard()
		return recorded(err)
	}
	fields, err := j.by.catalog.Fields(ctx)
	if err != nil {
		draft.Discard()
		return err
	}
	counted, err := copyExport(draft, body, fields, columnsNamed(request.Columns, fields), func(rows int) {
		j.Tally.Contacts = rows
		_ = s.progress(ctx, j) // it is for those who watch; when it fails, what follows fails as well
	})
	if err != nil {
		draft.Discard()
		return err
	}
	j.Tally.Contacts, j.Tally.Columns = counted.rows, counted.columns
	j.Tally.Whole = filepath.Join(draft.where.path, draft.name)
	j.Tally.WholeSize, _ = looks(j.Tally.Part)
	if err := s.progress(ctx, j); err != nil {
		draft.Discard()
		return recorded(err)
	}
	j.Tally.File, err = draft.Keep()
	j.Tally.Part, j.Tally.Whole, j.Tally.WholeSize = "", "", 0
	return err
}

type counted struct {
	rows    int
	columns []Column
}

// choosing finds the columns of a file in an export's header.
type choosing func(header []string, told exports.Columns) ([]int, error)

// copyExport writes columns of an export to a file and counts how many cells of each have a value.
func copyExport(to io.Writer, from io.Reader, fields []apiclient.Field, choose choosing, report func(rows int)) (counted, error) {
	in, err := exports.Read(from)
	if err != nil {
		return counted{}, err
	}
	return copyRows(to, in, fields, choose, report)
}

func copyRows(to io.Writer, in *exports.Reader, fields []apiclient.Field, choose choosing, report func(rows int)) (counted, error) {
	told := exports.ColumnsOf(in.Header, fields)
	chosen, err := choose(in.Header, told)
	if err != nil {
		return counted{}, err
	}
	var result counted
	keys := told.Keys(in.Header)
	for _, i := range chosen {
		result.columns = append(result.columns, Column{Name: text.Clean(keys[i])})
	}
	out := csv.NewWriter(to)
	cells := make([]string, len(chosen))
	for row := keys; ; {
		for at, i := range chosen {
			cells[at] = ""
			if i < len(row) {
				cells[at] = row[i]
			}
		}
		if err := out.Write(cells); err != nil {
			return counted{}, diskFault(err)
		}
		row, err = in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return counted{}, err
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

// columnsNamed finds the columns that a caller names, each once; none means all. A name is a fact's, a field's by name,
// merge tag or id, or a header's.
func columnsNamed(names []string, fields []apiclient.Field) choosing {
	return func(header []string, told exports.Columns) (chosen []int, err error) {
		if len(names) == 0 {
			for i := range header {
				chosen = append(chosen, i)
			}
			return chosen, nil
		}
		var missing []string
		for _, name := range names {
			switch i, err := columnNamed(name, header, told, fields); {
			case err != nil:
				return nil, err
			case i < 0:
				missing = append(missing, text.Quote(name))
			case !slices.Contains(chosen, i):
				chosen = append(chosen, i)
			}
		}
		if len(missing) > 0 {
			return nil, fault.New(fault.InvalidInput, "columns: the export has no "+text.Listing(missing, 10)+".",
				"Its columns are "+text.Listing(text.Quotes(told.Keys(header), text.MaxValue), 20)+".", "Choose from these, or leave columns out.")
		}
		return chosen, nil
	}
}

// columnNamed is one column; -1 where there is none of that name.
func columnNamed(name string, header []string, told exports.Columns, fields []apiclient.Field) (int, error) {
	if i := slices.Index(told.Keys(header), name); i >= 0 && slices.Contains(told.Rest, i) {
		return i, nil
	}
	tag, forced := catalog.CutFieldKey(name)
	if fact := exports.Fact(tag); !forced && fact >= 0 && told.Facts[fact] >= 0 {
		return told.Facts[fact], nil
	}
	field, found, err := catalog.MatchField(tag, fields)
	if err != nil {
		return -1, err
	}
	if found {
		f := slices.Index(fields, field)
		if told.Untold[f] || told.Fields[f] >= 0 {
			return told.Column(f, field.Name)
		}
	}
	var like []int
	for i, column := range header {
		if !forced && exports.Letters(name) != "" && exports.Letters(column) == exports.Letters(name) {
			like = append(like, i)
		}
	}
	if len(like) == 1 {
		return like[0], nil
	}
	return -1, nil
}
