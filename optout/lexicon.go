package optout

// lexicon is what one language calls things. Headers are matched by patterns: "word" is a word or several in a row, "word*"
// a word that begins so, "*word*" a part of the header written without blanks, as compounds need it. Cells are matched as
// a whole; case, accents, blanks and punctuation do not count in either.
type lexicon struct {
	// of headers
	mail   []string // what is sent: mail, a newsletter, marketing, offers
	agree  []string // what people do who want it
	refuse []string // what stands for "does not want it", "must not get it" or "cannot get it"
	status []string // status, state

	// of cells
	yes, no    []string // plain answers
	in         []string // wants mail
	out        []string // wanted it, and does not any more
	complained []string // reported it as spam
	blocked    []string // is not to be mailed
	bounced    []string // cannot be reached
	never      []string // has not agreed
	unsure     []string // any of these, or something else altogether

	not []string // turns the word behind it into its contrary
}

// lexicons are all languages. A word that two languages have with different meanings stands in neither.
var lexicons = []lexicon{
	english, german, french, spanish, italian, portuguese, dutch, polish, swedish, danish, norwegian, finnish, czech, turkish, russian, ukrainian,
}
