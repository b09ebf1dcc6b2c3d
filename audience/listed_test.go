package audience

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// suppression is one as the emulator is given it.
type suppression struct{ email, kind, stream, domain string }

// truth is what a condition is of somebody: true, false, or not known.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func not(t truth) truth { return yes - t }

// is tells whether somebody has a suppression as asked for, by the rule that Mailtrap's words have.
func is(all []suppression, email string, asked ...string) truth {
	best := no
	for _, s := range all {
		if !strings.EqualFold(s.email, email) {
			continue
		}
		one := yes
		for i, told := range []string{s.kind, s.stream, s.domain}[:len(asked)] {
			switch {
			case asked[i] == "any" || told == asked[i] || i == 1 && told == "any":
			case told == "":
				one = min(one, unknown)
			default:
				one = no
			}
		}
		best = max(best, one)
	}
	return best
}

// Everybody is counted by a second program: those who fit, those who do not, and those of whom it is not known.
func TestConditionsOnSuppressionsCountAsASecondProgramDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := emulator.New(emulator.Config{Unlimited: true})
		h := at(t, t.TempDir(), e)
		random := rand.New(rand.NewPCG(7, 7))
		some := func(of ...string) string { return of[random.IntN(len(of))] }
		var people []string
		var listed []suppression
		ids := map[string]string{}
		for round := range 4 {
			for range 40 {
				email := fmt.Sprintf("p%d@example.com", len(people))
				ids[email] = e.AddContact(emulator.Contact{Email: email, Status: some("subscribed", "unsubscribed")})
				people = append(people, email)
			}
			for range random.IntN(60) {
				s := suppression{some(some(people...), strings.ToUpper(some(people...)), "stranger@b.co"),
					some("hard bounce", "unsubscription", "spam complaint", "manual import", ""),
					some("bulk", "transactional", "any", ""), some("a.com", "b.com", "")}
				listed = append(listed, s)
				e.AddSuppression(s.email, s.kind, s.stream, s.domain)
			}
			sn := h.snapshot(t)
			time.Sleep(time.Hour)
			newer, err := h.Suppressed.List(t.Context(), round%2 == 1, nil)
			must(t, err)
			if newer.Count != len(listed) || newer.Late != "" {
				t.Fatalf("the list has %d, and not %d: %s", newer.Count, len(listed), newer.Late)
			}
			// Some were written since, one was renamed, one deleted.
			for range 5 {
				email := some(people...)
				h.Wrote(t.Context(), apiclient.Contact{ID: ids[email], Email: email, Status: "subscribed"})
			}
			gone, renamed := people[0], people[1]
			h.Deleted(t.Context(), ids[gone], gone)
			h.Wrote(t.Context(), apiclient.Contact{ID: ids[renamed], Email: "new" + renamed, Status: "subscribed"}, renamed)
			now := append([]string{"new" + renamed}, people[2:]...)
			check := func(condition string, of func(email string) truth) {
				t.Helper()
				want := map[truth]int{}
				for _, email := range now {
					want[of(email)]++
				}
				got := map[truth]int{yes: count(t, sn, condition), no: count(t, sn, "NOT ("+condition+")"), unknown: count(t, sn, "("+condition+") IS NULL")}
				within := "status = 'subscribed' AND email LIKE '%1%'"
				each, err := sn.CountEach(t.Context(), within, []string{condition, "NOT (" + condition + ")", "email LIKE 'p2%'"})
				must(t, err)
				if one := []int{count(t, sn, within+" AND ("+condition+")"), count(t, sn, within+" AND NOT ("+condition+")"),
					count(t, sn, within+" AND email LIKE 'p2%'")}; !slices.Equal(each, one) {
					t.Fatalf("round %d, %s: together %v, one by one %v", round, condition, each, one)
				}
				if got[yes] != want[yes] || got[no] != want[no] || got[unknown] != want[unknown] {
					t.Fatalf("round %d, %s: %v, want %v", round, condition, got, want)
				}
			}
			check("suppressed", func(email string) truth { return is(listed, email) })
			check("suppressed_at IS NOT NULL", func(email string) truth { return is(listed, email) })
			for range 12 {
				asked := []string{some("hard bounce", "spam complaint", "any"), some("bulk", "transactional", "any"), some("a.com", "b.com", "c.com")}[:1+random.IntN(3)]
				call := "is_suppressed('" + strings.Join(asked, "', '") + "')"
				check(call, func(email string) truth { return is(listed, email, asked...) })
				check(call+" OR suppressed", func(email string) truth { return max(is(listed, email, asked...), is(listed, email)) })
				check("suppressed AND NOT "+call, func(email string) truth {
					return min(is(listed, email), not(is(listed, email, asked...)))
				})
			}
			e.LiftSuppressions(renamed)
			listed = slices.DeleteFunc(listed, func(s suppression) bool { return strings.EqualFold(s.email, renamed) })
			time.Sleep(8 * 24 * time.Hour) // the next list is whole
			must(t, forgotten(t, h))
		}
	})
}

