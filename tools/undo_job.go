package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

// sortedUndo is what becomes of the writes of a change that is undone as a job. Only a preview looks how the contacts are now,
// one by one or in a snapshot: the job looks at each when its turn comes.
func (box *Toolbox) sortedUndo(ctx context.Context, change journal.Change, in UndoChangeInput) (sorted undo.Sorted, asOf string,
	err error) {
	request := undo.Request{Change: change, DeleteCreated: in.DeleteCreated}
	if in.Preview {
		if request.Now, asOf, err = box.contactsNow(ctx, change); err != nil {
			return undo.Sorted{}, "", err
		}
	}
	sorted, err = box.undoing().Sort(ctx, request)
	return sorted, asOf, err
}

// contactsNow are the contacts of a change as they are, by how they are looked up, and a sentence on how old that is.
func (box *Toolbox) contactsNow(ctx context.Context, change journal.Change) (now map[string]contacts.Found, asOf string, err error) {
	var writes []journal.Entry
	for _, write := range change.Writes {
		if write.Kind == journal.Contact && write.IsOpen() {
			writes = append(writes, write)
		}
	}
	if len(writes) <= contacts.MaxLookups {
		now, err := box.lookedAt(ctx, writes)
		return now, "", err
	}
	sn, taken, err := box.snapshot(ctx, need{exact: true, wait: previewWait})
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case err != nil: // how many have changed is not known then; each is looked at when its turn comes
		return nil, "", nil //nolint:nilerr // it is said that nobody has looked
	}
	defer sn.Release()
	asOf = "Compared with the snapshot of " + taken.at()
	if lacks := taken.lacks(); lacks != "" {
		asOf += ", which " + lacks
	}
	now, err = box.inSnapshot(ctx, sn, writes)
	return now, asOf + ".", err
}

func (box *Toolbox) lookedAt(ctx context.Context, writes []journal.Entry) (map[string]contacts.Found, error) {
	found, failed := make([]contacts.Found, len(writes)), make([]error, len(writes))
	contacts.Each(len(writes), func(i int) { found[i], failed[i] = box.undoing().Find(ctx, writes[i]) })
	now := make(map[string]contacts.Found, len(writes))
	for i, write := range writes {
		now[undo.Key(write)] = found[i]
	}
	return now, errors.Join(failed...)
}

// inSnapshot looks contacts up in a snapshot by their addresses. Nothing is known of those who may have another address now, and
// of whom something is doubtful.
func (box *Toolbox) inSnapshot(ctx context.Context, sn *audience.Snapshot, writes []journal.Entry) (map[string]contacts.Found, error) {
	emails, now := make([]string, len(writes)), make(map[string]contacts.Found, len(writes))
	for i, write := range writes {
		emails[i] = strings.ToLower(write.Name)
	}
	there, err := sn.Contacts(ctx, emails)
	if err != nil {
		return nil, err
	}
	for i, write := range writes {
		found, is := there[emails[i]]
		if !is {
			_, doubtful, err := sn.Find(ctx, emails[i])
			if err != nil {
				return nil, err
			}
			if doubtful || undo.Key(write) != emails[i] {
				continue
			}
		}
		now[undo.Key(write)] = contacts.Found{Contact: found}
	}
	return now, nil
}

// undoing is what a job is told of the change that it turns back.
func (u undoPlan) undoing() bulk.Undoing {
	undoing := bulk.Undoing{Change: u.change.ID, Tool: u.change.Tool, At: u.change.At, Creates: u.sorted.Creates,
		Deletes: u.sorted.Deletes, Resubscribes: u.sorted.Resubscribes}
	if write, is := optOutsOf(u.change); is {
		var of journal.Remembered
		decodeImage(write.After, &of)
		undoing.OptOuts, undoing.People, undoing.Forgets = write.ID, of.People, write.Action == journal.Remembering
	}
	return undoing
}

// undoAsJob plans a job that undoes a change, and carries it out where it was shown or is small.
func (box *Toolbox) undoAsJob(ctx context.Context, in UndoChangeInput, planned *undoPlan) (UndoChangeOutput, error) {
	out := UndoChangeOutput{ChangeID: in.ChangeID, Preview: in.Preview, Steps: []StepView{}}
	if !in.Preview {
		if err := box.unseenJob(ctx, planned); err != nil {
			return out, err
		}
		if plan := box.shownPlan(ctx, planned); plan != "" {
			box.shown.forget(in.ChangeID)
			job, err := box.runPlan(ctx, plan, nil)
			return out.with(job), err
		}
	}
	status, err := box.Bulk.PlanUndo(ctx, planned.undoing(), planned.sorted.Writes)
	if err != nil {
		return out, err
	}
	if status.Notes = leftAlone(undo.Sorted{Kept: planned.sorted.Kept}); in.Preview {
		status.Notes = box.undoNotes(ctx, planned)
	}
	job, err := box.previewOrRun(ctx, status, in.Preview, len(planned.sorted.Writes))
	if in.Preview && err == nil {
		planned.plan = job.PlanID
		box.shown.show(planned)
	}
	return out.with(job), err
}

