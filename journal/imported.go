package journal

import "mailtrap-contacts-mcp/apiclient"

// Imported is what the journal keeps of one request of an import: no addresses, and so nothing to erase.
type Imported struct {
	Job      string           `json:"job,omitempty"`
	Import   int64            `json:"import,omitempty"` // Mailtrap's id
	Contacts int              `json:"contacts"`
	Joined   []int64          `json:"joined,omitempty"` // lists that all of them joined
	Left     []int64          `json:"left,omitempty"`
	Fields   apiclient.Values `json:"fields,omitempty"` // that all of them got
	Did      *Did             `json:"did,omitempty"`
}

// Did is what a request changes of those of its contacts of whom it is known what they were before: to how many it does what,
// and nothing that they have alone, so that there is nothing to erase.
type Did struct {
	Known   int            `json:"known"`
	Created int            `json:"created,omitempty"`
	Changed int            `json:"changed,omitempty"`
	Fields  map[string]int `json:"fields,omitempty"` // by merge tag
	Joined  map[int64]int  `json:"joined,omitempty"`
	Left    map[int64]int  `json:"left,omitempty"`
}

// unknown is of how many contacts it is not known what they were before.
func (i Imported) unknown() int {
	if i.Did == nil {
		return i.Contacts
	}
	return i.Contacts - i.Did.Known
}
