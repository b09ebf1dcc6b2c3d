package intake

import (
	"encoding/binary"
)

// recordKind is what becomes of a row, as far as the row itself says.
type recordKind byte

const (
	good    recordKind = iota
	refused            // rejected for its values, or skipped
	// Those that follow are rejected, and with them all rows of their address; the graver ones come later.
	heldBack // it is open whether its person may be mailed
	barred   // its person may not be mailed
	optedOut // its person has unsubscribed, or reported mail as spam
	mark     // no row: only that its address may not be mailed
	gone     // no row either: something else in the file says so of its address
	unsure   // nor this: something else leaves it open
)

// record is a row on its way: what address it has, where it stands, and what becomes of it. It refers to the bytes it was
// parsed from.
type record struct {
	kind    recordKind
	doubted bool   // its address is one that is seldom worth mailing
	row     int    // which of the rows it is, from 0
	line    int    // where it stands in the file
	key     []byte // its address, or the id of a contact
	reason  []byte // of what is not good
	rest    []byte // the values of what is good; the cells of what is rejected
	all     []byte // the record as it is put aside
}

// recordHead is how many bytes say how long a record is.
const recordHead = 4

func recordLength(head []byte) int { return int(binary.LittleEndian.Uint32(head)) }

const doubtedFlag = 0x80

// beginRecord appends the beginning of a record; endRecord has to follow when the rest was appended.
func beginRecord(to []byte, kind recordKind, doubted bool, row, line int, key string) []byte {
	to = append(to, 0, 0, 0, 0, byte(kind))
	if doubted {
		to[len(to)-1] |= doubtedFlag
	}
	to = binary.AppendUvarint(to, uint64(row))
	to = binary.AppendUvarint(to, uint64(line))
	return appendBlob(to, key)
}

// endRecord writes down how long the record is that begins at start.
func endRecord(records []byte, start int) {
	binary.LittleEndian.PutUint32(records[start:], uint32(len(records)-start))
}

// appendRejected appends a record that is not good.
func appendRejected(to []byte, kind recordKind, doubted bool, row, line int, key, reason string, cells []string) []byte {
	start := len(to)
	to = beginRecord(to, kind, doubted, row, line, key)
	to = appendBlob(to, reason)
	for _, cell := range cells {
		to = appendBlob(to, cell)
	}
	endRecord(to, start)
	return to
}

func appendBlob[T string | []byte](to []byte, blob T) []byte {
	return append(binary.AppendUvarint(to, uint64(len(blob))), blob...)
}

func parseRecord(all []byte) record {
	r := record{all: all, kind: recordKind(all[recordHead] &^ doubtedFlag), doubted: all[recordHead]&doubtedFlag != 0}
	rest := all[recordHead+1:]
	r.row, rest = takeNumber(rest)
	r.line, rest = takeNumber(rest)
	r.key, rest = takeBlob(rest)
	if r.kind != good {
		r.reason, rest = takeBlob(rest)
	}
	r.rest = rest
	return r
}

// rejected is the row of a record that is rejected, for a reason.
func (r record) rejected(reason string) Rejected {
	row := Rejected{Line: r.line, Reason: reason, Email: string(r.key)}
	for rest := r.rest; len(rest) > 0; {
		var cell []byte
		cell, rest = takeBlob(rest)
		row.Cells = append(row.Cells, string(cell))
	}
	return row
}

func takeNumber(from []byte) (n int, rest []byte) {
	if from[0] < 0x80 {
		return int(from[0]), from[1:]
	}
	number, length := binary.Uvarint(from)
	return int(number), from[length:]
}

func takeBlob(from []byte) (blob, rest []byte) {
	length, rest := takeNumber(from)
	return rest[:length:length], rest[length:]
}
