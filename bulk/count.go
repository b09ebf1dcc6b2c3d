package bulk

import (
	"context"
	"io"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/text"
)

// CountMembers returns how many contacts are on a list. The API tells it by an export only, which takes from a second to
// minutes and about which Mailtrap writes the account's owner an e-mail; it lasts as long as ctx allows. No file is written.
func (s *Service) CountMembers(ctx context.Context, listID int64) (int, error) {
	found, err := s.count(ctx, apiclient.ExportFilter{ListIDs: []int64{listID}}, noColumns)
	return found.rows, err
}

// CountValues returns how many contacts have a value in a field, at the same price as CountMembers.
func (s *Service) CountValues(ctx context.Context, field apiclient.Field) (int, error) {
	found, err := s.count(ctx, apiclient.ExportFilter{}, columnOf(field))
	if err != nil || len(found.columns) == 0 { // an export without so much as a header is of nobody
		return 0, err
	}
	return found.columns[0].Filled, nil
}

// count reads an export through without keeping it.
func (s *Service) count(ctx context.Context, filter apiclient.ExportFilter, choose func(header []string) ([]int, error)) (found counted, err error) {
	link, err := s.exportLink(ctx, filter)
	if err != nil {
		return counted{}, err
	}
	err = downloading(ctx, func() error {
		body, err := s.api.Download(ctx, link)
		if err != nil {
			return err
		}
		defer body.Close()
		found, err = copyCSV(io.Discard, body, choose, func(int) {})
		return err
	})
	return found, err
}

// exportLink has Mailtrap make an export, and returns the link to its file.
func (s *Service) exportLink(ctx context.Context, filter apiclient.ExportFilter) (link string, err error) {
	started, err := s.createExport(ctx, filter)
	if err != nil {
		return "", err
	}
	return s.exported(ctx, started)
}

func noColumns([]string) ([]int, error) { return nil, nil }

// columnOf finds a field's column in the header of an export, which may be the field's name or its merge tag. Where a
// second column could be meant, as when another field or one of Mailtrap's own columns is called the same, neither is
// taken: a wrong count is worse than none.
func columnOf(field apiclient.Field) func(header []string) ([]int, error) {
	names := []string{intake.Plain(field.MergeTag), intake.Plain(field.Name)}
	return func(header []string) ([]int, error) {
		var found []int
		for i, column := range header {
			if name := intake.Plain(column); name != "" && slices.Contains(names, name) {
				found = append(found, i)
			}
		}
		if len(found) != 1 {
			return nil, fault.New(fault.Conflict, "In Mailtrap's export, "+text.Count(len(found), "column")+" could be the field's.", "",
				"Look with export_contacts which column is the field's and how full it is.")
		}
		return found, nil
	}
}

// ExportCSV waits for its turn, has Mailtrap make an export, and returns it as unpacked CSV, which is the caller's to close.
func (s *Service) ExportCSV(ctx context.Context, filter apiclient.ExportFilter, report func(string)) (io.ReadCloser, error) {
	if report == nil {
		report = func(string) {}
	}
	report("Mailtrap is exporting")
	link, err := s.exportLink(ctx, filter)
	if err != nil {
		return nil, err
	}
	report("downloading")
	return s.api.Download(ctx, link)
}
