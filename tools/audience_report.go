package tools

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/text"
)

var audienceReport = Tool[AudienceReportInput, AudienceReportOutput]{
	Name: "audience_report", Title: "Report on the audience", Toolset: Audience, Effect: Reads,
	Description: "Reports on all contacts or one list in numbers: status, lists, growth, how full fields are, domains, " +
		"hygiene, segments. Shows no addresses.",
	Example: `{"list": "Newsletter"}`,
	Run:     (*Toolbox).audienceReport,
}

// AudienceReportInput is what to report on.
type AudienceReportInput struct {
	List    string `json:"list,omitempty" jsonschema_description:"Only this list, by name or id"`
	Refresh bool   `json:"refresh,omitempty" jsonschema_description:"Take a new snapshot first"`
}

// AudienceReportOutput is the audience in numbers.
type AudienceReportOutput struct {
	List         *ListView       `json:"list,omitempty"`
	Contacts     int             `json:"contacts"`
	Subscribed   int             `json:"subscribed"`
	Unsubscribed int             `json:"unsubscribed"`
	OtherStatus  int             `json:"other_status,omitempty"`
	Lists        []ListCountView `json:"lists" jsonschema_description:"The largest first"`
	ListsUnknown bool            `json:"lists_unknown,omitempty" jsonschema_description:"The export does not tell who is on which list"`
	InNoList     int             `json:"in_no_list"`
	Unlisted     int             `json:"not_known,omitempty" jsonschema_description:"Contacts whose lists are not known"`
	Doubtful     []ListView      `json:"doubtful_lists,omitempty" jsonschema_description:"Lists whose members are not known"`
	Growth       []GrowthView    `json:"growth" jsonschema_description:"At each snapshot and now, the oldest first"`
	Created      []MonthView     `json:"created,omitempty" jsonschema_description:"Contacts created in each month, and before"`
	Fields       []FillView      `json:"fields"`
	Domains      []DomainView    `json:"domains" jsonschema_description:"The largest first"`
	OtherDomains int             `json:"other_domains"`
	Hygiene      []HygieneView   `json:"hygiene"`
	Segments     []CountedView   `json:"segments"`
	Snapshot     SnapshotView    `json:"snapshot"`
	// What was left out because the result would be too long.
	OmittedLists    int `json:"omitted_lists,omitempty"`
	OmittedFields   int `json:"omitted_fields,omitempty"`
	OmittedSegments int `json:"omitted_segments,omitempty"`
}

// ListCountView is how many contacts are on a list.
type ListCountView struct {
	ListView
	Contacts int `json:"contacts"`
}

// GrowthView is the account at one time.
type GrowthView struct {
	At           string `json:"at"`
	Contacts     int    `json:"contacts"`
	Subscribed   int    `json:"subscribed"`
	Unsubscribed int    `json:"unsubscribed"`
	OnList       *int   `json:"on_list,omitempty"`
}

// MonthView is how many contacts were created in a month, or before all that are told.
type MonthView struct {
	Month    string `json:"month"`
	Contacts int    `json:"contacts"`
}

// FillView is how many contacts have a value in a field.
type FillView struct {
	Field    string `json:"field"`
	DataType string `json:"data_type"`
	Filled   int    `json:"filled"`
}

// DomainView is how many contacts have addresses at a domain.
type DomainView struct {
	Domain   string `json:"domain"`
	Contacts int    `json:"contacts"`
}

// HygieneView is what may be wrong with some contacts, and what to do about it.
type HygieneView struct {
	Kind     string   `json:"kind" jsonschema:"enum=role,enum=typo,enum=same_person,enum=no_list,enum=suppressed"`
	Contacts int      `json:"contacts"`
	What     string   `json:"what"`
	Do       string   `json:"do"`
	Domains  []string `json:"domains,omitempty" jsonschema_description:"Misspelt domains and what is probably meant"`
}

func (box *Toolbox) audienceReport(ctx context.Context, in AudienceReportInput) (AudienceReportOutput, error) {
	var out AudienceReportOutput
	err := box.onSnapshot(ctx, need{refresh: in.Refresh}, func(sn *audience.Snapshot, view SnapshotView) error {
		report, err := sn.Report(ctx, in.List, false)
		if err != nil {
			return err
		}
		out = viewReport(report)
		unseen := box.stateSuppressions(ctx, sn, &view, in.Refresh, anySuppression)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case unseen != nil:
			failed := explain(unseen)
			view.Suppressions = failed.What + " " + failed.Next
		default:
			suppressed, err := countSuppressed(ctx, sn, report.Where)
			if err != nil {
				return err
			}
			out.Hygiene = append(out.Hygiene, suppressed...)
		}
		out.Snapshot = view
		out.Segments, err = box.countSegments(ctx, sn, report.Where, unseen)
		return err
	})
	return out, err
}

