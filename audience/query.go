package audience

import (
	"context"
	"strings"

	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// checked checks a condition against the snapshot's columns; nil is all contacts.
func (sn *Snapshot) checked(where string) (*checked, error) {
	if strings.TrimSpace(where) == "" {
		return nil, nil
	}
	asked, err := check(where, &sn.schema)
	if p, ours := err.(*problem); ours { //nolint:errorlint // problems are never wrapped
		return nil, p.faultIn(where, &sn.schema)
	}
	return asked, err
}

// Check tells what is wrong with a condition; nil when it can be asked.
func (sn *Snapshot) Check(_ context.Context, where string) error {
	_, err := sn.checked(where)
	return err
}

// where checks a condition and makes it one that can be asked, with a text to look for.
func (sn *Snapshot) where(ctx context.Context, where, look string) (*condition, *checked, error) {
	asked, err := sn.checked(where)
	if err != nil {
		return nil, nil, err
	}
	c, err := sn.asking(ctx, asked, look)
	return c, asked, err
}

// Count counts the contacts that fit, and the subscribed ones among them.
func (sn *Snapshot) Count(ctx context.Context, where string) (total, subscribed int, err error) {
	c, _, err := sn.where(ctx, where, "")
	if err != nil {
		return 0, 0, err
	}
	return sn.count(ctx, c)
}

func (sn *Snapshot) count(outer context.Context, c *condition) (total, subscribed int, err error) {
	ctx, cancel := timed(outer)
	defer cancel()
	err = sn.everywhere(ctx, c, "count(*), count(CASE WHEN "+isSubscribed+" THEN 1 END)", func(row []any) error {
		total += numberIn(row[0])
		subscribed += numberIn(row[1])
		return nil
	})
	return total, subscribed, sn.failed(ctx, outer, err)
}

func numberIn(cell any) int { n, _ := cell.(int64); return int(n) }

// Each visits the contacts that fit, in the snapshot's order, as long as the context lasts. An error of visit ends it.
func (sn *Snapshot) Each(ctx context.Context, where string, visit func(Contact) error) error {
	c, _, err := sn.where(ctx, where, "")
	if err != nil {
		return err
	}
	return sn.inOrder(ctx, c, sn.every(), func(row []any) error { return visit(sn.contact(row)) })
}

// EachAddress visits the addresses and ids of the contacts that fit, likewise. It reads nothing else of them.
func (sn *Snapshot) EachAddress(ctx context.Context, where string, visit func(email, id string) error) error {
	c, _, err := sn.where(ctx, where, "")
	if err != nil {
		return err
	}
	return sn.inOrder(ctx, c, columnSQL(colEmail)+", "+columnSQL(colID), func(row []any) error {
		email, _ := row[0].(string)
		id, _ := row[1].(string)
		return visit(email, id)
	})
}

// Find looks a contact up by address or id, in an index.
func (sn *Snapshot) Find(ctx context.Context, emailOrID string) (Contact, bool, error) {
	key, col := strings.ToLower(strings.TrimSpace(emailOrID)), colID
	if strings.Contains(key, "@") {
		col = colEmail
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

// cell is a column of an answer; a computed one is made of its own.
type cell struct {
	name     string
	column   int    // that is read
	sql      string // what stands in the statement
	dataType string
	isSet    bool // of lists
}

// value is a cell as JSON has it; of lists their names.
func (sn *Snapshot) value(c cell, v any) any {
	if c.isSet {
		set, _ := v.(string)
		return sn.listNames(set)
	}
	return shown(v, c.dataType)
}

// written is a cell as it stands in a CSV file.
func (sn *Snapshot) written(c cell, v any) string {
	if c.isSet {
		set, _ := v.(string)
		return exports.JoinLists(sn.listNames(set))
	}
	return inFile(v, c.dataType)
}

// listed are cells as a statement asks for them.
func listed(cells []cell) string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = c.sql
	}
	return strings.Join(all, ", ")
}

// cellNamed is the column that a caller names: built-in, computed, a field by merge tag or name, or a header.
func (sn *Snapshot) cellNamed(name, argument string) (cell, error) {
	name = strings.TrimSpace(name)
	if inner, is := strings.CutPrefix(name, "field('"); is && strings.HasSuffix(inner, "')") {
		name = strings.ReplaceAll(strings.TrimSuffix(inner, "')"), "''", "'")
		if i, found := sn.schema.find(name, true); found {
			return sn.told(i, argument)
		}
	}
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	switch strings.ToLower(name) {
	case emailDomain:
		return cell{name: emailDomain, column: colEmail, sql: domainSQL}, nil
	case listCount:
		return cell{name: listCount, column: colLists, sql: countSQL}, nil
	}
	i, found := sn.schema.find(name, false)
	if !found && strings.EqualFold(name, "list") {
		i, found = colLists, true
	}
	if !found {
		return cell{}, fault.New(fault.InvalidInput, argument+": there is no column "+text.Quote(name)+".", sn.schema.known(name),
			"Correct it and call again.")
	}
	return sn.told(i, argument)
}

// untold is why a field's values are not known.
const untold = "In Mailtrap's export another field, or one of Mailtrap's own columns, is called the same; " +
	"give the field another name with update_field and renew the snapshot."

// told is a column whose values are known, or for which the export has none.
func (sn *Snapshot) told(i int, argument string) (cell, error) {
	if c := sn.schema.columns[i]; c.Untold {
		return cell{}, fault.New(fault.InvalidInput,
			argument+": the snapshot does not tell what the contacts have in "+text.Quote(c.Name)+".", untold, "Leave it out until then.")
	}
	return sn.cellOf(i), nil
}

func (sn *Snapshot) cellOf(i int) cell {
	return cell{name: sn.schema.key(i), column: i, sql: columnSQL(i), dataType: sn.schema.columns[i].DataType, isSet: i == colLists}
}

func (sn *Snapshot) listNames(set string) []string {
	names := []string{}
	for _, id := range idsOf(set) {
		names = append(names, sn.schema.listName(id))
	}
	if isDoubted(set) {
		names = append(names, notKnown)
	}
	return names
}
