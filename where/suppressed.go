package where

import (
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/suppressions"
	"mailtrap-contacts-mcp/text"
)

// Conditions know suppressions by two columns and a function. Their SQL asks two tables: suppressed (of, at), the rows of contacts
// who are, with the time of the last suppression, and listed (of, kind), once for each kind that a contact has.
const (
	suppressed   = "suppressed"
	suppressedAt = "suppressed_at"
	isSuppressed = "is_suppressed"

	suppressedSQL   = "row IN (SELECT of FROM suppressed)"
	suppressedAtSQL = "(SELECT at FROM suppressed WHERE of = row)"
)

// anything stands for every type or stream.
const anything = "any"

// suppressionColumn is a column of suppressions by its name; false for any other.
func (s *Schema) suppressionColumn(name string) (Cell, bool) {
	switch strings.ToLower(name) {
	case suppressed:
		return Cell{Name: suppressed, Column: Email, SQL: suppressedSQL, dataType: truth, Suppressions: true}, true
	case suppressedAt:
		return Cell{Name: suppressedAt, Column: Email, SQL: suppressedAtSQL, dataType: moment, Suppressions: true}, true
	}
	return Cell{}, false
}

// bothMeant is the problem of a name that is a column of suppressions and a field; nil where it is no field's.
func (s *Schema) bothMeant(name string, at int) *problem {
	if _, isField := s.find(name, true); !isField {
		return nil
	}
	p := wrong(at, "%s may mean the field of that name or Mailtrap's suppressions", text.Quote(name)).
		because("The field is \"field:" + strings.ToLower(name) + "\"; whoever is suppressed is found by is_suppressed('any').")
	p.code = fault.Conflict
	return p
}

// suppressedColumn checks a column of suppressions.
func (c *checker) suppressedColumn(e *expr, cell Cell) *expr {
	if p := c.schema.bothMeant(e.name, e.at); p != nil {
		return c.fail(p)
	}
	made := *e
	made.col, made.kind = suppressedColumn, cell.dataType
	if cell.Name == suppressedAt {
		made.col = suppressedAtColumn
	}
	return &made
}

const howSuppressed = "Like is_suppressed('hard bounce'), is_suppressed('hard bounce', 'bulk') or " +
	"is_suppressed('any', 'bulk', 'example.com'): a type, and if it matters a stream and a sending domain."

// isSuppressed checks is_suppressed('hard bounce', 'bulk', 'example.com').
func (c *checker) isSuppressed(e *expr) *expr {
	if n := len(e.args); n < 1 || n > 3 {
		return c.fail(wrong(e.at, "is_suppressed takes 1 to 3 names and is given %d", n).because(howSuppressed))
	}
	made := e.with()
	made.kind = truth
	for i, arg := range e.args {
		said, is := saidIn(arg)
		if !is {
			return c.fail(wrong(arg.at, "is_suppressed takes names between single quotes").because(howSuppressed))
		}
		said, bad := c.suppressionWord(i, arg, strings.ToLower(strings.TrimSpace(said)))
		if bad != nil {
			return c.fail(bad)
		}
		made.args = append(made.args, textAt(arg, said))
	}
	return made
}

// suppressionWord is one of the names of is_suppressed, by its place.
func (c *checker) suppressionWord(place int, arg *expr, said string) (string, *problem) {
	if place == 2 {
		if domain := said[strings.LastIndexByte(said, '@')+1:]; domain != said {
			return "", wrong(arg.at, "%s is not a domain", text.Quote(said)).
				because("It is a sending domain, as in the address mail comes from.").instead(arg.at, arg.to, quotedText(domain))
		}
		return said, nil
	}
	what, known := "type of suppression", c.schema.suppressionTypes()
	if place == 1 {
		what, known = "stream", c.schema.suppressionStreams()
	}
	if said == anything || slices.Contains(known, said) {
		return said, nil
	}
	shown := make([]string, len(known))
	for i, name := range known {
		shown[i] = quotedText(text.Clip(name, 60))
	}
	p := wrong(arg.at, "there is no %s %s", what, text.Quote(said)).
		because("There are " + text.Listing(shown, 20) + ", and 'any' for all of them.")
	if meant := suppressionWords[strings.NewReplacer("_", " ", "-", " ").Replace(said)]; slices.Contains(known, meant) {
		p = p.instead(arg.at, arg.to, quotedText(meant))
	}
	return "", p
}

// suppressionWords are other words for Mailtrap's types and streams.
var suppressionWords = map[string]string{
	"hard bounce": "hard bounce", "bounce": "hard bounce", "bounced": "hard bounce", "hard": "hard bounce", "hardbounce": "hard bounce",
	"hard bounces": "hard bounce", "bounces": "hard bounce",
	"unsubscription": "unsubscription", "unsubscribe": "unsubscription", "unsubscribed": "unsubscription", "unsubscriptions": "unsubscription",
	"spam complaint": "spam complaint", "complaint": "spam complaint", "spam": "spam complaint", "complained": "spam complaint",
	"spam complaints": "spam complaint", "complaints": "spam complaint",
	"manual import": "manual import", "manual": "manual import", "import": "manual import", "imported": "manual import",
	"transaction": "transactional", "transactional stream": "transactional", "bulk stream": "bulk", "marketing": "bulk", "broadcast": "bulk",
}

