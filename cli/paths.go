package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/text"
)

// withPaths returns the flags with their folders as no shell has written them: clients start the server without one.
func (f accountFlags) withPaths() (accountFlags, error) {
	var err error
	if f.Data, err = folder("--data", f.Data); err != nil {
		return f, err
	}
	f.Files = slices.Clone(f.Files)
	for i := range f.Files {
		if f.Files[i], err = folder("--files", f.Files[i]); err != nil {
			return f, err
		}
	}
	return f, nil
}

var variableInPath = text.Pattern(`\$\{|^\$[A-Za-z_]|^%[A-Za-z_()]+%`)

// folder expands a leading ~. A folder that is named by a variable is refused: it would be made under that very name.
func folder(flag, given string) (string, error) {
	if strings.ContainsAny(given, "$%") && variableInPath().MatchString(given) {
		return "", fmt.Errorf("%s %s: there is a variable in it that nothing has replaced; write the whole path, or begin it with "+
			"~ for your home folder", flag, given)
	}
	rest, inHome := strings.CutPrefix(given, "~")
	if !inHome {
		return given, nil
	}
	if rest != "" && rest[0] != '/' && rest[0] != filepath.Separator {
		return "", fmt.Errorf("%s %s: only your own home folder can be written as ~; write the whole path", flag, given)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w; write the whole path", flag, given, err)
	}
	return filepath.Join(home, rest), nil
}
