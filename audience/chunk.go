package audience

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/google/uuid"
)

// A snapshot keeps each column apart, in chunks of chunkRows contacts. Within a chunk a column is the list of its different
// values and, for each contact, which one it has: most fields have few. A condition on one column is decided once for each
// different value, and what it does not name is not read at all.
const chunkRows = 4096

// column is one column of a chunk.
type column struct {
	values []value
	codes  []uint16 // for each contact the index of its value; nil: the contact's own index, or 0 where there is one value
}

func (c *column) at(i int) value {
	switch {
	case c.codes != nil:
		return c.values[c.codes[i]]
	case len(c.values) == 1:
		return c.values[0]
	}
	return c.values[i]
}

// The tags before a stored value say what follows.
const (
	tagNull  = iota
	tagInt   // zigzag varint
	tagFloat // eight bytes
	tagText  // length, bytes
	tagUUID  // sixteen bytes
	tagTime  // milliseconds since 1970, zigzag varint
)

// The forms in which the codes of a column are stored.
const (
	codesNone  = iota // one value for all, or each contact has its own
	codesBytes        // a byte each
	codesWords        // two bytes each
)

// encoder makes the stored form of a column from its cells.
type encoder struct {
	seen   map[string]uint16
	values []byte
	codes  []uint16
	n      int    // different values
	before string // the last cell
}

func newEncoder() *encoder { return &encoder{seen: make(map[string]uint16, 64)} }

// next adds a cell. Equal cells are one value; make appends its stored form when it is a new one.
func (e *encoder) next(cell string, appendTo func([]byte, string) []byte) {
	if len(e.codes) > 0 && cell == e.before {
		e.codes = append(e.codes, e.codes[len(e.codes)-1])
		return
	}
	e.before = cell
	code, known := e.seen[cell]
	if !known {
		code = uint16(e.n)
		e.seen[cell] = code
		e.n++
		e.values = appendTo(e.values, cell)
	}
	e.codes = append(e.codes, code)
}

// blob is the stored column; the encoder begins anew.
func (e *encoder) blob() []byte {
	form := codesWords
	switch {
	case e.n <= 1 || e.n == len(e.codes): // the codes are 0, 1, 2 …
		form = codesNone
	case e.n <= 256:
		form = codesBytes
	}
	b := make([]byte, 0, len(e.values)+2*len(e.codes)+16)
	b = binary.AppendUvarint(b, uint64(e.n))
	b = append(b, byte(form))
	if form == codesBytes {
		for _, code := range e.codes {
			b = append(b, byte(code))
		}
	}
	if form == codesWords {
		for _, code := range e.codes {
			b = binary.LittleEndian.AppendUint16(b, code)
		}
	}
	b = append(b, e.values...)
	clear(e.seen)
	e.values, e.codes, e.n, e.before = e.values[:0], e.codes[:0], 0, ""
	return b
}

func appendValue(b []byte, v value) []byte {
	switch v.kind {
	case integer:
		return binary.AppendVarint(append(b, tagInt), v.int())
	case float:
		return binary.LittleEndian.AppendUint64(append(b, tagFloat), v.bits)
	case textual:
		return append(binary.AppendUvarint(append(b, tagText), uint64(len(v.text))), v.text...)
	}
	return append(b, tagNull)
}

func appendMillis(b []byte, ms int64) []byte { return binary.AppendVarint(append(b, tagTime), ms) }

// appendID stores a UUID in sixteen bytes, and any other id as it is.
func appendID(b []byte, cell string) []byte {
	if len(cell) == 36 {
		if id, err := uuid.Parse(cell); err == nil && id.String() == cell {
			return append(append(b, tagUUID), id[:]...)
		}
	}
	if cell == "" {
		return append(b, tagNull)
	}
	return appendValue(b, ofText(cell))
}

var errDamaged = errors.New("a column of the snapshot is damaged")

