package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
)

// crmExport is the contact file that is imported: made up, and messy as such files are.
//
//go:embed crm-export.csv
var crmExport []byte

// Options say how to tell the story.
type Options struct {
	// Out is where the story goes. Colour and Terminal say what it can show: colours, a moving progress bar.
	Out              io.Writer
	Colour, Terminal bool
	// Connect starts the server against the API at apiURL, with folder as its allowed folder, and returns an MCP client
	// of it. The demo calls close at the end.
	Connect func(ctx context.Context, apiURL, token, folder string) (agent *client.Client, close func(), err error)
}

// Run tells the story. It fails when a call does not go as the story says.
func Run(ctx context.Context, options Options) error {
	folder, err := os.MkdirTemp("", "mailtrap-contacts-demo-")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, importedFile), crmExport, 0o600); err != nil {
		return err
	}
	address, stop, err := serveAccount(ctx)
	if err != nil {
		return err
	}
	defer stop()
	agent, closeAgent, err := options.Connect(ctx, "http://"+address, emulator.Token, folder)
	if err != nil {
		return err
	}
	defer closeAgent()

	stage := newStage(options.Out, options.Colour, options.Terminal)
	agent.OnNotification(stage.notified)
	stage.opening(address, folder)
	plan := ""
	for i, step := range story {
		if step.Applies {
			step.Arguments = map[string]any{"plan_id": plan}
		}
		stage.announce(i+1, step)
		answer, refused, err := call(ctx, agent, i+1, step)
		stage.endProgress()
		plan = planIn(answer)
		if err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, step.Tool, err)
		}
		stage.show(answer, refused)
		if refused != step.Refused {
			return fmt.Errorf("step %d, %s: the call did not go as the story says", i+1, step.Tool)
		}
	}
	stage.closing(folder)
	return nil
}

// planIn is the id of the plan that an answer tells of, as an agent reads it.
func planIn(answer string) string {
	_, id, _ := strings.Cut(answer, "plan_id ")
	id, _, _ = strings.Cut(id, "\n")
	return strings.TrimSpace(id)
}

// serveAccount runs the emulator on a free loopback port.
func serveAccount(ctx context.Context) (address string, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	web := &http.Server{Handler: newAccount(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = web.Serve(listener) // it ends when it is closed; before that, the first call says so
	}()
	return listener.Addr().String(), func() {
		_ = web.Close()
		<-ended
	}, nil
}

func call(ctx context.Context, agent *client.Client, token int, step step) (answer string, refused bool, err error) {
	request := mcp.CallToolRequest{Params: mcp.CallToolParams{
		Name: step.Tool, Arguments: step.Arguments, Meta: &mcp.Meta{ProgressToken: token},
	}}
	result, err := agent.CallTool(ctx, request)
	if err != nil {
		return "", false, err
	}
	var lines []string
	for _, content := range result.Content {
		if part, ok := content.(mcp.TextContent); ok {
			lines = append(lines, part.Text)
		}
	}
	if len(lines) == 0 {
		return "", false, errors.New("the answer has no text")
	}
	return strings.Join(lines, "\n"), result.IsError, nil
}

// written is a call as the story shows it.
func written(step step) string {
	if step.Arguments == nil {
		return step.Tool
	}
	var arguments strings.Builder
	encoder := json.NewEncoder(&arguments)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(step.Arguments); err != nil {
		return step.Tool
	}
	// A space after each comma gives the line places to break at.
	return step.Tool + " " + strings.ReplaceAll(strings.TrimSpace(arguments.String()), `,"`, `, "`)
}
