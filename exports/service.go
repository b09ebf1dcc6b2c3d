package exports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// Service has Mailtrap make exports, and fetches them. The API runs one export at a time (spec); an export changes nothing in
// the account, so that asking for one again is always safe.
type Service struct{ api *apiclient.Client }

// New returns a service. Nothing is asked of the API before an export is wanted.
func New(api *apiclient.Client) *Service { return &Service{api} }

// Turn is an export as far as it is: whoever keeps it may carry on with it later, also in another process.
type Turn struct {
	Export int64 `json:"export,omitempty"` // Mailtrap's id; 0 until it was asked for
	Asked  int64 `json:"asked,omitempty"`  // when that was, in ms since 1970
	// Waiting is how long it, or its turn, was waited for.
	apiclient.Waiting
}

// limit is how long an export may take, and how long one that somebody else runs is waited for.
const limit = 2 * time.Hour

// lostWaits are the pauses before an export is asked for again when it is not known whether it was started, and before its
// file is fetched again.
var lostWaits = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second}

// Advance does the next thing of an export: it asks for it, or looks whether it is ready. link is where its file is, empty as
// long as it is not; pause is when to advance it again.
func (s *Service) Advance(ctx context.Context, turn *Turn, filter apiclient.ExportFilter) (link string, pause time.Duration, err error) {
	turn.Look()
	if turn.Export == 0 {
		started, err := s.api.CreateExport(ctx, filter)
		if apiError, ok := apiclient.AsError(err); ok && apiError.Says("base", "previous export") {
			return "", s.api.LookAfter(turn.For()), turn.overdue()
		}
		if err != nil {
			return "", 0, err
		}
		*turn = Turn{Export: started.ID, Asked: turn.Looked, Waiting: apiclient.Waiting{Looked: turn.Looked}}
		if started.Status == apiclient.JobFinished && started.URL != "" {
			return started.URL, 0, nil
		}
		return "", s.api.LookAfter(0), nil
	}
	current, err := s.api.Export(ctx, turn.Export)
	switch {
	case apiclient.IsKind(err, apiclient.NotFound), err == nil && current.Status == apiclient.JobFailed:
		failed := turn.Export
		*turn = Turn{}
		return "", 0, fault.New(fault.UpstreamError, fmt.Sprintf("Mailtrap reports that its export %d failed.", failed), "",
			"Start a new export.")
	case err != nil:
		return "", 0, err
	case !current.Done() || current.URL == "":
		return "", s.api.LookAfter(turn.For()), turn.overdue()
	}
	return current.URL, 0, nil
}

// overdue is the failure of an export that has taken too long; nil as long as it has not.
func (t *Turn) overdue() error {
	switch {
	case t.For() < limit:
		return nil
	case t.Export == 0:
		return fault.New(fault.Timeout, "Mailtrap has been running another export of this account for two hours.",
			"It runs one at a time.", "Look whether it is done in Mailtrap itself, and try again then.")
	}
	return fault.New(fault.Timeout, fmt.Sprintf("Mailtrap has not finished its export %d within two hours.", t.Export), "",
		"Look whether it is done in Mailtrap itself, and start anew if it is not.")
}

// Read waits for its turn, has Mailtrap make an export, and reads it. report tells what is going on. read starts over where
// the file breaks off. What fails in a way that may pass does not end it.
func (s *Service) Read(ctx context.Context, filter apiclient.ExportFilter, report func(string), read func(*Reader) error) error {
	report("Mailtrap is exporting")
	var turn Turn
	for lost := 0; ; {
		link, pause, err := s.Advance(ctx, &turn, filter)
		apiError, ok := apiclient.AsError(err)
		switch {
		case link != "":
			report("downloading")
			return s.Fetch(ctx, link, read)
		case turn.Export == 0 && ok && apiError.Unknown && lost < len(lostWaits):
			pause, err = lostWaits[lost], nil // the export may be running
			lost++
		case turn.Export == 0 && ok && apiError.Unknown:
			err = fault.New(fault.UpstreamError, "Mailtrap gives no usable answer to the request for an export.", "",
				"Try again in a minute; repeating the same call is safe, because an export changes nothing in the account.").Because(err)
		case turn.Export != 0 && ctx.Err() == nil && apiclient.MayPass(err):
			pause, err = s.api.LookAfter(turn.For()), turn.overdue()
		}
		if err == nil {
			err = apiclient.Pause(ctx, pause)
		}
		if err != nil {
			return err
		}
	}
}

// Fetch reads an export that is ready. Where its file breaks off, it is fetched and read anew from its beginning.
func (s *Service) Fetch(ctx context.Context, link string, read func(*Reader) error) (err error) {
	for _, pause := range append([]time.Duration{0}, lostWaits...) {
		if err := apiclient.Pause(ctx, pause); err != nil {
			return err
		}
		if err = s.fetch(ctx, link, read); err == nil || !fault.Is(err, fault.UpstreamError) || errors.Is(err, ErrNone) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Service) fetch(ctx context.Context, link string, read func(*Reader) error) error {
	body, err := s.api.Download(ctx, link)
	if err != nil {
		return err
	}
	defer body.Close()
	rows, err := Read(body)
	if err != nil {
		return err
	}
	return read(rows)
}
