package intake

import (
	"slices"
	"strings"
	"unicode"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/text"
)

// An import subscribes whom it creates, so a row that says that the person does not want mail must not be imported. Such
// rows are rejected, whatever else they hold, and so is every other row of the same address, before or after.
//
// The rules lean to the safe side, because a row that is rejected for nothing can be mended, and an unwanted mail cannot
// be taken back:
//
//   - A status ("Status", "Email Marketing Consent") rejects by what its words mean. "Never subscribed" and "non-subscribed"
//     count: nobody agreed to anything. A soft bounce does not: the next mail may arrive.
//   - A refusal ("Unsubscribed", "Email Opt Out", "UNSUB_TIME") rejects by anything that is not empty, zero or a no: a
//     date, a reason, a tick. A later date of subscription beside it is not weighed against it.
//   - An agreement ("Accepts Email Marketing", "Opt-in") rejects by an explicit no. An empty cell says nothing.
//   - What is about text messages, calls or letters says nothing about mail.
//   - Words that mean either the mailing or something else ("cancelled", "unconfirmed") reject with a reason that says so.
//
// A column that a field of the account is named like is that field's, and is imported as its data; it is read as an
// opt-out as well. Only what is as likely the owner's own data is left alone there: doubtful words, and the agreements
// named below. So it is with a column that the caller wants left out. Headers and words are English.

// optOut is a column of a file that says whether a person may be mailed.
type optOut struct {
	index  int
	name   string
	kind   optOutKind
	saying saying // what a refusal comes to
	field  bool   // the column is a field's too, or the caller wants it left out
}

// optOutKind is how a column's cells are read.
type optOutKind int

const (
	anyStatus  optOutKind = iota // a status of anything: words that mean the mailing count
	mailStatus                   // a status of the mailing: a "no" and doubtful words count too
	refusal                      // anything that is not a "no" counts
	likeness                     // looks like a refusal: a clear "yes", a date, or words count
	agreement                    // a "no" counts, and so do words
)

// saying is what a file says of a person. The empty one says nothing against mail.
type saying string

const (
	unsubscribed saying = "the file says this person has unsubscribed"
	blocked      saying = "the file says this person is not to be mailed"
	bouncing     saying = "the file says mail to this person bounces"
	complained   saying = "the file says this person reported mail as spam"
	notAgreed    saying = "the file says this person has not agreed to be mailed"
	doubtful     saying = "the file may say this person does not want mail"
)

// findOptOut says whether and how a column tells who may be mailed.
func findOptOut(index int, name string, isField bool) (optOut, bool) {
	header := Plain(name)
	column := optOut{index: index, name: name, field: isField, saying: unsubscribed}
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(header, part) })
	}
	begins := func(part string) bool { return strings.HasPrefix(header, part) }
	ends := func(part string) bool { return strings.HasSuffix(header, part) }
	said, refuses := refusals[header]
	switch {
	case refuses:
		column.kind, column.saying = refusal, said
	case slices.Contains(agreements, header), !isField && slices.Contains(ownAgreements, header):
		column.kind = agreement
	case slices.Contains(statuses, header):
		column.kind = anyStatus
	case slices.Contains(statusesOfMail, header):
		column.kind = mailStatus
	case slices.ContainsFunc(refusalsOfOneKind, begins):
		column.kind = refusal
	case has(otherMedia):
		return optOut{}, false
	case slices.ContainsFunc(statusWords, ends) && has(mailWords):
		column.kind = mailStatus
	case has(outWords) && !has(aboutRefusal):
		column.kind = likeness
	default:
		return optOut{}, false
	}
	return column, true
}

// wordsSay is what a status says; known is false when it is nothing that a mailing has. exact asks for the whole text.
func wordsSay(value string, exact bool) (says saying, known bool) {
	says, known = words[value]
	if known || exact {
		return says, known
	}
	for _, stem := range stems {
		if strings.Contains(value, stem.stem) {
			return stem.says, true
		}
	}
	return "", false
}

