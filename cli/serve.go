package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"

	"golang.org/x/term"

	"mailtrap-contacts-mcp/server"
)

type serveCommand struct {
	accountFlags
	HTTP           string   `name:"http" env:"MAILTRAP_MCP_HTTP" placeholder:"ADDR" help:"Serve Streamable HTTP at /mcp and SSE at /sse on this loopback address, like 127.0.0.1:8080, instead of stdio."`
	AllowedOrigins []string `name:"allow-origin" env:"MAILTRAP_MCP_ALLOW_ORIGIN" sep:"," placeholder:"ORIGIN" help:"Web origin that may call over HTTP, like http://localhost:3000; repeatable."`
}

// Run serves until the client goes away or the process is told to stop.
func (c serveCommand) Run(ctx context.Context, unheeded *notes) error {
	log, flush := c.logger(unheeded)
	defer flush()
	slog.SetDefault(log) // mcp-go v1.2.1 has some of its own written by package log, which would wait for a reader
	parts, err := c.build(log)
	if err != nil {
		return err
	}
	defer parts.close()
	if problem := parts.box.API.TokenProblem(); problem != "" {
		log.Warn("the API token is not sent: it cannot be one; every tool will say so", "why", problem)
	} else if !parts.box.API.HasToken() {
		if c.HTTP == "" && term.IsTerminal(int(os.Stdin.Fd())) {
			return errors.New("no API token: set MAILTRAP_API_TOKEN, or try it out without an account: mailtrap-contacts-mcp demo")
		}
		// A client shows a server that exits as "disconnected" only; one that runs can say what is missing.
		log.Warn("no API token is set; every tool will say so", "variable", "MAILTRAP_API_TOKEN")
	}
	parts.keep()
	if c.HTTP == "" {
		return parts.server.ServeStdio(ctx, os.Stdin, os.Stdout)
	}
	return parts.server.ListenAndServe(ctx, server.HTTP{
		Address: c.HTTP, Origins: c.AllowedOrigins,
		Ready: func(address net.Addr) { log.Info("listening", "url", "http://"+address.String()+"/mcp") },
	})
}
