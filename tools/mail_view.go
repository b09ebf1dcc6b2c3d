package tools

import (
	"context"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/bulk"
	"mailtrap-contacts-mcp/intake"
	"mailtrap-contacts-mcp/optout"
	"mailtrap-contacts-mcp/text"
)

// MailView is a column of a file that says who may be mailed, and what it says.
type MailView struct {
	Column string       `json:"column"`
	Says   []SayingView `json:"says"`
	Empty  int          `json:"empty,omitempty" jsonschema_description:"Rows with an empty cell, which counts as nothing"`

	overruled int // rows in which what it says does not count
}

// SayingView is one thing that a column says of people.
type SayingView struct {
	Says   string `json:"says" jsonschema:"enum=yes,enum=no,enum=held back,enum=released,enum=nothing"`
	Reason string `json:"reason,omitempty"`
	Rows   int    `json:"rows"`
	// Values are the most frequent cells, each with its number of rows.
	Values []string `json:"values,omitempty"`

	unsubscribes bool // whom unsubscribe: true unsubscribes
}

func viewMail(columns []intake.MailColumn) []MailView {
	views := make([]MailView, len(columns))
	for i, column := range columns {
		views[i] = MailView{Column: column.Column, Empty: column.Blank, overruled: column.Overruled}
		for _, saying := range column.Says {
			said := SayingView{Says: wordFor(saying), Reason: string(saying.Reason), Rows: saying.Rows,
				unsubscribes: optout.Said{Verdict: saying.Verdict, Reason: saying.Reason}.Unsubscribes()}
			if saying.Verdict == optout.No && !said.unsubscribes {
				said.Reason += intake.NotRemembered
			}
			for _, value := range saying.Values {
				cell := "(empty)"
				if value.Cell != "" {
					cell = text.QuoteUpTo(value.Cell, 40)
				}
				said.Values = append(said.Values, cell+" "+text.Number(value.Times))
			}
			if saying.More > 0 {
				said.Values = append(said.Values, "others "+text.Number(saying.More))
			}
			views[i].Says = append(views[i].Says, said)
		}
	}
	return views
}

// released names the values that leave open whether people may be mailed, and that mapping says to ignore.
func released(source intake.Summary) string {
	var said []string
	for _, column := range viewMail(source.Mail) {
		for _, one := range column.Says {
			if one.Says == "released" {
				said = append(said, strings.Join(one.Values, ", ")+" in "+text.QuoteUpTo(column.Column, 60))
			}
		}
	}
	return strings.Join(said, "; ")
}

func wordFor(saying intake.MailSaying) string {
	switch {
	case saying.Released:
		return "released"
	case saying.Verdict == optout.Doubt:
		return "held back"
	case saying.Verdict == optout.No:
		return "no"
	case saying.Verdict == optout.Yes:
		return "yes"
	}
	return "nothing"
}

// describe is a line of text.
func (v MailView) describe() string {
	var parts []string
	for _, said := range v.Says {
		head := said.Says
		switch said.Says {
		case "held back":
			head = "in doubt and held back"
		case "released":
			head = "in doubt, and imported because mapping ignores the column"
		case "no":
			head = "no (" + strings.TrimSuffix(said.Reason, intake.NotRemembered) + ")"
		}
		parts = append(parts, head+": "+strings.Join(said.Values, ", "))
	}
	if v.Empty > 0 {
		parts = append(parts, "empty: "+text.Number(v.Empty))
	}
	if v.overruled > 0 {
		parts = append(parts, "does not count in "+text.Count(v.overruled, "row")+" that agreed to another newsletter or resubscribed later")
	}
	return "Who may be mailed, by " + text.Quote(v.Column) + ": " + strings.Join(parts, "; ") + "."
}

// describeMail says what the columns say of who may be mailed, and how those in doubt are released.
func (v ReadView) describeMail() string {
	said := make([]string, 0, len(v.Mail)+1)
	var willing []string
	for _, column := range v.Mail {
		switch {
		case len(column.Says) == 0:
		case column.isWilling():
			willing = append(willing, text.Quote(column.Column))
		default:
			said = append(said, column.describe())
		}
	}
	said = append(said, enumerated("Who may be mailed, where all rows say yes or nothing: ", willing, 0, ""))
	if v.OptedOut > 0 && v.export {
		said = append(said, "The file is an export of contacts: those who are unsubscribed in it are left out, not restored as unsubscribed.")
	}
	if v.otherwise > 0 && len(v.Mail) > 0 {
		said = append(said, "Who said no, but neither unsubscribed nor complained, is remembered only if they are unsubscribed in the "+
			"account: a later file without such a column would subscribe the others.")
	}
	if v.OptedOut > 0 && len(v.Mail) > 0 {
		said = append(said, "If a column that says no has nothing to do with mail, have it renamed or removed from the file; mapping does "+
			"not release a known no.")
	}
	if v.unsubscribes && slices.ContainsFunc(v.Mail, MailView.refusesOnly) {
		said = append(said, "unsubscribe: true leaves people as they are of whom the file says neither that they unsubscribed nor that "+
			"they complained.")
	}
	if v.HeldBack > 0 {
		who := text.Number(v.HeldBack) + " people are"
		if v.HeldBack == 1 {
			who = "1 person is"
		}
		said = append(said, who+" held back. "+v.release)
	}
	return lines(said...)
}

