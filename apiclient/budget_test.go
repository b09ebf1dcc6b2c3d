package apiclient

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// burst makes n calls at once and returns their errors.
func burst(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = call(i) })
	}
	group.Wait()
	return errs
}

func statuses(e *emulator.Emulator) map[int]int {
	counts := map[int]int{}
	for _, r := range e.Requests() {
		counts[r.Status]++
	}
	return counts
}

func TestTwoHundredCallsInABurstAllSucceed(t *testing.T) {
	for name, offset := range map[string]time.Duration{"at the beginning of a window": 0, "in the middle of one": 7 * time.Second, "at the end of a minute": 59900 * time.Millisecond} {
		inBubble(t, name, func(t *testing.T) {
			time.Sleep(offset)
			e, c := aContact(t, emulator.Config{Latency: 50 * time.Millisecond})
			start := time.Now()
			for i, err := range burst(200, func(int) error { _, err := c.GetContact(context.Background(), ContactID(aUUID)); return err }) {
				if err != nil {
					t.Fatalf("call %d: %v", i, err)
				}
			}
			if got := statuses(e); got[200] != 200 || len(got) != 1 {
				t.Errorf("answers by status: %v", got)
			}
			if since(start) > 11*time.Second {
				t.Errorf("took %s", since(start))
			}
		})
	}
}

func TestALongRunNeverMeetsA429(t *testing.T) {
	inBubble(t, "1000 calls", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		ctx, c := context.Background(), c.Background()
		start := time.Now()
		for i, err := range burst(1000, func(int) error { _, err := c.GetContact(ctx, ContactID(aUUID)); return err }) {
			if err != nil {
				t.Fatalf("call %d: %v", i, err)
			}
		}
		if got := statuses(e); got[200] != 1000 || len(got) != 1 {
			t.Errorf("answers by status: %v", got)
		}
		if took := since(start); took < 5*time.Minute || took > 6*time.Minute {
			t.Errorf("took %s for 1000 calls at 170 a minute", took)
		}
	})
}

func TestBackgroundWorkLeavesRoomForSomeoneWhoWaits(t *testing.T) {
	inBubble(t, "500 background calls", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{Latency: 20 * time.Millisecond})
		var done atomic.Int64
		ctx, cancel := context.WithCancel(context.Background())
		var group sync.WaitGroup
		for range 500 {
			group.Go(func() {
				if _, err := c.Background().GetContact(ctx, ContactID(aUUID)); err == nil {
					done.Add(1)
				}
			})
		}
		for range 3 {
			time.Sleep(12 * time.Second)
			start := time.Now()
			if _, err := c.GetContact(context.Background(), ContactID(aUUID)); err != nil {
				t.Error(err)
			}
			if took := since(start); took != 20*time.Millisecond {
				t.Errorf("an interactive call waited %s behind bulk work", took)
			}
		}
		if got := done.Load(); got != 170 {
			t.Errorf("%d background calls were made in a minute, want 170", got)
		}
		cancel()
		group.Wait()
		if got := statuses(e); got[429] != 0 {
			t.Errorf("answers by status: %v", got)
		}
	})
}

// Bulk calls that wait have their turns in the order in which they came, whoever is quickest when the budget frees.
func TestBackgroundCallsHaveTheirTurnsInOrder(t *testing.T) {
	inBubble(t, "30 calls", func(t *testing.T) {
		_, c := aContact(t, emulator.Config{})
		ctx, c := context.Background(), c.Background()
		get := func() error { _, err := c.GetContact(ctx, ContactID(aUUID)); return err }
		for range 170 { // each frees its place at a time of its own
			if err := get(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		var mu sync.Mutex
		var order []int
		var group sync.WaitGroup
		for i := range 30 {
			group.Go(func() {
				if err := get(); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			})
			synctest.Wait()
		}
		group.Wait()
		if !slices.IsSorted(order) {
			t.Errorf("their turns were %v", order)
		}
	})
}

func TestSuppressionsHaveABudgetOfTheirOwn(t *testing.T) {
	inBubble(t, "30 background calls", func(t *testing.T) {
		e, c := emulated(t, emulator.Config{})
		ctx, c := context.Background(), c.Background()
		start := time.Now()
		for _, err := range burst(30, func(int) error { _, err := c.Suppressions(ctx, SuppressionFilter{}); return err }) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := statuses(e); got[200] != 30 || len(got) != 1 {
			t.Errorf("answers by status: %v", got)
		}
		if took := since(start); took < 3*time.Minute {
			t.Errorf("took %s", took)
		}
	})
	inBubble(t, "half of it is left to who is waiting, and other bulk work is not held up", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		start := time.Now()
		var loading sync.WaitGroup
		for range 7 { // a sixth and a seventh wait
			loading.Go(func() { _, _ = c.Background().Suppressions(ctx, SuppressionFilter{}) })
		}
		synctest.Wait()
		for range 5 {
			if _, err := c.Suppressions(ctx, SuppressionFilter{}); err != nil {
				t.Errorf("interactive: %v", err)
			}
		}
		if _, err := c.Background().GetContact(ctx, ContactID(aUUID)); err != nil || since(start) != 0 || len(e.Requests()) != 11 {
			t.Errorf("after %s and %d requests: %v", since(start), len(e.Requests()), err)
		}
		cancel()
		loading.Wait()
	})
	inBubble(t, "an eleventh interactive call is told at once", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		start := time.Now()
		errs := burst(11, func(int) error { _, err := c.Suppressions(context.Background(), SuppressionFilter{}); return err })
		failed := slices.DeleteFunc(errs, func(err error) bool { return err == nil })
		if len(failed) != 1 || since(start) != 0 || len(e.Requests()) != 10 {
			t.Fatalf("%d failed after %s and %d requests", len(failed), since(start), len(e.Requests()))
		}
		if apiError(t, failed[0]).Unknown {
			t.Error("what was not sent has no unknown outcome")
		}
		wantFault(t, failed[0], fault.RateLimited)
		if _, err := c.GetContact(context.Background(), ContactID(aUUID)); err != nil {
			t.Errorf("contacts wait for suppressions: %v", err)
		}
	})
}