// meantBy says how to ask for what an unknown name probably means, by a part of it; empty where that is not known.
func meantBy(name string) string {
	low := strings.ToLower(name)
	for _, one := range []struct {
		parts []string
		how   string
	}{
		{[]string{"suppres", "supres", "bounc", "complain", "spam", "undeliver", "blacklist", "blocklist", "blocked"},
			"Whom the sending side delivers nothing to is found with suppressed or is_suppressed('hard bounce'), also 'spam complaint', " +
				"'unsubscription' or 'manual import', and since when with suppressed_at. "},
		{[]string{"subscri", "opt_out", "optout", "opted_out"}, "Who unsubscribed is found with status = 'unsubscribed'. "},
	} {
		if slices.ContainsFunc(one.parts, func(part string) bool { return strings.Contains(low, part) }) {
			return one.how
		}
	}
	return ""
}

func (s *Schema) suppressionTypes() []string {
	known := slices.Clone(suppressions.Types)
	for _, kind := range s.Suppressions {
		if kind.Type != "" && !slices.Contains(known, kind.Type) {
			known = append(known, kind.Type)
		}
	}
	return known
}

func (s *Schema) suppressionStreams() []string {
	known := slices.Clone(suppressions.Streams)
	for _, kind := range s.Suppressions {
		if kind.Stream != "" && kind.Stream != anything && !slices.Contains(known, kind.Stream) {
			known = append(known, kind.Stream)
		}
	}
	return known
}

// kinds are the kinds of suppression that is_suppressed asks for, and those of which Mailtrap does not tell whether they are some.
func (s *Schema) kinds(asked []*expr) (certain, doubtful []suppressions.Kind) {
	for _, kind := range s.Suppressions {
		fits, doubt := true, false
		for place, is := range []string{kind.Type, kind.Stream, kind.Domain}[:len(asked)] {
			wanted := asked[place].text()
			switch {
			case wanted == anything, is == wanted, is == anything && place == 1:
			case is == "":
				doubt = true
			default:
				fits = false
			}
		}
		switch {
		case fits && doubt:
			doubtful = append(doubtful, kind)
		case fits:
			certain = append(certain, kind)
		}
	}
	return certain, doubtful
}

// isSuppressed asks whether a contact has a suppression of some kinds; NULL where that is not known.
func (t *translator) isSuppressed(e *expr) string {
	certain, doubtful := t.schema.kinds(e.args)
	in := func(kinds []suppressions.Kind) string {
		numbers := make([]string, len(kinds))
		for i, kind := range kinds {
			numbers[i] = idText(kind.Number)
		}
		return "row IN (SELECT of FROM listed WHERE kind IN (" + strings.Join(numbers, ", ") + "))"
	}
	if len(doubtful) == 0 {
		return "(" + in(certain) + ")"
	}
	return "CASE WHEN " + in(certain) + " THEN 1 WHEN " + in(doubtful) + " THEN NULL ELSE 0 END"
}

// AsksSuppressions reports that it depends on who is suppressed.
func (c *Condition) AsksSuppressions() bool { return c.root.asksSuppressions() }

func (e *expr) asksSuppressions() bool {
	if e == nil {
		return false
	}
	return e.op == opColumn && (e.col == suppressedColumn || e.col == suppressedAtColumn) || e.op == opCall && e.name == isSuppressed ||
		slices.ContainsFunc(e.args, (*expr).asksSuppressions)
}

// suppressionHints say what is not known of suppressions that a condition asks for, and which of its domains have none.
func (e *expr) suppressionHints(of *Schema) (hints []Hint) {
	if e == nil {
		return nil
	}
	if e.op == opCall && e.name == isSuppressed {
		if _, doubtful := of.kinds(e.args); len(doubtful) > 0 {
			n := 0
			for _, kind := range doubtful {
				n += kind.Count
			}
			hints = append(hints, Hint{Text: "Of " + text.Count(n, "suppression") + " Mailtrap does not tell the type, stream or domain that " +
				"is_suppressed asks for: whoever has no other one fits neither is_suppressed nor NOT is_suppressed."})
		}
		if domains := of.suppressionDomains(); len(e.args) == 3 && e.args[2].text() != anything && !slices.Contains(domains, e.args[2].text()) {
			known := "Mailtrap tells no domain of any suppression."
			if len(domains) > 0 {
				known = "Those with suppressions are " + text.Listing(text.Quotes(text.Closest(e.args[2].text(), domains), 60), 10) + "."
			}
			hints = append(hints, Hint{Text: "No suppression is for the sending domain " + text.QuoteUpTo(e.args[2].text(), 60) + ". " + known})
		}
	}
	for _, arg := range e.args {
		hints = append(hints, arg.suppressionHints(of)...)
	}
	return hints
}

func (s *Schema) suppressionDomains() (domains []string) {
	for _, kind := range s.Suppressions {
		if kind.Domain != "" && !slices.Contains(domains, kind.Domain) {
			domains = append(domains, kind.Domain)
		}
	}
	return domains
}
