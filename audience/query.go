package audience

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/where"
)

// Check tells what is wrong with a condition; nil when it can be asked.
func (sn *Snapshot) Check(ctx context.Context, condition string) error {
	_, err := sn.check(ctx, condition)
	return err
}

// where checks a condition and makes it a question, with a text to look for.
func (sn *Snapshot) where(ctx context.Context, condition, look string) (*question, *where.Condition, error) {
	asked, err := sn.check(ctx, condition)
	if err != nil {
		return nil, nil, err
	}
	over, err := sn.overlay(ctx)
	if err != nil {
		return nil, nil, err
	}
	q := sn.asking(over, asked.And(sn.about.Containing(look)))
	return q, asked, sn.needs(ctx, q)
}

// IsExact reports that a condition tells the texts of a field apart as the account has them.
func (sn *Snapshot) IsExact(ctx context.Context, field int64) (bool, error) {
	over, err := sn.overlay(ctx)
	return err == nil && over.schema.IsExact(field), err
}

// Count counts the contacts that fit, and the subscribed ones among them.
func (sn *Snapshot) Count(ctx context.Context, condition string) (total, subscribed int, err error) {
	c, _, err := sn.where(ctx, condition, "")
	if err != nil {
		return 0, 0, err
	}
	return sn.count(ctx, c)
}

func (sn *Snapshot) count(outer context.Context, c *question) (total, subscribed int, err error) {
	ctx, cancel := timed(outer)
	defer cancel()
	err = sn.everywhere(ctx, c, "count(*), count(CASE WHEN "+isSubscribed+" THEN 1 END)", func(row []any) error {
		total += numberIn(row[0])
		subscribed += numberIn(row[1])
		return nil
	})
	return total, subscribed, sn.failed(ctx, outer, err)
}

// CountEach counts, of the contacts that fit, those that fit each of some further conditions.
func (sn *Snapshot) CountEach(ctx context.Context, condition string, further []string) ([]int, error) {
	counts, columns := make([]int, len(further)), make([]string, len(further))
	c, _, err := sn.where(ctx, condition, "")
	if err != nil || len(further) == 0 {
		return nil, err
	}
	for _, one := range further {
		part, err := sn.check(ctx, one)
		if err != nil {
			return nil, err
		}
		c.parts = append(c.parts, part)
	}
	c.translate(&c.over.schema, sn.clock())
	c.list = nil
	if err := sn.needs(ctx, c); err != nil {
		return nil, err
	}
	for i, sql := range c.partsSQL {
		columns[i] = "count(CASE WHEN " + and("1", sql) + " THEN 1 END)"
	}
	asking, cancel := timed(ctx)
	defer cancel()
	err = sn.everywhere(asking, c, strings.Join(columns, ", "), func(row []any) error {
		for i, cell := range row {
			counts[i] += numberIn(cell)
		}
		return nil
	})
	return counts, sn.failed(asking, ctx, err)
}

func numberIn(cell any) int { n, _ := cell.(int64); return int(n) }

// Each visits the contacts that fit, in the snapshot's order, as long as the context lasts. An error of visit ends it.
func (sn *Snapshot) Each(ctx context.Context, condition string, visit func(Contact) error) error {
	c, _, err := sn.where(ctx, condition, "")
	if err != nil {
		return err
	}
	return sn.inOrder(ctx, c, sn.every(), func(row []any) error { return visit(sn.contact(row)) })
}

// EachAddress visits the addresses and ids of the contacts that fit, likewise. It reads nothing else of them.
func (sn *Snapshot) EachAddress(ctx context.Context, condition string, visit func(email, id string) error) error {
	c, _, err := sn.where(ctx, condition, "")
	if err != nil {
		return err
	}
	return sn.inOrder(ctx, c, "c0, c1", func(row []any) error {
		email, _ := row[0].(string)
		id, _ := row[1].(string)
		return visit(email, id)
	})
}

// Find looks a contact up by address or id, in an index.
func (sn *Snapshot) Find(ctx context.Context, emailOrID string) (Contact, bool, error) {
	key, col := strings.ToLower(strings.TrimSpace(emailOrID)), where.ID
	if strings.Contains(key, "@") {
		col = where.Email
	}
	over, err := sn.overlay(ctx)
	if err != nil || key == "" {
		return Contact{}, false, err
	}
	for _, row := range over.changed {
		if row[1+col] == key {
			return sn.contact(row[1:]), true, nil
		}
	}
	var found *Contact
	err = sn.lookUp(ctx, over, col, key, func(row []any) (bool, error) {
		if !over.isReplaced(row[0]) {
			contact := sn.contact(row[1:])
			found = &contact
		}
		return found == nil, nil
	})
	if err != nil || found == nil {
		return Contact{}, false, sn.service.fileFault(err)
	}
	return *found, true, nil
}

// Contacts are those of some addresses, by address in lower case. Those are left out that are not there, and those of whom
// something is not known: on which lists they are, or which of two columns is a field's.
func (sn *Snapshot) Contacts(ctx context.Context, emails []string) (map[string]apiclient.Contact, error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return nil, err
	}
	there := make(map[string]apiclient.Contact, len(emails))
	if !sn.about.ListsKnown || slices.ContainsFunc(sn.about.Columns, func(c where.Column) bool { return c.Untold }) {
		return there, nil
	}
	put := func(row []any) {
		if found := sn.contact(row); !found.Unlisted {
			there[found.Email] = found.asTold()
		}
	}
	replaced := make(map[any]bool, len(over.replaced))
	for _, row := range over.replaced {
		replaced[row[0]] = true
	}
	for _, email := range emails {
		err := sn.lookUp(ctx, over, where.Email, email, func(row []any) (bool, error) {
			if !replaced[row[0]] {
				put(row[1:])
			}
			return true, nil
		})
		if err != nil {
			return nil, sn.service.fileFault(err)
		}
	}
	asked := make(map[any]bool, len(emails))
	for _, email := range emails {
		asked[email] = true
	}
	for _, row := range over.changed {
		if asked[row[1+where.Email]] {
			put(row[1:])
		}
	}
	return there, nil
}

// asTold is the contact as Mailtrap itself tells it.
func (c Contact) asTold() apiclient.Contact {
	fields := make(apiclient.Values, len(c.Fields))
	for tag, value := range c.Fields {
		switch value := value.(type) {
		case int64:
			fields[tag] = json.Number(strconv.FormatInt(value, 10))
		case float64:
			fields[tag] = json.Number(strconv.FormatFloat(value, 'f', -1, 64))
		default:
			fields[tag] = value
		}
	}
	return apiclient.Contact{ID: c.ID, Email: c.Email, Status: c.Status, Fields: fields, ListIDs: c.ListIDs,
		CreatedAt: apiclient.Timestamp{Time: c.CreatedAt}, UpdatedAt: apiclient.Timestamp{Time: c.UpdatedAt}}
}

// lookUp visits the rows of the file that have an address or id.
func (sn *Snapshot) lookUp(ctx context.Context, over *overlay, col int, key string, visit func(row []any) (more bool, err error)) error {
	r, back, err := sn.reader(ctx, over)
	if err != nil {
		return err
	}
	defer back()
	rows, err := r.find[col].QueryContext(ctx, key)
	if err != nil {
		return err
	}
	defer rows.Close()
	return visited(rows, visit)
}

// listed are cells as a statement asks for them.
func listed(cells []where.Cell) string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = c.SQL
	}
	return strings.Join(all, ", ")
}

// isSubscribed tells the contacts who get mail from the others.
const isSubscribed = "c2 = '" + apiclient.Subscribed + "'"
