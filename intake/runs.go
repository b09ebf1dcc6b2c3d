package intake

import (
	"cmp"
	"container/heap"
	"context"
)

// runBuffer is how much of a run of rejected rows is looked at ahead; runs may be many.
const runBuffer = 4 << 10

// runs merges runs of rejected rows into one, in the order of the file. It is a heap of those that have rows left.
type runs []*run

type run struct {
	cursor *cursor
	next   record
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (r runs) Len() int           { return len(r) }
func (r runs) Less(i, j int) bool { return r[i].next.row < r[j].next.row }
func (r runs) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }

// Push implements heap.Interface.
func (r *runs) Push(x any) { *r = append(*r, x.(*run)) }

// Pop implements heap.Interface.
func (r *runs) Pop() any {
	last := len(*r) - 1
	popped := (*r)[last]
	*r = (*r)[:last]
	return popped
}

// inOrder calls take for the records of all streams, each of which is in the order of the file, until ctx
// ends.
func inOrder(ctx context.Context, streams []*stream, take func(record) error) error {
	var all runs
	for _, s := range streams {
		c := newCursor(s, runBuffer)
		defer c.close()
		first, found, err := c.next()
		if err != nil {
			return err
		}
		if found {
			all = append(all, &run{c, first})
		}
	}
	heap.Init(&all)
	for len(all) > 0 {
		first := all[0]
		if err := cmp.Or(take(first.next), ctx.Err()); err != nil {
			return err
		}
		var found bool
		var err error
		if first.next, found, err = first.cursor.next(); err != nil {
			return err
		}
		if found {
			heap.Fix(&all, 0)
		} else {
			heap.Pop(&all)
		}
	}
	return nil
}
