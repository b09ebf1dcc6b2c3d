package tools

import (
	"mailtrap-contacts-mcp/text"
)

// Followed are the segments whose conditions were rewritten because what they name was renamed.
type Followed struct {
	Segments []string `json:"segments,omitempty" jsonschema_description:"Segments that name it by its new name now"`

	failed bool
}

func followed(names []string, err error) Followed {
	return Followed{Segments: names, failed: err != nil}
}

func (f Followed) describe() string {
	said := ""
	if len(f.Segments) > 0 {
		said = "The conditions of " + text.Count(len(f.Segments), "segment") + " name it by its new name now: " +
			text.Listing(text.Words(f.Segments, 100), 10) + "."
	}
	if f.failed {
		said = lines(said, "Segments that use it could not be rewritten; they answer conflict until they are saved again.")
	}
	return said
}
