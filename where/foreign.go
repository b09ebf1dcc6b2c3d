package where

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailtrap-contacts-mcp/text"
)

// Agents write conditions as other languages have them. What means nothing in SQL is answered with what does.

// foreignSymbols are symbols of other languages, each with ours.
var foreignSymbols = []struct{ theirs, ours string }{
	{"===", "="}, {"!==", "<>"}, {"&&", "AND"}, {"&", "AND"}, {"|", "OR"}, {"!~", "NOT LIKE"}, {"=~", "LIKE"}, {"~", "LIKE"}, {"!", "NOT"},
	{"≠", "<>"}, {"≤", "<="}, {"≥", ">="}, {"–", "-"}, {"−", "-"}, {"＝", "="}, {"∧", "AND"}, {"∨", "OR"}, {"¬", "NOT"},
}

// openers are typographic quotes that open a text, each with those that close it.
var openers = map[rune]string{'“': "”“", '”': "”", '„': "“”", '‘': "’‘", '’': "’", '‚': "‘’", '«': "»",
	'»': "«", '‹': "›", '›': "‹", '´': "´'", '＂': "＂", '＇': "＇"}

// foreign is what is wrong with a symbol of another language; nil for one of SQL.
func foreign(s string, at int) *problem {
	rest := s[at:]
	r, size := utf8.DecodeRuneInString(rest)
	if closers, is := openers[r]; is {
		return smartQuote(s, at, size, closers)
	}
	if unicode.Is(unicode.Cf, r) {
		return wrong(at, "a character that cannot be seen stands here").instead(at, at+size, "")
	}
	if strings.HasPrefix(rest, "||") || strings.HasPrefix(rest, "!=") && !strings.HasPrefix(rest, "!==") {
		return nil
	}
	for _, symbol := range foreignSymbols {
		if !strings.HasPrefix(rest, symbol.theirs) {
			continue
		}
		p := wrong(at, "%s means nothing in SQL", text.Quote(symbol.theirs)).because("Write " + symbol.ours + ".")
		if !strings.HasSuffix(symbol.ours, "LIKE") { // a pattern is written otherwise
			with, behind := symbol.ours, at+len(symbol.theirs)
			if isWordRune(rune(with[0])) {
				if at > 0 && s[at-1] != ' ' {
					with = " " + with
				}
				if behind < len(s) && s[behind] != ' ' {
					with += " "
				}
			}
			p = p.instead(at, at+len(symbol.theirs), with)
		}
		return p
	}
	return nil
}

// smartQuote is a text between quotes of a word processor.
func smartQuote(s string, at, size int, closers string) *problem {
	p := wrong(at, "%s is a typographic quote", text.Quote(s[at:at+size])).because("A text stands between straight single quotes: 'pro'.")
	inner := s[at+size:]
	if stop := strings.IndexAny(inner, closers); stop >= 0 {
		_, closing := utf8.DecodeRuneInString(inner[stop:])
		return p.instead(at, at+size+stop+closing, quotedText(inner[:stop]))
	}
	return p
}

// quotedText is a text as SQL writes it.
func quotedText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// foreignWords are words of other languages that stand between two operands, each with what to write.
var foreignWords = map[string]string{
	"ilike":      "LIKE ignores case here, so ILIKE is LIKE: plan LIKE '%pro%'.",
	"contains":   "Write LIKE with %: plan LIKE '%pro%'. A list is asked for with in_list('Name').",
	"includes":   "Write LIKE with %: plan LIKE '%pro%'. A list is asked for with in_list('Name').",
	"has":        "Write LIKE with %: plan LIKE '%pro%'. A list is asked for with in_list('Name').",
	"starts":     "Write LIKE with % at the end: plan LIKE 'pro%'.",
	"startswith": "Write LIKE with % at the end: plan LIKE 'pro%'.",
	"begins":     "Write LIKE with % at the end: plan LIKE 'pro%'.",
	"ends":       "Write LIKE with % at the beginning: email LIKE '%@example.com'.",
	"endswith":   "Write LIKE with % at the beginning: email LIKE '%@example.com'.",
	"equals":     "Write =.", "eq": "Write =.", "ne": "Write <>.", "gt": "Write >.", "gte": "Write >=.", "lt": "Write <.",
	"lte":      "Write <=.",
	"rlike":    "Write LIKE, where % stands for any text and _ for one character.",
	"similar":  "Write LIKE, where % stands for any text and _ for one character.",
	"regexp":   "Write LIKE, where % stands for any text and _ for one character.",
	"matches":  "Write LIKE, where % stands for any text and _ for one character.",
	"match":    "Write LIKE, where % stands for any text and _ for one character.",
	"collate":  "LIKE ignores case, and lower(plan) = 'pro' does too.",
	"interval": "A time that lies back is written date('now', '-30 days').",
	"ago":      "A time that lies back is written date('now', '-30 days').",
	"xor":      "Write (a AND NOT b) OR (b AND NOT a).",
}

