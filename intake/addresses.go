package intake

import (
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/text"
)

// ReadAddresses reads whom a file names, for a selection. Only the column of addresses counts, or one of UUIDs that is
// called uuid, contact_id, contact or id where there is none of addresses or its cell is empty; mapping names either of
// them with "email" and "id". A file without a header that has one column is known by its first row. Rejected are rows
// that name nobody.
func ReadAddresses(ctx context.Context, file contactfile.File, how Reading, stage Stage) (*Summary, error) {
	return readAddresses(ctx, file, how, stage, ordinaryBounds())
}

func readAddresses(ctx context.Context, file contactfile.File, how Reading, stage Stage, limits bounds) (*Summary, error) {
	p := &pass{file: file, how: how, stage: stage, bounds: limits, sum: &Summary{}}
	defer p.close()
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	if len(how.Columns) == 0 && !p.rows.named && len(p.rows.columns) == 1 && isContact(p.rows.columns[0]) {
		p.how.Columns = []string{"contact"}
		if err := p.open(ctx); err != nil {
			return nil, err
		}
	}
	mapping := how.Mapping
	if !slices.ContainsFunc(p.rows.columns, isIDHeader) {
		var err error
		if mapping, err = p.addressed(false); err != nil {
			return nil, err
		}
	}
	chosen, err := planSelection(p.rows.columns, mapping)
	if err != nil {
		return nil, err
	}
	chosen.describe(p.sum)
	p.put = newAside(p.rows, limits, "")
	err = p.read(ctx, func() func(*batch) {
		return func(b *batch) {
			b.each(func(row, line int, cells []string) { chosen.take(b, p.put.places, row, line, cells) })
		}
	}, func(*batch) {})
	if err != nil {
		return nil, err
	}
	if err := p.handOn(ctx, nil); err != nil {
		return nil, err
	}
	return p.sum, nil
}

// describe says what the columns are.
func (s selection) describe(sum *Summary) {
	sum.Tags = make([]string, len(sum.Columns))
	for i, name := range sum.Columns {
		switch i {
		case s.email:
			sum.Tags[i] = asAddress
		case s.id:
			sum.Tags[i] = asID
		default:
			continue
		}
		sum.Uses = append(sum.Uses, Use{Column: name, To: sum.Tags[i]})
	}
}

func isContact(written string) bool {
	_, err := apiclient.ParseContact(written)
	return err == nil
}

// selection is where a file names contacts; a column that it does not have is -1.
type selection struct{ email, id int }

// idColumns are headers of contacts' UUIDs, in plain form, the surest first.
var idColumns = []string{"uuid", "contactid", "contact", "id"}

// planSelection finds the columns that name contacts: as mapping says, and else by their headers.
func planSelection(names []string, mapping map[string]string) (selection, error) {
	chosen := selection{-1, -1}
	given := map[int]bool{}
	err := eachMapping(names, mapping, `"email", "id" (contacts' UUIDs) or "ignore"`, func(i int, wanted string) (problem string) {
		column := -1
		to := &column // of what is left out
		switch strings.ToLower(wanted) {
		case asAddress:
			to = &chosen.email
		case asID, "uuid":
			to = &chosen.id
		case asNothing:
		default:
			return shown(wanted) + ` is neither "email" nor "id" nor "ignore", and nothing else of the file counts here`
		}
		if *to >= 0 {
			return "two columns cannot both name the contacts; " + shown(names[*to]) + " does already"
		}
		*to, given[i] = i, true
		return ""
	})
	if err != nil {
		return chosen, err
	}
	if err := chosen.match(names, given); err != nil {
		return chosen, err
	}
	if chosen.email < 0 && chosen.id < 0 {
		return chosen, noAddresses(names)
	}
	return chosen, nil
}

// match finds by their headers what mapping does not name.
func (s *selection) match(names []string, given map[int]bool) error {
	mapped := s.email >= 0
	for i, name := range names {
		if given[i] || isOwnColumn(name) || mapped || !isAddressHeader(name) {
			continue
		}
		if s.email >= 0 {
			return twice("an e-mail address", asAddress, names[s.email], name)
		}
		s.email = i
	}
	for _, header := range idColumns {
		if s.id >= 0 {
			break
		}
		for i, name := range names {
			if s.id < 0 && !given[i] && text.Letters(name) == header {
				s.id = i
			}
		}
	}
	return nil
}

func isIDHeader(name string) bool { return slices.Contains(idColumns, text.Letters(name)) }

func isAddressHeader(name string) bool { return meanings()[text.Letters(name)] == asAddress }

// take makes a record of a row.
func (s selection) take(b *batch, at places, row, line int, cells []string) {
	named, reason := s.name(cells)
	if problem := b.broken[row]; problem != "" {
		reason = problem
	}
	if reason != "" {
		b.records = appendRejected(b.records, refused, false, row, line, "", reason, cells)
		b.add(direct, refused)
		return
	}
	start := len(b.records)
	b.records = appendWritten(beginRecord(b.records, good, false, row, line, named.key), named)
	endRecord(b.records, start)
	b.add(at.of(named.key), good)
}

// name is the address or the UUID that a row names, or why it names nobody.
func (s selection) name(cells []string) (named address, reason string) {
	if s.email >= 0 {
		written := cell(cells, s.email)
		if written != "" || s.id < 0 || cell(cells, s.id) == "" {
			read, err := readAddress(written)
			if err != nil {
				return address{}, "email " + err.Error()
			}
			return read, ""
		}
	}
	written := cell(cells, s.id)
	if written == "" {
		return address{}, "the cell that names the contact is empty"
	}
	if read, err := readAddress(written); err == nil {
		return read, ""
	}
	contact, err := apiclient.ParseContact(written)
	if err != nil {
		return address{}, text.Quote(written) + " is neither an e-mail address nor a contact's UUID"
	}
	return address{contact.String(), contact.String()}, ""
}
