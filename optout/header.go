package optout

import (
	"slices"
	"strings"
)

// class is what a header alone says.
type class uint8

const (
	plain      class = iota // nothing
	elsewhere               // it is about another channel: a phone, letters
	business                // it is about an order, an invoice, a paid plan
	refusing                // who does not want mail, or must not or cannot get it
	agreeing                // who wants it
	mailStatus              // a status of the mailing
	verifying               // what a verifier of addresses says
	bareStatus              // a status, of something
	mailOnly                // it names mail or a subscription, and no wish
)

// header is a column's name, read.
type header struct {
	class   class
	reason  Reason // of a refusal
	doubt   bool   // the refusal may be about something else
	figures bool   // how often, how many, which page: nothing about a wish
	detail  bool   // the source, the kind, the name of something
	single  bool   // a bare status of one word, or mail and nothing else
	mail    bool   // names mail
	news    bool   // names a newsletter or marketing, not only mail
	long    bool   // a sentence
	hard    bool   // of bounces: for good
	weak    bool   // "Contact by e-mail": a wish, if the cells are answers
	status  bool   // names a status
	either  bool   // of the same name are an agreement and a refusal
	joins   bool   // names a subscription or an opt-in
	asks    bool   // a question
	strict  bool   // what is in a cell among other words is not about the person
	remark  bool   // a name or a remark
	postal  bool   // its "mail" may be letters: "Do not mail"
	active  bool   // it says "active" of something, and no more
	again   bool   // of those who came back: "Resubscribed at"
	list    string // of one of several lists: what its header shares with those of the others
	named   bool   // it names the list
	plan    bool   // the status of a subscription, which may be a paid one
}

// sentence is how many words make a header or a cell a sentence, in which single words count for little.
const sentence = 6

// mostHeader is how many bytes of a header are read: the text of a consent, and no more.
const mostHeader = 1200

func headerOf(name string) header {
	if len(name) > mostHeader {
		name = name[:mostHeader]
	}
	if h, is := otherwise(name); is {
		return h
	}
	t := textOf(name)
	h := header{
		figures: t.has(ofFigures), detail: t.has(ofDetail), mail: t.has(ofMail), news: t.has(ofNews | ofTopic), status: t.has(ofStatus),
		joins: t.has(wishes | ofNoun), long: len(t.words) >= sentence, asks: strings.ContainsAny(name, "?¿"),
		strict: t.isOrigin() || t.has(anyMail) && t.has(ofDetail), remark: t.isRemark(),
		postal: t.isPostal(), again: t.hasWord(returned()),
	}
	h.list, h.named = t.list()
	wishful := h.long && t.has(agrees|wishes|reaches) && t.has(anyMail)
	reason, doubt, refused := t.refusal()
	switch {
	case len(t.words) == 0:
	case t.has(ofChannel) && !t.has(ofMail|ofNews):
		h.class = elsewhere
	case t.has(ofThing) && !t.has(ofNews|ofTopic|hasLeft) && !wishful:
		if scoped, is := withoutScope(name); is {
			return scoped
		}
		h.class = business
	case t.has(ofBounce) && slices.ContainsFunc(t.words, isSoft):
	case refused && t.isTorn():
		h.class, h.either = agreeing, true
	case refused:
		h.class, h.reason, h.doubt = refusing, reason, doubt
		h.hard = slices.ContainsFunc(t.words, func(word string) bool { return strings.HasPrefix(word, "hard") })
	case t.has(verifies) && (t.has(ofMail|ofStatus) || t.only(verifies|fills)):
		h.class, h.single = verifying, !slices.ContainsFunc(t.words, func(word string) bool { return general()[word] })
	case t.has(ofStatus) && (t.has(anyMail) || t.has(wishes|ofNoun)):
		h.class, h.plan = mailStatus, !t.has(anyMail|wishes)
	case isBare(t.words):
		h.class, h.single = bareStatus, len(t.words) == 1 && !places()[t.words[0]]
		h.doubt = len(t.words) == 1 && t.words[0] == "state" || slices.Contains(t.words, "user") // of an address, or of an account
	case eitherWay()[strings.Join(t.words, " ")]:
		h.class, h.either = agreeing, true
	case t.confirms():
		h.class, h.doubt = agreeing, true
		h.active = t.hasWord(activity())
		if h.active && t.hasWord(owners()) {
			return header{}
		}
	case t.has(wishes), t.has(agrees|reaches) && t.has(anyMail), t.has(agrees) && t.has(reaches), t.comesByMail():
		h.class, h.weak = agreeing, !t.has(wishes) && (!t.has(agrees) || !t.has(anyMail))
	case t.has(anyMail), t.has(ofNoun):
		h.class, h.single = mailOnly, t.only(anyMail|ofNoun|fills)
	}
	if h.postal {
		h.doubt = true
	}
	return h
}

