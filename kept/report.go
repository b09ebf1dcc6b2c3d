package kept

import (
	"encoding/json"
	"io"
	"time"

	"mailtrap-contacts-mcp/intake"
)

// Report is what a job came to, for programs and people to read.
type Report struct {
	Job     string          `json:"job"`
	Kind    string          `json:"kind"`
	Planned time.Time       `json:"planned"`
	Started time.Time       `json:"started"`
	Ended   time.Time       `json:"ended"`
	Source  string          `json:"source,omitempty"`
	Rows    int             `json:"rows,omitempty"`
	Merged  int             `json:"merged_rows,omitempty"`
	Reject  int             `json:"rejected_rows,omitempty"`
	Why     []intake.Reason `json:"rejected_reasons,omitempty"`
	Total   int             `json:"contacts"`
	Created int             `json:"created,omitempty"`
	Updated int             `json:"updated,omitempty"`
	Over    int             `json:"over_limit,omitempty"`
	Done    int             `json:"done,omitempty"`
	Same    int             `json:"unchanged,omitempty"`
	Unsub   int             `json:"unsubscribed,omitempty"`
	Missing int             `json:"not_found,omitempty"`
	Refused int             `json:"refused,omitempty"`
	Unknown int             `json:"outcome_unknown,omitempty"`
	Unasked int             `json:"created_unasked,omitempty"`
	Taken   int             `json:"taken_out,omitempty"`
	NotSent int             `json:"not_sent,omitempty"`
	Failure string          `json:"failure,omitempty"`
	People  []Problem       `json:"contacts_with_problems,omitempty"`
}

// Problem is a contact that a job could not deal with as it should.
type Problem struct {
	Contact string `json:"contact"`
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
}

// Write writes it as a file has it.
func (r Report) Write(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}
