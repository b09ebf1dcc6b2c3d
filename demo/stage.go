package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// stage is where the story is shown.
type stage struct {
	out      io.Writer
	colour   bool
	terminal bool

	mu      sync.Mutex
	bars    *mpb.Progress
	bar     *mpb.Bar
	message string
	calls   int
}

func newStage(out io.Writer, colour, terminal bool) *stage {
	return &stage{out: out, colour: colour, terminal: terminal}
}

// ANSI styles: bold, dim, cyan, green, yellow.
const (
	bold   = "1"
	dim    = "2"
	cyan   = "36"
	green  = "32"
	yellow = "33"
)

func (s *stage) styled(style, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s *stage) print(format string, values ...any) { fmt.Fprintf(s.out, format, values...) }

func (s *stage) opening(address, folder string) {
	s.print("%s\n", s.styled(bold, "An agent looks after a Mailtrap contacts account"))
	s.print("%s\n\n", s.styled(dim, "No account is needed: the Contacts API is emulated at http://"+address+
		",\nand files are read from and written to "+folder+"."))
}

// announce shows what is asked and the call that follows from it.
func (s *stage) announce(number int, step step) {
	s.calls++
	s.print("%s %s\n", s.styled(bold, fmt.Sprintf("%2d.", number)), s.styled(bold, step.Says))
	s.indented("→", cyan, cyan, written(step))
}

// show prints the answer's text, indented.
func (s *stage) show(answer string, refused bool) {
	mark, style := "←", green
	if refused {
		mark, style = "✗", yellow
	}
	for i, line := range strings.Split(answer, "\n") {
		if i > 0 {
			mark = " "
		}
		s.indented(mark, style, "", line)
	}
	s.print("\n")
}

// indented prints a text after a mark, wrapped at the width of the stage.
func (s *stage) indented(mark, markStyle, style, text string) {
	for i, line := range wrap(text, width-6) {
		if i > 0 {
			mark = " "
		}
		if style != "" {
			line = s.styled(style, line)
		}
		s.print("    %s %s\n", s.styled(markStyle, mark), line)
	}
}

// width is how many columns the story takes.
const width = 110

// wrap breaks a text at spaces into lines of at most limit characters; a longer word stays whole.
func wrap(text string, limit int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > limit {
			lines = append(lines, line)
			line = word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (s *stage) closing(folder string) {
	s.print("%s\n", s.styled(bold, fmt.Sprintf("That was %d calls.", s.calls)))
	s.print("The files are in %s\n", folder)
	s.print("Every tool: mailtrap-contacts-mcp tools. Your own account: the README shows how to wire it into your client.\n")
}

// notified draws the progress that the server reports during a call.
func (s *stage) notified(note mcp.JSONRPCNotification) {
	if note.Method != "notifications/progress" {
		return
	}
	done, _ := note.Params.AdditionalFields["progress"].(float64)
	total, _ := note.Params.AdditionalFields["total"].(float64)
	message, _ := note.Params.AdditionalFields["message"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.terminal || total <= 1 {
		return
	}
	s.message = message
	if s.bar == nil {
		s.bars = mpb.New(mpb.WithOutput(s.out), mpb.WithWidth(40))
		s.bar = s.bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("      ")),
			mpb.AppendDecorators(decor.CountersNoUnit(" %d of %d, "), decor.Any(s.latest)))
	}
	s.bar.SetCurrent(int64(done))
}

// latest is the message of the last note; the bar asks for it when it is drawn.
func (s *stage) latest(decor.Statistics) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.message
}

// endProgress takes the bar away before the answer is shown.
func (s *stage) endProgress() {
	s.mu.Lock()
	bar, bars := s.bar, s.bars
	s.bar, s.bars = nil, nil
	s.mu.Unlock()
	if bar != nil {
		bar.Abort(true)
		bars.Wait()
	}
}
