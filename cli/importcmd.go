package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/text"
	"mailtrap-contacts-mcp/tools"
)

type importCommand struct {
	accountFlags
	File         string            `arg:"" optional:"" help:"Contact file: CSV, TSV, JSON, JSON Lines or Excel; .gz too."`
	List         []string          `placeholder:"NAME" sep:"none" help:"List that all join; repeatable. One that does not exist is created with --create-lists."`
	CreateLists  bool              `help:"Create lists that do not exist."`
	CreateFields bool              `help:"Create fields for columns that have none."`
	Map          map[string]string `placeholder:"COLUMN=FIELD" help:"Which field a column goes into, or \"email\" or \"ignore\"; repeatable."`
	Skip         []string          `enum:"role,typo" placeholder:"KIND" help:"Leave out role addresses (role) or misspelt domains (typo)."`
	DateOrder    string            `enum:",dmy,mdy,ymd" default:"" placeholder:"ORDER" help:"How the file writes 03/04/2025: dmy, mdy or ymd."`
	DecimalSign  string            `placeholder:"SIGN" help:"How the file writes one and a half: . or ,"`
	OnBadValue   string            `enum:"reject,leave_empty" default:"reject" help:"What a value that does not fit its field costs: its row (reject), or itself (leave_empty)."`
	Unsubscribe  bool              `help:"Also unsubscribe contacts who unsubscribed or complained by the file."`
	Preview      bool              `help:"Send nothing; say what would happen."`
	Resume       string            `placeholder:"JOB" help:"Resume a job that was interrupted, instead of importing a file."`
}

// Run imports a file as the tool import_contacts does, for people without an agent. Interrupted, it leaves a job that can be
// gone on with.
func (c importCommand) Run(ctx context.Context, unheeded *notes) error {
	if (c.File == "") == (c.Resume == "") {
		return errors.New("give a file to import, or --resume JOB")
	}
	if len(c.Files) == 0 && c.File != "" { // what is rejected goes beside the file
		c.Files = []string{filepath.Dir(c.File)}
	}
	log, flush := c.logger(unheeded)
	defer flush()
	parts, err := c.build(log)
	if err != nil {
		return err
	}
	defer parts.close()
	job := c.Resume
	if c.File != "" {
		if job, err = c.plan(ctx, parts); err != nil || c.Preview {
			return err
		}
		if err := parts.box.Bulk.Apply(ctx, job, false); err != nil {
			return err
		}
	} else if err := resume(ctx, parts, job); err != nil {
		return err
	}
	return watch(ctx, parts, job)
}

// resume goes on with a job that failed, or was left by a process that is gone.
func resume(ctx context.Context, parts *parts, id string) error {
	status, err := parts.box.Bulk.Follow(ctx, id, 0, nil)
	if err != nil {
		return err
	}
	if status.State == bulk.Running {
		parts.box.Bulk.Resume()
		return nil
	}
	return parts.box.Bulk.Apply(ctx, id, false)
}

// plan reads the file and prints what would happen.
func (c importCommand) plan(ctx context.Context, parts *parts) (id string, err error) {
	absolute, err := filepath.Abs(c.File)
	if err != nil {
		return "", err
	}
	arguments := map[string]any{"file": absolute, "preview": true, "create_lists": c.CreateLists,
		"create_fields": c.CreateFields, "unsubscribe": c.Unsubscribe}
	for name, given := range map[string][]string{"lists": c.List, "skip": c.Skip} {
		if len(given) > 0 {
			arguments[name] = given
		}
	}
	if len(c.Map) > 0 {
		arguments["mapping"] = c.Map
	}
	for name, given := range map[string]string{"date_order": c.DateOrder, "decimal_sign": c.DecimalSign, "on_bad_value": c.OnBadValue} {
		if given != "" {
			arguments[name] = given
		}
	}
	bar := newBar(os.Stderr, "reading")
	result, err := callDirectly(tools.WithProgress(ctx, bar.report), parts, "import_contacts", arguments)
	bar.end()
	if err != nil {
		return "", err
	}
	var planned struct {
		Job struct {
			PlanID string `json:"plan_id"`
		} `json:"job"`
	}
	if err := json.Unmarshal(result.Structured, &planned); err != nil {
		return "", err
	}
	said, _, _ := strings.Cut(result.Text, "\nTo carry out exactly this") // that is for agents
	fmt.Fprintln(terminal{os.Stdout}, said)
	return planned.Job.PlanID, nil
}

