// Package optout says which columns of a contact file tell who may be mailed, and what their cells say. A column is judged
// by its header and its values together: by either alone, "Type" with the cell "unsubscribed" and "Accepts marketing" with
// the cell "nein" would both be missed.
//
// In a column that is about mail only what is known to be a yes counts as one. What is not understood is doubt, which is
// held back and named. The words of each language stand in tables of their own; where the tables do not help, nothing is
// guessed.
package optout

// Kind is what a column has to do with mail.
type Kind string

// The kinds of column.
const (
	Foreign   Kind = ""          // nothing
	Agreement Kind = "agreement" // a no says that the person may not be mailed
	Refusal   Kind = "refusal"   // anything that is not a no says so
	Status    Kind = "status"    // words say what the person is to a mailing
	Mention   Kind = "mention"   // some other column, in which single cells say it all the same
	Unclear   Kind = "unclear"   // a bare status of words that no mailing has: somebody has to say what it is
)

// Verdict is what a cell says.
type Verdict uint8

// The verdicts. An empty cell is Silent, and passes, unless its column marks those who may be mailed.
const (
	Silent Verdict = iota // it says nothing
	Yes                   // may be mailed
	Doubt                 // it is not understood, or may mean either
	No                    // may not be mailed
)

// Reason is why a cell is not a yes.
type Reason string

// The reasons. Unsubscribed and Complained are the ones by which somebody may be unsubscribed who is a contact already.
const (
	Unsubscribed Reason = "has unsubscribed"
	Complained   Reason = "reported mail as spam"
	Blocked      Reason = "is not to be mailed"
	Bounced      Reason = "cannot be reached by mail"
	NotAgreed    Reason = "has not agreed to be mailed"
	NotKnown     Reason = "may not have agreed to be mailed"
)

// Said is how a cell was understood.
type Said struct {
	Verdict Verdict
	Reason  Reason // empty for Silent and Yes
}

// add takes another saying over that is worse.
func (s *Said) add(other Said) {
	if other.Verdict > s.Verdict {
		*s = other
	}
}

// Unsubscribes reports a saying that is sure enough to unsubscribe somebody by.
func (s Said) Unsubscribes() bool {
	return s.Verdict == No && (s.Reason == Unsubscribed || s.Reason == Complained)
}

// Column is a judged column.
type Column struct {
	Kind   Kind
	header header
	codes  legend             // what the header says of its codes
	letter map[string]meaning // what single letters mean here
	one    bool               // the code 1 is a yes
	coded  bool               // single letters and numbers are codes, and no answers
	list   string             // it is one of several of newsletters (see List)
	marks  bool               // those who may be mailed are marked, so that an empty cell is not a yes
}

// Judge says what a column is, by its header and by what its cells hold.
func Judge(name string, values *Values) Column {
	codes, name := legendOf(name)
	if codes != nil {
		values = codes.words(values)
	}
	c := Column{header: headerOf(name), codes: codes, letter: values.letters(name)}
	c.coded = values.areCodes(c.header)
	c.one = c.header.joins || values.oneIsYes()
	c.Kind = c.kind(values)
	switch {
	case c.Kind == Agreement:
		c.marks = values.isTickBox()
	case c.Kind == Status && c.header.class != verifying && c.header.class != agreeing:
		c.marks = values.marksWilling()
	}
	return c
}

// As is the column read as another kind, when somebody has said what an Unclear one is.
func (c Column) As(kind Kind) Column {
	c.Kind = kind
	return c
}

func (c Column) kind(values *Values) Kind {
	h, s := c.header, values.shares(c.header)
	text := values.isText(s)
	choice := s.all > 0 && !text // something that one chooses from
	switch h.class {
	case elsewhere:
		return Foreign
	case business:
		return h.ofBusiness(s)
	case refusing:
		if h.counts(s) {
			return h.mentions(s)
		}
		return Refusal
	case agreeing:
		return h.ofAgreement(s, values)
	case mailStatus:
		return h.ofMailStatus(s, text)
	case verifying:
		if choice && (h.mail && s.answers < s.all || s.known()*2 >= s.all && (s.sure > 0 || h.mail || h.single)) {
			return Status
		}
		return h.mentions(s)
	case bareStatus:
		if kind, sure := c.ofBareStatus(s, choice); sure {
			return kind
		}
	case mailOnly:
		if kind, sure := h.ofMail(s, choice); sure {
			return kind
		}
	}
	return h.byValues(s, values, text)
}

