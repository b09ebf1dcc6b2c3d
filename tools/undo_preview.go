package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// An undo is no plan of a job: it is looked for anew each time. What holds it to --preview-above is that it was shown.

// shownFor is how long an undo that was previewed can be carried out, as long as a plan.
const shownFor = time.Hour

// shownUndos are the undos that this process has shown in previews and not carried out, by the change.
type shownUndos struct {
	mu    sync.Mutex
	shown map[int64]shownUndo
}

type shownUndo struct {
	does  string
	plan  string // of a job
	until time.Time
}

func (s *shownUndos) show(planned *undoPlan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown == nil {
		s.shown = map[int64]shownUndo{}
	}
	for change, one := range s.shown {
		if time.Now().After(one.until) {
			delete(s.shown, change)
		}
	}
	s.shown[planned.change.ID] = shownUndo{planned.does(), planned.plan, time.Now().Add(shownFor)}
}

// has reports that exactly this was shown.
func (s *shownUndos) has(planned *undoPlan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.shown[planned.change.ID]
	return one.does == planned.does() && time.Now().Before(one.until)
}

// plan is the plan of a job that was shown, to undo a change in this way; empty for none.
func (s *shownUndos) plan(planned *undoPlan) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.shown[planned.change.ID]
	if one.does != planned.does() || time.Now().After(one.until) {
		return ""
	}
	return one.plan
}

func (s *shownUndos) forget(change int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.shown, change)
}

// does is all that an undo does and leaves, to compare it by.
func (u undoPlan) does() string {
	var said strings.Builder
	if u.sorted != nil {
		return fmt.Sprintf("as a job %t", u.deleteCreated)
	}
	for _, step := range u.steps {
		fmt.Fprintf(&said, "%d %q\n", step.write.ID, step.what)
	}
	fmt.Fprintf(&said, "%q", u.kept)
	return said.String()
}

// unseenUndo refuses to undo unseen what is written to more contacts, or deletes more, than may be without a preview. One contact
// is no bulk.
func (box *Toolbox) unseenUndo(planned *undoPlan) error {
	var touched, deleted []string
	for _, step := range planned.steps {
		if step.write.Kind != journal.Contact {
			continue
		}
		who := cmp.Or(step.write.Subject, step.write.Name)
		if touched = append(touched, who); step.write.Action == journal.Create {
			deleted = append(deleted, who)
		}
	}
	people := func(named []string) int {
		slices.Sort(named)
		return len(slices.Compact(named))
	}
	const next = "Nothing was changed. Call undo_change with preview: true, show the operator what it says, and repeat this " +
		"call within an hour, while the same server runs."
	touches, deletes := people(touched), people(deleted)
	mostTouched, mostDeleted := max(1, box.PreviewAbove), max(1, box.deletesAbove())
	switch {
	case box.shown.has(planned):
		return nil
	case deletes > mostDeleted:
		return fault.New(fault.NeedsPreview, "Undoing this deletes "+text.Count(deletes, "contact")+", and more than "+
			text.Number(mostDeleted)+" are not deleted unseen.", "", next)
	case touches > mostTouched:
		return fault.New(fault.NeedsPreview, "Undoing this is for "+text.Count(touches, "contact")+", and more than "+
			text.Number(mostTouched)+" are not written unseen.", "", next)
	}
	return nil
}
