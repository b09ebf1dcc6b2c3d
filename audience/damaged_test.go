package audience

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// A file that is damaged below an open snapshot is said to be, and the next call takes a new one by itself.
func TestADamagedSnapshotSaysSo(t *testing.T) {
	var file strings.Builder
	file.WriteString("email,id,status,lists\n")
	for i := range 5000 {
		fmt.Fprintf(&file, "person%04d@example.com,,subscribed,\n", i)
	}
	for name, damage := range map[string]func(path string) error{
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"overwritten": func(path string) error {
			content, err := os.ReadFile(path)
			for i := 40000; err == nil && i < len(content); i++ {
				content[i] = 0xA5
			}
			return os.WriteFile(path, content, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := at(t, t.TempDir(), emulator.New(emulator.Config{}))
			h.exporter.file = file.String
			sn := h.snapshot(t)
			if n := count(t, sn, "email LIKE 'person%'"); n != 5000 {
				t.Fatal(n)
			}
			must(t, damage(sn.path))
			_, _, err := sn.Count(t.Context(), "email LIKE '%7@example.com'")
			wantFault(t, err, fault.FileAccess, "is damaged", "Repeat the call")
			again, err := h.Snapshot(t.Context(), Want{MaxAge: time.Hour})
			must(t, err)
			defer again.Release()
			if n := count(t, again, "email LIKE '%7@example.com'"); n != 500 {
				t.Error(n)
			}
		})
	}
}