func TestA429SlowsEverybodyDownForAWhile(t *testing.T) {
	inBubble(t, "somebody else uses the account", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"5"}}, Times: 1})
		ctx, cancel := context.WithCancel(context.Background())
		get := func(int) error { _, err := c.GetContact(ctx, ContactID(aUUID)); return err }
		start := time.Now()
		if err := get(0); err != nil || since(start) != 5*time.Second {
			t.Fatalf("got %v after %s", err, since(start))
		}
		var done atomic.Int64
		var group sync.WaitGroup
		for i := range 300 {
			group.Go(func() {
				if get(i) == nil {
					done.Add(1)
				}
			})
		}
		time.Sleep(time.Second)
		if got := done.Load(); got != 73 { // half of 150 in ten seconds, less the two above
			t.Errorf("%d calls were made in the first second", got)
		}
		time.Sleep(30 * time.Second)
		if got := done.Load(); got != 98 { // half of 200 in a minute, less the two above
			t.Errorf("%d calls were made in the first half minute", got)
		}
		cancel()
		group.Wait()
	})
	inBubble(t, "calls that start during a pause wait it out", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"8"}}, Times: 1})
		first := make(chan error, 1)
		go func() { _, err := c.GetContact(context.Background(), ContactID(aUUID)); first <- err }()
		synctest.Wait()
		start := time.Now()
		if _, err := c.Lists(context.Background()); err != nil || since(start) != 8*time.Second {
			t.Errorf("got %v after %s", err, since(start))
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

func TestACallCancelledWhileItWaitsForTheBudgetReturnsAtOnce(t *testing.T) {
	inBubble(t, "cancelled", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		for _, err := range burst(150, func(int) error { _, err := c.GetContact(context.Background(), ContactID(aUUID)); return err }) {
			if err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		waiting := make(chan error, 1)
		go func() { _, err := c.CreateContact(ctx, NewContact{Email: "new@example.com"}); waiting <- err }()
		synctest.Wait()
		start := time.Now()
		cancel()
		err := <-waiting
		if since(start) != 0 || apiError(t, err).Unknown || len(e.Requests()) != 150 {
			t.Errorf("got %v after %s and %d requests", err, since(start), len(e.Requests()))
		}
		wantFault(t, err, fault.Cancelled)
	})
}

func TestABudgetThatFreesTooLateIsToldAtOnce(t *testing.T) {
	inBubble(t, "201 calls", func(t *testing.T) {
		_, c := aContact(t, emulator.Config{})
		burst(200, func(int) error { _, err := c.GetContact(context.Background(), ContactID(aUUID)); return err })
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.GetContact(ctx, ContactID(aUUID))
		wantFault(t, err, fault.RateLimited)
		if since(start) != 0 {
			t.Errorf("took %s", since(start))
		}
	})
}

func TestTheBudgetReportsWhatIsUsed(t *testing.T) {
	inBubble(t, "three calls", func(t *testing.T) {
		_, c := aContact(t, emulator.Config{})
		ctx := context.Background()
		_, _ = c.GetContact(ctx, ContactID(aUUID)) // only the requests count here
		_, _ = c.Suppressions(ctx, SuppressionFilter{})
		_, _ = c.Accounts(ctx)
		want := []Usage{{"token", 3, 150, 10 * time.Second}, {"contacts", 1, 200, time.Minute}, {"suppressions", 1, 10, time.Minute}}
		if got := c.Budget(ctx); !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
		time.Sleep(accountWindow + jitter)
		for _, usage := range c.Budget(ctx) {
			if usage.Used != 0 {
				t.Errorf("a minute later: %v", usage)
			}
		}
	})
}

func TestACallWhoseTurnComesTooLateForAnAnswerIsToldOfTheRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		b.account.most = 1
		if err := b.take(t.Context(), call{}); err != nil {
			t.Fatal(err)
		}
		tooShort, cancel := context.WithTimeout(t.Context(), b.account.within+time.Second)
		defer cancel()
		began := time.Now()
		if err := b.take(tooShort, call{}); !errors.As(err, new(errNoBudget)) || time.Since(began) > 0 {
			t.Errorf("after %v it got %v", time.Since(began), err)
		}
		longEnough, cancel := context.WithTimeout(t.Context(), b.account.within+3*time.Second)
		defer cancel()
		if err := b.take(longEnough, call{}); err != nil {
			t.Error(err)
		}
	})
}
