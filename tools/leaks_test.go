package tools_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// leaks receives what a world logs, as it is logged and not as the program's own handler would mend it, and finds in it,
// in answers and in files what must not be there.
type leaks struct {
	t     testing.TB
	token string
	mu    sync.Mutex
	log   bytes.Buffer
}

// Write implements io.Writer.
func (l *leaks) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(line)
}

// loggedAddress is an address that is not masked. Masked ones have a star before the @ and one after the first letter.
var loggedAddress = regexp.MustCompile(`[\w.+\-/'](@|%(25)*40)[\w\-]+\.`)

// inLog fails the test for every line with the token or an address.
func (l *leaks) inLog() {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.log.String()) {
		l.in("the log", line)
		written, _, _ := strings.Cut(line, " stack=") // modules in a stack look like addresses
		if found := loggedAddress.FindString(written); found != "" {
			l.t.Errorf("an address is logged (%q): %s", found, line)
		}
	}
	l.log.Reset()
}

// in fails the test when a text has the token in it.
func (l *leaks) in(where, text string) {
	l.t.Helper()
	if strings.Contains(text, l.token) {
		l.t.Errorf("the API token is in %s: %s", where, text)
	}
}

// scanned is how large a file may be to be looked through.
const scanned = 16 << 20

// inFiles fails the test for every file below the folders with the token in it: what was exported, what is kept, and the
// journal.
func (l *leaks) inFiles(folders ...string) {
	l.t.Helper()
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error { // what is gone has no token in it
			if err != nil || !entry.Type().IsRegular() {
				return nil
			}
			if info, err := entry.Info(); err != nil || info.Size() > scanned {
				return nil
			}
			content, err := os.ReadFile(path)
			if err == nil && bytes.Contains(content, []byte(l.token)) {
				l.t.Errorf("%s is in %s", l.token, path)
			}
			return nil
		})
	}
}

func TestALeakIsFound(t *testing.T) {
	for written, leaks := range map[string]bool{
		"ann@example.com": true, "GET /contacts/ann%40example.com": true, "a%2540example.com": true, "o'neil@x.io": true,
		"a***@e***.com": false, "nothing": false, "a@ b": false,
	} {
		if loggedAddress.MatchString(written) != leaks {
			t.Errorf("%q is a leak: %t", written, !leaks)
		}
	}
}

func TestNothingOnDiskHasTheTokenOrAnAddressOfOneWhoWasErased(t *testing.T) {
	data := t.TempDir()
	w := open(t, func(set *setting) { set.state = data })
	seeded(w)
	w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"age": 42}})
	w.works("fire_event", args{"event": "signed_up", "contacts": "anna@example.com"})
	w.works("update_contact", args{"contact": "anna@example.com", "email": "ann@example.com"})
	w.works("import_contacts", args{"rows": []any{args{"email": "bob@example.com"}}})
	const named = "email = 'ann@example.com' OR email LIKE '%ann@example.com%'"
	w.works("save_segment", args{"name": "Named", "where": named, "description": "not ann@example.com!"})
	w.works("bulk_update_contacts", args{"where": named, "fields": args{"age": 43}, "preview": true})
	w.works("delete_contact", args{"contact": "ann@example.com", "erase": true})
	w.works("audience_report", nil) // counts segments
	w.close()
	must(t, w.stored.Close())
	if len(filesIn(t, data)) == 0 {
		t.Fatal("nothing is kept")
	}
	for _, written := range []string{emulator.Token, "ann@example.com", "anna@example.com", `"Anna"`} {
		w.leaks.token = written
		w.leaks.inFiles(data)
	}
}
