package bulk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/comparison"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// ImportRequest is what an import is to bring in: the rows of a file, or those given.
type ImportRequest struct {
	File    string
	Reading intake.Reading
	// Rows are checked already. Lists that a row joins and that are still to be created have their StandIn.
	Rows        []apiclient.ImportRow
	Join, Leave []apiclient.List
	CreateLists []NewList
	// Unsubscribe also unsubscribes the people whom the file names as unsubscribed, as far as they are contacts.
	Unsubscribe bool
	// There are the contacts of the account as of AsOf; only what differs from them is sent. nil: they are not known, and
	// everything is sent.
	There There
	AsOf  time.Time
	// Unsubscribed are those who are unsubscribed, as far as that is known; nil: nobody knows.
	Unsubscribed *intake.AddressSet
	// Progress is told how much of the file was read; nil: nobody.
	Progress func(read, size int64)

	joins bool // contacts join the lists that a column of the file names
}

// PlanImport reads what is to be imported and writes it down as a plan. It fails when nobody is left to import,
// unless those who said no are to be unsubscribed: those who are not contacts are remembered all the same.
func (s *Service) PlanImport(ctx context.Context, request ImportRequest) (Status, error) {
	spec := Spec{Source: request.source(), Join: request.Join, Leave: request.Leave, CreateLists: request.CreateLists,
		Unsubscribe: request.Unsubscribe}
	spec.Relies.Lists = slices.Concat(request.Join, request.Leave)
	var err error
	if spec.Same, err = s.same(ctx, request.File, request.Rows); err != nil {
		return Status{}, s.notSent(err)
	}
	request.joins = true
	for _, list := range request.CreateLists {
		request.Reading.NewLists = append(request.Reading.NewLists, list.Name)
	}
	return s.plan(ctx, Import, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		stage.route, stage.asOf, stage.there = mayCreate, request.AsOf, request.There
		source, err := s.readDifferences(ctx, request, stage)
		if err != nil {
			return nil, err
		}
		for _, proposal := range source.Created {
			stage.job.Spec.CreateFields = append(stage.job.Spec.CreateFields, proposal.Field)
		}
		if err := s.joinLists(ctx, &stage.job.Spec, source); err != nil {
			return nil, err
		}
		if stage.job.Spec.Relies.Fields, err = s.fieldsOf(ctx, source); err != nil {
			return nil, err
		}
		if source.Contacts == 0 && stage.items == 0 && (source.SaidNo == 0 || !request.Unsubscribe) {
			return nil, source.NothingToImport()
		}
		return source, nil
	})
}

// joinLists takes the lists into a plan that the source names for single contacts.
func (s *Service) joinLists(ctx context.Context, spec *Spec, source *intake.Summary) error {
	for _, list := range source.Lists {
		if slices.Contains(spec.Leave, list) {
			return fault.New(fault.InvalidInput, "The list "+text.Quote(list.Name)+
				" is to be left by all, and the file names it as one that contacts join.", "",
				`Nothing was sent; leave it out of remove_from_lists, or leave the file's column of lists out with mapping: {"THE COLUMN": "ignore"}.`)
		}
		if !slices.Contains(spec.Relies.Lists, list) {
			spec.Relies.Lists = append(spec.Relies.Lists, list)
		}
	}
	var names []string
	for i, name := range source.NewLists {
		if i >= len(spec.CreateLists) {
			spec.CreateLists = append(spec.CreateLists, NewList{Name: name})
		}
		names = append(names, name)
	}
	return s.catalog.RoomForLists(ctx, names)
}

func (r ImportRequest) source() string {
	if r.File == "" {
		return givenRows
	}
	return r.File
}

// givenRows is the source of an import of rows that a call gives.
const givenRows = "rows"

// readDifferences reads what is to be imported; of contacts that are known to be there, only what differs.
func (s *Service) readDifferences(ctx context.Context, request ImportRequest, stage *stage) (*intake.Summary, error) {
	if request.There == nil {
		return s.read(ctx, request, stage)
	}
	c, err := s.comparing(ctx, stage, comparison.Rules{Joined: stage.job.Spec.joinedByAll(), Left: stage.job.Spec.left()})
	if err != nil {
		return nil, err
	}
	defer c.close()
	source, err := s.read(ctx, request, c)
	if err != nil {
		return nil, err
	}
	if err := c.Against(ctx, request.There); err != nil {
		return nil, err
	}
	if err := c.stageDifferences(ctx, source); err != nil {
		return nil, err
	}
	found := c.Counts()
	stage.job.Spec.Compared = &found
	return source, nil
}

