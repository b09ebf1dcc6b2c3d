package tools_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/audience"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/contacts"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/journal"
	"mailtrap-contacts-mcp/server"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/tools"
)

func TestMain(m *testing.M) {
	checks := "15"
	if raceDetector {
		checks = "12"
		maps.DeleteFunc(hostile, func(purpose, _ string) bool { return purpose != "to hide" && purpose != "to fill up" }) // the detector looks for something else
	}
	for name, value := range map[string]string{
		"rapid.checks":  checks,                                      // .ci/run asks for more
		"test.parallel": strconv.Itoa(max(4, runtime.GOMAXPROCS(0))), // tests with processes of their own mostly wait
	} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	debug.SetGCPercent(400) // a world is small and soon gone
	goleak.VerifyTestMain(m)
}

// world is an account, a server that works on it, and an MCP client that is connected to the server.
type world struct {
	*emulator.Emulator
	t      testing.TB
	dir    string // the allowed folder
	folder string // that the store is in; empty means in memory
	box    *tools.Toolbox
	tools  []tools.Callable
	client *client.Client
	close  func() // before the test ends, if need be
	stored *store.Store
	leaks  *leaks
}

// setting is what a test may want different.
type setting struct {
	emulator  emulator.Config
	known     *emulator.Emulator // an account that is there already, as after a restart
	dir       string
	dirs      []string // the allowed folders; nil means dir
	transport func(http.RoundTripper) http.RoundTripper
	extra     func(*tools.Toolbox) []tools.Callable
	options   []client.ClientOption
	client    mcp.InitializeParams // how the client introduces itself
	offer     tools.Offer
	confirm   tools.Confirmation
	data      string
	state     string       // the folder that the store is in; empty means in memory
	store     *store.Store // made by open
	log       *slog.Logger // nil discards
	noJournal bool

	previewAbove int
}

// announced sees to it that every write is in the journal before it is sent, whichever tool makes it.
type announced struct {
	t    testing.TB
	next http.RoundTripper
	set  *setting
}

// RoundTrip implements http.RoundTripper.
func (a announced) RoundTrip(request *http.Request) (*http.Response, error) {
	reads := request.Method == http.MethodGet || strings.HasSuffix(request.URL.Path, "/contacts/exports")
	if !reads && !a.set.noJournal {
		db, err := a.set.store.Quick(context.Background())
		must(a.t, err)
		sending := false
		must(a.t, db.QueryRowContext(context.Background(), "SELECT EXISTS (SELECT 1 FROM write WHERE state = 'sending')").Scan(&sending))
		if !sending {
			a.t.Errorf("%s %s is sent and not in the journal", request.Method, request.URL.Path)
		}
	}
	return a.next.RoundTrip(request)
}

