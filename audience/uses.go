package audience

import (
	"slices"

	"mailtrap-contacts-mcp/where"
)

// AsksFor reports whether who fits a condition depends on who is on a list.
func (sn *Snapshot) AsksFor(condition string, listID int64) (bool, error) {
	asked, err := sn.about.Check(condition)
	if err != nil {
		return false, err
	}
	return slices.Contains(asked.IDs(where.RefList), listID) || asked.CountsLists(), nil
}
