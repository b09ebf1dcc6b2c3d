package audience

import (
	"context"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// scan visits the chunks that have contacts who fit, several at once but one visit at a time. In their order it visits them
// one after the other.
func (sn *Snapshot) scan(outer context.Context, condition *node, columns []int, inOrder, timed bool, visit func(*view) error) error {
	ctx, cancel := context.WithCancel(outer)
	if timed {
		ctx, cancel = context.WithTimeout(outer, queryTime)
	}
	defer cancel()
	over, err := sn.overlay(ctx)
	if err != nil {
		return err
	}
	var next atomic.Int64
	var visiting sync.Mutex
	group, working := errgroup.WithContext(ctx)
	workers := len(sn.all)
	if inOrder {
		workers = 1
	}
	for range workers {
		group.Go(func() error {
			for {
				chunk := int(next.Add(1)) - 1
				if chunk >= sn.chunks() {
					return nil
				}
				if err := working.Err(); err != nil {
					return err
				}
				v, err := sn.read(working, condition, columns, chunk, over)
				if err != nil {
					return err
				}
				if v != nil {
					visiting.Lock()
					err = visit(v)
					visiting.Unlock()
				}
				if err != nil {
					return err
				}
			}
		})
	}
	err = group.Wait()
	if err == nil {
		err = sn.scanChanged(condition, over, visit)
	}
	if err != nil && ctx.Err() != nil {
		return tooSlow(ctx, outer)
	}
	return sn.service.fileFault(err)
}

// read reads a chunk and decides who fits; nil when nobody does.
func (sn *Snapshot) read(ctx context.Context, condition *node, columns []int, chunk int, over *overlay) (*view, error) {
	db, back, err := sn.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer back()
	v := &view{columns: make([]*column, len(sn.schema.columns)), rows: sn.rowsOf(chunk), first: uint32(chunk * chunkRows)}
	load := func(col int) (err error) {
		if v.columns[col] == nil {
			v.columns[col], err = sn.readColumn(db, col, chunk)
		}
		return err
	}
	if condition != nil {
		for col := range condition.columns {
			if err := load(col); err != nil {
				return nil, err
			}
		}
	}
	if err := v.decide(ctx, condition); err != nil {
		return nil, err
	}
	anybody := false
	for i := range v.keep {
		row := v.first + uint32(i)
		if v.keep[i] == 1 && (len(sn.gone) > 0 && sn.gone[row] || len(over.replaced) > 0 && over.replaced[row]) {
			v.keep[i] = 0
		}
		anybody = anybody || v.keep[i] == 1
	}
	if !anybody {
		return nil, nil
	}
	for _, col := range columns {
		if err := load(col); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (sn *Snapshot) scanChanged(condition *node, over *overlay, visit func(*view) error) error {
	if over.rows == 0 {
		return nil
	}
	v := &view{columns: over.columns, rows: over.rows, first: uint32(sn.chunks() * chunkRows)}
	if err := v.decide(context.Background(), condition); err != nil {
		return err
	}
	for _, kept := range v.keep {
		if kept == 1 {
			return visit(v)
		}
	}
	return nil
}

func (v *view) decide(ctx context.Context, condition *node) error {
	if condition == nil {
		v.keep = filledWith(v.rows, 1)
		return nil
	}
	r := &row{columns: v.columns, code: -1, now: condition.now}
	v.keep = condition.truths(ctx, r, v.rows)
	if r.failed == nil {
		r.failed = ctx.Err()
	}
	return r.failed
}

func filledWith(rows int, t tri) []tri {
	all := make([]tri, rows)
	for i := range all {
		all[i] = t
	}
	return all
}

// truths evaluates a condition for all contacts of a chunk. What is about one column is decided once for each of its values.
func (n *node) truths(ctx context.Context, r *row, rows int) []tri {
	switch n.logic {
	case opNot:
		all := n.kids[0].truths(ctx, r, rows)
		for i, t := range all {
			all[i] = t.not()
		}
		return all
	case opAnd, opOr:
		decides := tri(0)
		if n.logic == opOr {
			decides = 1
		}
		all := filledWith(rows, 1-decides)
		for _, kid := range n.kids {
			for i, t := range kid.truths(ctx, r, rows) {
				if t == decides || all[i] != decides && t == unknown {
					all[i] = t
				}
			}
		}
		return all
	}
	all := make([]tri, rows)
	switch len(n.columns) {
	case 0:
		return filledWith(rows, truthOf(n.run(r)))
	case 1:
		for col := range n.columns {
			n.truthsOfValues(ctx, r, r.columns[col], all)
		}
		return all
	}
	for i := range all {
		if i%256 == 0 && ctx.Err() != nil {
			break
		}
		r.i = i
		all[i] = truthOf(n.run(r))
	}
	return all
}

func (n *node) truthsOfValues(ctx context.Context, r *row, c *column, all []tri) {
	decided := make([]tri, len(c.values))
	for i := range decided {
		if i%256 == 0 && ctx.Err() != nil {
			break
		}
		r.code = i
		decided[i] = truthOf(n.run(r))
	}
	r.code = -1
	switch {
	case c.codes != nil:
		for i, code := range c.codes {
			all[i] = decided[code]
		}
	case len(decided) == 1:
		for i := range all {
			all[i] = decided[0]
		}
	default:
		copy(all, decided)
	}
}
