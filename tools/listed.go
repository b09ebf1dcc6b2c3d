package tools

import (
	"context"
	"strings"
	"time"

	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// stateSuppressions says in a snapshot's view how old the list of suppressions is, where who fits a condition, or a column of the
// answer, depends on it. It waits for that list, as long as a call may; where there is none it is not known who fits.
func (box *Toolbox) stateSuppressions(
	ctx context.Context, sn *audience.Snapshot, view *SnapshotView, refresh bool, where string, columns ...string,
) error {
	if !sn.AsksSuppressions(where, columns...) {
		return nil
	}
	report := progressOf(ctx)
	list, err := box.Audience.Suppressed.List(ctx, refresh, func(what string) { report(0, 0, what) })
	if err == nil {
		view.Suppressions = ageOf(list, time.Now())
	}
	return err
}

// ageOf says how old a list of suppressions is, and what it may lack.
func ageOf(list *suppressions.List, now time.Time) string {
	said := "Suppressions (" + text.Number(list.Count) + ") as of " + list.Updated.UTC().Format("2006-01-02 15:04") + " UTC, " +
		ago(now.Sub(list.Updated))
	if list.Updated.Sub(list.Whole) > time.Hour {
		said += "; those lifted since " + list.Whole.UTC().Format("2006-01-02 15:04") + " may still count"
	}
	return strings.TrimSpace(said + ". " + list.Late)
}

// orderNames are the columns that an order names.
func orderNames(order string) (names []string) {
	for part := range strings.SplitSeq(order, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		names = append(names, name)
	}
	return names
}
