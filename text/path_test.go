package text

import "testing"

// Guarantee 4.8.
func TestAPathIsShownSoThatItCanBeUsedOrSoThatItHidesNothing(t *testing.T) {
	for path, want := range map[string]string{
		"/home/ann/it's  two.csv": "/home/ann/it's  two.csv",
		"C:\\Müller\\日本語.csv":     "C:\\Müller\\日本語.csv",
		"/a\x1b[2Jb":              `"/a[2Jb"`,
		"/a\n[internal] b":        `"/a [internal] b"`,
		"/a\u202eb\u200b":         `"/ab"`,
		"/a\xffb":                 `"/ab"`,
		"/a\u2028b":               `"/a b"`,
	} {
		if got := Path(path); got != want {
			t.Errorf("%q is shown as %q, want %q", path, got, want)
		}
	}
	if got := Terminal("a\x1b[2J\tb\r\n\u202ec\u009bd"); got != "a[2J\tb\ncd" {
		t.Errorf("a terminal gets %q", got)
	}
}
