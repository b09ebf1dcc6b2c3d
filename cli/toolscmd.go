package cli

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/mark3labs/mcp-go/mcp"
)

type toolsCommand struct {
	accountFlags
	JSON bool `name:"json" help:"Print the list as it goes over the wire."`
}

// Run prints what a client would see.
func (c toolsCommand) Run(ctx context.Context) error {
	agent, closeBoth, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	defer closeBoth()
	listed, err := agent.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, listed)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, tool := range listed.Tools {
		fmt.Fprintf(table, "%s\t%s\n", tool.Name, tool.Description)
	}
	return table.Flush()
}
