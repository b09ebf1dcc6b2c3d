package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/mark3labs/mcp-go/client"
	"golang.org/x/term"

	"mailtrap-contacts-mcp/demo"
	"mailtrap-contacts-mcp/tools"
)

type demoCommand struct{}

// Run tells the story on standard output.
func (demoCommand) Run(ctx context.Context) error {
	return demo.Run(ctx, demo.Options{
		Out: os.Stdout, Colour: useColour(os.Stdout), Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Connect: func(ctx context.Context, apiURL, token, folder string) (*client.Client, func(), error) {
			// What the demo does is none of the journal of the person who watches it.
			data := filepath.Join(folder, "data")
			return accountFlags{APIURL: apiURL, Token: token, Data: data, Files: []string{folder}, LogFormat: "text",
				PreviewAbove: tools.DefaultPreviewAbove}.connect(ctx, nil)
		},
	})
}
