package audience

import (
	"context"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// probed is how many contacts are looked up to see whether an export that names nobody can be right.
const probed = 5

// Doubt says why an export of the account that came with a header only at some time is not to be believed, and is empty where it
// is plausible: a write of this server has put somebody there so shortly before that the export may lack it, or contacts whom a
// write of this server puts there are there still, by a look at some of them.
func (s *Service) Doubt(ctx context.Context, came time.Time) (why string, err error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return "", err
	}
	lacked, err := s.lackedBy(ctx, account, came)
	if err != nil {
		return "", err
	}
	just, err := s.written(ctx, account, lacked.Patched)
	if err != nil {
		return "", err
	}
	just = slices.DeleteFunc(just, func(p patched) bool { return p.contact == nil || !p.contact.UpdatedAt.Before(came) })
	if len(just) > 0 {
		return "This server has written " + text.Count(len(just), "contact") + " who should be in it, " +
			"so shortly before that the export may lack what was written.", nil
	}
	return s.contradicted(ctx, apiclient.ExportFilter{}, came)
}

// contradicted looks at contacts who should be in an export. What was written after settled may be missing from it.
func (s *Service) contradicted(ctx context.Context, filter apiclient.ExportFilter, settled time.Time) (why string, err error) {
	some, all, err := s.expected(ctx, filter)
	if err != nil {
		return "", err
	}
	for _, email := range some {
		ref, err := apiclient.ParseContact(email)
		if err != nil {
			continue
		}
		contact, err := s.options.API.GetContact(ctx, ref)
		switch {
		case apiclient.IsKind(err, apiclient.NotFound):
		case err != nil:
			return "", err
		case fits(contact, filter) && contact.UpdatedAt.Before(settled):
			return "This server knows of " + text.Count(all, "contact") + " who should be in it, " +
				"and at Mailtrap at least one of them still fits.", nil
		}
	}
	return "", nil
}

// expected are addresses that should be in an export, by the last snapshot with what was written since, or by what was
// written alone where there is none; some of them, from all over, and how many there are.
func (s *Service) expected(ctx context.Context, filter apiclient.ExportFilter) (some []string, all int, err error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return nil, 0, err
	}
	last, found, err := s.latest(ctx, account)
	if err != nil {
		return nil, 0, err
	}
	var emails []string
	if found {
		defer last.Release()
		page, err := last.Search(ctx, Query{Where: conditionOf(filter), Columns: []string{"email"}, Limit: maxLimit})
		if err != nil && !fault.Is(err, fault.InvalidInput) { // it may not tell who is on that list
			return nil, 0, err
		}
		for _, row := range page.Rows {
			email, _ := row[0].(string)
			emails = append(emails, email)
		}
		all = page.Total
	} else {
		written, err := s.written(ctx, account, 0)
		if err != nil {
			return nil, 0, err
		}
		for _, p := range written {
			if p.contact != nil && fits(p.contact.Contact, filter) {
				emails = append(emails, p.email)
			}
		}
		all = len(emails)
	}
	for i := 0; i < len(emails); i += max(1, len(emails)/probed) {
		some = append(some, emails[i])
	}
	return some, all, nil
}

func conditionOf(filter apiclient.ExportFilter) string {
	var all []string
	if len(filter.ListIDs) > 0 {
		any := make([]string, len(filter.ListIDs))
		for i, id := range filter.ListIDs {
			any[i] = "in_list('id:" + idText(id) + "')"
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	if filter.Status != "" {
		all = append(all, "status = '"+filter.Status+"'")
	}
	return strings.Join(all, " AND ")
}

func fits(contact apiclient.Contact, filter apiclient.ExportFilter) bool {
	on := len(filter.ListIDs) == 0
	for _, id := range contact.ListIDs {
		for _, wanted := range filter.ListIDs {
			on = on || id == wanted
		}
	}
	return on && (filter.Status == "" || contact.Status == filter.Status)
}

// believe refuses an export that names nobody where somebody is to be expected.
func (s *Service) believe(ctx context.Context, filter apiclient.ExportFilter, began time.Time) error {
	why, err := s.contradicted(ctx, filter, began.Add(-applying))
	if err == nil && why == "" && len(filter.ListIDs) == 0 && filter.Status == "" {
		why, err = s.imports(ctx, began)
	}
	if err != nil || why == "" {
		return err
	}
	return exports.Empty(why)
}

// imports says that an import of this server ended so shortly before an export, or has not ended, that the export may lack it.
func (s *Service) imports(ctx context.Context, began time.Time) (why string, err error) {
	account, err := s.options.API.AccountKey(ctx)
	if err != nil {
		return "", err
	}
	db, err := s.options.Store.Reading(ctx)
	if err != nil {
		return "", err
	}
	var n int
	err = db.QueryRowContext(ctx, `SELECT coalesce(sum(unknown), 0) FROM snapshot_patch WHERE account = $1 AND at >= $2`,
		account, began.Add(-applying).UnixMilli()).Scan(&n)
	if n > 0 {
		why = "This server is importing " + text.Count(n, "contact") + ", or has just done so."
	}
	return why, s.options.Store.Fault(err)
}
