package where

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// reference is one contact as the evaluator below sees it: nothing of the package's own code is used to decide who fits.
type reference struct {
	day, at  time.Time
	id, city string // id: sixteen digits
	noID     bool
}

// asked is a condition with who fits it: 1, 0, or 2 where an empty cell leaves it open.
type asked struct {
	where string
	fits  func(reference) int
}

// TestConditionsMeanWhatASimpleReaderTakesThemToMean holds random conditions on periods, accents and ids of sixteen digits
// against an evaluator that expands periods day by day and compares texts rune by rune.
//
// Guarantees 10.17a, 10.17b, 10.17d and 10.17e.
func TestConditionsMeanWhatASimpleReaderTakesThemToMean(t *testing.T) {
	people, _ := daysOfPeople()
	sn := ofDays(t)
	rapid.Check(t, func(t *rapid.T) {
		one := drawAsked(t, 2)
		want := 0
		for _, p := range people {
			if one.fits(p) == 1 {
				want++
			}
		}
		got, err := sn.Count(t.Context(), one.where)
		if err != nil || got != want {
			t.Fatalf("%s: %d (%v), want %d", one.where, got, err, want)
		}
	})
}

// daysOfPeople are 400 people on consecutive days, and their export.
func daysOfPeople() (people []reference, export string) {
	cities := []string{"Du\u0308sseldorf", "D\u00fcsseldorf", "Caf\u00e9", "Cafe\u0301", "Dusseldorf", "\u212bngstr\u00f6m", "\u00c5ngstro\u0308m"}
	var file strings.Builder
	file.WriteString("email,created_at,day,ref,city\n")
	begin := time.Date(2025, 12, 30, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		p := reference{day: begin.AddDate(0, 0, i), at: begin.Add(time.Duration(i)*24*time.Hour + time.Duration(i*7919%86400)*time.Second), city: cities[i%len(cities)], id: fmt.Sprint(9007199254740990 + int64(i%9)), noID: i%10 == 0}
		if i%5 == 0 {
			p.at = p.day // midnight
		}
		if i%5 == 1 {
			p.at = p.day.Add(24*time.Hour - time.Second)
		}
		id := p.id
		if p.noID {
			id = ""
		}
		fmt.Fprintf(&file, "p%d@x.de,%s,%s,%s,%s\n", i, p.at.Format(time.RFC3339), p.day.Format(time.DateOnly), id, p.city)
		people = append(people, p)
	}
	return people, file.String()
}

func drawAsked(t *rapid.T, depth int) asked {
	if depth > 0 && rapid.IntRange(0, 2).Draw(t, "deeper") == 0 {
		a, b := drawAsked(t, depth-1), drawAsked(t, depth-1)
		switch rapid.IntRange(0, 2).Draw(t, "join") {
		case 0:
			return asked{"(" + a.where + " AND " + b.where + ")", func(p reference) int {
				x, y := a.fits(p), b.fits(p)
				switch {
				case x == 0 || y == 0:
					return 0
				case x == 2 || y == 2:
					return 2
				}
				return 1
			}}
		case 1:
			return asked{"(" + a.where + " OR " + b.where + ")", func(p reference) int {
				x, y := a.fits(p), b.fits(p)
				switch {
				case x == 1 || y == 1:
					return 1
				case x == 2 || y == 2:
					return 2
				}
				return 0
			}}
		}
		return asked{"NOT (" + a.where + ")", func(p reference) int { return []int{1, 0, 2}[a.fits(p)] }}
	}
	switch rapid.IntRange(0, 3).Draw(t, "about") {
	case 0, 1:
		return drawPeriod(t)
	case 2:
		return drawID(t)
	}
	return drawCity(t)
}

func truthFor(b bool) int {
	if b {
		return 1
	}
	return 0
}

// drawnPeriod is a period as it is written, with what is in it, before it and after it.
func drawnPeriod(t *rapid.T) (written string, place func(time.Time) int) {
	base := time.Date(2025, 12, 28, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 410).Draw(t, "day"))
	layouts := []string{"2006", "2006-01", "2006-1", "2006-01-02", "2006-1-2"}
	layout := rapid.SampledFrom(layouts).Draw(t, "layout")
	parts := strings.Count(layout, "-")
	key := func(u time.Time) string { return u.Format([]string{"2006", "2006-01", "2006-01-02"}[parts]) }
	return "'" + base.Format(layout) + "'", func(u time.Time) int { return strings.Compare(key(u), key(base)) }
}

func drawPeriod(t *rapid.T) asked {
	column := rapid.SampledFrom([]string{"day", "created_at", "date(created_at)", "coalesce(created_at, NULL)"}).Draw(t, "column")
	of := func(p reference) time.Time {
		if column == "day" {
			return p.day
		}
		return p.at
	}
	written, place := drawnPeriod(t)
	holds := map[string]func(int) bool{
		"=": func(n int) bool { return n == 0 }, "<>": func(n int) bool { return n != 0 }, "<": func(n int) bool { return n < 0 }, "<=": func(n int) bool { return n <= 0 }, ">": func(n int) bool { return n > 0 }, ">=": func(n int) bool { return n >= 0 },
	}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		high, highPlace := drawnPeriod(t)
		return asked{column + " BETWEEN " + written + " AND " + high, func(p reference) int { return truthFor(place(of(p)) >= 0 && highPlace(of(p)) <= 0) }}
	case 1:
		other, otherPlace := drawnPeriod(t)
		return asked{column + " NOT IN (" + written + ", " + other + ")", func(p reference) int { return truthFor(place(of(p)) != 0 && otherPlace(of(p)) != 0) }}
	case 2:
		turn := map[string]string{"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
		name := rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "turned")
		return asked{written + " " + turn[name] + " " + column, func(p reference) int { return truthFor(holds[name](place(of(p)))) }}
	}
	name := rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "name")
	return asked{column + " " + name + " " + written, func(p reference) int { return truthFor(holds[name](place(of(p)))) }}
}

func drawID(t *rapid.T) asked {
	id := fmt.Sprint(9007199254740990 + int64(rapid.IntRange(0, 9).Draw(t, "id")))
	form := rapid.SampledFrom([]string{"ref = %s", "%s = ref", "ref IN (1, %s)", "ref BETWEEN %s AND %[1]s", "trim(ref) = %s", "ref LIKE %s", "ref = '%s'"}).Draw(t, "form")
	return asked{fmt.Sprintf(form, id), func(p reference) int {
		if p.noID {
			return 2
		}
		return truthFor(p.id == id)
	}}
}

func drawCity(t *rapid.T) asked {
	city := rapid.SampledFrom([]string{"Düsseldorf", "Café", "Dusseldorf", "Ångström"}).Draw(t, "city")
	form := rapid.SampledFrom([]norm.Form{norm.NFC, norm.NFD}).Draw(t, "form")
	same := func(p reference) int { return truthFor(norm.NFD.String(p.city) == norm.NFD.String(city)) }
	written := "'" + form.String(city) + "'"
	switch rapid.IntRange(0, 3).Draw(t, "how") {
	case 0:
		return asked{"city LIKE " + written, same}
	case 1:
		return asked{"city IN ('x', " + written + ")", same}
	case 2:
		return asked{"city <> " + written, func(p reference) int { return 1 - same(p) }}
	}
	return asked{"city = " + written, same}
}