// otherwise reads a header that stands for another: a question with its answer, or shorthand.
func otherwise(name string) (h header, is bool) {
	if question, ticked := answered(name); ticked {
		if h := headerOf(question); h.class == agreeing || h.class == mailOnly || h.class == mailStatus {
			return header{class: refusing, reason: NotAgreed, mail: h.mail, news: h.news}, true
		}
	}
	if meant, short := shorthand[fold(name, true)]; short {
		h := headerOf(meant)
		h.class, h.weak, h.reason = agreeing, true, ""
		return h, true
	}
	return header{}, false
}

// withoutScope reads the wish in "Ticket: Email opt-in", which is not about the ticket.
func withoutScope(name string) (header, bool) {
	_, rest, scoped := strings.Cut(name, ":")
	if !scoped {
		return header{}, false
	}
	h := headerOf(rest)
	return h, (h.mail || h.news) && (h.class == refusing && !h.doubt || h.class == agreeing && h.joins && !h.weak)
}

// answered reports a header that ends with one answer to it, a no, as forms have a column for each: "Newsletter? [No]".
func answered(name string) (question string, isNo bool) {
	name = strings.TrimRight(name, " ])")
	at := strings.LastIndexAny(name, "[(:")
	if at <= 0 {
		return "", false
	}
	return name[:at], known().answers[joined(fold(name[at+1:], false))] == plainNo
}

// refusal finds what refuses mail: "unsubscribed", "no e-mail", "e-mail blocked". What is itself negated does not count,
// nor what a sentence says of a later day, behind the agreement.
func (t text) refusal() (reason Reason, doubt, found bool) {
	if t.has(atAnyTime) && t.has(agrees|wishes) {
		return "", false, false
	}
	agreed := len(t.words)
	if mail, agreement := t.first(anyMail), t.first(agrees|wishes); len(t.words) >= 8 && mail >= 0 && agreement >= 0 {
		agreed = max(mail, agreement)
	}
	for i, is := range t.at {
		later := i > agreed && !t.near(i, 3, agrees)
		switch {
		case later:
		case is&refuses != 0 && !t.near(i, 2, negates):
			return reasonOf(is), is&^refuses&isGone != 0, true
		case is&isGone != 0 && !t.near(i, 2, negates) && (t.has(anyMail|wishes) || t.only(isGone|fills) && !slices.Contains(t.words, "by")):
			return Blocked, !t.has(anyMail | wishes), true
		case is&isStopped != 0 && !t.near(i, 2, negates) && t.has(anyMail|wishes):
			return Blocked, false, true
		case is&negates != 0 && is&(agrees|wishes) != 0 && (is&wishes != 0 || t.has(anyMail)):
			return NotAgreed, false, true
		case is&negates != 0 && !t.isChoice(i) && !t.isPlace(i):
			if reason, found := t.denied(i); found {
				return reason, false, true
			}
		}
	}
	return "", false, false
}

