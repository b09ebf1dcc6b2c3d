package bulk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
)

// Writing returns the account's jobs that write and have not ended, in the order in which they run.
func (s *Service) Writing(ctx context.Context) ([]Status, error) {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	db, err := s.store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	found, err := find(ctx, db, account, `state = 'running' AND kind <> 'export' ORDER BY asked, started, id`)
	if err != nil {
		return nil, s.store.Fault(err)
	}
	open := make([]Status, len(found))
	for i, j := range found {
		open[i] = j.Status
	}
	return open, nil
}

// Moves reports whether the job puts people on a list or takes them off it, or may.
func (s Status) Moves(list apiclient.List) bool {
	spec := s.Spec
	is := func(one apiclient.List) bool { return one.ID == list.ID }
	return slices.ContainsFunc(spec.Join, is) || slices.ContainsFunc(spec.Leave, is) || spec.LeaveAll || spec.SyncTo != nil && is(*spec.SyncTo) ||
		slices.ContainsFunc(spec.CreateLists, func(one NewList) bool { return one.ID == list.ID || one.ID == 0 && one.Name == list.Name }) ||
		s.Kind == Import && spec.Source == "rows" // which may name lists of their own
}

// Ahead returns the ids of the jobs that still have one of some people to do, named by address and by id: what is written of
// them now, such a job may overwrite.
func (s *Service) Ahead(ctx context.Context, people ...string) ([]string, error) {
	account, err := s.api.AccountKey(ctx)
	if err != nil {
		return nil, err
	}
	db, err := s.store.Reading(ctx)
	if err != nil {
		return nil, err
	}
	given := make([]string, 0, len(people))
	for _, one := range people {
		if one != "" {
			given = append(given, strings.ToLower(one))
		}
	}
	contacts, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	var ahead []string
	rows, err := db.QueryContext(ctx, `SELECT id FROM job WHERE account = ?1 AND state = 'running' AND kind <> 'export' AND (
		EXISTS (SELECT 1 FROM job_item WHERE job_item.job = job.id AND job_item.contact IN (SELECT value FROM json_each(?2)) AND job_item.state IN ('open', 'sending'))
		OR EXISTS (SELECT 1 FROM job_chunk, json_each(?2) AS person WHERE job_chunk.job = job.id AND job_chunk.state <> 'done'
			AND instr(job_chunk.content, CAST('{"email":' || json_quote(person.value) AS BLOB)) > 0)) ORDER BY asked, started, id`, account, string(contacts))
	if err != nil {
		return nil, s.store.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, s.store.Fault(err)
		}
		ahead = append(ahead, id)
	}
	return ahead, s.store.Fault(rows.Err())
}
