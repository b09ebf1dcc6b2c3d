package audience

import (
	"context"
	"maps"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// condition checks a where and compiles it with a text to look for; nil is all contacts.
func (sn *Snapshot) condition(where, look string) (*node, *checked, error) {
	asked, err := sn.checked(where)
	if err != nil {
		return nil, nil, err
	}
	var n *node
	if asked != nil {
		n = compile(asked.expr, sn.clock())
	}
	look = strings.TrimSpace(look)
	if look == "" {
		return n, asked, nil
	}
	found := sn.containing(look)
	if n == nil {
		return found, nil, nil
	}
	return gathered(opAnd, []*node{n, found}), asked, nil
}

// checked checks a condition against the snapshot's columns; nil is all contacts.
func (sn *Snapshot) checked(where string) (*checked, error) {
	if strings.TrimSpace(where) == "" {
		return nil, nil
	}
	asked, err := check(where, &sn.schema)
	if p, ours := err.(*problem); ours { //nolint:errorlint // problems are never wrapped
		return nil, p.faultIn(where, &sn.schema)
	}
	return asked, err
}

// gathered joins conditions.
func gathered(logic op, kids []*node) *node {
	all := &node{columns: map[int]bool{}, logic: logic, kids: kids, now: kids[0].now}
	for _, kid := range kids {
		maps.Copy(all.columns, kid.columns)
	}
	all.run = all.truth
	return all
}

// containing finds a text in the address and in all columns of text, in whatever case.
func (sn *Snapshot) containing(look string) *node {
	look = lowered(composed(look))
	var kids []*node
	for col, c := range sn.schema.columns {
		if c.Absent || col != colEmail && (col < builtIns || c.DataType != "text") {
			continue
		}
		kids = append(kids, &node{
			run:     func(r *row) value { return ofBool(strings.Contains(lowered(composed(r.get(col).string())), look)) },
			columns: map[int]bool{col: true},
		})
	}
	return gathered(opOr, kids)
}

// Check tells what is wrong with a condition; nil when it can be asked.
func (sn *Snapshot) Check(_ context.Context, where string) error {
	_, err := sn.checked(where)
	return err
}

// Count counts the contacts that fit, and the subscribed ones among them.
func (sn *Snapshot) Count(ctx context.Context, where string) (total, subscribed int, err error) {
	condition, _, err := sn.condition(where, "")
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
	condition, _, err := sn.condition(where, "")
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

// EachAddress visits the addresses of the contacts that fit, in any order. It reads nothing else of them.
func (sn *Snapshot) EachAddress(ctx context.Context, where string, visit func(email string) error) error {
	condition, _, err := sn.condition(where, "")
	if err != nil {
		return err
	}
	return sn.scan(ctx, condition, []int{colEmail}, false, false, func(v *view) error {
		for i, kept := range v.keep {
			if kept == 1 {
				if err := visit(v.columns[colEmail].at(i).text); err != nil {
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
			return sn.told(i, argument)
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
		made := func(v *view, i int) value { return countIn(v.columns[colLists].at(i).text) }
		return cell{listCount, colLists, func(v *view, i int) any { return made(v, i).plain("") }, made}, nil
	}
	i, found := sn.schema.find(name, false)
	if !found && strings.EqualFold(name, "list") {
		i, found = colLists, true
	}
	if !found {
		return cell{}, fault.New(fault.InvalidInput, argument+": there is no column "+text.Quote(name)+".", sn.schema.known(name), "Correct it and call again.")
	}
	return sn.told(i, argument)
}

// untold is why a field's values are not known.
const untold = "In Mailtrap's export another field, or one of Mailtrap's own columns, is called the same; give the field another name with update_field and renew the snapshot."

// told is a column whose values are known, or for which the export has none.
func (sn *Snapshot) told(i int, argument string) (cell, error) {
	if c := sn.schema.columns[i]; c.Untold {
		return cell{}, fault.New(fault.InvalidInput, argument+": the snapshot does not tell what the contacts have in "+text.Quote(c.Name)+".", untold, "Leave it out until then.")
	}
	return sn.cellOf(i), nil
}

func (sn *Snapshot) cellOf(i int) cell {
	c := sn.schema.columns[i]
	get := func(v *view, at int) value { return v.columns[i].at(at) }
	if i == colLists {
		return cell{c.Name, i, func(v *view, at int) any { return sn.listNames(get(v, at).text) }, get}
	}
	return cell{sn.schema.key(i), i, func(v *view, at int) any { return get(v, at).plain(c.DataType) }, get}
}

func (sn *Snapshot) listNames(set string) []string {
	names := []string{}
	for _, id := range idsOf(set) {
		names = append(names, sn.schema.listName(id))
	}
	if strings.ContainsRune(set, perhaps) {
		names = append(names, notKnown)
	}
	return names
}
