package audience

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/exports"
)

// membership numbers the sets of lists that contacts are in: there are few of them.
type membership struct {
	lists  []apiclient.List
	byID   bool // the export's column is headed as one of ids
	mu     sync.Mutex
	byText map[string]uint32
	texts  []string // ",1,5,", ascending; the first is in none
}

// A set is written ",1,5,". What is not known stands in it too: ",1,?3,?4," is on 1, and on 3 or 4 or both; ",?," is on
// lists nobody knows.
const (
	notKnown = "?"
	perhaps  = '?'
)

func newMembership(lists []apiclient.List) *membership {
	return &membership{lists: lists, byText: map[string]uint32{"": 0}, texts: []string{""}}
}

// read numbers the lists of a cell.
func (m *membership) read(cell string) uint32 {
	if strings.TrimSpace(cell) == "" {
		return 0
	}
	certain, possible, understood := (&exports.ListCells{Lists: m.lists, ByID: m.byID}).Read(cell)
	return m.set(certain, possible, !understood)
}

func (m *membership) number(ids []int64) uint32 { return m.set(ids, nil, false) }

// set numbers the lists that a contact is on for certain and may be on; unknown: any.
func (m *membership) set(ids, doubtful []int64, unknown bool) uint32 {
	var parts []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		parts = append(parts, idText(id))
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(doubtful))) {
		parts = append(parts, string(perhaps)+idText(id))
	}
	if unknown {
		parts = append(parts, notKnown)
	}
	set := ""
	if len(parts) > 0 {
		set = "," + strings.Join(parts, ",") + ","
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	number, known := m.byText[set]
	if !known {
		number = uint32(len(m.texts))
		m.byText[set] = number
		m.texts = append(m.texts, set)
	}
	return number
}

func (m *membership) with(set uint32, id int64) uint32 {
	m.mu.Lock()
	text := m.texts[set]
	m.mu.Unlock()
	return m.number(append(idsOf(text), id))
}

func (m *membership) text(set uint32) string { return m.texts[set] }

// idsOf are the ids of a set that are certain.
func idsOf(set string) (ids []int64) {
	for part := range strings.SplitSeq(strings.Trim(set, ","), ",") {
		if n := digits(part); part != "" && n > 0 {
			ids = append(ids, int64(n))
		}
	}
	return ids
}

// doubtsOf are the ids of a set that are not certain, and whether there may be any others.
func doubtsOf(set string) (ids []int64, unknown bool) {
	if !strings.ContainsRune(set, perhaps) { // nearly all
		return nil, false
	}
	for part := range strings.SplitSeq(strings.Trim(set, ","), ",") {
		after, doubtful := strings.CutPrefix(part, string(perhaps))
		switch n := digits(after); {
		case doubtful && after == "":
			unknown = true
		case doubtful && n > 0:
			ids = append(ids, int64(n))
		}
	}
	return ids, unknown
}

// isIn tells whether a set has a list; NULL where that is not known.
func isIn(set string, list int64) value {
	if strings.Contains(set, ","+idText(list)+",") {
		return ofBool(true)
	}
	if doubtful, unknown := doubtsOf(set); unknown || slices.Contains(doubtful, list) {
		return value{}
	}
	return ofBool(false)
}

// countIn is how many lists a set has; NULL where that is not known.
func countIn(set string) value {
	if strings.ContainsRune(set, perhaps) {
		return value{}
	}
	return ofInt(int64(max(0, strings.Count(set, ",")-1)))
}

// hashed is a hash of an address or an id with the row it belongs to.
type hashed struct {
	hash uint64
	row  uint32
}

// hashOf is FNV-1a, mixed so that all its bits are good for bucketing.
func hashOf(s string) uint64 {
	h := uint64(14_695_981_039_346_656_037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1_099_511_628_211
	}
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// sorted are hashes in their order, each with its row.
func sorted(hashes []uint64) []hashed {
	all := make([]hashed, len(hashes))
	for i, hash := range hashes {
		all[i] = hashed{hash, uint32(i)}
	}
	slices.SortFunc(all, func(a, b hashed) int {
		if a.hash != b.hash {
			return cmp.Compare(a.hash, b.hash)
		}
		return cmp.Compare(a.row, b.row)
	})
	return all
}

// findHash are the rows of a hash, in a sorted slice.
func findHash(all []hashed, hash uint64) (rows []uint32) {
	i, _ := slices.BinarySearchFunc(all, hash, func(h hashed, hash uint64) int { return cmp.Compare(h.hash, hash) })
	for ; i < len(all) && all[i].hash == hash; i++ {
		rows = append(rows, all[i].row)
	}
	return rows
}

// An index is stored as buckets of bucketSize hashes in their order, each under its first one.
const bucketSize = 1024

func bucketBlob(part []hashed) []byte {
	b := make([]byte, 0, 12*len(part))
	for _, h := range part {
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(b, h.hash), h.row)
	}
	return b
}

func decodeBucket(b []byte) []hashed {
	part := make([]hashed, len(b)/12)
	for i := range part {
		part[i] = hashed{binary.LittleEndian.Uint64(b[12*i:]), binary.LittleEndian.Uint32(b[12*i+8:])}
	}
	return part
}
