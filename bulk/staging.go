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

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// stagedAbove is how many contacts an import may have without being staged: so few are sent within the call itself.
const stagedAbove = 1000

// staging is the folder that holds what an import has not sent yet: a CSV file for each request, and a note of the API's
// ids. Each file goes when its contacts were accepted, so that what is left after a crash is what was not sent.
type staging struct {
	where  folder
	name   string
	note   stagingNote
	log    *slog.Logger
	active bool
}

// stagingNote is what the folder's job.json says.
type stagingNote struct {
	APIJobs        []int64 `json:"api_jobs"`
	AddToLists     []int64 `json:"lists"`
	RemoveFromList []int64 `json:"remove_from_lists"`
}

const noteName = "job.json"

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
		return &staging{}, nil
	}
	first := chunks[0][0]
	staged := &staging{
		where: s.folders.roots[0], name: stagingName(j.stamp), log: s.log, active: true,
		note: stagingNote{APIJobs: []int64{}, AddToLists: first.AddToLists, RemoveFromList: first.RemoveFrom},
	}
	if err := staged.write(chunks); err != nil {
		staged.remove()
		return nil, fault.New(fault.FileAccess, "The contacts to import could not be written to a file first, so nothing was sent.",
			"Imports keep what is not sent yet in "+staged.where.path+".", "Check that the folder can be written to and has room, and repeat the call.").Because(err)
	}
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
	return g.writeNote()
}

func (g *staging) writeNote() error {
	return g.writeFile(noteName, func(w io.Writer) error { return json.NewEncoder(w).Encode(g.note) })
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

// sent notes that a chunk was accepted. A note that cannot be written costs a repeat after a crash, not a contact.
func (g *staging) sent(chunk int, jobs []int64) {
	if !g.active {
		return
	}
	g.note.APIJobs = jobs
	if err := errors.Join(g.writeNote(), g.where.root.Remove(filepath.Join(g.name, chunkName(chunk)))); err != nil {
		g.log.Warn("an import's notes could not be brought up to date", "cause", err)
	}
}

// remove takes the folder away when all is sent.
func (g *staging) remove() {
	if !g.active {
		return
	}
	if err := g.where.root.RemoveAll(g.name); err != nil {
		g.log.Warn("an import's folder could not be removed", "cause", err)
	}
}

// unsentFolder is the folder in which an import left rows that were not sent, or empty.
func (s *Service) unsentFolder(stamp string) string {
	if stamp == "" {
		return ""
	}
	for _, where := range s.folders.roots {
		left, err := fs.Glob(where.root.FS(), stagingName(stamp)+"/"+unsentFiles)
		if err == nil && len(left) > 0 {
			return filepath.Join(where.path, stagingName(stamp))
		}
	}
	return ""
}

// tidy removes the folder of an import of an earlier process that has nothing left to send.
func (s *Service) tidy(stamp string) {
	if stamp == "" || s.unsentFolder(stamp) != "" {
		return
	}
	for _, where := range s.folders.roots {
		_ = where.root.Remove(filepath.Join(stagingName(stamp), noteName)) // a leftover does no harm
		_ = where.root.Remove(stagingName(stamp))                          // only when it is empty
	}
}

// sentJobs are the API's ids that an import noted in its folder.
func (s *Service) sentJobs(stamp string) []int64 {
	if stamp == "" {
		return nil
	}
	for _, where := range s.folders.roots {
		content, err := fs.ReadFile(where.root.FS(), filepath.ToSlash(filepath.Join(stagingName(stamp), noteName)))
		if err != nil {
			continue
		}
		var note stagingNote
		if json.Unmarshal(content, &note) == nil {
			return note.APIJobs
		}
	}
	return nil
}

// writeRejected writes the rows that were not imported to a CSV file that can be mended and imported again. Without a
// folder to write to, the answer shows the reasons only.
func (s *Service) writeRejected(j *job, prepared *Prepared) error {
	if len(prepared.Rejected) == 0 || len(s.folders.roots) == 0 {
		return nil
	}
	draft, err := s.folders.Create("mailtrap-rejected-"+j.stamp+".csv", false)
	if err != nil {
		return err
	}
	slices.SortStableFunc(prepared.Rejected, func(a, b Rejected) int { return cmp.Compare(a.Line, b.Line) })
	out := csv.NewWriter(draft)
	err = out.Write(append([]string{lineColumn, reasonColumn}, prepared.sourceCells(prepared.Columns)...))
	for _, row := range prepared.Rejected {
		if err == nil {
			err = out.Write(append([]string{fmt.Sprint(row.Line), row.Reason}, prepared.sourceCells(row.Cells)...))
		}
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		draft.Discard()
		return s.folders.cannot("written", draft.name, err)
	}
	path, err := draft.Keep()
	if err != nil {
		return err
	}
	j.update("", func(status *Status) { status.RejectedFile = path })
	return nil
}

// sourceCells leaves out the columns that an earlier file of rejected rows put before the source's.
func (p *Prepared) sourceCells(cells []string) []string {
	kept := make([]string, 0, len(cells))
	for i, cell := range cells {
		if i >= len(p.Columns) || !isOwnColumn(p.Columns[i]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

// mostFrequent orders reasons by how often they occur.
func mostFrequent(groups map[string]*Reason, limit int) []Reason {
	found := make([]Reason, 0, len(groups))
	for _, group := range groups {
		found = append(found, Reason{Text: text.Clip(group.Text, 200), Rows: group.Rows})
	}
	slices.SortFunc(found, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text))
	})
	return found[:min(len(found), limit)]
}
