package intake

import (
	"bytes"
	"context"
	"hash/maphash"
)

// out is somebody who is not imported, whatever their other rows hold.
type out struct {
	worst  recordKind
	reason string
	since  int  // the first row that says so
	rows   bool // of the table are theirs
}

// merger brings the rows of each address together. An address is in one pile.
type merger struct {
	out    *outlet
	spool  *spool
	seed   maphash.Seed
	runs   []*stream // rejected rows, each in the order of the file
	fresh  []*stream // more of them, that may be many
	outs   map[string]*out
	people people
}

const (
	fanOut    = 16 // into how many a pile is parted that is too large to be merged at once
	fanOutBit = 4  // of a hash that say into which
	fanOuts   = 4  // how often, at most
)

// pile is the rows of some addresses, in the order of the file: those that are good, and those that are rejected or say that
// an address does not want mail.
type pile struct {
	good, rejected *stream
	outs           bool // one of the rejected keeps others of its address out
}

func (s *spool) pile() *pile { return &pile{good: &stream{spool: s}, rejected: &stream{spool: s}} }

func (p *pile) append(kind recordKind, record []byte) error {
	if kind == good {
		return p.good.append(record)
	}
	p.outs = p.outs || kind >= heldBack
	return p.rejected.append(record)
}

func (p *pile) size() int64 { return p.good.size + p.rejected.size }

func (p *pile) end() error {
	if err := p.good.end(); err != nil {
		return err
	}
	return p.rejected.end()
}

// each calls take for the rows that are good, and then for those that are rejected.
func (p *pile) each(ctx context.Context, take func(record) error) error {
	if err := p.good.each(ctx, take); err != nil {
		return err
	}
	return p.rejected.each(ctx, take)
}

func (p *pile) discard() {
	p.good.discard()
	p.rejected.discard()
}

// merge merges a pile, in parts if it is too large.
func (m *merger) merge(p *pile, depth int) error {
	if err := p.end(); err != nil {
		return err
	}
	defer p.discard()
	if p.size() == 0 {
		return nil
	}
	if p.size() > 2*int64(m.out.bounds.partition) && depth < fanOuts {
		return m.split(p, depth)
	}
	return m.mergeAtOnce(p)
}

// split parts a pile by other bits of its addresses' hashes.
func (m *merger) split(p *pile, depth int) error {
	parts := make([]*pile, fanOut)
	for i := range parts {
		parts[i] = m.spool.pile()
	}
	take := func(r record) error {
		return parts[maphash.Bytes(m.seed, r.key)>>(fanOutBit*depth)%fanOut].append(r.kind, r.all)
	}
	err := p.each(m.out.ctx, take)
	whole := p.size()
	p.discard()
	for _, part := range parts {
		if err == nil {
			next := depth + 1
			if part.size() == whole {
				next = fanOuts // one address has most of the rows
			}
			err = m.merge(part, next)
		}
		part.discard()
	}
	return err
}

// mergeAtOnce merges a pile: first it sees who is out, then it brings the others' rows together. What is rejected it writes
// down in three runs: good rows behind one that keeps them out, rows that are rejected themselves, and those of people who
// turn out to be.
func (m *merger) mergeAtOnce(p *pile) error {
	outs, err := m.findOuts(p)
	if err != nil {
		return err
	}
	m.people.clear(m.seed, m.out.bounds.meter)
	for _, pass := range []struct {
		rows *stream
		take func(run *stream, r record) error
	}{{p.good, m.gather}, {p.rejected, m.reject}} {
		err := m.run(func(run *stream) error {
			return pass.rows.each(m.out.ctx, func(r record) error { return pass.take(run, r) })
		})
		if err != nil {
			return err
		}
	}
	for _, email := range outs {
		if found := m.outs[email]; found.rows {
			if err := m.out.outOf(email, found.worst); err != nil {
				return err
			}
		}
	}
	return m.run(m.hand)
}

// run keeps the rejected rows that are written into a run.
func (m *merger) run(write func(run *stream) error) error {
	run := &stream{spool: m.spool}
	if err := write(run); err != nil {
		return err
	}
	if err := run.end(); err != nil || run.size == 0 {
		return err
	}
	if m.fresh = append(m.fresh, run); len(m.fresh) == mostRuns {
		return m.collapse()
	}
	return nil
}

