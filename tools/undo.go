package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

var undoChange = Tool[UndoChangeInput, UndoChangeOutput]{
	Name: "undo_change", Title: "Undo a change", Toolset: Account, Effect: Destroys, OfJournal: true, AnswersJob: true,
	Description: "Undoes a change that list_changes shows, where what it touched is as it left it; one to many contacts by a job.",
	Example:     `{"change_id": 42}`,
	Asking: Asking{
		When: "when undoing deletes something, creates a deleted contact again, undoes an unsubscription, or forgets people who said no " +
			"in an import",
		Otherwise: "the call goes ahead, except that undoing an unsubscription is refused, and that deleting a list " +
			"or field is held to 25 contacts",
	},
	Confirm: (*Toolbox).confirmUndo,
	Unasked: (*Toolbox).unaskedUndo,
	Run:     (*Toolbox).undoChange,
}

// UndoChangeInput names the change.
type UndoChangeInput struct {
	ChangeID int64 `json:"change_id" jsonschema:"minimum=1" jsonschema_description:"As list_changes shows it"`
	Preview  bool  `json:"preview,omitempty" jsonschema_description:"Change nothing; say what would be done"`
	// DeleteCreated also deletes the contacts that an import created.
	DeleteCreated bool `json:"delete_created,omitempty" jsonschema_description:"Also delete contacts that an import created"`

	planned *undoPlan // what Confirm or Unasked found; nil: not looked for, or too long ago
}

// UndoChangeOutput is what was undone, or would be.
type UndoChangeOutput struct {
	ChangeID int64 `json:"change_id" jsonschema_description:"The change that was to be undone"`
	// Undo is the id of the change that undid it, which can be undone as well.
	Undo    int64      `json:"undo,omitempty" jsonschema_description:"The change that undid it"`
	Preview bool       `json:"preview,omitempty"`
	Steps   []StepView `json:"steps"`
	// Done counts the steps that were done, shown or not.
	Done int `json:"done" jsonschema_description:"Steps that were done, shown or not"`
	// Kept says of writes of the change why they are not undone.
	Kept []string `json:"kept,omitempty"`
	// Failed is the first step that failed, after others had been done.
	Failed string `json:"failed,omitempty"`
	Ahead  string `json:"ahead,omitempty" jsonschema_description:"Jobs that may overwrite it"`
	// Job undoes a change to many contacts.
	Job *JobView `json:"job,omitempty"`
	// Omitted counts the steps left out because the result would be too long.
	Omitted int `json:"omitted,omitempty"`
	// refused says why what a preview shows would be refused.
	refused string
}

// StepView is one step of undoing a change.
type StepView struct {
	What    string `json:"what"`
	Warning string `json:"warning,omitempty"`
	Done    bool   `json:"done"`
}

func (box *Toolbox) confirmUndo(ctx context.Context, in *UndoChangeInput) (*Question, error) {
	if in.Preview {
		return nil, nil
	}
	planned, err := box.planUndo(ctx, *in)
	if err != nil {
		return nil, err
	}
	in.planned = planned
	if planned.sorted != nil {
		undoing := planned.undoing()
		return undoQuestion(&undoing), box.unseenJob(ctx, planned)
	}
	if err := box.unseenUndo(planned); err != nil || !planned.asks() {
		return nil, err
	}
	return &Question{
		Subject: fmt.Sprintf("change %d: %s", in.ChangeID, planned.describe()),
		Text: func(ctx context.Context) (string, error) {
			said := []string{fmt.Sprintf("Undo change %d (%s of %s)?", in.ChangeID, planned.change.Tool,
				planned.change.At.Format(time.DateTime)), planned.describe()}
			for _, step := range planned.steps {
				if step.deletes != nil {
					n, _ := box.countTouched(ctx, *step.deletes) // without a number they are asked all the same, and told so
					said = append(said, "Before any of this, of "+step.deletes.what+": "+step.deletes.touches(n))
				}
			}
			return strings.Join(said, "\n"), nil
		},
	}, nil
}

