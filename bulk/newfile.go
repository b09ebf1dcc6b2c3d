package bulk

import (
	"io/fs"
	"path/filepath"
	"time"

	"mailtrap-contacts-mcp/text"
)

// NewFile starts a file below the allowed folders. Without a path its name has the time, and a number where that is taken.
// It is the caller's to keep or discard.
func (s *Service) NewFile(path, extension string) (*Draft, error) {
	exact := path != ""
	if !exact {
		path = "mailtrap-contacts-" + time.Now().UTC().Format("20060102-150405") + "." + extension
	}
	if where, relative, err := s.folders.locate(path); err == nil {
		where.sweep(filepath.Dir(relative))
	}
	return s.folders.Create(path, exact)
}

// ownPart is what this program calls a file that it has not finished, whatever its name will be.
var ownPart = text.Pattern(`^\..*\.mailtrap-contacts-[a-z2-7]{8}\.part$`)

// partAfter is how long nobody must have written to an unfinished file for it to be a killed process's: who writes one writes
// all the time.
const partAfter = time.Minute

// sweep removes the unfinished files that killed processes have left in a folder. What cannot be removed is left for the next
// time.
func (f folder) sweep(dir string) {
	entries, err := fs.ReadDir(f.root.FS(), filepath.ToSlash(dir))
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !ownPart().MatchString(entry.Name()) {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) >= partAfter {
			_ = f.root.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}
