package catalog

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestManyLookUpsCostOneRequest(t *testing.T) {
	inBubble(t, "one after the other", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News", "VIP")
		for range 500 {
			if _, err := c.ResolveLists(background, []string{"News", "vip"}); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Values(background, "fields", map[string]any{"first_name": "A"}); err != nil {
				t.Fatal(err)
			}
			if _, err := c.ListNames(background, []int64{1, 2}); err != nil {
				t.Fatal(err)
			}
		}
		if len(e.Requests()) != 2 {
			t.Errorf("%d requests, want one for the lists and one for the fields", len(e.Requests()))
		}
	})
	inBubble(t, "at once", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{Latency: time.Second}, "News")
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if _, err := c.ResolveLists(background, []string{"News"}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(e.Requests()) != 1 {
			t.Errorf("%d requests", len(e.Requests()))
		}
	})
}

func TestAThousandRowsWithOneSlipCostTwoRequests(t *testing.T) {
	inBubble(t, "lists and fields", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		_, _ = c.Lists(background) // is cached
		_, _ = c.Fields(background)
		time.Sleep(justNow)
		for range 1000 {
			_, err := c.ResolveLists(background, []string{"Newz"})
			wantFault(t, err, fault.InvalidInput)
			_, err = c.Values(background, "fields", map[string]any{"frist_name": "A"})
			wantFault(t, err, fault.InvalidInput)
			_, err = c.ListNames(background, []int64{99})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(e.Requests()) != 4 {
			t.Errorf("%d requests, want two for the lists and two for the fields", len(e.Requests()))
		}
	})
}

func TestWhatAnotherProcessCreatedIsFound(t *testing.T) {
	inBubble(t, "a moment later", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		_, _ = c.Lists(background) // is cached
		_, _ = c.Fields(background)
		time.Sleep(justNow)
		id := e.AddList("VIP")
		e.AddField("Plan", Text, "plan")
		found, err := c.ResolveLists(background, []string{"VIP"})
		if err != nil || !slices.Equal(ids(found), []int64{id}) {
			t.Errorf("got %v, %v", found, err)
		}
		values, err := c.Values(background, "fields", map[string]any{"plan": "pro"})
		if err != nil || values["plan"] != "pro" {
			t.Errorf("got %v, %v", values, err)
		}
	})
}

func TestTheCacheIsRenewedAfterAMinuteOrOnDemand(t *testing.T) {
	inBubble(t, "time and Renew", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		look := func(requests int) {
			t.Helper()
			if _, err := c.Lists(background); err != nil {
				t.Fatal(err)
			}
			if len(e.Requests()) != requests {
				t.Errorf("%d requests, want %d", len(e.Requests()), requests)
			}
		}
		look(1)
		time.Sleep(freshFor - time.Millisecond)
		look(1)
		time.Sleep(time.Millisecond)
		look(2)
		c.Renew()
		look(3)
		look(3)
	})
}

func TestAFailedFetchIsNotRemembered(t *testing.T) {
	inBubble(t, "403 once", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		e.Inject(emulator.Fault{Status: 403, Times: 1})
		_, err := c.Lists(background)
		wantFault(t, err, fault.Forbidden)
		if lists, err := c.Lists(background); err != nil || len(lists) != 1 {
			t.Errorf("got %v, %v", lists, err)
		}
	})
}

func TestACallerWhoWaitsForAnothersFetchCanGiveUp(t *testing.T) {
	inBubble(t, "a silent API", func(t *testing.T) {
		e, c := newCatalog(t, emulator.Config{}, "News")
		e.Inject(emulator.Fault{Do: emulator.Hang, Times: 1})
		first := make(chan error, 1)
		go func() { _, err := c.Lists(background); first <- err }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(background, time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Lists(ctx)
		wantFault(t, err, fault.Timeout)
		c.Renew() // does not wait either
		if time.Since(start) != time.Second {
			t.Errorf("took %s", time.Since(start))
		}
		if err := <-first; err != nil {
			t.Errorf("the first caller failed with the second: %v", err)
		}
	})
}

func TestAFetchThatBeganBeforeAWriteDoesNotCountAsANewLook(t *testing.T) {
	inBubble(t, "a slow fetch", func(t *testing.T) {
		calls := 0
		began := make(chan struct{}, 10)
		items := newCached(func(context.Context) ([]apiclient.List, error) {
			calls++
			call := calls
			began <- struct{}{}
			time.Sleep(time.Second)
			return []apiclient.List{{ID: int64(call)}}, nil
		})
		first := make(chan []apiclient.List, 1)
		go func() { got, _ := items.get(background, freshFor); first <- got }()
		<-began
		time.Sleep(time.Millisecond) // something is written now, after the fetch began
		got, err := items.get(background, 0)
		if err != nil || got[0].ID != 2 || (<-first)[0].ID != 1 {
			t.Errorf("got %v, %v: the state before the write", got, err)
		}
	})
	inBubble(t, "a fetch that a Renew overtakes", func(t *testing.T) {
		calls := 0
		items := newCached(func(context.Context) ([]apiclient.List, error) {
			calls++
			time.Sleep(time.Second)
			return []apiclient.List{{ID: int64(calls)}}, nil
		})
		go func() { _, _ = items.get(background, freshFor) }()
		synctest.Wait()
		items.forget()
		if got, err := items.get(background, freshFor); err != nil || got[0].ID != 2 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestACallersChangesDoNotReachTheCache(t *testing.T) {
	_, c := newCatalog(t, emulator.Config{}, "b", "a")
	lists, err := c.Lists(background)
	if err != nil {
		t.Fatal(err)
	}
	lists[0].Name = "changed"
	for range 2 {
		again, err := c.Lists(background)
		if err != nil || again[0].Name != "b" {
			t.Fatalf("got %v, %v", again, err)
		}
		again[0].Name = "changed"
	}
}

func TestNothingIsAskedForNothing(t *testing.T) {
	e, c := newCatalog(t, emulator.Config{})
	_, errLists := c.ResolveLists(background, nil)
	_, errValues := c.Values(background, "fields", nil)
	_, errNames := c.ListNames(background, nil)
	if errLists != nil || errValues != nil || errNames != nil || len(e.Requests()) != 0 {
		t.Errorf("%d requests; %v, %v, %v", len(e.Requests()), errLists, errValues, errNames)
	}
}
