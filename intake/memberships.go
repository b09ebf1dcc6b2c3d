package intake

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// asLists is what the column of lists goes into: contacts join the lists that it names. Nobody leaves one for it.
const asLists = "lists"

// listHeaders are headers of such columns in plain form, as exports have them.
var listHeaders = []string{"lists", "listids", "listnames", "contactlists", "listmemberships", "listmembership"}

// listsColumn finds the column that says on which lists contacts are; -1 where there is none. One that a field is called like
// is the field's, outside of an export.
func (p *columnPlan) listsColumn() int {
	for i, column := range p.columns {
		if i != p.email && !slices.Contains(p.emails, i) && column.field == nil && !column.dropped &&
			(column.unknown || p.facts[i]) && slices.Contains(listHeaders, text.Letters(column.name)) {
			return i
		}
	}
	return -1
}

// memberships are what a column of lists says, of a whole file. It is for many goroutines.
type memberships struct {
	cells  exports.ListCells
	create bool
	// separator is what stands between two lists, where the source says so by what it is; else it is found cell by cell.
	separator string

	mu      sync.Mutex
	fresh   []string       // lists that are to be created
	unknown []string       // what names no list, or no single one
	used    map[int64]bool // lists that are there
}

// standIn is the id that stands for the i-th of the lists that are to be created.
func standIn(i int) int64 { return -int64(i) - 1 }

// of are the lists of a cell; problem says why they cannot be told.
func (m *memberships) of(cell string) (ids []int64, problem string) {
	certain, possible, understood := m.cells.Read(cell)
	if understood && len(possible) > 0 {
		return nil, "lists: " + text.Quote(cell) + " can be read in more than one way; give the lists' ids, or name them with lists"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if understood {
		for _, id := range certain {
			m.used[id] = true
		}
		return certain, ""
	}
	for _, name := range m.names(cell) {
		known, open, is := m.cells.Read(name)
		switch {
		case is && len(open) == 0:
			for _, id := range known {
				m.used[id] = true
			}
			ids = append(ids, known...)
		case is:
			return nil, "lists: more than one list is called " + text.Quote(name)
		default:
			ids = append(ids, m.new(name))
		}
	}
	return ids, ""
}

// new is the id that stands for a list that is not there.
func (m *memberships) new(name string) int64 {
	_, err := strconv.ParseUint(name, 10, 64)
	if !m.create || m.cells.ByID && err == nil {
		if !slices.Contains(m.unknown, name) {
			m.unknown = append(m.unknown, strings.Clone(name))
		}
		return 0
	}
	i := slices.IndexFunc(m.fresh, func(known string) bool { return strings.EqualFold(known, name) })
	if i < 0 {
		i = len(m.fresh)
		m.fresh = append(m.fresh, strings.Clone(name))
	}
	return standIn(i)
}

// names takes a cell apart whose lists are not all there: at semicolons, as exports write them, else at bars, line ends or
// commas.
func (m *memberships) names(cell string) []string {
	if m.separator != "" {
		return exports.SplitLists(cell, m.separator)
	}
	cell = strings.Trim(strings.TrimSpace(cell), "[]")
	for _, separator := range []string{";", "|", "\n"} {
		if strings.Contains(cell, separator) {
			return exports.SplitLists(cell, separator)
		}
	}
	return exports.SplitLists(cell, ",")
}

// check refuses a file that names lists which are not there and are not to be created.
func (m *memberships) check(column string) error {
	if m == nil || len(m.unknown) == 0 {
		return nil
	}
	slices.Sort(m.unknown)
	return fault.New(fault.InvalidInput, "file: the column "+text.Quote(column)+" names "+text.Count(len(m.unknown), "list")+
		" that the account does not have: "+
		text.Listing(text.Quotes(m.unknown, text.MaxValue), 10)+".", "Contacts join the lists that such a column names.",
		"Nothing was sent. Repeat the call with create_lists: true to create them, or with mapping: {"+shown(column)+
			`: "ignore"} to leave the column out.`)
}

// listsSlot is behind the slots of values, and before the address: the ids of the lists that a contact joins.
const listsSlot = addressSlot - 1

// leavesSlot is before it: the ids of the lists that a contact is taken off.
const leavesSlot = listsSlot - 1

// wasSlot is before it: what is known of the contact from before.
const wasSlot = leavesSlot - 1

// appendLists appends the ids of lists in a slot of theirs.
func appendLists(to []byte, slot uint64, ids []int64) []byte {
	if len(ids) == 0 {
		return to
	}
	var written []byte
	for _, id := range ids {
		written = binary.AppendVarint(written, id)
	}
	return appendBlob(binary.AppendUvarint(to, slot), written)
}

// unitedLists appends the lists of two rows of one contact; earlier and later are values of listsSlot.
func unitedLists(to, earlier, later []byte) []byte {
	return appendLists(to, listsSlot, Union(listsOf(earlier), listsOf(later)))
}

func listsOf(value []byte) []int64 {
	_, rest := takeNumber(value)
	blob, _ := takeBlob(rest)
	return idsIn(blob)
}

// idsIn are the ids that appendLists wrote.
func idsIn(blob []byte) (ids []int64) {
	for len(blob) > 0 {
		id, length := binary.Varint(blob)
		if length <= 0 {
			break
		}
		ids, blob = append(ids, id), blob[length:]
	}
	return ids
}

// listsRead is what a cell of lists says.
type listsRead struct {
	ids     []int64
	problem string
}

// lists are those of a row; the worker remembers cells that it has seen.
func (c *converter) lists(cells []string) listsRead {
	if c.memberships == nil {
		return listsRead{}
	}
	written := cell(cells, c.plan.lists)
	if written == "" || coerce.Remarkable(written) == coerce.Emptied {
		return listsRead{}
	}
	if known, ok := c.listCells[written]; ok {
		return known
	}
	var read listsRead
	read.ids, read.problem = c.memberships.of(written)
	if c.listCells == nil {
		c.listCells = map[string]listsRead{}
	}
	if len(c.listCells) < rememberedLists {
		c.listCells[strings.Clone(written)] = read
	}
	return read
}

// rememberedLists is of how many different cells of lists a worker remembers what they say.
const rememberedLists = 1000

// usedLists are the lists that contacts of the file join.
func (m *memberships) usedLists() (used []apiclient.List) {
	for _, list := range m.cells.Lists {
		if m.used[list.ID] {
			used = append(used, list)
		}
	}
	return used
}
