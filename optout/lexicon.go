package optout

// lexicon is what one language calls things. Headers, and sentences in cells, are matched by patterns: "word" is a word or
// several in a row, "word*" a word that begins so, "*word" one that ends so, "*word*" one that contains it. Cells are
// matched as a whole. Case, accents, blanks and punctuation do not count in either.
type lexicon struct {
	// of headers
	mail    []string // what carries it: e-mail
	news    []string // what one subscribes to: a newsletter, a mailing list
	topic   []string // what is sent, by mail or otherwise: marketing, offers
	agree   []string // what people do who want it; beside one of these three
	joined  []string // says by itself that somebody wants mail: subscribed, opt-in
	consent []string // so does this in a header; in a cell it may be about anything
	noun    []string // the thing that one has then; it may be a paid plan as well
	reach   []string // contact, write; with a "not" before it a refusal
	left    []string // has unsubscribed
	spam    []string // reported mail as spam
	bounce  []string // cannot be reached
	block   []string // must not be mailed
	gone    []string // one of these, alone or beside mail: blocked, invalid, deleted
	stop    []string // one of these beside mail only: disabled, suspended
	status  []string // status, state
	verify  []string // what a verifier of addresses calls its columns
	about   []string // figures and technical data about mails: sent, rate, link
	detail  []string // what goes with a wish and says nothing of it by itself: source, type, campaign
	thing   []string // orders, invoices, paid plans: not mail, even if they are sent by it

	channel  []string   // what is not mail: phone, SMS, post
	filler   []string   // words that change nothing
	endings  [][]string // of cells: a word with the first of a row is also written with the others
	anytime  []string   // "you can unsubscribe at any time" is not a refusal
	not      []string   // turns the words beside it into the opposite
	yes, no  []string   // of cells: plain answers
	in       []string   // wants mail
	out      []string   // wanted it, and does not any more
	reported []string   // reported it as spam
	blocked  []string   // is not to be mailed
	bounced  []string   // cannot be reached
	never    []string   // has not agreed
	unsure   []string   // any of these, or something else altogether
}

// lexicons are all languages. A word that two languages have with different meanings stands in neither.
var lexicons = []lexicon{
	english, german, french, spanish, italian, portuguese, dutch, polish, swedish, danish, norwegian, finnish, czech, turkish, russian, ukrainian,
	japanese, chinese, korean,
}
