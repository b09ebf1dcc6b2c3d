package audience

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// condition compiles a where and a text to look for; nil is all contacts.
func (sn *Snapshot) condition(where, look string) (*node, error) {
	n, _, err := sn.compiled(where)
	if err != nil || strings.TrimSpace(look) == "" {
		return n, err
	}
	found := sn.containing(strings.TrimSpace(look))
	if n == nil {
		return found, nil
	}
	both := gather([]*node{n, found})
	both.logic, both.kids = opAnd, []*node{n, found}
	return both, nil
}

func (sn *Snapshot) compiled(where string) (*node, uses, error) {
	if strings.TrimSpace(where) == "" {
		return nil, uses{}, nil
	}
	return compile(where, &sn.schema, sn.clock())
}

// containing finds a text in the address and in all columns of text, in whatever case.
func (sn *Snapshot) containing(look string) *node {
	look = lowered(look)
	any := &node{logic: opOr}
	for col, c := range sn.schema.columns {
		if c.Absent || col != colEmail && (col < builtIns || c.DataType != "text") {
			continue
		}
		any.kids = append(any.kids, &node{
			run:     func(r *row) value { return ofBool(strings.Contains(lowered(r.get(col).string()), look)) },
			columns: map[int]bool{col: true}, dataType: truth,
		})
	}
	all := gather(any.kids)
	all.logic, all.kids = opOr, any.kids
	return all
}

// Check tells what is wrong with a condition; nil when it can be asked.
func (sn *Snapshot) Check(_ context.Context, where string) error {
	_, _, err := sn.compiled(where)
	return err
}

// Count counts the contacts that fit, and the subscribed ones among them.
func (sn *Snapshot) Count(ctx context.Context, where string) (total, subscribed int, err error) {
	condition, err := sn.condition(where, "")
	if err != nil {
		return 0, 0, err
	}
	err = sn.scan(ctx, condition, []int{colStatus}, false, true, func(v *view) error {
		status := v.columns[colStatus]
		is := make([]bool, len(status.values))
		for i, s := range status.values {
			is[i] = s.text == apiclient.Subscribed
		}
		for i, kept := range v.keep {
			if kept != 1 {
				continue
			}
			total++
			switch {
			case status.codes != nil && is[status.codes[i]], status.codes == nil && len(is) == 1 && is[0], status.codes == nil && len(is) > 1 && is[i]:
				subscribed++
			}
		}
		return nil
	})
	return total, subscribed, err
}