func viewReport(report audience.Report) AudienceReportOutput {
	out := AudienceReportOutput{
		Contacts: report.Contacts, Subscribed: report.Statuses[apiclient.Subscribed], Unsubscribed: report.Unsubscribed(),
		ListsUnknown: report.Lists == nil, InNoList: report.InNoList, Unlisted: report.Unlisted,
		Doubtful: viewLists(report.Doubtful), OtherDomains: report.Others,
		Lists: []ListCountView{}, Growth: []GrowthView{}, Fields: []FillView{}, Domains: []DomainView{}, Hygiene: []HygieneView{},
	}
	out.OtherStatus = out.Contacts - out.Subscribed - out.Unsubscribed
	for _, list := range report.Lists {
		view := ListView{ID: list.ID, Name: text.Clean(list.Name)}
		if list.ID == report.ListID {
			out.List = &view
			continue
		}
		out.Lists = append(out.Lists, ListCountView{view, list.Count})
	}
	for _, totals := range report.Growth {
		growth := GrowthView{At: totals.At.UTC().Format(time.RFC3339), Contacts: totals.Contacts, Subscribed: totals.Subscribed,
			Unsubscribed: totals.Unsubscribed}
		if out.List != nil && (len(totals.Lists) > 0 || totals.Contacts == 0) { // else it may not have been known
			growth.OnList = new(totals.Lists[out.List.ID])
		}
		out.Growth = append(out.Growth, growth)
	}
	for _, month := range report.ByMonth {
		out.Created = append(out.Created, MonthView{month.Name, month.Count})
	}
	for _, field := range report.Fields {
		out.Fields = append(out.Fields, FillView{text.Clean(field.Name), text.Clip(field.DataType, 20), field.Filled})
	}
	for _, domain := range report.Domains {
		out.Domains = append(out.Domains, DomainView{text.Clean(domain.Name), domain.Count})
	}
	for _, issue := range report.Hygiene {
		view := HygieneView{Kind: issue.Kind, Contacts: issue.Count, What: issue.What, Do: issue.Do}
		for _, meant := range slices.Sorted(maps.Keys(issue.Meant)) {
			view.Domains = append(view.Domains, fmt.Sprintf("%s: %d", text.Clean(meant), issue.Meant[meant]))
		}
		out.Hygiene = append(out.Hygiene, view)
	}
	return out
}

// Summary is the text an agent reads.
func (out AudienceReportOutput) Summary() string {
	return lines(out.headline(), out.onLists(), out.growth(), out.created(), out.filled(), out.domains(), out.hygiene(),
		out.segments(), out.Snapshot.renewable())
}

func (out AudienceReportOutput) headline() string {
	whole := text.Count(out.Contacts, "contact")
	if out.List != nil {
		whole += " on " + out.List.String()
	}
	said := fmt.Sprintf("%s: %s subscribed, %s unsubscribed", whole, text.Number(out.Subscribed), text.Number(out.Unsubscribed))
	if out.OtherStatus > 0 {
		said += ", " + text.Number(out.OtherStatus) + " of unknown status"
	}
	return said + "."
}

func (out AudienceReportOutput) onLists() string {
	head, none := "Lists: ", ""
	switch {
	case out.ListsUnknown:
		return "Lists: the export does not tell who is on which list."
	case out.List != nil:
		head = "They are also on: "
	default:
		none = "; on none " + text.Number(out.InNoList)
	}
	var said []string
	for _, list := range out.Lists {
		if out.List == nil || list.Contacts > 0 {
			said = append(said, list.String()+" "+text.Number(list.Contacts))
		}
	}
	if len(said) == 0 && out.List == nil {
		return "The account has no lists."
	}
	if len(said) == 0 {
		return ""
	}
	if out.Unlisted > 0 {
		none += "; of " + text.Count(out.Unlisted, "contact") + " it is not known, or not fully, on which"
	}
	if len(out.Doubtful) > 0 {
		names := make([]string, len(out.Doubtful))
		for i, list := range out.Doubtful {
			names[i] = list.String()
		}
		none += "; how many are on " + text.Listing(names, 10) + " is not known, because Mailtrap's export does not tell them apart"
	}
	return head + strings.Join(said, ", ") + more(out.OmittedLists, "list") + none + "."
}

// growth compares the last snapshot with the first one that is known.
func (out AudienceReportOutput) growth() string {
	if len(out.Growth) < 2 {
		return "Growth: not known yet; later reports compare with this snapshot."
	}
	first, last := out.Growth[0], out.Growth[len(out.Growth)-1]
	said := fmt.Sprintf("Growth of the account since %s: contacts %s, subscribed %s, unsubscribed %s", first.At[:len("2026-01-02")],
		difference(first.Contacts, last.Contacts), difference(first.Subscribed, last.Subscribed),
		difference(first.Unsubscribed, last.Unsubscribed))
	if first.OnList != nil && last.OnList != nil {
		said += ", on the list " + difference(*first.OnList, *last.OnList)
	}
	if out.Snapshot.Missing > 0 {
		said += ", without the update that the snapshot may lack"
	}
	return said + "."
}

