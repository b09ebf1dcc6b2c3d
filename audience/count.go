package audience

import (
	"context"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
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
func (sn *Snapshot) CountBy(ctx context.Context, where, look, by string, limit int) (Counts, error) {
	condition, asked, err := sn.condition(where, look)
	if err != nil {
		return Counts{}, err
	}
	c, err := sn.cellNamed(by, "count_by")
	if err != nil {
		return Counts{}, err
	}
	counts, err := sn.countBy(ctx, condition, c, limit)
	if err != nil {
		return Counts{}, err
	}
	if len(counts.Groups) == 0 && counts.Total > 0 {
		return Counts{}, fault.New(fault.InvalidInput, "count_by: "+text.Quote(by)+" has too many different values, none of which many contacts share.", "",
			"Count by a column with fewer, such as email_domain, or narrow it with where.")
	}
	counts.Hints, err = sn.hints(ctx, asked, counts.Total)
	if c.column == colLists && sn.about.Unlisted > 0 && !slices.Contains(counts.Hints, sn.unlisted()) {
		counts.Hints = append(counts.Hints, sn.unlisted())
	}
	return counts, err
}

// maxValues bounds the different values that are counted at a time.
const maxValues = 50_000

// tally counts values. Where they are too many, it forgets the rare ones: what it holds of a value is then up to missed
// less than there is, and a value that it does not hold occurs missed times at most (Misra and Gries).
type tally struct {
	found  map[value]int
	missed int
	only   map[value]bool // the values to count, in a second pass; nil: all
}

func (t *tally) add(key value, n int) {
	if t.only != nil && !t.only[key] {
		return
	}
	if _, known := t.found[key]; !known && key.text != "" {
		key.text = strings.Clone(key.text) // the chunk's texts share one string
	}
	t.found[key] += n
	if len(t.found) < 2*maxValues {
		return
	}
	sizes := slices.Sorted(maps.Values(t.found))
	less := sizes[len(sizes)-maxValues]
	t.missed += less
	maps.DeleteFunc(t.found, func(_ value, n int) bool { return n <= less })
	for key := range t.found {
		t.found[key] -= less
	}
}

// countBy counts the contacts that fit; the values it shows are counted exactly. Of values that are too many to hold, it
// shows those that are certain to be the most frequent.
func (sn *Snapshot) countBy(ctx context.Context, condition *node, c cell, limit int) (Counts, error) {
	counts, t := Counts{By: c.name}, &tally{found: map[value]int{}}
	err := sn.tally(ctx, condition, c, t, &counts.Total)
	if err == nil && t.missed > 0 {
		again := &tally{found: map[value]int{}, only: map[value]bool{}}
		for key := range t.found {
			again.only[key] = true
		}
		missed := t.missed
		t, counts.Total = again, 0
		err = sn.tally(ctx, condition, c, t, &counts.Total)
		maps.DeleteFunc(t.found, func(_ value, n int) bool { return n <= missed })
	}
	if err != nil {
		return Counts{}, err
	}
	keys := slices.Collect(maps.Keys(t.found))
	slices.SortFunc(keys, func(a, b value) int {
		if t.found[a] != t.found[b] {
			return t.found[b] - t.found[a]
		}
		return rank(a, b)
	})
	isList := c.column == colLists && c.name != listCount
	shown := 0
	for i, key := range keys {
		if i < limit {
			counts.Groups = append(counts.Groups, Group{sn.groupValue(c, key), t.found[key]})
			shown += t.found[key]
		} else if isList {
			counts.Others += t.found[key]
		}
	}
	if !isList {
		counts.Others = counts.Total - shown
	}
	return counts, nil
}

// tally counts one pass.
func (sn *Snapshot) tally(ctx context.Context, condition *node, c cell, t *tally, total *int) error {
	return sn.scan(ctx, condition, []int{c.column}, false, true, func(v *view) error {
		own := map[value]int{}
		for i, kept := range v.keep {
			if kept == 1 {
				*total++
				own[c.sort(v, i)]++
			}
		}
		for key, n := range own {
			if c.column == colLists && c.name != listCount {
				ids := idsOf(key.text)
				for _, id := range ids {
					t.add(ofInt(id), n)
				}
				if key.text == "" {
					t.add(value{}, n)
				}
				continue
			}
			key.text = composed(key.text)
			t.add(key, n)
		}
		return nil
	})
}

func (sn *Snapshot) groupValue(c cell, key value) any {
	switch {
	case key.kind == null:
		return nil
	case c.column == colLists && c.name != listCount:
		return sn.schema.listName(key.int())
	case c.name == listCount || c.name == emailDomain:
		return key.plain("")
	}
	return key.plain(sn.schema.columns[c.column].DataType)
}
