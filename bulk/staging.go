package bulk

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// stagedAbove is how many contacts an import may have without being staged: so few are sent within the call itself.
const stagedAbove = 1000

// staging is what an import has not sent yet: its requests, and, if it is active, a folder with a CSV file for each of
// them and a record of how far the import is. Each file goes when its contacts were accepted, so that what is left after a
// crash is what was not sent.
type staging struct {
	where  folder
	name   string
	log    *slog.Logger
	active bool

	mu      sync.Mutex // the heartbeat touches what sent writes, and Erase takes people out of all of it
	record  record
	waiting [][]apiclient.ImportRow // the requests in memory; nil in the place of those handed out
	sending []apiclient.ImportRow   // the last one handed out, until Mailtrap has worked it off
	erased  map[string]bool         // the addresses that are not to be sent any more
	ended   bool                    // nobody works on it any more
}

func stagingName(stamp string) string { return "mailtrap-import-" + stamp }

// unsentFiles match the names of chunks.
const unsentFiles = "not-sent-*.csv"

func chunkName(i int) string { return fmt.Sprintf("not-sent-%03d.csv", i+1) }

// stage writes down what is to be sent before the first request.
func (s *Service) stage(j *job, chunks [][]apiclient.ImportRow) (*staging, error) {
	rows := 0
	for _, chunk := range chunks {
		rows += len(chunk)
	}
	if rows <= stagedAbove || len(s.folders.roots) == 0 {
		return &staging{waiting: chunks}, nil
	}
	first := chunks[0][0]
	staged := &staging{
		where: s.folders.roots[0], name: stagingName(j.stamp), log: s.log, active: true, waiting: chunks,
		record: record{AddToLists: first.AddToLists, RemoveFromList: first.RemoveFrom},
	}
	staged.record.take(j.status())
	if err := staged.write(chunks); err != nil {
		staged.remove()
		return nil, fault.New(fault.FileAccess, "The contacts to import could not be written to a file first, so nothing was sent.",
			"Imports keep what is not sent yet in "+staged.where.path+".", "Check that the folder can be written to and has room, and repeat the call.").Because(err)
	}
	j.staged = true
	j.update("", func(status *Status) { status.UnsentFolder = staged.path() })
	return staged, nil
}

func (g *staging) path() string { return filepath.Join(g.where.path, g.name) }

func (g *staging) write(chunks [][]apiclient.ImportRow) error {
	if err := g.where.root.Mkdir(g.name, 0o700); err != nil {
		return err
	}
	for i, chunk := range chunks {
		if err := g.writeFile(chunkName(i), func(w io.Writer) error { return writeRows(w, chunk) }); err != nil {
			return err
		}
	}
	return g.writeRecord()
}

func (g *staging) writeRecord() error {
	err := g.writeFile(recordName, func(w io.Writer) error { return json.NewEncoder(w).Encode(g.record) })
	return cmp.Or(err, g.touch(time.Now()))
}

func (g *staging) touch(at time.Time) error {
	return g.where.root.Chtimes(filepath.Join(g.name, recordName), at, at)
}

// beat keeps touching the record, so that other processes see that this one is at work, until stop is called.
func (g *staging) beat() (stop func()) {
	if !g.active {
		return func() {}
	}
	ticker, ended, stopped := time.NewTicker(heartbeat), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-ticker.C:
				g.mu.Lock()
				_ = g.touch(time.Now()) // others take the import for stopped then, which does no harm
				g.mu.Unlock()
			case <-ended:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(ended)
		<-stopped
	}
}

// writeFile writes a file whole or not at all.
func (g *staging) writeFile(name string, content func(io.Writer) error) error {
	temporary := filepath.Join(g.name, "."+name+".part")
	file, err := g.where.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(content(file), file.Sync(), file.Close())
	if err == nil {
		err = g.where.root.Rename(temporary, filepath.Join(g.name, name))
	}
	return err
}

func writeRows(w io.Writer, rows []apiclient.ImportRow) error {
	set := map[string]bool{}
	for _, row := range rows {
		for tag := range row.Fields {
			set[tag] = true
		}
	}
	prepared := &Prepared{tags: append([]string{"email"}, slices.Sorted(maps.Keys(set))...)}
	out := csv.NewWriter(w)
	if err := out.Write(prepared.tags); err != nil {
		return err
	}
	for _, row := range rows {
		if err := out.Write(prepared.cellsOf(row)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// sent records that a chunk was accepted. A record that cannot be written costs a repeat after a crash, not a contact.
func (g *staging) sent(chunk int, status Status) {
	if !g.active {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.record.take(status)
	err := g.where.root.Remove(filepath.Join(g.name, chunkName(chunk)))
	if errors.Is(err, fs.ErrNotExist) { // nobody was left in it
		err = nil
	}
	if err := errors.Join(g.writeRecord(), err); err != nil {
		g.log.Warn("an import's record could not be brought up to date", "cause", err)
	}
}

// release ends the work on the folder and says where it is if rows are left in it. The record stays in any case: with it
// an id that was answered early still finds the whole import.
func (g *staging) release(status Status) (unsentFolder string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting, g.sending, g.ended = nil, nil, true
	if !g.active {
		return ""
	}
	g.record.take(status) // Mailtrap may have rejected rows since the last part was accepted
	if err := g.writeRecord(); err != nil {
		g.log.Warn("an import's record could not be brought up to date", "cause", err)
	}
	_ = g.touch(time.Unix(0, 0)) // at worst others wait a little before they believe that we are gone
	return g.unsentFolder()
}

// unsentFolder is where the folder is, if rows are left in it.
func (g *staging) unsentFolder() string {
	left, err := fs.Glob(g.where.root.FS(), g.name+"/"+unsentFiles)
	if err == nil && len(left) == 0 {
		return ""
	}
	return g.path()
}

func (g *staging) remove() {
	if err := g.where.root.RemoveAll(g.name); err != nil {
		g.log.Warn("an import's folder could not be removed", "cause", err)
	}
}
