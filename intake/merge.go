package intake

import (
	"bytes"
	"hash/maphash"
)

// out is somebody who is not imported, whatever their other rows hold.
type out struct {
	worst  recordKind
	reason string
	since  int  // the first row that says so
	rows   bool // of the table are theirs
}

// merger brings the rows of each address together. An address is in one stream, with its rows in the order of the file.
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
	fanOut    = 16 // into how many a stream is parted that is too large to be merged at once
	fanOutBit = 4  // of a hash that say into which
	fanOuts   = 4  // how often, at most
)

// merge merges a stream, in parts if it is too large.
func (m *merger) merge(s *stream, depth int) error {
	if err := s.end(); err != nil {
		return err
	}
	defer s.discard()
	if s.size == 0 {
		return nil
	}
	if s.size > 2*int64(m.out.bounds.partition) && depth < fanOuts {
		return m.split(s, depth)
	}
	return m.mergeAtOnce(s)
}

// split parts a stream by other bits of its addresses' hashes.
func (m *merger) split(s *stream, depth int) error {
	parts := make([]*stream, fanOut)
	for i := range parts {
		parts[i] = &stream{spool: m.spool}
	}
	err := s.each(m.out.ctx, func(r record) error {
		part := parts[maphash.Bytes(m.seed, r.key)>>(fanOutBit*depth)%fanOut]
		part.count(r.kind)
		return part.append(r.all)
	})
	whole := s.size
	s.discard()
	for _, part := range parts {
		if err == nil {
			next := depth + 1
			if part.size == whole {
				next = fanOuts // one address has most of the rows
			}
			err = m.merge(part, next)
		}
		part.discard()
	}
	return err
}

func (s *stream) count(kind recordKind) {
	if kind != good {
		s.rejected++
	}
	if kind >= heldBack {
		s.outs++
	}
}

// mergeAtOnce merges a stream: first it sees who is out, then it brings the others' rows together, and last it writes down
// what is rejected.
func (m *merger) mergeAtOnce(s *stream) error {
	m.outs = nil
	var outs []string
	if s.outs > 0 {
		var err error
		if outs, err = m.findOuts(s); err != nil {
			return err
		}
	}
	m.people.clear(m.seed, m.out.bounds.meter)
	err := s.each(m.out.ctx, func(r record) error {
		m.gather(r)
		return nil
	})
	if err != nil {
		return err
	}
	for _, email := range outs {
		if found := m.outs[email]; found.rows {
			if err := m.out.outOf(email, found.worst); err != nil {
				return err
			}
		}
	}
	refusals, err := m.hand()
	if err != nil || s.rejected+refusals == 0 {
		return err
	}
	run := &stream{spool: m.spool}
	if err := s.each(m.out.ctx, func(r record) error { return m.reject(run, r) }); err != nil {
		return err
	}
	if err := run.end(); err != nil {
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
func (m *merger) findOuts(s *stream) (inOrder []string, err error) {
	m.outs = map[string]*out{}
	err = s.each(m.out.ctx, func(r record) error {
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

// gather puts a record to those of its address.
func (m *merger) gather(r record) {
	found := m.outs[string(r.key)]
	if found != nil {
		found.rows = found.rows || r.kind < gone
	}
	switch {
	case r.kind == good && (found == nil || r.row < found.since):
		if merged := m.people.add(r); merged {
			m.out.sum.Merged++
		}
	case r.kind == refused && r.doubted:
		m.people.meet(r)
	}
}

// hand hands those who can be imported on, and counts those who cannot.
func (m *merger) hand() (refusals int, err error) {
	for i := range m.people.all {
		p := &m.people.all[i]
		key, values := m.people.of(p)
		if found := m.outs[string(key)]; found != nil {
			p.reason = elsewhere(found.reason)
			refusals++
			continue
		}
		email := string(key)
		if p.doubted {
			m.out.doubt(email, p.row)
		}
		if !p.good {
			continue
		}
		if m.out.account.Standing != nil && bytes.IndexByte(key, '@') >= 0 {
			if p.reason, err = m.out.standing(email); err != nil {
				return refusals, err
			}
			if p.reason != "" {
				refusals++
				continue
			}
		}
		m.out.unsubscribed(email, p.row)
		if err := m.out.contact(p.row, m.row(key, values)); err != nil {
			return refusals, err
		}
	}
	return refusals, nil
}

// row is somebody as they are staged.
func (m *merger) row(key, values []byte) Row {
	key, values = writtenAs(key, values)
	return Row{m.out.tags, key, values}
}

// reject writes a record down that is not imported. A row whose values are not right, or that is skipped, is rejected for
// what another of its address says all the same: mending it would not make it fit to be imported.
func (m *merger) reject(run *stream, r record) error {
	found := m.outs[string(r.key)]
	switch {
	case r.kind >= mark:
		return nil
	case r.kind >= heldBack, r.kind == refused && found == nil:
		return run.append(r.all)
	case r.kind == refused:
		row := r.rejected(elsewhere(found.reason))
		return run.append(appendRejected(nil, refused, false, r.row, r.line, row.Email, row.Reason, row.Cells))
	case found != nil && r.row > found.since:
		return m.rejectGood(run, r, r.rest, elsewhere(found.reason))
	}
	p := m.people.find(r.key)
	if p == nil || p.reason == "" || p.row != r.row {
		return nil // imported, or merged into one that is written down
	}
	_, values := m.people.of(p)
	return m.rejectGood(run, r, values, p.reason)
}

// rejectGood writes a row down whose cells were coerced already, as the source's columns have them.
func (m *merger) rejectGood(run *stream, r record, values []byte, reason string) error {
	cells, err := m.row(r.key, values).Cells(m.out.sum.Tags)
	if err != nil {
		return err
	}
	return run.append(appendRejected(nil, refused, false, r.row, r.line, string(r.key), reason, cells))
}
