package optout

import (
	"strings"
	"sync"
)

// concept is what a word of a header or of a sentence is about; several at once are possible.
type concept uint32

const (
	ofMail concept = 1 << iota
	ofNews
	ofTopic
	agrees
	hasJoined
	consents
	ofNoun
	reaches
	hasLeft
	ofSpam
	ofBounce
	isBarred
	isGone
	isStopped
	ofStatus
	verifies
	ofFigures
	ofDetail
	ofThing
	ofChannel
	fills
	atAnyTime
	negates
	forbids // an instruction within a text
	renamed // a phrase that means something else than its words (see otherNames)

	anyMail = ofMail | ofNews | ofTopic
	wishes  = hasJoined | consents
	refuses = hasLeft | ofSpam | ofBounce | isBarred
)

// needle is a pattern of a lexicon as it stands in padded text.
type needle struct {
	text string
	is   concept
}

// text is a header or a sentence whose words are known.
type text struct {
	words []string
	at    []concept // of each word
	all   concept
}

func (t text) has(one concept) bool { return t.all&one != 0 }

// only reports that every word is one of these.
func (t text) only(these concept) bool {
	for i, is := range t.at {
		if is&these == 0 && strings.Trim(t.words[i], "0123456789") != "" {
			return false
		}
	}
	return len(t.at) > 0
}

// first is where the first word of a kind stands, or -1.
func (t text) first(one concept) int {
	for i, is := range t.at {
		if is&one != 0 {
			return i
		}
	}
	return -1
}

// textOf reads a text. Names that only look like mail are taken out first. Words that mean nothing are read again as what
// they may be misspelled for.
func textOf(written string) text {
	padded := " " + strings.Join(united(strings.Fields(fold(written, true))), " ") + " "
	t := textIn(padded)
	if t.has(renamed) {
		t = textIn(oftens().Replace(notMail().Replace(padded)))
	}
	t.all &^= renamed
	changed := false
	for i, word := range t.words {
		if t.at[i] != 0 {
			continue
		}
		if meant, misspelled := corrected(word); misspelled {
			t.words[i], changed = meant, true
		}
	}
	if changed {
		return textIn(" " + strings.Join(t.words, " ") + " ")
	}
	return t
}

// textIn reads words with a blank before and behind each.
func textIn(padded string) text {
	t := text{words: strings.Fields(padded)}
	t.at = make([]concept, len(t.words))
	w, word, begin := known(), -1, 0
	for i := 0; i+3 <= len(padded); i++ {
		if padded[i] == ' ' {
			word++
			begin = i + 1
		}
		if !w.begins[beginning(padded[i:])] {
			continue
		}
		for _, needle := range w.needles[padded[i:i+3]] {
			if !strings.HasPrefix(padded[i:], needle.text) {
				continue
			}
			if t.all |= needle.is; needle.is == renamed {
				continue
			}
			last := word + strings.Count(strings.TrimSpace(needle.text), " ")
			for at := word; at <= last; at++ {
				t.at[at] |= needle.is
			}
			if needle.is&(agrees|wishes) != 0 && i > begin && glued[padded[begin:i]] {
				t.at[word] |= negates // "niepotwierdzony"
				t.all |= negates
			}
		}
	}
	return t
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
	needles map[string][]needle // by their first three bytes
	begins  [1 << 15]bool       // whether there are needles that begin so, as far as beginning tells them apart
	cells   map[string]meaning  // by joined text
	answers map[string]meaning  // plainYes and plainNo
	permits map[string]bool     // answers that allow something
	not     map[string]bool
	fillers map[string]bool
}

