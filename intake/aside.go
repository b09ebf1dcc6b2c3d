package intake

import (
	"context"
	"hash/maphash"
)

// mostPiles is how many parts the rows of a file are put aside in at first. Each has a block or two in memory.
const mostPiles = 128

// aside is the rows of a file, put aside by address.
type aside struct {
	spool   *spool
	places  places
	piles   []*pile
	workers []*converter
}

func newAside(rows *source, limits bounds, folder string) *aside {
	put := &aside{spool: &spool{bounds: limits, folder: folder}}
	put.places = places{maphash.MakeSeed(), uint64(min(1+rows.unpackedSize()/int64(limits.partition), mostPiles))}
	put.piles = make([]*pile, 1+put.places.many)
	for i := range put.piles {
		put.piles[i] = put.spool.pile()
	}
	return put
}

// close lets go of the rows; what is closed, or nil, is left alone.
func (a *aside) close() {
	if a == nil || a.spool == nil {
		return
	}
	for _, p := range a.piles {
		p.discard()
	}
	a.spool.close()
	a.spool = nil
}

func (a *aside) add(b *batch) error {
	start := 0
	for _, part := range b.parts {
		if err := a.piles[part.place].append(part.kind, b.records[start:part.end]); err != nil {
			return err
		}
		start = part.end
	}
	return nil
}

// chunkSize is about how large the chunks become, of so many rows.
func (a *aside) chunkSize(rows int) int {
	size := 0
	for _, p := range a.piles {
		size += int(p.good.size)
	}
	limits := a.spool.bounds
	if rows > limits.contacts {
		size = int(float64(size) * float64(limits.contacts) / float64(rows))
	}
	return min(size, limits.chunk)
}

// handOn merges the rows of each address, and hands the result to the stage.
func (p *pass) handOn(ctx context.Context, slots []slot) error {
	put, tags := p.put, make([]string, len(slots))
	for i, slot := range slots {
		tags[i] = slot.tag
	}
	return deliver(ctx, p.stage, p.account, p.sum, tags, p.bounds, func(out *outlet) error {
		out.room = put.chunkSize(p.sum.Read)
		m := &merger{out: out, spool: put.spool, seed: put.places.seed, runs: []*stream{put.piles[direct].rejected}}
		if err := put.piles[direct].end(); err != nil {
			return err
		}
		for _, p := range put.piles[direct+1:] {
			if err := m.merge(p, 0); err != nil {
				return err
			}
		}
		m.people.drop()
		return m.rejectAll()
	})
}
