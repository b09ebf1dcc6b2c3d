package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
)

// previewWait is how long a preview waits for a snapshot, and once more for one that has what was written shortly before it.
const previewWait = 20 * time.Second

// seen is the account as a preview sees it: a snapshot that is new enough to write by and lacks nothing that is known of. Where
// there is none, unseen says why, and what to do about it.
type seen struct {
	*audience.Snapshot
	facts  audience.Facts
	unseen string
}

// see takes a new snapshot where the last one will not do. It is to be released. Only the call's own end is an error.
func (box *Toolbox) see(ctx context.Context) (*seen, error) {
	sn, view, err := box.snapshot(ctx, need{writing: true, wait: previewWait})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		cause := explain(err)
		return &seen{unseen: cause.What + " " + cause.Next}, nil
	}
	return lacking(sn, view), nil
}

// lacking is a snapshot as it is seen where it may not lack anything.
func lacking(sn *audience.Snapshot, view SnapshotView) *seen {
	s := &seen{Snapshot: sn, facts: view.facts}
	if lacks := view.lacks(); lacks != "" {
		s.Release()
		s.unseen = "the snapshot " + lacks + ". Preview again " + view.again() + "."
	}
	return s
}

// seeForImport is what an import is compared with. Where it is not previewed, nobody exports for it.
func (box *Toolbox) seeForImport(ctx context.Context, preview bool) (*seen, error) {
	if preview {
		return box.see(ctx)
	}
	sn, found, err := box.Audience.Latest(ctx)
	if err != nil || !found {
		return &seen{unseen: "there is no snapshot"}, err
	}
	n := need{writing: true}
	view, err := box.viewSnapshot(ctx, n, sn)
	if err != nil || view.facts.Age > box.snapshotAge(n) {
		sn.Release()
		return &seen{unseen: "the snapshot is too old"}, err
	}
	return lacking(sn, view), nil
}

// seeFor is what a preview counts by: the snapshot that chose its contacts, or one that has them. nil where those who are named are
// looked up, and of imports, which were compared with one.
func (box *Toolbox) seeFor(ctx context.Context, planned bulk.Status) (*seen, error) {
	if a, is := planned.Who.There.(*asked); is {
		facts, err := a.Facts(ctx)
		return &seen{Snapshot: a.Snapshot, facts: facts}, err
	}
	names := len(planned.Who.Contacts) > 0 || planned.Who.File != ""
	if !names || planned.NamesContacts() && planned.Total <= contacts.MaxLookups {
		return nil, nil
	}
	return box.see(ctx)
}

// Release lets go of it, if there is anything to let go of.
func (s *seen) Release() {
	if s.Snapshot != nil {
		s.Snapshot.Release()
	}
	s.Snapshot = nil
}

// withLists is why nobody knows who is on which list; empty where it is known.
func (s *seen) withLists() string {
	if s.unseen == "" && (!s.facts.ListsKnown || s.facts.Unlisted > 0) {
		return "Mailtrap's export does not tell of all contacts on which lists they are."
	}
	return s.unseen
}

// standing counts how those of a plan stand whom a snapshot has: visit tells how many of them fit a condition. Whom the plan would
// not change is told as contacts.Change tells it of those who are looked up; where that takes what the snapshot does not tell of
// everybody, how many they are is not known.
func (v *MatchView) standing(ctx context.Context, spec bulk.Spec, s *seen, visit func(condition string) (int, error)) error {
	for condition, n := range map[string]*int{
		"status = '" + apiclient.Subscribed + "'": &v.Subscribed, "status = '" + apiclient.Unsubscribed + "'": &v.Unsubscribed,
	} {
		var err error
		if *n, err = visit(condition); err != nil {
			return err
		}
	}
	condition := asAsked(spec)
	exact, err := s.isExact(ctx, spec)
	if err != nil || !exact || condition == "" || changesLists(spec) && s.withLists() != "" {
		return err
	}
	already, err := visit(condition)
	if ctx.Err() == nil && err != nil { // it cannot be asked: a field that is newer than the snapshot, a value that is too long
		return nil
	}
	v.Already = &already
	return err
}

// isExact reports that the snapshot tells the texts that an update sets from others that look like them.
func (s *seen) isExact(ctx context.Context, spec bulk.Spec) (bool, error) {
	for _, field := range spec.Relies.Fields {
		value, has := spec.Fields[field.MergeTag]
		if !has || field.DataType != catalog.Text {
			continue
		}
		if written, _ := value.(string); !norm.NFC.IsNormalString(written) {
			return false, nil
		}
		if exact, err := s.IsExact(ctx, field.ID); !exact || err != nil {
			return false, err
		}
	}
	return true, nil
}

// asAsked is the condition that those fit whom an update would not change; empty where that cannot be said in one.
func asAsked(spec bulk.Spec) string {
	var all []string
	for _, field := range spec.Relies.Fields {
		value, has := spec.Fields[field.MergeTag]
		if !has {
			continue
		}
		written, ok := literal(value)
		if !ok {
			return ""
		}
		all = append(all, fmt.Sprintf(`"id:%d" IS %s`, field.ID, written))
	}
	for _, list := range spec.Join {
		all = append(all, fmt.Sprintf("in_list('id:%d')", list.ID))
	}
	for _, list := range spec.Leave {
		all = append(all, fmt.Sprintf("NOT in_list('id:%d')", list.ID))
	}
	if spec.LeaveAll {
		all = append(all, "list_count = 0")
	}
	if spec.Unsubscribed != nil {
		all = append(all, "status "+map[bool]string{true: "IS", false: "IS NOT"}[*spec.Unsubscribed]+" '"+apiclient.Unsubscribed+"'")
	}
	if len(spec.CreateLists) > 0 || len(all) < len(spec.Fields) {
		return ""
	}
	return strings.Join(all, " AND ")
}

// changesLists reports that an update is about who is on lists.
func changesLists(spec bulk.Spec) bool { return len(spec.Join)+len(spec.Leave) > 0 || spec.LeaveAll }

// literal is a value as conditions write it.
func literal(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "NULL", true
	case string:
		if v == "" {
			return "NULL", true
		}
		return "'" + strings.ReplaceAll(v, "'", "''") + "'", true
	case bool, json.Number, int64, int, float64:
		return fmt.Sprint(v), true
	}
	return "", false
}

// standingLooked is standing of those who were looked up one by one.
func (v *MatchView) standingLooked(spec bulk.Spec, looked []contacts.Looked) {
	already := 0
	for _, one := range looked {
		if !one.Known {
			continue
		}
		switch one.Found.Status {
		case apiclient.Subscribed:
			v.Subscribed++
		case apiclient.Unsubscribed:
			v.Unsubscribed++
		}
		change := contacts.Change{Fields: spec.Fields, AddTo: listIDs(spec.Join), RemoveFrom: listIDs(spec.Leave),
			Unsubscribed: spec.Unsubscribed}
		if spec.LeaveAll {
			change.RemoveFrom = one.Found.ListIDs
		}
		if !change.Changes(one.Found.Contact) {
			already++
		}
	}
	if asAsked(spec) != "" {
		v.Already = &already
	}
}
