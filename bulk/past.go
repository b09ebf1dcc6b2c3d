package bulk

import (
	"context"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// followPast waits for an import that another process started.
func (s *Service) followPast(ctx context.Context, id jobID, wait time.Duration, report func(done, total int, message string)) (Status, error) {
	until := time.Now().Add(wait)
	for looks := 0; ; looks++ {
		status, err := s.pastImport(ctx, id)
		pause := pollWait(looks)
		if err != nil || status.State != Running && !status.Applying || time.Now().Add(pause).After(until) {
			return status, err
		}
		if report != nil {
			report(status.progress("Mailtrap is importing"))
		}
		if err := apiclient.Pause(ctx, pause); err != nil {
			return status, onlyWaiting(status.ID, err)
		}
	}
}

// pastImport tells the state of an import that another process started, from its folder and from the API.
func (s *Service) pastImport(ctx context.Context, id jobID) (Status, error) {
	left, found := s.leftover(id.stamp)
	status := left.record.status(id.stamp)
	status.Kind, status.APIJobs = Import, Union(id.api, left.record.APIJobs)
	if len(status.APIJobs) == 0 && !found {
		return Status{}, unnumbered(id)
	}
	if !found {
		status.RejectedFile, status.Rejected = s.rejectedBefore(id.stamp)
		if id.stamp != "" && len(id.api) == shortNumbers {
			status.Note = "The folder with its record is gone; if it had more than three parts, the others are not counted here."
		}
	}
	switch {
	case found && left.alive:
		status.State, status.UnsentFolder = Running, left.folder
		status.Note = "Another process of this server is sending it."
	case left.unsent:
		status.State, status.UnsentFolder = Stopped, left.folder
	default:
		status.State = Finished
	}
	if err := s.askFor(ctx, &status); err != nil {
		return Status{}, err
	}
	whole := jobID{kind: Import, api: status.APIJobs, stamp: id.stamp}
	if found {
		whole = whole.short()
	}
	status.ID = whole.String()
	status.Sent = max(status.Sent, status.Created+status.Updated+status.OverLimit)
	return status, nil
}

// askFor adds up what the API says of its own imports that a job consists of.
func (s *Service) askFor(ctx context.Context, status *Status) error {
	for _, n := range status.APIJobs {
		found, err := s.api.Import(ctx, n)
		if apiclient.IsKind(err, apiclient.NotFound) {
			return fault.New(fault.NotFound, fmt.Sprintf("Mailtrap knows no import %d.", n), "",
				"Check the job_id; it may be another account's.").Because(err)
		}
		if err != nil {
			return err
		}
		status.Created += found.Created
		status.Updated += found.Updated
		status.OverLimit += found.OverLimit
		switch {
		case found.Status == apiclient.JobFailed:
			status.State, status.Err = Failed, importFailed(n)
		case !found.Done():
			status.Applying = true
			if status.State == Finished {
				status.State = Running
			}
		}
	}
	status.Counted = status.State == Finished
	return nil
}

func importFailed(id int64) *fault.Error {
	return fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its import %d failed.", id), "",
		"Import the same contacts again: an import is an upsert, so nobody is doubled.")
}

// unnumbered is for an id that was answered before Mailtrap had numbered the job, and whose job has left nothing behind.
func unnumbered(id jobID) error {
	if id.stamp == "" {
		return unknownJob(id.String())
	}
	return fault.New(fault.NotFound, "Nothing is known of the job "+text.Quote(id.String())+".",
		"If such a job_id was answered, that was before Mailtrap had numbered the job, and the process that ran it has ended since.",
		"No rows of it wait to be sent; export_contacts shows who is there.")
}

// onlyWaiting is for a caller who went away: the job does not mind.
func onlyWaiting(id string, cause error) error {
	return fault.New(fault.Cancelled, "Only the waiting was cancelled; the job goes on as "+id+".", "",
		"Follow it with get_job, and do not start it again.").Because(cause)
}
