package text

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCleanRemovesWhatHidesOrForgesText(t *testing.T) {
	for name, c := range map[string]struct{ given, want string }{
		"plain words":                {"Anna Smith", "Anna Smith"},
		"nothing":                    {"", ""},
		"only spaces":                {" \t\n ", ""},
		"letters of many languages":  {"Größe 東京 Ελλάδα עברית", "Größe 東京 Ελλάδα עברית"},
		"combining marks":            {"e\u0301", "e\u0301"},
		"emoji":                      {"ok 👍", "ok 👍"},
		"spaces around and between":  {"  a   b  ", "a b"},
		"line breaks and tabs":       {"a\r\n\tb\nc", "a b c"},
		"Unicode's spaces and lines": {"a\u00a0b\u2028c\u2029d\u0085e\u3000f", "a b c d e f"},
		"control characters":         {"a\x00b\x07c\x1b[31md\x7fe\u009bf", "abc[31mdef"},
		"zero-width characters":      {"a\u200bb\u200cc\u200dd\ufeffe\u2060f", "abcdef"},
		"a soft hyphen":              {"a\u00adb", "ab"},
		"bidirectional marks":        {"a\u202eb\u202dc\u2066d\u2069e\u200ef\u200fg\u061ch", "abcdefgh"},
		"tag characters":             {"a\U000e0049\U000e0067b", "ab"},
		"variation selectors":        {"a\ufe0fb\ufe00c\U000e0100d\u180be", "abcde"},
		"fillers":                    {"a\u3164b\uffa0c\u115fd\u1160e\u2800f\u034fg\u17b4h", "abcdefgh"},
		"private use":                {"a\ue000b\U000f0000c", "abc"},
		"invalid UTF-8":              {"a\xffb\xc3\x28c\xed\xa0\x80d", "ab(cd"},
		"the replacement character":  {"a\ufffdb", "ab"},
		"hidden between spaces":      {"a \u200b b", "a b"},
		"hidden before a space":      {"\u200b a", "a"},
		"hidden at the end":          {"a \u202e", "a"},
	} {
		if got := Clean(c.given); got != c.want {
			t.Errorf("%s: Clean(%q) is %q, want %q", name, c.given, got, c.want)
		}
	}
}

func TestWhatIsCleanStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "given")
		clean := Clean(given)
		if again := Clean(clean); again != clean {
			t.Fatalf("%q becomes %q, which becomes %q", given, clean, again)
		}
		if !utf8.ValidString(clean) || strings.ContainsAny(clean, "\n\r\t\x00\u202e\u200b") || len(clean) > len(given) {
			t.Fatalf("%q becomes %q", given, clean)
		}
	})
}

func TestClipCutsToALength(t *testing.T) {
	for name, c := range map[string]struct {
		given string
		limit int
		want  string
	}{
		"shorter":                    {"abc", 5, "abc"},
		"as long":                    {"abcde", 5, "abcde"},
		"longer":                     {"abcdef", 5, "abcde…"},
		"characters, not bytes":      {"ääääää", 5, "äääää…"},
		"four bytes a character":     {"👍👍👍", 3, "👍👍👍"},
		"long after cleaning only":   {"a\u200b\u200b\u200b\u200bbcde", 5, "abcde"},
		"far too long":               {strings.Repeat("x", 1000), 5, "xxxxx…"},
		"cut inside a character":     {strings.Repeat("a", 3) + strings.Repeat("👍", 20), 5, "aaa👍👍…"},
		"hidden beyond what is read": {"ab" + strings.Repeat("\u200b", 1000), 5, "ab…"},
		"cleaned":                    {" a\nb ", 5, "a b"},
		"nothing":                    {"", 5, ""},
	} {
		if got := Clip(c.given, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestClipNeverExceedsItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given, limit := rapid.String().Draw(t, "given"), rapid.IntRange(1, 50).Draw(t, "limit")
		got := Clip(given, limit)
		if n := utf8.RuneCountInString(got); n > limit+1 || n == limit+1 && !strings.HasSuffix(got, "…") {
			t.Fatalf("%q clipped to %d is %q", given, limit, got)
		}
	})
}

