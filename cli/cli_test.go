package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/mark3labs/mcp-go/client"
	"github.com/rogpeppe/go-internal/testscript"

	"mailtrap-contacts-mcp/demo"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/tools"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){name: func() { os.Exit(Main(os.Args[1:])) }})
}

// The scripts in testdata/script run the program as a person would, against the embedded Contacts API.
func TestCommandLine(t *testing.T) {
	testscript.RunT(scanned{t}, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"-home")
			return os.MkdirAll(env.WorkDir+"-home", 0o700)
		},
	})
}

// scanned is a test whose scripts' output must not have a token in it.
type scanned struct{ *testing.T }

// Run implements testscript.T.
func (s scanned) Run(name string, script func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { script(scanned{t}) })
}

// Verbose implements testscript.T: the output is logged whole, so that it can be looked through.
func (s scanned) Verbose() bool { return true }

// Log implements testscript.T.
func (s scanned) Log(output ...any) {
	s.Helper()
	for line := range strings.Lines(fmt.Sprint(output...)) {
		said := !strings.HasPrefix(line, "> ") // what the script does itself may name the token
		if said && (strings.Contains(line, emulator.Token) || strings.Contains(line, "secret-of-mine")) {
			s.Errorf("the token is written out: %s", line)
		}
	}
	s.T.Log(output...)
}

func TestTheDemoTellsItsStoryToTheEnd(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var told bytes.Buffer
	err := demo.Run(t.Context(), demo.Options{
		Out: &told,
		Connect: func(ctx context.Context, apiURL, token, folder string) (*client.Client, func(), error) {
			return accountFlags{APIURL: apiURL, Token: token, Data: t.TempDir(), Files: []string{folder}, LogFormat: "text", PreviewAbove: tools.DefaultPreviewAbove}.connect(ctx, nil)
		},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, &told)
	}
	for _, line := range []string{
		`Created the list "Leads 2026"`, "Import finished: ", "rows rejected; they are in", "2 contacts added to \"VIP\"",
		`fired "trial_ending" for 2 contacts.`, `did you mean "fields"?`, "seats: 12 → 24", "Exported ", "That was 12 calls.",
	} {
		if !strings.Contains(told.String(), line) {
			t.Errorf("the story lacks %q", line)
		}
	}
	if strings.Contains(told.String(), "\x1b[") {
		t.Error("there are escape codes although no colour was asked for")
	}
}
