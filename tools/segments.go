package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

var saveSegment = Tool[SaveSegmentInput, SaveSegmentOutput]{
	Name: "save_segment", Title: "Save a segment", Toolset: Audience, Effect: Sets, Local: true,
	Description: "Saves a condition under a name, for use wherever contacts are chosen; it is evaluated anew each time. " +
		"Replaces one of that name.",
	Example: `{"name": "Pro readers", "where": "plan = 'pro' AND in_list('Newsletter')"}`,
	Run:     (*Toolbox).saveSegment,
}

// SaveSegmentInput is a condition and its name.
type SaveSegmentInput struct {
	Name        string `json:"name" jsonschema:"minLength=1,maxLength=100"`
	Where       string `json:"where" jsonschema:"minLength=1" jsonschema_description:"As in search_contacts"`
	Description string `json:"description,omitempty" jsonschema:"maxLength=500" jsonschema_description:"What it is for"`
}

// SegmentView is a segment as results show it.
type SegmentView struct {
	Name        string `json:"name"`
	Where       string `json:"where"`
	Description string `json:"description,omitempty"`
	SavedAt     string `json:"saved_at"`
}

func viewSegment(segment audience.Segment) SegmentView {
	return SegmentView{
		Name: text.Clean(segment.Name), Where: text.Clean(segment.Where), Description: text.Clean(segment.Description),
		SavedAt: segment.SavedAt.UTC().Format(time.RFC3339),
	}
}

func viewSegments(segments []audience.Segment) []SegmentView {
	views := make([]SegmentView, len(segments))
	for i, segment := range segments {
		views[i] = viewSegment(segment)
	}
	return views
}

// String is the segment as summaries show it.
func (v SegmentView) String() string { return v.counted("") }

// counted is the segment with how many contacts fit it, in words that end in a space.
func (v SegmentView) counted(contacts string) string {
	said := text.Word(v.Name, 100) + ": " + contacts + "where " + text.QuoteUpTo(v.Where, 400)
	if v.Description != "" {
		said += " (" + text.QuoteUpTo(v.Description, 200) + ")"
	}
	return said
}

func (v SegmentView) shrink(width int) SegmentView {
	v.Name, v.Where, v.Description = text.Clip(v.Name, 100), text.Clip(v.Where, 4*width), text.Clip(v.Description, 2*width)
	return v
}

func shrinkSegments(segments []SegmentView, width int) ([]SegmentView, int) {
	kept, omitted := capped(segments, width)
	shown := make([]SegmentView, len(kept))
	for i, segment := range kept {
		shown[i] = segment.shrink(width)
	}
	return shown, omitted
}

// SaveSegmentOutput is the segment, and how many contacts it has now.
type SaveSegmentOutput struct {
	Segment    SegmentView  `json:"segment"`
	Replaced   bool         `json:"replaced" jsonschema_description:"There was one of that name"`
	Before     *SegmentView `json:"before,omitempty" jsonschema_description:"As it was"`
	Contacts   int          `json:"contacts" jsonschema_description:"Contacts that fit now"`
	Subscribed int          `json:"subscribed"`
	Hints      []string     `json:"hints,omitempty"`
	Snapshot   SnapshotView `json:"snapshot"`
}

func (box *Toolbox) saveSegment(ctx context.Context, in SaveSegmentInput) (SaveSegmentOutput, error) {
	var out SaveSegmentOutput
	err := box.onSnapshot(ctx, need{}, func(sn *audience.Snapshot, view SnapshotView) (err error) {
		if err := box.stateSuppressions(ctx, sn, &view, false, in.Where); err != nil {
			return err
		}
		out = SaveSegmentOutput{Snapshot: view}
		if out.Contacts, out.Subscribed, err = sn.Count(ctx, in.Where); err != nil {
			return err
		}
		saved, replaced, err := box.Audience.SaveSegment(ctx, sn, audience.Segment{Name: in.Name, Where: in.Where, Description: in.Description})
		if err != nil {
			return err
		}
		out.Segment = viewSegment(saved)
		if replaced != nil {
			before := viewSegment(*replaced)
			out.Replaced, out.Before = true, &before
		}
		out.Hints, err = sn.Hints(ctx, in.Where, out.Contacts)
		return err
	})
	return out, err
}

