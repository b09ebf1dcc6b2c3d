package contactfile

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/fault"
)

// texts are the texts that the cells of a workbook share, in their order.
type texts struct {
	written spill // one behind the other
	ends    spill // eight bytes for each: where it ends, and whether all of it is crossed out
	count   int
}

// readTexts reads the shared texts. A sheet names them by number, in any order, so all have to be at hand.
func (b *workbook) readTexts(scratch string) (*texts, error) {
	all := &texts{written: spill{folder: scratch}, ends: spill{folder: scratch}}
	if b.strings == "" {
		return all, nil
	}
	file := b.find(b.strings)
	if file == nil {
		return all, nil
	}
	p, err := b.openPart(file)
	if err != nil {
		return nil, err
	}
	defer p.stream.Close()
	if err := all.read(p); err != nil {
		_ = all.close() // what failed before it counts
		return nil, err
	}
	return all, nil
}

func (t *texts) read(p *part) error {
	var item []byte
	for complete := false; ; {
		token, err := p.next()
		if errors.Is(err, io.EOF) && complete {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "si" {
				continue
			}
			var crossed strikes
			if item, crossed, err = p.text("si", item[:0]); err == nil {
				err = t.add(item, crossed.all())
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			complete = complete || token.Name.Local == "sst"
		}
	}
}

// crossedText is set in the end of a text that is crossed out.
const crossedText = 1 << 63

func (t *texts) add(item []byte, crossed bool) error {
	if err := t.written.append(item); err != nil {
		return err
	}
	t.count++
	end := uint64(t.written.size)
	if crossed {
		end |= crossedText
	}
	return t.ends.append(binary.LittleEndian.AppendUint64(nil, end))
}

// get returns a text by its number as the sheet writes it, and whether it is crossed out.
func (t *texts) get(number string) (written string, crossed bool, err error) {
	i, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || i < 0 || i >= t.count {
		return "", false, errors.New("no such text")
	}
	var bounds [16]byte // where the text before ends, and this one
	if i == 0 {
		err = t.ends.read(bounds[8:], 0)
	} else {
		err = t.ends.read(bounds[:], int64(i-1)*8)
	}
	if err != nil {
		return "", false, err
	}
	from, to := binary.LittleEndian.Uint64(bounds[:8])&^crossedText, binary.LittleEndian.Uint64(bounds[8:])
	crossed, to = to&crossedText != 0, to&^crossedText
	content := make([]byte, to-from)
	if err := t.written.read(content, int64(from)); err != nil {
		return "", false, err
	}
	return string(content), crossed, nil
}

func (t *texts) close() error { return errors.Join(t.written.close(), t.ends.close()) }

const (
	spillAbove = 4 << 20
	pageSize   = 32 << 10
	pageCount  = 64
)

// spill keeps bytes in memory, and in a temporary file when they become many. All are added before the first is read.
type spill struct {
	folder  string
	memory  []byte // all, or what is not in the file yet
	size    int64
	file    *os.File
	removed bool
	pages   [pageCount]page
}

type page struct {
	number int64 // from 1
	bytes  []byte
}

func (s *spill) append(p []byte) error {
	s.memory = append(s.memory, p...)
	s.size += int64(len(p))
	if len(s.memory) > spillAbove || s.file != nil && len(s.memory) > pageSize {
		return s.flush()
	}
	return nil
}

func (s *spill) flush() error {
	if s.file == nil {
		file, err := os.CreateTemp(s.folder, "mailtrap-contacts-*")
		if err != nil {
			return noScratch(err)
		}
		// Where the system allows it, the file is gone from the start, however the program ends.
		s.file, s.removed = file, os.Remove(file.Name()) == nil
	}
	if _, err := s.file.Write(s.memory); err != nil {
		return noScratch(err)
	}
	s.memory = s.memory[:0]
	return nil
}

func noScratch(err error) error {
	return fault.New(fault.FileAccess, "The texts of the Excel workbook could not be put aside.", "They need a temporary file.",
		"See that there is room on the disk, or save the sheet as CSV.").Because(err)
}

// read fills p with the bytes at a place.
func (s *spill) read(p []byte, at int64) error {
	if s.file == nil {
		copy(p, s.memory[at:])
		return nil
	}
	if len(s.memory) > 0 {
		if err := s.flush(); err != nil {
			return err
		}
		s.memory = nil
	}
	for len(p) > 0 {
		number := at/pageSize + 1
		slot := &s.pages[number%pageCount]
		if slot.number != number {
			if slot.bytes == nil {
				slot.bytes = make([]byte, pageSize)
			}
			slot.number = 0
			if n, err := s.file.ReadAt(slot.bytes[:pageSize], (number-1)*pageSize); err != nil && !errors.Is(err, io.EOF) {
				return noScratch(err)
			} else if int64(n) < min(pageSize, s.size-(number-1)*pageSize) {
				return noScratch(io.ErrUnexpectedEOF)
			}
			slot.number = number
		}
		n := copy(p, slot.bytes[at%pageSize:])
		p, at = p[n:], at+int64(n)
	}
	return nil
}

func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if !s.removed {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	s.file = nil
	return err
}
