package where

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

// frozen is a condition with how many contacts of an account fitted it in the engine before SQLite, which evaluated conditions in Go.
type frozen struct {
	Of    string `json:"of"` // numbers, days or mixed
	Where string `json:"where"`
	Count int    `json:"count"`
}

// frozenAccounts are those that the conditions were counted on.
func frozenAccounts(t testing.TB) map[string]*contacts {
	return map[string]*contacts{"numbers": ofNumbers(t), "days": ofDays(t), "mixed": ofMixed(t)}
}

func ofNumbers(t testing.TB) *contacts {
	fields := []apiclient.Field{field("Number", "integer", "n"), field("Float", "float", "f"), field("Text", "text", "s"), field("Day", "date", "d")}
	return account{fields: fields}.holding(t, numbersFile(nil))
}

// numbersFile is the export of 200 contacts; each is told their cells as well.
func numbersFile(each func(cells ...string)) string {
	var file strings.Builder
	file.WriteString("email,n,f,s,d,status,list_ids\n")
	for i := range 200 {
		cell := func(of []string) string { return of[i*7919%104729*31%len(of)] }
		email := fmt.Sprintf("p%d@x%d.de", i, i%4)
		n := cell([]string{"", "0", "1", "-1", "7", "42", "1000000"}[i%7:])
		f := cell([]string{"", "0.5", "-1.25", "3.0", "1e3"}[i%5:])
		s := cell([]string{"", "pro", "Free", "a%b", "x_y", "O'Brien", "sp", "abc"}[i%8:])
		d := cell([]string{"", "2026-01-31", "2024-02-29", "1999-12-31"}[i%4:])
		fmt.Fprintf(&file, "%s,%s,%s,%s,%s,subscribed,\n", email, n, f, s, d)
		if each != nil {
			each(email, n, f, s, d)
		}
	}
	return file.String()
}

func ofDays(t testing.TB) *contacts {
	_, file := daysOfPeople()
	return account{fields: []apiclient.Field{field("Day", "date"), field("Ref", "text"), field("City", "text")}}.holding(t, file)
}

// ofMixed is an account with fields of all types, lists that are not all known, and texts in several scripts.
func ofMixed(t testing.TB) *contacts {
	mixed := account{
		lists: []string{"News", "VIP", "Past", "Past "},
		fields: []apiclient.Field{
			field("Plan", "text"), field("Name", "text"), field("Age", "integer"), field("Score", "float"), field("Is VIP", "boolean", "vip"), field("Login", "date"),
		},
	}
	var file strings.Builder
	file.WriteString("id,email,status,plan,name,age,score,vip,login,lists,created_at,updated_at\n")
	of := func(i, step int, all ...string) string { return all[(i*step+i/7)%len(all)] }
	for i := range 500 {
		fmt.Fprintf(&file, "018dd5e3-f6d2-7c00-8f9b-%012x,person%d@%s,%s,%s,%s,%s,%s,%s,%s,%s,2026-0%d-%02dT%02d:%02d:%02dZ,2026-04-28T12:40:45.000Z\n", i, i,
			of(i, 3, "example.com", "x.de", "gmail.com", "müller.de"), of(i, 1, "Subscribed", "Subscribed", "Unsubscribed", ""), of(i, 5, "pro", "Pro", "PRO", "free", "", "team", "1", "01"),
			of(i, 7, "Anna", "ANNA", "Zoë", "ZOË", "Zoe\u0308", "Москва", "москва", "Straße", "", "O'Brien", "50%", "a_b"), of(i, 11, "0", "1", "7", "18", "42", "99", "-5", "", "9007199254740993", "9007199254740992", "12345678901234567890"),
			of(i, 13, "", "1.5", "-0.25", "3", "1e3", "7"), of(i, 5, "true", "false", "", "yes", "0"), of(i, 17, "2026-01-31", "2025-12-31", "2024-02-29", "", "2026-02-01"),
			of(i, 3, "", "News", "VIP", "News; VIP", "News; Ghost", "Past", "Past ; News"), 1+i%9, 1+i%28, i%24, i*7%60, i*13%60)
	}
	return mixed.holding(t, file.String())
}

// readFrozen are the conditions with their counts.
func readFrozen(t testing.TB) (all []frozen) {
	t.Helper()
	packed, err := os.Open("testdata/frozen.jsonl.gz")
	must(t, err)
	defer packed.Close()
	unpacked, err := gzip.NewReader(bufio.NewReader(packed))
	must(t, err)
	decoder := json.NewDecoder(unpacked)
	for {
		var one frozen
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		must(t, err)
		all = append(all, one)
	}
}

// TestCountsAreThoseOfTheEngineBefore holds 3,000 random conditions against what the evaluator in Go counted before SQLite took
// its place.
func TestCountsAreThoseOfTheEngineBefore(t *testing.T) {
	accounts, conditions := frozenAccounts(t), readFrozen(t)
	if len(conditions) < 3000 {
		t.Fatalf("only %d conditions", len(conditions))
	}
	for _, one := range conditions {
		if got, err := accounts[one.Of].Count(t.Context(), one.Where); err != nil || got != one.Count {
			t.Errorf("%s: %s: %d (%v), it was %d", one.Of, one.Where, got, err, one.Count)
		}
	}
}
