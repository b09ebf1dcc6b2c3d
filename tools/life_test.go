package tools_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/tools"
)

type clumsyInput struct {
	How string `json:"how"`
}

type clumsyOutput struct {
	Done bool `json:"done"`
}

// Summary is the text an agent reads.
func (clumsyOutput) Summary() string { return "Done." }

// clumsy is a tool whose handler goes wrong in the way it is told to.
var clumsy = tools.Tool[clumsyInput, clumsyOutput]{
	Name: "clumsy", Title: "Go wrong", Description: "Goes wrong.", Example: `{"how": "well"}`, Toolset: tools.Account, Effect: tools.Reads,
	Schemas: tools.SchemasOf[clumsyInput, clumsyOutput](),
	Run: func(_ *tools.Toolbox, _ context.Context, in clumsyInput) (clumsyOutput, error) {
		switch in.How {
		case "panic":
			var none *clumsyInput
			return clumsyOutput{Done: none.How != ""}, nil
		case "error":
			return clumsyOutput{}, errors.New("the secret cause")
		case "long":
			return clumsyOutput{}, fault.New(fault.UpstreamError, strings.Repeat("What 語. ", 900), strings.Repeat("Why. ", 900), "Do this next.")
		}
		return clumsyOutput{Done: true}, nil
	},
}

func TestADefectEndsTheCallAndNotTheServer(t *testing.T) {
	var log bytes.Buffer
	w := open(t, func(set *setting) {
		set.extra = func(*tools.Toolbox) []tools.Callable {
			box := &tools.Toolbox{Log: slog.New(slog.NewTextHandler(&log, nil))}
			bound, err := clumsy.Bind(box)
			must(t, err)
			return []tools.Callable{bound}
		}
	})
	for _, how := range []string{"panic", "error"} {
		given := w.refused("clumsy", args{"how": how}, "internal")
		if strings.Contains(given.text, "secret") || strings.Contains(given.text, "nil pointer") {
			t.Errorf("the answer shows the cause: %s", given.text)
		}
		w.works("clumsy", args{"how": "well"}).has(t, "done", true)
	}
	if logged := log.String(); strings.Count(logged, "level=ERROR") != 2 || !strings.Contains(logged, "life_test.go") || !strings.Contains(logged, "the secret cause") {
		t.Errorf("the log says: %s", logged)
	}
	w.refused("clumsy", args{"how": "long"}, "upstream_error", "What", "Do this next.")
}

func TestAToolWithAPartMissingStopsTheProgram(t *testing.T) {
	broken := []tools.Tool[clumsyInput, clumsyOutput]{clumsy, clumsy, clumsy, clumsy, clumsy}
	broken[0].Name, broken[1].Effect, broken[2].Run, broken[3].Example, broken[4].Asking.When = "", 0, nil, "", "never"
	for _, tool := range broken {
		if _, err := tool.Bind(&tools.Toolbox{Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%+v was bound", tool)
		}
	}
}

// operator answers questions as it is told.
type operator struct {
	action mcp.ElicitationResponseAction
	takes  time.Duration // to answer
	asked  []string
}

// Elicit implements client.ElicitationHandler.
func (o *operator) Elicit(_ context.Context, request mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	o.asked = append(o.asked, request.Params.Message)
	time.Sleep(o.takes)
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: o.action}}, nil
}

func TestTheOperatorIsAskedBeforeAContactIsDeleted(t *testing.T) {
	person := &operator{action: mcp.ElicitationResponseActionDecline}
	w := open(t, func(set *setting) { set.options = []client.ClientOption{client.WithElicitationHandler(person)} })
	seeded(w)
	w.refused("delete_contact", args{"contact": "anna@example.com"}, "cancelled", "did not agree", "nothing was changed")
	w.nothingWritten()
	if len(person.asked) != 1 {
		t.Fatalf("asked: %q", person.asked)
	}
	for _, part := range []string{"Delete the contact anna@example.com (subscribed)", "Newsletter", "age 41", "new UUID"} {
		if !strings.Contains(person.asked[0], part) {
			t.Errorf("the question does not show %q: %s", part, person.asked[0])
		}
	}
	w.refused("delete_contact", args{"contact": "nobody@example.com"}, "not_found")
	w.refused("delete_contact", args{"contact": "lists/5"}, "invalid_input")
	person.action = mcp.ElicitationResponseActionAccept
	w.works("delete_contact", args{"contact": "anna@example.com"})
	if w.Len() != 0 {
		t.Error("the contact is still there")
	}
}