// decodeColumn reads a stored column of so many contacts. Its texts share one string.
func decodeColumn(blob []byte, rows int) (*column, error) {
	n, size := binary.Uvarint(blob)
	if size <= 0 || n > chunkRows || len(blob) <= size {
		return nil, errDamaged
	}
	form, at := blob[size], size+1
	c := &column{values: make([]value, n)}
	switch form {
	case codesNone:
		if n > 1 && int(n) != rows || n == 0 && rows > 0 {
			return nil, errDamaged
		}
	case codesBytes, codesWords:
		width := int(form)
		if len(blob) < at+width*rows {
			return nil, errDamaged
		}
		c.codes = make([]uint16, rows)
		for i := range c.codes {
			if width == 1 {
				c.codes[i] = uint16(blob[at+i])
			} else {
				c.codes[i] = binary.LittleEndian.Uint16(blob[at+2*i:])
			}
			if uint64(c.codes[i]) >= n {
				return nil, errDamaged
			}
		}
		at += width * rows
	default:
		return nil, errDamaged
	}
	return c, decodeValues(blob[at:], c.values)
}

// decodeOne reads the value of one contact of a stored column of so many.
func decodeOne(blob []byte, rows, i int) (value, error) {
	n, size := binary.Uvarint(blob)
	if size <= 0 || len(blob) <= size {
		return value{}, errDamaged
	}
	width, at, code := int(blob[size]), size+1, i // bytes a code has
	switch {
	case width > codesWords || len(blob) < at+width*rows:
		return value{}, errDamaged
	case n == 1:
		code = 0
	case width == codesBytes:
		code = int(blob[at+i])
	case width == codesWords:
		code = int(binary.LittleEndian.Uint16(blob[at+2*i:]))
	}
	at += width * rows
	for ; ; code-- {
		length := storedLength(blob[min(at, len(blob)):])
		if length <= 0 || length > len(blob)-at {
			return value{}, errDamaged
		}
		if code <= 0 {
			one := make([]value, 1)
			err := decodeValues(blob[at:at+length], one)
			return one[0], err
		}
		at += length
	}
}

// storedLength is how many bytes the first stored value has; 0 when there is none.
func storedLength(blob []byte) int {
	if len(blob) == 0 {
		return 0
	}
	switch blob[0] {
	case tagNull:
		return 1
	case tagFloat:
		return 9
	case tagUUID:
		return 17
	case tagInt, tagTime:
		_, size := binary.Varint(blob[1:])
		return 1 + max(size, -1)
	case tagText:
		length, size := binary.Uvarint(blob[1:])
		if size <= 0 || length > uint64(len(blob)) {
			return 0
		}
		return 1 + size + int(length)
	}
	return 0
}

func decodeValues(blob []byte, values []value) error {
	shared := string(blob)
	at := 0
	var times []byte // the written times, one after the other
	for i := range values {
		if at >= len(blob) {
			return errDamaged
		}
		tag := blob[at]
		at++
		switch tag {
		case tagNull:
		case tagInt, tagTime:
			n, size := binary.Varint(blob[at:])
			if size <= 0 {
				return errDamaged
			}
			at += size
			values[i] = ofInt(n)
			if tag == tagTime {
				begin := len(times)
				times = appendTime(times, n)
				values[i] = value{kind: textual, bits: uint64(begin)<<32 | uint64(len(times))}
			}
		case tagFloat:
			if at+8 > len(blob) {
				return errDamaged
			}
			values[i] = ofFloat(math.Float64frombits(binary.LittleEndian.Uint64(blob[at:])))
			at += 8
		case tagText:
			length, size := binary.Uvarint(blob[at:])
			if size <= 0 || length > uint64(len(blob)-at-size) {
				return errDamaged
			}
			at += size
			values[i] = ofText(shared[at : at+int(length)])
			at += int(length)
		case tagUUID:
			if at+16 > len(blob) {
				return errDamaged
			}
			values[i] = ofText(uuid.UUID(blob[at : at+16]).String())
			at += 16
		default:
			return errDamaged
		}
	}
	if times != nil {
		written := string(times)
		for i, v := range values {
			if v.kind == textual && v.bits != 0 {
				values[i] = ofText(written[v.bits>>32 : v.bits&math.MaxUint32])
			}
		}
	}
	return nil
}
