//go:build linux

package bulk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// TestMemory measures what a process takes that imports the file that BULK_MEMORY_FILE names, from an account in another
// process:
//
//	go run testdata/generate.go -rows 1000000 >/tmp/contacts.csv
//	BULK_MEMORY_FILE=/tmp/contacts.csv go test -run TestMemory -v ./bulk
func TestMemory(t *testing.T) {
	file := os.Getenv("BULK_MEMORY_FILE")
	if file == "" || os.Getenv(childWork) != "" {
		t.Skip("it needs a large file")
	}
	account, url, _ := served(t, emulator.Config{Unlimited: true})
	for _, field := range [][2]string{{"Company", "text"}, {"City", "text"}, {"Signed up", "date"}, {"Orders", "integer"}, {"Vip", "boolean"}} {
		account.AddField(field[0], field[1], strings.ToLower(strings.ReplaceAll(field[0], " ", "_")))
	}
	do := work{API: url, Data: filepath.Join(t.TempDir(), "data"), Files: filepath.Dir(file), File: file, Kind: Import, List: account.AddList("Newsletter"), Pace: ordinary}
	watched := atWork(t, do)
	began := time.Now()
	process := child(t, do)
	defer func() { kill(t, process) }()
	planned := time.Duration(0)
	for !recent(t, watched).State.Ended() {
		if planned == 0 && recent(t, watched).State == Running {
			planned = time.Since(began)
			t.Logf("planning took at most %d MB", peakOf(t, process.Process.Pid)>>10)
		}
		if time.Since(began) > 10*time.Minute {
			t.Fatalf("it takes too long: %+v", recent(t, watched).Tally)
		}
		time.Sleep(200 * time.Millisecond)
	}
	status := recent(t, watched)
	took := time.Since(began)
	peak := peakOf(t, process.Process.Pid)
	t.Logf("%d contacts: planned in %v, done in %v, and the process took at most %d MB", status.Total, planned.Round(time.Second), took.Round(time.Second), peak>>10)
	addsUp(t, status)
	if status.State != Finished || account.Len() != status.Total {
		t.Errorf("%d contacts are there: %+v", account.Len(), status.Tally)
	}
	if peak>>10 > 150 {
		t.Errorf("it took %d MB", peak>>10)
	}
}

// peakOf is the most memory that a process has had, in KB.
func peakOf(t *testing.T, pid int) (kb int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, err := fmt.Sscan(rest, &kb)
			must(t, err)
		}
	}
	return kb
}
