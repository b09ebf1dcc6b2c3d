package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	mcpserver "github.com/mark3labs/mcp-go/server"
)

const (
	headerTimeout = 10 * time.Second // for a request's header
	idleTimeout   = 2 * time.Minute  // for a connection between two requests

	// sessionIdle ends the session of a client that has gone without saying so. A client that keeps its stream open is
	// pinged well before, which counts as life.
	sessionIdle = 8 * time.Hour
	streamPing  = 30 * time.Minute

	// delivery is how long answers may take to leave once no call is in flight any more.
	delivery = 50 * time.Millisecond
	// closing is how long handlers may take to end once they have been cancelled. It also bounds the wait for a
	// connection that a client has opened and not used, which http.Server.Shutdown gives five seconds.
	closing = 500 * time.Millisecond
)

// HTTP says where and to whom the server speaks HTTP.
type HTTP struct {
	// Address is a loopback address to listen on; port 0 picks one.
	Address string
	// Origins are those of web pages that may use the server, as in "https://app.example.com". Other programs send no
	// origin and are not affected.
	Origins []string
	// Ready, if set, is called once with the address, when connections are accepted.
	Ready func(net.Addr)
}

// ListenAndServe serves /mcp (Streamable HTTP), /sse with /message (HTTP+SSE) and /healthz until ctx ends. Then it
// accepts nothing new, lets the calls in flight finish for a few seconds, cancels the rest and returns nil.
func (s *Server) ListenAndServe(ctx context.Context, options HTTP) error {
	if err := loopbackOnly(options.Address); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", options.Address)
	if err != nil {
		return fmt.Errorf("listening for MCP clients: %w", err)
	}
	return s.serve(ctx, listener, options)
}

func (s *Server) serve(ctx context.Context, listener net.Listener, options HTTP) error {
	// Every request's context descends from connections, so that ending it ends the streams that would stay open for
	// ever: GET /mcp, GET /sse and subscriptions/listen.
	connections, disconnect := context.WithCancel(context.WithoutCancel(ctx))
	defer disconnect()
	live := &sessions{}
	streamable := s.streamable(live, options.Origins)
	defer func() { _ = streamable.Shutdown(connections) }()

	// There is no WriteTimeout: answers are streams.
	web := &http.Server{
		Handler:           s.handler(live, streamable, options.Origins),
		BaseContext:       func(net.Listener) context.Context { return connections },
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if options.Ready != nil {
		options.Ready(listener.Addr())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving MCP clients: %w", err)
	case <-ctx.Done():
	}
	s.drain(web, disconnect)
	return nil
}

// drain ends the web server: no new connections, then the calls, then everything.
func (s *Server) drain(web *http.Server, disconnect context.CancelFunc) {
	patience, done := context.WithTimeout(context.Background(), s.grace)
	defer done()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = web.Shutdown(context.Background())
	}()

	s.calls.wait(patience)
	pause(patience, delivery)
	disconnect()
	select {
	case <-closed:
	case <-time.After(closing):
		_ = web.Close()
		<-closed
	}
}

// streamable returns the transport of current clients. Sessions are kept, so that an ended one is answered with 404,
// and so is the GET stream, without which such a client cannot be asked anything.
func (s *Server) streamable(live *sessions, origins []string) *mcpserver.StreamableHTTPServer {
	return mcpserver.NewStreamableHTTPServer(s.mcp,
		mcpserver.WithSessionIdManager(live),
		mcpserver.WithSessionIdleTTL(sessionIdle),
		mcpserver.WithHeartbeatInterval(streamPing),
		mcpserver.WithStreamableHTTPCORS(cors(origins)...),
		mcpserver.WithStreamableHTTPLogger(slog.New(quiet{s.log.Handler()})),
	)
}

func (s *Server) handler(live *sessions, streamable http.Handler, origins []string) http.Handler {
	sse := s.sse(origins)
	mux := http.NewServeMux()
	for path, handler := range map[string]http.Handler{
		"/mcp":     s.messages(live, s.alive(streamable)),
		"/sse":     s.alive(sse.SSEHandler()),
		"/message": s.posted(sse.MessageHandler()),
		"/healthz": http.HandlerFunc(healthy),
	} {
		mux.Handle(path, handler)
		mux.Handle(path+"/{$}", handler) // people, and programs that join paths, add a slash
	}
	return guarded(bounded(mux), origins)
}

func healthy(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		notAllowed(w, "GET, HEAD")
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

func notAllowed(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	http.Error(w, "This address answers "+allowed+" only.", http.StatusMethodNotAllowed)
}

// loopbackOnly refuses to be reachable from other machines.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("the address to listen on has to be HOST:PORT, such as 127.0.0.1:8080: %w", err)
	}
	if isLoopback(host) {
		return nil
	}
	return fmt.Errorf("will not listen on %q: this version has no authentication yet, so everyone who reaches it could "+
		"read and change the contacts; listen on 127.0.0.1 and reach it from elsewhere through an SSH tunnel", address)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