// says reads a cell. known is false when a status has nothing to do with a mailing.
func (c optOut) says(cell string) (says saying, known bool) {
	value := Plain(cell)
	if isNothing(cell, value) {
		return "", true
	}
	says, known = wordsSay(value, c.field)
	if says != "" && (says != doubtful || !c.field && c.kind != refusal) {
		return says, true
	}
	switch no := isNo(cell, value); {
	case c.kind == refusal && !no && !slices.Contains(notRefused, value),
		c.kind == likeness && (isYes(cell, value) || isDate(cell)):
		return c.saying, true
	case c.kind == agreement && (no || slices.Contains(notAllowed, value)), c.kind == mailStatus && no:
		return notAgreed, true
	case c.kind == mailStatus && !c.field && slices.Contains(wordsOfMail, value):
		return doubtful, true
	case c.kind == anyStatus, c.kind == mailStatus && !isYes(cell, value):
		return "", known
	}
	return "", true
}

// reason is why a row with such a cell is rejected.
func (c optOut) reason(says saying, cell string) string {
	shown := func(s string) string { return text.Quote(text.Clip(s, 30)) } // the file of rejected rows has it whole
	reason := string(says) + " (" + shown(cell) + " in the column " + shown(c.name) + "); an import would subscribe them"
	if says == doubtful {
		reason += "; if it means something else, rename the column"
	}
	return reason
}

// elsewhere is why a row is rejected because of another of its address.
func elsewhere(reason string) string { return "another row of " + reason }

// verdict is what a cell of an opt-out says.
type verdict struct {
	says  saying
	known bool
}

// rememberedVerdicts is how many different cells of an opt-out are remembered: a status has few, a date many.
const rememberedVerdicts = 200

// verdict is what a cell of the opt-out says; the worker remembers the cells that it has seen.
func (c *converter) verdict(i int, written string) verdict {
	known := c.verdicts[i]
	if found, ok := known[written]; ok {
		return found
	}
	var found verdict
	found.says, found.known = c.plan.optOuts[i].says(written)
	if known == nil {
		known = map[string]verdict{}
		c.verdicts[i] = known
	}
	if len(known) < rememberedVerdicts {
		known[strings.Clone(written)] = found
	}
	return found
}

// optedOut says why a row must not be imported, if its columns say so. A sure word goes before a doubtful one.
func (c *converter) optedOut(cells []string) (reason string) {
	sure := false
	for i, column := range c.plan.optOuts {
		written := cell(cells, column.index)
		verdict := c.verdict(i, written)
		says := verdict.says
		if !verdict.known && !column.field {
			c.foreign[i] = true
		}
		if says != "" && !sure && (reason == "" || says != doubtful) {
			reason, sure = column.reason(says, written), says != doubtful
		}
	}
	return reason
}

// strayed is optedOut for a row whose cells do not stand below their headers: a word that can mean nothing else speaks
// for itself, wherever it stands.
func (p columnPlan) strayed(cells []string) (email, reason string) {
	email, err := apiclient.ParseEmail(cell(cells, p.email))
	if err != nil {
		return "", ""
	}
	for _, column := range p.optOuts {
		for _, written := range cells {
			if says, _ := wordsSay(Plain(written), true); says == unsubscribed || says == blocked {
				return email, column.reason(says, written)
			}
		}
	}
	return "", ""
}

func isDate(cell string) bool {
	_, is := parseDate(strings.TrimSpace(cell))
	return is
}

// isNothing tells what stands in a cell that has no value: also dashes, "null" and a date of zeros (0000-00-00).
func isNothing(cell, value string) bool {
	switch value {
	case "":
		return !strings.ContainsFunc(cell, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSpace(r) && unicode.IsGraphic(r) })
	case "null", "nil", "none", "na", "nan", "undefined", "unknown", "never":
		return true
	}
	return len(value) > 1 && strings.Trim(value, "0") == ""
}

func isNo(cell, value string) bool {
	switch value {
	case "no", "n", "false", "f", "off", "0":
		return true
	case "":
		return strings.ContainsAny(cell, "✗✘❌☐×")
	}
	return false
}

func isYes(cell, value string) bool {
	switch value {
	case "yes", "y", "true", "t", "on", "1", "x":
		return true
	case "":
		return strings.ContainsAny(cell, "✓✔☑✅")
	}
	return false
}