func (out UndoChangeOutput) with(job JobView) UndoChangeOutput {
	out.Job, out.Done, out.Undo = &job, job.Done, job.Change
	return out
}

// undoNotes say before a job undoes a change what it gives back to how many, and whom it leaves alone.
func (box *Toolbox) undoNotes(ctx context.Context, planned *undoPlan) []string {
	sorted := planned.sorted
	notes := []string{enumerated("They get back: ", box.gets(ctx, sorted.Gets), 0, ""), planned.asOf}
	add := func(n int, one, many string) {
		if n > 0 {
			notes = append(notes, text.Count(n, "contact")+" "+map[bool]string{true: one, false: many}[n == 1])
		}
	}
	add(sorted.Creates, "that it deleted is created again, with a new id.", "that it deleted are created again, with new ids.")
	add(sorted.Deletes, "that it created is deleted.", "that it created are deleted.")
	add(sorted.Resubscribes, "would get mail again"+onlyAsked, "would get mail again"+onlyAsked)
	consents := 0
	for _, write := range sorted.Writes {
		if write.Consent != "" {
			consents++
		}
	}
	add(consents, "was changed with consent, which no longer counts.", "were changed with consent, which no longer counts.")
	add(sorted.Unlooked, "will be looked at in turn, and left alone if somebody has changed it since.", notLookedAt)
	add(sorted.AsBefore, "is as before already.", "are as before already.")
	add(sorted.Undone, "is undone already.", "are undone already.")
	if write, is := optOutsOf(planned.change); is {
		if _, warning, err := box.turnsOptOuts(ctx, write); err == nil && warning != "" {
			notes = append(notes, warning)
		}
	}
	return append(append(notes, leftAlone(*sorted)...), box.undoneLast(ctx, planned.change, "Once this is done, "))
}

const (
	onlyAsked = ": the operator is asked; without their word that is refused ([consent_required])."
	// notLookedAt is said where there is no snapshot to look in.
	notLookedAt = "will be looked at in turn, and left alone if somebody has changed them since: how many that is cannot be told now."
)

