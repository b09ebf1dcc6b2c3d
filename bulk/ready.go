package bulk

import (
	"cmp"
	"context"
	"slices"

	"mailtrap-contacts-mcp/apiclient"
)

// makeReady remembers who said no in what is imported, before anything is sent, and creates the lists and fields that a job needs.
// Those that are there by now, because somebody else has made them or because this job was interrupted, are taken.
func (s *Service) makeReady(ctx context.Context, j *job) error {
	if err := s.optOuts(ctx, j); err != nil {
		return recorded(err)
	}
	if err := s.makeLists(ctx, j); err != nil {
		return err
	}
	missing, err := s.missingFields(ctx, j, j.Spec.CreateFields)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		if _, err := j.by.catalog.CreateFields(ctx, missing); err != nil {
			return err
		}
	}
	j.Tally.Prepared = true
	return nil
}

// makeLists creates the lists, as far as they are not there: all of them, or as many as can be. A process may have been
// killed before it noted that it had created one, so those of exactly that name are taken.
func (s *Service) makeLists(ctx context.Context, j *job) error {
	missing, err := s.takeLists(ctx, j)
	if err != nil || len(missing) == 0 {
		return err
	}
	_, failed := j.by.catalog.CreateLists(ctx, missing) // what was created is noted all the same
	if _, err := s.takeLists(ctx, j); err != nil {
		return cmp.Or(failed, err)
	}
	return cmp.Or(failed, recorded(s.progress(ctx, j)))
}

// takeLists notes the ids of those of a job's lists that are there, and returns the names of the others.
func (s *Service) takeLists(ctx context.Context, j *job) (missing []string, err error) {
	if len(j.Spec.CreateLists) == 0 {
		return nil, nil
	}
	j.by.catalog.Renew()
	there, err := j.by.catalog.Lists(ctx)
	if err != nil {
		return nil, err
	}
	for i := range j.Spec.CreateLists {
		list := &j.Spec.CreateLists[i]
		if at := slices.IndexFunc(there, func(known apiclient.List) bool { return known.Name == list.Name }); at >= 0 {
			list.ID = there[at].ID
		}
		if list.ID == 0 {
			missing = append(missing, list.Name)
		}
	}
	return missing, nil
}

func (s *Service) missingFields(ctx context.Context, j *job, wanted []apiclient.Field) ([]apiclient.Field, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	j.by.catalog.Renew()
	there, err := j.by.catalog.Fields(ctx)
	if err != nil {
		return nil, err
	}
	var missing []apiclient.Field
	for _, field := range wanted {
		same := func(known apiclient.Field) bool {
			return known.MergeTag == field.MergeTag && known.DataType == field.DataType
		}
		if !slices.ContainsFunc(there, same) {
			missing = append(missing, field)
		}
	}
	return missing, nil
}

// joined are the lists that all contacts of a job join, those it has created among them.
func (spec Spec) joined() []int64 {
	var ids []int64
	for _, list := range spec.Join {
		ids = append(ids, list.ID)
	}
	for _, list := range spec.CreateLists {
		if list.All {
			ids = append(ids, list.ID)
		}
	}
	return ids
}

// joinedByAll are the lists that all contacts of a job join, those that are still to be created by their StandIn.
func (spec Spec) joinedByAll() []int64 {
	var ids []int64
	for _, list := range spec.Join {
		ids = append(ids, list.ID)
	}
	for i, list := range spec.CreateLists {
		if list.All {
			ids = append(ids, StandIn(i))
		}
	}
	return ids
}

func (spec Spec) left() []int64 {
	var ids []int64
	for _, list := range spec.Leave {
		ids = append(ids, list.ID)
	}
	return ids
}

// realLists puts the ids of lists that the job has created in the place of those that stood in for them.
func (spec Spec) realLists(ids []int64) []int64 {
	real := make([]int64, len(ids))
	for i, id := range ids {
		real[i] = id
		if at := int(-id - 1); id < 0 && at < len(spec.CreateLists) {
			real[i] = spec.CreateLists[at].ID
		}
	}
	return real
}
