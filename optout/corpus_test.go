package optout

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// corpusColumn is a column of a real tool's export, with the truth about each cell.
type corpusColumn struct {
	Tool   string `json:"tool"`
	Source string `json:"source"`
	// Export is "default" for a column of the export that the tool makes when nothing is chosen.
	Export string `json:"export,omitempty"`
	Header string `json:"header"`
	// About is "mail", or "other" for a column that has nothing to do with mailing.
	About string            `json:"about"`
	Cells map[string]string `json:"cells"` // willing, unwilling or unclear
	Count map[string]int    `json:"count,omitempty"`
	file  string
}

func corpus(t *testing.T) []corpusColumn {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("there is no corpus", err)
	}
	var all []corpusColumn
	for _, file := range files {
		content, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		lines := bufio.NewScanner(content)
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			var column corpusColumn
			decoder := json.NewDecoder(strings.NewReader(lines.Text()))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&column); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			column.file = fmt.Sprintf("%s:%d", filepath.Base(file), n)
			if column.Tool == "" || column.Source == "" || len(column.Cells) == 0 || column.About != "mail" && column.About != "other" {
				t.Fatalf("%s lacks something", column.file)
			}
			all = append(all, column)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (c corpusColumn) judged() Column {
	var values Values
	for _, cell := range slices.Sorted(maps.Keys(c.Cells)) {
		values.Add(cell, max(1, c.Count[cell]))
	}
	return Judge(c.Header, &values)
}

// worst are the most that may go wrong in the corpus. The room is not in use before sent is 0, foreign is 0 and held at
// most 3 % of the willing; until then the figures only ever go down.
var worst = struct{ sent, held, foreign int }{sent: 57, held: 14, foreign: 27}

// TestTheCorpusIsJudgedNoWorse prints the confusion matrix of the corpus, and every cell that is judged wrongly.
func TestTheCorpusIsJudgedNoWorse(t *testing.T) {
	matrix := map[string]map[string]int{"willing": {}, "unwilling": {}, "unclear": {}}
	foreign := 0
	for _, column := range corpus(t) {
		judged := column.judged()
		for cell, truth := range column.Cells {
			said := judged.Read(cell)
			decision := "sent"
			if said.Verdict > Yes || judged.Kind == Unclear {
				decision = "held"
			}
			if column.About == "other" {
				if decision == "held" {
					foreign++
					t.Logf("%s %s: %q has nothing to do with mail, and %q is held back (%s)", column.file, column.Tool, column.Header, cell, judged.Kind)
				}
				continue
			}
			if _, known := matrix[truth]; !known {
				t.Fatalf("%s: %q is %q", column.file, cell, truth)
			}
			matrix[truth][decision]++
			if (truth == "willing") == (decision == "held") {
				t.Logf("%s %s: %q with %q, who is %s, is %s (%s)", column.file, column.Tool, column.Header, cell, truth, decision, judged.Kind)
			}
			if said.Unsubscribes() && truth == "willing" {
				t.Errorf("%s %s: %q with %q would unsubscribe somebody", column.file, column.Tool, column.Header, cell)
			}
		}
	}
	for _, truth := range []string{"willing", "unwilling", "unclear"} {
		t.Logf("%-10s sent %4d, held back %4d", truth, matrix[truth]["sent"], matrix[truth]["held"])
	}
	if sent := matrix["unwilling"]["sent"] + matrix["unclear"]["sent"]; sent > worst.sent {
		t.Errorf("%d who may not be mailed are sent, more than %d", sent, worst.sent)
	}
	if held := matrix["willing"]["held"]; held > worst.held {
		t.Errorf("%d willing are held back, more than %d", held, worst.held)
	}
	if foreign > worst.foreign {
		t.Errorf("%d cells of other columns are held back, more than %d", foreign, worst.foreign)
	}
}
