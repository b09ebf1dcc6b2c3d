// Package catalog knows the account's lists and fields by name.
//
// It caches both for a short while, resolves "Newsletter" to list 42 and "First name" to first_name, and checks values
// against the fields' types, so that nothing wrong is written. Lists and fields are created through it, so that it
// knows them at once.
package catalog

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// freshFor is how long lists and fields are taken from memory. They change rarely, and a name that is not found is
// looked up anew before it is called unknown.
const (
	freshFor = time.Minute
	// justNow is how old they may be when a name was not found: a thousand rows with the same slip cost one request.
	justNow = 2 * time.Second
)

// Catalog is safe for concurrent use.
type Catalog struct {
	api     *apiclient.Client
	journal *journal.Journal
	lists   *cached[apiclient.List]
	fields  *cached[apiclient.Field]
}

// New returns an empty catalog; nothing is fetched before it is needed.
func New(api *apiclient.Client, changes *journal.Journal) *Catalog {
	return (&Catalog{journal: changes, lists: newCached[apiclient.List](nil), fields: newCached[apiclient.Field](nil)}).By(api)
}

// By is the catalog with another client: one for work that nobody waits for, or that tells before it sends.
func (c *Catalog) By(api *apiclient.Client) *Catalog {
	return &Catalog{
		api:     api,
		journal: c.journal,
		lists:   &cached[apiclient.List]{kept: c.lists.kept, fetch: api.Lists},
		fields:  &cached[apiclient.Field]{kept: c.fields.kept, fetch: api.Fields},
	}
}

// Lists returns all lists of the account, at most a minute old.
func (c *Catalog) Lists(ctx context.Context) ([]apiclient.List, error) {
	return c.lists.get(ctx, freshFor)
}

// Fields returns all custom fields of the account, at most a minute old.
func (c *Catalog) Fields(ctx context.Context) ([]apiclient.Field, error) {
	return c.fields.get(ctx, freshFor)
}

// Renew forgets what is cached, so that the next look-up asks the API.
func (c *Catalog) Renew() {
	c.lists.forget()
	c.fields.forget()
}

// ForgetBefore forgets what was fetched before some time: a write of then, by another process, may be to a list or field that was
// created since.
func (c *Catalog) ForgetBefore(ctx context.Context, at time.Time) error {
	if err := c.lists.forgetBefore(ctx, at); err != nil {
		return err
	}
	return c.fields.forgetBefore(ctx, at)
}

// ListNames gives the names of the ids, in their order; an id that is not known has the empty name.
func (c *Catalog) ListNames(ctx context.Context, ids []int64) ([]apiclient.List, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names, err := c.names(ctx, freshFor)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, known := names[id]; !known {
			if names, err = c.names(ctx, justNow); err != nil {
				return nil, err
			}
			break
		}
	}
	named := make([]apiclient.List, len(ids))
	for i, id := range ids {
		named[i] = apiclient.List{ID: id, Name: names[id]}
	}
	return named, nil
}

func (c *Catalog) names(ctx context.Context, maxAge time.Duration) (map[int64]string, error) {
	lists, err := c.lists.get(ctx, maxAge)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(lists))
	for _, list := range lists {
		names[list.ID] = list.Name
	}
	return names, nil
}

// cached is a slice fetched on demand. Callers that come together share one fetch.
type cached[T any] struct {
	fetch func(context.Context) ([]T, error)
	*kept[T]
}

type kept[T any] struct {
	writes atomic.Int64 // how often forget was called

	turn    *semaphore.Weighted // for one at a time, who may read and write what follows
	items   []T
	fetched time.Time // when the fetch began, so that what was written later is known to be missing
	after   int64     // writes when the fetch began
}

func newCached[T any](fetch func(context.Context) ([]T, error)) *cached[T] {
	return &cached[T]{fetch: fetch, kept: &kept[T]{turn: semaphore.NewWeighted(1)}}
}

// get returns items at most maxAge old; with 0 they are fetched, unless a fetch began while this caller waited.
func (c *cached[T]) get(ctx context.Context, maxAge time.Duration) ([]T, error) {
	asked := time.Now()
	if err := c.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer c.turn.Release(1)
	fresh := asked.Sub(c.fetched) < maxAge || c.fetched.After(asked)
	if !c.fetched.IsZero() && fresh && c.after == c.writes.Load() {
		return slices.Clone(c.items), nil
	}
	began, after := time.Now(), c.writes.Load()
	items, err := c.fetch(ctx)
	if err != nil {
		return nil, err
	}
	c.items, c.fetched, c.after = items, began, after
	return slices.Clone(items), nil
}

func (c *cached[T]) forgetBefore(ctx context.Context, at time.Time) error {
	if err := c.turn.Acquire(ctx, 1); err != nil {
		return err
	}
	defer c.turn.Release(1)
	if c.fetched.Before(at) {
		c.forget()
	}
	return nil
}

// forget makes the next get fetch. It does not wait for a fetch that is under way.
func (c *cached[T]) forget() { c.writes.Add(1) }
