package tools

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// headline is the job in one line.
func (v JobView) headline() string {
	of := text.Count(v.Contacts, v.noun)
	switch bulk.State(v.State) {
	case bulk.Planned:
		return fmt.Sprintf("%s is a plan for %s that was not applied; expires %s", v.JobID, of, v.Expires)
	case bulk.Running:
		if v.WaitsFor != "" {
			return fmt.Sprintf("%s waits for %s: %s", v.JobID, v.WaitsFor, of)
		}
		return fmt.Sprintf("%s is running: %s of %s", v.JobID, text.Number(v.worked()), of)
	case bulk.Failed:
		return v.JobID + " failed"
	case bulk.FailedInPart:
		return v.JobID + " failed in part: " + v.outcome()
	case bulk.Cancelled:
		return v.JobID + " was cancelled: " + text.Number(v.worked()) + " of " + of
	}
	return v.JobID + " finished: " + v.outcome()
}

func (v JobView) worked() int {
	return v.Created + v.Updated + v.OverLimit + v.Done + v.Unchanged + v.NotFound + v.Unsubscribed + v.Refused + v.TakenOut +
		v.Unknown + v.Unasked
}

// kinds are what sentences say of a job: its name where they begin with it, what it is doing to so many contacts, and what it has
// done to them.
var kinds = map[bulk.Kind]struct{ name, doing, done string }{
	bulk.Import: {"Import", "importing", "imported"},
	bulk.Update: {"Update", "updating", "updated"},
	bulk.Delete: {"Deletion", "deleting", "deleted"},
	bulk.Event:  {"Event", "firing an event for", "fired for"},
	bulk.Undo:   {"Undo", "setting back", "set back"},

	bulk.Suppress: {"Suppression", "suppressing", "suppressed"},
}

// ofRows reports that the job's numbers are told of the rows of its source: each of them is in one of the counts. A sync also takes
// away who is in none.
func (v JobView) ofRows() bool { return v.Kind == string(bulk.Import) && v.Rows > 0 && !v.sync }

// asked is what the job was given, and how many of it: rows, or contacts.
func (v JobView) asked() (n int, noun string) {
	switch {
	case v.ofRows():
		return v.Rows, "row"
	case v.sync:
		return v.Contacts, v.noun
	}
	return max(v.Contacts, v.Rows-v.Merged), v.noun
}

// done is how many contacts the job has brought about what it is for.
func (v JobView) done() int {
	if v.sync { // which is to unsubscribe them as well
		return v.Created + v.Updated + v.Done + v.Unsubscribed
	}
	return v.Created + v.Updated + v.Done
}

// open is how many contacts were sent of whom nobody knows what became.
func (v JobView) open() int { return v.Unknown + v.OnTheWay }

// outcome says how many of the contacts were done, and what came of the others.
func (v JobView) outcome() string {
	asked, noun := v.asked()
	of := text.Count(asked, noun)
	if v.open() > 0 && v.done() == 0 { // none would be as wrong as all
		return of + ", how many of them were done is not known (" + v.counts() + ")"
	}
	all := v.done() == asked
	if all && v.Kind == string(bulk.Import) {
		return v.counts()
	}
	if !all {
		of = text.Number(v.done()) + " of " + of
	}
	switch kind := bulk.Kind(v.Kind); {
	case kind == bulk.Event:
		of = v.did + " for " + of
	case v.did != "":
		of += " " + v.did
	case v.sync:
		of += " changed"
	default:
		of += " " + kinds[kind].done
	}
	switch counts := v.counts(); {
	case all || counts == "":
		return of
	case strings.HasSuffix(of, ")"), strings.Contains(counts, "("):
		return of + ": " + counts
	default:
		return of + " (" + counts + ")"
	}
}

