package coerce

import "cmp"

// IsLater reports that a date is surely later than another, whichever order the two are written in.
func IsLater(date, than string) bool {
	a, isDate := parseDate(date)
	b, areDates := parseDate(than)
	if !isDate || !areDates {
		return false
	}
	timed := IsDay(date[:min(10, len(date))]) && len(date) == len(than) && date > than // later on the same day
	later := false
	for _, order := range dateOrders {
		first, ok := a.in(order)
		second, both := b.in(order)
		if !ok || !both {
			continue
		}
		switch apart := cmp.Or(cmp.Compare(first.year, second.year), cmp.Compare(first.month, second.month),
			cmp.Compare(first.day, second.day)); {
		case first.short != second.short, apart < 0, apart == 0 && !timed:
			return false
		}
		later = true
	}
	return later
}
