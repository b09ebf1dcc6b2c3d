package optout

import (
	"strings"
	"unicode"
)

// A cell of any other column may say that somebody must not be mailed: a tag, a remark, "Ray - DO NOT EMAIL" for a name.
// Where that is all that a part of it says, it is a no; where it stands among other words, it may be about something else,
// and is doubt.

// mentioned reads a cell of any other column. Below a status, which is when it is loose, a part may have other words
// besides; below a source or a campaign, which is when it is strict, it may not.
func mentioned(cell string, loose, strict bool) Said {
	worst := Said{}
	for from := 0; from < len(cell) && worst.Verdict != No; {
		at := mayMention(cell[from:])
		if at < 0 {
			break
		}
		window, next := around(cell, from, from+at)
		worst.add(mentionIn(window, loose, strict))
		if from = next; from > mostMention {
			break
		}
	}
	return worst
}

// mostMention is how many bytes of a long remark are read.
const mostMention = 4000

// around is what of a cell is read at once where something may be said at one place, and where to go on.
func around(cell string, from, at int) (window string, next int) {
	if len(cell)-from <= longest {
		return cell[from:], len(cell)
	}
	begin, end := max(0, at-longest/4), min(len(cell), at+longest*3/4)
	return cell[begin:end], end
}

func mentionIn(cell string, loose, strict bool) (worst Said) {
	read := textOf(cell)
	if !read.has(refuses|forbids|negates|isGone|isStopped|hasJoined) && !strings.ContainsAny(cell, ":=") {
		return Said{}
	}
	items := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|\n[]{}\"", r) })
	for _, item := range items {
		if len(items) > 1 {
			read = textOf(item)
		}
		worst.add(part(item, read, loose))
		if strings.Contains(item, "://") || strings.Contains(item, "www.") {
			continue
		}
		worst.add(answeredIn(item))
		finer := parts(item)
		for _, one := range finer {
			if len(finer) > 1 {
				read = textOf(one)
				worst.add(part(one, read, loose))
			}
			if !strict && read.instructs() {
				worst.add(Said{Doubt, NotKnown})
			}
		}
	}
	return worst
}

// parts are the parts of a text as people set an instruction off: in brackets, between stars, behind a dash, as a sentence.
func parts(item string) []string {
	item = dashes.Replace(item)
	return strings.FieldsFunc(item, func(r rune) bool { return strings.ContainsRune("()<>*/\\:.!?•…—–~#", r) })
}

var dashes = strings.NewReplacer(" - ", "—", "-- ", "—", " --", "—", "- ", "—", " -", "—")

// part reads what is short enough to be an instruction and nothing else; read is its text.
func part(item string, read text, loose bool) Said {
	if strings.Count(item, " ") > 6 || !strings.ContainsFunc(item, unicode.IsLetter) {
		return Said{}
	}
	means := whole(item)
	if means == unheard && loose && read.isMailing() {
		means = known().inside(united(strings.Fields(fold(item, true))))
	}
	if said := sayingOf(means); said.Verdict > Yes && read.isMailing() && !isNoun()[fold(item, false)] {
		return said
	}
	if hasNot(item) && read.denies() {
		return Said{No, Blocked}
	}
	return Said{}
}

// isNoun are words of mailings that companies are called by.
var isNoun = wordSet("bounce", "bounces", "deliverable", "mute", "blacklist", "suppression")

// answeredIn reads "Newsletter: no".
func answeredIn(item string) Said {
	at := strings.IndexAny(item, ":=")
	if at <= 0 || len(item) > longText || strings.Contains(item, "://") {
		return Said{}
	}
	h := headerOf(item[:at])
	if !h.news && !h.joins && (h.class != refusing || h.doubt) || h.figures {
		return Said{}
	}
	switch c := (Column{header: h}); h.class {
	case refusing:
		return c.As(Refusal).onlyNo(item[at+1:])
	case agreeing, mailOnly:
		return c.As(Agreement).onlyNo(item[at+1:])
	case mailStatus:
		return c.As(Status).onlyNo(item[at+1:])
	}
	return Said{}
}

// onlyNo is what a cell says, if that is a no.
func (c Column) onlyNo(cell string) Said {
	if said := c.Read(cell); said.Verdict == No {
		return said
	}
	return Said{}
}

func hasNot(item string) bool {
	for word := range strings.FieldsSeq(fold(item, false)) {
		if known().not[word] {
			return true
		}
	}
	return false
}

// instructs reports an instruction among other words that nothing denies: "was never unsubscribed" is not one.
func (t text) instructs() bool {
	for i, is := range t.at {
		if is&forbids == 0 || i > 0 && t.at[i-1]&forbids != 0 {
			continue
		}
		if is&refuses == 0 || !t.near(i, 2, negates) {
			return true
		}
	}
	return false
}
