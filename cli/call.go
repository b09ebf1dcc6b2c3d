package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
)

type callCommand struct {
	accountFlags
	Tool      string `arg:"" help:"Name of the tool."`
	Arguments string `arg:"" optional:"" default:"{}" help:"Arguments as JSON; @FILE reads them from a file, - from standard input."`
	JSON      bool   `name:"json" help:"Print the structured content instead of the text."`
}

// Run calls the tool through an MCP client in this process. A result that is an error goes to stderr and fails the command.
func (c callCommand) Run(ctx context.Context, unheeded *notes) error {
	arguments, err := c.readArguments(os.Stdin)
	if err != nil {
		return err
	}
	agent, closeBoth, err := c.connect(ctx, unheeded)
	if err != nil {
		return err
	}
	defer closeBoth()
	result, err := callTool(ctx, agent, c.Tool, arguments)
	// There may be no other process that goes on with the job.
	for err == nil && jobOf(result).State == "running" {
		fmt.Fprintln(terminal{os.Stderr}, textOf(result))
		result, err = callTool(ctx, agent, "get_job", map[string]any{"job_id": jobOf(result).ID, "wait_seconds": 45})
	}
	if err != nil {
		return err
	}
	if result.IsError {
		fmt.Fprintln(terminal{os.Stderr}, textOf(result))
		return errSaid
	}
	err = nil
	if c.JSON {
		err = printJSON(os.Stdout, result.StructuredContent)
	} else {
		fmt.Fprintln(terminal{os.Stdout}, textOf(result))
	}
	if state := jobOf(result).State; err == nil && (state == "failed" || state == "failed_in_part" || state == "stopped") {
		return errSaid
	}
	return err
}

func callTool(ctx context.Context, agent *client.Client, tool string, arguments any) (*mcp.CallToolResult, error) {
	return agent.CallTool(ctx, mcp.CallToolRequest{Params: mcp.CallToolParams{Name: tool, Arguments: arguments}})
}

// job is the job that a result tells of; empty when it tells of none, or of several.
type job struct {
	ID    string `json:"job_id"`
	State string `json:"state"`
}

func jobOf(result *mcp.CallToolResult) job {
	var found struct {
		Job  job   `json:"job"`
		Jobs []job `json:"jobs"`
	}
	encoded, err := json.Marshal(result.StructuredContent)
	if err != nil || json.Unmarshal(encoded, &found) != nil {
		return job{}
	}
	if len(found.Jobs) == 1 {
		return found.Jobs[0]
	}
	return found.Job
}

func (c callCommand) readArguments(stdin io.Reader) (json.RawMessage, error) {
	content := []byte(c.Arguments)
	var err error
	if path, isFile := strings.CutPrefix(c.Arguments, "@"); isFile {
		content, err = os.ReadFile(path)
	} else if c.Arguments == "-" {
		content, err = io.ReadAll(stdin)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the arguments: %w", err)
	}
	if !utf8.Valid(content) { // on its way through the client in this process it would become other text
		return nil, errors.New("the arguments are not valid UTF-8")
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !json.Valid(content) {
		return nil, fmt.Errorf("the arguments are not valid JSON; they look like %s", `'{"contact": "ann@example.com"}'`)
	}
	return content, nil
}

// connect runs the server in this process and returns an MCP client of it.
func (f accountFlags) connect(ctx context.Context, unheeded *notes) (agent *client.Client, closeBoth func(), err error) {
	log, flush := f.logger(unheeded)
	parts, err := f.build(log)
	if err != nil {
		flush()
		return nil, nil, err
	}
	introduction := mcp.InitializeParams{
		ProtocolVersion: mcp.LATEST_LEGACY_PROTOCOL_VERSION,
		ClientInfo:      mcp.Implementation{Name: name + " call", Version: version}, // the journal shows by whom a change was made
	}
	if agent, err = parts.server.ConnectAs(ctx, introduction); err != nil {
		parts.close()
		flush()
		return nil, nil, err
	}
	parts.keep()
	return agent, func() {
		_ = agent.Close() // it only ends an in-process session
		parts.close()
		flush()
	}, nil
}

// textOf joins the text of a result.
func textOf(result *mcp.CallToolResult) string {
	var parts []string
	for _, content := range result.Content {
		if part, ok := content.(mcp.TextContent); ok {
			parts = append(parts, part.Text)
		}
	}
	return strings.Join(parts, "\n")
}

func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
