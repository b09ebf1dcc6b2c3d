package intake

import (
	"cmp"
	"context"
	"errors"
	"os"
	"sync/atomic"

	"mailtrap-contacts-mcp/fault"
)

// bounds are how much is held at a time, in bytes where nothing else is said.
type bounds struct {
	memory    int // that is put aside in memory before a file is made
	block     int // of a spool
	partition int // of rows that are merged at a time; twice as much is parted again
	batch     int // of rows that are worked on at a time
	rows      int // of a batch
	chunk     int
	contacts  int // of a chunk
	scratch   func(folder string) (scratchFile, error)
	meter     *meter // of what is held; nil in use
}

func ordinaryBounds() bounds {
	return bounds{
		memory: 4 << 20, block: 32 << 10, partition: 3 << 20, batch: 128 << 10, rows: 1000,
		chunk: MaxChunkBytes, contacts: MaxChunkContacts, scratch: temporaryFile,
	}
}

// meter counts bytes that are held, and how many they were at most.
type meter struct{ now, most atomic.Int64 }

func (m *meter) add(bytes int) {
	if m == nil {
		return
	}
	now := m.now.Add(int64(bytes))
	for most := m.most.Load(); now > most && !m.most.CompareAndSwap(most, now); most = m.most.Load() {
	}
}

// scratchFile is a temporary file; it is gone when it is closed.
type scratchFile interface {
	ReadAt(p []byte, at int64) (int, error)
	WriteAt(p []byte, at int64) (int, error)
	Close() error
}

// temporaryFile makes a file that no other program sees. Where the system allows it, its name is gone from the start, so
// that it leaves nothing behind however the program ends.
func temporaryFile(folder string) (scratchFile, error) {
	file, err := os.CreateTemp(folder, "mailtrap-contacts-*")
	if err != nil {
		return nil, err
	}
	if os.Remove(file.Name()) == nil {
		return file, nil
	}
	return namedFile{file}, nil
}

// namedFile is a temporary file where the system removes none that is open.
type namedFile struct{ *os.File }

func (f namedFile) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }

// spool puts rows aside: many streams in one file, each a chain of blocks. The first blocks are kept in memory, so that a
// small source needs no file. It is for one goroutine.
type spool struct {
	bounds bounds
	folder string
	memory [][]byte // the first blocks
	blocks int      // given out
	free   []int    // given back
	file   scratchFile
}

// inMemory is how many blocks are kept in memory.
func (s *spool) inMemory() int { return s.bounds.memory / s.bounds.block }

// write puts a block aside and returns its number.
func (s *spool) write(block []byte) (number int, err error) {
	if last := len(s.free) - 1; last >= 0 {
		number, s.free = s.free[last], s.free[:last]
	} else {
		number = s.blocks
		s.blocks++
	}
	if number < s.inMemory() {
		if number == len(s.memory) {
			s.memory = append(s.memory, nil)
		}
		before := cap(s.memory[number])
		s.memory[number] = append(s.memory[number][:0], block...)
		s.bounds.meter.add(cap(s.memory[number]) - before)
		return number, nil
	}
	if s.file == nil {
		if s.file, err = s.bounds.scratch(s.folder); err != nil {
			return 0, noScratch(err)
		}
	}
	if _, err = s.file.WriteAt(block, s.place(number)); err != nil {
		return 0, noScratch(err)
	}
	return number, nil
}

func (s *spool) place(number int) int64 { return int64(number-s.inMemory()) * int64(s.bounds.block) }

// read fills p with a part of a block.
func (s *spool) read(p []byte, number, at int) error {
	if number < s.inMemory() {
		copy(p, s.memory[number][at:])
		return nil
	}
	if _, err := s.file.ReadAt(p, s.place(number)+int64(at)); err != nil {
		return noScratch(err)
	}
	return nil
}

// close lets go of all that was put aside.
func (s *spool) close() {
	for _, block := range s.memory {
		s.bounds.meter.add(-cap(block))
	}
	s.memory = nil
	if s.file != nil {
		_ = s.file.Close() // nobody needs it any more
	}
}