// forgotten has the account's contacts be as the emulator has them again.
func forgotten(t *testing.T, h *house) error {
	db, err := h.options.Store.Durable(t.Context())
	must(t, err)
	_, err = db.ExecContext(t.Context(), `DELETE FROM snapshot_patch`)
	return err
}

func TestSuppressionsAreColumnsOfAnswersAndFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := people(0)
		e.AddSuppression("Anna@example.com", "hard bounce", "bulk", "example.com")
		time.Sleep(time.Hour)
		e.AddSuppression("anna@example.com", "unsubscription", "transactional", "example.com")
		e.AddSuppression("bob@test.org", "manual import", "any", "")
		sn := at(t, t.TempDir(), e).snapshot(t)
		page, err := sn.Search(t.Context(), Query{Columns: []string{"email", "suppressed", "suppressed_at"}, OrderBy: "suppressed_at desc, email"})
		must(t, err)
		last := "2000-01-01 01:00:00"
		if want := "[[anna@example.com true " + last + "] [bob@test.org true " + last + "] [anna+tag@example.com false <nil>] [info@gmial.com false <nil>]]"; fmt.Sprint(page.Rows) != want {
			t.Errorf("the rows are %v", page.Rows)
		}
		counts, err := sn.CountBy(t.Context(), "suppressed_at >= '2000-01-01'", "", "suppressed", 10)
		must(t, err)
		if fmt.Sprint(counts.Groups) != "[{true 2}]" {
			t.Errorf("the counts are %v", counts.Groups)
		}
		for format, want := range map[string]string{
			CSV:   "email,suppressed\nanna@example.com,true\nbob@test.org,true\ninfo@gmial.com,false\nanna+tag@example.com,false\n",
			JSONL: `{"email":"anna@example.com","suppressed":true}`,
		} {
			var file bytes.Buffer
			if _, _, err = sn.Write(t.Context(), &file, "", []string{"email", "suppressed"}, format); err != nil || !strings.HasPrefix(file.String(), want) {
				t.Errorf("%v: the file is %s", err, file.String())
			}
		}
	})
}

func TestErrorsAndHintsOnSuppressionsSayWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := people(0)
		e.AddSuppression("anna@example.com", "hard bounce", "bulk", "news.example.com")
		e.AddSuppression("bob@test.org", "policy block", "campaigns", "")
		sn := at(t, t.TempDir(), e).snapshot(t)
		wantCounts(t, sn, map[string]int{"suppressed": 2})
		wantCounts(t, sn, map[string]int{"is_suppressed('policy block') AND is_suppressed('any', 'campaigns')": 1})
		for condition, says := range map[string]string{
			"is_suppressed('bounce')":                       `no type of suppression "bounce"`,
			"is_suppressed('hard_bounce')":                  "Write \"is_suppressed('hard bounce')\"",
			"is_suppressed('complained', 'marketing')":      "is_suppressed('spam complaint', 'bulk')",
			"is_suppressed('nonsense')":                     "'manual import', 'policy block'",
			"is_suppressed('any', 'nonsense')":              "'transactional', 'bulk', 'campaigns'",
			"is_suppressed('any', 'bulk', '@example.com')":  "is_suppressed('any', 'bulk', 'example.com')",
			"is_suppressed()":                               "is given 0",
			"is_suppressed('any', 'bulk', 'a.com', 'more')": "is given 4",
			"is_suppressed(plan)":                           "names between single quotes",
			"is_suppressed('any') = 'x'":                    "true or false",
			"suppressed = 'maybe'":                          "Write true or false",
			"suppressed()":                                  "without parentheses",
			"bounced()":                                     "is_suppressed('hard bounce')",
			"suppresed":                                     "Is suppressed meant?",
			"is_suppress('any')":                            "Is is_suppressed meant?",
			"suppressed_at > 3":                             "suppressed_at",
		} {
			if err := sn.Check(t.Context(), condition); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: it does not say %q: %v", condition, says, err)
			}
		}
		for condition, says := range map[string]string{
			"is_suppressed('any', 'bulk', 'example.com')":     `No suppression is for the sending domain "example.com". Those with suppressions are "news.example.com".`,
			"is_suppressed('any', 'any', 'news.example.com')": "Of 1 suppression Mailtrap does not tell the type, stream or domain",
			"is_suppressed('hard bounce', 'transactional')":   "",
			"NOT suppressed AND suppressed_at > '2026-01-01'": "",
		} {
			hints, err := sn.Hints(t.Context(), condition, 0)
			must(t, err)
			if said := strings.Join(hints, " "); !strings.Contains(said, says) || says == "" && said != "" {
				t.Errorf("%s: the hints are %q", condition, hints)
			}
		}
	})
}

