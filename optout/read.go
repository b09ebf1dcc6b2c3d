package optout

import (
	"slices"
	"strings"
)

// longest is how many bytes of a cell are read, and mostWords how many words: a longer one is text and no answer.
const (
	longest   = 600
	mostWords = 12
)

// Read says what a cell of the column says.
func (c Column) Read(cell string) Said {
	cell = c.codes.word(strings.TrimSpace(cell))
	switch c.Kind {
	case Foreign, Unclear:
		return Said{}
	case Mention:
		return mentioned(cell, c.header.status, c.header.strict)
	case Refusal:
		return c.refusal(cell)
	}
	switch {
	case cell == "" || isNull(cell):
		if c.marks {
			return Said{Doubt, NotKnown}
		}
		return Said{}
	case len(cell) > longest:
		return Said{Doubt, NotKnown}
	}
	if said, is := c.inJSON(cell); is {
		return said
	}
	if c.Kind == Agreement {
		return c.agreement(cell)
	}
	return c.status(cell)
}

// agreement reads a cell below "Accepts marketing": a date is a yes too.
func (c Column) agreement(cell string) Said {
	folded := fold(cell, false)
	switch {
	case isMoment(cell):
		return Said{Verdict: Yes}
	case strings.HasSuffix(cell, "?"):
		return Said{Doubt, NotKnown}
	case folded == "n" && !c.header.doubt && !c.header.either:
		return Said{No, NotAgreed}
	case folded == "y" && !c.header.either:
		return Said{Verdict: Yes}
	}
	switch c.answer(cell, folded) {
	case plainYes:
		if c.header.either {
			return Said{Doubt, NotKnown}
		}
		return Said{Verdict: Yes}
	case plainNo:
		if c.header.doubt || c.header.either {
			return Said{Doubt, NotKnown}
		}
		return Said{No, NotAgreed}
	}
	return c.inWords(cell)
}

func (c Column) status(cell string) Said {
	if isMoment(cell) {
		return Said{Doubt, NotKnown}
	}
	if isReturned(cell) {
		return Said{No, Bounced}
	}
	folded := fold(cell, false)
	if means := whole(cell); means != unheard && (means != open || known().cells[joined(folded)] == open || c.answer(cell, folded) != plainNo) {
		return sayingOf(means)
	}
	if means, ok := c.letter[folded]; ok {
		return sayingOf(means)
	}
	switch c.answer(cell, folded) {
	case plainYes:
		if folded == "1" && !c.one {
			return Said{Doubt, NotKnown}
		}
		return Said{Verdict: Yes}
	case plainNo:
		return Said{No, NotAgreed}
	}
	return c.inWords(cell)
}

// inWords reads what is neither an answer nor a known word as a whole: several words, or a sentence.
func (c Column) inWords(cell string) Said {
	if means := whole(cell); means != unheard {
		return sayingOf(means)
	}
	if said, is := judgedSentence(cell); is {
		return said
	}
	if isPace(fold(cell, false)) {
		return Said{Verdict: Yes}
	}
	tokens := united(strings.Fields(fold(cell, true)))
	if len(tokens) > 1 && c.Kind == Agreement && known().answers[tokens[0]] == plainNo && denied(append([]string{"no"}, tokens[1:]...)) {
		return Said{No, NotAgreed}
	}
	if len(tokens) > 1 && affirmations()[tokens[0]] {
		if t := textOf(cell); t.has(ofChannel) && !t.has(negates|refuses|isGone|isStopped) {
			return Said{Doubt, NotKnown} // "yes (by phone)": where it was asked, or where alone it holds
		}
	}
	if means := known().inside(tokens); means != unheard {
		return sayingOf(means)
	}
	if len(tokens) > 1 && len(tokens) <= mostWords {
		t := textOf(cell)
		switch answer := known().answers[tokens[0]]; {
		case answer == plainNo:
			return Said{No, NotAgreed}
		case affirmations()[tokens[0]] && !t.has(negates|refuses|isGone|isStopped|ofChannel):
			return Said{Verdict: Yes}
		}
	}
	if len(tokens) <= mostWords && denied(tokens) {
		return Said{No, NotAgreed}
	}
	return Said{Doubt, NotKnown}
}

// denied reports an answer with a "not" in it: "I would prefer not to". One who is not sure denies nothing.
func denied(tokens []string) bool {
	not := false
	for _, token := range tokens {
		if undecided()[token] {
			return false
		}
		not = not || known().not[token]
	}
	return not
}

