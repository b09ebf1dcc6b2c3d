package where

import (
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/exports"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Cell is a column of an answer. It may be made of one of the table's.
type Cell struct {
	Name     string // what its values stand under: beside status, a field of that merge tag is field:status
	Column   int    // that is read
	SQL      string
	dataType string
	IsSet    bool // its values are Sets
	// Suppressions is set where it depends on who is suppressed.
	Suppressions bool
}

// Cell is a column of the table.
func (s *Schema) Cell(col int) Cell {
	name := s.Columns[col].Name
	if col >= BuiltIns {
		name = catalog.FieldKey(name)
	}
	return Cell{name, col, columnSQL(col), s.Columns[col].DataType, col == Lists, false}
}

// CellNamed is the column that the argument of a call names: built-in, computed, a field by merge tag or name, or a header.
func (s *Schema) CellNamed(name, argument string) (Cell, error) {
	name = strings.TrimSpace(name)
	if inner, is := strings.CutPrefix(name, "field('"); is && strings.HasSuffix(inner, "')") {
		name = strings.ReplaceAll(strings.TrimSuffix(inner, "')"), "''", "'")
		if i, found := s.find(name, true); found {
			return s.told(i, argument)
		}
	}
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	switch strings.ToLower(name) {
	case emailDomain:
		return Cell{Name: emailDomain, Column: Email, SQL: domainSQL}, nil
	case listCount:
		return Cell{Name: listCount, Column: Lists, SQL: countSQL}, nil
	}
	if cell, is := s.suppressionColumn(name); is {
		if p := s.bothMeant(name, 0); p != nil {
			return Cell{}, fault.New(p.code, argument+": "+p.what+".", p.why, "Nothing was read.")
		}
		return cell, nil
	}
	i, found := s.find(name, false)
	if !found && strings.EqualFold(name, "list") {
		i, found = Lists, true
	}
	if !found {
		return Cell{}, fault.New(fault.InvalidInput, argument+": there is no column "+text.Quote(name)+".", s.known(name, "lists"),
			"Correct it and call again.")
	}
	return s.told(i, argument)
}

// untold is why a field's values are not known.
const untold = "In Mailtrap's export another field, or one of Mailtrap's own columns, is called the same; " +
	"give the field another name with update_field and renew the snapshot."

// told is a column whose values are known, or for which the export has none.
func (s *Schema) told(i int, argument string) (Cell, error) {
	if c := s.Columns[i]; c.Untold {
		return Cell{}, fault.New(fault.InvalidInput,
			argument+": the snapshot does not tell what the contacts have in "+text.Quote(c.Name)+".", untold, "Leave it out until then.")
	}
	return s.Cell(i), nil
}

// Value is a cell's value as JSON has it; of lists their names.
func (s *Schema) Value(c Cell, v any) any {
	if c.IsSet {
		return s.listNames(v)
	}
	return shown(v, c.dataType)
}

// Text is a cell's value as Mailtrap would write it in a file.
func (s *Schema) Text(c Cell, v any) string {
	if c.IsSet {
		return exports.JoinLists(s.listNames(v))
	}
	return inFile(v, c.dataType)
}

func (s *Schema) listNames(v any) []string {
	set, _ := v.(string)
	names := []string{}
	for _, id := range Set(set).IDs() {
		names = append(names, s.ListName(id))
	}
	if Set(set).Doubted() {
		names = append(names, notKnown)
	}
	return names
}
