package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"

	"golang.org/x/sync/errgroup"
)

// batch is some rows of a file on their way from the reader over a worker to the collector.
type batch struct {
	first int // which of the rows its first is, from 0
	lines []int
	cells []string // of all rows
	ends  []int    // where in them each row's end
	text  int      // bytes
	// broken are the rows that cannot be relied on, by their number, and why.
	broken map[int]string
	gone   []fileRow // people who are out, and stand among no row

	records []byte  // what the worker has made of the rows,
	parts   []part  // and where it goes
	found   *survey // or what it has found in them
	done    chan struct{}
}

// part is a record of a batch.
type part struct {
	place int // of which pile it becomes a part
	kind  recordKind
	end   int
}

// each calls take for every row.
func (b *batch) each(take func(row, line int, cells []string)) {
	start := 0
	for i, end := range b.ends {
		take(b.first+i, b.lines[i], b.cells[start:end])
		start = end
	}
}

// add notes where the record goes that was appended to the batch last.
func (b *batch) add(place int, kind recordKind) {
	b.parts = append(b.parts, part{place, kind, len(b.records)})
}

// fill reads the next rows into the batch. Their texts stay when the reader goes on, only their cells do not.
func (b *batch) fill(rows *source, first int, limits bounds) error {
	b.first, b.text, b.found, b.broken, b.gone = first, 0, nil, nil, b.gone[:0]
	b.lines, b.cells, b.ends, b.records, b.parts = b.lines[:0], b.cells[:0], b.ends[:0], b.records[:0], b.parts[:0]
	for len(b.lines)+len(b.gone) < limits.rows && b.text < limits.batch {
		row, err := rows.next()
		if err != nil {
			return err
		}
		for _, cell := range row.cells {
			b.text += len(cell)
		}
		if row.isOut() {
			row.cells = slices.Clone(row.cells)
			b.gone = append(b.gone, row)
			continue
		}
		if row.problem != "" {
			if b.broken == nil {
				b.broken = map[int]string{}
			}
			b.broken[first+len(b.lines)] = row.problem
		}
		b.lines, b.cells = append(b.lines, row.line), append(b.cells, row.cells...)
		b.ends = append(b.ends, len(b.cells))
	}
	return nil
}

// eachBatch reads the rows of a file in one goroutine, has them worked on in as many as there are processors, and hands
// them in the file's order to collect, in the caller's. newWorker makes what works in one goroutine.
func eachBatch(ctx context.Context, rows *source, limits bounds, newWorker func() func(*batch), collect func(*batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	inFlight := 2*workers + 2
	free, work, ordered := make(chan *batch, inFlight), make(chan *batch, inFlight), make(chan *batch, inFlight)
	for range inFlight {
		free <- &batch{done: make(chan struct{}, 1)}
	}
	group.Go(safely(func() error {
		defer close(work)
		defer close(ordered)
		for first := 0; ; {
			var b *batch
			select {
			case b = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			err := b.fill(rows, first, limits)
			if first += len(b.lines); len(b.lines)+len(b.gone) > 0 {
				limits.meter.add(b.text)
				ordered <- b
				work <- b
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}))
	for range workers {
		worker := newWorker()
		group.Go(safely(func() error {
			for b := range work {
				worker(b)
				b.done <- struct{}{}
			}
			return nil
		}))
	}
	err := collectAll(ctx, ordered, func(b *batch) error {
		defer limits.meter.add(-b.text)
		if err := collect(b); err != nil {
			return err
		}
		free <- b
		return nil
	})
	if err != nil && ctx.Err() == nil {
		cancel()
		_ = group.Wait() // what the others say is only that they were cancelled
		return err
	}
	return cmp.Or(group.Wait(), err)
}

func collectAll(ctx context.Context, ordered <-chan *batch, collect func(*batch) error) error {
	for b := range ordered {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := collect(b); err != nil {
			return err
		}
	}
	return nil
}

// safely makes an error of a panic in a goroutine of its own: one bad row must not end the server.
func safely(do func() error) func() error {
	return func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("intake: %v\n%s", cause, debug.Stack())
			}
		}()
		return do()
	}
}