// counts are what came of the contacts; of those that were updated, deleted or fired for, outcome speaks.
func (v JobView) counts() string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, text.Number(n)+" "+what)
		}
	}
	if v.Kind == string(bulk.Import) && (v.open() == 0 || v.done() > 0) {
		parts = append(parts, text.Number(v.Created)+" created", text.Number(v.Updated)+" updated"+v.leaving())
	}
	add(v.Unsubscribed, "unsubscribed"+map[bool]string{true: " and taken off the list"}[v.fromList])
	add(v.Unchanged, cmp.Or(v.was, "already as requested"))
	if v.NotFound == 1 {
		add(1, "not a contact of this account")
	} else {
		add(v.NotFound, "not contacts of this account")
	}
	if v.ofRows() {
		add(v.unsent(), "as they should be already")
		add(v.Merged, "merged into another row")
	}
	if others := v.Rejected - v.listedToo(); others < v.Rejected {
		add(others, map[bool]string{true: "other", false: "others"}[others == 1]+" rejected")
	} else if !v.sync {
		add(v.Rejected, "rejected")
	}
	add(v.OverLimit, "over the contact limit of the account")
	if v.Kind == string(bulk.Undo) {
		add(v.Refused, "left alone")
	} else {
		add(v.Refused, "refused")
	}
	add(v.TakenOut, "taken out because somebody was erased")
	add(v.Unasked, "created without anybody having asked")
	add(v.Unknown, "of unknown outcome")
	add(v.OnTheWay, "accepted by Mailtrap, which goes on with them")
	add(v.NotSent, "not sent")
	return strings.Join(parts, ", ")
}

// unsent is how many contacts of the source differed in nothing, so that they are not among the job's.
func (v JobView) unsent() int {
	if v.Difference == nil {
		return 0
	}
	return v.Difference.Unchanged
}

// listedToo is how many of the rejected rows are of people whom the job unsubscribes, so that they are among its contacts.
func (v JobView) listedToo() int {
	if !v.ofRows() {
		return 0
	}
	return max(0, v.Contacts+v.unsent()+v.Merged+v.Rejected-v.Rows)
}

// leaving says how many of those who were updated left lists.
func (v JobView) leaving() string {
	switch {
	case v.Kind != string(bulk.Import) || v.removed == 0:
		return ""
	case v.removed == v.Updated:
		return " (left " + v.lists + ")"
	}
	return " (" + text.Number(v.removed) + " of them left " + v.lists + ")"
}

// describe is the plan or job in lines of text.
func (v JobView) describe() string {
	switch {
	case v.NothingToDo && v.Match != nil:
		return lines("Nobody to change, so no plan was kept: of "+text.Count(v.Contacts, "contact")+" all are as requested, or not contacts.",
			v.Match.describe(v.Contacts, v.missing, v.was), v.Note)
	case v.NothingToDo:
		return lines("0 changes to make: "+text.Count(v.Rows-v.Merged-v.Rejected, "contact")+" checked, and nothing differs.",
			v.Difference.left(), v.incomplete(), v.leftOut())
	case v.State == string(bulk.Planned):
		return v.describePlan()
	}
	name := kinds[bulk.Kind(v.Kind)].name
	if v.sync {
		name = "Sync of " + v.target
	}
	var head string
	switch bulk.State(v.State) {
	case bulk.Running:
		if v.WaitsFor != "" {
			head = name + " waits: " + v.WaitsFor + " was asked for before it and has not ended. It is for " +
				text.Count(v.Contacts, v.noun) + "."
			break
		}
		head = fmt.Sprintf("%s is running: %s of %s dealt with", name, text.Number(v.worked()), text.Count(v.Contacts, v.noun))
		if v.Sent > v.worked() {
			head += fmt.Sprintf(" (%s sent, Mailtrap works on them)", text.Number(v.Sent))
		}
		head += v.left()
		if v.PerMinute > 0 {
			head += " So far " + text.Number(v.PerMinute) + " per minute."
		}
		if v.Stopping {
			head += " It was told to stop."
		}
	case bulk.Finished:
		head = name + " finished: " + v.outcome() + "."
	case bulk.Cancelled:
		head = name + " was cancelled: " + v.outcome() + "."
	case bulk.FailedInPart:
		head = name + " failed in part: " + v.outcome() + "."
	default:
		head = name + " failed: " + v.outcome() + "."
	}
	return lines(head, v.doing(), v.besides(), v.full(), v.noMail(), v.Note, v.Error, v.leftOut(), v.doubts(), v.describeProblems())
}

// full says what to do where the account had no room for more contacts. Mailtrap tells how many it left out, and not whom.
func (v JobView) full() string {
	if v.OverLimit == 0 || v.State == string(bulk.Running) {
		return ""
	}
	return "The account is full: Mailtrap left " + text.Count(v.OverLimit, "new contact") +
		" out and does not tell whom. Ask the operator to delete contacts or to get a larger plan, then import the same again: " +
		"contacts that exist are only updated."
}