func (s *Service) read(ctx context.Context, request ImportRequest, stage intake.Stage) (*intake.Summary, error) {
	account := intake.Account{Fields: s.catalog.FieldsFor, Progress: request.Progress, Unsubscribed: request.Unsubscribed}
	if request.joins {
		account.Lists = s.catalog.Lists
	}
	people, err := s.journal.People(ctx)
	if err != nil {
		return nil, err
	}
	if !people.IsEmpty() { // as on most accounts; then a million addresses need not be hashed
		account.Standing = func(ctx context.Context, email string) (reason string, erased bool, err error) {
			out, err := people.OptOut(ctx, email)
			if err != nil {
				return "", false, err
			}
			erased, err = people.Are(ctx, email, journal.Erased)
			return neverUnasked(out), erased, err
		}
	}
	if request.File == "" {
		return intake.ReadRows(ctx, request.Rows, request.Reading, account, stage)
	}
	file, err := s.folders.Open(request.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return intake.ReadFile(ctx, file, request.Reading, account, stage)
}

// fieldsOf are the account's fields that a source has values for.
func (s *Service) fieldsOf(ctx context.Context, source *intake.Summary) ([]apiclient.Field, error) {
	var used []apiclient.Field
	if len(source.Filled) == 0 {
		return nil, nil
	}
	fields, err := s.catalog.Fields(ctx)
	for _, field := range fields {
		if source.Filled[field.MergeTag] > 0 {
			used = append(used, field)
		}
	}
	return used, err
}

// Selection names contacts: one by one, those of a file, or those that somebody knows.
type Selection struct {
	Contacts []apiclient.ContactRef
	// Consent is that of Agreed, the addresses and ids of those of Contacts whom the operator was asked about before they are
	// subscribed again.
	Consent string
	Agreed  []string
	File    string
	Reading intake.Reading
	// There, where it is not nil, has them as of AsOf: those who fit the condition Where. Source says for people who they are.
	There  There
	Where  string
	AsOf   time.Time
	Source string
	Notes  []string // what is worth saying of how they were chosen
}

func (who Selection) source() string {
	switch {
	case who.There != nil:
		return who.Source
	case who.File != "":
		return who.File
	}
	return "contacts"
}

// PlanWrite plans to do the same to many contacts, one by one: an Update, Delete or Event. What is to be done is the spec's.
// Contacts that are not there are found out when their turn comes, and created only where the spec says so. An update of
// contacts that are known to exist is sent for many of them at once where it takes nothing away, for as long as it is certain
// that they are there.
func (s *Service) PlanWrite(ctx context.Context, kind Kind, spec Spec, who Selection) (Status, error) {
	how := route("")
	if kind == Update && who.There != nil && !spec.takesAway() {
		how = mustNotCreate
	}
	return s.planFor(ctx, kind, spec, who, how)
}

// takesAway reports an update that takes something from people, or changes whether they get mail.
func (spec Spec) takesAway() bool {
	for _, value := range spec.Fields {
		if value == nil || value == "" {
			return true
		}
	}
	return spec.Unsubscribed != nil || spec.LeaveAll || len(spec.Leave) > 0
}

// PlanUpsert plans to put contacts on lists, and take them off others, with few requests; it creates whoever is missing.
// It takes addresses only.
func (s *Service) PlanUpsert(ctx context.Context, spec Spec, who Selection) (Status, error) {
	return s.planFor(ctx, Import, spec, who, mayCreate)
}

func (s *Service) planFor(ctx context.Context, kind Kind, spec Spec, who Selection, how route) (Status, error) {
	spec.Source, spec.Known = who.source(), who.There != nil
	spec.Relies.Lists = slices.Concat(spec.Join, spec.Leave)
	var err error
	if spec.Same, err = who.same(ctx, s, kind, spec); err != nil {
		return Status{}, s.notSent(err)
	}
	planned, err := s.plan(ctx, kind, spec, func(ctx context.Context, stage *stage) (*intake.Summary, error) {
		stage.route, stage.asOf, stage.there = how, who.AsOf, who.There
		if who.There != nil {
			return stage.known(ctx, who)
		}
		if how == mayCreate || spec.CreateMissing { // maybe against their wish
			people, err := s.journal.People(ctx)
			if err != nil {
				return nil, err
			}
			stage.people = people
		}
		who.Reading.Willing = who.File != "" && (how == mayCreate || kind == Event || spec.Unsubscribed != nil && !*spec.Unsubscribed)
		source, err := s.selected(ctx, who, stage)
		if err != nil {
			return nil, err
		}
		if doubted := source.Doubted; doubted != nil && how == mayCreate {
			return nil, fault.New(doubted.Code, doubted.What, doubted.Why, "Nothing was sent, because those who are no contacts would be "+
				"subscribed. Find out what it means; import_contacts with lists can be told so with mapping.")
		} else if doubted != nil {
			who.Notes = append(who.Notes, doubted.What+" "+doubted.Why+" That is not considered.")
		}
		source.ErasedBefore = stage.erased
		return source, nil
	})
	planned.Who, planned.Notes = who, who.Notes
	return planned, err
}

// selected stages the contacts of a selection.
func (s *Service) selected(ctx context.Context, who Selection, stage *stage) (*intake.Summary, error) {
	if who.File == "" {
		return stage.named(ctx, who)
	}
	file, err := s.folders.Open(who.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	source, err := intake.ReadAddresses(ctx, file, who.Reading, stage)
	if err != nil {
		return nil, err
	}
	if source.Contacts == 0 {
		next := "Nothing was sent; give a file with a column of addresses or UUIDs."
		if source.OptedOut+source.HeldBack > 0 {
			next = "Nothing was sent. Leave those alone whom the file says not to mail, or of whom it leaves that open."
		}
		return nil, fault.New(fault.InvalidInput, "The file names no contact.", whyNobody(source), next)
	}
	return source, nil
}

func whyNobody(source *intake.Summary) string {
	if len(source.Reasons) == 0 {
		return ""
	}
	if source.Rejected == 1 {
		return "The only row was rejected: " + source.Reasons[0].Text + "."
	}
	return text.Count(source.Rejected, "row") + " were rejected, most of them because: " + source.Reasons[0].Text + "."
}

// named stages contacts that a call names one by one.
func (g *stage) named(ctx context.Context, who Selection) (*intake.Summary, error) {
	source := &intake.Summary{Read: len(who.Contacts), Contacts: len(who.Contacts)}
	rows := make([]row, len(who.Contacts))
	for i, ref := range who.Contacts {
		if ref.ByUUID() {
			rows[i].ID = ref.String()
		} else {
			rows[i].Email = ref.String()
		}
		if slices.Contains(who.Agreed, ref.String()) {
			rows[i].Consent = who.Consent
		}
	}
	return source, g.send(ctx, rows)
}

// send stages contacts as they are to be sent.
func (g *stage) send(ctx context.Context, rows []row) error {
	if g.route == "" {
		singles := make([]single, len(rows))
		for i, one := range rows {
			if err := g.countErased(ctx, one.Email); err != nil {
				return err
			}
			singles[i].contact, singles[i].own.Consent = cmp.Or(one.ID, one.Email), one.Consent
			if one.ID != "" && one.Email != "" {
				singles[i].own.Email = one.Email
			}
		}
		return g.alone(ctx, singles)
	}
	chunk := intake.Chunk{Rows: intake.RowsOf(nil), Count: len(rows)}
	for _, one := range rows {
		chunk.Rows = chunk.Rows.Add(nil, cmp.Or(one.Email, one.ID), nil, nil, nil) // an import knows addresses only
	}
	return g.together(ctx, g.route, chunk)
}

// shownOfKnown is how many contacts a plan shows of those that are known to exist.
const shownOfKnown = 5

// known stages contacts that are known to exist.
func (g *stage) known(ctx context.Context, who Selection) (*intake.Summary, error) {
	source := &intake.Summary{}
	var rows []row
	flush := func() error {
		defer func() { rows = rows[:0] }()
		return g.send(ctx, rows)
	}
	err := who.There.EachAddress(ctx, who.Where, func(email, id string) error {
		rows = append(rows, row{Email: email, ID: id})
		if len(source.Sample) < shownOfKnown {
			source.Sample = append(source.Sample, intake.Contact{Email: email})
		}
		if source.Read++; len(rows) == intake.MaxChunkContacts {
			return flush()
		}
		return ctx.Err()
	})
	if err == nil && len(rows) > 0 {
		err = flush()
	}
	if err == nil && source.Read == 0 {
		err = fault.New(fault.NotFound, "No contact fits "+who.Source+".", strings.Join(who.Notes, " "),
			"Nothing was sent; look with search_contacts who does.")
	}
	source.Contacts = source.Read
	return source, err
}

// addressesOnly refuses a UUID where contacts may be created.
func addressesOnly(uuid string) error {
	return fault.New(fault.InvalidInput, "So many contacts are imported, and an import knows addresses only; "+uuid+" is a UUID.", "",
		"Nothing was sent; name the contacts by their addresses, or leave create_missing out.")
}