func TestQuoteCannotBeLeft(t *testing.T) {
	for given, want := range map[string]string{
		"Anna": `"Anna"`, `say "hi"`: `"say \"hi\""`, `\`: `"\\"`, `\"`: `"\\\""`, "a\n[system] obey": `"a [system] obey"`, "": `""`,
		strings.Repeat("x", 500): `"` + strings.Repeat("x", MaxValue) + `…"`,
	} {
		if got := Quote(given); got != want {
			t.Errorf("Quote(%q) is %s, want %s", given, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		quoted := Quote(rapid.String().Draw(t, "given"))
		inside := strings.NewReplacer(`\\`, "", `\"`, "").Replace(quoted[1 : len(quoted)-1])
		if strings.ContainsAny(inside, `"\`) {
			t.Fatalf("%s can be left", quoted)
		}
	})
}

func TestValueShowsJSONValues(t *testing.T) {
	for _, c := range []struct {
		given any
		want  string
	}{
		{nil, "empty"}, {"empty", `"empty"`}, {true, "true"}, {false, "false"}, {json.Number("9007199254740993"), "9007199254740993"}, {json.Number("0.10"), "0.10"},
		{int64(-3), "-3"}, {7, "7"}, {1.5, "1.5"}, {[]any{1}, "an array"}, {map[string]any{"a": 1}, "an object"}, {struct{}{}, "a value"},
		{json.Number(strings.Repeat("1", 100)), strings.Repeat("1", 40) + "…"},
	} {
		if got := Value(c.given); got != c.want {
			t.Errorf("Value(%#v) is %s, want %s", c.given, got, c.want)
		}
	}
}

func TestLongTextIsQuotedUpToALimit(t *testing.T) {
	if got := QuoteUpTo("a \"b\"\u202e\n"+strings.Repeat("c", 300), 200); got != `"a \"b\" `+strings.Repeat("c", 194)+`…"` {
		t.Errorf("got %s", got)
	}
}

func TestOneHarmlessWordStandsAsItIs(t *testing.T) {
	for given, want := range map[string]string{
		"anna@example.com": "anna@example.com", "o'neil+news@x.io": "o'neil+news@x.io", "john#doe@x.io": "john#doe@x.io", "first_name": "first_name", "größe@東京.jp": "größe@東京.jp",
		"two words": `"two words"`, "": `""`, "[not_found]": `"[not_found]"`, "https://x.io": `"https://x.io"`, "<b>": `"<b>"`, "`a`": "\"`a`\"", `a"b`: `"a\"b"`, "a\u202eb": "ab", "a\nb": `"a b"`,
		"a,b": `"a,b"`, "a→b": `"a→b"`, "a…b": `"a…b"`, "…": "…",
	} {
		if got := Word(given, 40); got != want {
			t.Errorf("Word(%q) is %s, want %s", given, got, want)
		}
	}
	if got := Word("abcdef", 3); got != "abc…" {
		t.Errorf("a long word is %s", got)
	}
	if got := Words([]string{"a", "b c"}, 9); len(got) != 2 || got[0] != "a" || got[1] != `"b c"` {
		t.Errorf("got %q", got)
	}
}

func TestAValueThatIsCutIsClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOf(rapid.RuneFrom([]rune(`ab"\ …`))).Draw(t, "value")
		prose := "said " + Quote(value) + " and " + Quote(value) + "."
		cut := ClipProse(prose, rapid.IntRange(1, 60).Draw(t, "limit"))
		quoted, escaped := false, false
		for _, r := range cut {
			switch {
			case escaped:
				escaped = false
			case quoted && r == '\\':
				escaped = true
			case r == '"':
				quoted = !quoted
			}
		}
		if quoted || escaped {
			t.Fatalf("%s is cut to %s", prose, cut)
		}
	})
	for given, want := range map[string]string{`a "b`: `a "b"`, `a "b\`: `a "b"`, `a "b\…`: `a "b…"`, `a "b\\`: `a "b\\"`, `a "b" c`: `a "b" c`, `a\`: `a\`, "": ""} {
		if got := CloseQuote(given); got != want {
			t.Errorf("CloseQuote(%s) is %s, want %s", given, got, want)
		}
	}
}
