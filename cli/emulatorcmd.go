package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

type emulatorCommand struct {
	Addr         string        `default:"127.0.0.1:8025" help:"Address to listen on; port 0 takes a free one."`
	Seed         string        `type:"existingfile" placeholder:"FILE" help:"YAML or JSON file that says what the account holds: lists, fields, contacts, suppressions, domains and campaigns."`
	Latency      time.Duration `help:"Wait before every answer."`
	ApplyDelay   time.Duration `help:"How long a write takes to be applied; the real API takes 3 to 10 s."`
	DropInFlight bool          `help:"Drop a second write within the apply delay silently instead of refusing it with 409."`
	UpsertByID   bool          `help:"Create a contact on PATCH by a UUID that is not there instead of answering 404; what the real API does is unknown."`
	JobDelay     time.Duration `default:"300ms" help:"How long imports and exports take."`
	Layout       string        `enum:"names,tags,without-lists" default:"names" help:"Header of export files: names, tags or without-lists."`
	ContactLimit int           `help:"Contacts the plan allows; 0 is no limit."`
	Unlimited    bool          `help:"Do not enforce the rate limits."`
	RetryAfter   bool          `help:"Send Retry-After with 429."`
	ReadOnly     bool          `help:"The token may read only."`
	FailRate     float64       `help:"Share of requests answered with 500, 0 to 1."`
	ThrottleRate float64       `help:"Share of requests answered with 429, 0 to 1."`
	LoseBefore   float64       `help:"Share of requests whose connection breaks before they are carried out, 0 to 1."`
	LoseAfter    float64       `help:"Share of requests whose connection breaks after they were carried out, 0 to 1."`
}

// Validate refuses shares that are not between 0 and 1.
func (c emulatorCommand) Validate() error {
	for flag, share := range map[string]float64{
		"fail-rate": c.FailRate, "throttle-rate": c.ThrottleRate, "lose-before": c.LoseBefore, "lose-after": c.LoseAfter,
	} {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("--%s is a share of requests, from 0 to 1", flag)
		}
	}
	return nil
}

var layouts = map[string]emulator.Layout{
	"names": emulator.LayoutNames, "tags": emulator.LayoutTags, "without-lists": emulator.LayoutWithoutLists,
}

// Run serves the emulator until the process is told to stop.
func (c emulatorCommand) Run(ctx context.Context) error {
	api := emulator.New(emulator.Config{
		Latency: c.Latency, ApplyDelay: c.ApplyDelay, DropInFlight: c.DropInFlight, UpsertByID: c.UpsertByID, JobDelay: c.JobDelay,
		ExportLayout: layouts[c.Layout], ContactLimit: c.ContactLimit, Unlimited: c.Unlimited, RetryAfter: c.RetryAfter,
		ReadOnlyToken: c.ReadOnly,
	})
	if err := seed(api, c.Seed); err != nil {
		return err
	}
	for _, fault := range []emulator.Fault{
		{Rate: c.FailRate, Status: http.StatusInternalServerError, Body: `{"errors":"Unexpected error"}`},
		{Rate: c.ThrottleRate, Status: http.StatusTooManyRequests, Body: `{"errors":"Rate limit exceeded"}`},
		{Rate: c.LoseBefore, Do: emulator.LoseBefore},
		{Rate: c.LoseAfter, Do: emulator.LoseAfter},
	} {
		if fault.Rate > 0 {
			api.Inject(fault)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The Contacts API is emulated at http://%s\nTry: MAILTRAP_API_TOKEN=%s %s call get_account --api-url http://%s\n",
		listener.Addr(), emulator.Token, name, listener.Addr())
	web := &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() { _ = web.Close() })
	defer stopped()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// seed fills the account from a file, if there is one.
func seed(api *emulator.Emulator, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := api.Seed(file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
