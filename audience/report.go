package audience

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/where"
)

// Report is what there is to say of an audience, in numbers that a chart can be made of.
type Report struct {
	List     string           // empty: the whole account
	ListID   int64            //
	Where    string           // the condition of those that it is about; empty: all
	Contacts int              //
	Statuses map[string]int   // by status; empty for contacts whose status is not known
	Lists    []NamedCount     // as many contacts as each list has, the largest first
	InNoList int              // when it is known who is in which list
	Unlisted int              // contacts of whom it is not known, or not fully, on which lists they are
	Doubtful []apiclient.List // lists that the export does not tell apart from others; they are not among Lists
	Growth   []Totals         // of the whole account at each snapshot, the oldest first, and now if this server has changed it since
	ByMonth  []NamedCount     // contacts created in each of the last 12 months, "2026-04", before and after them; empty where it is not known
	Fields   []FieldFill      // in the account's order
	Domains  []NamedCount     // the largest ten
	Others   int              // contacts at other domains
	Hygiene  []Issue          // what may be wrong, and what to do about it
}

// NamedCount is how many contacts belong to a name.
type NamedCount struct {
	Name  string
	ID    int64 // of a list
	Count int
}

// FieldFill is how many contacts have a value in a field.
type FieldFill struct {
	where.Column
	Filled int // among those of the report
}

// Issue is something that may be wrong with some contacts.
type Issue struct {
	Kind     string // role, typo, same_person, no_list
	Count    int    // contacts
	What     string
	Do       string         // what to do about it
	Meant    map[string]int // of misspelt domains: "gmial.com, for gmail.com" and how many
	Examples []string       // addresses, when they were asked for
}

const (
	topDomains    = 10
	shownExamples = 5
)

// Report looks at all contacts, or those of a list. Addresses are in it only when asked for.
func (sn *Snapshot) Report(ctx context.Context, list string, withAddresses bool) (Report, error) {
	report := Report{Statuses: map[string]int{}, Growth: sn.about.Totals}
	if list != "" {
		found, err := sn.about.List(list, "list")
		if err != nil {
			return report, err
		}
		report.List, report.ListID = found.Name, found.ID
		report.Where = "in_list('id:" + idText(found.ID) + "')"
	}
	who, _, err := sn.where(ctx, report.Where, "")
	if err != nil {
		return report, err
	}
	c := newCensus(sn, &report, withAddresses)
	err = sn.everywhere(ctx, who, "c0, "+alikeSQL, c.add)
	if who.sql == "" && len(who.over.replaced)+len(who.over.changed) == 0 { // it was counted when the snapshot was taken
		for col, column := range sn.about.Columns {
			c.filled[col] = column.Filled
		}
	} else if err == nil {
		err = sn.everywhere(ctx, who, "count("+strings.ReplaceAll(sn.every(), ", ", "), count(")+")", func(row []any) error {
			for col, n := range row {
				c.filled[col] += numberIn(n)
			}
			return nil
		})
	}
	if err != nil {
		return report, sn.failed(ctx, ctx, err)
	}
	c.conclude()
	if len(who.over.replaced)+len(who.over.changed) > 0 {
		now, err := sn.totals(ctx, report)
		if err != nil {
			return report, err
		}
		report.Growth = append(slices.Clone(report.Growth), now)
	}
	return report, nil
}

// totals are those of the account now, with what was written since the snapshot was taken.
func (sn *Snapshot) totals(ctx context.Context, report Report) (Totals, error) {
	now := Totals{At: sn.clock(), Lists: map[int64]int{}}
	if report.ListID != 0 {
		now.Lists[report.ListID] = report.Contacts
	}
	var err error
	if now.Contacts, now.Subscribed, err = sn.Count(ctx, ""); err != nil {
		return now, err
	}
	now.Unsubscribed, _, err = sn.Count(ctx, "status = '"+apiclient.Unsubscribed+"'")
	return now, err
}

// census counts what a report tells.
type census struct {
	sn            *Snapshot
	report        *Report
	withAddresses bool
	domains       map[string]int
	alike         map[string]int // contacts that have the same of alikeSQL
	sets          map[any]int
	months        map[string]int
	seed          maphash.Seed
	people        []uint64 // hashes of addresses without what makes aliases
	filled        []int
	role, typo    Issue
}

// alikeSQL is what contacts are counted by, in one text: the lists, the month, the status.
const alikeSQL = "c3 || '|' || coalesce(substr(c4, 1, 7), '') || '|' || coalesce(c2, '')"

func newCensus(sn *Snapshot, report *Report, withAddresses bool) *census {
	return &census{
		sn: sn, report: report, withAddresses: withAddresses, seed: maphash.MakeSeed(), filled: make([]int, len(sn.about.Columns)),
		domains: map[string]int{}, alike: map[string]int{}, sets: map[any]int{}, months: map[string]int{},
		role: Issue{
			Kind: "role", What: "are role addresses, like info@",
			Do: "Such addresses complain more often; ask who reads them, or leave them out of campaigns.",
		},
		typo: Issue{
			Kind: "typo", What: "have a domain that looks misspelt", Meant: map[string]int{},
			Do: "Correct them with update_contact where the person confirms it, or delete them: mail to them bounces.",
		},
	}
}