// Summary is the text an agent reads.
func (out SaveSegmentOutput) Summary() string {
	saved, before := "Saved the segment ", ""
	if out.Before != nil {
		saved, before = "Replaced the segment ", "Before, it was "+out.Before.String()+"."
	}
	fit := "nobody fits it now"
	switch {
	case out.Contacts == 1:
		fit = fmt.Sprintf("1 contact fits it now (subscribed: %d)", out.Subscribed)
	case out.Contacts > 1:
		fit = fmt.Sprintf("%s fit it now (subscribed: %s)", text.Count(out.Contacts, "contact"), text.Number(out.Subscribed))
	}
	return lines(saved+text.Word(out.Segment.Name, 100)+"; "+fit+". Its condition: "+text.QuoteUpTo(out.Segment.Where, 400),
		before, strings.Join(out.Hints, "\n"), out.Snapshot.String())
}

// Shrink keeps the result within its bounds.
func (out SaveSegmentOutput) Shrink(width int) Output {
	out.Segment, out.Hints = out.Segment.shrink(width), shrinkHints(out.Hints, width)
	if out.Before != nil {
		before := out.Before.shrink(width)
		out.Before = &before
	}
	return out
}

var deleteSegment = Tool[DeleteSegmentInput, DeleteSegmentOutput]{
	Name: "delete_segment", Title: "Delete a segment", Toolset: Audience, Effect: Destroys, Local: true,
	Description: "Deletes a saved segment from this server. Contacts are not touched.",
	Example:     `{"name": "Dormant"}`,
	Run:         (*Toolbox).deleteSegment,
}

// DeleteSegmentInput names the segment.
type DeleteSegmentInput struct {
	Name string `json:"name" jsonschema:"minLength=1"`
}

// DeleteSegmentOutput is what was deleted, so that it can be saved again.
type DeleteSegmentOutput struct {
	Deleted SegmentView `json:"deleted"`
}

func (box *Toolbox) deleteSegment(ctx context.Context, in DeleteSegmentInput) (DeleteSegmentOutput, error) {
	segment, err := box.Audience.DeleteSegment(ctx, in.Name)
	return DeleteSegmentOutput{Deleted: viewSegment(segment)}, err
}

// Summary is the text an agent reads.
func (out DeleteSegmentOutput) Summary() string {
	return "Deleted the segment " + out.Deleted.String() + ". No contact was touched."
}

// Shrink keeps the result within its bounds.
func (out DeleteSegmentOutput) Shrink(width int) Output {
	out.Deleted = out.Deleted.shrink(width)
	return out
}

// listSegments is read by a resource only: for agents the segments stand in audience_report.
var listSegments = Tool[ListSegmentsInput, ListSegmentsOutput]{
	Name: "list_segments", Title: "Show the segments", Toolset: Audience, Effect: Reads,
	Description: "Shows the saved segments with their conditions.",
	Example:     `{}`,
	Accompanies: []string{"audience_report", "save_segment", "delete_segment"},
	Run: func(box *Toolbox, ctx context.Context, _ ListSegmentsInput) (ListSegmentsOutput, error) {
		segments, err := box.Audience.Segments(ctx)
		return ListSegmentsOutput{Segments: viewSegments(segments)}, err
	},
}

// ListSegmentsInput has no arguments.
type ListSegmentsInput struct{}

// ListSegmentsOutput is the segments.
type ListSegmentsOutput struct {
	Segments []SegmentView `json:"segments"`
	// Omitted counts the segments left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
}

// Summary is the text an agent reads.
func (out ListSegmentsOutput) Summary() string {
	if len(out.Segments) == 0 {
		return "There are no segments."
	}
	return text.Count(len(out.Segments)+out.Omitted, "segment") + ":\n" + describeSegments(out.Segments, out.Omitted)
}

// Shrink keeps the result within its bounds.
func (out ListSegmentsOutput) Shrink(width int) Output {
	out.Segments, out.Omitted = shrinkSegments(out.Segments, width)
	return out
}

func describeSegments[S fmt.Stringer](segments []S, omitted int) string {
	said := make([]string, len(segments))
	for i, segment := range segments {
		said[i] = "- " + segment.String()
	}
	if omitted > 0 {
		said = append(said, "- and "+text.Count(omitted, "more segment"))
	}
	return strings.Join(said, "\n")
}

// notInSegments refuses to delete what a segment's condition names: the segment could not be used any more.
func notInSegments(what string, using []string, err error) error {
	if err != nil || len(using) == 0 {
		return err
	}
	segments, those := "the segment ", "it"
	if len(using) > 1 {
		segments, those = "the segments ", "them"
	}
	return fault.New(fault.Conflict, what+" is used by "+segments+text.Listing(text.Words(using, 100), 10)+".",
		"Without it the condition could not be evaluated.",
		"Nothing was deleted. Change "+those+" with save_segment or remove "+those+" with delete_segment first, if the operator agrees.")
}
