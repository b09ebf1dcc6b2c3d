package optout

import (
	"strings"
	"unicode/utf8"
)

// answer reads a plain yes or no.
func (c Column) answer(cell, folded string) meaning {
	for _, written := range []string{folded, cell} {
		if means, ok := c.letter[written]; ok && (means == plainYes || means == plainNo) {
			return means
		}
	}
	if c.coded && utf8.RuneCountInString(folded) == 1 {
		return unheard
	}
	return answerOf(cell, folded)
}

func answerOf(cell, folded string) meaning {
	switch {
	case len(cell) > longest:
		return unheard
	case folded == "" && isTick(cell):
		return plainYes
	case folded == "" && isCross(cell), isNegative(cell):
		return plainNo
	}
	if number, is := wholeNumber(folded); is {
		switch number {
		case "0":
			return plainNo
		case "1":
			return plainYes
		}
		return unheard
	}
	w := known()
	if means, ok := w.answers[joined(folded)]; ok {
		return means
	}
	if means, ok := w.answers[joined(withoutFillers(folded))]; ok {
		return means
	}
	if first, rest, several := strings.Cut(folded, " "); several && w.not[first] && w.answers[joined(rest)] == plainYes {
		return plainNo
	}
	return unheard
}

// whole is what a text says of a mailing as a whole, words aside that change nothing.
func whole(cell string) meaning {
	if len(cell) > longest {
		return unheard
	}
	w := known()
	folded := fold(cell, true)
	key := joined(folded)
	if means, ok := w.cells[key]; ok {
		return means
	}
	if strings.Count(folded, " ") > mostWords {
		return unheard
	}
	if bare := joined(withoutFillers(folded)); bare != key {
		if means, ok := w.cells[bare]; ok {
			return means
		}
	}
	if strings.Count(folded, " ") < 4 {
		return textOf(cell).meaning()
	}
	return unheard
}

// meaning is what a few words say that stand in no table, if they are about mail and nothing else: "Emails allowed",
// "підписані".
func (t text) meaning() meaning {
	if !t.only(anyMail | agrees | hasJoined | refuses | negates | ofNoun | fills) {
		if t.has(isGone|isStopped) && t.only(isGone|isStopped|ofMail|ofNews|ofNoun|fills) {
			return open
		}
		return unheard
	}
	switch reason, _, refused := t.refusal(); {
	case refused && reason == Unsubscribed:
		return left
	case refused && reason == Complained:
		return reported
	case refused && reason == Bounced:
		return unreachable
	case refused && reason == NotAgreed:
		return neverAgreed
	case refused:
		return barred
	case !t.has(negates) && (t.has(hasJoined) || t.has(agrees) && t.has(anyMail) || t.has(ofNoun) && t.only(ofNoun|fills)):
		return wants
	}
	return unheard
}

func withoutFillers(folded string) string {
	words := strings.Fields(folded)
	kept := words[:0]
	for _, word := range words {
		if (!known().fillers[word] || known().not[word]) && strings.Trim(word, "0123456789") != "" {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

// isSure reports a known word of a mailing that can be about nothing else.
func isSure(cell string) bool {
	if len(cell) > longest || whole(cell) == unheard {
		return false
	}
	return isMailing(cell) || verdicts()[joined(fold(cell, false))]
}

func isMailing(cell string) bool { return textOf(cell).isMailing() }

// isMailing reports a text that names what only mailings have.
func (t text) isMailing() bool {
	if t.has(hasJoined | hasLeft | ofBounce | isBarred) {
		return true
	}
	_, doubt, refused := t.refusal()
	return refused && !doubt && t.has(anyMail|hasJoined|reaches)
}

// verdicts are words that only verifiers of addresses have.
var verdicts = wordSet("deliverable", "undeliverable", "safetosend", "catchall", "acceptall", "disposable", "spamtrap", "spamtraps", "donotmail", "okforall", "unmailable", "mailable")

// inside finds the worst that the words of a text say, each as far as it goes. A "not" anywhere makes no yes of anything,
// and a refusal harmless only right before it.
func (w *words) inside(tokens []string) meaning {
	worst, denied, past := unheard, false, false
	if len(tokens) > mostWords {
		return unheard
	}
	for at := 0; at < len(tokens); {
		denied, past = denied || w.not[tokens[at]], past || earlier()[tokens[at]]
		means, taken := w.at(tokens[at:])
		if taken == 0 {
			at++
			continue
		}
		if means == reported && taken == 1 && len(tokens) > 1 {
			means = barred // "spam folder" is not a complaint
		}
		if at > 0 && w.not[tokens[at-1]] {
			means = contrary(means)
		}
		if worse(means) > worse(worst) {
			worst = means
		}
		at += taken
	}
	if worst != unheard && past || worst == wants && denied {
		return open
	}
	return worst
}

// at is the longest known text that the words begin with.
func (w *words) at(tokens []string) (means meaning, taken int) {
	for n := min(len(tokens), 6); n > 0; n-- {
		if means, ok := w.cells[strings.Join(tokens[:n], "")]; ok {
			return means, n
		}
	}
	return unheard, 0
}

func contrary(means meaning) meaning {
	switch means {
	case wants:
		return neverAgreed
	case left, reported, barred, unreachable:
		return wants
	}
	return means
}

// worse orders meanings: what keeps mail away goes before doubt, and doubt before a yes.
func worse(means meaning) int {
	switch means {
	case left, reported:
		return 5
	case barred, neverAgreed:
		return 4
	case unreachable:
		return 3
	case open:
		return 2
	case wants:
		return 1
	}
	return 0
}

func sayingOf(means meaning) Said {
	switch means {
	case unheard:
		return Said{}
	case wants, plainYes:
		return Said{Verdict: Yes}
	case left:
		return Said{No, Unsubscribed}
	case reported:
		return Said{No, Complained}
	case barred:
		return Said{No, Blocked}
	case unreachable:
		return Said{No, Bounced}
	case neverAgreed, plainNo:
		return Said{No, NotAgreed}
	}
	return Said{Doubt, NotKnown}
}
