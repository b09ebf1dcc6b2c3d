package files

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// Guarantee 7.5e.
func TestTheFileOfAURIIsRead(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	folders, err := OpenFolders([]string{dir}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer folders.Close()
	for _, name := range []string{"a.csv", "my contacts (1).csv", "größe.csv", "100%.csv", "a+b.csv", "a#1?.csv"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		encoded := (&url.URL{Path: path}).EscapedPath()
		for _, given := range []string{"file://" + encoded, "file://localhost" + encoded, "file:" + encoded, "FILE://" + encoded, " file://" + encoded + "\n", "file://" + path, "~/" + name} {
			file, err := folders.Open(given)
			if err != nil {
				t.Errorf("%s: %v", given, err)
				continue
			}
			content, err := io.ReadAll(file)
			if file.Close(); err != nil || string(content) != name {
				t.Errorf("%s: %q %v", given, content, err)
			}
		}
	}
	for _, given := range []string{
		"file://" + other + "/a.csv", "file://" + dir + "/%2e%2e/" + filepath.Base(other) + "/a.csv", "file://host" + dir + "/a.csv", "file://" + dir + "/a.csv%00", "file://", "file:",
		"https://example.com/a.csv", "~other/a.csv",
	} {
		if _, err := folders.Open(given); err == nil {
			t.Errorf("%q was opened", given)
		}
	}
	draft, err := folders.Create("file://"+dir+"/new%20file.csv", true)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := draft.Keep(); err != nil || filepath.Base(kept) != "new file.csv" {
		t.Errorf("kept as %s: %v", kept, err)
	}
}

// Guarantee 7.5e.
func TestTheDriveOfAURIIsUnderstoodOnWindows(t *testing.T) {
	for given, want := range map[string]string{
		"file:///C:/Users/Ann/my%20contacts.csv": `C:\Users\Ann\my contacts.csv`, "file:///c%3A/a.csv": `c:\a.csv`, "file://C:/a.csv": `C:\a.csv`,
		"file:///C|/a.csv": `C:\a.csv`, "file:/C:/a.csv": `C:\a.csv`, `C:\a.csv`: `C:\a.csv`,
	} {
		if got, err := localPath(given, true); err != nil || got != want {
			t.Errorf("%s is %s, %v", given, got, err)
		}
	}
	if got, err := localPath("file:///C:/a.csv", false); err != nil || got != "/C:/a.csv" {
		t.Errorf("elsewhere it is %s, %v", got, err)
	}
}
