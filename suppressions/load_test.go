package suppressions

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
)

// A hundred thousand suppressions are loaded by Mailtrap's limits while people are looked at: none of these calls waits.
func TestALongListHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 40_000
		e := emulator.New(emulator.Config{})
		for i := range n {
			e.AddSuppression(fmt.Sprintf("p%06d@example.com", i), Types[i%4], Streams[i%2], "example.com")
		}
		k := keeper(t, t.TempDir(), e.Transport(), fmt.Sprint(emulator.AccountID))
		began := time.Now()
		_, err := k.List(t.Context(), false, nil)
		if !fault.Is(err, fault.Timeout) || time.Since(began) > firstWait || !strings.Contains(err.Error(), "5,000 suppressions") {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
		looks := 0
		for {
			if l, _ := k.Latest(t.Context()); l != nil {
				if l.Count != n {
					t.Fatalf("the list has %d suppressions", l.Count)
				}
				break
			}
			for range 5 { // a look at five people a minute
				looked := time.Now()
				if _, err := k.api.Suppressions(t.Context(), apiclient.SuppressionFilter{Email: "p000001@example.com"}); err != nil || time.Since(looked) > time.Second {
					t.Fatalf("a look took %s: %v", time.Since(looked), err)
				}
				looks++
			}
			time.Sleep(61 * time.Second)
		}
		for _, r := range e.Requests() {
			if r.Status == http.StatusTooManyRequests {
				t.Fatal("Mailtrap's limit was exceeded")
			}
		}
		t.Logf("loaded in %s, with %d looks", time.Since(began).Round(time.Second), looks)
		if took := time.Since(began); took > 12*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

// A killed process's list is gone on with, and is not used before it is whole.
func TestAListIsLoadedOnByTheNextProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, dir := &mailtrap{listed: many(12_000)}, t.TempDir()
		first := keeper(t, dir, m)
		if _, err := first.List(t.Context(), false, nil); !fault.Is(err, fault.Timeout) {
			t.Fatal(err)
		}
		first.Close()
		if l, err := first.Latest(t.Context()); l != nil || err != nil {
			t.Fatalf("half a list is used: %v, %v", l, err)
		}
		if n := m.requests(); n != 5 {
			t.Fatalf("%d requests were made", n)
		}
		l := list(t, keeper(t, dir, m), false)
		if n := m.requests(); n != 9 || l.Count != 12_000 { // seven pages, the empty one, and the look whether the last one is there
			t.Errorf("%d requests were made, for %d suppressions", n, l.Count)
		}
	})
}

// Processes that share a folder share what one of them loads; accounts share nothing.
func TestOneProcessLoadsForAllOfAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, dir := &mailtrap{listed: many(1500)}, t.TempDir()
		var group sync.WaitGroup
		for range 3 {
			k := keeper(t, dir, m)
			group.Go(func() {
				if l := list(t, k, false); l.Count != 1500 {
					t.Errorf("the list has %d suppressions", l.Count)
				}
			})
		}
		group.Wait()
		if n := m.requests(); n != 3 {
			t.Errorf("%d requests were made", n)
		}
		other := &mailtrap{listed: many(1)}
		if l := list(t, keeper(t, dir, other, "2"), false); l.Count != 1 {
			t.Errorf("the other account's list has %d", l.Count)
		}
	})
}

