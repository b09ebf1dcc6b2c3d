package intake

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// delivery is one thing that the stage is given.
type delivery struct {
	chunk  Chunk
	emails []string
	rows   []Rejected
}

func (d delivery) to(ctx context.Context, stage Stage, sum *Summary) error {
	switch {
	case d.chunk.Count > 0:
		return stage.Contacts(ctx, d.chunk)
	case len(d.emails) > 0:
		return stage.OptedOut(ctx, d.emails)
	}
	return stage.Rejected(ctx, sum.Columns, d.rows)
}

// How much of what is not a chunk the stage is given at a time.
const (
	deliveredRows   = 1000
	deliveredBytes  = 1 << 20
	deliveredEmails = 1000
)

// outlet is where contacts, rejected rows and opt-outs go. It counts them, cuts them into chunks, and works on while the
// stage keeps the one before.
type outlet struct {
	ctx     context.Context // of one run
	bounds  bounds
	account Account
	sum     *Summary
	to      chan delivery
	free    chan Rows // those that the stage has kept
	room    int       // how much a chunk is likely to need

	tags   []string // of the contacts' values
	head   Rows     // what a chunk begins with
	chunk  Chunk
	emails []string
	rows   []Rejected
	cells  int // bytes of them
	tally  Tally
	filled []int // by the place of the tag
	sample earliest[Row]
	roles  earliest[string]
	typos  earliest[string]
	unsubs earliest[string]
	doubts doubts
}

// deliver hands what produce puts into an outlet to the stage, and gives the summary its last figures.
func deliver(ctx context.Context, stage Stage, account Account, sum *Summary, tags []string, limits bounds,
	produce func(*outlet) error,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &outlet{
		ctx: ctx, bounds: limits, account: account, sum: sum, to: make(chan delivery), free: make(chan Rows, 2),
		tags: tags, head: RowsOf(tags), filled: make([]int, len(tags)),
		sample: earliest[Row]{limit: sampled}, roles: earliest[string]{limit: shownDoubts},
		typos: earliest[string]{limit: shownDoubts}, unsubs: earliest[string]{limit: shownDoubts},
	}
	out.free <- nil
	out.free <- nil
	failed := make(chan error, 1)
	go func() {
		defer close(out.to)
		failed <- safely(func() error {
			if err := produce(out); err != nil {
				return err
			}
			return out.end()
		})()
	}()
	var err error
	for d := range out.to {
		if err != nil {
			continue // what was under way when the stage failed
		}
		if err = d.to(ctx, stage, sum); err != nil {
			cancel()
		}
		if d.chunk.Count > 0 {
			out.free <- d.chunk.Rows
		}
	}
	return cmp.Or(err, <-failed)
}

func (o *outlet) send(d delivery) error {
	select {
	case o.to <- d:
		return nil
	case <-o.ctx.Done():
		return o.ctx.Err()
	}
}

// standing says why the account does not let an address be imported.
func (o *outlet) standing(email string) (reason string, err error) {
	if o.account.Standing == nil {
		return "", nil
	}
	erasedBefore := false
	for _, form := range FormsOf(email) {
		why, erased, err := o.account.Standing(o.ctx, form)
		if err != nil {
			return "", err
		}
		reason, erasedBefore = cmp.Or(reason, why), erasedBefore || erased
	}
	switch {
	case reason != "":
		o.sum.OptedOut++
		o.sum.Guarded++
	case erasedBefore:
		o.sum.ErasedBefore++
	}
	return reason, nil
}

// unsubscribed counts a contact that is unsubscribed in the account.
func (o *outlet) unsubscribed(email string, row int) {
	if o.account.Unsubscribed.Has(email) {
		o.sum.Unsubscribed.Count++
		o.unsubs.add(row, email)
	}
}

// doubt counts an address that is seldom worth mailing. Each must be given once.
func (o *outlet) doubt(email string, row int) {
	switch kind, meant := o.doubts.of(email); kind {
	case Role:
		o.sum.Roles.Count++
		o.roles.add(row, email)
	case Typo:
		o.sum.Typos.Count++
		o.typos.add(row, email+" ("+meant+"?)")
	}
}

// contact takes a contact whose values are of the outlet's tags.
func (o *outlet) contact(place int, one Row) error {
	o.fill(one)
	if o.sample.wants(place) {
		o.sample.add(place, Row{one.tags, bytes.Clone(one.key), bytes.Clone(one.values)})
	}
	o.sum.Contacts++
	if o.chunk.Rows == nil {
		if err := o.begin(); err != nil {
			return err
		}
	}
	before := cap(o.chunk.Rows)
	if o.chunk.add(one, o.bounds.contacts, o.bounds.chunk) {
		o.bounds.meter.add(cap(o.chunk.Rows) - before)
		return nil
	}
	if err := o.flush(); err != nil {
		return err
	}
	if err := o.begin(); err != nil {
		return err
	}
	o.chunk.Add(one)
	return nil
}

