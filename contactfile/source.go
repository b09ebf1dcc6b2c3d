package contactfile

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"sync/atomic"

	"mailtrap-contacts-mcp/charset"
	"mailtrap-contacts-mcp/fault"
)

// source reads the file from its beginning and counts.
type source struct {
	file io.ReaderAt
	size int64
	read atomic.Int64
}

func (s *source) position() int64 { return min(s.read.Load(), s.size) }

func (s *source) Read(p []byte) (int, error) {
	at := s.read.Load()
	if at >= s.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.size-at)]
	n, err := s.file.ReadAt(p, at)
	s.read.Add(int64(n))
	switch {
	case err == nil || errors.Is(err, io.EOF) && n == len(p):
		return n, nil
	case errors.Is(err, io.EOF):
		return n, shrunk()
	default:
		return n, unreadable(err)
	}
}

// advance says how far a part of the file was read as if it were the whole file.
func (s *source) advance(count int64, whole uint64) {
	s.read.Store(int64(float64(s.size) * min(1, float64(count)/float64(max(whole, 1)))))
}

// shrunk is a file that lost its end while it was read: the rows there would be missing in silence.
func shrunk() error {
	return fault.New(fault.FileAccess, "file: it became shorter while it was read.", "Another program writes it.",
		"Wait until it is complete, and call again.")
}

// unpacked is the content of what was packed, as far as it keeps within the limits.
type unpacked struct {
	stream io.Reader
	raw    *source
	of     *zip.File // in an archive; nil where the file itself is packed
	limits Limits
	count  int64
}

// gzipMark is what a gzip file begins with.
var gzipMark = []byte("\x1f\x8b")

// origin is a text that can be read from its beginning, as often as need be.
type origin interface {
	open() (io.Reader, error)
}

// wholeFile is a file that is one text, packed or not.
type wholeFile struct {
	raw    *source
	limits Limits
	packed bool
}

func (f wholeFile) open() (io.Reader, error) {
	f.raw.read.Store(0)
	if !f.packed {
		return f.raw, nil
	}
	stream, err := gzip.NewReader(f.raw)
	if err != nil {
		return nil, damagedPacking(err)
	}
	return &unpacked{stream: stream, raw: f.raw, limits: f.limits}, nil
}

// beginningOf returns the first bytes of a text.
func beginningOf(from origin) ([]byte, error) {
	input, err := from.open()
	if err != nil {
		return nil, err
	}
	start := make([]byte, 512)
	n, err := io.ReadFull(input, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unreadable(err)
	}
	return start[:n], nil
}

// windowOf begins to read a text.
func windowOf(from origin, options Options, about *Description) (*window, error) {
	input, err := from.open()
	if err != nil {
		return nil, err
	}
	decoded, err := charset.Decode(input, options.Encoding, &about.Found)
	if err != nil {
		return nil, unreadable(err)
	}
	w := &window{input: decoded, limit: options.Limits.Record}
	return w, w.begin()
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.stream.Read(p)
	u.count += int64(n)
	packed := u.raw.position()
	if u.of != nil {
		packed = int64(min(u.of.CompressedSize64, uint64(u.raw.size)))
		u.raw.advance(u.count, u.of.UncompressedSize64)
	}
	if exceeded := unpackedTooMuch(u.count, packed, u.limits); exceeded != nil {
		return 0, exceeded
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, damagedPacking(err)
	}
	return n, err
}

// damagedPacking says what is wrong with the packing; what is wrong with the file below it says source.
func damagedPacking(err error) error {
	switch {
	case says(err):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return notReadable("The packed file ends too early.", "Download or pack it again.")
	}
	return notReadable("The packed file is damaged.", "Download or pack it again.")
}

// unpackedTooMuch is the fault of a packed file that is a bomb or might be one. Small ones may hold as much air as they
// like.
func unpackedTooMuch(count, packed int64, limits Limits) error {
	const harmless = 1 << 20
	switch {
	case count > limits.Unpacked:
		return tooMuch("unpacked, it is larger than "+size(limits.Unpacked)+".", "", "Split the file into parts and import one after the other.")
	case count > harmless && count/max(packed, 1) >= limits.Ratio:
		return tooMuch("it unpacks to far more than contacts do, and was not read on.", "Such files are made to fill memory or disks.",
			"If it is in order, unpack it and give what is inside as CSV.")
	}
	return nil
}
