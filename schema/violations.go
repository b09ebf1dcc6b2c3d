package schema

import (
	"strings"

	"mailtrap-contacts-mcp/text"
)

// Violation is one thing wrong with the arguments of a call. Its texts are safe to show: what came from outside is
// quoted and clipped.
type Violation struct {
	Where string // the place, as in "rows[3].email"; "" for the arguments as a whole
	What  string // what is wrong there
	Right string // what would be right; may be empty
}

// String writes the violation as a sentence: `rows[3].email: "nope" is not a date; give one like 2026-01-31.`
func (v Violation) String() string {
	var b strings.Builder
	if v.Where != "" {
		b.WriteString(v.Where + ": ")
	}
	b.WriteString(v.What)
	if v.Right != "" {
		b.WriteString("; " + v.Right)
	}
	b.WriteByte('.')
	return b.String()
}

// Violations are what is wrong with the arguments of a call, in the order of the schema and the arguments, as far as it was
// looked for.
type Violations []Violation

// maxShown is how many violations are written out; more of them teach an agent nothing new.
const maxShown = 20

// Error writes the first violations one below the other, and says where there are more.
func (v Violations) Error() string {
	var lines []string
	for _, violation := range v[:min(len(v), maxShown)] {
		lines = append(lines, violation.String())
	}
	if len(v) > maxShown {
		lines = append(lines, "and more.")
	}
	return strings.Join(lines, "\n")
}

// where writes a location inside the arguments: names joined by dots, indexes in brackets.
func (s *shape) where(location []string) string {
	var b strings.Builder
	for _, step := range location {
		switch {
		case s.isArray():
			b.WriteString("[" + step + "]")
		case !isPlainName(step):
			b.WriteString("[" + text.Quote(text.Clip(step, maxName)) + "]")
		case b.Len() > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
		s = s.child(step)
	}
	return b.String()
}

// maxName is how much of an unknown argument's name is shown.
const maxName = 40

func isPlainName(name string) bool {
	for _, r := range name {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}
