package audience

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"mailtrap-contacts-mcp/apiclient"
)

// membership numbers the sets of lists that contacts are in: there are few of them.
type membership struct {
	schema *schema
	mu     sync.Mutex
	byText map[string]uint32
	texts  []string // ",1,5,", ascending; the first is in none
	names  []string // of the lists, the longest first
}

func newMembership(lists []apiclient.List) *membership {
	m := &membership{schema: &schema{lists: lists}, byText: map[string]uint32{"": 0}, texts: []string{""}, names: (&schema{lists: lists}).listNames()}
	slices.SortFunc(m.names, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return m
}

func (m *membership) number(ids []int64) uint32 {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	set := ""
	if len(ids) > 0 {
		var b strings.Builder
		b.WriteByte(',')
		for _, id := range ids {
			b.WriteString(idText(id))
			b.WriteByte(',')
		}
		set = b.String()
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

// idsOf are the ids of a set that is written ",1,5,".
func idsOf(set string) (ids []int64) {
	for part := range strings.SplitSeq(strings.Trim(set, ","), ",") {
		if n := digits(part); part != "" && n > 0 {
			ids = append(ids, int64(n))
		}
	}
	return ids
}

// read understands a cell of lists: names or ids, apart by semicolons, commas or bars, or as a JSON array. A name may have
// such a sign in it, so that the longest name that fits is taken. Lists that do not exist are left out.
func (m *membership) read(cell string) uint32 {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return 0
	}
	if strings.HasPrefix(cell, "[") {
		var items []any
		decoder := json.NewDecoder(strings.NewReader(cell))
		decoder.UseNumber()
		if decoder.Decode(&items) == nil {
			var ids []int64
			for _, item := range items {
				if list, found := m.schema.listOf(strings.TrimSpace(asText(item))); found {
					ids = append(ids, list.ID)
				}
			}
			return m.number(ids)
		}
	}
	var ids []int64
	for rest := cell; rest != ""; {
		rest = strings.TrimLeft(rest, " ;,|")
		id, after := m.first(rest)
		if id > 0 {
			ids = append(ids, id)
		}
		rest = after
	}
	return m.number(ids)
}

func (m *membership) first(rest string) (int64, string) {
	for _, name := range m.names {
		if after, is := strings.CutPrefix(rest, name); is && (strings.TrimSpace(after) == "" || strings.ContainsRune(";,|", rune(strings.TrimLeft(after, " ")[0]))) {
			list, _ := m.schema.listOf(name)
			return list.ID, after
		}
	}
	cut := strings.IndexAny(rest, ";,|")
	if cut < 0 {
		cut = len(rest)
	}
	list, _ := m.schema.listOf(strings.TrimSpace(rest[:cut]))
	return list.ID, rest[cut:]
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
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