// doing is what a running job is at.
func (v JobView) doing() string {
	if v.Doing == "" {
		return ""
	}
	return "Now: " + v.Doing + "."
}

// besides says what was done that the counts do not tell; a file's name says nothing of it.
func (v JobView) besides() string {
	said := ""
	if told := v.did != "" && bulk.State(v.State).Ended() && (v.open() == 0 || v.done() > 0); !told {
		said = v.forEach()
	}
	if v.Created > 0 && v.Kind == string(bulk.Update) {
		said += " " + text.Count(v.Created, "contact") + " " + was(v.Created) + " created."
	}
	if v.Kind == string(bulk.Undo) && v.Change > 0 && v.done() > 0 {
		said += " That is change " + strconv.FormatInt(v.Change, 10) + ", which can be undone as well."
	}
	if v.Kind == string(bulk.Suppress) && v.done() > 0 {
		said += " That cannot be undone. " + suppressions.Final
	}
	if v.unsent() > 0 && !v.ofRows() {
		said += " " + text.Count(v.Difference.Unchanged, "contact") + " " + was(v.Difference.Unchanged) + " as they should be already."
	}
	if n := len(v.CreatedLists); n > 0 {
		said += " " + text.Count(n, "list") + " " + was(n) + " created: " + describeLists(v.CreatedLists) + "."
	}
	return strings.TrimSpace(said)
}

// forEach says what the job does to each of its contacts.
func (v JobView) forEach() string {
	switch {
	case v.What == "":
		return ""
	case v.Kind == string(bulk.Delete):
		return map[bool]string{true: "It is", false: "They are"}[v.Contacts == 1] + " deleted."
	}
	return "For each: " + v.What + "."
}

// next says what the agent has to know to go on.
func (v JobView) next() string {
	if v.NothingToDo {
		return ""
	}
	switch bulk.State(v.State) {
	case bulk.Planned:
		if v.withheld != "" {
			return v.withheld
		}
		return "To carry out exactly this, once, within an hour: apply_plan with plan_id " + v.PlanID
	case bulk.Running:
		if v.Stopping {
			return "It ends as soon as Mailtrap has answered what was sent; get_job shows what was done. job_id: " + v.JobID
		}
		return "It continues in the background; follow it with get_job, stop it with cancel_job. job_id: " + v.JobID
	case bulk.Failed:
		if v.NotSent > 0 {
			return "Once the cause is fixed, apply_plan with plan_id " + v.JobID + " resumes with those not sent. job_id: " + v.JobID
		}
	}
	return "job_id: " + v.JobID
}

// left says how long a running job still takes.
func (v JobView) left() string {
	if v.Unclear {
		return "; how long it still takes is not known."
	}
	return ", " + v.remaining() + " left."
}

// remaining is about how long it takes, for people.
func (v JobView) remaining() string {
	d := time.Duration(v.Seconds) * time.Second
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 90*time.Minute:
		return "about " + text.Count(int((d+30*time.Second).Minutes()), "minute")
	}
	return "about " + text.Count(int((d+30*time.Minute).Hours()), "hour")
}

// incomplete says of a source that is to be whole why it may not be, and what follows.
func (v JobView) incomplete() string {
	why := v.Gaps
	if v.Unread > 0 {
		why = append([]string{"the address of " + text.Count(v.Unread, "row") + " cannot be read"}, why...)
	}
	switch {
	case len(why) == 0:
		return ""
	case v.Difference == nil || v.Difference.Kept == 0:
		return "The source may not be whole: " + strings.Join(why, "; ") + "."
	}
	return "The source may not be whole: " + strings.Join(why, "; ") + ". So nobody is taken away: " +
		text.Count(v.Difference.Kept, "contact") + " not in it " +
		stays(v.Difference.Kept) + ". Correct the source; or, if the operator wants them removed anyway, repeat with " +
		"max_removals: " + strconv.Itoa(v.Difference.Kept) + ", exactly their number."
}

func they(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// share is a part of a whole in percent, never rounded to all or nothing.
func share(part, whole int) string {
	percent := (part*200 + whole) / (2 * whole)
	switch {
	case percent == 0 && part > 0:
		return "<1%"
	case percent == 100 && part < whole:
		return ">99%"
	}
	return fmt.Sprintf("%d%%", percent)
}
