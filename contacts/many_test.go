package contacts

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestContactsAreReadEachOnceInTheirOrder(t *testing.T) {
	refs, err := ParseAll("contacts", []string{"B@example.com", anna, " b@example.com", "018DD5E3-F6D2-7C00-8F9B-E5C3F2D8A132", "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132"})
	if err != nil || fmt.Sprint(refs) != "[b@example.com anna@example.com 018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132]" {
		t.Errorf("got %v, %v", refs, err)
	}
	if refs, err := ParseAll("contacts", nil); err != nil || refs != nil {
		t.Errorf("got %v, %v", refs, err)
	}
}

func TestAllThatNameNobodyAreReportedAtOnce(t *testing.T) {
	_, err := ParseAll("contacts", []string{anna, "lists/5", "..", "ok@example.com", "x\u202e"})
	wantFault(t, err, fault.InvalidInput, `contacts[1]: "lists/5"`, `contacts[2]: ".."`, `contacts[4]: "x"`, "Nothing was sent")
	_, err = ParseAll("contacts", []string{anna, "lists/5"})
	wantFault(t, err, fault.InvalidInput, `contacts[1]: "lists/5" is neither an e-mail address nor a UUID.`, "leave it out")
	many := make([]string, 1000)
	for i := range many {
		many[i] = strings.Repeat("x", 1000)
	}
	_, err = ParseAll("contacts", many)
	wantFault(t, err, fault.InvalidInput, "and 980 more")
	if len(err.Error()) > 4000 {
		t.Errorf("%d bytes", len(err.Error()))
	}
}

// people adds n contacts and returns references to them, with a stranger behind every third.
func people(t *testing.T, e *emulator.Emulator, n int) (refs []apiclient.ContactRef) {
	t.Helper()
	for i := range n {
		email := fmt.Sprintf("p%d@example.com", i)
		e.AddContact(emulator.Contact{Email: email})
		refs = append(refs, ref(t, email))
		if i%3 == 0 {
			refs = append(refs, ref(t, "stranger-"+email))
		}
	}
	return refs
}

func TestManyAreLookedUpInTheirOrder(t *testing.T) {
	inBubble(t, "38 people and 12 strangers", func(t *testing.T) {
		e, s := newService(t, emulator.Config{Latency: 100 * time.Millisecond})
		refs := people(t, e, 37)
		start := time.Now()
		looked := must[[]Looked](t)(s.LookUp(background, refs))
		for i, l := range looked {
			stranger := strings.HasPrefix(refs[i].String(), "stranger-")
			if l.Ref != refs[i] || l.Known == stranger || l.Known && l.Found.Email != refs[i].String() {
				t.Errorf("%d: got %+v", i, l)
			}
		}
		if took := time.Since(start); took != 700*time.Millisecond {
			t.Errorf("%d look-ups, %d at a time, took %s", len(refs), workers, took)
		}
	})
}

func TestAPersonNamedTwiceIsLookedUpOnce(t *testing.T) {
	inWindows(t, func(t *testing.T, e *emulator.Emulator, s *Service) {
		id := e.AddContact(emulator.Contact{Email: anna})
		created := must[apiclient.Contact](t)(s.Create(background, Creation{NewContact: apiclient.NewContact{Email: "bob@example.com"}}))
		refs := []apiclient.ContactRef{ref(t, anna), ref(t, "x@example.com"), ref(t, created.ID), ref(t, id), ref(t, "y@example.com"), ref(t, "bob@example.com")}
		looked := must[[]Looked](t)(s.LookUp(background, refs))
		var names []string
		for _, l := range looked {
			names = append(names, l.Ref.String())
		}
		if want := []string{anna, "x@example.com", created.ID, "y@example.com"}; !slices.Equal(names, want) {
			t.Errorf("got %q", names)
		}
	})
}

