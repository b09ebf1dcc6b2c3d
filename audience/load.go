package audience

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/text"
)

// loader turns an export into the columns of a snapshot. It reads, encodes and writes at once; what it keeps of each
// contact until the end is a hash of its address and id, its status, and which lists it is in.
type loader struct {
	layout *layout
	file   *draft
	lists  *membership
	report func(string)

	rows     int
	hashes   [2][]uint64 // of addresses and ids, by row; no ids where the export has none
	emails   []hashed    // sorted
	statuses []uint8
	sets     []uint32
	filled   []int
	counted  sync.Mutex // guards filled
	spare    sync.Pool  // of cells: they are the most that reading needs
}

// maxChunk bounds the bytes of a chunk's rows: 16 KB for each, when 40 fields full of text have 10.
const maxChunk = 16 << 10 * chunkRows

// batch is a chunk on its way.
type batch struct {
	no       int
	cells    []string // of all rows, one row after the other
	rows     int
	blobs    [][]byte // by column; nil for those that are written at the end
	emails   []uint64
	ids      []uint64
	statuses []uint8
	sets     []uint32
}

// load reads an export's rows.
func (l *loader) load(ctx context.Context, rows *exports.Reader) error {
	l.filled = make([]int, len(l.layout.columns))
	group, ctx := errgroup.WithContext(ctx)
	read, encoded := make(chan *batch, 1), make(chan *batch, 1)
	group.Go(func() error {
		defer close(read)
		return l.read(ctx, rows, read)
	})
	var workers sync.WaitGroup
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		workers.Add(1)
		group.Go(func() error {
			defer workers.Done()
			worker := l.worker()
			for b := range read {
				worker.encode(b)
				select {
				case encoded <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}
	go func() { workers.Wait(); close(encoded) }()
	group.Go(func() error { return l.write(encoded) })
	return group.Wait()
}

func (l *loader) read(ctx context.Context, rows *exports.Reader, to chan<- *batch) error {
	width := 0
	for _, i := range l.layout.source {
		width = max(width, i+1)
	}
	for no := 0; ; no++ {
		b, bytes := &batch{no: no}, 0
		if spare, ok := l.spare.Get().(*[]string); ok {
			b.cells = (*spare)[:0]
		} else {
			b.cells = make([]string, 0, chunkRows*width)
		}
		var err error
		for b.rows < chunkRows {
			var row []string
			if row, err = rows.Next(); err != nil {
				break
			}
			for i := range width {
				cell := ""
				if i < len(row) {
					cell = row[i]
				}
				bytes += len(cell)
				b.cells = append(b.cells, cell)
			}
			if b.rows++; bytes > maxChunk {
				return exports.TooLarge("It has " + text.Number(b.rows) + " rows in a row of more than " + text.Number(bytes/b.rows) + " bytes each.")
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if b.rows > 0 {
			l.rows += b.rows
			select {
			case to <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err != nil {
			return nil
		}
	}
}

// worker encodes chunks. Each has its own memory of what the cells of lists mean.
type worker struct {
	*loader
	encoder *encoder
	sets    map[string]uint32
}

func (l *loader) worker() *worker {
	return &worker{loader: l, encoder: newEncoder(), sets: map[string]uint32{}}
}

func (w *worker) encode(b *batch) {
	width := len(b.cells) / b.rows
	b.blobs = make([][]byte, len(w.layout.columns))
	filled := make([]int, len(w.layout.columns))
	for col, c := range w.layout.columns {
		at := w.layout.source[col]
		if col == colStatus || col == colLists {
			continue
		}
		store := storing(col, c.DataType)
		for i := range b.rows {
			cell := ""
			if at >= 0 {
				cell = trimmed(b.cells[i*width+at])
			}
			if col == colEmail {
				cell = strings.ToLower(cell)
				b.emails = append(b.emails, hashOf(cell))
			}
			if col == colID && at >= 0 {
				cell = strings.ToLower(cell)
				b.ids = append(b.ids, hashOf(cell))
			}
			if cell != "" {
				filled[col]++
			}
			w.encoder.next(cell, store)
		}
		b.blobs[col] = w.encoder.blob()
	}
	w.statusesOf(b, width)
	w.setsOf(b, width)
	clear(b.cells)
	w.spare.Put(&b.cells)
	b.cells = nil
	w.counted.Lock()
	defer w.counted.Unlock()
	for col, n := range filled {
		w.filled[col] += n
	}
}

// storing is how a column's cells are stored.
func storing(col int, dataType string) func([]byte, string) []byte {
	switch {
	case col == colID:
		return appendID
	case dataType == moment:
		return func(b []byte, cell string) []byte {
			if ms, ok := millis(cell); ok {
				return appendMillis(b, ms)
			}
			return appendValue(b, typed(cell, catalog.Text))
		}
	}
	return func(b []byte, cell string) []byte { return appendValue(b, typed(cell, dataType)) }
}

// Statuses as they are kept while loading.
const (
	statusUnknown uint8 = iota
	statusSubscribed
	statusUnsubscribed
	statusOther // the first of those that the export has besides
)

func (w *worker) statusesOf(b *batch, width int) {
	at := w.layout.source[colStatus]
	b.statuses = make([]uint8, b.rows)
	for i := range b.rows {
		if at >= 0 {
			b.statuses[i] = w.file.status(b.cells[i*width+at], w.layout.inverse)
		}
	}
}

// rememberedCells is how many cells of lists a worker remembers the meaning of: there are few.
const rememberedCells = 10_000

func (w *worker) setsOf(b *batch, width int) {
	at := w.layout.source[colLists]
	b.sets = make([]uint32, b.rows)
	for i := range b.rows {
		if at < 0 {
			continue
		}
		cell := b.cells[i*width+at]
		set, known := w.sets[cell]
		if !known {
			set = w.lists.read(cell)
			if len(w.sets) < rememberedCells {
				w.sets[strings.Clone(cell)] = set
			}
		}
		b.sets[i] = set
	}
}

func (l *loader) write(encoded <-chan *batch) error {
	rows := 0
	for b := range encoded {
		from := b.no * chunkRows
		if need := from + b.rows; need > len(l.sets) {
			l.sets = append(l.sets, make([]uint32, need-len(l.sets))...)
			l.statuses = append(l.statuses, make([]uint8, need-len(l.statuses))...)
		}
		l.hashes[0] = placed(l.hashes[0], from, b.emails)
		l.hashes[1] = placed(l.hashes[1], from, b.ids)
		copy(l.sets[from:], b.sets)
		copy(l.statuses[from:], b.statuses)
		for col, blob := range b.blobs {
			if blob != nil {
				if err := l.file.column(col, b.no, blob); err != nil {
					return err
				}
			}
		}
		if rows += b.rows; b.no%25 == 24 {
			l.report("read " + text.Count(rows, "contact"))
		}
	}
	return nil
}

// placed puts a chunk's hashes where they belong; chunks come in any order.
func placed(all []uint64, from int, some []uint64) []uint64 {
	if need := from + len(some); len(some) > 0 && need > len(all) {
		all = append(all, make([]uint64, need-len(all))...)
	}
	copy(all[min(from, len(all)):], some)
	return all
}

// trimmed is strings.TrimSpace, which most cells do not need.
func trimmed(cell string) string {
	if cell == "" || cell[0] > ' ' && cell[0] < 0x80 && cell[len(cell)-1] > ' ' && cell[len(cell)-1] < 0x80 {
		return cell
	}
	return strings.TrimSpace(cell)
}

// memberships reads the lists of an account, each exported by itself, where the export does not tell them.
func (l *loader) memberships(ctx context.Context, s *Service, lists []apiclient.List, began time.Time) error {
	for i, list := range lists {
		l.report("exporting the lists one by one: " + text.Number(i+1) + " of " + text.Number(len(lists)))
		err := l.each(ctx, s, apiclient.ExportFilter{ListIDs: []int64{list.ID}}, began, func(row int) {
			l.sets[row] = l.lists.with(l.sets[row], list.ID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unsubscribed reads who is unsubscribed, where the export does not tell it: whom that export does not name is subscribed.
func (l *loader) unsubscribed(ctx context.Context, s *Service, began time.Time) error {
	for i := range l.statuses {
		l.statuses[i] = statusSubscribed
	}
	l.report("exporting the unsubscribed contacts")
	return l.each(ctx, s, apiclient.ExportFilter{Status: apiclient.Unsubscribed}, began, func(row int) { l.statuses[row] = statusUnsubscribed })
}

// each visits the rows of the contacts of another export.
func (l *loader) each(ctx context.Context, s *Service, filter apiclient.ExportFilter, began time.Time, visit func(row int)) error {
	body, err := s.options.Exporter.ExportCSV(ctx, filter, l.report)
	if err != nil {
		return err
	}
	defer body.Close()
	rows, err := exports.Read(body)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) && n == 0 {
			return s.believe(ctx, filter, began)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, number := range findHash(l.emails, hashOf(rows.Address(row))) {
			visit(int(number))
		}
	}
}