var undecided = wordSet("sure", "know", "yet", "decided", "only", "mind", "problem", "sicher", "weiß", "entschieden", "nur", "encore", "sais", "seguro", "sé", "todavía", "aún", "so", "sicuro", "ancora", "sei", "certeza", "ainda", "zeker", "nog", "weet", "wiem", "jeszcze", "pewny", "säker", "än", "vet", "sikker", "endnu", "ennå", "vielä", "tiedä", "varma", "ještě", "vím", "jistý", "henüz", "emin", "знаю", "ещё", "еще", "уверен", "ще", "певен", "впевнений")

// judgedSentence reads "I agree to receive marketing e-mails" as a header would be read.
func judgedSentence(cell string) (Said, bool) {
	if strings.Count(cell, " ") < 2 || len(cell) > longest {
		return Said{}, false
	}
	switch h := headerOf(cell); {
	case strings.ContainsAny(cell, " ") && slices.ContainsFunc(strings.Fields(fold(cell, false)), func(word string) bool { return earlier()[word] }):
		return Said{Doubt, NotKnown}, true
	case h.class == refusing:
		return Said{No, h.reason}, true
	case h.class == agreeing && h.news && !textOf(cell).has(negates):
		return Said{Verdict: Yes}, true
	case h.class == agreeing && h.long && !h.doubt && !textOf(cell).has(negates):
		return Said{Verdict: Yes}, true
	}
	return Said{}, false
}

// agreesInFull reports such a sentence, as check boxes have for a value.
func agreesInFull(cell string) bool {
	if strings.Count(cell, " ") < 3 {
		return false
	}
	said, is := judgedSentence(cell)
	return is && said.Verdict == Yes
}

// refusal reads a cell below "Unsubscribed": a tick, a date, a reason say that the person has.
func (c Column) refusal(cell string) Said {
	says := Said{No, c.header.reason}
	if says.Reason == "" {
		says.Reason = Blocked // somebody has said that the column is a refusal
	}
	if c.header.doubt {
		says = Said{Doubt, NotKnown}
	}
	switch {
	case cell == "", isZeroDate(cell), isNull(cell):
		return Said{}
	case isMoment(cell), len(cell) > longest, isNegative(cell): // -1 is how Access writes true
		return says
	}
	folded := fold(cell, false)
	if c.header.detail && c.answer(cell, folded) != plainYes {
		says = Said{Doubt, NotKnown} // the campaign that somebody left, and may have come back since
	}
	if folded == "" && !isTick(cell) && !isCross(cell) && cell != "+" {
		if strings.Contains(cell, "?") {
			return Said{Doubt, NotKnown}
		}
		return Said{} // a dash, an empty list
	}
	if folded == "none" {
		return Said{}
	}
	switch soft := isSoft(folded); {
	case soft && c.header.reason == Bounced:
		return Said{Verdict: Yes}
	case soft:
		return Said{Doubt, NotKnown} // mail came back, which is why they are on such a list
	}
	if permits, denies := permission(folded); permits {
		if denies {
			return says
		}
		return Said{Verdict: Yes}
	}
	means := whole(cell)
	switch answer := c.answer(cell, folded); {
	case doubtful()[folded]:
		return Said{Doubt, NotKnown}
	case answer == plainNo, means == wants && (isMailing(cell) || c.header.reason == Bounced && sound()[folded]):
		return Said{Verdict: Yes}
	case means == left, means == reported, means == barred, means == unreachable:
		return sayingOf(means)
	}
	return says
}

// permission reads "Allow" and "Do not allow".
func permission(folded string) (permits, denies bool) {
	for word := range strings.FieldsSeq(folded) {
		permits = permits || known().permits[word]
		denies = denies || known().not[word]
	}
	return permits, denies
}

// doubtful are cells of a refusal that refuse nothing for sure.
var doubtful = wordSet("unknown", "pending", "maybe", "unsure", "unbekannt", "inconnu", "desconocido", "sconosciuto", "desconhecido", "onbekend", "nieznany", "okänd", "ukendt", "ukjent", "tuntematon", "neznámý", "bilinmiyor", "неизвестно", "невідомо")

// isSoft reports that mail came back which may arrive the next time.
func isSoft(folded string) bool {
	switch first, _, _ := strings.Cut(folded, " "); first {
	case "soft", "softbounce", "softbounced", "transient", "temporary":
		return true
	}
	return strings.Contains(joined(folded), "bouncedsoft")
}
