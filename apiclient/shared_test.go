package apiclient

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/store"
)

// inMemory is a store that ends with the test.
func inMemory(t testing.TB) *store.Store {
	t.Helper()
	s := store.InMemory()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// onDisk is a folder's store, opened once more as another process would.
func onDisk(t testing.TB, dir string) *store.Store {
	t.Helper()
	s := store.At(dir)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestClientsOnOneStoreKeepTheLimitsTogether(t *testing.T) {
	inBubble(t, "three hundred calls through three clients", func(t *testing.T) {
		e := emulator.New(emulator.Config{})
		shared := inMemory(t)
		var clients []*Client
		for range 3 {
			clients = append(clients, newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared}))
		}
		for i, err := range burst(300, func(i int) error { _, err := clients[i%3].Background().Lists(context.Background()); return err }) {
			if err != nil {
				t.Fatalf("call %d: %v", i, err)
			}
		}
		if got := statuses(e); got[200] != 300 || len(got) != 1 {
			t.Errorf("answers by status: %v", got)
		}
		if used := clients[0].Budget(t.Context()); used[1].Used < 100 {
			t.Errorf("one of them knows of %v only", used)
		}
	})
}

// Fake time stands still where anybody waits for a mutex whose holder sleeps, and a locked file is waited for asleep.
func TestCallsThatWaitForALockedFileWaitInTurn(t *testing.T) {
	inBubble(t, "the file is locked while three calls want to be sent", func(t *testing.T) {
		dir := t.TempDir()
		e := emulator.New(emulator.Config{})
		client := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: onDisk(t, dir)})
		db, err := onDisk(t, dir).Rates(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held, err := db.BeginTx(t.Context(), nil) // IMMEDIATE
		if err != nil {
			t.Fatal(err)
		}
		sent := make(chan error, 3)
		for range cap(sent) {
			go func() { _, err := client.Lists(t.Context()); sent <- err }()
		}
		synctest.Wait()
		if err := held.Rollback(); err != nil {
			t.Fatal(err)
		}
		for range cap(sent) {
			if err := <-sent; err != nil {
				t.Error(err)
			}
		}
		if got := statuses(e); got[200] != 3 {
			t.Errorf("answers by status: %v", got)
		}
	})
}

