package audience

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/where"
)

// Counts are the answer to a count by a column.
type Counts struct {
	By     string
	Groups []Group // the largest first
	Others int     // contacts in groups that are not shown
	Total  int     // contacts that fit; one may be in several lists
	Hints  []string
}

// Group is how many contacts have a value.
type Group struct {
	Value any // nil: none
	Count int
}

// CountBy counts the contacts that fit by a column: a field, status, email_domain, list.
func (sn *Snapshot) CountBy(ctx context.Context, condition, look, by string, limit int) (Counts, error) {
	who, asked, err := sn.where(ctx, condition, look)
	if err != nil {
		return Counts{}, err
	}
	c, err := sn.about.CellNamed(by, "count_by")
	if err == nil {
		err = sn.needs(ctx, who, c)
	}
	if err != nil {
		return Counts{}, err
	}
	counts, err := sn.countBy(ctx, who, c, limit)
	if err != nil {
		return Counts{}, err
	}
	if len(counts.Groups) == 0 && counts.Total > 0 {
		return Counts{}, fault.New(fault.InvalidInput,
			"count_by: "+text.Quote(by)+" has too many different values, none of which many contacts share.", "",
			"Count by a column with fewer, such as email_domain, or narrow it with where.")
	}
	counts.Hints, err = sn.hints(ctx, asked, counts.Total)
	if c.IsSet && sn.about.Unlisted > 0 && !slices.Contains(counts.Hints, sn.about.NotKnownLists()) {
		counts.Hints = append(counts.Hints, sn.about.NotKnownLists())
	}
	return counts, err
}

// maxValues bounds the different values that are counted at a time.
const maxValues = 50_000

// tally counts values. Where they are too many, it forgets the rare ones: what it holds of a value is then up to missed
// less than there is, and a value that it does not hold occurs missed times at most (Misra and Gries).
type tally struct {
	found  map[any]int
	missed int
	only   map[any]bool // the values to count, in a second pass; nil: all
}

func (t *tally) add(key any) {
	if t.only != nil && !t.only[key] {
		return
	}
	t.found[key]++
	if len(t.found) < 2*maxValues {
		return
	}
	sizes := slices.Sorted(maps.Values(t.found))
	less := sizes[len(sizes)-maxValues]
	t.missed += less
	maps.DeleteFunc(t.found, func(_ any, n int) bool { return n <= less })
	for key := range t.found {
		t.found[key] -= less
	}
}

// countBy counts the contacts that fit; the values it shows are counted exactly. Of values that are too many to hold, it
// shows those that are certain to be the most frequent.
func (sn *Snapshot) countBy(outer context.Context, who *question, c where.Cell, limit int) (Counts, error) {
	ctx, cancel := timed(outer)
	defer cancel()
	counts, t := Counts{By: c.Name}, &tally{found: map[any]int{}}
	err := sn.tally(ctx, who, c, t, &counts.Total)
	if err == nil && t.missed > 0 {
		again := &tally{found: map[any]int{}, only: map[any]bool{}}
		for key := range t.found {
			again.only[key] = true
		}
		missed := t.missed
		t, counts.Total = again, 0
		err = sn.tally(ctx, who, c, t, &counts.Total)
		maps.DeleteFunc(t.found, func(_ any, n int) bool { return n <= missed })
	}
	if err != nil {
		return Counts{}, sn.failed(ctx, outer, err)
	}
	found, named := t.found, func(key any) any { return sn.about.Value(c, key) }
	if c.IsSet {
		found, named = byList(t.found), sn.listOf
		for _, list := range sn.about.Lists { // those with nobody too
			if counts.Total > 0 && !slices.Contains(sn.about.Doubtful, list.ID) {
				found[list.ID] += 0
			}
		}
	}
	left := counts.Total
	if c.IsSet { // somebody may be on several
		left = 0
		for _, n := range found {
			left += n
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(found), func(a, b any) int { return cmp.Or(found[b]-found[a], where.Compare(a, b)) }) {
		if len(counts.Groups) == limit {
			break
		}
		counts.Groups = append(counts.Groups, Group{named(key), found[key]})
		left -= found[key]
	}
	counts.Others = left
	return counts, nil
}

// tally counts one pass.
func (sn *Snapshot) tally(ctx context.Context, who *question, c where.Cell, t *tally, total *int) error {
	return sn.everywhere(ctx, who, c.SQL, func(row []any) error {
		*total++
		if s, is := row[0].(string); is {
			row[0] = norm.NFC.String(s)
		}
		t.add(row[0])
		return nil
	})
}

// byList makes counts of lists of those of sets; nil is no list.
func byList(sets map[any]int) map[any]int {
	found := map[any]int{}
	for key, n := range sets {
		set, _ := key.(string)
		for _, id := range where.Set(set).IDs() {
			found[id] += n
		}
		if set == "" {
			found[nil] += n
		}
	}
	return found
}

func (sn *Snapshot) listOf(key any) any {
	if id, is := key.(int64); is {
		return sn.about.ListName(id)
	}
	return nil
}