func TestWhatMailtrapListsWronglyIsNotUsed(t *testing.T) {
	listed := many(2500)
	ids := 0
	lies := map[string]struct {
		answer func(query map[string]string, told []map[string]any) any
		says   string
	}{
		"the same page":    {func(map[string]string, []map[string]any) any { return listed[:1000] }, "same page"},
		"the same few":     {func(map[string]string, []map[string]any) any { return listed[:3] }, "same page"},
		"more than a page": {func(map[string]string, []map[string]any) any { return listed[:1001] }, "more suppressions than 1,000"},
		"no address": {func(_ map[string]string, told []map[string]any) any {
			return append(slices.Clone(told[:min(9, len(told))]), map[string]any{"id": "x", "email": nil})
		}, "without a valid address"},
		"a blank address": {func(map[string]string, []map[string]any) any {
			return []map[string]any{one(1, " ", "", "", "", time.Now())}
		}, "without a valid address"},
		"no id":      {func(map[string]string, []map[string]any) any { return []map[string]any{{"email": "a@b.co"}} }, "suppress"},
		"not a list": {func(map[string]string, []map[string]any) any { return map[string]any{"data": listed[:1]} }, "suppress"},
		"without end": {func(map[string]string, []map[string]any) any {
			ids++
			return many(1000 * ids)[1000*(ids-1):]
		}, "than an account can have"},
		"nobody by address": {func(query map[string]string, told []map[string]any) any {
			if query["email"] != "" {
				return []map[string]any{}
			}
			return slices.DeleteFunc(told, func(s map[string]any) bool { return s["email"].(string) >= "p002000" })
		}, "does not find suppressions any more"},
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, dir := &mailtrap{listed: listed, answer: lie.answer}, t.TempDir()
				k := keeper(t, dir, m)
				k.most = 2600
				var err error
				for err = context.DeadlineExceeded; err == context.DeadlineExceeded || fault.Is(err, fault.Timeout); {
					_, err = k.List(t.Context(), false, nil)
				}
				if err == nil || !strings.Contains(err.Error(), lie.says) || !strings.Contains(err.Error(), "It is not known yet who is suppressed.") {
					t.Fatalf("it says %v", err)
				}
				asked := m.requests()
				if _, again := k.List(t.Context(), false, nil); again == nil || m.requests() != 0 {
					t.Errorf("after %d requests it was asked again at once", asked)
				}
				m.change(func() { m.answer = nil })
				time.Sleep(2 * failedFor)
				if l := list(t, k, false); l.Count != len(listed) {
					t.Errorf("the list has %d", l.Count)
				}
				if parts := k.files("127.0.0.1/accounts/1", unfinished); len(parts) > 0 {
					t.Errorf("left are %q", parts)
				}
			})
		})
	}
}

// A page may end with a suppression that is lifted before the next page is asked for. Then nothing comes after it.
func TestALiftedSuppressionEndsNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mailtrap{listed: many(3500)}
		lifted := map[string]bool{}
		m.answer = func(query map[string]string, told []map[string]any) any {
			if last := query["last_id"]; last == "" || len(lifted) == 3 || lifted[last] {
				return told
			}
			lifted[query["last_id"]] = true
			m.listed = slices.DeleteFunc(slices.Clone(m.listed), func(s map[string]any) bool { return s["id"] == query["last_id"] })
			return m.page(query)
		}
		l := list(t, keeper(t, t.TempDir(), m), false)
		if len(m.listed) != 3497 || l.Count < 3497 || !slices.Contains(people(t, l), "p003499@example.com") {
			t.Errorf("of %d the list has %d", len(m.listed), l.Count)
		}
	})
}

