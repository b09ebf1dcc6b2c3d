package intake

import (
	"context"
	"slices"
	"sync/atomic"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/coerce"
	"mailtrap-contacts-mcp/contactfile"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/optout"
)

// ReadFile reads a contact file and hands the contacts to the stage. Addresses are trimmed, checked and lower-cased;
// rows that repeat one are merged, the later value wins; empty cells leave a field as it is. A file is read once more where
// what a column holds changes how it is read, and one of JSON for the names of its columns.
//
// It fails with invalid_input where the file or what is said of it makes no sense, limit_reached where new fields would be
// too many, and file_access where the file cannot be read, changes meanwhile, or has no room to be put aside. The stage may
// have been given something by then.
func ReadFile(ctx context.Context, file contactfile.File, how Reading, account Account, stage Stage) (*Summary, error) {
	return readFile(ctx, file, how, account, stage, ordinaryBounds())
}

func readFile(ctx context.Context, file contactfile.File, how Reading, account Account, stage Stage, limits bounds) (*Summary, error) {
	p := &pass{file: file, how: how, account: account, stage: stage, bounds: limits, sum: &Summary{}}
	defer p.close()
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	if err := refuseUnwilling(p.rows.rows.Format()); err != nil {
		return nil, err
	}
	fields, err := p.fields(ctx)
	if err != nil {
		return nil, err
	}
	mapping, err := p.addressed(true)
	if err != nil {
		return nil, err
	}
	if p.plan, err = planColumns(p.rows.columns, fields, mapping); err != nil {
		return nil, err
	}
	if err := p.plan.setGoneApart(); err != nil {
		return nil, err
	}
	if p.rows.rows.Format().Joined {
		p.plan.matchEnds(knownFields(fields))
	}
	p.plan.quoted = p.rows.rows.Format().Delimiter != ""
	p.plan.typed = p.rows.isTyped() || slices.Contains(p.plan.facts, true)
	for i := range p.plan.columns {
		if column := &p.plan.columns[i]; column.field != nil && coerce.IsNumeric(column.field.DataType) {
			column.sign = coerce.SignNamed(how.DecimalSign) // until their values say otherwise
		}
	}
	if err := p.planLists(ctx); err != nil {
		return nil, err
	}
	if err := p.takeIn(ctx, fields); err != nil {
		return nil, err
	}
	if err := p.takeGone(ctx); err != nil {
		return nil, err
	}
	if p.memberships != nil {
		if err := p.memberships.check(p.plan.columns[p.plan.lists].name); err != nil {
			return nil, err
		}
		p.sum.Lists, p.sum.NewLists = p.memberships.usedLists(), p.memberships.fresh
	}
	p.describe()
	if how.Whole {
		if err := p.lookForGaps(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.handOn(ctx, p.plan.slots()); err != nil {
		return nil, err
	}
	return p.sum, nil
}

// pass is one reading of a file, and what it needs.
type pass struct {
	file           contactfile.File
	how            Reading
	account        Account
	stage          Stage
	bounds         bounds
	rows           *source
	plan           columnPlan
	memberships    *memberships
	put            *aside
	sum            *Summary
	passes, before int // how often the file is read beside the last time, and how often it was
}

func (p *pass) open(ctx context.Context) (err error) {
	p.rows.close()
	if p.rows, err = newSource(ctx, p.file, p.how, p.account.Scratch); err == nil {
		p.sum.Columns = p.rows.columns
	}
	return err
}

func (p *pass) close() {
	p.rows.close()
	p.put.close()
}

func (p *pass) fields(ctx context.Context) ([]apiclient.Field, error) {
	if p.account.Fields == nil {
		return nil, nil
	}
	named := p.how.named()
	if p.how.CreateFields { // a field that was made elsewhere a moment ago is not made again
		named = append(named, p.rows.columns...)
	}
	return p.account.Fields(ctx, named)
}

// planLists reads the column of lists as what its contacts join.
func (p *pass) planLists(ctx context.Context) error {
	if p.account.Lists == nil {
		return nil
	}
	at := p.plan.listsColumn()
	if at < 0 {
		return nil
	}
	lists, err := p.account.Lists(ctx)
	if err != nil {
		return err
	}
	p.plan.lists, p.plan.columns[at].unknown = at, false
	p.memberships = &memberships{
		cells: exports.ListCells{Lists: lists, ByID: exports.IsIDs(p.plan.columns[at].name)}, create: p.how.CreateLists,
		fresh: slices.Clone(p.how.NewLists), used: map[int64]bool{},
	}
	if p.plan.facts[at] && !p.memberships.cells.ByID && !p.rows.named { // as exports of names have it
		p.memberships.separator = ";"
	}
	return nil
}

// progress tells how much was read.
func (p *pass) progress() {
	if p.account.Progress == nil {
		return
	}
	read, size := p.rows.rows.Position()
	p.account.Progress(int64(p.before)*size+read, int64(p.passes+1)*size)
}

// takeIn puts the rows aside. They are read as if the survey of their columns changed nothing, as it seldom does, and once
// more if it did; where fields are to be made for columns, it comes first.
func (p *pass) takeIn(ctx context.Context, fields []apiclient.Field) error {
	first := p.firstImpression()
	p.plan.doubtNumbers(first)
	p.plan.judge(first)
	for _, column := range p.plan.mail {
		if column.column.Kind == optout.Mention {
			p.plan.columns[column.index].holds.Learn(first[column.index])
		}
	}
	asked := surveyOf(&p.plan)
	alone := p.how.CreateFields && slices.ContainsFunc(p.plan.columns, func(c column) bool { return c.unknown && !c.optOut })
	var err error
	if alone {
		p.passes = 1
		err = asked.readAll(ctx, p.rows, &p.plan, p.bounds, p.progress)
	} else {
		err = p.putAside(ctx, asked)
	}
	if err != nil {
		return err
	}
	changed := p.plan.judge(asked.mail)
	if err := p.decide(asked, fields); err != nil {
		return err
	}
	if !alone && !changed && !asked.needsOrder() {
		return nil
	}
	p.before, p.passes = p.before+1, 1
	if p.rows, err = p.rows.again(ctx, p.file, p.how, p.account.Scratch); err != nil {
		return err
	}
	return p.putAside(ctx, nil)
}

// firstImpression is what the columns hold in the first rows.
func (p *pass) firstImpression() []*optout.Values {
	first := &survey{mail: surveyOf(&p.plan).mail}
	for _, row := range p.rows.lookAhead() {
		if !row.isOut() && p.plan.misfit(row.cells) == "" {
			first.add(row.cells)
		}
	}
	return first.mail
}

// decide draws the conclusions from what the columns hold.
func (p *pass) decide(asked *survey, fields []apiclient.Field) (err error) {
	if err := p.plan.unclear(asked.mail); err != nil {
		return err
	}
	sign := coerce.SignNamed(p.how.DecimalSign)
	p.sum.Proposed = p.plan.propose(asked, sign, fields)
	if p.how.CreateFields {
		if p.sum.Created, p.sum.Proposed, err = p.plan.create(p.sum.Proposed, len(fields)); err != nil {
			return err
		}
	}
	return p.plan.settle(asked, coerce.OrderNamed(p.how.DateOrder), sign)
}

// putAside converts the rows of the file and puts them aside. With a survey it surveys them as well; when that shows that
// they have to be read once more, it goes on with the survey alone.
func (p *pass) putAside(ctx context.Context, asked *survey) error {
	p.put.close()
	p.put = newAside(p.rows, p.bounds, p.account.Scratch)
	var inVain atomic.Bool
	delimiter := p.rows.rows.Format().Delimiter // while nobody reads on yet
	newWorker := func() func(*batch) {
		worker := newConverter(&p.plan, p.put.places, p.how.Skip)
		worker.leaveEmpty, worker.memberships = p.how.LeaveEmpty, p.memberships
		if p.how.Whole {
			worker.delimiter = delimiter
		}
		p.put.workers = append(p.put.workers, worker)
		return func(b *batch) {
			if asked != nil {
				b.survey(&p.plan)
			}
			if !inVain.Load() {
				worker.convert(b)
			}
		}
	}
	return p.read(ctx, newWorker, func(b *batch) {
		if asked == nil {
			return
		}
		if asked.merge(b.found); !inVain.Load() && asked.needsOrder() {
			inVain.Store(true)
			p.passes = 1
		}
	})
}

// read reads the rows once and puts aside what the workers make of them; seen is told of every batch, in order.
func (p *pass) read(ctx context.Context, newWorker func() func(*batch), seen func(*batch)) error {
	p.sum.Read = 0
	err := eachBatch(ctx, p.rows, p.bounds, newWorker, func(b *batch) error {
		p.sum.Read += len(b.lines)
		seen(b)
		p.progress()
		return p.put.add(b)
	})
	p.sum.Format, p.sum.Notes = p.rows.format(), p.rows.rows.Notes()
	return err
}

// describe says what the columns have become.
func (p *pass) describe() {
	sum := p.sum
	sum.Ignored, sum.Uses, sum.Tags = p.plan.leftOut(), p.plan.uses(), p.plan.tags()
	sum.Export = slices.Contains(p.plan.facts, true)
	sum.Mail = told(p.put.workers, p.plan.mail)
	p.remark()
	sum.Roles.Skipped, sum.Typos.Skipped = slices.Contains(p.how.Skip, Role), slices.Contains(p.how.Skip, Typo)
}

// Use is what became of a column: the field it goes into, and what else is to be said of it.
type Use struct {
	Column string
	To     string // "email", a merge tag, "ignore", or empty where there is no field; in a selection also "id"
	OptOut bool   // it was read for who may be mailed
	Order  string // in which order its dates were read, where one was needed: "dmy"
	Sign   string // with which decimal sign its numbers were read, where that makes a difference: ","
	Shows  string // the value that shows the order or the sign; empty where the caller gave it
	// Overruled is set when it shows another than the caller gave.
	Overruled bool `json:",omitempty"`
}

func (p *columnPlan) uses() []Use {
	var uses []Use
	for i, column := range p.columns {
		if isOwnColumn(column.name) {
			continue
		}
		uses = append(uses, Use{Column: column.name, To: p.becomes(i), OptOut: column.optOut, Order: column.order.Name(),
			Sign: column.sign.Name(), Shows: column.shows, Overruled: column.overruled})
	}
	return uses
}