func difference(before, after int) string {
	return fmt.Sprintf("%s → %s (%+d)", text.Number(before), text.Number(after), after-before)
}

func (out AudienceReportOutput) created() string {
	var said []string
	for _, month := range out.Created {
		if month.Contacts > 0 {
			said = append(said, month.Month+" "+text.Number(month.Contacts))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return "Created: " + strings.Join(said, ", ") + "."
}

func (out AudienceReportOutput) filled() string {
	if len(out.Fields) == 0 || out.Contacts == 0 {
		return ""
	}
	said := make([]string, len(out.Fields))
	for i, field := range out.Fields {
		said[i] = text.Word(field.Field, 80) + " " + share(field.Filled, out.Contacts)
	}
	return "Fields filled: " + strings.Join(said, ", ") + more(out.OmittedFields, "field") + "."
}

func (out AudienceReportOutput) domains() string {
	said := make([]string, len(out.Domains))
	for i, domain := range out.Domains {
		said[i] = text.Word(domain.Domain, wholeWord) + " " + text.Number(domain.Contacts)
	}
	if out.OtherDomains > 0 {
		said = append(said, "others "+text.Number(out.OtherDomains))
	}
	if len(said) == 0 {
		return ""
	}
	return "Domains: " + strings.Join(said, ", ") + "."
}

func (out AudienceReportOutput) hygiene() string {
	if len(out.Hygiene) == 0 {
		return "Hygiene: nothing stands out."
	}
	said := []string{"Hygiene:"}
	for _, issue := range out.Hygiene {
		domains := ""
		if len(issue.Domains) > 0 {
			domains = " (" + strings.Join(text.Quotes(issue.Domains, text.MaxValue), ", ") + ")"
		}
		what := issue.What
		if verb, rest, _ := strings.Cut(what, " "); issue.Contacts == 1 {
			what = map[string]string{"are": "is", "have": "has", "share": "shares"}[verb] + " " + rest
		}
		said = append(said, fmt.Sprintf("- %s %s%s. %s", text.Count(issue.Contacts, "contact"), what, domains, issue.Do))
	}
	return strings.Join(said, "\n")
}

func (out AudienceReportOutput) segments() string {
	if len(out.Segments) == 0 {
		return ""
	}
	head := "Segments:\n"
	if out.List != nil {
		head = "Segments, and how many on this list fit each:\n"
	}
	return head + describeSegments(out.Segments, out.OmittedSegments)
}

// Shrink keeps the result within its bounds.
func (out AudienceReportOutput) Shrink(width int) Output {
	if out.List != nil {
		out.List = &ListView{ID: out.List.ID, Name: text.Clip(out.List.Name, width)}
	}
	out.Doubtful, _ = shrinkLists(out.Doubtful, width)
	lists, omitted := capped(out.Lists, width)
	out.OmittedLists = omitted
	out.Lists = make([]ListCountView, len(lists))
	for i, list := range lists {
		out.Lists[i] = ListCountView{ListView{ID: list.ID, Name: text.Clip(list.Name, width)}, list.Contacts}
	}
	out.Growth = thinned(out.Growth, max(2, width/4))
	out.Created, _ = capped(out.Created, 15) // all: twelve months, before, after, not known
	fields, omitted := capped(out.Fields, width)
	out.OmittedFields = omitted
	out.Fields = make([]FillView, len(fields))
	for i, field := range fields {
		out.Fields[i] = FillView{text.Clip(field.Field, width), field.DataType, field.Filled}
	}
	domains, _ := capped(out.Domains, width)
	for _, other := range out.Domains[len(domains):] {
		out.OtherDomains += other.Contacts
	}
	out.Domains = make([]DomainView, len(domains))
	for i, domain := range domains {
		out.Domains[i] = DomainView{text.Clip(domain.Domain, 2*width), domain.Contacts}
	}
	hygiene := make([]HygieneView, len(out.Hygiene))
	for i, issue := range out.Hygiene {
		kept, _ := capped(issue.Domains, max(1, width/12))
		issue.Domains = clipAll(kept, max(40, width))
		hygiene[i] = issue
	}
	out.Hygiene = hygiene
	segments, omitted := capped(out.Segments, max(1, width/4))
	out.OmittedSegments = omitted
	out.Segments = make([]CountedView, len(segments))
	for i, segment := range segments {
		segment.SegmentView = segment.shrink(width)
		segment.Unknown = text.ClipProse(segment.Unknown, 3*max(width, 60))
		out.Segments[i] = segment
	}
	return out
}

// thinned keeps the first and last of many, and some between.
func thinned[T any](items []T, most int) []T {
	if len(items) <= most {
		return items
	}
	kept := make([]T, most)
	for i := range kept {
		kept[i] = items[i*(len(items)-1)/(most-1)]
	}
	return kept
}
