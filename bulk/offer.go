package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// A server that was started with some of the tools only does what those do, and nothing that others have begun: it neither
// carries out the plans of other tools nor resumes their jobs, which wait for a server that offers them.

// Limit says that agents get these of the tools that start jobs, and not all. It is to be called before the first job.
func (s *Service) Limit(tools []string) {
	s.limited, s.tools = true, slices.Sorted(slices.Values(tools))
}

// carries reports whether the jobs of a tool are this server's to carry out.
func (s *Service) carries(tool string) bool { return !s.limited || slices.Contains(s.tools, tool) }

// ours is the condition on a job to be this server's to carry out, or to end because somebody wants it cancelled, and what
// it is given.
func (s *Service) ours() (condition string, given []any) {
	if s.api.ReadOnly() {
		condition = ` AND kind = 'export'`
	}
	if !s.limited {
		return condition, nil
	}
	names, _ := json.Marshal(s.tools) // texts can be written
	return condition + ` AND (stop <> 0 OR call ->> '$.Tool' IN (SELECT value FROM json_each(?)))`, []any{string(names)}
}

// lineOf is the queue's line for a job. A server with some of the tools has a line of its own, because the first job in one
// may be taken by any server that works it off; the others take a job over from it when nobody works on that any more.
func (s *Service) lineOf(kind Kind, account string) string {
	writes, reads := lines(account)
	switch {
	case s.limited:
		sum := sha256.Sum256([]byte(account + "\x00" + strings.Join(s.tools, "\x00")))
		return "some-" + hex.EncodeToString(sum[:8])
	case kind == Export:
		return reads
	}
	return writes
}

// offered refuses a job that is another server's to carry out.
func (s *Service) offered(j *job) error {
	if s.carries(j.call.Tool) {
		return nil
	}
	return NotOffered("The plan "+j.ID, j.call.Tool)
}

// NotOffered is the fault of what a tool began that this server does not offer.
func NotOffered(what, tool string) error {
	return fault.New(fault.NotFound, what+" was made with "+text.Word(tool, 60)+", which this server does not offer.",
		"It was started with some of the tools only (--toolsets, --read-only).",
		"Nothing was changed. Do without it, or ask the operator to use a server that offers "+text.Word(tool, 60)+".")
}
