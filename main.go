// Command mailtrap-contacts-mcp lets an AI agent look after the contacts of a Mailtrap account, over MCP.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/tools"
)

// name and version are how the program introduces itself to people, MCP clients and the API.
const (
	name    = "mailtrap-contacts-mcp"
	title   = "Mailtrap Contacts"
	version = "0.1.0"
)

// commandLine is every command with its flags. A flag, its environment variable and its meaning are declared once, here
// or in the command's own file.
type commandLine struct {
	Serve    serveCommand    `cmd:"" default:"withargs" help:"Serve MCP over stdio, or over HTTP with --http. The default command."`
	Demo     demoCommand     `cmd:"" help:"Watch an agent work an emulated account. Needs nothing."`
	Call     callCommand     `cmd:"" help:"Call one tool, as an MCP client would, and print its answer."`
	Import   importCommand   `cmd:"" help:"Import a contact file, as the tool does, with a progress bar."`
	Tools    toolsCommand    `cmd:"" help:"List the tools."`
	Doctor   doctorCommand   `cmd:"" help:"Check the token, the account and the folders, and say what to do where something is wrong."`
	Emulator emulatorCommand `cmd:"" help:"Run the embedded Contacts API alone, to try out or to test against."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintf(terminal{os.Stderr}, "%s: %v\n", name, err)
		}
		os.Exit(1)
	}
}

// terminal leaves out what could steer a terminal or reorder a line: the names of files and what systems say of them may
// hold anything.
type terminal struct{ io.Writer }

// Write implements io.Writer.
func (t terminal) Write(p []byte) (int, error) {
	_, err := io.WriteString(t.Writer, text.Terminal(string(p)))
	return len(p), err
}

// errSaid is a failure whose message has been printed.
var errSaid = errors.New("failed")

func run(arguments []string) error {
	if err := withoutEmptyVariables(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&commandLine{},
		kong.Name(name),
		kong.Writers(os.Stdout, terminal{os.Stderr}),
		kong.Description("Lets an AI agent look after the contacts of a Mailtrap account, over MCP (Model Context Protocol)."),
		kong.Vars{"api_url": apiclient.DefaultURL, "journal_days": strconv.Itoa(journal.DefaultDays), "preview_above": strconv.Itoa(tools.DefaultPreviewAbove)},
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(arguments)
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	return command.Run()
}

// withoutEmptyVariables takes an empty MAILTRAP_ variable for one that is not set: clients hand them on as their
// configuration has them, and a server that does not start shows as "disconnected" only.
func withoutEmptyVariables() error {
	for _, variable := range os.Environ() {
		if key, value, _ := strings.Cut(variable, "="); value == "" && strings.HasPrefix(key, "MAILTRAP_") {
			if err := os.Unsetenv(key); err != nil {
				return err
			}
		}
	}
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println(name, version)
	return nil
}
