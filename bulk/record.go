package bulk

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"time"
)

// record is what the job.json in an import's folder says: enough for another process to tell how far the import is.
// It is not part of any contract; the list ids are there for a person who imports the rest by hand.
type record struct {
	APIJobs        []int64  `json:"api_jobs"`
	AddToLists     []int64  `json:"lists"`
	RemoveFromList []int64  `json:"remove_from_lists"`
	Rows           int      `json:"rows"`
	Merged         int      `json:"merged"`
	Contacts       int      `json:"contacts"`
	Sent           int      `json:"sent"`
	Rejected       int      `json:"rejected"`
	RejectedFile   string   `json:"rejected_file,omitempty"`
	ErasedBefore   int      `json:"erased_before,omitempty"`
	TakenOut       int      `json:"taken_out,omitempty"`
	Ignored        []string `json:"columns_left_out,omitempty"`
}

const (
	recordName = "job.json"
	// heartbeat is how often a process that works on an import touches its record, and alive how recent the touch must
	// be for others to believe that it still does.
	heartbeat = 5 * time.Second
	alive     = 4 * heartbeat
)

func (r *record) take(status Status) {
	r.APIJobs, r.Sent, r.Contacts, r.Rejected, r.RejectedFile = status.APIJobs, status.Sent, status.Total, status.Rejected, status.RejectedFile
	r.Rows, r.Merged, r.Ignored = status.Read, status.Merged, status.IgnoredColumns
	r.ErasedBefore, r.TakenOut = status.ErasedBefore, status.TakenOut
}

func (r record) status(stamp string) Status {
	return Status{
		ID: jobID{kind: Import, api: r.APIJobs, stamp: stamp}.short().String(), Kind: Import, APIJobs: r.APIJobs,
		Read: r.Rows, Merged: r.Merged, Total: r.Contacts, Sent: r.Sent,
		Rejected: r.Rejected, RejectedFile: r.RejectedFile, IgnoredColumns: r.Ignored,
		ErasedBefore: r.ErasedBefore, TakenOut: r.TakenOut,
	}
}

// leftover is the folder that an import of another process has in an allowed folder.
type leftover struct {
	record record
	folder string // its path
	unsent bool   // rows that were not sent lie in it
	alive  bool   // a process is working on it
}

// leftover looks for the folder of an import.
func (s *Service) leftover(stamp string) (leftover, bool) {
	if stamp == "" {
		return leftover{}, false
	}
	for _, where := range s.folders.roots {
		name := stagingName(stamp)
		content, err := fs.ReadFile(where.root.FS(), name+"/"+recordName)
		if err != nil {
			continue
		}
		found := leftover{folder: filepath.Join(where.path, name)}
		if json.Unmarshal(content, &found.record) != nil {
			continue
		}
		if left, err := fs.Glob(where.root.FS(), name+"/"+unsentFiles); err == nil {
			found.unsent = len(left) > 0
		}
		if info, err := where.root.Stat(filepath.Join(name, recordName)); err == nil {
			found.alive = time.Since(info.ModTime()) < alive
		}
		return found, true
	}
	return leftover{}, false
}

// leftovers are the stamps of all imports that have a folder.
func (s *Service) leftovers() []string {
	var stamps []string
	for _, where := range s.folders.roots {
		found, err := fs.Glob(where.root.FS(), stagingName("*")+"/"+recordName)
		if err != nil {
			continue
		}
		for _, path := range found {
			if stamp := filepath.Dir(path)[len(stagingName("")):]; isStamp(stamp) {
				stamps = append(stamps, stamp)
			}
		}
	}
	return stamps
}