// fill counts the values of a contact.
func (o *outlet) fill(one Row) {
	for at, value := range one.All {
		if string(value) != "null" {
			o.filled[at]++
		}
	}
}

// begin takes an empty chunk, when the stage has kept one.
func (o *outlet) begin() error {
	select {
	case rows := <-o.free:
		if rows == nil { // growing it step by step would cost memory several times as large
			rows = make(Rows, 0, o.room)
			o.bounds.meter.add(o.room)
		}
		rows = append(rows[:0], o.head...)
		o.chunk.Rows = rows
		return nil
	case <-o.ctx.Done():
		return o.ctx.Err()
	}
}

// flush sends the chunk off.
func (o *outlet) flush() error {
	chunk := o.chunk
	o.chunk = Chunk{}
	return o.send(delivery{chunk: chunk})
}

// outOf takes the address of somebody whom the source keeps out, and how surely.
func (o *outlet) outOf(email string, kind recordKind) error {
	if kind == heldBack {
		o.sum.HeldBack++
		return nil
	}
	o.sum.OptedOut++
	if kind != optedOut {
		return nil
	}
	o.sum.SaidNo++
	o.emails = append(o.emails, FormsOf(email)...)
	if len(o.emails) < deliveredEmails {
		return nil
	}
	return o.flushEmails()
}

func (o *outlet) flushEmails() error {
	emails := o.emails
	o.emails = nil
	return o.send(delivery{emails: emails})
}

// rejected takes a row that is not imported; they come in the order of their lines.
func (o *outlet) rejected(row Rejected) error {
	if o.sum.Rejected == 0 {
		o.sum.First = Rejected{Line: row.Line, Reason: row.Reason}
	}
	o.sum.Rejected++
	if row.Email == "" {
		o.sum.Unread++
	}
	if len(o.sum.Named) < namedRows {
		o.sum.Named = append(o.sum.Named, NamedRow{row.Line, o.called(row), text.ClipProse(row.Reason, 200)})
	}
	o.tally.Add(row.Reason)
	o.rows = append(o.rows, row)
	for _, cell := range row.Cells {
		o.cells += len(cell)
	}
	if len(o.rows) < deliveredRows && o.cells < deliveredBytes {
		return nil
	}
	return o.flushRows()
}

// called is the address of a row, or what stands for it. Where the cells do not stand below their headers, only one with an @
// can.
func (o *outlet) called(row Rejected) string {
	if row.Email != "" {
		return row.Email
	}
	at := slices.Index(o.sum.Tags, asAddress)
	if len(row.Cells) != len(o.sum.Columns) {
		isLike := func(cell string) bool { return strings.Contains(cell, "@") }
		at = slices.IndexFunc(row.Cells, isLike)
		if slices.ContainsFunc(row.Cells[at+1:], isLike) {
			at = -1
		}
	}
	if at < 0 {
		return ""
	}
	return text.Clip(strings.TrimSpace(row.Cells[at]), apiclient.MaxEmail)
}

func (o *outlet) flushRows() error {
	rows := o.rows
	o.rows, o.cells = nil, 0
	return o.send(delivery{rows: rows})
}

// end sends off what is left, and sums up.
func (o *outlet) end() error {
	if o.chunk.Count > 0 {
		if err := o.flush(); err != nil {
			return err
		}
	}
	if len(o.emails) > 0 {
		if err := o.flushEmails(); err != nil {
			return err
		}
	}
	if len(o.rows) > 0 {
		if err := o.flushRows(); err != nil {
			return err
		}
	}
	o.sum.Reasons = o.tally.Top()
	o.sum.Roles.Examples, o.sum.Typos.Examples, o.sum.Unsubscribed.Examples = o.roles.items, o.typos.items, o.unsubs.items
	o.sum.Sample = make([]Contact, len(o.sample.items))
	for i, one := range o.sample.items {
		var err error
		if o.sum.Sample[i], err = one.Contact(); err != nil {
			return err
		}
	}
	o.sum.Filled = make(map[string]int, len(o.tags))
	for i, tag := range o.tags {
		o.sum.Filled[tag] = o.filled[i]
	}
	return nil
}

// earliest are the items of the first few rows, whatever order they come in.
type earliest[T any] struct {
	limit int
	rows  []int
	items []T
}

func (e *earliest[T]) wants(row int) bool {
	return len(e.rows) < e.limit || row < e.rows[len(e.rows)-1]
}

func (e *earliest[T]) add(row int, item T) {
	if !e.wants(row) {
		return
	}
	at, _ := slices.BinarySearch(e.rows, row)
	e.rows, e.items = slices.Insert(e.rows, at, row), slices.Insert(e.items, at, item)
	if len(e.rows) > e.limit {
		e.rows, e.items = e.rows[:e.limit], e.items[:e.limit]
	}
}
