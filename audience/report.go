package audience

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// Report is what there is to say of an audience, in numbers that a chart can be made of.
type Report struct {
	List     string           // empty: the whole account
	Contacts int              //
	Statuses map[string]int   // by status; empty for contacts whose status is not known
	Lists    []NamedCount     // as many contacts as each list has, the largest first
	InNoList int              // when it is known who is in which list
	Unlisted int              // contacts of whom it is not known, or not fully, on which lists they are
	Doubtful []apiclient.List // lists that the export does not tell apart from others; they are not among Lists
	Growth   []Totals         // of the snapshots, the oldest first; the last is this one. Of the whole account
	ByMonth  []NamedCount     // contacts created in each of the last 12 months, "2026-04"; empty where it is not known
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
	Column
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
	var condition *node
	if list != "" {
		found, err := sn.schema.findList(list, 0)
		if p, ours := err.(*problem); ours { //nolint:errorlint // problems are never wrapped
			return report, fault.New(cmp.Or(p.code, fault.InvalidInput), "list: "+p.what+".", p.why, "Nothing was counted.")
		}
		if !sn.schema.listsKnown {
			return report, fault.New(fault.InvalidInput, "list: the snapshot does not tell who is in which list.", "Mailtrap's export has no column of lists.", "Nothing was counted.")
		}
		report.List = found.Name
		if condition, _, err = sn.condition("in_list('id:"+idText(found.ID)+"')", ""); err != nil {
			return report, err
		}
	}
	c := newCensus(sn, &report, withAddresses)
	if err := sn.scan(ctx, condition, sn.every(), false, false, c.add); err != nil {
		return report, err
	}
	c.conclude()
	return report, nil
}

// census counts what a report tells.
type census struct {
	sn            *Snapshot
	report        *Report
	withAddresses bool
	domains       map[string]int
	sets          map[string]int
	months        map[string]int
	people        []uint64 // hashes of addresses without what makes aliases
	filled        []int
	role, typo    Issue
}

func newCensus(sn *Snapshot, report *Report, withAddresses bool) *census {
	return &census{sn: sn, report: report, withAddresses: withAddresses, domains: map[string]int{}, sets: map[string]int{}, months: map[string]int{}, filled: make([]int, len(sn.schema.columns)),
		role: Issue{Kind: "role", What: "belong to a post and not to a person, like info@", Do: "Such addresses complain more often; ask who reads them, or leave them out of campaigns."},
		typo: Issue{Kind: "typo", What: "have a domain that looks misspelt", Do: "Correct them with update_contact where the person confirms it, or delete them: mail to them bounces.", Meant: map[string]int{}},
	}
}

func (c *census) add(v *view) error {
	for i, kept := range v.keep {
		if kept != 1 {
			continue
		}
		c.report.Contacts++
		c.report.Statuses[strings.Clone(v.columns[colStatus].at(i).text)]++
		tallied(c.sets, v.columns[colLists].at(i).text)
		if created := v.columns[colCreated].at(i).text; len(created) >= 7 {
			tallied(c.months, created[:7])
		}
		for col := builtIns; col < len(c.filled); col++ {
			if v.columns[col].at(i).kind != null {
				c.filled[col]++
			}
		}
		c.address(v.columns[colEmail].at(i).text)
	}
	return nil
}

// tallied counts a text that shares its bytes with a chunk's others.
func tallied(in map[string]int, key string) {
	if n, known := in[key]; known {
		in[key] = n + 1
		return
	}
	in[strings.Clone(key)] = 1
}

func (c *census) address(email string) {
	tallied(c.domains, domainOf(ofText(email)).text)
	c.people = append(c.people, hashOf(person(email)))
	if c.sn.service.options.Doubt == nil {
		return
	}
	kind, meant := c.sn.service.options.Doubt(email)
	issue := &c.role
	switch kind {
	case "role":
	case "typo":
		issue = &c.typo
		c.typo.Meant[domainOf(ofText(email)).text+", for "+meant]++
	default:
		return
	}
	issue.Count++
	if c.withAddresses && len(issue.Examples) < shownExamples {
		issue.Examples = append(issue.Examples, strings.Clone(email))
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
	for col := builtIns; col < len(c.filled); col++ {
		if column := c.sn.schema.columns[col]; !column.Absent {
			column.Name = c.sn.schema.key(col)
			r.Fields = append(r.Fields, FieldFill{column, c.filled[col]})
		}
	}
	same := Issue{Kind: "same_person", Count: twice(c.people), What: "share an inbox with another contact under an alias (name+tag@, or dots at Gmail)",
		Do: "Such a person gets everything twice; look at them with search_contacts and keep the address that they use."}
	for _, issue := range []Issue{c.role, c.typo, same, {Kind: "no_list", Count: r.InNoList, What: "are in no list", Do: "Campaigns to lists do not reach them; add them to one, or leave them."}} {
		if issue.Count > 0 {
			r.Hygiene = append(r.Hygiene, issue)
		}
	}
}

func (c *census) lists() (lists []NamedCount, none int) {
	if !c.sn.schema.listsKnown {
		return nil, 0
	}
	counts := map[int64]int{}
	for set, n := range c.sets {
		ids := idsOf(set)
		for _, id := range ids {
			counts[id] += n
		}
		if set == "" {
			none += n
		}
		if strings.ContainsRune(set, perhaps) {
			c.report.Unlisted += n
		}
	}
	for _, list := range c.sn.schema.lists {
		if slices.Contains(c.sn.schema.doubtful, list.ID) {
			c.report.Doubtful = append(c.report.Doubtful, list)
			continue
		}
		lists = append(lists, NamedCount{list.Name, list.ID, counts[list.ID]})
	}
	largest(lists)
	return lists, none
}

func largest(counts []NamedCount) {
	slices.SortFunc(counts, func(a, b NamedCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
}

// byMonth are the last twelve months, also those in which nobody came.
func byMonth(months map[string]int, now time.Time) (counts []NamedCount) {
	if len(months) == 0 {
		return nil
	}
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -11, 0)
	for i := range 12 {
		name := first.AddDate(0, i, 0).Format("2006-01")
		counts = append(counts, NamedCount{Name: name, Count: months[name]})
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

// StatusNames are the statuses in a fixed order.
func (r Report) StatusNames() []string { return slices.Sorted(maps.Keys(r.Statuses)) }