// slow is an operator who agrees after a while.
type slow struct{ after time.Duration }

// Elicit implements client.ElicitationHandler.
func (s slow) Elicit(ctx context.Context, _ mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	select {
	case <-time.After(s.after):
	case <-ctx.Done():
	}
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept}}, ctx.Err()
}

func TestTheOperatorMayThinkForMinutesButNotForEver(t *testing.T) {
	t.Parallel()
	for after, code := range map[time.Duration]string{3 * time.Minute: "", time.Hour: "needs_confirmation"} {
		t.Run(after.String(), func(t *testing.T) {
			inFakeTime(t, func(t *testing.T, w *world) {
				seeded(w)
				if code == "" {
					w.works("delete_contact", args{"contact": "anna@example.com"})
					return
				}
				w.refused("delete_contact", args{"contact": "anna@example.com"}, code, "has not answered in time")
				w.nothingWritten()
			}, func(set *setting) { set.options = []client.ClientOption{client.WithElicitationHandler(slow{after})} })
		})
	}
}

func TestWhatChangedWhileTheOperatorWasAskedIsAskedAnew(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		go func() {
			time.Sleep(time.Minute)
			beside(t, w).works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
		}()
		w.refused("delete_contact", args{"contact": "anna@example.com"}, "conflict", "has changed while they were deciding")
		if w.Len() != 1 {
			t.Error("she was deleted all the same")
		}
	}, func(set *setting) {
		set.options = []client.ClientOption{client.WithElicitationHandler(slow{3 * time.Minute})}
	})
}

func TestTenThousandCallsLeaveNothingBehind(t *testing.T) {
	inFakeTime(t, func(t *testing.T, w *world) {
		seeded(w)
		calls := func(n int) {
			for i := range n {
				switch i % 4 {
				case 0:
					w.call("get_contact", args{"contact": "anna@example.com"})
				case 1:
					w.call("update_contact", args{"contact": "anna@example.com", "fields": args{"age": i % 90}})
				case 2:
					w.call("get_contact", args{"contact": "nobody@example.com"})
				case 3:
					w.call("create_contact", args{"email": "nope"})
				}
			}
		}
		calls(500)
		synctest.Wait() // for those that are ending
		goroutines, heap := runtime.NumGoroutine(), heapInUse()
		if raceDetector {
			calls(2_000)
		} else {
			calls(10_000)
		}
		synctest.Wait()
		if now := runtime.NumGoroutine(); now > goroutines+5 {
			t.Errorf("there were %d goroutines and are %d", goroutines, now)
		}
		if now := heapInUse(); now > heap+24<<20 {
			t.Errorf("the heap grew from %d to %d KB", heap>>10, now>>10)
		}
	}, func(set *setting) { set.emulator = emulator.Config{} })
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestFilesAreClosedWhateverBecomesOfThem(t *testing.T) {
	openFiles := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("the open files cannot be counted here")
		}
		return len(entries)
	}
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddContact(emulator.Contact{Email: "anna@example.com"})
		w.file("good.csv", "email\nanna@example.com\nnope\n")
		w.file("bad.csv", "name;phone\n")
		w.file("none.csv", "email\nnope\n")
		calls := func(n int) {
			for range n {
				w.works("import_contacts", args{"file": "good.csv"})
				w.call("import_contacts", args{"file": "bad.csv"})
				w.call("import_contacts", args{"file": "none.csv"})
				w.works("export_contacts", nil)
				w.call("export_contacts", args{"file": "good.csv"})
				w.call("export_contacts", args{"columns": "nope"})
			}
		}
		calls(3)
		before := openFiles()
		calls(20)
		if after := openFiles(); after > before {
			t.Errorf("there were %d open files and are %d", before, after)
		}
		noParts(t, w.dir)
	}, unlimited)
}