func open(t testing.TB, settings ...func(*setting)) *world {
	t.Helper()
	set := setting{previewAbove: tools.DefaultPreviewAbove, client: mcp.InitializeParams{ProtocolVersion: mcp.LATEST_LEGACY_PROTOCOL_VERSION, ClientInfo: mcp.Implementation{Name: "in-process", Version: "1"}}}
	for _, change := range settings {
		change(&set)
	}
	if set.dir == "" {
		set.dir = t.TempDir()
	}
	if set.dirs == nil {
		set.dirs = []string{set.dir}
	}
	w := &world{Emulator: set.known, t: t, dir: set.dir, folder: set.state, leaks: &leaks{t: t, token: cmp.Or(set.emulator.Token, emulator.Token)}}
	if w.Emulator == nil {
		w.Emulator = emulator.New(set.emulator)
	}
	transport := w.Transport()
	if set.transport != nil {
		transport = set.transport(transport)
	}
	if set.store = store.InMemory(); set.state != "" {
		set.store = store.At(set.state)
	}
	t.Cleanup(func() { _ = set.store.Close() })
	w.stored = set.store
	log := set.log
	if log == nil {
		log = slog.New(slog.NewTextHandler(w.leaks, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var limits *store.Store // shared where there is a folder to share
	if set.state != "" {
		limits = set.store
	}
	var poll time.Duration
	look := 100 * time.Millisecond
	if time.Now().Year() == 2000 { // in a bubble, where time passes for nothing and looking costs
		poll, look = time.Second, 0
	}
	api, err := apiclient.New(apiclient.Config{BaseURL: "http://127.0.0.1", Token: w.leaks.token, Look: look, Transport: announced{t, transport, &set}, Store: limits, ReadOnly: set.offer.ReadOnly, Recorded: true, Log: log})
	must(t, err)
	folders, err := files.OpenFolders(set.dirs, set.data)
	must(t, err)
	changes := journal.New(journal.Options{Store: set.store, Account: api, Off: set.noJournal, Log: log})
	known := catalog.New(api, changes)
	people := contacts.New(api, known, changes)
	w.box = &tools.Toolbox{
		API: api, Catalog: known, Contacts: people, Journal: changes, Log: log, Confirmation: set.confirm, PreviewAbove: set.previewAbove,
		Folders: folders,
	}
	w.box.Audience = audience.New(audience.Options{
		Dir: set.state, Memory: set.state == "", API: api, Catalog: known, Store: set.store, Log: log,
	})
	w.box.Bulk = bulk.New(bulk.Options{
		API: api, Catalog: known, Contacts: people, Audience: w.box.Audience, Journal: changes, Store: set.store, Folders: folders,
		Log: log, Poll: poll,
	})
	people.Watch(w.box.Audience)
	all, err := tools.All(w.box)
	must(t, err)
	if set.extra != nil {
		all = append(all, set.extra(w.box)...)
	}
	enabled, withheld, err := set.offer.Apply(all)
	must(t, err)
	w.tools = enabled
	w.box.Offer(enabled)
	if set.state != "" { // as a server does when it starts
		w.box.Bulk.Resume()
	}
	served, err := server.New(server.Options{Name: "test", Version: "1", Tools: enabled, Withheld: withheld, Log: log})
	must(t, err)
	w.client, err = served.ConnectAs(t.Context(), set.client, set.options...)
	must(t, err)
	w.close = sync.OnceFunc(func() {
		_ = w.client.Close()
		w.box.Bulk.Close()
		must(t, w.box.Audience.Close())
		api.Close()
		folders.Close()
		w.leaks.inLog()
		w.leaks.inFiles(append(set.dirs, set.data)...)
	})
	t.Cleanup(w.close)
	return w
}

// writesTake makes writes take effect only after d, as on a real account.
func writesTake(d time.Duration) func(*setting) {
	return func(set *setting) { set.emulator.ApplyDelay = d }
}

// inBothWindows runs a test against an account that applies writes at once, and against one that takes five seconds,
// with the rate limits enforced and in fake time.
func inBothWindows(t *testing.T, test func(t *testing.T, w *world), settings ...func(*setting)) {
	t.Helper()
	for name, delay := range map[string]time.Duration{"writes apply at once": 0, "writes apply after 5 s": 5 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, open(t, append(settings, writesTake(delay))...)) })
		})
	}
}

// inFakeTime runs a test in a bubble, against an account that applies writes at once.
func inFakeTime(t *testing.T, test func(t *testing.T, w *world), settings ...func(*setting)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, open(t, settings...)) })
}

// eachEra runs a test in a bubble with a client of each era of the protocol: one that holds a session, and one whose calls
// stand alone, so that a question to the operator is an answer and the call is repeated with theirs.
func eachEra(t *testing.T, test func(t *testing.T, w *world), settings ...func(*setting)) {
	t.Helper()
	for _, version := range []string{mcp.LATEST_LEGACY_PROTOCOL_VERSION, mcp.LATEST_PROTOCOL_VERSION} {
		t.Run(version, func(t *testing.T) {
			inFakeTime(t, test, append(settings, func(set *setting) { set.client.ProtocolVersion = version })...)
		})
	}
}

// settled lets every write take effect. It must be called in a bubble.
func settled() { time.Sleep(30 * time.Second) }

// answer is what a call came to.
type answer struct {
	text       string
	structured map[string]any
	isError    bool
}

// raw is arguments as they are written.
func raw(arguments string) json.RawMessage { return json.RawMessage(arguments) }

// args are a call's arguments.
type args map[string]any

// call calls a tool as a client does, and holds the answer to what holds for every answer.
func (w *world) call(name string, arguments any) answer {
	w.t.Helper()
	result, err := w.client.CallTool(w.t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: name, Arguments: arguments}})
	if err != nil {
		w.t.Fatalf("%s: a protocol error: %v", name, err)
	}
	return w.check(name, result)
}

func (w *world) check(name string, result *mcp.CallToolResult) answer {
	w.t.Helper()
	if len(result.Content) != 1 {
		w.t.Fatalf("%s: %d contents", name, len(result.Content))
	}
	content, ok := result.Content[0].(mcp.TextContent)
	if !ok {
		w.t.Fatalf("%s: no text in the answer", name)
	}
	given := answer{text: content.Text, isError: result.IsError}
	w.leaks.in(name, given.text)
	w.advises(name, given.text)
	if len(given.text) > tools.MaxText {
		w.t.Errorf("%s: the text has %d bytes", name, len(given.text))
	}
	if given.isError {
		if !faultText.MatchString(given.text) {
			w.t.Errorf("%s: the error does not read as one: %s", name, given.text)
		}
		if result.StructuredContent != nil {
			w.t.Errorf("%s: an error has structured content", name)
		}
		return given
	}
	structured, err := json.Marshal(result.StructuredContent)
	must(w.t, err)
	if len(structured) > tools.MaxStructured {
		w.t.Errorf("%s: the structured content has %d bytes", name, len(structured))
	}
	w.leaks.in(name, string(structured))
	must(w.t, json.Unmarshal(structured, &given.structured))
	w.validate(name, structured)
	return given
}

