// Command minimal is the smallest MCP server there is with mcp-go: one tool, over stdio. e2e/start measures the product
// beside it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	minimal := server.NewMCPServer("minimal", "1", server.WithToolCapabilities(false))
	tool := mcp.NewTool("greet", mcp.WithDescription("Says hello."), mcp.WithString("name", mcp.Required()))
	minimal.AddTool(tool, func(_ context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("Hello, " + request.GetString("name", "")), nil
	})
	if err := server.ServeStdio(minimal); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
