package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// Erased is what Erase has done.
type Erased struct {
	// Files are the paths of those that were changed or removed.
	Files []string
	// Rows is how many rows were taken out, of them and of what was in memory only.
	Rows int
	// Sending are the imports that have a row of the person on its way to Mailtrap, or in another process's memory: it
	// arrives all the same, and the contact has to be deleted once they have ended.
	Sending []string
}

// The names that this program gives its files. A file that a person made is left alone, however much it looks like one.
var (
	stampPattern = `\d{8}t\d{6}[a-z2-7]{4}`
	ownFolder    = regexp.MustCompile(`^mailtrap-import-(` + stampPattern + `)$`)
	ownRejected  = regexp.MustCompile(`^mailtrap-rejected-(` + stampPattern + `)(-\d+)?\.csv$`)
	ownChunk     = regexp.MustCompile(`^not-sent-\d{3,}\.csv$`)
	// ownRemains are files that a killed process had not finished.
	ownRemains = regexp.MustCompile(`^\.(mailtrap-(rejected|contacts)-` + stampPattern + `(-\d+)?\.csv|not-sent-\d{3,}\.csv)(\.[a-z2-7]{8})?\.part$`)
)

// remainsAfter is how long nobody must have written to an unfinished file for it to be a killed process's.
const remainsAfter = time.Hour

// Erase takes a person out of what this server keeps of imports: rows that were not sent yet, in files and in the memory
// of this process, and files of rejected rows. The files of exports, and those the operator gave, are not its own. Each
// file is replaced as a whole, so that a process that is killed meanwhile leaves the old one or the new one; a repeat goes
// on where it was. It does all it can before it fails: an error comes with what was done.
func (s *Service) Erase(ctx context.Context, email string) (Erased, error) {
	e := erasure{Service: s, email: strings.ToLower(strings.TrimSpace(email)), mine: map[string]*job{}, done: Erased{Files: []string{}}}
	if e.email == "" {
		return Erased{}, fault.New(fault.InvalidInput, "There is no address to erase.", "", "Give the person's e-mail address.")
	}
	s.setUp.Lock() // for as long as it takes: a folder that is being set up would be seen in part
	defer s.setUp.Unlock()
	e.forget()
	for _, where := range s.folders.roots {
		if err := e.takeOutOf(ctx, where); err != nil {
			return e.done, err
		}
	}
	if len(e.failed) > 0 {
		return e.done, fault.New(fault.FileAccess, "The person could not be taken out of "+text.Listing(e.failed, 10)+".", e.why,
			"Take the rows out by hand or delete the file, and repeat the call.").Because(e.cause)
	}
	return e.done, nil
}

// erasure is one call of Erase.
type erasure struct {
	*Service
	email string          // in lower case
	mine  map[string]*job // the imports of this process, by stamp
	done  Erased

	failed []string // the files that could not be changed
	why    string   // the first of them could not
	cause  error
}

// forget takes the person out of the memory of this process, before the files: what is read there is not sent any more.
func (e *erasure) forget() {
	e.mu.Lock()
	jobs := slices.Clone(e.jobs)
	e.mu.Unlock()
	for _, j := range jobs {
		if j.status().Kind != Import {
			continue
		}
		e.mine[j.stamp] = j
		j.unsent.mu.Lock()
		rows, sending := j.unsent.forget(e.email)
		if rows > 0 {
			j.update("", func(status *Status) {
				status.Total -= rows
				status.TakenOut += rows
			})
		}
		if !j.unsent.active {
			e.done.Rows += rows
		}
		j.unsent.mu.Unlock()
		if sending {
			e.done.Sending = append(e.done.Sending, j.status().ID)
		}
	}
}

// takeOutOf goes through an allowed folder, import by import.
func (e *erasure) takeOutOf(ctx context.Context, where folder) error {
	entries, err := fs.ReadDir(where.root.FS(), ".")
	if err != nil {
		e.fail(where.path, err)
		return nil
	}
	imports := map[string]*imprint{}
	of := func(stamp string) *imprint {
		if imports[stamp] == nil {
			imports[stamp] = &imprint{where: where, stamp: stamp}
		}
		return imports[stamp]
	}
	for _, entry := range entries {
		name := entry.Name()
		if found := ownFolder.FindStringSubmatch(name); found != nil && entry.IsDir() {
			of(found[1]).folder = name
		} else if found := ownRejected.FindStringSubmatch(name); found != nil && entry.Type().IsRegular() {
			of(found[1]).rejected = append(of(found[1]).rejected, name)
		}
		e.removeRemains(where, "", entry)
	}
	for _, stamp := range slices.Sorted(maps.Keys(imports)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.takeOut(imports[stamp], e.mine[stamp])
	}
	return nil
}

// imprint is what an import has left in an allowed folder.
type imprint struct {
	where    folder
	stamp    string
	folder   string // with what it has not sent; empty when it has none
	rejected []string
}

// takeOut takes the person out of one import's files. When the import is this process's, they are its job's to write too.
func (e *erasure) takeOut(found *imprint, j *job) {
	if j == nil {
		j = newJob(Import) // of nobody, so that its lock is free
		j.unsent.ended = true
		e.change(found, j, false)
		return
	}
	j.unsent.mu.Lock()
	defer j.unsent.mu.Unlock()
	e.change(found, j, true)
}

