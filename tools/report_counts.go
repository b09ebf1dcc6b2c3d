package tools

import (
	"context"
	"strings"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// CountedView is a segment, and how many of those that a report is about fit it.
type CountedView struct {
	SegmentView
	Contacts *int   `json:"contacts,omitempty"`
	Unknown  string `json:"unknown,omitempty" jsonschema_description:"Why contacts is absent"`
}

// String is the segment as a report shows it.
func (v CountedView) String() string {
	if v.Contacts == nil {
		return v.SegmentView.String() + "; how many fit is not known: " + v.Unknown
	}
	return v.counted(text.Count(*v.Contacts, "contact") + " ")
}

// countSegments counts, of the contacts that a condition fits, those of each segment. What cannot be counted is not known; unseen is
// why it is not known who is suppressed.
func (box *Toolbox) countSegments(ctx context.Context, sn *audience.Snapshot, where string, unseen error) ([]CountedView, error) {
	segments, err := box.Audience.Segments(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]CountedView, len(segments))
	var asked []*CountedView
	var conditions []string
	for i, segment := range segments {
		views[i].SegmentView = viewSegment(segment)
		err := sn.CheckSegment(segment)
		if err == nil && sn.AsksSuppressions(segment.Where) {
			err = unseen
		}
		if err != nil {
			views[i].Unknown = explain(err).What
			continue
		}
		asked, conditions = append(asked, &views[i]), append(conditions, segment.Where)
	}
	counts, err := sn.CountEach(ctx, where, conditions)
	if err != nil && !fault.Is(err, fault.Timeout) {
		return nil, err
	}
	for i, view := range asked {
		if err != nil {
			view.Unknown = "counting takes longer than five seconds."
			continue
		}
		view.Contacts = &counts[i]
	}
	return views, nil
}

// anySuppression is the condition of whoever is suppressed. Unlike the bare word, it cannot mean a field.
const anySuppression = "is_suppressed('any')"

// countSuppressed counts, of the contacts that a condition fits, those whom the sending side delivers nothing to; nil for nobody.
func countSuppressed(ctx context.Context, sn *audience.Snapshot, where string) ([]HygieneView, error) {
	conditions := []string{anySuppression}
	for _, kind := range suppressions.Types {
		conditions = append(conditions, "is_suppressed('"+kind+"')")
	}
	counts, err := sn.CountEach(ctx, where, conditions)
	if err != nil || counts[0] == 0 {
		return nil, err
	}
	var kinds []string
	for i, kind := range suppressions.Types {
		if counts[1+i] > 0 {
			kinds = append(kinds, kind+" "+text.Number(counts[1+i]))
		}
	}
	what := "are suppressed on the sending side"
	if len(kinds) > 0 {
		what += ": " + strings.Join(kinds, ", ")
	}
	return []HygieneView{{
		Kind: "suppressed", Contacts: counts[0], What: what,
		Do: "Mail does not reach them; search_contacts names them with where: \"" + anySuppression + "\". Correct the addresses that " +
			"bounced; leave the others alone.",
	}}, nil
}
