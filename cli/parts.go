package cli

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/adrg/xdg"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/prompts"
	"mailtrap-contacts-mcp/resources"
	"mailtrap-contacts-mcp/server"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/tools"
)

// accountFlags say which account to work on and how to reach it.
type accountFlags struct {
	TokenFile string `placeholder:"FILE" type:"existingfile" help:"File with the API token."`
	Token     string `env:"MAILTRAP_API_TOKEN" placeholder:"TOKEN" help:"API token. Better the variable or a file: a flag shows in the list of processes."`
	AccountID string `name:"account-id" env:"MAILTRAP_ACCOUNT_ID" placeholder:"ID" help:"Account to work on; without it the token's only account is found out. \"token\" uses the paths without an account."`
	APIURL    string `name:"api-url" env:"MAILTRAP_API_URL" default:"${api_url}" placeholder:"URL" help:"Where the API is."`
	Emulator  bool   `help:"Talk to an embedded Contacts API instead; no account or token is needed, and nothing is kept."`

	Toolsets []tools.Toolset    `env:"MAILTRAP_MCP_TOOLSETS" sep:"," placeholder:"NAME" help:"Toolsets that agents get: contacts, lists, fields, events, bulk, audience, campaigns, account. All when not named."`
	ReadOnly bool               `env:"MAILTRAP_MCP_READ_ONLY" help:"Offer only the tools that change nothing in the account, and refuse to send anything that would."`
	Confirm  tools.Confirmation `env:"MAILTRAP_MCP_CONFIRM" enum:"never,auto,always" default:"auto" help:"Ask the operator before something is lost: never, auto (where the client can ask) or always (refuse where it cannot)."`

	PreviewAbove int `env:"MAILTRAP_MCP_PREVIEW_ABOVE" default:"${preview_above}" placeholder:"N" help:"How many contacts a bulk write may be for without a preview; 0: none. Deletions 25 at most."`

	SnapshotAge *time.Duration `env:"MAILTRAP_MCP_SNAPSHOT_AGE" placeholder:"AGE" help:"How old the snapshot of the contacts may be before it is taken anew, like 30m; 15m for what is written by it and 24h for reading when not named."`

	Files []string `env:"MAILTRAP_MCP_FILES" sep:"," placeholder:"DIR" help:"Folder that files may be read from and written to; repeatable, or several after one another. Without it the working folder, unless that is / or the home folder."`
	Data  string   `env:"MAILTRAP_MCP_DATA" placeholder:"DIR" help:"Folder for the server's own data: the journal of changes, and the rate limits that servers keep together."`

	Journal     string `env:"MAILTRAP_MCP_JOURNAL" enum:"on,off" default:"on" help:"on or off: whether changes are recorded, so that they can be looked up and undone."`
	JournalDays int    `env:"MAILTRAP_MCP_JOURNAL_DAYS" default:"${journal_days}" placeholder:"DAYS" help:"How long a change is kept."`

	LogLevel  logLevel `env:"MAILTRAP_MCP_LOG_LEVEL" default:"info" help:"debug, info, warn or error. Logs go to stderr."`
	LogFormat string   `env:"MAILTRAP_MCP_LOG_FORMAT" enum:"text,json" default:"text" help:"text or json."`
	LogPII    bool     `name:"log-pii" help:"Do not mask e-mail addresses in logs."`
}

// parts are what a running server consists of.
type parts struct {
	box      *tools.Toolbox
	store    *store.Store
	folders  *files.Folders
	tools    []tools.Callable // those that agents get
	withheld []tools.Callable
	server   *server.Server
	stop     context.CancelFunc // ends what runs beside the calls; nil before there is anything
	beside   sync.WaitGroup
}

// keep goes on with what other processes have left, and looks after what is kept of people, until the parts are closed. It
// holds up nobody.
func (p *parts) keep() {
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	p.box.Bulk.Resume()
	p.beside.Go(func() { p.box.Keep(ctx) })
}

// check refuses settings that contradict what they are for.
func (f accountFlags) check() error {
	if f.Journal != "" && f.JournalDays < 1 { // without the command line there are no defaults
		return errors.New("--journal-days must be at least 1; --journal off records nothing")
	}
	if f.PreviewAbove < 0 {
		return errors.New("--preview-above must be 0 or more; with 0, every bulk write needs a preview")
	}
	if f.SnapshotAge != nil && *f.SnapshotAge <= 0 {
		return errors.New("--snapshot-age must be more than 0, like 1m: a snapshot is older than that when its export ends; " +
			"an agent renews it for one call with refresh: true")
	}
	return nil
}