// isTorn reports a sentence that agrees and, further on, speaks of unsubscribing in words of which it is not clear what
// they are about: neither a yes nor a no below it can be believed.
func (t text) isTorn() bool {
	if len(t.words) < sentence || !t.has(anyMail) {
		return false
	}
	for i, is := range t.at {
		if is&refuses != 0 && !t.near(i, 3, agrees|wishes|negates) && t.near(i, i, agrees|wishes) {
			return true
		}
	}
	return false
}

// near reports such a word among the last few before one.
func (t text) near(at, reach int, is concept) bool {
	for i := max(0, at-reach); i < at; i++ {
		if t.at[i]&is != 0 {
			return true
		}
	}
	return false
}

// isPlace reports a "no" that denies nothing: the Portuguese "in the", as in "Inscrito no boletim", and "No. of e-mails".
func (t text) isPlace(at int) bool {
	if t.words[at] != "no" || at+1 == len(t.words) {
		return false
	}
	return t.words[at+1] == "of" || at > 0 && t.at[at-1]&wishes != 0
}

// denied says what a "not" denies: what follows it within three words, or a verb right before it.
func (t text) denied(not int) (Reason, bool) {
	object := t.has(anyMail)
	for i, reach := not+1, 3; i < len(t.at) && reach > 0; i++ {
		if missed()[t.words[i]] || i+2 < len(t.words) && (missed()[t.words[i+1]] || missed()[t.words[i+2]]) {
			return "", false
		}
		if t.at[i] == fills {
			continue
		}
		reach--
		switch is := t.at[i]; {
		case is&wishes != 0:
			return NotAgreed, true
		case is&(anyMail|reaches) != 0, is&agrees != 0 && object:
			return Blocked, true
		}
	}
	if not > 0 && not+1 == len(t.at) {
		switch is := t.at[not-1]; {
		case is&wishes != 0, is&agrees != 0 && object:
			return NotAgreed, true
		case is&(anyMail|reaches) != 0 && postposed()[t.words[not]]:
			return Blocked, true
		}
	}
	return "", false
}

// isChoice reports a "no" that stands beside a "yes", as in "Newsletter (yes/no)".
func (t text) isChoice(at int) bool {
	if known().answers[t.words[at]] != plainNo {
		return false
	}
	for i := max(0, at-2); i < min(len(t.words), at+3); i++ {
		if affirmations()[t.words[i]] {
			return true
		}
	}
	return false
}

// comesByMail reports "Invitations by e-mail".
func (t text) comesByMail() bool {
	for i := 1; i < len(t.words); i++ {
		if t.at[i]&ofMail != 0 && carriers()[t.words[i-1]] {
			return true
		}
	}
	return false
}

// denies reports a text that denies mail and says nothing else: "no newsletter", "please do not e-mail".
func (t text) denies() bool {
	if !t.has(negates) || !t.has(anyMail|reaches|hasJoined) || !t.only(negates|anyMail|agrees|reaches|hasJoined|fills) {
		return false
	}
	_, doubt, refused := t.refusal()
	return refused && !doubt
}

// confirms reports "Confirmed" and the like with nothing beside it.
func (t text) confirms() bool {
	for i, word := range t.words {
		if confirmations()[word] {
			t.at[i] |= fills
		}
	}
	return t.only(fills) && slices.ContainsFunc(t.words, func(word string) bool { return confirmations()[word] })
}

func reasonOf(is concept) Reason {
	switch {
	case is&ofBounce != 0:
		return Bounced
	case is&ofSpam != 0:
		return Complained
	case is&hasLeft != 0:
		return Unsubscribed
	}
	return Blocked
}

// isBare reports "Status", "Contact status" and the like.
func isBare(words []string) bool {
	status := 0
	for _, word := range words {
		switch {
		case aloneStatus()[word]:
			status++
		case !personal()[word]:
			return false
		}
	}
	return status > 0 && len(words) <= 3
}
