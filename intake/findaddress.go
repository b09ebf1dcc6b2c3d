package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// addressed is the mapping of the call, and in it the column of addresses where neither the call nor a header names one: the
// only column whose first values are addresses, or where several may be taken, all those of one person. With several others it
// fails, with a mapping to choose from.
func (p *pass) addressed(several bool) (map[string]string, error) {
	names, mapping := p.rows.columns, p.how.Mapping
	mapped := make([]bool, len(names))
	for key, to := range mapping {
		if strings.EqualFold(strings.TrimSpace(to), asAddress) {
			return mapping, nil
		}
		if i, problem := columnNamed(key, names); problem == "" {
			mapped[i] = true
		}
	}
	with := maps.Clone(mapping)
	if with == nil {
		with = map[string]string{}
	}
	if several {
		for _, i := range p.alternates(mapped) {
			with[names[i]] = asAddress
		}
	}
	if len(with) > len(mapping) {
		return with, nil
	}
	for i, name := range names {
		if !mapped[i] && !isOwnColumn(name) && isAddressHeader(name) || isAddress(name) { // or there is no header
			return mapping, nil
		}
	}
	found := p.addressColumns(mapped)
	ofGone := func(c addressColumn) bool { return isOfGone(names[c.index]) }
	if willing := slices.DeleteFunc(slices.Clone(found), ofGone); several && len(willing) > 0 {
		found = willing // nobody of the others may be imported
	}
	switch len(found) {
	case 0:
		return mapping, nil
	case 1:
		with[names[found[0].index]] = asAddress
		return with, nil
	}
	return nil, severalAddresses(names, found)
}

// addressColumn is a column whose values are addresses.
type addressColumn struct{ index, addresses int }

// addressColumns looks for columns of which at least half of the values in the first rows are addresses, the fullest first.
func (p *pass) addressColumns(mapped []bool) (found []addressColumn) {
	addresses, values := make([]int, len(mapped)), make([]int, len(mapped))
	for _, row := range p.rows.lookAhead() {
		if row.isOut() {
			continue
		}
		for i, cell := range row.cells[:min(len(row.cells), len(mapped))] {
			if strings.TrimSpace(cell) == "" {
				continue
			}
			if values[i]++; isAddress(cell) {
				addresses[i]++
			}
		}
	}
	for i, n := range addresses {
		if n == 0 || 2*n < values[i] || mapped[i] || isOwnColumn(p.rows.columns[i]) {
			continue
		}
		if found = append(found, addressColumn{i, n}); n > found[0].addresses {
			last := len(found) - 1
			found[0], found[last] = found[last], found[0]
		}
	}
	return found
}

func severalAddresses(names []string, found []addressColumn) error {
	held, mapping := make([]string, len(found)), make([]string, len(found))
	for i, column := range found {
		name, to := names[column.index], asNothing
		if i == 0 {
			to = asAddress
		}
		held[i] = fmt.Sprintf("%s (%s)", shown(name), text.Count(column.addresses, "address"))
		mapping[i] = shown(name) + ": " + text.Quote(to)
	}
	return fault.New(fault.InvalidInput, "file: "+text.Count(len(found), "column")+" hold e-mail addresses: "+text.Listing(held, 8)+".", "",
		"Nothing was sent; say with mapping which it is, like {"+strings.Join(mapping[:min(len(mapping), 8)], ", ")+"}.")
}
