package audience

import "slices"

// AsksFor reports whether who fits a condition depends on who is on a list.
func (sn *Snapshot) AsksFor(where string, listID int64) (bool, error) {
	asked, err := sn.checked(where)
	if err != nil || asked == nil {
		return false, err
	}
	return slices.Contains(asked.ids(refList), listID) || asked.counts(), nil
}

// counts reports that an expression asks how many lists a contact is on.
func (e *expr) counts() bool {
	if e == nil {
		return false
	}
	return e.op == opColumn && e.col == countColumn || slices.ContainsFunc(e.args, (*expr).counts)
}