func TestA429ForOneClientHoldsTheOthersBack(t *testing.T) {
	inBubble(t, "Retry-After of seven seconds", func(t *testing.T) {
		shared := inMemory(t)
		e := emulator.New(emulator.Config{})
		first := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		second := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		first.budget.throttled(call{account: "/accounts/1111111"}, 7*time.Second)
		began := time.Now()
		if _, err := second.Lists(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := since(began); took < 6*time.Second {
			t.Errorf("the other client sent after %s", took)
		}
		other := newClient(t, Config{Account: "2222222", Token: "another", Transport: e.Transport(), Store: shared})
		began = time.Now()
		_, _ = other.Lists(t.Context()) // the emulator does not know it; when it was sent is the question
		if took := since(began); took > time.Second {
			t.Errorf("a client of another account and token waited %s", took)
		}
	})
}

func TestAThrottledSuppressionLeavesTheContactsAlone(t *testing.T) {
	b := newBudget()
	b.throttled(call{suppressions: true}, time.Minute)
	if wait, _ := b.try(call{}); wait > 0 {
		t.Errorf("a call to a contact waits %s", wait)
	}
	if wait, _ := b.try(call{suppressions: true}); wait < 50*time.Second {
		t.Errorf("a call to the suppressions waits %s", wait)
	}
}

// Guarantee 4.11b.
func TestAClockThatWasSetBackDoesNotStopTheServer(t *testing.T) {
	inBubble(t, "an hour back", func(t *testing.T) {
		shared := inMemory(t)
		e := emulator.New(emulator.Config{})
		c := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		later := time.Now().Add(time.Hour)
		c.budget.change(call{account: "/accounts/1111111"}, func(_ time.Time, applies []*limit) bool {
			for _, l := range applies {
				l.sent, l.closedUntil, l.slowUntil = bytes.Repeat(times{}.and(later), l.most), later, later
			}
			return true
		})
		began := time.Now()
		_, err := c.Lists(t.Context())
		for err != nil && since(began) < time.Hour {
			time.Sleep(time.Second)
			_, err = c.Lists(t.Context())
		}
		if err != nil || since(began) < tokenWindow || since(began) > accountWindow+5*time.Second { // nor is what was sent forgotten
			t.Errorf("after %s: %v", since(began), err)
		}
	})
}

// Guarantee 4.11b.
func TestAClockThatIsSetForwardDoesNotExceedTheLimits(t *testing.T) {
	inBubble(t, "an hour forward, twice", func(t *testing.T) {
		shared := inMemory(t)
		e := emulator.New(emulator.Config{})
		first := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		second := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		began := time.Now()
		for i := range 400 {
			c := first
			if i%2 == 0 {
				c = second
			}
			if i == 145 || i == 300 { // as if what was sent had been sent an hour ago
				for _, c := range []*Client{first, second} {
					for _, l := range []*limit{&c.budget.token, &c.budget.account} {
						var ago times
						for k := range l.sent.count() {
							ago = ago.and(l.sent.at(k).Add(-time.Hour))
						}
						l.sent = ago
					}
					c.budget.clock.wall = c.budget.clock.wall.Add(-time.Hour)
				}
			}
			_, err := c.Background().Lists(t.Context())
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := statuses(e); got[429] != 0 || since(began) > 4*time.Minute {
			t.Errorf("answers by status after %s: %v", since(began), got)
		}
	})
}

func TestWithoutAUsableDataFolderReadingGoesOn(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	e := emulator.New(emulator.Config{})
	c := newClient(t, Config{
		Account: "1111111", Transport: e.Transport(), Store: onDisk(t, filepath.Join(blocked, "data")), Log: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	for range 5 {
		if _, err := c.Lists(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if used := c.Budget(t.Context()); used[1].Used != 5 {
		t.Errorf("it does not keep the limits for itself: %v", used)
	}
	if n := strings.Count(logged.String(), "not shared"); n != 1 {
		t.Errorf("the log says so %d times: %s", n, logged.String())
	}
}

func TestADiskThatFillsUpDoesNotMakeTheLimitsForgotten(t *testing.T) {
	inBubble(t, "three hundred calls, of which the store keeps the first fifty", func(t *testing.T) {
		e := emulator.New(emulator.Config{})
		shared := inMemory(t)
		c := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		send := func(n int) {
			t.Helper()
			for i, err := range burst(n, func(int) error { _, err := c.Background().Lists(context.Background()); return err }) {
				if err != nil {
					t.Fatalf("call %d: %v", i, err)
				}
			}
		}
		db, err := shared.Rates(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		run := func(statement string) {
			t.Helper()
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		send(50)
		run(`CREATE TRIGGER full BEFORE INSERT ON rate_limit BEGIN SELECT RAISE(FAIL, 'no'); END`)
		send(50)
		if used := c.Budget(t.Context()); used[1].Used != 100 {
			t.Errorf("it knows of %d calls of a hundred", used[1].Used)
		}
		send(100)
		run(`DROP TRIGGER full`)
		time.Sleep(2 * time.Minute)
		send(100)
		if got := statuses(e); got[200] != 300 || len(got) != 1 {
			t.Errorf("answers by status: %v", got)
		}
		rows := 0
		if err := db.QueryRow(`SELECT count(*) FROM rate_limit WHERE length(sent) > 0`).Scan(&rows); err != nil || rows == 0 {
			t.Errorf("the store is not used again: %v", err)
		}
	})
}

func TestAStoreThatIsLockedIsNotTriedAgainForEveryCall(t *testing.T) {
	inBubble(t, "locked for a minute", func(t *testing.T) {
		e := emulator.New(emulator.Config{})
		shared := inMemory(t)
		c := newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: shared})
		tries := 0
		db, err := shared.Rates(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`CREATE TRIGGER broken BEFORE INSERT ON rate_limit BEGIN SELECT RAISE(FAIL, 'no'); END`); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			before := c.budget.shared.again
			if _, err := c.Lists(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !c.budget.shared.again.Equal(before) {
				tries++
			}
			time.Sleep(time.Second)
		}
		if tries != 2 {
			t.Errorf("it was tried %d times in a minute", tries)
		}
	})
}

// locked is a budget on a store that another process keeps locked for so long.
func locked(t *testing.T, lasts time.Duration) *budget {
	t.Helper()
	dir := t.TempDir()
	ours, theirs := onDisk(t, dir), onDisk(t, dir)
	pace := newBudget()
	pace.shared = newSharedLimits(ours, "t", "h", slog.New(slog.DiscardHandler))
	pace.try(call{unscoped: true}) // opens it
	db, err := theirs.Rates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	ended, end := context.WithTimeout(t.Context(), lasts)
	go func() {
		defer close(done)
		defer end()
		<-ended.Done()
		_ = tx.Rollback()
	}()
	return pace
}

func TestARequestWaitsBrieflyForALockedStore(t *testing.T) {
	t.Parallel()
	pace := locked(t, time.Minute)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			began := time.Now()
			if err := pace.take(ctx, call{unscoped: true}); err != nil || time.Since(began) > 5*time.Second {
				t.Errorf("after %s: %v", time.Since(began), err)
			}
		})
	}
	both.Wait()
	if left := time.Until(pace.shared.again); left < storePause-time.Second/2 {
		t.Errorf("the store is left alone for %s only", left)
	}
	if n := pace.token.sent.count(); n != 3 {
		t.Errorf("%d requests are counted of three", n)
	}
}

func TestARequestCountsFromWhenItMayLeave(t *testing.T) {
	t.Parallel()
	const lasts = 400 * time.Millisecond
	began := time.Now()
	pace := locked(t, lasts)
	if err := pace.take(t.Context(), call{unscoped: true}); err != nil {
		t.Fatal(err)
	}
	if !pace.shared.again.IsZero() {
		t.Skip("this machine is too slow: the lock was not waited for to the end")
	}
	if at := pace.token.sent.at(pace.token.sent.count() - 1); at.Sub(began) < lasts {
		t.Errorf("it is counted as sent after %s, when it waited for the store", at.Sub(began))
	}
}

func TestWhoGaveUpWhileTheStoreWasLockedSendsNothing(t *testing.T) {
	t.Parallel()
	pace := locked(t, 300*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := pace.take(ctx, call{unscoped: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTheRateLimitsDoNotWaitForTheJournal(t *testing.T) {
	t.Parallel()
	s := onDisk(t, t.TempDir())
	pace := newBudget()
	pace.shared = newSharedLimits(s, "t", "h", slog.New(slog.DiscardHandler))
	for _, connection := range []func(context.Context) (*sql.DB, error){s.Reading, s.Quick, s.Durable} {
		db, err := connection(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(`SELECT id FROM secret`) // and no more: the connection is taken
		if err != nil || !rows.Next() {
			t.Fatal(err)
		}
		defer rows.Close()
	}
	began := time.Now()
	if wait, _ := pace.try(call{unscoped: true}); wait > 0 || time.Since(began) > time.Second || !pace.shared.again.IsZero() {
		t.Errorf("it waits %s, after %s", wait, time.Since(began))
	}
}

func TestTwoOpenedFilesCountAsOne(t *testing.T) {
	dir := t.TempDir()
	e := emulator.New(emulator.Config{})
	var clients []*Client
	for range 2 {
		clients = append(clients, newClient(t, Config{Account: "1111111", Transport: e.Transport(), Store: onDisk(t, dir)}))
	}
	for i, err := range burst(100, func(i int) error { _, err := clients[i%2].Lists(context.Background()); return err }) {
		if err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	if used := clients[1].Budget(t.Context()); used[1].Used != 100 {
		t.Errorf("used: %v", used)
	}
}

func BenchmarkTheRateBudget(b *testing.B) {
	for _, kind := range []string{"alone", "in memory", "on disk"} {
		b.Run(kind, func(b *testing.B) {
			pace := newBudget()
			switch kind {
			case "in memory":
				pace.shared = newSharedLimits(inMemory(b), "t", "h", slog.New(slog.DiscardHandler))
			case "on disk":
				pace.shared = newSharedLimits(onDisk(b, b.TempDir()), "t", "h", slog.New(slog.DiscardHandler))
			}
			asked := call{account: "/accounts/1"}
			for i := range 150 {
				if wait, _ := pace.try(asked); wait > 0 {
					b.Fatal(fmt.Sprint("no room for call ", i))
				}
			}
			b.ResetTimer()
			for b.Loop() { // the window is full, as in the middle of bulk work
				pace.try(asked)
			}
		})
	}
}