func (e *erasure) change(found *imprint, j *job, ours bool) {
	rejected := 0
	for _, name := range found.rejected {
		path := filepath.Join(found.where.path, name)
		intact := ours && j.status().RejectedFile == path && isAsWritten(path, j.rejects)
		if rows := e.rewrite(found.where, name, anyCell, false); rows > 0 {
			rejected += rows
			if intact {
				j.rejects, _ = os.Stat(path) // without it the file is taken for changed, which costs a second file
			}
		}
	}
	unsent := e.takeOutUnsent(found)
	if !ours {
		e.noteSending(found, unsent)
	}
	if !j.unsent.ended {
		unsent = 0 // they were counted in memory, where one that is on its way is not taken out
	}
	if ours {
		j.update("", func(status *Status) {
			status.Total -= unsent
			status.TakenOut += unsent + rejected
			status.IgnoredColumns = e.without(status.IgnoredColumns)
			if j.unsent.ended && status.UnsentFolder != "" {
				status.UnsentFolder = j.unsent.unsentFolder()
			}
		})
	}
	e.changeRecord(found, func(r *record) {
		r.Ignored = e.without(r.Ignored)
		if ours {
			r.Contacts, r.TakenOut = j.status().Total, j.status().TakenOut
			return
		}
		r.Contacts -= unsent
		r.TakenOut += unsent + rejected
	})
}

// noteSending notes an import that another process is sending: what was in its files is in its memory too.
func (e *erasure) noteSending(found *imprint, unsent int) {
	if left, there := e.leftover(found.stamp); unsent > 0 && there && left.alive {
		e.done.Sending = append(e.done.Sending, left.record.status(found.stamp).ID)
	}
}

// takeOutUnsent takes the person out of the rows that were not sent. A file in which nobody is left is removed, as when its
// rows were sent.
func (e *erasure) takeOutUnsent(found *imprint) (rows int) {
	if found.folder == "" {
		return 0
	}
	entries, err := fs.ReadDir(found.where.root.FS(), found.folder)
	if err != nil {
		e.fail(filepath.Join(found.where.path, found.folder), err)
		return 0
	}
	for _, entry := range entries {
		if ownChunk.MatchString(entry.Name()) && entry.Type().IsRegular() {
			rows += e.rewrite(found.where, filepath.Join(found.folder, entry.Name()), emailCell, true)
		}
		e.removeRemains(found.where, found.folder, entry)
	}
	return rows
}

// without leaves the address out of the names of columns: a file without a header has a person's in their place.
func (e *erasure) without(columns []string) []string {
	if len(columns) == 0 {
		return columns
	}
	return slices.DeleteFunc(slices.Clone(columns), func(name string) bool { return isAddress(name, e.email) })
}

// changeRecord writes an import's record anew if it says something else then. It keeps the time of the record, by which
// others see whether a process is at work.
func (e *erasure) changeRecord(found *imprint, change func(*record)) {
	if found.folder == "" {
		return
	}
	name := filepath.Join(found.folder, recordName)
	root := found.where.root
	content, err := fs.ReadFile(root.FS(), filepath.ToSlash(name))
	var kept record
	if err == nil {
		err = json.Unmarshal(content, &kept)
	}
	if err != nil {
		return // there is no record, or none that anybody reads
	}
	was := kept
	change(&kept)
	if reflect.DeepEqual(was, kept) {
		return
	}
	changed, err := json.Marshal(kept)
	if err != nil {
		return // it was read from JSON
	}
	path := filepath.Join(found.where.path, name)
	if err := replaceKeepingTime(root, name, append(changed, '\n')); err != nil {
		e.fail(path, err)
		return
	}
	e.done.Files = append(e.done.Files, path)
}

func replaceKeepingTime(root *os.Root, name string, content []byte) error {
	info, err := root.Stat(name)
	if err != nil {
		return err
	}
	draft, err := draftBeside(root, name)
	if err != nil {
		return err
	}
	_, err = draft.Write(content)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = root.Chtimes(draft.name, info.ModTime(), info.ModTime())
	}
	if err == nil {
		err = root.Rename(draft.name, name)
	}
	if err != nil {
		_ = root.Remove(draft.name) // nothing more can be done about it
	}
	return err
}

// removeRemains removes an unfinished file with the person in it that a killed process has left. It has no rows that do
// not stand elsewhere, and nobody reads it.
func (e *erasure) removeRemains(where folder, within string, entry fs.DirEntry) {
	if !ownRemains.MatchString(entry.Name()) || !entry.Type().IsRegular() {
		return
	}
	info, err := entry.Info()
	if err != nil || time.Since(info.ModTime()) < remainsAfter { // somebody may be writing it
		return
	}
	name := filepath.Join(within, entry.Name())
	file, err := where.root.Open(name)
	if err != nil {
		return
	}
	theirs, err := mentions(file, e.email)
	file.Close()
	if err == nil && !theirs {
		return
	}
	if err := where.root.Remove(name); err != nil {
		e.fail(filepath.Join(where.path, name), err)
		return
	}
	e.done.Files = append(e.done.Files, filepath.Join(where.path, name))
}

// fail notes a file that could not be changed.
func (e *erasure) fail(path string, err error) {
	if e.cause == nil {
		e.cause, e.why = err, "The system refuses it."
		if broken := malformed(err); broken > 0 {
			e.why = fmt.Sprintf("Line %d is malformed.", broken)
		} else if errors.Is(err, errChanged) {
			e.why = "Somebody else wrote to it at the same time."
		}
	}
	e.failed = append(e.failed, path)
}
