package intake

import (
	"context"
	"hash/maphash"
)

// mostStreams is how many parts the rows of a file are put aside in at first. Each has a block in memory.
const mostStreams = 128

// aside is the rows of a file, put aside by address.
type aside struct {
	spool   *spool
	places  places
	streams []*stream
	workers []*converter
}

func newAside(rows *source, limits bounds, folder string) *aside {
	put := &aside{spool: &spool{bounds: limits, folder: folder}}
	put.places = places{maphash.MakeSeed(), uint64(min(1+rows.unpackedSize()/int64(limits.partition), mostStreams))}
	put.streams = make([]*stream, 1+put.places.many)
	for i := range put.streams {
		put.streams[i] = &stream{spool: put.spool}
	}
	return put
}

// close lets go of the rows; what is closed, or nil, is left alone.
func (a *aside) close() {
	if a == nil || a.spool == nil {
		return
	}
	for _, s := range a.streams {
		s.discard()
	}
	a.spool.close()
	a.spool = nil
}

func (a *aside) add(b *batch) error {
	start := 0
	for _, part := range b.parts {
		s := a.streams[part.stream]
		s.count(part.kind)
		if err := s.append(b.records[start:part.end]); err != nil {
			return err
		}
		start = part.end
	}
	return nil
}

// handOn merges the rows of each address, and hands what they come to to the stage.
func (p *pass) handOn(ctx context.Context, slots []slot) error {
	put, tags := p.put, make([]string, len(slots))
	for i, slot := range slots {
		tags[i] = slot.tag
	}
	return deliver(ctx, p.stage, p.account, p.sum, tags, p.bounds, func(out *outlet) error {
		m := &merger{out: out, spool: put.spool, seed: put.places.seed, runs: put.streams[:1:1]}
		if err := put.streams[direct].end(); err != nil {
			return err
		}
		for _, s := range put.streams[direct+1:] {
			if err := m.merge(s, 0); err != nil {
				return err
			}
		}
		m.people.drop()
		return m.rejectAll()
	})
}
