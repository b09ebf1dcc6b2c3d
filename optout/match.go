package optout

import (
	"strings"
	"sync"
)

// pattern is one of the patterns of a lexicon, taken apart.
type pattern struct {
	text   string
	inside bool // anywhere in the joined text
	start  bool // the last word may go on
}

func patternOf(written string) pattern {
	p := pattern{inside: strings.HasPrefix(written, "*"), start: strings.HasSuffix(written, "*")}
	p.text = fold(strings.Trim(written, "*"), false)
	if p.inside {
		p.text = joined(p.text)
	}
	return p
}

// phrase is a text made ready to be matched.
type phrase struct{ padded, joined string }

func phraseOf(text string, splitCase bool) phrase {
	folded := fold(text, splitCase)
	return phrase{" " + folded + " ", joined(folded)}
}

func (p phrase) has(one pattern) bool {
	switch {
	case one.inside:
		return strings.Contains(p.joined, one.text)
	case one.start:
		return strings.Contains(p.padded, " "+one.text)
	}
	return strings.Contains(p.padded, " "+one.text+" ")
}

func (p phrase) hasAny(patterns []pattern) bool {
	for _, one := range patterns {
		if p.has(one) {
			return true
		}
	}
	return false
}

// meaning is what a word of a mailing says.
type meaning uint8

const (
	unheard meaning = iota
	wants
	left
	reported
	barred
	unreachable
	neverAgreed
	open // any of these, or something else altogether
	plainYes
	plainNo
)

// words are all lexicons together.
type words struct {
	mail, agree, refuse, status []pattern
	sure, other, about, wish    []pattern
	cells                       map[string]meaning // by joined text
	answers                     map[string]meaning // plainYes and plainNo
	not                         map[string]bool
}

var known = sync.OnceValue(func() *words {
	w := &words{cells: map[string]meaning{}, answers: map[string]meaning{}, not: map[string]bool{}}
	w.sure, w.other, w.about = patterns(unmistakable), patterns(otherThings), patterns(aboutMail)
	w.wish = patterns(wishes)
	for _, language := range lexicons {
		w.mail = append(w.mail, patterns(language.mail)...)
		w.agree = append(w.agree, patterns(language.agree)...)
		w.refuse = append(w.refuse, patterns(language.refuse)...)
		w.status = append(w.status, patterns(language.status)...)
		for _, word := range language.not {
			w.not[fold(word, false)] = true
		}
		for _, list := range []struct {
			words []string
			means meaning
		}{
			{language.in, wants},
			{language.out, left},
			{language.complained, reported},
			{language.blocked, barred},
			{language.bounced, unreachable},
			{language.never, neverAgreed},
			{language.unsure, open},
		} {
			for _, word := range list.words {
				w.put(word, list.means)
			}
		}
		for _, word := range language.yes {
			w.answers[joined(fold(word, false))] = plainYes
		}
		for _, word := range language.no {
			w.answers[joined(fold(word, false))] = plainNo
		}
	}
	return w
})

// put notes what a word means; where two languages differ, what is worse for us counts.
func (w *words) put(word string, means meaning) {
	key := joined(fold(word, false))
	if before, twice := w.cells[key]; twice && before != means && before != wants {
		return
	}
	w.cells[key] = means
}

func patterns(written []string) []pattern {
	found := make([]pattern, len(written))
	for i, one := range written {
		found[i] = patternOf(one)
	}
	return found
}
