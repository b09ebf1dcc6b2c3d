package lying

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// maxMemory is what the program may take, in MB, whatever it is answered.
const maxMemory = 150

// built is the program, made by the first test that needs it.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lying")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "mailtrap-contacts-mcp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	said, err := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "mailtrap-contacts-mcp").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "32") // they wait more than they work
	code := m.Run()
	if path, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// program is the real program in a process of its own, spoken to over stdio.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	said   *bytes.Buffer // stderr; whole once the process has ended
	files  string
	id     int
	early  map[int]json.RawMessage // answers by the ids of their requests
	spoken strings.Builder         // all that it answered
}

// start starts the program on an account.
func start(t *testing.T, account *liar) *program {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, files: folder(t), said: &bytes.Buffer{}, early: map[int]json.RawMessage{}}
	p.cmd = exec.Command(path, "serve", "--api-url", account.URL, "--data", folder(t), "--files", p.files, "--log-level", "debug")
	p.cmd.Env = append(os.Environ(), "MAILTRAP_API_TOKEN="+token, "TMPDIR="+folder(t))
	p.cmd.Stderr = p.said
	p.in, err = p.cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = p.cmd.StdoutPipe(); err == nil {
			p.out = bufio.NewScanner(out)
			p.out.Buffer(nil, 32<<20)
			err = p.cmd.Start()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	p.ask("initialize", map[string]any{"protocolVersion": "2025-06-18", "capabilities": map[string]any{}, "clientInfo": map[string]any{"name": "t", "version": "1"}})
	p.write(map[string]any{"jsonrpc": "2.0", "method": "notifications/initialized"})
	return p
}

// folder is one for files; its name has nothing of the test's, where a comma would part two folders.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp("", "lying")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (p *program) write(message any) {
	encoded, err := json.Marshal(message)
	if err == nil {
		_, err = p.in.Write(append(encoded, '\n'))
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// ask sends a request and returns the answer to it.
func (p *program) ask(method string, params any) json.RawMessage {
	p.t.Helper()
	return p.answer(p.send(method, params))
}

// send sends a request and returns its id.
func (p *program) send(method string, params any) int {
	p.id++
	p.write(map[string]any{"jsonrpc": "2.0", "id": p.id, "method": method, "params": params})
	return p.id
}

// answer waits for the answer to a request.
func (p *program) answer(id int) json.RawMessage {
	p.t.Helper()
	for {
		if early, ok := p.early[id]; ok {
			return early
		}
		if !p.out.Scan() {
			break
		}
		p.spoken.Write(p.out.Bytes())
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  json.RawMessage
		}
		if json.Unmarshal(p.out.Bytes(), &answer) == nil && answer.ID > 0 {
			if answer.Error != nil {
				p.t.Fatalf("%s", answer.Error)
			}
			p.early[answer.ID] = answer.Result
		}
	}
	p.t.Fatalf("the program ended in the middle of a call: %s", p.said)
	return nil
}

// result is a tool's answer.
type result struct {
	t    *testing.T
	tool string
	text string
	data map[string]any
}

type args map[string]any

// call calls a tool.
func (p *program) call(tool string, arguments args) result {
	p.t.Helper()
	return p.begin(tool, arguments)()
}

// begin calls a tool; what it returns waits for the result.
func (p *program) begin(tool string, arguments args) func() result {
	id := p.send("tools/call", map[string]any{"name": tool, "arguments": arguments})
	return func() result { p.t.Helper(); return p.result(tool, id) }
}

func (p *program) result(tool string, id int) result {
	p.t.Helper()
	var answer struct {
		Content           []struct{ Text string }
		StructuredContent map[string]any
	}
	if err := json.Unmarshal(p.answer(id), &answer); err != nil {
		p.t.Fatal(err)
	}
	got := result{t: p.t, tool: tool, data: answer.StructuredContent}
	for _, part := range answer.Content {
		got.text += part.Text
	}
	return got
}

// says fails unless the answer has all of these.
func (r result) says(wanted ...string) result {
	r.t.Helper()
	for _, want := range wanted {
		if !strings.Contains(r.text, want) {
			r.t.Errorf("%s does not say %q:\n%s", r.tool, want, r.text)
		}
	}
	return r
}

// saysNot fails if the answer has any of these.
func (r result) saysNot(wrong ...string) result {
	r.t.Helper()
	for _, one := range wrong {
		if strings.Contains(r.text, one) {
			r.t.Errorf("%s says %q:\n%s", r.tool, one, r.text)
		}
	}
	return r
}

// ended follows the job of a result to its end.
func (p *program) ended(started result) result {
	p.t.Helper()
	for range 20 {
		job, _ := started.data["job"].(map[string]any)
		if jobs, ok := started.data["jobs"].([]any); ok && len(jobs) == 1 {
			job, _ = jobs[0].(map[string]any)
		}
		if job == nil || job["state"] != "running" {
			return started
		}
		started = p.call("get_job", args{"job_id": job["job_id"], "wait_seconds": 10})
	}
	p.t.Fatalf("the job does not end: %s", started.text)
	return started
}

// end ends the program and looks at what it took and said.
func (p *program) end() {
	memory := peak(p.cmd.Process.Pid)
	_ = p.in.Close()
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			p.t.Errorf("the program ended with %v: %s", err, p.said)
		}
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		p.t.Error("the program does not end")
	}
	if memory > maxMemory {
		p.t.Errorf("it took %d MB", memory)
	}
	shown := p.spoken.String() + p.said.String()
	for i := 0; i+6 <= len(token); i++ {
		if strings.Contains(shown, token[i:i+6]) {
			p.t.Errorf("a part of the token is shown: %q", token[i:i+6])
			break
		}
	}
	if strings.Contains(shown, "[internal]") || strings.Contains(shown, "panic") {
		p.t.Errorf("something went wrong inside: %s", p.said)
	}
}

// peak is the most memory that a process has had, in MB; 0 where the system does not tell.
func peak(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.Atoi(fields[0])
	return kb >> 10
}
