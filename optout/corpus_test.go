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

// worst are the most that may go wrong in the corpus; the figures only ever go down, unless the corpus grows.
var worst = struct{ sent, held, foreign, asked int }{sent: 0, held: 5, foreign: 0, asked: 21}

// safe are the tools whose default exports must not hold anybody back who is willing.
var safe = []string{"HubSpot", "Mailchimp", "Klaviyo", "Brevo", "Shopify", "MailerLite", "Kit", "listmonk", "Substack", "beehiiv", "Ghost", "ActiveCampaign"}

// TestTheCorpusIsJudgedNoWorse prints the confusion matrix of the corpus, and every cell that is judged wrongly. A bare
// status whose words no mailing has is asked about. An empty cell below an agreement passes and is counted by the caller:
// it is left out of what is sent wrongly.
func TestTheCorpusIsJudgedNoWorse(t *testing.T) {
	decisions := []string{"sent", "held", "asked", "blank"}
	matrix := map[string]map[string]int{"willing": {}, "unwilling": {}, "unclear": {}, "other": {}}
	defaults := map[string]int{}
	for _, column := range corpus(t) {
		judged := column.judged()
		for cell, truth := range column.Cells {
			said := judged.Read(cell)
			decision := "sent"
			switch {
			case judged.Kind == Unclear:
				decision = "asked"
			case said.Verdict > Yes:
				decision = "held"
			case judged.Kind == Agreement && said.Verdict == Silent:
				decision = "blank"
			}
			if column.About == "other" {
				truth = "other"
			}
			row, known := matrix[truth]
			if !known {
				t.Fatalf("%s: %q is %q", column.file, cell, truth)
			}
			row[decision]++
			if willing := truth == "willing" || truth == "other"; willing && decision != "sent" && decision != "blank" || !willing && decision == "sent" {
				t.Logf("%s %s: %q with %q, %s, is %s (%s, %s)", column.file, column.Tool, column.Header, cell, truth, decision, judged.Kind, said.Reason)
			}
			if column.Export == "default" && slices.Contains(safe, column.Tool) {
				defaults[column.Tool]++
				if truth == "willing" && (decision == "held" || decision == "asked") {
					t.Errorf("%s %s: %q of the default export holds back %q", column.file, column.Tool, column.Header, cell)
				}
			}
			if said.Unsubscribes() && truth != "unwilling" {
				t.Errorf("%s %s: %q with %q would unsubscribe somebody", column.file, column.Tool, column.Header, cell)
			}
		}
	}
	t.Logf("%-10s %6s %6s %6s %6s", "", "sent", "held", "asked", "blank")
	for _, truth := range []string{"willing", "unwilling", "unclear", "other"} {
		row := matrix[truth]
		t.Logf("%-10s %6d %6d %6d %6d", truth, row[decisions[0]], row[decisions[1]], row[decisions[2]], row[decisions[3]])
	}
	for _, tool := range safe {
		if defaults[tool] == 0 {
			t.Errorf("the corpus has no default export of %s", tool)
		}
	}
	if sent := matrix["unwilling"]["sent"] + matrix["unclear"]["sent"]; sent > worst.sent {
		t.Errorf("%d who may not be mailed are sent, more than %d", sent, worst.sent)
	}
	if held := matrix["willing"]["held"]; held > worst.held {
		t.Errorf("%d willing are held back, more than %d", held, worst.held)
	}
	if foreign := matrix["other"]["held"]; foreign > worst.foreign {
		t.Errorf("%d cells of other columns are held back, more than %d", foreign, worst.foreign)
	}
	if asked := matrix["willing"]["asked"] + matrix["other"]["asked"]; asked > worst.asked {
		t.Errorf("%d cells are asked about for nothing, more than %d", asked, worst.asked)
	}
}
