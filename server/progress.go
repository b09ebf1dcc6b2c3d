package server

import (
	"context"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// progressEvery is the least time between two progress notes of a call. A handler may report every row.
const progressEvery = 100 * time.Millisecond

// progress sends what a handler reports to the client that asked for it. The notes it sends increase, as MCP demands,
// come at most every progressEvery, and always include the last one.
type progress struct {
	send func(value, total float64, message string) error

	mu      sync.Mutex
	arrives bool      // a note is on its way to the client
	last    time.Time // when the last note was sent
	sent    int       // its count
	repeats int       // how many notes have been sent with that same count
	held    *note     // reported, not yet sent
	release *time.Timer
}

type note struct {
	done, total int
	message     string
}

// progressOf returns the progress of a call; one that sends nothing if the client gave no token to send it with.
func progressOf(ctx context.Context, request mcp.CallToolRequest) *progress {
	p := &progress{sent: -1}
	server := mcpserver.ServerFromContext(ctx)
	if request.Params.Meta == nil || request.Params.Meta.ProgressToken == nil || server == nil {
		return p
	}
	token := request.Params.Meta.ProgressToken
	p.send = func(value, total float64, message string) error {
		params := map[string]any{"progressToken": token, "progress": value}
		if total > 0 {
			params["total"] = total
		}
		if message != "" {
			params["message"] = message
		}
		return server.SendNotificationToClient(ctx, string(mcp.MethodNotificationProgress), params)
	}
	return p
}

// report is the tools.Progress of the call.
func (p *progress) report(done, total int, message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.send == nil || done < p.sent || (p.held != nil && done < p.held.done) {
		return
	}
	waiting := p.held != nil
	p.held = &note{done, total, message}
	switch wait := progressEvery - time.Since(p.last); {
	case wait <= 0:
		p.sendHeld()
	case !waiting:
		p.release = time.AfterFunc(wait, p.due)
	}
}

// due sends what was held back while the note before it was too recent.
func (p *progress) due() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && p.send != nil {
		p.sendHeld()
	}
}

// finish sends the note that is still held back, if any, and waits until what was sent is on its way. Later reports go
// nowhere: the call has its answer.
func (p *progress) finish(ctx context.Context) {
	if p.end() {
		Settle(ctx)
	}
}

// end reports whether a note was sent.
func (p *progress) end() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.release != nil {
		p.release.Stop()
	}
	if p.held != nil {
		p.sendHeld()
	}
	p.send = nil
	return p.arrives
}

// sendHeld sends the held note. One whose count has been sent before gets a fraction on top, 1/2, 2/3, 3/4, so that a
// wait without a count of its own still increases: clients that reset their time-out on progress rely on it.
func (p *progress) sendHeld() {
	held := p.held
	p.held = nil
	value := float64(held.done)
	if held.done == p.sent {
		if held.total > 0 && held.done >= held.total {
			return
		}
		p.repeats++
		value += float64(p.repeats) / float64(p.repeats+1)
	} else {
		p.repeats = 0
	}
	p.sent, p.last = held.done, time.Now()
	// It fails when the client is gone or does not read; the call goes on all the same.
	p.arrives = p.send(value, float64(held.total), held.message) == nil || p.arrives
}