// ofBusiness judges a column about orders, customers and the like.
func (h header) ofBusiness(s shares) Kind {
	switch {
	case s.sure > 0 && (s.mailing+s.open)*2 >= s.all:
		return Status
	case h.remark:
		return h.mentions(s)
	}
	return Foreign
}

// ofAgreement judges a column whose header speaks of agreeing to mail.
func (h header) ofAgreement(s shares, values *Values) Kind {
	switch {
	case (h.figures && !h.long || h.detail) && s.answers*2 <= s.all && (s.mailing+s.moments)*2 <= s.all,
		h.figures && !h.long && s.answers > 0:
		return h.mentions(s)
	case s.addresses*2 > s.all,
		h.weak && (s.known() == 0 || !h.asks && len(values.count) < mostValues && s.known()*2 <= s.all):
		return h.mentions(s)
	case s.mailing > 0 && s.mailing >= s.answers:
		return Status
	case h.doubt && s.known()+s.moments == 0: // "Confirmed by: John"
		return h.mentions(s)
	}
	return Agreement
}

// ofMailStatus judges a column whose header names the status of a subscription.
func (h header) ofMailStatus(s shares, text bool) Kind {
	switch {
	case s.moments*2 > s.all || s.addresses*2 > s.all || text && s.known() == 0:
		return h.mentions(s)
	case h.plan && s.sure == 0 && s.billing > 1:
		return Unclear
	}
	return Status
}

// ofBareStatus judges a column that is called "Status", and does not say of what; sure is false where its values decide alone.
func (c Column) ofBareStatus(s shares, choice bool) (kind Kind, sure bool) {
	h := c.header
	switch {
	case s.billing > 1 && s.within == 0:
		return Foreign, true
	case s.within > 0 && choice, c.letter != nil && choice, s.all > 0 && s.words == s.all && !h.doubt:
		return Status, true
	case h.single && choice, choice && s.words > 0 && !h.doubt, choice && s.many > 0 && s.codes == s.all,
		choice && s.letters == s.all && !h.doubt:
		return Unclear, true
	}
	return Foreign, false
}

// ofMail judges a column whose header names mail or a newsletter, and nothing that is done with it.
func (h header) ofMail(s shares, choice bool) (kind Kind, sure bool) {
	switch {
	case h.asks && s.known()+s.sentences > 0:
		return Agreement, true
	case h.figures || h.detail:
		return h.mentions(s), true
	case s.sentences*2 > s.all, (h.news || h.single) && s.answers+s.moments > 0 && (s.answers+s.moments)*2 > s.all:
		return Agreement, true
	case h.single && choice && (h.news || s.known()*2 >= s.all), h.single && h.news && s.known() > 0 && s.addresses*2 <= s.all:
		return Status, true
	}
	return Foreign, false
}

// byValues judges a column whose header does not tell.
func (h header) byValues(s shares, values *Values, text bool) Kind {
	switch {
	case s.sentences > 0 && s.sentences+s.answers == s.all && len(values.count) <= 3:
		return Agreement
	case s.sure > 0 && s.known()*2 > s.all && !text:
		return Status
	case h.status && s.within > 0:
		return Mention
	}
	return h.mentions(s)
}

// counts reports that the header of a refusal goes with figures, or its cells are such: "Bounce rate", "Bounces: 7".
func (h header) counts(s shares) bool {
	switch {
	case s.all == 0:
		return false
	case h.figures && !h.long, s.addresses*2 > s.all:
		return true
	}
	return h.reason == Bounced && !h.hard && s.numbers == s.all && s.many > 0
}

func (h header) mentions(s shares) Kind {
	if s.mentions > 0 && (h.class != plain || !h.figures) { // the subject of a mail
		return Mention
	}
	return Foreign
}