// unaskedUndo holds undoing to what deleting is held to: a list may have been filled since it was created.
func (box *Toolbox) unaskedUndo(ctx context.Context, in *UndoChangeInput) error {
	if in.Preview {
		return nil
	}
	planned, err := box.planUndo(ctx, *in)
	if err != nil {
		return err
	}
	in.planned = planned
	if planned.sorted != nil {
		undoing := planned.undoing()
		return cmp.Or(box.unseenJob(ctx, planned), unaskedUndoing(&undoing, len(planned.sorted.Writes)))
	}
	if err := planned.deleting(); err != nil {
		return err
	}
	for _, step := range planned.steps {
		if step.deletes == nil {
			continue
		}
		in.planned = nil // counting takes a while
		if err := box.fewTouched(ctx, *step.deletes); err != nil {
			return err
		}
	}
	return nil
}

// deleting refuses to delete more contacts than may be without asking.
func (u undoPlan) deleting() error {
	deleted := 0
	for _, step := range u.steps {
		if step.write.Kind == journal.Contact && step.write.Action == journal.Create {
			deleted++
		}
	}
	if deleted > touchedUnasked {
		return deletesUnasked(deleted)
	}
	return nil
}

func deletesUnasked(n int) error {
	return fault.New(fault.NeedsConfirmation,
		"Undoing this deletes "+text.Count(n, "contact")+", and this client cannot ask the operator.",
		fmt.Sprintf("Without asking the operator, at most %d are deleted at once.", touchedUnasked),
		"Nothing was changed. Ask the operator, and delete those they name with delete_contact; or use a client that can ask them.")
}

func (box *Toolbox) undoChange(ctx context.Context, in UndoChangeInput) (UndoChangeOutput, error) {
	planned, err := in.planned, error(nil)
	if planned == nil {
		planned, err = box.planUndo(ctx, in)
	}
	if err != nil {
		return UndoChangeOutput{}, err
	}
	if planned.sorted != nil {
		return box.undoAsJob(ctx, in, planned)
	}
	out := UndoChangeOutput{ChangeID: in.ChangeID, Preview: in.Preview, Kept: planned.kept, Steps: make([]StepView, len(planned.steps))}
	for i, step := range planned.steps {
		out.Steps[i] = StepView{What: step.what, Warning: step.warning}
	}
	if in.Preview {
		refusal := cmp.Or(planned.resubscribing(), planned.deleting())
		for i, step := range planned.steps {
			if step.deletes != nil {
				n, err := box.countTouched(ctx, *step.deletes)
				out.Steps[i].Warning = "Before any of this: " + step.deletes.touches(n)
				refusal = cmp.Or(refusal, step.deletes.few(n, err))
			}
		}
		out.refused = box.refusesUnasked(ctx, refusal)
		box.shown.show(planned)
		return out, nil
	}
	if err := planned.resubscribing(); err != nil && !confirmed(ctx) {
		return UndoChangeOutput{}, err
	}
	if err := box.unseenUndo(planned); err != nil {
		return UndoChangeOutput{}, err
	}
	box.shown.forget(in.ChangeID)
	call := journal.CallOf(ctx)
	call.Undoes = in.ChangeID
	ctx = journal.In(ctx, call)
	for i, step := range planned.steps {
		if err := step.do(journal.Undoing(ctx, step.write.ID)); err != nil {
			if i == 0 {
				return UndoChangeOutput{}, err
			}
			out.Failed = fault.From(err).Error()
			break
		}
		out.Steps[i].Done = true
		out.Done++
	}
	out.Undo = journal.ChangeID(ctx)
	var people []string
	for _, step := range planned.steps {
		if step.write.Kind == journal.Contact {
			people = append(people, step.write.Name, step.write.Subject)
		}
	}
	out.Ahead = box.ahead(ctx, people...)
	return out, nil
}

