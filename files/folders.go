// Package files is the files on disk that agents name and jobs write: all lie in the folders that the operator allows.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Folders are the places files may be read from and written to. They are opened as os.Root, so that no path and no
// symbolic link leads out of them.
type Folders struct {
	roots []folder
	// excluded is the data folder, whose files are the server's own; empty when there is none.
	excluded string
}

type folder struct {
	path string // absolute
	real string // absolute, symbolic links resolved
	root *os.Root
}

// OpenFolders opens the allowed folders. Without any, the working folder is allowed, but never the root of the file
// system or the home folder itself: desktop clients start servers there, and nobody meant to share those. dataDir is
// kept out except for its "files" folder; empty means there is none.
func OpenFolders(dirs []string, dataDir string) (*Folders, error) {
	folders := &Folders{}
	if dataDir != "" {
		absolute, err := filepath.Abs(dataDir)
		if err != nil {
			return nil, fmt.Errorf("the data folder: %w", err)
		}
		folders.excluded = resolved(absolute)
	}
	if len(dirs) == 0 {
		working, err := os.Getwd()
		if err != nil || isTooWide(working) {
			return folders, nil
		}
		dirs = []string{working}
	}
	for _, dir := range dirs {
		opened, err := openFolder(dir)
		if err != nil {
			folders.Close()
			return nil, err
		}
		folders.roots = append(folders.roots, opened)
	}
	return folders, nil
}

func openFolder(dir string) (folder, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, fmt.Errorf("--files %s: %w", dir, err)
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return folder{}, fmt.Errorf("--files %s: %w", dir, err)
	}
	root, err := os.OpenRoot(resolved)
	if err != nil {
		return folder{}, fmt.Errorf("--files %s: %w", dir, err)
	}
	return folder{path: absolute, real: resolved, root: root}, nil
}

func isTooWide(dir string) bool {
	if dir == filepath.VolumeName(dir)+string(filepath.Separator) {
		return true
	}
	home, err := os.UserHomeDir()
	return err == nil && isWithin(resolved(home), resolved(dir)) // the home folder, or one that holds it
}

// resolved is a path without symbolic links, as far as it exists.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolved(parent), filepath.Base(path))
}

// Close lets go of the folders.
func (f *Folders) Close() {
	for _, folder := range f.roots {
		folder.root.Close()
	}
}

// IsEmpty reports that no folder is allowed.
func (f *Folders) IsEmpty() bool { return len(f.roots) == 0 }

// Paths are the allowed folders' absolute paths.
func (f *Folders) Paths() []string {
	paths := make([]string, len(f.roots))
	for i, folder := range f.roots {
		paths[i] = folder.path
	}
	return paths
}

// locate finds the allowed folder a path lies in. A relative path is meant below the first one.
func (f *Folders) locate(path string) (folder, string, error) {
	if len(f.roots) == 0 {
		return folder{}, "", fault.New(fault.FileAccess, "This server may not use any files.",
			"It was started in a folder that is too wide to share (the root of the file system or the home folder).",
			"Ask the operator to start it with --files FOLDER, and put the file there; up to 1,000 contacts can be given as rows instead.")
	}
	given := path
	path, err := localPath(path, runtime.GOOS == "windows")
	if err != nil {
		return folder{}, "", err
	}
	if path == "" || strings.ContainsRune(path, 0) {
		return folder{}, "", fault.New(fault.FileAccess, "file: there is no path in it.", "", "Give a path like contacts.csv.")
	}
	absolute := path
	if !filepath.IsAbs(path) {
		absolute = filepath.Join(f.roots[0].path, path)
	}
	for _, folder := range f.roots {
		for _, base := range []string{folder.path, folder.real} {
			relative, err := filepath.Rel(base, absolute)
			if err == nil && filepath.IsLocal(relative) && !f.isExcluded(resolved(filepath.Join(folder.real, relative))) {
				return folder, relative, nil
			}
		}
	}
	return folder{}, "", fault.New(fault.FileAccess, "file: "+text.Quote(given)+" is outside the allowed folders.",
		"Allowed: "+strings.Join(text.Paths(f.Paths()), ", ")+".", "Put the file there, or ask the operator to allow its folder with --files.")
}

// isExcluded reports whether a path is the data folder or lies in it, outside of its "files" folder.
func (f *Folders) isExcluded(absolute string) bool {
	return f.excluded != "" && isWithin(absolute, f.excluded) && !isWithin(absolute, filepath.Join(f.excluded, "files"))
}

// isWithin reports whether a path is a folder or lies in it. A system may know a folder by several spellings.
func isWithin(path, dir string) bool {
	folder, err := os.Stat(dir)
	for at := path; ; at = filepath.Dir(at) {
		if at == dir {
			return true
		}
		if info, failed := os.Stat(at); err == nil && failed == nil && os.SameFile(info, folder) {
			return true
		}
		if at == filepath.Dir(at) {
			return false
		}
	}
}

// Open opens a file for reading. Only regular files are opened: reading a device or a pipe could wait for ever.
func (f *Folders) Open(path string) (*os.File, error) {
	where, relative, err := f.locate(path)
	if err != nil {
		return nil, err
	}
	info, err := where.root.Stat(relative)
	switch {
	case err != nil:
		return nil, f.cannot("read", path, err)
	case info.IsDir():
		return nil, fault.New(fault.FileAccess, "file: "+text.Quote(path)+" is a folder.", "", "Name the file in it.")
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.FileAccess, "file: "+text.Quote(path)+" is not a regular file.", "", "Give a file with contacts in it.")
	}
	file, err := where.root.Open(relative)
	if err != nil {
		return nil, f.cannot("read", path, err)
	}
	return file, nil
}

func (f *Folders) cannot(be, path string, err error) error {
	why := "The system refuses it."
	switch {
	case errors.Is(err, fs.ErrNotExist) && be == "written":
		why = "Its folder does not exist."
	case errors.Is(err, fs.ErrNotExist):
		why = "It does not exist."
	case errors.Is(err, fs.ErrExist):
		why = "It exists already, and files are never overwritten."
	case errors.Is(err, fs.ErrPermission):
		why = "The server has no permission."
	case strings.Contains(err.Error(), "escapes"):
		why = "It leads out of the allowed folders."
	}
	next := "Check the path"
	if len(f.roots) > 0 {
		next += "; relative paths are meant below " + text.Path(f.roots[0].path)
	}
	return fault.New(fault.FileAccess, "file: "+text.Quote(path)+" cannot be "+be+".", why, next+".").Because(err)
}

// Remove removes a file that this program wrote, if it is still there.
func (f *Folders) Remove(path string) error {
	where, relative, err := f.locate(path)
	if err != nil {
		return err
	}
	if err := where.root.Remove(relative); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ContactFiles are the names of the contact files that lie directly in the allowed folders, at most 100: relative in the
// first folder, absolute in the others.
func (f *Folders) ContactFiles() []string {
	var names []string
	for file, err := range f.All() {
		if len(names) == 100 {
			break
		}
		if err != nil || !isContactFile(file.Name) || strings.HasPrefix(file.Name, ".") {
			continue // a folder that cannot be listed completes nothing
		}
		if file.where == f.roots[0] {
			names = append(names, file.Name)
		} else {
			names = append(names, file.Path())
		}
	}
	return names
}

// isContactFile tells by its name what is likely to be one.
func isContactFile(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	switch filepath.Ext(name) {
	case ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".xlsx":
		return true
	}
	return false
}