func TestOnlyWhatIsNewIsAskedForUntilAWeekHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mailtrap{listed: many(2300)}
		k := keeper(t, t.TempDir(), m)
		first := list(t, k, false)
		if got := list(t, k, false); m.requests() != 4 || got.Path != first.Path || first.Late != "" {
			t.Errorf("a list of just now was asked for again")
		}
		m.change(func() {
			m.listed = append(m.listed[1:], one(9999, "NEW@Example.com", "spam complaint", "any", "", time.Now().Add(time.Minute)))
		})
		time.Sleep(25 * time.Hour)
		now := list(t, k, false)
		if n := m.requests(); n != 2 || now.Count != 2301 || !now.Whole.Equal(first.Whole) || !now.Updated.After(first.Updated) {
			t.Errorf("%d requests; %d suppressions, whole as of %s", n, now.Count, now.Whole)
		}
		if all := people(t, now); all[0] != "new@example.com" || all[1] != "p000000@example.com" {
			t.Errorf("it begins with %q", all[:2])
		}
		if _, err := os.Stat(first.Path); err == nil {
			t.Error("the list before is still there")
		}
		m.change(func() { m.listed = append(m.listed, many(1)[0]); m.listed = m.listed[:len(m.listed)-1] })
		time.Sleep(time.Hour)
		if same := list(t, k, false); same.Path != now.Path || !same.Updated.After(now.Updated) || m.requests() == 0 {
			t.Error("where nothing is new, the list stays")
		}
		time.Sleep(8 * 24 * time.Hour)
		whole := list(t, k, false)
		if whole.Count != 2300 || !whole.Whole.After(now.Whole) {
			t.Errorf("after a week it has %d, whole as of %s", whole.Count, whole.Whole)
		}
		m.change(func() { m.listed = m.listed[:1000] })
		time.Sleep(time.Minute)
		if renewed := list(t, k, true); renewed.Count != 1000 {
			t.Errorf("a new list has %d", renewed.Count)
		}
	})
}

// A list of a clock that was ahead is no newer than one that is loaded now.
func TestAClockThatWasSetBackBlocksNoList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, dir := &mailtrap{listed: many(3)}, t.TempDir()
		k := keeper(t, dir, m)
		time.Sleep(time.Hour)
		ahead := list(t, k, false)
		db, err := store.OpenFile(ahead.Path, "rw")
		must(t, err)
		ahead.Whole, ahead.Updated = ahead.Whole.Add(48*time.Hour), ahead.Updated.Add(48*time.Hour)
		must(t, writeState(t.Context(), db, ahead.state))
		must(t, db.Close())
		must(t, os.Rename(ahead.Path, filepath.Join(filepath.Dir(ahead.Path), "20010101T000000.000000000"+finished)))
		m.change(func() { m.listed = m.listed[:2] })
		if l := list(t, k, false); l.Count != 2 || l.Whole.After(time.Now()) {
			t.Errorf("the list has %d, as of %s", l.Count, l.Whole)
		}
	})
}

// What is asked for anew takes longer than a call waits. The call that asks again gets it, and begins no other.
func TestARefreshIsGottenByALaterCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mailtrap{listed: many(9000)}
		k := keeper(t, t.TempDir(), m)
		first := list(t, k, false)
		time.Sleep(time.Hour)
		late := list(t, k, true)
		if late.Path != first.Path || late.Late != "A newer list is being loaded." {
			t.Fatalf("it says %q", late.Late)
		}
		time.Sleep(3 * time.Minute)
		m.requests()
		if renewed := list(t, k, true); renewed.Path == first.Path || m.requests() != 0 || renewed.Late != "" {
			t.Errorf("it is loaded again: %q", renewed.Late)
		}
		time.Sleep(15 * time.Minute)
		m.change(func() { m.listed = m.listed[:10] })
		if again := list(t, k, true); again.Count != 10 {
			t.Errorf("%d suppressions after another", again.Count)
		}
	})
}

// While a newer list is loaded for minutes, the questions of a call do not each wait for it.
func TestAListIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper(t, t.TempDir(), &mailtrap{listed: many(9000)})
		list(t, k, false)
		time.Sleep(8 * 24 * time.Hour)
		began := time.Now()
		for range 5 {
			if l := list(t, k, false); l.Late != "A newer list is being loaded." {
				t.Errorf("it says %q", l.Late)
			}
		}
		if took := time.Since(began); took != newerWait {
			t.Errorf("they waited for %s", took)
		}
	})
}

func TestATokenWithoutRightsIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mailtrap{listed: many(3), status: http.StatusForbidden}
		k := keeper(t, t.TempDir(), m)
		_, err := k.List(t.Context(), false, nil)
		if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "may not look at suppressions") {
			t.Fatal(err)
		}
		m.change(func() { m.status = 0 })
		time.Sleep(2 * failedFor)
		list(t, k, false)
		m.change(func() { m.status = http.StatusForbidden })
		time.Sleep(time.Hour)
		if l := list(t, k, false); l.Count != 3 || !strings.Contains(l.Late, "could not be loaded: This API token may not") {
			t.Errorf("%d suppressions; %q", l.Count, l.Late)
		}
		time.Sleep(usedFor)
		if _, err := k.List(t.Context(), false, nil); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a list of a month ago is used: %v", err)
		}
	})
}

