package tools_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// childWork tells a process of this test binary that it is a child, and what to do.
const childWork = "TOOLS_TEST_CHILD_WORK"

// work is what a child is to do, on an account that its parent serves and in a data folder that others may use as well.
type work struct {
	Role  string // one of childRoles
	Name  string // tells children apart
	API   string // where the parent serves the account
	Data  string // the data folder
	Files string // the allowed folder; empty: one of its own

	Tool  string
	Args  json.RawMessage
	DieAt string // where the process kills itself, if a request can tell
}

// childRoles are what children can do.
var childRoles = map[string]func(*testing.T, work, *world){"writes once": writesOnce, "mixes calls": mixesCalls, "uses the budget up": usesTheBudgetUp}

func TestChild(t *testing.T) {
	told := os.Getenv(childWork)
	if told == "" {
		t.Skip("this is what other tests run as processes of their own")
	}
	var do work
	must(t, json.Unmarshal([]byte(told), &do))
	registerDeath()
	w := open(t, onDisk(do.Data), func(set *setting) {
		set.dir = do.Files
		set.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		set.transport = func(http.RoundTripper) http.RoundTripper { return parent(t, do) }
	})
	childRoles[do.Role](t, do, w)
}

// onDisk has a world keep its state in a folder.
func onDisk(data string) func(*setting) { return func(set *setting) { set.state = data } }

// served is an account that children can reach.
func served(t testing.TB, config emulator.Config) (*emulator.Emulator, string) {
	t.Helper()
	account := emulator.New(config)
	listening := httptest.NewServer(account)
	t.Cleanup(listening.Close)
	return account, listening.URL
}

// child is a process with work to do, not yet started.
func child(ctx context.Context, t testing.TB, do work) *exec.Cmd {
	t.Helper()
	told, err := json.Marshal(do)
	must(t, err)
	process := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$", "-test.count=1", "-test.v")
	process.Env = append(os.Environ(), childWork+"="+string(told), "TMPDIR="+t.TempDir()) // it is killed, and cannot clear up
	return process
}

// toParent sends requests to the account that the parent serves, whatever host they are for.
type toParent struct {
	do   work
	host string
	next http.RoundTripper
}

func parent(t *testing.T, do work) http.RoundTripper {
	at, err := url.Parse(do.API)
	must(t, err)
	next := &http.Transport{}
	t.Cleanup(next.CloseIdleConnections)
	return toParent{do, at.Host, next}
}

// RoundTrip implements http.RoundTripper.
func (p toParent) RoundTrip(request *http.Request) (*http.Response, error) {
	there := request.Clone(request.Context())
	there.URL.Host = p.host
	if p.do.DieAt == leaving && request.Method != http.MethodGet {
		die()
	}
	response, err := p.next.RoundTrip(there)
	if p.do.DieAt == applied && request.Method != http.MethodGet {
		die()
	}
	return response, err
}

// die ends the process as kill -9 does.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		os.Exit(99)
	}
	select {} // until the system has heard
}
