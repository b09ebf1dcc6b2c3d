package apiclient

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

func TestCancellingACallEndsItsRequest(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			arrived, ended := make(chan struct{}), make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {

				drain(r)
				close(arrived)
				<-r.Context().Done()
				close(ended)
			}))
			defer server.Close()
			c := newClient(t, Config{Account: TokenScoped, BaseURL: server.URL})
			defer c.Close()
			ctx, cancel := context.WithCancel(context.Background())
			result := make(chan error, 1)
			go func() { result <- o.do(ctx, c) }()
			<-arrived
			cancel()
			<-ended
			err := <-result
			failed := apiError(t, err)
			if failed.Kind != Stopped || failed.Unknown != o.writes {
				t.Errorf("got %+v", failed)
			}
			if code := fault.From(err).Code; o.writes && code != fault.OutcomeUnknown || !o.writes && code != fault.Cancelled {
				t.Errorf("got %s", code)
			}
		})
	}
}

func drain(r *http.Request) {
	buffer := make([]byte, 1024)
	for {
		if _, err := r.Body.Read(buffer); err != nil {
			return
		}
	}
}

func TestACancelledCallLeavesThePoolToOthers(t *testing.T) {
	var mu sync.Mutex
	opened := 0
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/contacts/fields" {
			close(release)
			<-r.Context().Done()
			return
		}
		_, _ = w.Write([]byte("[]"))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			opened++
		}
	}
	server.Start()
	defer server.Close()
	c := newClient(t, Config{Account: TokenScoped, BaseURL: server.URL})
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = c.Fields(ctx) // is cancelled
	}()
	<-release
	if _, err := c.Lists(context.Background()); err != nil { // the second connection, idle from now on
		t.Fatal(err)
	}
	cancel()
	<-done
	if _, err := c.Lists(context.Background()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if opened != 2 {
		t.Errorf("%d connections were opened, want 2", opened)
	}
}

func TestThousandsOfCallsLeaveNothingBehind(t *testing.T) {
	e := emulator.New(emulator.Config{Unlimited: true})
	e.AddContact(emulator.Contact{ID: aUUID, Email: anEmail})
	e.Inject(emulator.Fault{Method: "PATCH", Do: emulator.TruncateBody, Rate: 0.05}, emulator.Fault{Method: "POST", Do: emulator.LoseAfter, Rate: 0.2})
	server := httptest.NewServer(e)
	defer server.Close()
	c := newClient(t, Config{Account: "1111111", BaseURL: server.URL})
	defer c.Close()
	unpaced(c)
	round := func() {
		burst(8, func(worker int) error {
			for i := range 125 {
				mixedCall(c, worker+i)
			}
			return nil
		})
	}
	round() // warms the pool up
	files, goroutines, heap := openFiles(t), runtime.NumGoroutine(), liveHeap()
	for range 4 {
		round()
	}
	if now := openFiles(t); now > files+2*32 { // both ends of a pool of 32; a leak would be thousands
		t.Errorf("%d open files, %d before", now, files)
	}
	if now := runtime.NumGoroutine(); now > goroutines+4*32 {
		t.Errorf("%d goroutines, %d before", now, goroutines)
	}
	if now := liveHeap(); now > heap+16<<20 {
		t.Errorf("%d MB in use, %d before", now>>20, heap>>20)
	}
}

// mixedCall is a call that succeeds, is refused, is cancelled or is lost.
func mixedCall(c *Client, i int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	switch i % 5 {
	case 0:
		_, _ = c.GetContact(ctx, ContactRef{value: "nobody@example.com"})
	case 1:
		_ = c.CreateEvent(ctx, ContactID(aUUID), Event{Name: "x"})
	case 2:
		cancel()
		_, _ = c.Lists(ctx)
	default:
		_, _ = c.GetContact(ctx, ContactID(aUUID))
	}
}

// unpaced takes the limits off a client.
func unpaced(c *Client) {
	for _, l := range []*limit{&c.budget.token, &c.budget.account, &c.budget.suppressions} {
		l.most, l.within = 1<<30, time.Nanosecond
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("open files cannot be counted here")
	}
	return len(entries)
}

func liveHeap() uint64 {
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