// An empty list where there was one is held against Mailtrap's own word.
func TestNobodyIsBelievedOnlyWhereThatIsTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mailtrap{listed: many(3)}
		k := keeper(t, t.TempDir(), m)
		list(t, k, false)
		m.change(func() {
			m.answer = func(query map[string]string, told []map[string]any) any {
				if query["email"] == "" {
					return []map[string]any{}
				}
				return told
			}
		})
		time.Sleep(8 * 24 * time.Hour)
		if l := list(t, k, false); l.Count != 3 || !strings.Contains(l.Late, "says that nobody is suppressed") {
			t.Errorf("%d suppressions; %q", l.Count, l.Late)
		}
		m.change(func() { m.answer, m.listed = nil, nil })
		time.Sleep(2 * failedFor)
		if l := list(t, k, false); l.Count != 0 || l.Late != "" {
			t.Errorf("%d suppressions; %q", l.Count, l.Late)
		}
	})
}

func TestAPersonIsErasedFromLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, dir := &mailtrap{listed: many(7000)}, t.TempDir()
		k := keeper(t, dir, m)
		if _, err := k.List(t.Context(), false, nil); !fault.Is(err, fault.Timeout) { // five pages are there
			t.Fatal(err)
		}
		for _, who := range []string{"p000500@example.com", "P004999@example.com "} { // the second ends a page
			if len(holding(t, dir, strings.ToLower(strings.TrimSpace(who)))) == 0 {
				t.Fatalf("%s is not there", who)
			}
			n, err := k.Forget(t.Context(), who)
			must(t, err)
			if left := holding(t, dir, strings.ToLower(strings.TrimSpace(who))); n != 1 || len(left) > 0 {
				t.Errorf("%d of %s erased, left in %q", n, who, left)
			}
		}
		l := list(t, k, false)
		if l.Count < 6998 {
			t.Errorf("the list has %d", l.Count)
		}
		n, err := k.Forget(t.Context(), "p006999@example.com")
		must(t, err)
		if left := holding(t, dir, "p006999@example.com"); n != 1 || len(left) > 0 {
			t.Errorf("%d erased, left in %q", n, left)
		}
	})
}

func TestWhatNobodyGoesOnWithIsSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		k := keeper(t, dir, &mailtrap{listed: many(7000)})
		if _, err := k.List(t.Context(), false, nil); !fault.Is(err, fault.Timeout) {
			t.Fatal(err)
		}
		k.Close()
		part := k.files("127.0.0.1/accounts/1", unfinished)[0]
		k.Sweep()
		if _, err := os.Stat(part); err != nil {
			t.Error("a list of just now is gone")
		}
		old := time.Now().Add(-2 * resumable)
		must(t, os.Chtimes(part, old, old))
		k.Sweep()
		if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) > 0 {
			t.Errorf("left are %q", left)
		}
	})
}

// A suppression of which Mailtrap does not tell everything is one of which not everything is known.
func TestWhatMailtrapDoesNotTellIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blank := map[string]any{"id": "a", "email": "a@b.co", "type": nil, "sending_stream": "", "created_at": ""}
		m := &mailtrap{listed: []map[string]any{blank, one(1, "a@b.co", "Hard Bounce", "BULK", "Example.com", time.Now())}}
		l := list(t, keeper(t, t.TempDir(), m), false)
		wantPeople(t, l, "a@b.co")
		want := []Kind{{Number: 1, Count: 1}, {2, "hard bounce", "bulk", "example.com", 1}}
		if !slices.Equal(l.Kinds, want) {
			t.Errorf("the kinds are %v", l.Kinds)
		}
	})
}
