package bulk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/store"
)

// Writing returns the account's jobs that have not ended, in the order in which they run.
func (s *Service) Writing(ctx context.Context) ([]Status, error) {
	return s.listed(ctx, `state = 'running' ORDER BY asked, started, id`)
}

// OfChanges returns the account's jobs that have made the changes from one to another, as far as they are still kept.
func (s *Service) OfChanges(ctx context.Context, from, to int64) ([]Status, error) {
	return s.listed(ctx, `change > 0 AND change BETWEEN $2 AND $3 AND state NOT IN ('staging', 'planned')`, from, to)
}

// Disturbs reports whether the job changes who is in the target of a sync, or may: a comparison with it now would miss what the job
// has still to do.
func (s Status) Disturbs(request SyncRequest) bool {
	spec, list := s.Spec, request.List
	whole := list == nil && request.UnsubscribeMissing // the target is every subscribed contact
	switch {
	case !s.Kind.ChangesContacts() || list == nil && !whole:
		return false
	case s.Kind == Delete || s.Kind == Undo: // an undo does what the change did, the other way round
		return true
	case whole:
		return s.Creates() || spec.Unsubscribed != nil
	}
	return slices.ContainsFunc(spec.Relies.Lists, func(one apiclient.List) bool { return one.ID == list.ID }) || spec.LeaveAll ||
		slices.ContainsFunc(spec.CreateLists, func(one NewList) bool { return one.ID == list.ID || one.ID == 0 && one.Name == list.Name }) ||
		s.Kind == Import && spec.Source == "rows" // which may name lists of their own
}

// WritingInto are the jobs that are running and write values into a field, which they name by its merge tag. An undo is not among
// them: it looks, for each contact, where its values belong by then.
func (s *Service) WritingInto(ctx context.Context, field apiclient.Field) ([]Status, error) {
	isIt := func(other apiclient.Field) bool { return other.ID == field.ID || other.MergeTag == field.MergeTag }
	open, err := s.Writing(ctx)
	return slices.DeleteFunc(open, func(job Status) bool {
		return !slices.ContainsFunc(job.Spec.Relies.Fields, isIt) && !slices.ContainsFunc(job.Spec.CreateFields, isIt)
	}), s.notSent(err)
}

// Ahead returns the ids of the jobs that still have one of some people to do, named by address and by id: what is written of
// them now, such a job may overwrite.
func (s *Service) Ahead(ctx context.Context, people ...string) ([]string, error) {
	account, db, err := s.reading(ctx)
	if err != nil {
		return nil, err
	}
	given := make([]string, 0, len(people))
	for _, one := range people {
		if one != "" {
			given = append(given, strings.ToLower(one))
		}
	}
	waiting, err := s.waitingFor(ctx, db, account, given)
	if err != nil {
		return nil, s.store.Fault(err)
	}
	var ahead []string
	for _, job := range waiting {
		if len(ahead) > 0 && ahead[len(ahead)-1] == job.id {
			continue
		}
		has := job.item
		if !has {
			if has, err = s.holds(ctx, db, account, job, given); err != nil {
				return nil, s.store.Fault(err)
			}
		}
		if has {
			ahead = append(ahead, job.id)
		}
	}
	return ahead, nil
}

// openPart is a job that writes and has not ended, with one of its chunks that have not been worked off, if there is one.
type openPart struct {
	id   string
	item bool // one of the people is written one by one
	n    sql.NullInt64
}

func (s *Service) waitingFor(ctx context.Context, db *sql.DB, account string, people []string) ([]openPart, error) {
	return store.Collect(ctx, db, func(rows *sql.Rows) (one openPart, err error) {
		err = rows.Scan(&one.id, &one.item, &one.n)
		return one, err
	}, `SELECT job.id, EXISTS (SELECT 1 FROM job_item
			WHERE job_item.job = job.id AND job_item.contact IN (SELECT value FROM json_each(?2))
				AND job_item.state IN ('open', 'sending')), job_chunk.n
		FROM job LEFT JOIN job_chunk ON job_chunk.job = job.id AND job_chunk.state <> 'done'
		WHERE account = ?1 AND job.state = 'running' ORDER BY asked, started, id, n`, account, store.JSON(people))
}

// holds reports whether one of some people stands in a chunk: by their hashes, and where those say so, by what it holds.
func (s *Service) holds(ctx context.Context, db *sql.DB, account string, part openPart, people []string) (bool, error) {
	if !part.n.Valid {
		return false, nil
	}
	var hashes []byte
	err := db.QueryRowContext(ctx, `SELECT hashes FROM job_chunk_people WHERE job = `+jobOf+` AND n = ?`, account, part.id,
		part.n).Scan(&hashes)
	unknown := errors.Is(err, sql.ErrNoRows) // of an older program
	if err != nil && !unknown {
		return false, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return false, err
	}
	for _, one := range people {
		if !unknown && !isAmong(hashes, hashOf(append(slices.Clip(key), one...))) {
			continue
		}
		content, err := chunk{n: int(part.n.Int64)}.read(ctx, db, &job{Status: Status{ID: part.id}, account: account})
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		has := false
		err = content.Each(func(staged intake.Row) error {
			has = has || staged.Name() == one
			return nil
		})
		if has || err != nil {
			return has, err
		}
	}
	return false, nil
}

// hashOf stands for an address, which is behind the key, where many of them are looked through.
func hashOf(keyed []byte) uint32 {
	sum := sha256.Sum256(keyed)
	return binary.BigEndian.Uint32(sum[:])
}

// hashesOf are those of a chunk's addresses in their order, four bytes each.
func hashesOf(key []byte, chunk intake.Chunk) ([]byte, error) {
	keyed, all := slices.Clone(key), make([]uint32, 0, chunk.Count)
	err := chunk.Rows.Each(func(one intake.Row) error {
		keyed = one.AppendName(keyed[:len(key)])
		all = append(all, hashOf(keyed))
		return nil
	})
	slices.Sort(all)
	sorted := make([]byte, 0, 4*len(all))
	for _, one := range all {
		sorted = binary.BigEndian.AppendUint32(sorted, one)
	}
	return sorted, err
}

func isAmong(hashes []byte, hash uint32) bool {
	at := func(i int) uint32 { return binary.BigEndian.Uint32(hashes[4*i:]) }
	n := len(hashes) / 4
	i := sort.Search(n, func(i int) bool { return at(i) >= hash })
	return i < n && at(i) == hash
}
