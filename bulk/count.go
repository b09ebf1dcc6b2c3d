package bulk

import (
	"context"
	"io"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// CountMembers returns how many contacts are on a list. The API tells it by an export only, which takes from a second to
// minutes and about which Mailtrap writes the account's owner an e-mail; it lasts as long as ctx allows. No file is written.
func (s *Service) CountMembers(ctx context.Context, listID int64) (int, error) {
	found, err := s.count(ctx, apiclient.ExportFilter{ListIDs: []int64{listID}}, nil, noColumns)
	return found.rows, err
}

// CountValues returns how many contacts have a value in a field, and how many contacts there are, at the same price as
// CountMembers. Where it cannot be told which column of the export is the field's, that is an error: a wrong count is worse
// than none.
func (s *Service) CountValues(ctx context.Context, field apiclient.Field) (filled, contacts int, err error) {
	fields, err := s.catalog.Fields(ctx)
	if err != nil {
		return 0, 0, err
	}
	found, err := s.count(ctx, apiclient.ExportFilter{}, fields, columnOf(field, fields))
	if err != nil {
		return 0, 0, err
	}
	return found.columns[0].Filled, found.rows, nil
}

func columnOf(field apiclient.Field, fields []apiclient.Field) choosing {
	return func(header []string, told exports.Columns) ([]int, error) {
		f := slices.IndexFunc(fields, func(f apiclient.Field) bool { return f.ID == field.ID })
		if f < 0 {
			return nil, fault.New(fault.NotFound, "The field "+text.Quote(field.Name)+" is gone.", "", "Look with list_fields.")
		}
		at, err := told.Column(f, field.Name)
		if err == nil && told.Keys(header)[at] != header[at] { // by its place alone it is the field's and not Mailtrap's own
			err = exports.Untold(field.Name)
		}
		return []int{at}, err
	}
}

// count reads an export through without keeping it.
func (s *Service) count(ctx context.Context, filter apiclient.ExportFilter, fields []apiclient.Field,
	choose choosing) (found counted, err error) {
	err = s.exports.Read(ctx, filter, func(string) {}, func(rows *exports.Reader) (err error) {
		found, err = copyRows(io.Discard, rows, fields, choose, func(int) {})
		return err
	})
	return found, err
}

func noColumns([]string, exports.Columns) ([]int, error) { return nil, nil }

// Filling reports whether a running job of the account, in whichever process, may be adding contacts to a list; 0 stands for
// the account itself.
func (s *Service) Filling(ctx context.Context, list int64) (bool, error) {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return false, err
	}
	db, err := s.store.Reading(ctx)
	if fault.Is(err, fault.FileAccess) && s.store.IsNew() { // there has never been a job
		return false, nil
	}
	if err != nil {
		return false, err
	}
	running, err := find(ctx, db, account, `state = 'running'`)
	fills := func(j *job) bool {
		return j.Kind == Import || j.Kind == Update && list != 0 && slices.Contains(j.Spec.joined(), list)
	}
	return slices.ContainsFunc(running, fills), s.store.Fault(err)
}