// faultText is an error as agents read it: a code, what happened, and what to do next.
var faultText = regexp.MustCompile(`^\[[a-z_]+\] \S[\s\S]*\.$`)

var outputs sync.Map // tool name to compiled output schema

func (w *world) validate(name string, structured []byte) {
	w.t.Helper()
	compiled, ok := outputs.Load(name)
	if !ok {
		for _, tool := range w.tools {
			if tool.Name != name {
				continue
			}
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(tool.OutputSchema))
			must(w.t, err)
			compiler := jsonschema.NewCompiler()
			must(w.t, compiler.AddResource(name+".json", document))
			schema, err := compiler.Compile(name + ".json")
			must(w.t, err)
			compiled = schema
			outputs.Store(name, schema)
		}
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(structured))
	must(w.t, err)
	if err := compiled.(*jsonschema.Schema).Validate(document); err != nil {
		w.t.Errorf("%s: the structured content %s breaks the tool's output schema: %v", name, structured, err)
	}
}

// planned previews a bulk write that must be possible, and carries the plan out.
func (w *world) planned(name string, given args, waitSeconds int) answer {
	w.t.Helper()
	previewed := maps.Clone(given)
	previewed["preview"] = true
	plan := w.works(name, previewed).at("job.plan_id")
	return w.works("apply_plan", args{"plan_id": plan, "wait_seconds": waitSeconds})
}

// ended is a job that has ended, however long that takes.
func (w *world) ended(started answer) answer {
	w.t.Helper()
	for range 100 {
		seen := w.works("get_job", args{"job_id": started.at("job.job_id"), "wait_seconds": 45})
		if seen.at("jobs.0.state") != "running" {
			return seen
		}
	}
	w.t.Fatalf("the job does not end: %s", started.text)
	return answer{}
}

// meanwhile begins a call and returns when it waits for something; what it returns is the answer, once there is one. It
// must be called in a bubble.
func (w *world) meanwhile(name string, arguments any) func() answer {
	given := make(chan answer, 1)
	go func() { given <- w.call(name, arguments) }()
	synctest.Wait()
	return func() answer { return <-given }
}

// works is a call that must succeed.
func (w *world) works(name string, arguments any) answer {
	w.t.Helper()
	given := w.call(name, arguments)
	if given.isError {
		w.t.Fatalf("%s failed: %s", name, given.text)
	}
	return given
}

// refused is a call that must fail with a code and say all of these.
func (w *world) refused(name string, arguments any, code string, says ...string) answer {
	w.t.Helper()
	given := w.call(name, arguments)
	if !given.isError {
		w.t.Fatalf("%s was not refused: %s", name, given.text)
	}
	if !strings.HasPrefix(given.text, "["+code+"] ") {
		w.t.Errorf("%s: want the code %s, got: %s", name, code, given.text)
	}
	given.says(w.t, says...)
	return given
}

// says checks that the text contains all of these.
func (a answer) says(t testing.TB, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.text, part) {
			t.Errorf("the answer does not say %q:\n%s", part, a.text)
		}
	}
}

// has checks values of the structured content, by path: "job.created", 3.
func (a answer) has(t testing.TB, pairs ...any) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		want, err := json.Marshal(pairs[i+1])
		must(t, err)
		got, err := json.Marshal(a.at(pairs[i].(string)))
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s is %s, want %s", pairs[i], got, want)
		}
	}
}

// at is a value of the structured content, nil where there is none.
func (a answer) at(path string) any {
	var value any = a.structured
	for key := range strings.SplitSeq(path, ".") {
		switch node := value.(type) {
		case map[string]any:
			value = node[key]
		case []any:
			value = nil
			if i := int(key[0] - '0'); i < len(node) {
				value = node[i]
			}
		default:
			return nil
		}
	}
	return value
}

// writes are the requests that were not only looking.
func (w *world) writes() []string {
	var found []string
	for _, request := range w.Requests() {
		if request.Method != http.MethodGet {
			found = append(found, request.Method+" "+request.Path)
		}
	}
	return found
}

func (w *world) nothingWritten() {
	w.t.Helper()
	exports := func(request string) bool { return strings.HasSuffix(request, "/contacts/exports") } // they change nothing
	if found := slices.DeleteFunc(w.writes(), exports); len(found) > 0 {
		w.t.Errorf("something was written: %q", found)
	}
}

// file puts a file into the allowed folder and returns its path.
func (w *world) file(name, content string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	must(w.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// contact is a contact that must be there.
func (w *world) contact(email string) emulator.Contact {
	w.t.Helper()
	found, ok := w.Contact(email)
	if !ok {
		w.t.Fatalf("there is no contact %s", email)
	}
	return found
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