// rejectAll hands all rejected rows on, in the order of the file.
func (m *merger) rejectAll() error {
	return inOrder(m.out.ctx, append(m.runs, m.fresh...), func(r record) error {
		return m.out.rejected(r.rejected(string(r.reason)))
	})
}

// mostRuns is how many runs of rejected rows are merged at a time.
const mostRuns = 128

// collapse makes one run of many.
func (m *merger) collapse() error {
	one := &stream{spool: m.spool}
	if err := inOrder(m.out.ctx, m.fresh, func(r record) error { return one.append(r.all) }); err != nil {
		return err
	}
	for _, run := range m.fresh {
		run.discard()
	}
	m.runs, m.fresh = append(m.runs, one), nil
	return one.end()
}

// findOuts sees who may not be mailed, since which of their rows, and by the gravest of them why. It returns their addresses
// in the order of the file.
func (m *merger) findOuts(p *pile) (inOrder []string, err error) {
	m.outs = nil
	if !p.outs {
		return nil, nil
	}
	m.outs = map[string]*out{}
	err = p.rejected.each(m.out.ctx, func(r record) error {
		kind := r.kind
		switch {
		case kind < heldBack:
			return nil
		case kind == unsure:
			kind = heldBack
		case kind == gone:
			kind = barred
		case kind == mark: // its cells are not below their headers, so that nobody is unsubscribed by them
			kind = barred
		}
		found := m.outs[string(r.key)]
		if found == nil {
			found = &out{since: r.row}
			m.outs[string(r.key)] = found
			inOrder = append(inOrder, string(r.key))
		}
		if kind > found.worst {
			found.worst, found.reason = kind, string(r.reason)
		}
		return nil
	})
	return inOrder, err
}

// gather puts a good row to those of its address, unless one before it keeps it out.
func (m *merger) gather(run *stream, r record) error {
	found := m.outs[string(r.key)]
	if found != nil {
		found.rows = true
		if r.row > found.since {
			return m.rejectGood(run, r, elsewhere(found.reason))
		}
	}
	if merged := m.people.add(r); merged {
		m.out.sum.Merged++
	}
	return nil
}

// reject writes a row down that is rejected. One whose values are not right, or that is skipped, is rejected for what another
// of its address says all the same: correcting it would not make it fit to be imported.
func (m *merger) reject(run *stream, r record) error {
	found := m.outs[string(r.key)]
	if found != nil {
		found.rows = found.rows || r.kind < gone
	}
	if r.kind == refused && r.doubted {
		m.people.meet(r)
	}
	switch {
	case r.kind >= mark:
		return nil
	case r.kind == refused && found != nil:
		row := r.rejected(elsewhere(found.reason))
		return run.append(appendRejected(nil, refused, false, r.row, r.line, row.Email, row.Reason, row.Cells))
	}
	return run.append(r.all)
}

// hand hands those who can be imported on, and writes down those who cannot.
func (m *merger) hand(run *stream) error {
	for i := range m.people.all {
		p := &m.people.all[i]
		key, values := m.people.of(p)
		found := m.outs[string(key)]
		if found == nil && p.doubted {
			m.out.doubt(string(key), p.row)
		}
		if !p.good {
			continue
		}
		reason, err := "", error(nil)
		switch {
		case found != nil:
			reason = elsewhere(found.reason)
		case m.out.account.Standing != nil && bytes.IndexByte(key, '@') >= 0:
			reason, err = m.out.standing(string(key))
		}
		if err == nil && reason != "" {
			err = m.rejectGood(run, record{row: p.row, line: p.line, key: key, rest: values}, reason)
		} else if err == nil {
			if m.out.account.Unsubscribed != nil {
				m.out.unsubscribed(string(key), p.row)
			}
			err = m.out.contact(p.row, m.row(key, values))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// row is somebody as they are staged.
func (m *merger) row(key, values []byte) Row {
	key, values = writtenAs(key, values)
	return Row{m.out.tags, key, values}
}

// rejectGood writes a row down whose cells were coerced already, as the source's columns have them.
func (m *merger) rejectGood(run *stream, r record, reason string) error {
	cells, err := m.row(r.key, r.rest).Cells(m.out.sum.Tags)
	if err != nil {
		return err
	}
	return run.append(appendRejected(nil, refused, false, r.row, r.line, string(r.key), reason, cells))
}
