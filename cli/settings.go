package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Clients hand settings on as their configuration has them: empty, in quotes, in another case, a placeholder that they
// did not replace, a list as several arguments. A server that does not start shows as "disconnected" only, so what is
// meant is understood, and what cannot be is taken as not set, and said.

// notes are what was set and is not heeded, in sentences.
type notes struct{ lines []string }

func (n *notes) all() []string {
	if n == nil {
		return nil
	}
	return n.lines
}

// settings are the flags that a client's configuration may hold, by their names and by their variables. The token is not
// among them: nothing is guessed about it.
type settings struct {
	commands map[string]*kong.Node
	flags    map[string]*kong.Flag
	unheeded *notes
}

const tokenVariable = "MAILTRAP_API_TOKEN"

func settingsOf(program *kong.Node, unheeded *notes) settings {
	s := settings{map[string]*kong.Node{}, map[string]*kong.Flag{}, unheeded}
	for _, command := range program.Children {
		s.commands[command.Name] = command
	}
	for _, flag := range program.DefaultCmd.Flags {
		if !slices.Contains(flag.Envs, tokenVariable) {
			s.flags["--"+flag.Name] = flag
			for _, variable := range flag.Envs {
				s.flags[variable] = flag
			}
		}
	}
	return s
}

// variables puts the variables right.
func (s settings) variables() error {
	for _, variable := range os.Environ() {
		key, value, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(key, "MAILTRAP_") {
			continue
		}
		values := []string{value}
		if flag := s.flags[key]; flag != nil {
			if flag.IsSlice() {
				values = strings.Split(value, ",")
			}
			values = s.heeded(key, flag, values)
		}
		var err error
		if value := strings.Join(values, ","); strings.TrimSpace(value) == "" {
			err = os.Unsetenv(key)
		} else {
			err = os.Setenv(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// arguments puts the arguments right. A flag that may be repeated takes several values after one another, unless the
// command has arguments of its own, from which they could not be told.
func (s settings) arguments(given []string) []string {
	several := true
	if len(given) > 0 {
		if command := s.commands[given[0]]; command != nil {
			several = len(command.Positional) == 0
		}
	}
	var right []string
	for i := 0; i < len(given); i++ {
		name, value, joined := strings.Cut(given[i], "=")
		flag := s.flags[name]
		if given[i] == "--" {
			return append(right, given[i:]...)
		}
		if flag == nil || flag.IsBool() && !joined {
			right = append(right, given[i])
			continue
		}
		var values []string
		if joined {
			values = []string{value}
		}
		for i+1 < len(given) && !strings.HasPrefix(given[i+1], "-") && (len(values) == 0 || several && flag.IsSlice()) {
			i++
			values = append(values, given[i])
		}
		if len(values) == 0 && !flag.IsSlice() {
			right = append(right, name) // the parser says what is missing
		}
		for _, value := range s.heeded(name, flag, values) {
			right = append(right, name+"="+value)
		}
	}
	return right
}

// heeded returns the values of a setting that count, spelt as they are declared.
func (s settings) heeded(name string, flag *kong.Flag, values []string) []string {
	var counting []string
	for _, value := range values {
		value = unquoted(value)
		switch {
		case isPlaceholder(value):
			s.unheeded.lines = append(s.unheeded.lines,
				name+" is taken as not set: its value is the placeholder "+value+", which the client did not replace")
		case value != "":
			counting = append(counting, declared(flag, value))
		}
	}
	return counting
}

// isPlaceholder reports whether a value is one variable of a configuration, ${LIKE_THIS}.
func isPlaceholder(value string) bool {
	name, begins := strings.CutPrefix(value, "${")
	name, ends := strings.CutSuffix(name, "}")
	return begins && ends && !strings.ContainsAny(name, "{}")
}

// unquoted takes the quotes off that stand around a whole value.
func unquoted(value string) string {
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') &&
		!strings.Contains(value[1:n-1], value[:1]) {
		return strings.TrimSpace(value[1 : n-1])
	}
	return value
}

// declared spells a value as its flag does: True as true, Always as always.
func declared(flag *kong.Flag, value string) string {
	lower := strings.ToLower(value)
	if flag.IsBool() {
		switch lower {
		case "on":
			return "true"
		case "off":
			return "false"
		}
		return lower
	}
	if flag.Enum != "" && slices.Contains(flag.EnumSlice(), lower) {
		return lower
	}
	return value
}
