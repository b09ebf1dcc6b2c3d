package tools

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// deed is one thing that was done to contacts: "set plan = "pro" on", then how many they are, and what comes behind.
type deed struct {
	head, tail string
	of         string // the field that it gives a value; empty where it does another thing
}

// manyValues is above how many different values of a field are counted rather than told.
const manyValues = 3

// told says what a change did: in full what was done to a single contact, list or field, and else each thing once, with to how
// many contacts it was done.
func (box *Toolbox) told(ctx context.Context, writes []journal.Entry) (views []WriteView) {
	many, whole := map[journal.Kind]int{}, map[int64]bool{}
	for _, write := range writes {
		whole[write.Part] = write.Part != 0
	}
	for _, write := range writes {
		if many[write.Kind]++; write.Kind == journal.Contacts && !whole[write.ID] {
			many[journal.Contact]++ // besides whom one was written to
		}
	}
	var all []done
	values := map[done]map[string]bool{} // of a field, by what else is known
	for _, write := range writes {
		if whole[write.ID] { // its part tells it
			continue
		}
		as := done{state: write.State, consent: write.Consent, final: write.Final, noun: nounOfWrite(write)}
		deeds := box.deeds(ctx, write)
		if len(deeds) == 0 || many[write.Kind] == 1 && deeds[0].contacts == 1 {
			views = append(views, as.view(box.tell(ctx, write), text.Clip(write.Subject, 80), 0))
			continue
		}
		for _, one := range deeds {
			as.deedTo = one
			all = append(all, as)
			if field := as.field(); values[field] == nil {
				values[field] = map[string]bool{one.head: true}
			} else {
				values[field][one.head] = true
			}
		}
	}
	var order []done
	contacts := map[done]int{}
	for _, one := range all {
		if different := len(values[one.field()]); one.of != "" && different > manyValues {
			one.head = "set " + one.of + " to " + text.Number(different) + " different values on "
		}
		n := one.contacts
		one.contacts = 0
		if contacts[one] == 0 {
			order = append(order, one)
		}
		contacts[one] += n
	}
	slices.SortStableFunc(order, func(a, b done) int { return cmp.Compare(a.rank(), b.rank()) }) // they were written side by side
	for _, one := range order {
		views = append(views, one.view(one.head+text.Count(contacts[one], one.noun)+one.tail, "", contacts[one]))
	}
	return views
}

// deedTo is a deed, and to how many contacts it was done.
type deedTo struct {
	deed
	contacts int
}

// done is a deed, to how many it was done, and what else is known of it.
type done struct {
	deedTo
	state          journal.State
	consent, final string
	noun           string // what those are called
}

// rank has what contacts came from before what was done to them.
func (d done) rank() int {
	if d.head == "created " || strings.HasPrefix(d.head, "imported ") {
		return 0
	}
	return 1
}

// field is what deeds have in common that give a field a value.
func (d done) field() done {
	return done{deedTo: deedTo{deed: deed{of: d.of}}, state: d.state, consent: d.consent, final: d.final, noun: d.noun}
}

func (d done) view(what, id string, contacts int) WriteView {
	return WriteView{What: what, ID: id, Contacts: contacts, State: string(d.state), Consent: text.Clean(d.consent), Final: d.final}
}

// deeds are what a write did to contacts, and to how many; none of what was done to a list or a field.
func (box *Toolbox) deeds(ctx context.Context, write journal.Entry) []deedTo {
	switch write.Kind {
	case journal.Event, journal.Suppression:
		return toEach(1, firedOrSuppressed(write))
	case journal.Contact:
		return toEach(1, box.deedsToOne(ctx, write)...)
	case journal.Contacts:
		var sent journal.Imported
		if !decodeImage(write.After, &sent) {
			return nil
		}
		if sent.Did == nil {
			sent.Did = &journal.Did{}
		}
		return box.deedsToMany(ctx, sent)
	}
	return nil
}

