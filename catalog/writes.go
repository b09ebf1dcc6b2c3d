package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
)

// Lists and fields are written in the same way: recorded, and looked at again where an answer is lost or refuses a name that
// somebody else took a moment ago.

// kind says how items of a kind are named and told of.
type kind[T comparable] struct {
	naming[T]
	record   journal.Kind
	most     int    // that an account may have
	counted  string // what they are, where they are counted
	free     string // what is left of a call for too many
	taken    []string
	label    func(T) string // in the journal
	describe func(T) string
	exists   func(T) error
}

// create creates an item that was just seen to be missing. same tells it, and clashes what keeps it from being created.
func create[T comparable](
	ctx context.Context, c *Catalog, items *cached[T], of kind[T], wanted T, same, clashes func(T) bool,
	send func(*apiclient.Client) (T, error),
) (created T, err error) {
	defer items.forget()
	intent := journal.Write{Action: journal.Create, Kind: of.record, Name: of.label(wanted), After: wanted}
	err = c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		created, err = createOnce(func() (T, error) { return send(write.By(c.api)) },
			func() (T, bool, error) { return lookFor(ctx, items, same) })
		if err == nil {
			write.Subject, write.After = idOf(of.id(created)), created
		}
		return err
	})
	if of.isTaken(err) {
		if there, found, _ := lookFor(ctx, items, clashes); found {
			return there, of.exists(there)
		}
	}
	return created, of.stillUnknown(err, "create", "is missing")
}

// change changes an item; clashes tells those that keep it from what is wanted.
func change[T comparable](
	ctx context.Context, c *Catalog, items *cached[T], of kind[T], before, wanted T, clashes func(T) bool,
	send func(*apiclient.Client) (T, error),
) (after T, err error) {
	intent := journal.Write{Action: journal.Update, Kind: of.record, Subject: idOf(of.id(before)), Name: of.label(before),
		Before: before, After: wanted}
	err = c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) (err error) {
		defer items.forget()
		after, err = send(write.By(c.api))
		if isUnknown(err) && items.show(ctx, func(now []T) bool { return slices.Contains(now, wanted) }) {
			after, err = wanted, nil
		}
		if err == nil {
			write.After = after
		}
		return err
	})
	switch {
	case of.isTaken(err):
		if there, found, _ := lookFor(ctx, items, clashes); found {
			return before, of.exists(there)
		}
	case apiclient.IsKind(err, apiclient.NotFound):
		return before, of.gone(before, err)
	}
	return after, of.stillUnknown(err, "change", "is as it was")
}

// remove deletes an item; final is why that cannot be undone.
func remove[T comparable](
	ctx context.Context, c *Catalog, items *cached[T], of kind[T], item T, final string, send func(*apiclient.Client) error,
) error {
	intent := journal.Write{Action: journal.Delete, Kind: of.record, Subject: idOf(of.id(item)), Name: of.label(item), Before: item,
		Final: final}
	err := c.journal.Do(ctx, intent, func(ctx context.Context, write *journal.Write) error {
		defer items.forget()
		err := send(write.By(c.api))
		there := func(other T) bool { return of.id(other) == of.id(item) }
		if isUnknown(err) && items.show(ctx, func(now []T) bool { return !slices.ContainsFunc(now, there) }) {
			return nil
		}
		return err
	})
	if apiclient.IsKind(err, apiclient.NotFound) {
		return of.gone(item, err)
	}
	return of.stillUnknown(err, "delete", "is still there")
}

// room refuses more new items than an account with some may have.
func (of kind[T]) room(there, wanted int) error {
	if there+wanted <= of.most {
		return nil
	}
	return fault.New(fault.LimitReached, fmt.Sprintf("The account has %s, and %s would be too many.",
		text.Count(there, of.counted), text.Count(wanted, "new one")),
		fmt.Sprintf("Mailtrap's limit is %d %ss.", of.most, of.counted), "Nothing was changed; "+of.free)
}

func (of kind[T]) gone(item T, cause error) error {
	return fault.New(fault.NotFound, "The "+of.noun+" is gone: somebody else has deleted "+of.describe(item)+" a moment ago.", "",
		"list_"+of.noun+"s shows the "+of.noun+"s there are.").Because(cause)
}

// stillUnknown is the fault of a write whose outcome could not be found out.
func (of kind[T]) stillUnknown(err error, does, where string) error {
	if !isUnknown(err) {
		return err
	}
	return fault.New(fault.OutcomeUnknown, "The request to "+does+" the "+of.noun+" was sent, but no usable answer came back.",
		"Mailtrap may or may not have carried it out.",
		"Look with list_"+of.noun+"s; if the "+of.noun+" "+where+", "+does+" it again.").Because(err)
}

func isUnknown(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && apiError.Unknown
}

// isTaken recognises the API's refusal of a name that somebody else took a moment ago.
func (of kind[T]) isTaken(err error) bool {
	apiError, ok := apiclient.AsError(err)
	return ok && slices.ContainsFunc(of.taken, func(where string) bool { return apiError.Says(where, "already been taken") })
}

// idOf is an id as the journal knows it.
func idOf(id int64) string { return strconv.FormatInt(id, 10) }

// lookFor looks among items fetched anew.
func lookFor[T any](ctx context.Context, items *cached[T], wanted func(T) bool) (item T, found bool, err error) {
	all, err := items.get(ctx, 0)
	i := slices.IndexFunc(all, wanted)
	if err != nil || i < 0 {
		return item, false, err
	}
	return all[i], true, nil
}

// createOnce creates something whose name is unique, and was looked for before, so that a repeat does not make two. After a
// lost answer it looks whether it is there, and repeats the request once when it is not.
func createOnce[T any](create func() (T, error), look func() (T, bool, error)) (T, error) {
	created, err := create()
	if !isUnknown(err) {
		return created, err
	}
	there, found, lookErr := look()
	switch {
	case lookErr != nil:
		return created, err
	case found:
		return there, nil
	}
	if created, err = create(); err == nil {
		return created, nil
	}
	// The repeat was lost as well, or refused because the first one was carried out after all.
	if there, found, _ := look(); found {
		return there, nil
	}
	return created, err
}

// show fetches the items anew, after a write whose answer was lost, and reports whether they are as wanted. Where
// they cannot be fetched, they are not.
func (c *cached[T]) show(ctx context.Context, wanted func(now []T) bool) bool {
	now, err := c.get(ctx, 0)
	return err == nil && wanted(now)
}