func TestALookUpFailsAsAWholeAndAtOnce(t *testing.T) {
	inBubble(t, "one is forbidden", func(t *testing.T) {
		e, s := newService(t, emulator.Config{Latency: 100 * time.Millisecond})
		refs := people(t, e, 30)
		e.Inject(emulator.Fault{Path: "p3%40example.com", Status: 403, Body: `{"errors":"Access forbidden"}`})
		_, err := s.LookUp(background, refs)
		wantFault(t, err, fault.Forbidden)
		if n := len(e.Requests()); n > 2*workers {
			t.Errorf("%d requests were made", n)
		}
	})
	inBubble(t, "cancelled", func(t *testing.T) {
		e, s := newService(t, emulator.Config{})
		e.Inject(emulator.Fault{Do: emulator.Hang})
		ctx, cancel := context.WithCancel(background)
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := s.LookUp(ctx, people(t, e, 30))
		wantFault(t, err, fault.Cancelled)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %s", took)
		}
	})
}

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("in a look-up") }

func TestAPanicInALookUpReachesTheCaller(t *testing.T) {
	api, err := apiclient.New(apiclient.Config{Token: emulator.Token, Account: "1111111", Transport: panicking{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	defer func() {
		if value := fmt.Sprint(recover()); !strings.Contains(value, "in a look-up") {
			t.Errorf("got %s", value)
		}
	}()
	_, err = New(api, catalog.New(api, journalled(t, api)), journalled(t, api)).LookUp(background, []apiclient.ContactRef{ref(t, anna), ref(t, "bob@example.com")})
	t.Errorf("it returned %v", err)
}

func TestEachDoesAllAFewAtATime(t *testing.T) {
	inBubble(t, "100", func(t *testing.T) {
		var running, most, done atomic.Int64
		Each(100, func(int) {
			now := running.Add(1)
			for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
			}
			time.Sleep(time.Second) // in the bubble
			running.Add(-1)
			done.Add(1)
		})
		synctest.Wait()
		if done.Load() != 100 || most.Load() != workers {
			t.Errorf("%d done, %d at a time", done.Load(), most.Load())
		}
	})
	Each(0, func(int) { t.Error("there is nothing to do") })
}

func TestAPanicInEachReachesTheCaller(t *testing.T) {
	var done atomic.Int64
	defer func() {
		value := fmt.Sprint(recover())
		if !strings.Contains(value, "the third") || !strings.Contains(value, "many_test.go") {
			t.Errorf("got %s", value)
		}
		if done.Load() != 9 {
			t.Errorf("%d others were done", done.Load())
		}
	}()
	Each(10, func(i int) {
		if i == 3 {
			panic("the third")
		}
		done.Add(1)
	})
}

func TestAContactIsDescribedInOneLine(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	at := apiclient.Timestamp{Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	for want, contact := range map[string]apiclient.Contact{
		`id 1: subscribed, on "News", "VIP", created 2026-03-04`: {ID: "1", Status: "subscribed", ListIDs: []int64{1, 2}, CreatedAt: at},
		`id 2: unsubscribed, on 0 lists`:                         {ID: "2", Status: "unsubscribed"},
	} {
		if got := s.Describe(background, contact); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	e.Inject(emulator.Fault{Status: 403})
	_, other := e, serviceOn(t, e)
	if got := other.Describe(background, apiclient.Contact{ID: "3", Status: "subscribed", ListIDs: []int64{1, 2}}); got != "id 3: subscribed, on 2 lists" {
		t.Errorf("got %s", got)
	}
}

func TestALookUpOfManyCountsForTheWriteThatFollowsIt(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		e, s := newService(t, emulator.Config{Unlimited: true})
		e.AddContact(emulator.Contact{Email: anna})
		again := func(what string, want int) {
			t.Helper()
			e.ResetRequests()
			if _, err := s.GetLooked(t.Context(), ref(t, anna)); err != nil || len(e.Requests()) != want {
				t.Errorf("%s: %d requests, want %d: %v", what, len(e.Requests()), want, err)
			}
		}
		lookUp := func() {
			t.Helper()
			if _, err := s.LookUp(t.Context(), []apiclient.ContactRef{ref(t, anna)}); err != nil {
				t.Fatal(err)
			}
		}
		again("nobody was looked up", 1)
		lookUp()
		again("she was looked up", 0)
		again("it counts once", 1)
		lookUp()
		time.Sleep(recentFor)
		again("some time ago", 1)
		lookUp()
		time.Sleep(time.Second)
		if _, err := s.Update(t.Context(), ref(t, anna), Change{AddTo: []int64{2}}); err != nil {
			t.Fatal(err)
		}
		again("written since", 1)
	})
}
