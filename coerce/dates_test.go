package coerce

import (
	"strings"
	"testing"
	"time"
)

func TestDatesAreReadInEveryFormThatCanMeanOneDay(t *testing.T) {
	for _, test := range []struct {
		cell  string
		order Order
		want  string // empty: not a date
	}{
		{"2025-03-04", 0, "2025-03-04"},
		{"2025-3-4", 0, "2025-03-04"},
		{"2025/03/04", 0, "2025-03-04"},
		{"2025.03.04", 0, "2025-03-04"},
		{"20250304", 0, "2025-03-04"},
		{"2025-03-04T23:30:00-05:00", 0, "2025-03-04"}, // cut, not moved to another zone
		{"2025-03-04T10:00:00.123Z", 0, "2025-03-04"},
		{"2025-03-04 10:11:12 UTC", 0, "2025-03-04"},
		{"2025-03-04 10:11:12 +0000 UTC", 0, "2025-03-04"},
		{"20250304T101112", 0, "2025-03-04"},
		{"4 Mar 2025", 0, "2025-03-04"},
		{"4. March 2025", 0, "2025-03-04"},
		{"March 4, 2025", 0, "2025-03-04"},
		{"Mar 4th 2025", 0, "2025-03-04"},
		{"04-MAR-2025", 0, "2025-03-04"},
		{"04-MAR-25", 0, "2025-03-04"},
		{"2025-Mar-04", 0, "2025-03-04"},
		{"Tue, 4 Mar 2025 10:11:12 GMT", 0, "2025-03-04"},
		{"Sept 1, 2025", 0, "2025-09-01"},
		{"25/12/2025", dmy, "2025-12-25"},
		{"12/25/2025", mdy, "2025-12-25"},
		{"12/25/2025 9:05 PM", mdy, "2025-12-25"},
		{"03/04/2025", dmy, "2025-04-03"},
		{"03/04/2025", mdy, "2025-03-04"},
		{"3. 4. 2025", dmy, "2025-04-03"},
		{"03/03/2025", 0, "2025-03-03"}, // the same in both orders
		{"05/05/05", 0, "2005-05-05"},
		{"03/04/05", ymd, "2003-04-05"},
		{"3/4/25", mdy, "2025-03-04"},
		{"3/4/68", mdy, "1968-03-04"},
		{"29/02/2024", dmy, "2024-02-29"},

		{"3/4/40", mdy, ""}, // 1940 or 2040
		{"03/04/2025", 0, ""},
		{"03/04/2025", ymd, ""},
		{"25/12/2025", mdy, ""},
		{"12/25/2025", dmy, ""},
		{"29/02/2025", dmy, ""},
		{"2025-02-30", 0, ""},
		{"2025/13/04", 0, ""},
		{"0000-00-00", 0, ""},
		{"45720", 0, ""}, {"45720.5", 0, ""}, // a spreadsheet's
		{"1741046400", 0, ""},
		{"Mar 2025", 0, ""}, {"2025-03", 0, ""}, {"2025", 0, ""},
		{"Marsh 4 2025", 0, ""}, {"Ma 4 2025", 0, ""},
		{"3-4/2025", dmy, ""},
		{"3 4 2025", dmy, ""},
		{"1/2/3", dmy, ""},
		{"03/04/2025 or so", dmy, ""},
		{"2025-03-04x", 0, ""}, {"2025-03-04 10", 0, ""}, {"2025-03-04-05", 0, ""},
		{"today", 0, ""}, {"n/a", 0, ""}, {"", 0, ""},
	} {
		got, problem := coerceDate(test.cell, test.order, 2026)
		if got != test.want || (problem == "") != (test.want != "") {
			t.Errorf("%q with the %s: %q, %q; want %q", test.cell, test.order.Name(), got, problem, test.want)
		}
	}
}

func TestTheReasonOfADateSaysWhatWouldBeRight(t *testing.T) {
	for _, test := range []struct {
		cell  string
		order Order
		says  string
	}{
		{"45720", 0, "a spreadsheet's number of a day"},
		{"12/25/2025", dmy, `"12/25/2025" is not a date with date_order "dmy", but is "25 December 2025" with "mdy"`},
		{"03/04/2025", 0, "may mean more than one day"},
		{"3/4/40", mdy, "write it with four"},
		{"soon", 0, "give a date like 2026-03-04 (year-month-day)"},
	} {
		if _, problem := coerceDate(test.cell, test.order, 2026); !strings.Contains(problem, test.says) {
			t.Errorf("%q: %s", test.cell, problem)
		}
	}
}

// FuzzDate reads anything as a date in every order: what comes out is a day of the calendar, written as the API wants it.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2025-03-04", "03/04/2025", "25.12.25 10:00", "Tue, 4th Mar 2025", "20250304T1011", "March 4, 2025", "29/02/00", "1/1/1", ",,,", "2025-03-04T"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		w, ok := parseDate(cell)
		if ok && w.orders > 7 {
			t.Fatalf("the orders %b", w.orders)
		}
		for _, order := range []Order{0, dmy, mdy, ymd} {
			iso, problem := coerceDate(cell, order, 2026)
			if (iso == "") == (problem == "") {
				t.Fatalf("%q: %q and %q", cell, iso, problem)
			}
			if iso == "" {
				continue
			}
			if day, err := time.Parse(time.DateOnly, iso); err != nil || day.Format(time.DateOnly) != iso {
				t.Fatalf("%q is read as %q: %v", cell, iso, err)
			}
			if ok && w.orders&(w.orders-1) != 0 && order == 0 {
				t.Fatalf("%q can mean more than one day and is read as %s", cell, iso)
			}
		}
	})
}