// plainRepairs are those of them that one word replaces.
var plainRepairs = map[string]string{"ilike": "LIKE", "equals": "=", "eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

// foreignWord is what is wrong with a word that stands where an operator belongs, with what comes behind it; nil when it
// is not a word known from elsewhere.
func foreignWord(t, after, afterThat token) *problem {
	name := strings.ToLower(t.text)
	why, known := foreignWords[name]
	if t.kind != word || !known {
		return nil
	}
	p := wrong(t.at, "SQL has no %s here", strings.ToUpper(t.text)).because(why)
	if with, plain := plainRepairs[name]; plain {
		return p.instead(t.at, t.to, with)
	}
	pattern := after
	if after.is("with") {
		pattern = afterThat
	}
	if pattern.kind != str || strings.ContainsAny(pattern.text, "%_") {
		return p
	}
	switch name {
	case "contains", "includes":
		return p.instead(t.at, pattern.to, "LIKE "+quotedText("%"+pattern.text+"%"))
	case "starts", "startswith", "begins":
		return p.instead(t.at, pattern.to, "LIKE "+quotedText(pattern.text+"%"))
	case "ends", "endswith":
		return p.instead(t.at, pattern.to, "LIKE "+quotedText("%"+pattern.text))
	}
	return p
}

// foreignFunctions are functions of other databases, each with what to write.
var foreignFunctions = map[string]string{
	"now": "Write date('now') for today, datetime('now') for this moment.", "today": "Write date('now').",
	"curdate": "Write date('now').", "getdate": "Write date('now').",
	"sysdate": "Write date('now').", "current_date": "Write date('now').",
	"current_timestamp": "Write datetime('now').",
	"date_sub":          "Write date('now', '-30 days').", "date_add": "Write date('now', '+30 days').",
	"dateadd": "Write date('now', '-30 days').", "interval": "Write date('now', '-30 days').",
	"datediff": "Write julianday('now') - julianday(created_at) for a number of days.",
	"timediff": "Write julianday('now') - julianday(created_at) for a number of days.",
	"age":      "Write julianday('now') - julianday(created_at) for a number of days.",
	"year":     "Write created_at = '2026', or strftime('%Y', created_at) = '2026'.",
	"month":    "Write created_at = '2026-09', or strftime('%m', created_at) = '09'.",
	"day":      "Write strftime('%d', created_at) = '01'.", "hour": "Write strftime('%H', created_at) = '09'.",
	"weekday":   "Write strftime('%w', created_at) = '0' for Sunday.",
	"dayofweek": "Write strftime('%w', created_at) = '0' for Sunday.",
	"week":      "Write strftime('%V', created_at) = '01' for weeks of ISO 8601.",
	"extract":   "Write strftime('%Y', created_at) = '2026'.", "date_part": "Write strftime('%Y', created_at) = '2026'.",
	"date_trunc": "Write date(created_at, 'start of month').",
	"to_date":    "Dates are written '2026-03-04'.", "str_to_date": "Dates are written '2026-03-04'.",
	"to_char": "Write strftime('%Y-%m', created_at).", "date_format": "Write strftime('%Y-%m', created_at).",
	"contains": "Write plan LIKE '%pro%'; for a list in_list('Name').", "startswith": "Write plan LIKE 'pro%'.",
	"starts_with": "Write plan LIKE 'pro%'.",
	"endswith":    "Write email LIKE '%@example.com'.", "ends_with": "Write email LIKE '%@example.com'.",
	"like": "Write plan LIKE '%pro%'.", "regexp_like": "Write plan LIKE '%pro%'.",
	"concat": "Join texts with ||.", "len": "Write length(plan).", "char_length": "Write length(plan).",
	"ucase": "Write upper(plan).", "lcase": "Write lower(plan).",
	"left": "Write substr(plan, 1, 3).", "right": "Write substr(plan, -3).", "mid": "Write substr(plan, 2, 3).",
	"position": "Write instr(plan, 'x').", "locate": "Write instr(plan, 'x').",
	"if": "Write iif(condition, value, otherwise).", "nvl": "Write coalesce(plan, 'none').",
	"isnull": "Write plan IS NULL.", "isempty": "Write plan IS NULL.", "is_null": "Write plan IS NULL.",
	"empty":   "Write plan IS NULL.",
	"isblank": "Write plan IS NULL.", "exists": "Write plan IS NOT NULL.", "greatest": "Write max(a, b).",
	"least": "Write min(a, b).", "on_list": "Write in_list('Name').", "list": "Write in_list('Name').",
	"in_segment": "A segment is an argument of its own; in a condition, repeat its condition.",
	"segment":    "A segment is an argument of its own; in a condition, repeat its condition.",
	"domain":     "Write email_domain = 'example.com'.",
	"split_part": "Write email_domain = 'example.com' for the domain of an address.",
	"initcap":    "Write lower(plan) = 'pro'.",
	"suppressed": "Write suppressed without parentheses, or is_suppressed('hard bounce') for a type.",
	"bounced":    "Write is_suppressed('hard bounce').", "is_bounced": "Write is_suppressed('hard bounce').",
	"has_bounced": "Write is_suppressed('hard bounce').", "complained": "Write is_suppressed('spam complaint').",
	"is_subscribed": "Write status = 'subscribed'.", "int": "Write CAST(x AS integer).",
	"number": "Write CAST(x AS real).", "float": "Write CAST(x AS real).", "str": "Write CAST(x AS text).",
}
