package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/files"
	"mailtrap-contacts-mcp/text"
)

type doctorCommand struct {
	accountFlags
}

// check is one line of the doctor: what it looks at, what it found, and whether that is well.
type check struct {
	name string
	look func(context.Context) (found string, err error)
}

// Run looks at everything the server needs and says of each whether it is well and what to do if not. It changes nothing
// in the account and fails when something is not well.
func (c doctorCommand) Run(ctx context.Context, unheeded *notes) error {
	log, flush := c.logger(nil)
	defer flush()
	var err error
	if c.accountFlags, err = c.withPaths(); err != nil {
		return misset(ctx, err)
	}
	// A folder that cannot be opened must not keep the rest from being looked at.
	folders, badFolders := files.OpenFolders(c.Files, c.dataDir())
	if badFolders == nil {
		folders.Close()
	} else {
		c.Files = nil
	}
	parts, err := c.build(log)
	if err != nil {
		return misset(ctx, err)
	}
	defer parts.close()
	checks := c.checks(parts, badFolders)
	for _, note := range unheeded.all() {
		checks = append([]check{{"settings", func(context.Context) (string, error) { return note, nil }}}, checks...)
	}
	if !examine(ctx, os.Stdout, useColour(os.Stdout), checks) {
		return errSaid
	}
	return nil
}

// misset is the whole of the doctor's answer where the settings cannot be followed.
func misset(ctx context.Context, err error) error {
	examine(ctx, os.Stdout, useColour(os.Stdout), []check{{"settings", func(context.Context) (string, error) { return "", err }}})
	return errSaid
}

func (c doctorCommand) checks(parts *parts, badFolders error) []check {
	return append(remoteChecks(parts), c.localChecks(parts, badFolders)...)
}

// remoteChecks are of the token and of what it reaches.
func remoteChecks(parts *parts) []check {
	api := parts.box.API
	return []check{
		{"token", func(context.Context) (string, error) {
			if problem := api.TokenProblem(); problem != "" {
				return "", errors.New("it cannot be one, and is not sent. " + problem)
			}
			if !api.HasToken() {
				return "", errors.New("none is set; make one in Mailtrap under Settings, API Tokens, and put it into MAILTRAP_API_TOKEN " +
					"or a --token-file")
			}
			return "set", nil
		}},
		{"API", func(ctx context.Context) (string, error) {
			accounts, err := api.Accounts(ctx)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%s answers; the token reaches %s", api.BaseURL(), text.Count(len(accounts), "account")), nil
		}},
		{"account", func(ctx context.Context) (string, error) {
			id, err := api.AccountID(ctx)
			if err != nil || id == 0 {
				return "the token's own paths (--account-id token)", err
			}
			return fmt.Sprintf("id %d", id), nil
		}},
		{"lists", func(ctx context.Context) (string, error) {
			lists, err := parts.box.Catalog.Lists(ctx)
			return fmt.Sprintf("%d of %d", len(lists), apiclient.MaxLists), err
		}},
		{"custom fields", func(ctx context.Context) (string, error) {
			fields, err := parts.box.Catalog.Fields(ctx)
			return fmt.Sprintf("%d of %d", len(fields), apiclient.MaxFields), err
		}},
		{"rate budget", func(ctx context.Context) (string, error) {
			var used []string
			for _, usage := range api.Budget(ctx) {
				used = append(used, fmt.Sprintf("%s %d of %d in %.0f s", usage.Name, usage.Used, usage.Limit, usage.Window.Seconds()))
			}
			return strings.Join(used, ", "), nil
		}},
	}
}

// localChecks are of what is offered and of the folders.
func (c doctorCommand) localChecks(parts *parts, badFolders error) []check {
	return []check{
		{"tools", func(context.Context) (string, error) { return c.offered(parts), nil }},
		{"files", func(context.Context) (string, error) {
			folders := parts.folders.Paths()
			if badFolders != nil {
				return "", fmt.Errorf("%w; name folders that exist with --files DIR", badFolders)
			}
			if len(folders) == 0 {
				return "", errors.New("none may be used: this is the root of the file system or the home folder; start with --files " +
					"DIR, where contact files lie")
			}
			return strings.Join(folders, ", "), nil
		}},
		{"data folder", func(ctx context.Context) (string, error) {
			_, err := parts.store.Key(ctx)
			return parts.store.Where(), err
		}},
		{"journal", func(ctx context.Context) (string, error) {
			if !parts.box.Journal.IsOn() {
				return "off: changes are not recorded and cannot be undone", nil
			}
			if _, err := parts.store.Key(ctx); err != nil {
				return "", err
			}
			return "on, kept for " + text.Count(parts.box.Journal.Days(), "day"), nil
		}},
	}
}

// offered tells how many tools agents get, and what they are held to.
func (c doctorCommand) offered(parts *parts) string {
	found := fmt.Sprintf("%d of %d", len(parts.tools), len(parts.tools)+len(parts.withheld))
	if len(c.Toolsets) > 0 {
		found += ", --toolsets " + c.offer().String()
	}
	if c.ReadOnly {
		found += ", --read-only"
	}
	return found + ", --confirm " + string(c.Confirm)
}

// examine runs the checks and prints a line for each; it reports whether all are well.
func examine(ctx context.Context, out io.Writer, colour bool, checks []check) bool {
	allWell := true
	said := map[string]bool{}
	for _, check := range checks {
		found, err := check.look(ctx)
		mark, style := "ok    ", "32"
		if err != nil {
			allWell = false
			mark, style, found = "not ok", "31", remedy(err)
			if said[found] {
				found = "as above"
			}
			said[found] = true
		}
		if colour {
			mark = "\x1b[" + style + "m" + mark + "\x1b[0m"
		}
		fmt.Fprintf(terminal{out}, "%s  %-13s  %s\n", mark, check.name, found)
	}
	return allWell
}

// remedy is the text of an error without its code.
func remedy(err error) string {
	var faulter fault.Faulter
	var plain *fault.Error
	if !errors.As(err, &plain) && !errors.As(err, &faulter) {
		return err.Error()
	}
	_, said, _ := strings.Cut(fault.From(err).Error(), "] ")
	return said
}