// build makes the parts; nothing is sent or opened on the network.
func (f accountFlags) build(log *slog.Logger) (*parts, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	f, err := f.withPaths()
	if err != nil {
		return nil, err
	}
	config, err := f.apiConfig(log)
	if err != nil {
		return nil, err
	}
	if f.Emulator { // which imports and exports at once
		config.Look = 50 * time.Millisecond
	}
	api, err := apiclient.New(config)
	if err != nil {
		return nil, err
	}
	folders, err := files.OpenFolders(f.Files, f.dataDir())
	if err != nil {
		return nil, err
	}
	changes := journal.New(journal.Options{Store: config.Store, Account: api, Off: f.Journal == "off",
		Days: f.JournalDays, Log: log})
	known := catalog.New(api, changes)
	people := contacts.New(api, known, changes)
	box := &tools.Toolbox{
		API: api, Catalog: known, Contacts: people, Journal: changes, Log: log, Confirmation: f.Confirm, PreviewAbove: f.PreviewAbove,
		Folders: folders,
	}
	if f.SnapshotAge != nil {
		box.SnapshotAge = *f.SnapshotAge
	}
	box.Audience = audience.New(audience.Options{
		Dir: f.dataDir(), Memory: f.Emulator, API: api, Catalog: known, Store: config.Store, Log: log,
	})
	box.Bulk = bulk.New(bulk.Options{
		API: api, Catalog: known, Contacts: people, Audience: box.Audience, Journal: changes, Store: config.Store, Folders: folders,
		Log: log,
	})
	people.Watch(box.Audience)
	built := &parts{box: box, store: config.Store, folders: folders}
	return built, built.serve(f.offer(), log)
}

// serve makes the server, with the tools, prompts and resources that are offered.
func (p *parts) serve(offer tools.Offer, log *slog.Logger) error {
	callables, err := tools.All(p.box)
	if err != nil {
		return err
	}
	if p.tools, p.withheld, err = offer.Apply(callables); err != nil {
		return err
	}
	p.box.Offer(p.tools)
	forResources, err := tools.ForResources(p.box, p.tools)
	if err != nil {
		return err
	}
	sources := resourceSources(append(slices.Clone(p.tools), forResources...), p.box)
	p.server, err = server.New(server.Options{
		Name: name, Title: title, Version: version, Instructions: tools.Instructions(p.tools),
		Tools: p.tools, Withheld: p.withheld, Log: log, Resources: resources.All(sources),
		Prompts: prompts.Usable(prompts.All(promptSources(p.box, p.folders)), sources.Offered),
	})
	return err
}

// close ends running jobs and lets go of what is open.
func (p *parts) close() {
	if p.stop != nil {
		p.stop()
		p.beside.Wait()
	}
	p.box.Bulk.Close()
	if err := p.box.Audience.Close(); err != nil {
		p.box.Log.Warn("the snapshot was not closed well; nothing is lost", "cause", err)
	}
	p.box.API.Close()
	p.folders.Close()
	if err := p.store.Close(); err != nil {
		p.box.Log.Warn("the data folder's file was not closed well; nothing is lost", "cause", err)
	}
}

func (f accountFlags) offer() tools.Offer {
	return tools.Offer{Toolsets: f.Toolsets, ReadOnly: f.ReadOnly, JournalOff: f.Journal == "off"}
}

func (f accountFlags) apiConfig(log *slog.Logger) (apiclient.Config, error) {
	config := apiclient.Config{
		BaseURL: f.APIURL, Account: f.AccountID, ReadOnly: f.ReadOnly, Recorded: true, UserAgent: name + "/" + version, Log: log,
	}
	if f.Emulator {
		config.BaseURL, config.Account, config.Token = "http://127.0.0.1", "", emulator.Token
		config.Transport = emulator.New(emulator.Config{}).Transport()
		config.Store = store.InMemory() // what it tells of is gone with the process as well
		return config, nil
	}
	config.Store = store.At(f.dataDir())
	var err error
	config.Token, config.TokenProblem, err = f.token()
	return config, err
}

func (f accountFlags) dataDir() string {
	if f.Data != "" {
		return f.Data
	}
	return filepath.Join(xdg.DataHome, name)
}
