package bulk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

// A call that makes a plan and is cancelled ends, wherever it is, and leaves nothing: no plan, no contact of it, no file.
//
// Guarantee 4.10.
func TestACancelledPreviewEndsAndLeavesNothing(t *testing.T) {
	const rows = 5000
	for _, at := range []string{"reading", "comparing"} {
		t.Run(at, func(t *testing.T) {
			dir, data := t.TempDir(), t.TempDir()
			var file strings.Builder
			file.WriteString("email\nnobody\n") // a row that is rejected, so that there would be a file
			for i := range rows {
				fmt.Fprintln(&file, address(i))
			}
			must(t, os.WriteFile(filepath.Join(dir, "people.csv"), []byte(file.String()), 0o600))
			s := started(t, setting{account: emulator.New(emulator.Config{}), dirs: []string{dir}, data: data})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			compared := false
			there := pausing{knowns{{Email: address(1), Status: apiclient.Subscribed}}, func() {
				if compared = true; at == "comparing" {
					cancel()
				}
			}}
			request := ImportRequest{File: "people.csv", AsOf: time.Now(), There: there}
			request.Progress = func(read, _ int64) {
				if at == "reading" && read > 0 {
					cancel()
				}
			}
			_, err := s.PlanImport(ctx, request)
			if !errors.Is(err, context.Canceled) || compared != (at == "comparing") {
				t.Errorf("compared: %v, and it ended with %v", compared, err)
			}
			db, err := s.store.Quick(t.Context())
			must(t, err)
			var left int
			must(t, db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM job_chunk) + (SELECT count(*) FROM job_item) + (SELECT count(*) FROM job_rejected)`).Scan(&left))
			if left != 0 {
				t.Errorf("%d rows of it are kept", left)
			}
			for _, folder := range []string{dir, data} {
				entries, err := os.ReadDir(folder)
				must(t, err)
				for _, entry := range entries {
					if name := entry.Name(); name != "people.csv" && !strings.HasPrefix(name, "state.db") && name != "files" && name != "unfinished-jobs" {
						t.Errorf("%s is left", filepath.Join(folder, name))
					}
				}
			}
		})
	}
}