// isWilling reports that nobody is kept out or released by the column.
func (v MailView) isWilling() bool {
	return !slices.ContainsFunc(v.Says, func(said SayingView) bool { return said.Says != "yes" && said.Says != "nothing" })
}

// refusesOnly reports that the column keeps people out of whom it does not say that they unsubscribed or complained.
func (v MailView) refusesOnly() bool {
	return slices.ContainsFunc(v.Says, func(said SayingView) bool { return said.Says == "no" && !said.unsubscribes })
}

// describeUnsubscribed names contacts of the file who are unsubscribed in the account.
func (v ReadView) describeUnsubscribed() string {
	if v.Unsubscribed.Count == 0 {
		return ""
	}
	who := strings.Join(v.Unsubscribed.Examples, ", ")
	if v.Unsubscribed.Count > len(v.Unsubscribed.Examples) {
		who += " …"
	}
	return "Unsubscribed in the account by the last snapshot, but imported: " + text.Number(v.Unsubscribed.Count) + ": " + who +
		". " + notDocumented + "."
}

const notDocumented = "Whether Mailtrap's import leaves people unsubscribed is not documented"

// knownUnsubscribed are those who are unsubscribed by the last snapshot, however old it is, and by what was written since:
// of the rows given, or of all contacts where there are none. nil where there is no snapshot or it does not tell.
func (box *Toolbox) knownUnsubscribed(ctx context.Context, rows []apiclient.ImportRow) (*intake.AddressSet, error) {
	sn, found, err := box.Audience.Latest(ctx)
	if err != nil || !found {
		return nil, err
	}
	defer sn.Release()
	known := intake.NewAddressSet()
	if len(rows) == 0 {
		err = sn.EachAddress(ctx, "status = '"+apiclient.Unsubscribed+"'", func(email, _ string) error {
			known.Add(email)
			return nil
		})
	}
	for _, row := range rows {
		contact, found, failed := sn.Find(ctx, row.Email)
		if failed != nil {
			err = failed
			break
		}
		if found && contact.Status == apiclient.Unsubscribed {
			known.Add(row.Email)
		}
	}
	if err != nil && ctx.Err() == nil {
		return nil, nil //nolint:nilerr,nilnil // what the snapshot does not tell is not said either
	}
	return known, ctx.Err()
}

func (v MailView) shrink(width int) MailView {
	shown := MailView{Column: text.Clip(v.Column, width/2), Empty: v.Empty, overruled: v.overruled}
	for _, said := range v.Says {
		said.Values, _ = capped(said.Values, max(1, width/12))
		shown.Says = append(shown.Says, said)
	}
	return shown
}

// besides says of contacts that a file chooses what else of it counts.
func besides(planned bulk.Status) string {
	switch {
	case planned.Who.File == "" || len(planned.Source.Columns) < 2:
		return ""
	case !planned.Who.Reading.Willing:
		return onlyAddresses
	}
	return strings.Join(willing(planned.Source), " ")
}

// willing says of a selection of a file whom it keeps out, and why.
func willing(source intake.Summary) []string {
	said := []string{"Of the file only the column of contacts counts, and what says who may be mailed."}
	for _, column := range viewMail(source.Mail) {
		if len(column.Says) > 0 {
			said = append(said, column.describe())
		}
	}
	if source.HeldBack > 0 {
		said = append(said, text.Count(source.HeldBack, "contact")+" "+isOrAre(source.HeldBack)+" held back because the file leaves open "+
			"whether they may be mailed; if they agreed, name them in contacts.")
	}
	return said
}

const onlyAddresses = "Of the file only the column of contacts counts: what others say, such as who may be mailed, is not considered."

// maySubscribe warns of contacts who are unsubscribed and chosen by a condition, where they are sent by import, and says how to leave
// them out.
func maySubscribe(planned bulk.Status, match *MatchView) string {
	if match == nil || !match.known || match.Unsubscribed == 0 || planned.Together == 0 || planned.Spec.Unsubscribed != nil {
		return ""
	}
	return notDocumented + "; to leave the " + text.Number(match.Unsubscribed) +
		" out, call with where: (…) AND status <> 'unsubscribed', and the condition between the brackets."
}

// mayHaveSubscribed warns of them where a job is carried out without a preview.
func (box *Toolbox) mayHaveSubscribed(ctx context.Context, planned bulk.Status) (string, error) {
	chosen, is := planned.Who.There.(*asked)
	if !is || planned.Together == 0 || planned.Spec.Unsubscribed != nil {
		return "", nil
	}
	left, _, err := chosen.Count(ctx, both(planned.Who.Where, "status = 'unsubscribed'"))
	if err != nil || left == 0 {
		return "", err
	}
	return text.Number(left) + " of the contacts had unsubscribed. " + notDocumented +
		": search_contacts with refresh: true and status = 'unsubscribed' shows who still is.", nil
}
