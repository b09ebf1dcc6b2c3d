package bulk

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/undo"
)

// What contacts were before a job wrote to them is in the journal: there the record of a contact that is written alone has it
// anyway. Those that are sent many in a request are parts of the record of that request, where a snapshot told what they were
// when the job was planned. From then until it is sent, a chunk has it beside each of its contacts.

// MostUndoable is for how many contacts a job may be for the journal to keep what they were before.
const MostUndoable = 20_000

// withBefore puts what contacts are before they are written beside them, as far as that is known.
func (g *stage) withBefore(ctx context.Context, how route, chunk intake.Chunk) (intake.Rows, error) {
	if g.there == nil || !g.service.journal.IsOn() || g.job.chunked+g.job.listed+chunk.Count > MostUndoable {
		return chunk.Rows, nil
	}
	emails := make([]string, 0, chunk.Count)
	if err := chunk.Rows.Each(func(one intake.Row) error { emails = append(emails, one.Name()); return nil }); err != nil {
		return nil, err
	}
	there, err := g.there.Contacts(ctx, emails)
	if err != nil {
		return nil, err
	}
	return chunk.Rows.With(func(one intake.Row) (intake.Row, error) {
		found, is := there[one.Name()]
		if !is && how != mayCreate {
			return one, nil
		}
		was := undo.Before{New: !is}
		if is {
			spec := g.job.Spec
			was = undo.BeforeOf(found, slices.AppendSeq(one.FieldTags(), maps.Keys(spec.Fields)),
				slices.Concat(one.Joins(), spec.joinedByAll(), one.Leaves(), spec.left()))
		}
		g.job.Spec.Before++
		kept, err := json.Marshal(was)
		return one.WithWas(kept), err
	})
}

// countIn counts what a request does to a contact.
func countIn(d *journal.Did, part journal.Write, change contacts.Change) {
	if part.Action == journal.Create {
		d.Created++
		for _, list := range change.AddTo {
			d.Joined[list]++
		}
		return
	}
	d.Changed++
	was, _ := part.Before.(apiclient.Contact)
	for _, one := range change.Missing(was) {
		switch {
		case one.What == "field":
			d.Fields[one.Name]++
		case one.After == true:
			d.Joined[one.ListID]++
		default:
			d.Left[one.ListID]++
		}
	}
}

// parts are what a request does to each of the contacts of a chunk, as far as it is known what they were before.
func (j *job) parts(c chunk) (parts []journal.Write, did *journal.Did, err error) {
	if j.call.Final != "" || j.Spec.Before == 0 {
		return nil, nil, nil
	}
	return j.partsOf(c.content, j.by.api.TheirTime(time.UnixMilli(c.sent)), nil)
}

// partsOf are what a request that was sent at some time does to each of its contacts: to those of whom it is known what they were
// before, or, where it is given what all of them were, to all.
func (j *job) partsOf(content intake.Rows, sent time.Time, all *undo.Before) (parts []journal.Write, did *journal.Did, err error) {
	did = &journal.Did{Fields: map[string]int{}, Joined: map[int64]int{}, Left: map[int64]int{}}
	err = content.Each(func(one intake.Row) error {
		var was undo.Before
		switch {
		case all != nil:
			was = *all
		case one.Was() == nil:
			return nil
		default:
			if err := json.Unmarshal(one.Was(), &was); err != nil {
				return err
			}
		}
		did.Known++
		change, err := ownOf(one).change(j.Spec, "")
		if err != nil {
			return err
		}
		if part, does := was.Part(one.Name(), change, sent); does {
			parts = append(parts, part)
			countIn(did, part, change)
		}
		return nil
	})
	return parts, did, err
}

// foreclose notes why what a plan does cannot be undone, where there is more of it than is kept.
func (s *Service) foreclose(ctx context.Context, j *job) error {
	if !s.journal.IsOn() || !j.Kind.ChangesContacts() || j.Total <= undoneAtOnce {
		return nil
	}
	if j.Total > MostUndoable {
		j.Spec.Final = "It is for " + text.Count(j.Total, "contact") + ", and what they were before is kept of at most " +
			text.Number(MostUndoable) + " of a job."
		return nil
	}
	room, err := s.journal.HasRoom(ctx, j.Total)
	if err == nil && !room {
		j.Spec.Final = "The journal has no room: it keeps what at most " + text.Number(journal.MostUndoable) +
			" contacts were before, and drops them after " + text.Count(s.journal.Days(), "day") + "."
	}
	return err
}