// gets says what is given back to how many contacts.
func (box *Toolbox) gets(ctx context.Context, counted map[contacts.Difference]int) []string {
	var said []string
	for _, one := range slices.SortedFunc(maps.Keys(counted), func(a, b contacts.Difference) int {
		return cmp.Or(counted[b]-counted[a], strings.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	}) {
		what := ""
		switch one.What {
		case "field":
			what = text.Word(one.Name, 60)
		case "list":
			what = map[any]string{true: "back on ", false: "off "}[one.After] + describeLists(box.listViews(ctx, []int64{one.ListID}))
		default:
			what = text.Word(fmt.Sprint(one.After), 60)
		}
		said = append(said, what+" ("+text.Number(counted[one])+")")
	}
	return said[:min(len(said), 20)]
}

// shownKept is how many contacts are named that an undo leaves alone, and how many whom an import created.
const shownKept = 10

// leftAlone says whom undoing a change leaves alone, and why.
func leftAlone(sorted undo.Sorted) (said []string) {
	shown := 0
	for _, why := range slices.SortedFunc(maps.Keys(sorted.Kept), func(a, b string) int {
		return cmp.Or(len(sorted.Kept[b])-len(sorted.Kept[a]), strings.Compare(a, b))
	}) {
		names := sorted.Kept[why]
		head := text.Count(len(names), "contact") + " " + isOrAre(len(names)) + " left alone"
		if room := shownKept - shown; room > 0 && names[0] != "" {
			named := names[:min(len(names), room)]
			head += ": " + text.Listing(text.Words(names, 80), room)
			shown += len(named)
		}
		said = append(said, head+" ("+strings.TrimSuffix(why, ".")+").")
	}
	if n := len(sorted.Stays); n > 0 {
		said = append(said, text.Count(n, "contact")+" that the import created "+stays(n)+": "+
			text.Listing(text.Words(sorted.Stays, 80), shownKept)+". With delete_created: true "+they(n)+" deleted, unless changed since.")
	}
	return said
}

// undoneLast names the lists and fields that a change created and that are still as it left them: they are deleted by another call,
// once its contacts are as before.
func (box *Toolbox) undoneLast(ctx context.Context, change journal.Change, when string) string {
	var created []string
	for _, write := range change.Writes {
		if write.Kind != journal.List && write.Kind != journal.Field || !write.IsOpen() {
			continue
		}
		if back, err := box.stepBack(ctx, write, false); err == nil && back != nil {
			created = append(created, box.tell(ctx, write))
		}
	}
	if len(created) == 0 {
		return ""
	}
	return when + fmt.Sprintf("undo_change %d again undoes the rest of it: ", change.ID) + text.Listing(created, 5) + "."
}

// restOf says of a job that has undone a change what is left of that.
func (box *Toolbox) restOf(ctx context.Context, job bulk.Status) string {
	if job.Kind != bulk.Undo || !job.State.Ended() || !box.offers("undo_change") {
		return ""
	}
	change, err := box.Journal.InShort(ctx, job.Spec.Undo.Change)
	if err != nil { // list_changes tells
		return ""
	}
	created := ""
	if p := change.Prospect; p.Created > 0 && job.Spec.Undo.Deletes == 0 {
		created = text.Count(p.Created, "contact") + " that the import created " + stays(p.Created) + unlessDeleted + "."
	}
	return strings.TrimSpace(created + " " + box.undoneLast(ctx, change, ""))
}

// shownPlan is the plan that was shown to undo a change in this way, as long as it can be carried out; empty for none.
func (box *Toolbox) shownPlan(ctx context.Context, planned *undoPlan) string {
	plan := box.shown.plan(planned)
	if plan == "" {
		return ""
	}
	if status, err := box.Bulk.Follow(ctx, plan, 0, nil); err != nil || status.State != bulk.Planned {
		return ""
	}
	return plan
}

// unseenJob refuses to undo unseen what is written to more contacts, or deletes more, than may be without a preview, and whom an
// import has created in any case.
func (box *Toolbox) unseenJob(ctx context.Context, planned *undoPlan) error {
	touches, deletes := len(planned.sorted.Writes), planned.sorted.Deletes
	const next = "Nothing was changed. Call undo_change with preview: true, show the operator what it says, and carry it out with apply_plan."
	switch {
	case box.shownPlan(ctx, planned) != "":
		return nil
	case deletes > box.deletesAbove() || deletes > 0 && planned.deleteCreated:
		return fault.New(fault.NeedsPreview, "Undoing this deletes "+text.Count(deletes, "contact")+", which is not done unseen.", "", next)
	case touches > max(1, box.PreviewAbove):
		return fault.New(fault.NeedsPreview, "Undoing this is for "+text.Count(touches, "contact")+", and more than "+
			text.Number(max(1, box.PreviewAbove))+" are not written unseen.", "", next)
	}
	return nil
}

// undoQuestion is what the operator is asked before a job undoes a change; nil when it neither deletes nor creates anybody, forgets
// nobody who said no, and nobody gets mail again.
func undoQuestion(undoing *bulk.Undoing) *Question {
	var does []string
	for _, one := range []struct {
		n    int
		does string
	}{{undoing.Creates, "creates %s again"}, {undoing.Deletes, "deletes %s"}, {undoing.Resubscribes, "subscribes up to %s again"}} {
		if one.n > 0 {
			does = append(does, fmt.Sprintf(one.does, text.Count(one.n, "contact")))
		}
	}
	if undoing.Forgets {
		does = append(does, "forgets "+saidNo(undoing.People))
	}
	if len(does) == 0 {
		return nil
	}
	asked := fmt.Sprintf("Undo change %d (%s of %s)? It %s.", undoing.Change, undoing.Tool, undoing.At.UTC().Format(time.DateTime),
		text.Listing(does, 4))
	return &Question{Subject: asked, Text: func(context.Context) (string, error) { return asked, nil }}
}

// unaskedUndoing refuses what needs the operator's word where they cannot be asked. Where only some would get mail again, the
// job refuses those.
func unaskedUndoing(undoing *bulk.Undoing, of int) error {
	switch {
	case undoing.Deletes > touchedUnasked:
		return deletesUnasked(undoing.Deletes)
	case undoing.Resubscribes == of:
		return resubscribing(of)
	}
	return nil
}
