//go:build !windows

package cli

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// slowAPI is an emulator that holds the creation of a contact until it is let go.
type slowAPI struct {
	api              http.Handler
	arrived, release chan struct{}
}

func (s *slowAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/contacts") {
		close(s.arrived)
		<-s.release
	}
	s.api.ServeHTTP(w, r)
}

// Guarantee 7.3a.
func TestWhatIsUnderWayIsFinishedWhenTheClientDies(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP) // what a program catches its children do not ignore, though nohup began it
	defer signal.Stop(caught)
	for how, die := range map[string]func(t *testing.T, process *os.Process, in io.Closer, out ...io.Closer){
		"it no longer reads, and something else holds its end of stdin": func(_ *testing.T, _ *os.Process, _ io.Closer, out ...io.Closer) {
			for _, end := range out {
				end.Close()
			}
		},
		"nothing is left of it": func(_ *testing.T, _ *os.Process, in io.Closer, out ...io.Closer) {
			for _, end := range append(out, in) {
				end.Close()
			}
		},
		"the terminal hangs up": func(t *testing.T, process *os.Process, _ io.Closer, _ ...io.Closer) {
			if err := process.Signal(syscall.SIGHUP); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(how, func(t *testing.T) {
			slow := &slowAPI{emulator.New(emulator.Config{}), make(chan struct{}), make(chan struct{})}
			api := httptest.NewServer(slow)
			defer api.Close()
			dir := t.TempDir()
			named := filepath.Join(dir, name)
			if err := os.Symlink(program, named); err != nil {
				t.Fatal(err)
			}
			start := func(arguments ...string) *exec.Cmd {
				command := exec.Command(named, append(arguments, "--api-url", api.URL, "--data", filepath.Join(dir, "data"), "--files", dir, "--log-level", "debug")...)
				command.Env = append(os.Environ(), "MAILTRAP_API_TOKEN="+emulator.Token, "TMPDIR="+dir)
				return command
			}
			server := start("serve")
			in, out, log := pipes(t, server)
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			server.Stdout.(io.Closer).Close()
			server.Stderr.(io.Closer).Close()
			_, err := io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`+"\n"+
				`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_contact","arguments":{"email":"ann@example.com"}}}`+"\n")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			<-slow.arrived
			die(t, server.Process, in, out, log)
			close(slow.release)
			if err := server.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			journal, err := start("call", "list_changes", "--json").Output()
			if err != nil || !strings.Contains(string(journal), `"state": "done"`) {
				t.Errorf("%v: the journal has %s", err, journal)
			}
			found, err := start("call", "get_contact", `{"contact":"ann@example.com"}`).Output()
			if err != nil || !strings.Contains(string(found), "ann@example.com") {
				t.Errorf("%v: the contact: %s", err, found)
			}
			in.Close()
		})
	}
}

// pipes gives a process pipes of which both ends are in our hands, as a client has them.
func pipes(t *testing.T, command *exec.Cmd) (in io.WriteCloser, out, log io.ReadCloser) {
	t.Helper()
	var ends [6]*os.File
	for i := 0; i < len(ends); i += 2 {
		reading, writing, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ends[i], ends[i+1] = reading, writing
		t.Cleanup(func() { reading.Close(); writing.Close() })
	}
	command.Stdin, command.Stdout, command.Stderr = ends[0], ends[3], ends[5]
	return ends[1], ends[2], ends[4]
}