// Each visits the contacts that fit, in the snapshot's order, as long as the context lasts. An error of visit ends it.
func (sn *Snapshot) Each(ctx context.Context, where string, visit func(Contact) error) error {
	condition, err := sn.condition(where, "")
	if err != nil {
		return err
	}
	return sn.scan(ctx, condition, sn.every(), true, false, func(v *view) error {
		for i, kept := range v.keep {
			if kept == 1 {
				if err := visit(sn.contact(v, i)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// cell reads one column for output; a computed one is made of its own.
type cell struct {
	name   string
	column int // that has to be read
	get    func(*view, int) any
	sort   func(*view, int) value
}

// cellNamed is the column that a caller names: built-in, computed, a field by merge tag or name, or a header.
func (sn *Snapshot) cellNamed(name, argument string) (cell, error) {
	name = strings.TrimSpace(name)
	if inner, is := strings.CutPrefix(name, "field('"); is && strings.HasSuffix(inner, "')") {
		name = strings.ReplaceAll(strings.TrimSuffix(inner, "')"), "''", "'")
		if i, found := sn.schema.find(name, true); found {
			return sn.cellOf(i), nil
		}
	}
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	switch strings.ToLower(name) {
	case emailDomain:
		made := func(v *view, i int) value { return domainOf(v.columns[colEmail].at(i)) }
		return cell{emailDomain, colEmail, func(v *view, i int) any { return made(v, i).plain("") }, made}, nil
	case listCount:
		made := func(v *view, i int) value { return ofInt(int64(len(idsOf(v.columns[colLists].at(i).text)))) }
		return cell{listCount, colLists, func(v *view, i int) any { return made(v, i).plain("") }, made}, nil
	}
	i, found := sn.schema.find(name, false)
	if !found && strings.EqualFold(name, "list") {
		i, found = colLists, true
	}
	if !found {
		return cell{}, fault.New(fault.InvalidInput, argument+": there is no column "+text.Quote(name)+".", sn.schema.known(name), "Correct it and call again.")
	}
	return sn.cellOf(i), nil
}

func (sn *Snapshot) cellOf(i int) cell {
	c := sn.schema.columns[i]
	get := func(v *view, at int) value { return v.columns[i].at(at) }
	if i == colLists {
		return cell{c.Name, i, func(v *view, at int) any { return sn.listNames(get(v, at).text) }, get}
	}
	return cell{c.Name, i, func(v *view, at int) any { return get(v, at).plain(c.DataType) }, get}
}

func (sn *Snapshot) listNames(set string) []string {
	names := []string{}
	for _, id := range idsOf(set) {
		names = append(names, sn.schema.listName(id))
	}
	return names
}

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

// maxGroups bounds the different values that are counted.
const maxGroups = 1_000_000

// CountBy counts the contacts that fit by a column: a field, status, email_domain, list.
func (sn *Snapshot) CountBy(ctx context.Context, where, look, by string, limit int) (Counts, error) {
	condition, err := sn.condition(where, look)
	if err != nil {
		return Counts{}, err
	}
	c, err := sn.cellNamed(by, "count_by")
	if err != nil {
		return Counts{}, err
	}
	counts, found := Counts{By: c.name}, map[value]int{}
	err = sn.scan(ctx, condition, []int{c.column}, false, true, func(v *view) error {
		own := map[value]int{}
		for i, kept := range v.keep {
			if kept == 1 {
				counts.Total++
				own[c.sort(v, i)]++
			}
		}
		for key, n := range own {
			if key.text != "" {
				key.text = strings.Clone(key.text) // the chunk's texts share one string
			}
			found[key] += n
		}
		if len(found) > maxGroups {
			return fault.New(fault.InvalidInput, "count_by: "+text.Quote(by)+" has too many different values.", "", "Count by a column with fewer, or narrow it with where.")
		}
		return nil
	})
	if err != nil {
		return Counts{}, err
	}
	if c.name == builtInNames[colLists] {
		found = byList(found)
	}
	keys := slices.Collect(maps.Keys(found))
	slices.SortFunc(keys, func(a, b value) int {
		if found[a] != found[b] {
			return found[b] - found[a]
		}
		return rank(a, b)
	})
	for i, key := range keys {
		if i >= limit {
			counts.Others += found[key]
			continue
		}
		counts.Groups = append(counts.Groups, Group{sn.groupValue(c, key), found[key]})
	}
	counts.Hints = sn.hints(condition, counts.Total)
	return counts, nil
}

func byList(sets map[value]int) map[value]int {
	lists := map[value]int{}
	for set, n := range sets {
		ids := idsOf(set.text)
		for _, id := range ids {
			lists[ofInt(id)] += n
		}
		if len(ids) == 0 {
			lists[value{}] += n
		}
	}
	return lists
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

// hints say what an agent may have overlooked: fields that nobody has, and that empty cells fit neither = nor <>.
func (sn *Snapshot) hints(condition *node, total int) (hints []string) {
	if condition == nil {
		return nil
	}
	if total == 0 {
		for _, col := range slices.Sorted(maps.Keys(condition.columns)) {
			if c := sn.schema.columns[col]; c.Filled == 0 && col != colLists && len(condition.columns) < 10 {
				hints = append(hints, sn.schema.asWritten(c.Name)+" is empty for every contact.")
			}
		}
	}
	for _, col := range slices.Sorted(maps.Keys(condition.unequal)) {
		if c := sn.schema.columns[col]; col != colLists && c.Filled < sn.about.Contacts && c.Filled > 0 {
			name := sn.schema.asWritten(c.Name)
			hints = append(hints, fmt.Sprintf("%s without %s fit neither = nor <>, LIKE nor NOT LIKE; add OR %s IS NULL to have them too.",
				text.Count(sn.about.Contacts-c.Filled, "contact"), name, name))
		}
	}
	return hints[:min(len(hints), 3)]
}
