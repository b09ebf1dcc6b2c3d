package intake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/apiclient"
)

// modelRow is a row of a random file, as the plain model sees it.
type modelRow struct{ email, name, age, status string }

// model does with all rows in memory what the pipeline does with few of them at a time.
type model struct {
	contacts         []apiclient.ImportRow
	rejected         []Rejected
	merged, optedOut int
	roles            int
}

func modelled(rows []modelRow, skip bool) model {
	var m model
	const why = `the file says this person has unsubscribed ("unsubscribed" in the column "status"); an import would subscribe them`
	out := map[string]int{} // by address, the first row that says so
	for i, row := range rows {
		if email, err := apiclient.ParseEmail(row.email); err == nil && row.status == "unsubscribed" {
			if _, known := out[email]; !known {
				out[email] = i
			}
		}
	}
	at, roles, taken := map[string]int{}, map[string]bool{}, map[string]int{}
	for i, row := range rows {
		cells := []string{row.email, row.name, row.age, row.status}
		email, err := apiclient.ParseEmail(row.email)
		reject := func(reason string, cells []string) {
			m.rejected = append(m.rejected, Rejected{Line: i + 2, Reason: reason, Cells: cells, Email: email})
		}
		if err != nil {
			reject("email "+err.Error(), cells)
			continue
		}
		since, isOut := out[email]
		role := strings.HasPrefix(email, "info@")
		roles[email] = roles[email] || role && !isOut
		fields := apiclient.Values{}
		if row.name != "" {
			fields["first_name"] = row.name
		}
		if row.age != "" {
			fields["age"] = json.Number(row.age)
		}
		switch {
		case row.status == "unsubscribed":
			reject(why, cells)
		case role && skip && isOut, row.age == "old" && isOut:
			reject("another row of "+why, cells)
		case role && skip:
			reject("skipped as asked: the address belongs to a role, not to a person", cells)
		case row.age == "old":
			reject(`age: "old" does not fit this integer field; give a whole number like 42`, cells)
		case isOut && i > since:
			reject("another row of "+why, []string{email, row.name, row.age, ""})
		case isOut:
			if first, seen := taken[email]; seen {
				m.merged++
				for j, cell := range []string{email, row.name, row.age} {
					m.rejected[first].Cells[j] = cmp.Or(cell, m.rejected[first].Cells[j])
				}
				continue
			}
			taken[email] = len(m.rejected)
			reject("another row of "+why, []string{email, row.name, row.age, ""})
		default:
			j, seen := at[email]
			if !seen {
				at[email] = len(m.contacts)
				m.contacts = append(m.contacts, apiclient.ImportRow{Email: email, Fields: fields})
				continue
			}
			m.merged++
			for tag, value := range fields {
				m.contacts[j].Fields[tag] = value
			}
		}
	}
	m.optedOut = len(out)
	for _, is := range roles {
		if is {
			m.roles++
		}
	}
	return m
}

// TestPartsComeToWhatTheWholeWould holds the pipeline, with parts so small that every file needs many, to the model.
func TestPartsComeToWhatTheWholeWould(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		emails := []string{"info@b.co", "INFO@b.co", " a@b.co", "nobody", ""}
		for i := range rapid.IntRange(1, 40).Draw(rt, "people") {
			emails = append(emails, fmt.Sprintf("P%d@b.co", i), fmt.Sprintf("p%d@B.co", i))
		}
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) modelRow {
			return modelRow{
				rapid.SampledFrom(emails).Draw(rt, "email"), rapid.SampledFrom([]string{"", "Ann", "Zoë & <Bob>", "\"x\""}).Draw(rt, "name"),
				rapid.SampledFrom([]string{"", "1", "22", "old"}).Draw(rt, "age"), rapid.SampledFrom([]string{"subscribed", "subscribed", "subscribed", "Subscribed", "unsubscribed"}).Draw(rt, "status"),
			}
		}), 0, 120).Draw(rt, "rows")
		cells := [][]string{{"email", "first_name", "age", "status"}}
		kept := rows[:0]
		for _, row := range rows {
			if row != (modelRow{}) { // a blank line is no row
				kept, cells = append(kept, row), append(cells, []string{row.email, row.name, row.age, row.status})
			}
		}
		how := Reading{}
		skip := rapid.Bool().Draw(rt, "skip")
		if skip {
			how.Skip = []Doubt{Role}
		}
		p, err := preparedWithin(t, asCSV(t, cells...), how, accountWith(someFields), tinyBounds())
		must(t, err)
		want := modelled(kept, skip)
		var got, lines []string
		for _, row := range p.Rows {
			line, err := json.Marshal(row)
			must(t, err)
			got = append(got, string(line))
		}
		for _, row := range want.contacts {
			line, err := json.Marshal(row)
			must(t, err)
			lines = append(lines, string(line))
		}
		var sample []string
		for _, contact := range p.Sample {
			line, err := json.Marshal(contact)
			must(t, err)
			sample = append(sample, string(line))
		}
		if !slices.Equal(sample, lines[:min(len(lines), sampled)]) {
			rt.Fatalf("the sample is %q, want the first of %q", sample, lines)
		}
		if difference := gocmp.Diff(sorted(lines), sorted(got)); difference != "" {
			rt.Fatalf("contacts: %s", difference)
		}
		if difference := gocmp.Diff(want.rejected, p.Rejects); difference != "" {
			rt.Fatalf("rejected: %s", difference)
		}
		if p.Merged != want.merged || p.OptedOut != want.optedOut || p.Roles.Count != want.roles || len(p.Outs) != want.optedOut {
			rt.Fatalf("%d merged, %d opted out, %d roles, want %+v", p.Merged, p.OptedOut, p.Roles.Count, want)
		}
		for i, size := range p.Sizes {
			if p.Chunks[i].Count > 7 || size > 500 {
				rt.Fatalf("a chunk of %d contacts has %d bytes", p.Chunks[i].Count, size)
			}
		}
		for tag, count := range p.Filled {
			if n := strings.Count(strings.Join(got, ""), `"`+tag+`":`); n != count {
				rt.Fatalf("%d contacts are said to get %s, and %d do", count, tag, n)
			}
		}
	})
}
