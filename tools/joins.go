package tools

import (
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
)

// joins says of a plan how many new members each list will get, or that it is not known.
func (box *Toolbox) joins(ctx context.Context, planned bulk.Status, match *MatchView, s *seen) (string, error) {
	switch found := planned.Spec.Compared; {
	case !planned.Joins():
		return "", nil
	case found != nil:
		return box.sayJoins(ctx, planned, found.Lists)
	case match != nil && match.looked != nil:
		return box.joinsOf(ctx, planned, func(visit func(email, id string, lists []int64)) error {
			for _, one := range match.looked {
				if one.Known {
					visit(one.Found.Email, one.Found.ID, one.Found.ListIDs)
				}
			}
			return nil
		})
	case s == nil: // an import, of which it is said
		return "", nil
	}
	if why := s.withLists(); why != "" {
		return unknownJoins + why, nil
	}
	said, err := box.joinsOf(ctx, planned, s.visitor(ctx, box, planned))
	if err != nil && ctx.Err() == nil {
		return unknownJoins + "reading the last snapshot of the contacts failed: " + explain(err).What, nil
	}
	return said, err
}

const unknownJoins = "How many of them are on the lists already is not known: "

// foundOneByOne is how many contacts are looked for in a snapshot one by one, rather than going through all that it has.
const foundOneByOne = 1000

// visitor visits those of a plan whom the snapshot has, and maybe others.
func (s *seen) visitor(ctx context.Context, box *Toolbox, planned bulk.Status) func(visit func(email, id string, lists []int64)) error {
	return func(visit func(email, id string, lists []int64)) error {
		if planned.Total > foundOneByOne {
			return s.Each(ctx, "", func(contact audience.Contact) error { visit(contact.Email, contact.ID, contact.ListIDs); return nil })
		}
		return box.Bulk.EachJoining(ctx, planned, func(contact string, _ []int64) error {
			there, found, err := s.Find(ctx, contact)
			if found {
				visit(there.Email, there.ID, there.ListIDs)
			}
			return err
		})
	}
}

// joinsOf counts the joins of a plan, given a way to visit contacts who are there.
func (box *Toolbox) joinsOf(ctx context.Context, planned bulk.Status, there func(visit func(email, id string,
	lists []int64)) error) (string, error) {
	seed := maphash.MakeSeed()
	of := func(contact string) uint64 { return maphash.String(seed, strings.ToLower(contact)) }
	var sets [][]int64          // that contacts join
	numbers := map[string]int{} // of sets, by what is in them
	named := map[uint64]int{}   // the number of the set of each, by hash: a file may name a million
	joins := map[int64]int{}
	err := box.Bulk.EachJoining(ctx, planned, func(contact string, lists []int64) error {
		number := len(sets) - 1
		if number < 0 || !slices.Equal(sets[number], lists) {
			var known bool
			if number, known = numbers[fmt.Sprint(lists)]; !known {
				number = len(sets)
				sets, numbers[fmt.Sprint(lists)] = append(sets, lists), number
			}
		}
		named[of(contact)] = number
		for _, id := range lists {
			joins[id] += 0
			if planned.Creates() {
				joins[id]++
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	err = there(func(email, id string, on []int64) {
		number, is := named[of(email)]
		if !is {
			number, is = named[of(id)]
		}
		if !is {
			return
		}
		delete(named, of(email)) // who is named twice joins once
		delete(named, of(id))
		for _, list := range sets[number] {
			switch isOn := slices.Contains(on, list); {
			case isOn && planned.Creates():
				joins[list]--
			case !isOn && !planned.Creates():
				joins[list]++
			}
		}
	})
	if err != nil {
		return "", err
	}
	return box.sayJoins(ctx, planned, joins)
}

// sayJoins names lists with the number of contacts who will join them.
func (box *Toolbox) sayJoins(ctx context.Context, planned bulk.Status, joins map[int64]int) (string, error) {
	there, err := box.Catalog.Lists(ctx)
	if err != nil {
		return "", err
	}
	all := joins
	for _, list := range planned.Spec.Relies.Lists { // which all are to join, though nobody may
		if _, is := joins[list.ID]; !is && (planned.Spec.SyncTo != nil || slices.Contains(planned.Spec.Join, list)) {
			all = maps.Clone(all)
			all[list.ID] = 0
		}
	}
	name := func(id int64) string {
		if id < 0 {
			return text.Quote(planned.Spec.CreateLists[-id-1].Name)
		}
		if i := slices.IndexFunc(there, func(list apiclient.List) bool { return list.ID == id }); i >= 0 {
			return text.Quote(there[i].Name)
		}
		return fmt.Sprintf("list %d", id)
	}
	said := make([]string, 0, len(all))
	for _, id := range slices.Sorted(maps.Keys(all)) {
		said = append(said, name(id)+" "+text.Number(all[id]))
	}
	return "New members by list: " + text.Listing(said, 10) + ".", nil
}
