package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/where"
)

// Known is a contact as somebody knows it to be at Mailtrap.
type Known struct {
	Email, Status string
	ListIDs       []int64
	Fields        apiclient.Values
}

// knowns are who is known to be there. It implements There.
type knowns []Known

func (all knowns) Beside(ctx context.Context, db *sql.DB) (map[string]string, error) {
	tags := map[string]bool{}
	for _, one := range all {
		for tag := range one.Fields {
			tags[tag] = true
		}
	}
	columns, names, places := map[string]string{}, "email, status, lists", "?, ?, ?"
	ordered := slices.Sorted(maps.Keys(tags))
	for i, tag := range ordered {
		columns[tag] = fmt.Sprintf("c%d", i)
		names, places = names+", "+columns[tag], places+", ?"
	}
	if _, err := db.ExecContext(ctx, `CREATE TEMP TABLE there (`+names+`)`); err != nil {
		return nil, err
	}
	for _, one := range all {
		given := []any{strings.ToLower(one.Email), one.Status, string(where.SetOf(one.ListIDs, nil, false))}
		for _, tag := range ordered {
			given = append(given, one.Fields[tag])
		}
		if _, err := db.ExecContext(ctx, `INSERT INTO there VALUES (`+places+`)`, given...); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

func (all knowns) Contacts(_ context.Context, emails []string) (map[string]apiclient.Contact, error) {
	there := map[string]apiclient.Contact{}
	for _, one := range all {
		if email := strings.ToLower(one.Email); slices.Contains(emails, email) {
			there[email] = apiclient.Contact{Email: email, Status: one.Status, ListIDs: one.ListIDs, Fields: one.Fields}
		}
	}
	return there, nil
}

// EachAddress takes a condition to be their addresses.
func (all knowns) EachAddress(_ context.Context, condition string, visit func(email, id string) error) error {
	for _, email := range strings.Fields(condition) {
		if err := visit(email, ""); err != nil {
			return err
		}
	}
	return nil
}

// pausing calls pause before it is compared with.
type pausing struct {
	knowns
	pause func()
}

func (p pausing) Beside(ctx context.Context, db *sql.DB) (map[string]string, error) {
	p.pause()
	return p.knowns.Beside(ctx, db)
}

// chosen are contacts that somebody chooses. It implements There.
type chosen func(ctx context.Context, visit func(email, id string) error) error

func (c chosen) EachAddress(ctx context.Context, _ string, visit func(email, id string) error) error {
	return c(ctx, visit)
}

func (chosen) Contacts(context.Context, []string) (map[string]apiclient.Contact, error) {
	return nil, nil
}

func (chosen) Beside(context.Context, *sql.DB) (map[string]string, error) {
	return nil, errors.ErrUnsupported
}
