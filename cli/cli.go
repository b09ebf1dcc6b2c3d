// Package cli is the command line: the commands with their flags, and the parts of a server put together from these.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

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
	serveLine
	Demo     demoCommand     `cmd:"" help:"Watch an agent work an emulated account. Needs nothing."`
	Call     callCommand     `cmd:"" help:"Call one tool, as an MCP client would, and print its answer."`
	Import   importCommand   `cmd:"" help:"Import a contact file, as the tool does, with a progress bar."`
	Tools    toolsCommand    `cmd:"" help:"List the tools."`
	Doctor   doctorCommand   `cmd:"" help:"Check the token, the account and the folders, and say what to do where something is wrong."`
	Emulator emulatorCommand `cmd:"" help:"Run the embedded Contacts API alone, to try out or to test against."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// serveLine is the command that clients start.
type serveLine struct {
	Serve serveCommand `cmd:"" default:"withargs" help:"Serve MCP over stdio, or over HTTP with --http. The default command."`
}

// starting is how long a start takes at most, with the first questions of a client.
const starting = 2 * time.Second

// Main runs the command that the arguments name, serve where they name none, and returns the exit code: 0, or 1 with the
// reason on standard error. On a command line that cannot be read it exits by itself, with kong's code.
func Main(arguments []string) int {
	// A start makes four megabytes and keeps one of them; collecting them there and then takes a tenth of its time.
	usual := debug.SetGCPercent(200)
	time.AfterFunc(starting, func() { debug.SetGCPercent(usual) })
	err := run(arguments)
	switch {
	case err == nil:
		return 0
	case !errors.Is(err, errSaid):
		fmt.Fprintf(terminal{os.Stderr}, "%s: %v\n", name, err)
	}
	return 1
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
	// Who reads what we write may be gone. What is under way is finished all the same; the reading end of stdin, or the
	// error of the write, tells that there will be nothing more to do.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	command, err := parse(ctx, arguments, &notes{})
	if err != nil {
		return err
	}
	return command.Run()
}

// parse reads the command line. A server alone is declared alone, which takes a quarter of the time of all commands; what that
// does not understand is read again, so that help and errors know of the others.
func parse(ctx context.Context, arguments []string, unheeded *notes) (*kong.Context, error) {
	if serves(arguments) {
		_, command, err := read(ctx, &serveLine{}, arguments, unheeded)
		if err == nil {
			return command, nil
		}
	}
	parser, command, err := read(ctx, &commandLine{}, arguments, unheeded)
	if parser != nil {
		parser.FatalIfErrorf(err)
	}
	return command, err
}

// serves reports whether arguments can be those of serve, and do not ask for help.
func serves(arguments []string) bool {
	help := func(argument string) bool { return argument == "-h" || strings.HasPrefix(argument, "--help") }
	named := len(arguments) == 0 || arguments[0] == "serve" || strings.HasPrefix(arguments[0], "-")
	return named && !slices.ContainsFunc(arguments, help)
}

// read reads the arguments as commands declares them. Without a parser, the fault is not in the arguments.
func read(ctx context.Context, commands any, arguments []string, unheeded *notes) (*kong.Kong, *kong.Context, error) {
	parser, err := kong.New(commands,
		kong.Name(name),
		kong.Writers(os.Stdout, terminal{os.Stderr}),
		kong.Description("Lets an AI agent look after the contacts of a Mailtrap account, over MCP (Model Context Protocol)."),
		kong.Vars{"api_url": apiclient.DefaultURL, "journal_days": strconv.Itoa(journal.DefaultDays),
			"preview_above": strconv.Itoa(tools.DefaultPreviewAbove)},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(unheeded),
	)
	if err != nil {
		return nil, nil, err
	}
	given := settingsOf(parser.Model.Node, unheeded)
	if err := given.variables(); err != nil {
		return nil, nil, err
	}
	command, err := parser.Parse(given.arguments(arguments))
	return parser, command, err
}

// endings are the signals that end the program: what is under way is finished, then everything is closed. A hang-up is
// one unless it was told to be ignored, as nohup does.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println(name, version)
	return nil
}