var known = sync.OnceValue(func() *words {
	w := &words{needles: map[string][]needle{}, cells: map[string]meaning{}, answers: map[string]meaning{}, permits: map[string]bool{}, not: map[string]bool{}, fillers: map[string]bool{}}
	for _, l := range lexicons {
		for _, list := range []struct {
			words []string
			is    concept
		}{
			{l.mail, ofMail}, {l.news, ofNews}, {l.topic, ofTopic}, {l.agree, agrees}, {l.joined, hasJoined}, {l.consent, consents}, {l.noun, ofNoun}, {l.reach, reaches},
			{l.left, hasLeft}, {l.spam, ofSpam}, {l.bounce, ofBounce}, {l.block, isBarred}, {l.gone, isGone}, {l.stop, isStopped},
			{l.status, ofStatus}, {l.verify, verifies}, {l.about, ofFigures}, {l.detail, ofDetail}, {l.thing, ofThing}, {l.channel, ofChannel},
			{l.filler, fills}, {l.anytime, atAnyTime}, {l.not, negates},
		} {
			for _, pattern := range list.words {
				w.seek(pattern, list.is)
			}
		}
		for _, list := range []struct {
			words []string
			means meaning
		}{
			{l.in, wants}, {l.out, left}, {l.reported, reported}, {l.blocked, barred}, {l.bounced, unreachable}, {l.never, neverAgreed}, {l.unsure, open},
		} {
			for _, word := range list.words {
				for _, form := range l.forms(word) {
					for _, key := range keys(form) {
						w.put(key, list.means)
					}
				}
			}
		}
		for i, words := range [][]string{l.yes, l.no} {
			for _, word := range words {
				for _, key := range keys(word) {
					w.answers[key] = plainYes + meaning(i)
				}
			}
		}
		for _, word := range l.not {
			w.not[fold(word, false)] = true
		}
		for _, word := range l.filler {
			w.fillers[fold(word, false)] = true
		}
	}
	for _, phrases := range instructions {
		for _, phrase := range phrases {
			w.seek(phrase, forbids)
		}
	}
	for i := 0; i < len(otherNames); i += 2 {
		w.add(needle{otherNames[i], renamed})
	}
	for _, phrase := range howOften {
		w.add(needle{" " + fold(phrase, false) + " ", renamed})
	}
	for _, word := range permissions {
		w.permits[joined(fold(word, false))] = true
	}
	return w
})

// forms are a word and what it is for a woman, for several people or for a thing.
func (l lexicon) forms(word string) []string {
	forms := []string{word}
	for _, endings := range l.endings {
		if stem, is := strings.CutSuffix(word, endings[0]); is && len(stem) > 2 {
			for _, ending := range endings[1:] {
				forms = append(forms, stem+ending)
			}
		}
	}
	return forms
}

// seek notes a pattern, also as it is written on keyboards without its vowels.
func (w *words) seek(pattern string, is concept) {
	before, after := " ", " "
	if strings.HasPrefix(pattern, "*") {
		before = ""
	}
	if strings.HasSuffix(pattern, "*") {
		after = ""
	}
	for _, written := range []string{pattern, spelledOut.Replace(pattern)} {
		w.add(needle{before + strings.Join(united(strings.Fields(fold(written, false))), " ") + after, is})
	}
}

func (w *words) add(found needle) {
	key := found.text[:3]
	if before := w.needles[key]; len(before) == 0 || before[len(before)-1] != found {
		w.needles[key] = append(before, found)
	}
	w.begins[beginning(key)] = true
}

// beginning is a number for the first three bytes of a text; few texts share one.
func beginning(text string) uint16 {
	return (uint16(text[0])<<10 ^ uint16(text[1])<<5 ^ uint16(text[2])) & (1<<15 - 1)
}

// keys are the forms in which a cell is looked up.
func keys(word string) []string {
	return []string{joined(fold(word, false)), joined(fold(spelledOut.Replace(word), false))}
}

// put notes what a word means; where two languages differ, what is worse for us counts.
func (w *words) put(key string, means meaning) {
	if before, twice := w.cells[key]; twice && before != means && before != wants {
		return
	}
	w.cells[key] = means
}
