package exports

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
)

// A cell of lists holds names or ids, apart by semicolons, commas, bars or line ends, or a JSON array of either. How a real
// export writes it is not documented, and a name may have any of these signs in it, so that a cell is read in every way that
// uses all of it. Names to the byte come first; what only resembles one counts where nothing else fits. What all ways agree on
// is known; where they differ, or no way uses all of the cell, it is not known on which lists the contact is.

// waysAtMost bounds the ways to read one cell; one with more is not understood.
const waysAtMost = 64

// JoinLists writes the names of lists as a cell that ListCells reads. Names with signs that separate lists are in quotes.
func JoinLists(names []string) string {
	written := make([]string, len(names))
	for i, name := range names {
		if written[i] = name; strings.ContainsAny(name, "\";,|\n") || strings.HasPrefix(name, "[") {
			written[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return strings.Join(written, "; ")
}

// SplitLists takes a cell apart at a separator, but not inside of quotes, and takes these off.
func SplitLists(cell, separator string) (names []string) {
	for cell = strings.TrimSpace(cell); cell != ""; cell = strings.TrimSpace(cell) {
		name, rest, quoted := cutQuoted(cell)
		if rest = strings.TrimSpace(rest); !quoted || rest != "" && !strings.HasPrefix(rest, separator) {
			name, rest, _ = strings.Cut(cell, separator)
			name = strings.TrimSpace(name)
		} else {
			rest = strings.TrimPrefix(rest, separator)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
		cell = rest
	}
	return names
}

// cutQuoted takes a text between double quotes off the beginning.
func cutQuoted(s string) (inside, rest string, quoted bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	for at := 1; at < len(s); at++ {
		if s[at] != '"' {
			continue
		}
		if at+1 < len(s) && s[at+1] == '"' {
			at++
			continue
		}
		return strings.ReplaceAll(s[1:at], `""`, `"`), s[at+1:], true
	}
	return "", s, false
}

// ListCells reads cells that say on which lists a contact is.
type ListCells struct {
	Lists []apiclient.List
	ByID  bool // the column is headed as one of ids
}

// Read says on which of the lists the contact of a cell is for certain, and on which it may be besides. It is false where the
// cell cannot be read to its end: then nothing is known.
func (m *ListCells) Read(cell string) (certain, possible []int64, understood bool) {
	if strings.TrimSpace(cell) == "" {
		return nil, nil, true
	}
	ways, few := m.ways(cell)
	if !few || len(ways) == 0 {
		return nil, nil, false
	}
	certain, possible = ways[0], ways[0]
	for _, way := range ways[1:] {
		possible = append(slices.Clone(possible), way...)
		certain = slices.DeleteFunc(slices.Clone(certain), func(id int64) bool { return !slices.Contains(way, id) })
	}
	return certain, slices.DeleteFunc(slices.Clone(possible), func(id int64) bool { return slices.Contains(certain, id) }), true
}

// ways are the ways to read a cell, by the surest reading that there is one of; false where there are too many.
func (m *ListCells) ways(cell string) (ways [][]int64, understood bool) {
	ids, few := m.split(cell, inID)
	names, also := m.split(cell, exactly)
	switch {
	case m.ByID && len(ids) > 0:
		return ids, few
	case !few || !also || len(ids)+len(names) > 0: // "42" may be a list's name and another's id
		return distinct(append(ids, names...)), few && also
	}
	if ways := m.inJSON(cell); len(ways) > 0 {
		return ways, true
	}
	for _, as := range []naming{trimmedly, either, similarly} {
		if ways, few := m.split(cell, as); len(ways) > 0 || !few {
			return ways, few
		}
	}
	return nil, true
}

// naming is how a cell may name a list.
type naming int

const (
	inID      naming = iota // by its id
	exactly                 // by its name, as it is or between double quotes
	trimmedly               // so, with blanks around it
	either                  // so, or by its id
	similarly               // so, or by a name that looks the same
)

// separators are what may stand between two lists. A cell uses one of them.
func (as naming) separators() []string {
	if as == exactly { // blanks may belong to a name
		return []string{"; ", ";", ", ", ",", " | ", "|", "\n"}
	}
	return []string{";", ",", "|", "\n"}
}

// split are the ways to read a cell as names or ids, apart by one of the separators.
func (m *ListCells) split(cell string, as naming) (ways [][]int64, few bool) {
	for _, separator := range as.separators() {
		r := &reading{ListCells: m, cell: cell, separator: separator, as: as, known: map[int][][]int64{}}
		ways = append(ways, r.from(0)...)
		if r.tooMany {
			return nil, false
		}
	}
	return distinct(ways), true
}

func distinct(ways [][]int64) [][]int64 {
	slices.SortFunc(ways, slices.Compare)
	return slices.CompactFunc(ways, slices.Equal)
}

// reading is a cell that is read with one separator.
type reading struct {
	*ListCells
	cell, separator string
	as              naming
	known           map[int][][]int64 // the ways from a place on
	tooMany         bool
}

// from are the ways to read what the cell has from a place on.
func (r *reading) from(at int) (ways [][]int64) {
	if known, done := r.known[at]; done {
		return known
	}
	r.known[at] = nil
	start := at
	if r.as != exactly {
		start += len(r.cell[at:]) - len(strings.TrimLeft(r.cell[at:], " "))
	}
	for _, one := range r.begins(r.cell[start:], r.separator, r.as) {
		rest := r.cell[start+one.length:]
		if r.as != exactly {
			rest = strings.TrimLeft(rest, " ")
		}
		if rest == "" || rest == strings.TrimSpace(r.separator) {
			ways = append(ways, []int64{one.id})
			continue
		}
		if after, separated := strings.CutPrefix(rest, r.separator); separated {
			for _, way := range r.from(len(r.cell) - len(after)) {
				ways = append(ways, slices.Compact(slices.Sorted(slices.Values(append([]int64{one.id}, way...)))))
			}
		}
		if r.tooMany {
			return nil
		}
	}
	r.known[at] = distinct(ways)
	r.tooMany = len(r.known[at]) > waysAtMost
	return r.known[at]
}

// beginning is a list that a text begins with.
type beginning struct {
	id     int64
	length int
}

func (m *ListCells) begins(text, separator string, as naming) (found []beginning) {
	item, _, _ := strings.Cut(text, separator)
	isName := slices.ContainsFunc(m.Lists, func(list apiclient.List) bool { return list.Name == item })
	for _, list := range m.Lists {
		if as == inID || as == either {
			if strings.TrimSpace(item) == strconv.FormatInt(list.ID, 10) {
				found = append(found, beginning{list.ID, len(item)})
			}
		}
		if as == inID || list.Name == "" {
			continue
		}
		for _, written := range []string{list.Name, `"` + strings.ReplaceAll(list.Name, `"`, `""`) + `"`} {
			if strings.HasPrefix(text, written) {
				found = append(found, beginning{list.ID, len(written)})
			}
		}
		if as == similarly && !isName && catalog.LooksLike(list.Name, item) {
			found = append(found, beginning{list.ID, len(item)})
		}
	}
	return found
}

// inJSON is the way to read a cell that is a JSON array from its beginning to its end; none where an item names no list.
func (m *ListCells) inJSON(cell string) [][]int64 {
	decoder := json.NewDecoder(strings.NewReader(cell))
	decoder.UseNumber()
	var items []any
	if !strings.HasPrefix(strings.TrimSpace(cell), "[") || decoder.Decode(&items) != nil ||
		strings.TrimSpace(cell[decoder.InputOffset():]) != "" {
		return nil
	}
	ways := [][]int64{{}}
	for _, item := range items {
		var named []int64
		for _, list := range m.Lists {
			if isItem(item, list) {
				named = append(named, list.ID)
			}
		}
		if len(named) == 0 || len(ways)*len(named) > waysAtMost {
			return nil
		}
		var next [][]int64
		for _, way := range ways {
			for _, id := range named {
				next = append(next, slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(way), id)))))
			}
		}
		ways = next
	}
	return ways
}

// isItem tells whether an item of a JSON array names a list: a number by id, a text by name, or both in an object.
func isItem(item any, list apiclient.List) bool {
	switch item := item.(type) {
	case json.Number:
		return item.String() == strconv.FormatInt(list.ID, 10)
	case string:
		return item == list.Name || item == strconv.FormatInt(list.ID, 10)
	case map[string]any:
		if id, told := item["id"]; told {
			return isItem(id, list)
		}
		name, told := item["name"].(string)
		return told && isItem(name, list)
	}
	return false
}