// callDirectly calls a tool without a client. What it refuses is printed.
func callDirectly(ctx context.Context, parts *parts, tool string, arguments map[string]any) (tools.Result, error) {
	all := slices.Concat(parts.tools, parts.withheld)
	i := slices.IndexFunc(all, func(callable tools.Callable) bool { return callable.Name == tool })
	encoded, err := marshalText(arguments)
	if err != nil {
		return tools.Result{}, err
	}
	result := all[i].Call(ctx, encoded)
	if result.Failed {
		fmt.Fprintln(terminal{os.Stderr}, result.Text)
		return result, errSaid
	}
	return result, nil
}

// marshalText refuses what is not UTF-8, of which JSON would make other text: another list, another file.
func marshalText(arguments map[string]any) ([]byte, error) {
	for name, value := range arguments {
		if given := fmt.Sprint(value); strings.ContainsRune(given, utf8.RuneError) { // kong makes it of broken UTF-8
			return nil, fmt.Errorf("%s: %s is not valid UTF-8; rename it, or give it in UTF-8", name, text.Quote(given))
		}
	}
	return json.Marshal(arguments)
}

// watch follows a job to its end with a progress bar, and prints what came of it.
func watch(ctx context.Context, parts *parts, id string) error {
	bar := newBar(os.Stderr, "sending")
	status, err := parts.box.Bulk.Follow(ctx, id, 1000*time.Hour, bar.report)
	bar.end()
	if ctx.Err() != nil {
		fmt.Fprintf(os.Stderr, "Interrupted. Rows not sent yet are kept: continue with\n  %s import --resume %s\n"+
			"or start the server, which continues by itself.\n", name, id)
		return errSaid
	}
	if err != nil {
		return err
	}
	result, err := callDirectly(ctx, parts, "get_job", map[string]any{"job_id": id, "wait_seconds": 0})
	if err != nil {
		return err
	}
	fmt.Fprintln(terminal{os.Stdout}, result.Text)
	if status.State != bulk.Finished {
		return errSaid
	}
	return nil
}

// bar shows how far something is: as a bar on a terminal, else as a line now and then.
type bar struct {
	out     io.Writer
	bars    *mpb.Progress // nil where it is no terminal
	bar     *mpb.Bar
	what    string
	latest  atomic.Pointer[string]
	began   time.Time
	lastSay time.Time
}

// sayEvery is how often a line is written where there is no terminal.
const sayEvery = 10 * time.Second

func newBar(out *os.File, what string) *bar {
	b := &bar{out: out, what: what, began: time.Now(), lastSay: time.Now()}
	said := what
	b.latest.Store(&said)
	if term.IsTerminal(int(out.Fd())) {
		b.bars = mpb.New(mpb.WithOutput(out), mpb.WithWidth(40))
	}
	return b
}

// report implements tools.Progress.
func (b *bar) report(done, total int, message string) {
	b.latest.Store(&message)
	if b.bars == nil {
		if time.Since(b.lastSay) >= sayEvery {
			b.lastSay = time.Now()
			fmt.Fprintf(terminal{b.out}, "%s of %s, %s\n", text.Number(done), text.Number(total), message)
		}
		return
	}
	if b.bar == nil {
		b.bar = b.bars.AddBar(int64(max(total, 1)), mpb.BarRemoveOnComplete(),
			mpb.AppendDecorators(
				decor.CountersNoUnit(" %d of %d"), decor.AverageSpeed(0, ", %.0f/s"),
				decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 8}), ""),
				decor.Any(func(decor.Statistics) string { return ", " + *b.latest.Load() }),
			))
	}
	b.bar.SetTotal(int64(max(total, 1)), false)
	b.bar.SetCurrent(int64(done))
}

func (b *bar) end() {
	if b.bar != nil {
		b.bar.Abort(true)
	}
	if b.bars != nil {
		b.bars.Wait()
	}
}
