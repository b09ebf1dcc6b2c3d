package coerce

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextsAreWrittenAsEncodingJSONWritesThem(t *testing.T) {
	all := []string{"", "Ann", "O’Neil & Söhne – “café” <b>…</b>", "a\xffb\xc3", "\xe2\x80", "\ufffd", strings.Repeat("x", 300) + "\u2028\u2029\x7f"}
	for r := rune(0); r < utf8.MaxRune; r += 1 + r/500 {
		all = append(all, "a"+string(r)+"b")
	}
	for _, s := range all {
		want, err := json.Marshal(string([]rune(s)))
		if got := AppendText([]byte("x"), s); err != nil || string(got) != "x"+string(want) {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
	}
}

func TestWritingACommonTextAllocatesNothing(t *testing.T) {
	room := make([]byte, 0, 200)
	for _, s := range []string{"Ann", "O’Neil", "Marks & Spencer", "10 € – “new”", "a\tb\nc"} {
		if allocs := testing.AllocsPerRun(100, func() { AppendText(room, s) }); allocs > 0 {
			t.Errorf("%q: %.0f allocations", s, allocs)
		}
	}
}

func BenchmarkAppendText(b *testing.B) {
	room := make([]byte, 0, 200)
	for name, s := range map[string]string{"plain": "Anna-Maria Feldmann", "umlauts": "Jörg Müller-Lüdenscheidt", "apostrophe": "Siobhán O’Neil", "ampersand": "Marks & Spencer"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				AppendText(room, s)
			}
		})
	}
}
