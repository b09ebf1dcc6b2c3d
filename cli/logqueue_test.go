package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Guarantee 7.3b.
func TestALogThatNobodyReadsStopsNobody(t *testing.T) {
	stderr, end, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	queue := newLogQueue(end, func(dropped int) []byte { return fmt.Appendf(nil, "dropped=%d\n", dropped) })
	log := slog.New(accountFlags{LogFormat: "text", Token: "secret-of-mine"}.logHandler(queue, false))
	const lines = 20_000
	for i := range lines {
		log.Warn("refused", "line", i, "contact", "ann@example.com", "token", "secret-of-mine", "padding", strings.Repeat("x", 100))
	}
	// Somebody begins to read, and everything is either there or counted.
	read := make(chan string, 1)
	go func() {
		content, err := io.ReadAll(stderr)
		if err != nil {
			t.Error(err)
		}
		read <- string(content)
	}()
	queue.flush()
	end.Close()
	content := <-read
	dropped := 0
	for _, found := range regexp.MustCompile(`dropped=(\d+)`).FindAllStringSubmatch(content, -1) {
		n, _ := strconv.Atoi(found[1])
		dropped += n
	}
	if came := strings.Count(content, "refused"); came+dropped != lines || dropped == 0 || came == 0 {
		t.Errorf("of %d lines %d came and %d were dropped", lines, came, dropped)
	}
	if strings.Contains(content, "ann@example.com") || strings.Contains(content, "secret-of-mine") {
		t.Error("the log tells the address or the token")
	}
	if !strings.HasSuffix(strings.TrimSpace(content), fmt.Sprintf("dropped=%d", dropped)) {
		t.Error("what was dropped is not told after what came")
	}
}

// never is a reader's end that takes nothing.
type never struct{ gone chan struct{} }

func (n never) Write([]byte) (int, error) { <-n.gone; return 0, os.ErrClosed }

// Guarantee 7.3b.
func TestTheEndDoesNotWaitForAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := never{make(chan struct{})}
		queue := newLogQueue(out, func(int) []byte { return nil })
		_, _ = queue.Write([]byte("a line\n"))
		began := time.Now()
		queue.flush()
		if took := time.Since(began); took != flushing {
			t.Errorf("it took %s", took)
		}
		_, _ = queue.Write([]byte("too late\n"))
		queue.flush()
		close(out.gone)
	})
}

// Guarantee 7.3b.
func TestWhatIsReadIsWholeAndInOrder(t *testing.T) {
	var out bytes.Buffer
	queue := newLogQueue(&out, func(dropped int) []byte { t.Errorf("%d lines were dropped", dropped); return nil })
	var want bytes.Buffer
	for i := range 1000 {
		line := fmt.Appendf(nil, "line %d\n", i)
		want.Write(line)
		_, _ = queue.Write(line)
	}
	queue.flush()
	if out.String() != want.String() {
		t.Error("it is not what was written")
	}
}
