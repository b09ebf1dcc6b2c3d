package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// SnapshotView is how far an answer can be relied on.
type SnapshotView struct {
	TakenAt  string   `json:"taken_at"`
	Seconds  int      `json:"age_seconds"`
	Missing  int      `json:"changes_missing,omitempty" jsonschema_description:"Contacts changed here, perhaps shown as they were"`
	Complete string   `json:"complete_after,omitempty" jsonschema_description:"A snapshot taken later has these"`
	Running  []string `json:"running,omitempty" jsonschema_description:"Jobs that still change contacts"`
	// Suppressions is how old the list of them is, where the answer depends on it.
	Suppressions string `json:"suppressions,omitempty"`

	facts audience.Facts
	gone  []string // lists and fields that only the snapshot has, under these names
	added []string // and those that only the account has
	blind bool     // which the account has could not be found out
}

// lookTime is how long reading waits for a look at the account's lists and fields, where the catalog has none that are fresh.
const lookTime = 5 * time.Second

// viewSnapshot finds out how far a snapshot can be relied on. Where the account's lists and fields cannot be looked at, only reading
// does without.
func (box *Toolbox) viewSnapshot(ctx context.Context, n need, sn *audience.Snapshot) (SnapshotView, error) {
	facts, err := sn.Facts(ctx)
	if err != nil {
		return SnapshotView{}, err
	}
	view := SnapshotView{
		TakenAt: facts.TakenAt.UTC().Format(time.RFC3339), Seconds: int(max(0, facts.Age).Seconds()), Missing: facts.Unpatched,
		facts: facts,
	}
	if view.Missing > 0 && !facts.UnderWay() {
		view.Complete = facts.Complete.UTC().Format(time.RFC3339)
	}
	if view.Running, err = box.stillWriting(ctx); err != nil {
		return SnapshotView{}, err
	}
	looking, cancel := ctx, func() {}
	if n.reads() {
		looking, cancel = context.WithTimeout(ctx, lookTime)
	}
	defer cancel()
	now, err := box.listsAndFields(looking)
	if err != nil && n.reads() && ctx.Err() == nil {
		view.blind = true
		return view, nil
	}
	had := namesOf(facts.Lists, facts.Fields)
	view.gone, view.added = without(had, now), without(now, had)
	return view, err
}

// listsAndFields names those that the account has now.
func (box *Toolbox) listsAndFields(ctx context.Context) ([]string, error) {
	lists, err := box.Catalog.Lists(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := box.Catalog.Fields(ctx)
	return namesOf(lists, fields), err
}

func namesOf(lists []apiclient.List, fields []apiclient.Field) []string {
	names := make([]string, 0, len(lists)+len(fields))
	for _, list := range lists {
		names = append(names, "the list "+viewList(list).String())
	}
	for _, field := range fields {
		names = append(names, "the "+viewField(field).describe())
	}
	return names
}

func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// knowsLess reports that a question may have failed because the snapshot is older than a list or field that it names.
func (v SnapshotView) knowsLess(failed error) bool {
	return fault.Is(failed, fault.InvalidInput) && len(v.gone)+len(v.added) > 0
}

// at is when the snapshot was taken, for people.
func (v SnapshotView) at() string { return minute(v.facts.TakenAt) }

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") + " UTC" }

// String says how old the answer is, and what it may lack.
func (v SnapshotView) String() string { return lines(v.asOf(), v.unfinished(), v.Suppressions) }

// renewable is String where the call that is answered could have taken a new one.
func (v SnapshotView) renewable() string {
	asOf := v.asOf()
	if v.lacks() != "" || v.Seconds >= 60 {
		asOf += " refresh: true renews it."
	}
	return lines(asOf, v.unfinished(), v.Suppressions)
}

func (v SnapshotView) asOf() string {
	said := fmt.Sprintf("As of %s, %s", v.at(), ago(time.Duration(v.Seconds)*time.Second))
	if lacks := v.lacks(); lacks != "" {
		said += "; " + lacks
	}
	if v.blind {
		said += "; whether lists or fields have changed since could not be found out"
	}
	return said + "."
}

// lacks says in what the snapshot is behind the account; empty where it is not, as far as is known.
func (v SnapshotView) lacks() string {
	var said []string
	switch {
	case v.facts.UnderWay():
		said = append(said, "may lack the update of "+text.Count(v.Missing, "contact")+", which Mailtrap may still be working on")
	case v.Missing > 0:
		since := v.facts.Age - v.facts.Changed.Sub(v.facts.TakenAt)
		said = append(said, fmt.Sprintf("may lack the update of %s %s (complete after %s UTC)", text.Count(v.Missing, "contact"), ago(since),
			v.facts.Complete.UTC().Format(time.TimeOnly)))
	}
	if len(v.gone) > 0 {
		said = append(said, "still has "+text.Listing(v.gone, 3)+", deleted or renamed since")
	}
	if len(v.added) > 0 {
		said = append(said, "does not have "+text.Listing(v.added, 3)+", created or renamed since")
	}
	return strings.Join(said, " and ")
}

// again is when a snapshot can be expected that lacks nothing.
func (v SnapshotView) again() string {
	switch {
	case v.Missing > 0 && len(v.Running) > 0:
		return "when get_job shows that this has ended: " + text.Listing(v.Running, 3)
	case v.Missing > 0:
		return "after " + v.facts.Complete.UTC().Format(time.TimeOnly) + " UTC"
	}
	return "in a minute"
}

// decides refuses to let a snapshot that lacks something decide which contacts a write is for.
func (v SnapshotView) decides() error {
	if v.lacks() == "" {
		return nil
	}
	return fault.New(fault.Conflict, "The snapshot that tells which contacts this is for "+v.lacks()+".", "",
		"Nothing was sent. Repeat the call "+v.again()+".")
}

// unfinished names the jobs that still change contacts.
func (v SnapshotView) unfinished() string {
	if len(v.Running) == 0 {
		return ""
	}
	return "Not wholly in these numbers: " + text.Listing(v.Running, 3) + "."
}

func ago(age time.Duration) string {
	switch {
	case age < 5*time.Second:
		return "just now"
	case age < 2*time.Minute:
		return text.Count(int(age.Seconds()), "second") + " ago"
	case age < 2*time.Hour:
		return text.Count(int(age.Minutes()), "minute") + " ago"
	case age < 48*time.Hour:
		return text.Count(int(age.Hours()), "hour") + " ago"
	}
	return text.Count(int(age.Hours()/24), "day") + " ago"
}

func isOrAre(n int) string { return text.Pick(n, "is", "are") }