// resubscribing refuses to have people get mail again for whom the operator has to agree; nil where there are none.
func (u undoPlan) resubscribing() error {
	var emails []string
	for _, step := range u.steps {
		switch {
		case step.resubscribes == "":
			continue
		case step.suppressed:
			return fault.New(fault.ConsentRequired, "Undoing it would subscribe "+text.Word(step.resubscribes, 80)+" again.", suppressedStays,
				"Nothing was changed; tell the operator.")
		}
		emails = append(emails, step.resubscribes)
	}
	return resubscribing(len(emails), emails...)
}

// resubscribing refuses to have n people get mail again, who are named where there is one; nil for nobody.
func resubscribing(n int, emails ...string) error {
	who, these, tool := text.Count(n, "contact"), "these people", "bulk_update_contacts"
	switch n {
	case 0:
		return nil
	case 1:
		these, tool = "this person", "update_contact"
		if len(emails) == 1 {
			who = text.Word(emails[0], 80)
		}
	}
	return fault.New(fault.ConsentRequired, "Undoing it would subscribe "+who+" again.",
		"That this server unsubscribed them is not consent, and nobody could be asked here.",
		"Nothing was changed. Ask the operator how "+these+" agreed to get mail, and call "+tool+" with unsubscribed: "+
			"false and that in consent.")
}

// Summary is the text an agent reads.
func (out UndoChangeOutput) Summary() string {
	if out.Job != nil {
		return lines(out.Job.describe(), out.Job.next())
	}
	parts := []string{""}
	for _, step := range out.Steps {
		line := "- " + step.What
		if !out.Preview && !step.Done {
			line += " — not done"
		}
		if step.Warning != "" {
			line += ". " + step.Warning
		}
		parts = append(parts, line)
	}
	if out.Omitted > 0 {
		parts = append(parts, "- and "+text.Count(out.Omitted, "more step"))
	}
	for _, kept := range out.Kept {
		parts = append(parts, "- stays: "+kept)
	}
	switch {
	case out.Preview:
		parts[0] = fmt.Sprintf("Undoing change %d would do this; nothing was changed:", out.ChangeID)
		parts = append(parts, cmp.Or(out.refused, "Call undo_change without preview to do it."))
	case out.Failed != "":
		parts[0] = fmt.Sprintf("%d of %s of undoing change %d were done, and then it failed:", out.Done,
			text.Count(len(out.Steps)+out.Omitted, "step"), out.ChangeID)
		parts = append(parts, out.Failed, "Call undo_change again for the rest.")
	default:
		parts[0] = fmt.Sprintf("Undid change %d, as change %d.", out.ChangeID, out.Undo)
	}
	return lines(append(parts, out.Ahead)...)
}

func rank(step StepView) int {
	if step.Done {
		return 1
	}
	return 0
}

// Shrink keeps the result within its bounds.
func (out UndoChangeOutput) Shrink(width int) Output {
	shown := slices.Clone(out.Steps)
	if out.Failed != "" { // what was not done matters most
		slices.SortStableFunc(shown, func(a, b StepView) int { return cmp.Compare(rank(a), rank(b)) })
	}
	steps, omitted := capped(shown, max(1, width/4))
	out.Omitted = omitted
	out.Steps = make([]StepView, len(steps))
	for i, step := range steps {
		step.Warning = text.ClipProse(step.Warning, 3*width)
		step.What = text.ClipProse(step.What, 3*width)
		out.Steps[i] = step
	}
	kept, _ := capped(out.Kept, max(1, width/20))
	out.Kept = make([]string, len(kept))
	for i, said := range kept {
		out.Kept[i] = text.ClipProse(said, 3*width)
	}
	out.Failed = text.ClipProse(out.Failed, 500)
	if out.Job != nil {
		job := out.Job.shrink(width)
		out.Job = &job
	}
	return out
}