func noScratch(err error) error {
	return fault.New(fault.FileAccess, "The rows could not be put aside while they were read.",
		"Large files need room for a temporary file, about as much as their size.",
		"See that there is room on the disk, or split the file into parts; nothing was sent.").Because(err)
}

// stream is records that were put aside one behind the other.
type stream struct {
	spool  *spool
	blocks []int
	tail   []byte // what is not in a block yet
	size   int64
}

func (s *stream) append(p []byte) error {
	s.size += int64(len(p))
	for len(p) > 0 {
		if s.tail == nil {
			s.tail = make([]byte, 0, s.spool.bounds.block)
			s.spool.bounds.meter.add(cap(s.tail))
		}
		n := min(len(p), cap(s.tail)-len(s.tail))
		s.tail = append(s.tail, p[:n]...)
		p = p[n:]
		if len(s.tail) == cap(s.tail) {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stream) flush() error {
	number, err := s.spool.write(s.tail)
	if err != nil {
		return err
	}
	s.blocks = append(s.blocks, number)
	s.tail = s.tail[:0]
	return nil
}

// end puts the tail aside as well; nothing may be added behind it.
func (s *stream) end() error {
	if len(s.tail) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.spool.bounds.meter.add(-cap(s.tail))
	s.tail = nil
	return nil
}

// discard gives the blocks back.
func (s *stream) discard() {
	s.spool.free = append(s.spool.free, s.blocks...)
	s.spool.bounds.meter.add(-cap(s.tail))
	s.blocks, s.tail, s.size = nil, nil, 0
}

// cursor reads the records of a stream that has ended, from its beginning.
type cursor struct {
	stream *stream
	at     int64 // what of the stream was read
	buffer []byte
	ahead  []byte // what of the buffer was not
}

func newCursor(s *stream, buffer int) *cursor {
	s.spool.bounds.meter.add(buffer)
	return &cursor{stream: s, buffer: make([]byte, buffer)}
}

func (c *cursor) close() { c.stream.spool.bounds.meter.add(-len(c.buffer)) }

// need sees that so many bytes are ahead; false when the stream ends before.
func (c *cursor) need(bytes int) (bool, error) {
	if bytes > len(c.buffer) {
		grown := make([]byte, bytes)
		c.stream.spool.bounds.meter.add(len(grown) - len(c.buffer))
		c.ahead = grown[:copy(grown, c.ahead)]
		c.buffer = grown
	}
	for len(c.ahead) < bytes {
		left := c.stream.size - c.at
		if left == 0 {
			return false, nil
		}
		kept := copy(c.buffer, c.ahead)
		block := int64(c.stream.spool.bounds.block)
		number, within := c.stream.blocks[c.at/block], c.at%block
		n := min(left, block-within, int64(len(c.buffer)-kept))
		if err := c.stream.spool.read(c.buffer[kept:kept+int(n)], number, int(within)); err != nil {
			return false, err
		}
		c.ahead, c.at = c.buffer[:kept+int(n)], c.at+n
	}
	return true, nil
}

// next returns the next record, valid until the one after it is read; false behind the last.
func (c *cursor) next() (record record, found bool, err error) {
	if found, err = c.need(recordHead); err != nil || !found {
		return record, false, err
	}
	length := recordLength(c.ahead)
	if found, err = c.need(length); err != nil || !found {
		return record, false, err
	}
	record = parseRecord(c.ahead[:length])
	c.ahead = c.ahead[length:]
	return record, true, nil
}

// each calls take for every record, until ctx ends.
func (s *stream) each(ctx context.Context, take func(record) error) error {
	c := newCursor(s, s.spool.bounds.block)
	defer c.close()
	for {
		record, found, err := c.next()
		if err != nil || !found {
			return err
		}
		if err := cmp.Or(take(record), ctx.Err()); err != nil {
			return err
		}
	}
}
