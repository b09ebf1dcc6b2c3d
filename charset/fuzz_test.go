package charset

import "testing"

// FuzzCharset judges any bytes.
func FuzzCharset(f *testing.F) {
	f.Add([]byte("M\xfcller Zo\x91 \xc0\xed\xed\xe0"))
	f.Add([]byte("\x81\x40\xff\xfe"))
	f.Fuzz(func(t *testing.T, sample []byte) {
		name, _, err := judge(sample)
		if (err == nil) == (name == "") {
			t.Errorf("%q is %q, %v", sample, name, err)
		}
	})
}
