package intake

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// ReadAddresses reads whom a file names, for a selection. Only the column of addresses counts, or one of UUIDs that is
// called uuid, contact_id, contact or id where there is none of addresses or its cell is empty; mapping names either of
// them with "email" and "id". A file without a header that has one column is known by its first row. Rejected are rows
// that name nobody, and where the selection is to be Willing, those of people whom an import would keep out.
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
	p.plan = columnPlan{email: chosen.email, id: chosen.id, lists: -1, selects: true, loose: !how.Willing}
	if how.Willing {
		if err := p.judgeSelection(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.putAside(ctx, nil); err != nil {
		return nil, err
	}
	if how.Willing {
		p.sum.Mail = told(p.put.workers, p.plan.mail)
		if err := p.takeGone(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.handOn(ctx, nil); err != nil {
		return nil, err
	}
	return p.sum, nil
}

// judgeSelection finds out which columns of a selection say who may be mailed. What an import would ask is noted: a selection
// has no mapping to answer it.
func (p *pass) judgeSelection(ctx context.Context) (err error) {
	for _, name := range p.rows.columns {
		p.plan.columns = append(p.plan.columns, column{name: name, holds: optout.ValuesOf(name)})
	}
	asked := surveyOf(&p.plan)
	if err := asked.readAll(ctx, p.rows, &p.plan, p.bounds, p.progress); err != nil {
		return err
	}
	p.plan.judge(asked.mail)
	doubt := cmp.Or(refuseUnwilling(p.rows.rows.Format()), p.plan.setGoneApart(), p.plan.unclear(asked.mail))
	if doubt != nil {
		p.sum.Doubted = fault.From(doubt)
	}
	p.rows, err = p.rows.again(ctx, p.file, p.how, p.account.Scratch)
	return err
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

// name is whom a row names: the address that was taken from a cell of a column, or in a selection the UUID; or why it names nobody.
func (p *columnPlan) name(column int, written string) (named address, reason string) {
	read, err := readAddress(written)
	switch {
	case err == nil:
		return read, ""
	case column != p.id:
		return address{}, "email " + err.Error()
	case written == "":
		return address{}, "the cell that names the contact is empty"
	}
	contact, err := apiclient.ParseContact(written)
	if err != nil {
		return address{}, text.Quote(written) + " is neither an e-mail address nor a contact's UUID"
	}
	return address{contact.String(), contact.String()}, ""
}
