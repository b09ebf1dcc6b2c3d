package cli

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/tools"
)

// parsed is the command line as the program reads it, with the variables as they are set.
func parsed(t *testing.T, arguments ...string) (*commandLine, *notes, error) {
	t.Helper()
	var read commandLine
	unheeded := &notes{}
	parser, err := kong.New(&read, kong.Vars{"api_url": "https://example.com", "journal_days": "90", "preview_above": "1000"})
	if err != nil {
		t.Fatal(err)
	}
	given := settingsOf(parser.Model.Node, unheeded)
	if err := given.variables(); err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(given.arguments(arguments))
	return &read, unheeded, err
}

// Guarantee 7.5a.
func TestAPlaceholderThatWasNotReplacedIsNotSet(t *testing.T) {
	for _, variable := range []string{
		"MAILTRAP_ACCOUNT_ID", "MAILTRAP_API_URL", "MAILTRAP_MCP_TOOLSETS", "MAILTRAP_MCP_READ_ONLY", "MAILTRAP_MCP_CONFIRM", "MAILTRAP_MCP_PREVIEW_ABOVE",
		"MAILTRAP_MCP_SNAPSHOT_AGE", "MAILTRAP_MCP_FILES", "MAILTRAP_MCP_DATA", "MAILTRAP_MCP_JOURNAL", "MAILTRAP_MCP_JOURNAL_DAYS", "MAILTRAP_MCP_LOG_LEVEL",
		"MAILTRAP_MCP_LOG_FORMAT", "MAILTRAP_MCP_HTTP", "MAILTRAP_MCP_ALLOW_ORIGIN",
	} {
		t.Run(variable, func(t *testing.T) {
			want, _, err := parsed(t)
			if err != nil {
				t.Fatal(err)
			}
			for _, value := range []string{"${user_config.it}", ` "${input:it}" `, ""} {
				t.Setenv(variable, value)
				got, unheeded, err := parsed(t)
				if err != nil || !cmp.Equal(got.Serve, want.Serve, cmp.AllowUnexported(serveCommand{})) {
					t.Errorf("%q: %v %+v", value, err, got.Serve)
				}
				if said := strings.Join(unheeded.all(), "\n"); (value != "") != strings.Contains(said, variable+" is taken as not set") {
					t.Errorf("%q: it is said that %q", value, said)
				}
			}
		})
	}
	got, unheeded, err := parsed(t, "serve", "--account-id", "${id}", "--toolsets=${sets}", "--files", "${files}", "--read-only", "--token-file", "${file}")
	if err != nil || got.Serve.AccountID != "" || got.Serve.Toolsets != nil || got.Serve.Files != nil || !got.Serve.ReadOnly || len(unheeded.all()) != 4 {
		t.Errorf("flags: %v %+v %q", err, got.Serve, unheeded.all())
	}
}

