package tools

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// SuppressionSumsView is the totals of all suppressions, without a single address.
type SuppressionSumsView struct {
	Total   int       `json:"total" jsonschema_description:"Suppressions counted here"`
	Partial string    `json:"partial,omitempty" jsonschema_description:"Why not all of them were read"`
	Types   []SumView `json:"types"`
	Streams []SumView `json:"streams"`
	Domains []SumView `json:"domains"`
	// OmittedDomains counts the domains left out because the result would be too long.
	OmittedDomains int `json:"omitted_domains,omitempty"`
}

// SumView is how many suppressions there are of a kind; the empty name is that of those Mailtrap does not tell it of.
type SumView struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// sumSuppressions reads all suppressions, page by page, as far as their rate limit and the call's time let it.
func (box *Toolbox) sumSuppressions(ctx context.Context) (SuppressionSumsView, error) {
	ctx, cancel := leavingAnswerTime(ctx)
	defer cancel()
	types, streams, domains, seen := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	partial := ""
	for filter, full := (apiclient.SuppressionFilter{}), true; full; {
		page, err := box.API.Suppressions(ctx, filter)
		if err != nil && (len(seen) == 0 || apiclient.IsKind(err, apiclient.Stopped)) {
			return SuppressionSumsView{}, suppressions.Fault(err)
		}
		if err != nil {
			failed := explain(suppressions.Fault(err))
			partial = failed.What + " " + failed.Next
			break
		}
		before := len(seen)
		for _, suppression := range page {
			if seen[suppression.ID] {
				continue
			}
			seen[suppression.ID] = true
			types[text.Clip(suppression.Type, 40)]++
			streams[text.Clip(suppression.SendingStream, 40)]++
			domains[strings.ToLower(text.Clean(suppression.DomainName))]++
			filter.LastID = suppression.ID
		}
		full = len(page) >= apiclient.SuppressionPage
		if full && len(seen) == before {
			partial = "Mailtrap returns the same page again and again."
			break
		}
		progressOf(ctx)(len(seen), 0, "reading suppressions")
	}
	return SuppressionSumsView{Total: len(seen), Partial: partial, Types: largestFirst(types), Streams: largestFirst(streams),
		Domains: largestFirst(domains)}, nil
}

func largestFirst(counts map[string]int) []SumView {
	sums := make([]SumView, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		sums = append(sums, SumView{Name: name, Count: counts[name]})
	}
	slices.SortStableFunc(sums, func(a, b SumView) int { return cmp.Compare(b.Count, a.Count) })
	return sums
}

// describe is the totals in lines of text.
func (v SuppressionSumsView) describe() string {
	const other = "Unsubscribed contacts are not included: audience_report counts them."
	if v.Total == 0 {
		return "No address is suppressed on the sending side. " + other
	}
	head := text.Count(v.Total, "suppression") + " on the sending side."
	if v.Partial != "" {
		head = "These are the totals of the first " + text.Count(v.Total, "suppression") + " on the sending side; there may be more. " + v.Partial
	}
	return lines(head,
		"By type: "+describeSums(v.Types),
		"By stream: "+describeSums(v.Streams),
		"By sending domain: "+describeSums(v.Domains)+more(v.OmittedDomains, "domain"),
		other)
}

func describeSums(sums []SumView) string {
	shown := make([]string, len(sums))
	for i, sum := range sums {
		name := "not told"
		if sum.Name != "" {
			name = typeName(sum.Name)
		}
		shown[i] = name + " " + text.Number(sum.Count)
	}
	return strings.Join(shown, ", ")
}

// shrink cuts the view to width characters a name and width names a list.
func (v SuppressionSumsView) shrink(width int) SuppressionSumsView {
	v.Types, _ = shrinkSums(v.Types, max(width, 12)) // four are known
	v.Streams, _ = shrinkSums(v.Streams, max(width, 12))
	v.Domains, v.OmittedDomains = shrinkSums(v.Domains, width)
	return v
}

func shrinkSums(sums []SumView, width int) ([]SumView, int) {
	kept, omitted := capped(sums, width)
	shown := make([]SumView, len(kept))
	for i, sum := range kept {
		shown[i] = SumView{Name: text.Clip(sum.Name, width), Count: sum.Count}
	}
	return shown, omitted
}
