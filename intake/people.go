package intake

import (
	"bytes"
	"hash/maphash"
	"unsafe"
)

// person is the merged rows of one address.
type person struct {
	at, size      uint32 // in the bytes: the key's length, the key, the values
	hash          uint32
	row, line     int // the first
	good, doubted bool
}

// people are those of a stream, in the order in which they come, found by their keys. Their bytes stand one behind the
// other, so that a million of them are not a million objects.
type people struct {
	seed  maphash.Seed
	meter *meter
	all   []person
	slots []uint32 // open addressing; 0 is free, and else one more than the place in all
	bytes []byte
	dead  int // of the bytes
	value []byte
	held  int
}

func (p *people) clear(seed maphash.Seed, meter *meter) {
	p.seed, p.meter = seed, meter
	p.all, p.bytes, p.dead = p.all[:0], p.bytes[:0], 0
	clear(p.slots)
}

// drop lets go of what is held.
func (p *people) drop() {
	p.meter.add(-p.held)
	*p = people{}
}

// slot is where a key is, or would be.
func (p *people) slot(key []byte, hash uint32) int {
	for slot := int(hash) & (len(p.slots) - 1); ; slot = (slot + 1) & (len(p.slots) - 1) {
		i := p.slots[slot]
		if i == 0 {
			return slot
		}
		if known := &p.all[i-1]; known.hash == hash {
			if theirs, _ := p.of(known); bytes.Equal(theirs, key) {
				return slot
			}
		}
	}
}

// of are a person's key and values.
func (p *people) of(known *person) (key, values []byte) {
	return takeBlob(p.bytes[known.at : known.at+known.size])
}

// meet notes a row that is not to be imported, of an address that has to be counted.
func (p *people) meet(r record) *person {
	if 2*len(p.all) >= len(p.slots) {
		p.grow()
	}
	hash := uint32(maphash.Bytes(p.seed, r.key))
	slot := p.slot(r.key, hash)
	if i := p.slots[slot]; i > 0 {
		return &p.all[i-1]
	}
	at := len(p.bytes)
	p.bytes = appendBlob(p.bytes, r.key)
	p.all = append(p.all, person{at: uint32(at), size: uint32(len(p.bytes) - at), hash: hash, row: r.row, line: r.line, doubted: r.doubted})
	p.slots[slot] = uint32(len(p.all))
	p.measure()
	return &p.all[len(p.all)-1]
}

// add merges a row that is to be imported into those of its address; merged is false for the first.
func (p *people) add(r record) (merged bool) {
	known := p.meet(r)
	if !known.good {
		known.good, known.row, known.line = true, r.row, r.line
		p.put(known, r.key, r.rest)
		return false
	}
	_, values := p.of(known)
	p.value = mergeValues(p.value[:0], values, r.rest)
	p.put(known, r.key, p.value)
	return true
}

// put gives a person values, in the place of the old ones if they fit there or stand last.
func (p *people) put(known *person, key, values []byte) {
	_, old := p.of(known)
	head := known.size - uint32(len(old))
	end := known.at + known.size
	switch {
	case int(end) == len(p.bytes):
		p.bytes = append(p.bytes[:known.at+head], values...)
	case len(values) <= len(old):
		copy(p.bytes[known.at+head:], values)
		p.dead += len(old) - len(values)
	default:
		p.dead += int(known.size)
		if p.dead > 1<<20 && p.dead > len(p.bytes)/2 {
			p.compact(known)
		}
		known.at = uint32(len(p.bytes))
		p.bytes = append(appendBlob(p.bytes, key), values...)
	}
	known.size = head + uint32(len(values))
	p.measure()
}

// compact leaves out the bytes that are nobody's any more, and those of one who gets others.
func (p *people) compact(but *person) {
	live := make([]byte, 0, len(p.bytes)-p.dead)
	for i := range p.all {
		person := &p.all[i]
		if person == but {
			continue
		}
		at := len(live)
		live = append(live, p.bytes[person.at:person.at+person.size]...)
		person.at = uint32(at)
	}
	p.bytes, p.dead = live, 0
}

func (p *people) grow() {
	p.slots = make([]uint32, max(64, 2*len(p.slots)))
	for i, person := range p.all {
		slot := int(person.hash) & (len(p.slots) - 1)
		for p.slots[slot] != 0 {
			slot = (slot + 1) & (len(p.slots) - 1)
		}
		p.slots[slot] = uint32(i + 1)
	}
}

// measure tells the meter what is held.
func (p *people) measure() {
	if p.meter == nil {
		return
	}
	held := cap(p.bytes) + 4*len(p.slots) + cap(p.all)*int(unsafe.Sizeof(person{}))
	p.meter.add(held - p.held)
	p.held = held
}