// deedsToMany are what a request did, without values that not all of its contacts got. Of those of whom it is not known what they
// were before, all is told that was asked for.
func (box *Toolbox) deedsToMany(ctx context.Context, sent journal.Imported) (deeds []deedTo) {
	did, unknown := sent.Did, sent.Contacts-sent.Did.Known
	add := func(n int, one deed) {
		if n > 0 {
			deeds = append(deeds, deedTo{one, n})
		}
	}
	switch imports := !strings.HasPrefix(sent.Job, string(bulk.Update)); {
	case imports && did.Known == 0:
		add(unknown, deed{head: "imported "})
	case imports:
		add(unknown, deed{head: "imported ", tail: " of whom it is not known what they were before"})
	}
	add(did.Created, deed{head: "created "})
	for _, tag := range slices.Sorted(maps.Keys(sent.Fields)) {
		add(did.Fields[tag]+unknown, setting(tag, sent.Fields[tag]))
	}
	for _, tag := range slices.Sorted(maps.Keys(did.Fields)) {
		if _, same := sent.Fields[tag]; !same {
			add(did.Fields[tag], deed{head: "set " + text.Word(tag, 80) + " on "})
		}
	}
	for _, list := range box.listViews(ctx, union(sent.Joined, did.Joined)) {
		all := slices.Contains(sent.Joined, list.ID)
		add(did.Joined[list.ID]+map[bool]int{true: unknown}[all], deed{head: "added ", tail: " to " + list.String()})
	}
	for _, list := range box.listViews(ctx, union(sent.Left, did.Left)) {
		all := slices.Contains(sent.Left, list.ID)
		add(did.Left[list.ID]+map[bool]int{true: unknown}[all], deed{head: "removed ", tail: " from " + list.String()})
	}
	add(did.Known-did.Created-did.Changed, deed{head: "found ", tail: " as wanted already"})
	return deeds
}

// union are the lists of all contacts, and those of some.
func union(all []int64, some map[int64]int) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Clone(all), maps.Keys(some)))))
}

func toEach(n int, deeds ...deed) (all []deedTo) {
	for _, one := range deeds {
		all = append(all, deedTo{one, n})
	}
	return all
}

func firedOrSuppressed(write journal.Entry) deed {
	var at suppressions.Place
	switch {
	case write.Kind == journal.Event:
		return fired(write)
	case decodeImage(write.After, &at):
		return deed{head: "suppressed ", tail: " " + suppressedMail(at)}
	}
	return deed{head: "suppressed "}
}

// fired is an event that was fired, with its parameters.
func fired(write journal.Entry) deed {
	name := text.Clip(write.Name, 80)
	if name == "" {
		return deed{head: "fired an event for "}
	}
	var event apiclient.Event
	params := ""
	if decodeImage(write.After, &event) {
		for _, key := range slices.Sorted(maps.Keys(event.Params)) {
			params += ", " + text.Word(key, 80) + " " + text.Value(event.Params[key])
		}
	}
	return deed{head: "fired " + text.Quote(name) + " for ", tail: params}
}

func (box *Toolbox) deedsToOne(ctx context.Context, write journal.Entry) (deeds []deed) {
	var before, after apiclient.Contact
	if write.Action != journal.Update || !decodeImage(write.Before, &before) || !decodeImage(write.After, &after) {
		deeds = append(deeds, deed{head: string(write.Action) + "d "})
		if write.Action == journal.Create && decodeImage(write.After, &after) {
			for _, list := range box.listViews(ctx, after.ListIDs) {
				deeds = append(deeds, deed{head: "added ", tail: " to " + list.String()})
			}
		}
		return deeds
	}
	for _, difference := range contacts.Differences(before, after) {
		view := box.changeView(ctx, difference)
		list := ListView{ID: view.ListID, Name: view.Name}.String()
		switch {
		case view.What == "added_to_list":
			deeds = append(deeds, deed{head: "added ", tail: " to " + list})
		case view.What == "removed_from_list":
			deeds = append(deeds, deed{head: "removed ", tail: " from " + list})
		case view.What == "status" && after.Status == apiclient.Unsubscribed:
			deeds = append(deeds, deed{head: "unsubscribed "})
		case view.What == "status":
			deeds = append(deeds, deed{head: "subscribed ", tail: " again"})
		case view.What == "email":
			deeds = append(deeds, deed{head: "changed the address of "})
		default:
			deeds = append(deeds, setting(difference.Name, difference.After))
		}
	}
	if len(deeds) == 0 {
		return []deed{{head: "changed nothing of "}}
	}
	return deeds
}

func setting(tag string, value any) deed {
	name := text.Word(tag, 80)
	if value == nil || value == "" {
		return deed{head: "cleared " + name + " of ", of: name}
	}
	return deed{head: "set " + name + " = " + text.Value(value) + " on ", of: name}
}
