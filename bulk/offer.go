package bulk

import (
	"slices"

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