func (c *census) add(row []any) error {
	c.report.Contacts++
	alike, _ := row[1].(string)
	c.alike[alike]++
	email, _ := row[0].(string)
	c.address(email)
	return nil
}

// apart counts by each of what is alike.
func (c *census) apart() {
	for alike, n := range c.alike {
		set, rest, _ := strings.Cut(alike, "|")
		month, status, _ := strings.Cut(rest, "|")
		c.report.Statuses[status] += n
		c.sets[set] += n
		c.months[month] += n
	}
}

func domainOf(email string) string { return email[strings.LastIndexByte(email, '@')+1:] }

func (c *census) address(email string) {
	domain := domainOf(email)
	c.domains[domain]++
	c.people = append(c.people, maphash.String(c.seed, person(email)))
	kind, meant := intake.DoubtOf(email)
	issue := &c.role
	switch kind {
	case intake.Role:
	case intake.Typo:
		issue = &c.typo
		c.typo.Meant[domain+", for "+meant]++
	default:
		return
	}
	issue.Count++
	if c.withAddresses && len(issue.Examples) < shownExamples {
		issue.Examples = append(issue.Examples, email)
	}
}

// person is an address without what makes aliases of it: what comes after a plus sign, and Gmail's dots.
func person(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	if before, _, found := strings.Cut(local, "+"); found && before != "" {
		local = before
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, domain = strings.ReplaceAll(local, ".", ""), "gmail.com"
	}
	return local + "@" + domain
}

func (c *census) conclude() {
	r := c.report
	c.apart()
	r.Lists, r.InNoList = c.lists()
	for name, n := range c.domains {
		r.Domains = append(r.Domains, NamedCount{Name: name, Count: n})
	}
	largest(r.Domains)
	for _, other := range r.Domains[min(topDomains, len(r.Domains)):] {
		r.Others += other.Count
	}
	r.Domains = r.Domains[:min(topDomains, len(r.Domains))]
	r.ByMonth = byMonth(c.months, c.sn.clock())
	for col := where.BuiltIns; col < len(c.filled); col++ {
		if column := c.sn.about.Columns[col]; !column.Absent {
			column.Name = c.sn.about.Cell(col).Name
			r.Fields = append(r.Fields, FieldFill{column, c.filled[col]})
		}
	}
	same := Issue{
		Kind: "same_person", Count: twice(c.people),
		What: "share an inbox with another contact under an alias (name+tag@, or dots at Gmail)",
		Do:   "Such a person gets everything twice; look at them with search_contacts and keep the address that they use.",
	}
	none := Issue{
		Kind: "no_list", Count: r.InNoList, What: "are on no list",
		Do: "Campaigns to lists do not reach them; add them to one, or leave them.",
	}
	if len(r.Lists) == 0 { // the account has none
		none.Count = 0
	}
	for _, issue := range []Issue{c.role, c.typo, same, none} {
		if issue.Count > 0 {
			r.Hygiene = append(r.Hygiene, issue)
		}
	}
}

func (c *census) lists() (lists []NamedCount, none int) {
	if !c.sn.about.ListsKnown && len(c.sn.about.Lists) > 0 {
		return nil, 0
	}
	lists = []NamedCount{}
	counts := byList(c.sets)
	for set, n := range c.sets {
		set, _ := set.(string)
		if where.Set(set).Doubted() {
			c.report.Unlisted += n
		}
	}
	for _, list := range c.sn.about.Lists {
		if slices.Contains(c.sn.about.Doubtful, list.ID) {
			c.report.Doubtful = append(c.report.Doubtful, list)
			continue
		}
		lists = append(lists, NamedCount{list.Name, list.ID, counts[list.ID]})
	}
	largest(lists)
	return lists, counts[nil]
}

func largest(counts []NamedCount) {
	slices.SortFunc(counts, func(a, b NamedCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
}

// byMonth are the last twelve months, also those in which nobody came, and whoever came before or later, or nobody knows when: together
// all contacts.
func byMonth(months map[string]int, now time.Time) (counts []NamedCount) {
	if _, unknown := months[""]; len(months) == 0 || unknown && len(months) == 1 {
		return nil
	}
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	first, last := this.AddDate(0, -11, 0).Format("2006-01"), this.Format("2006-01")
	earlier, later := NamedCount{Name: "before " + first}, NamedCount{Name: "after " + last}
	for month, n := range months {
		switch {
		case month == "":
		case month < first:
			earlier.Count += n
		case month > last:
			later.Count += n
		}
	}
	for i := -11; i <= 0; i++ {
		name := this.AddDate(0, i, 0).Format("2006-01")
		counts = append(counts, NamedCount{Name: name, Count: months[name]})
	}
	if earlier.Count > 0 {
		counts = append([]NamedCount{earlier}, counts...)
	}
	for _, other := range []NamedCount{later, {Name: "not known", Count: months[""]}} {
		if other.Count > 0 {
			counts = append(counts, other)
		}
	}
	return counts
}

// twice counts those that are there again.
func twice(hashes []uint64) (n int) {
	slices.Sort(hashes)
	for i := 1; i < len(hashes); i++ {
		if hashes[i] == hashes[i-1] {
			n++
		}
	}
	return n
}

// Unsubscribed is how many of the report's contacts are unsubscribed.
func (r Report) Unsubscribed() int { return r.Statuses[apiclient.Unsubscribed] }