// Guarantee 7.5b.
func TestWhatCannotBeATokenIsNamedAndNotSent(t *testing.T) {
	sent := 0
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
	defer api.Close()
	data := t.TempDir()
	for _, given := range []string{
		"${user_config.token}", "$MAILTRAP_API_TOKEN", "%MAILTRAP_API_TOKEN%", "{{ token }}", "<your-token>", "[token]", "YOUR_TOKEN", "your-api-token-here", "YOUR_MAILTRAP_API_TOKEN",
		"replace-me", "changeme", "xxxxxxxx", "********", `"a1b2c3d4e5f6"`, "'a1b2c3d4e5f6'", "“a1b2c3d4e5f6”", "Bearer a1b2c3d4e5f6", `"a1b2c3d4e5f6`,
	} {
		agent, closeBoth, err := accountFlags{APIURL: api.URL, Token: given, Data: data, Files: []string{data}, LogFormat: "text"}.connect(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		result, err := callTool(t.Context(), agent, "list_lists", map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		if got := textOf(result); !strings.HasPrefix(got, "[unauthorized] ") || !strings.Contains(got, "MAILTRAP_API_TOKEN") || strings.Contains(got, "a1b2c3") {
			t.Errorf("%s: answered %q", given, got)
		}
		closeBoth()
	}
	if sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
	for _, fine := range []string{"", "a1b2c3d4e5f60718293a4b5c6d7e8f90", "addacedbeefaddacedbeefaddacedbee", "emulator-token", "secret-of-mine", "XrYourT0kenQ2", "aaaaaaab"} {
		if got := problemOf(fine); got != "" {
			t.Errorf("%q: %s", fine, got)
		}
	}
}

// Guarantee 7.5c.
func TestATokenFileIsReadAsWindowsWritesIt(t *testing.T) {
	const token = "a1b2c3d4e5f60718"
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(token + "\r\n")) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for _, c := range []struct{ content, token, problem string }{
		{token, token, ""}, {token + "\r\n", token, ""}, {"\ufeff" + token + "\r\n", token, ""}, {"\ufeff  " + token, token, ""},
		{string(wide), "", "UTF-16"}, {string(wide[2:]), "", "UTF-16"}, {"\ufeff", "", "nothing else"}, {token + "\n" + token, "", "nothing else"}, {"\ufeff\"" + token + "\"", "", "quotes"},
	} {
		path := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, problem, err := accountFlags{TokenFile: path}.token()
		if err != nil || c.problem == "" && (got != c.token || problem != "") || !strings.Contains(problem, c.problem) {
			t.Errorf("%q: %q, %q, %v", c.content, got, problem, err)
		}
	}
}

// Guarantee 7.5d.
func TestFoldersAreNamedAsNoShellExpandsThem(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for given, want := range map[string]string{"~": home, "~/contacts": filepath.Join(home, "contacts"), "/a/~b": "/a/~b", "a$b": "a$b", "": ""} {
		got, err := accountFlags{Data: given, Files: []string{given}}.withPaths()
		if err != nil || got.Data != want || got.Files[0] != want {
			t.Errorf("%q: %q %q %v", given, got.Data, got.Files, err)
		}
	}
	for _, given := range []string{"${HOME}/contacts", "/a/${b}", "$HOME/contacts", "%APPDATA%/contacts", "~ann/contacts"} {
		for flag, flags := range map[string]accountFlags{"--data": {Data: given, LogFormat: "text"}, "--files": {Files: []string{"a", given}, LogFormat: "text"}} {
			if _, err := flags.build(nil); err == nil || !strings.Contains(err.Error(), flag+" "+given+": ") {
				t.Errorf("%s %s: %v", flag, given, err)
			}
		}
	}
}

// Guarantee 7.5f.
func TestSettingsAreUnderstoodAsClientsSpellThem(t *testing.T) {
	for given, want := range map[string]string{
		"WARNING": "WARN", "Warn": "WARN", "warning": "WARN", "Error": "ERROR", `"info"`: "INFO", "'DEBUG'": "DEBUG", "TRACE": "DEBUG", "critical": "ERROR", " warn ": "WARN",
	} {
		t.Setenv("MAILTRAP_MCP_LOG_LEVEL", given)
		got, _, err := parsed(t)
		if level := slog.Level(got.Serve.LogLevel).String(); err != nil || level != want {
			t.Errorf("%q: %v %s", given, err, level)
		}
	}
	t.Setenv("MAILTRAP_MCP_LOG_LEVEL", "loud")
	if _, _, err := parsed(t); err == nil || !strings.Contains(err.Error(), "debug, info, warn or error") {
		t.Errorf("an unknown level: %v", err)
	}
	t.Setenv("MAILTRAP_MCP_LOG_LEVEL", "")
	t.Setenv("MAILTRAP_ACCOUNT_ID", `"123"`)
	t.Setenv("MAILTRAP_MCP_TOOLSETS", `"contacts","lists"`)
	t.Setenv("MAILTRAP_MCP_READ_ONLY", "True")
	t.Setenv("MAILTRAP_MCP_JOURNAL", "OFF")
	got, _, err := parsed(t, "--confirm", "'Always'", "--log-format=JSON", "--preview-above", `"5"`)
	s := got.Serve
	if err != nil || s.AccountID != "123" || len(s.Toolsets) != 2 || !s.ReadOnly || s.Journal != "off" || s.Confirm != "always" || s.LogFormat != "json" || s.PreviewAbove != 5 {
		t.Errorf("%v %+v", err, s)
	}
}

// Guarantee 7.5g.
func TestFilesTakesSeveralFolders(t *testing.T) {
	for _, c := range []struct {
		given []string
		want  []string
	}{
		{[]string{"--files", "a", "b c", "d"}, []string{"a", "b c", "d"}},
		{[]string{"serve", "--files", "a", "b", "--read-only", "--files", "d"}, []string{"a", "b", "d"}},
		{[]string{"serve", "--files=a", "b", "--http", "127.0.0.1:0"}, []string{"a", "b"}},
		{[]string{"serve", "--files"}, nil},
		{[]string{"serve", "--files", "--read-only"}, nil},
		{[]string{"serve", "--files", "", "${more}"}, nil},
	} {
		got, _, err := parsed(t, c.given...)
		if err != nil || !slices.Equal(got.Serve.Files, c.want) {
			t.Errorf("%q: %v %q", c.given, err, got.Serve.Files)
		}
	}
	// Commands with arguments of their own have one folder a flag.
	for _, given := range [][]string{
		{"call", "--files", "a", "get_contact", `{"contact": "b=c@example.com"}`}, {"call", "get_contact", `{"contact": "b=c@example.com"}`, "--files", "a"},
		{"call", "get_contact", "--files=a", "--", `{"contact": "b=c@example.com"}`},
	} {
		got, _, err := parsed(t, given...)
		if err != nil || got.Call.Tool != "get_contact" || !strings.Contains(got.Call.Arguments, "b=c@") || !slices.Equal(got.Call.Files, []string{"a"}) {
			t.Errorf("%q: %v %+v", given, err, got.Call)
		}
	}
	got, _, err := parsed(t, "import", "--files", "a", "contacts.csv", "--list", `"Quoted"`)
	if err != nil || got.Import.File != "contacts.csv" || !slices.Equal(got.Import.List, []string{`"Quoted"`}) {
		t.Errorf("%v %+v", err, got.Import)
	}
}

func TestServeAloneIsReadAsItIsAmongAllCommands(t *testing.T) {
	t.Setenv("MAILTRAP_MCP_CONFIRM", "Always")
	for _, arguments := range [][]string{
		nil, {"serve"}, {"--http", "127.0.0.1:0"}, {"serve", "--files", "/a", "/b", "--read-only"}, {"--toolsets=contacts,bulk", "--log-level", "debug"},
	} {
		if !serves(arguments) {
			t.Errorf("%q is not read alone", arguments)
		}
		var alone serveLine
		var all commandLine
		for _, commands := range []any{&alone, &all} {
			if _, _, err := read(t.Context(), commands, arguments, &notes{}); err != nil {
				t.Fatalf("%q: %v", arguments, err)
			}
		}
		if !reflect.DeepEqual(alone.Serve, all.Serve) || alone.Serve.Confirm != tools.ConfirmAlways {
			t.Errorf("%q: alone %+v, among all %+v", arguments, alone.Serve, all.Serve)
		}
	}
	for _, arguments := range [][]string{{"--help"}, {"serve", "-h"}, {"tools"}, {"demo"}, {"nonsense"}} {
		if serves(arguments) {
			t.Errorf("%q is taken for serve", arguments)
		}
	}
}