// A field may have been called so before conditions knew suppressions: nobody is chosen by the other of the two.
func TestAFieldCalledSuppressedIsAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := people(0)
		e.AddField("Suppressed", "boolean", "suppressed")
		sn := at(t, t.TempDir(), e).snapshot(t)
		err := sn.Check(t.Context(), "suppressed")
		wantFault(t, err, fault.Conflict, `The field is "field:suppressed"`, "is_suppressed('any')")
		_, err = sn.Search(t.Context(), Query{Columns: []string{"suppressed"}})
		wantFault(t, err, fault.Conflict, `"field:suppressed"`)
		wantCounts(t, sn, map[string]int{`"field:suppressed" IS NULL`: 4, "is_suppressed('any')": 0, "NOT is_suppressed('any')": 4})
		page, err := sn.Search(t.Context(), Query{Columns: []string{"field:suppressed"}})
		must(t, err)
		if page.Columns[0] != "field:suppressed" {
			t.Errorf("it is shown as %q", page.Columns)
		}
	})
}

// As long as it is not known who is suppressed, nobody counts as not suppressed.
func TestWhoIsSuppressedIsNotGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := people(0)
		e.Inject(emulator.Fault{Path: "/suppressions", Status: 403, Times: 1})
		sn := at(t, t.TempDir(), e).snapshot(t)
		_, _, err := sn.Count(t.Context(), "NOT suppressed")
		wantFault(t, err, fault.Forbidden, "It is not known yet who is suppressed.", "may not look at suppressions")
		must(t, sn.Check(t.Context(), "NOT suppressed"))
		wantCounts(t, sn, map[string]int{"status = 'subscribed'": 3})
		time.Sleep(2 * time.Minute)
		wantCounts(t, sn, map[string]int{"NOT suppressed": 4})
		list, err := sn.service.Suppressed.Latest(t.Context())
		must(t, err)
		must(t, os.WriteFile(list.Path, bytes.Repeat([]byte("x"), 100_000), 0o600))
		wantCounts(t, sn, map[string]int{"NOT suppressed": 4}) // a connection has it
		e.AddSuppression("bob@test.org", "hard bounce", "bulk", "b.co")
		time.Sleep(time.Hour)
		wantCounts(t, sn, map[string]int{"NOT suppressed": 3}) // the damaged file is replaced
	})
}

func TestAnErasedPersonIsGoneFromTheListToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, dir := people(0), t.TempDir()
		e.AddSuppression("Bob@test.org", "hard bounce", "bulk", "b.co")
		e.AddSuppression("stranger@test.org", "hard bounce", "bulk", "b.co")
		h := at(t, dir, e)
		sn := h.snapshot(t)
		wantCounts(t, sn, map[string]int{"suppressed": 1})
		if len(holding(t, dir, "bob@test.org")) < 2 {
			t.Fatal("the person is not in both files")
		}
		for _, who := range []string{"bob@test.org", "stranger@test.org"} {
			n, err := h.Forget(t.Context(), who)
			must(t, err)
			if left := holding(t, dir, who); n == 0 || len(left) > 0 {
				t.Errorf("%d rows of %s erased, left in %q", n, who, left)
			}
		}
	})
}

// holding are the files of a folder that hold a text.
func holding(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return err
	}))
	return found
}
