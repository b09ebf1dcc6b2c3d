// Package server speaks MCP. It registers what packages tools, prompts and resources offer and serves it over stdio,
// Streamable HTTP and HTTP+SSE, and to a client in the same process.
//
// It is the only package that knows the protocol, and the only one that works around mcp-go: a file that exists because
// of something mcp-go v1.2.1 does says so at its top.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
	"mailtrap-contacts-mcp/tools"
)

// listFreshness is for how long a client may keep the lists of tools, prompts and resources: they do not change while we
// run, but the next start may have other flags.
const listFreshness = 5 * time.Minute

// grace is how long calls in flight may go on after the client or the operator has ended the session.
const grace = 3 * time.Second

// linger is how long they may go on over stdio after the client has gone by itself: nobody waits for our end, and what
// was sent to Mailtrap has an outcome that the journal should have. A client that does wait sends a signal.
const linger = 10 * time.Second

// Options says what the server offers.
type Options struct {
	// Name, Title and Version are how the server introduces itself.
	Name, Title, Version string
	// Instructions tell an agent how to work with the tools.
	Instructions string
	// Tools are what agents can call, in the order they are listed in.
	Tools []tools.Callable
	// Withheld are tools that are not listed. A call of one is answered by it all the same: with why agents do not get it.
	Withheld []tools.Callable
	// Prompts are the workflows people can pick, in the order they are listed in.
	Prompts []prompts.Prompt
	// Resources are what clients can read, in the order they are listed in.
	Resources []resources.Resource
	// Log receives what the operator may want to know; nil discards it.
	Log *slog.Logger
	// Extend, if set, adds tools, prompts and resources in mcp-go's own terms, behind the same middleware. The
	// conformance suite's fixture is built with it.
	Extend func(*mcpserver.MCPServer)
}

// Server is an MCP server, ready to be served over any number of transports at once.
type Server struct {
	mcp     *mcpserver.MCPServer
	log     *slog.Logger
	calls   calls
	seals   *seals
	streams streams
	ids     ids
	silence time.Duration
	grace   time.Duration
	linger  time.Duration
}

// New returns a server that offers what the options say. Two tools of one name are an error.
func New(options Options) (*Server, error) {
	s := &Server{log: options.Log, seals: newSeals(), ids: newIDs(), silence: silence, grace: grace, linger: linger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	hooks := &mcpserver.Hooks{}
	hooks.AddAfterSubscriptionsListen(settleSubscription)
	hooks.AddAfterListTools(listTools(options.Tools, options.Withheld))
	resourceHooks(hooks, options.Resources)
	completing := completionsOf(options.Prompts, options.Resources, s.log)
	s.mcp = mcpserver.NewMCPServer(options.Name, options.Version,
		mcpserver.WithTitle(options.Title),
		mcpserver.WithInstructions(options.Instructions),
		mcpserver.WithToolCapabilities(false),
		mcpserver.WithPromptCapabilities(false),
		// The conformance suite expects that any URI can be subscribed to. Nothing is ever sent for it: mcp-go v1.2.1 brings
		// resources/updated to older clients only. For how long to keep what was read stands in each answer.
		mcpserver.WithResourceCapabilities(true, false),
		mcpserver.WithLogging(),
		mcpserver.WithCompletions(),
		mcpserver.WithPromptCompletionProvider(completing),
		mcpserver.WithResourceCompletionProvider(completing),
		mcpserver.WithCacheHints(listFreshness.Milliseconds(), mcp.CacheScopePrivate),
		mcpserver.WithHooks(hooks),
		// The first middleware is the outermost.
		mcpserver.WithToolHandlerMiddleware(s.counted),
		mcpserver.WithToolHandlerMiddleware(s.endedWithStream),
		mcpserver.WithPromptHandlerMiddleware(s.recovered),
		mcpserver.WithResourceHandlerMiddleware(s.reading),
	)
	if err := s.addTools(slices.Concat(options.Tools, options.Withheld)); err != nil {
		return nil, err
	}
	s.addPrompts(options.Prompts)
	s.addResources(options.Resources)
	if options.Extend != nil {
		options.Extend(s.mcp)
	}
	return s, nil
}

func (s *Server) addTools(offered []tools.Callable) error {
	known := map[string]bool{}
	handled := make([]mcpserver.ServerTool, len(offered))
	for i, callable := range offered {
		if known[callable.Name] {
			return fmt.Errorf("two tools are named %q", callable.Name)
		}
		known[callable.Name] = true
		handled[i] = mcpserver.ServerTool{Tool: mcp.Tool{Name: callable.Name}, Handler: s.handleTool(callable)}
	}
	s.mcp.AddTools(handled...)
	return nil
}

func (s *Server) addPrompts(offered []prompts.Prompt) {
	names := make([]string, len(offered))
	for i, prompt := range offered {
		s.mcp.AddPrompt(describePrompt(prompt), handlePrompt(prompt))
		names[i] = prompt.Name
	}
	mcpserver.WithPromptFilter(inOrder[mcp.Prompt](names))(s.mcp)
}

// Connect returns an MCP client in this process, started and initialized. Its calls pass through everything but a
// transport. The caller closes it.
func (s *Server) Connect(ctx context.Context, options ...client.ClientOption) (*client.Client, error) {
	return s.ConnectAs(ctx, mcp.InitializeParams{
		ProtocolVersion: mcp.LATEST_LEGACY_PROTOCOL_VERSION,
		ClientInfo:      mcp.Implementation{Name: "in-process", Version: "1"},
	}, options...)
}

// ConnectAs is Connect for a client that introduces itself in its own way: by another name, or with a newer protocol.
func (s *Server) ConnectAs(ctx context.Context, introduction mcp.InitializeParams, options ...client.ClientOption) (*client.Client, error) {
	connected, err := client.NewInProcessClientWithOptions(s.mcp, options...)
	if err != nil {
		return nil, fmt.Errorf("connecting in process: %w", err)
	}
	if err := connected.Start(ctx); err != nil {
		return nil, fmt.Errorf("starting the client: %w", err)
	}
	introduced, err := connected.Initialize(ctx, mcp.InitializeRequest{Params: introduction})
	if err == nil && introduced.ProtocolVersion != introduction.ProtocolVersion {
		err = fmt.Errorf("the client wants protocol %s and gets %s", introduction.ProtocolVersion, introduced.ProtocolVersion)
	}
	if err != nil {
		_ = connected.Close()
		return nil, fmt.Errorf("initializing the client: %w", err)
	}
	return connected, nil
}
