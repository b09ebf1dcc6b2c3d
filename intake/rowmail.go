package intake

import (
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/optout"
)

// refusal is why a row is not imported, and how surely its person wants no mail.
type refusal struct {
	kind   recordKind
	reason string
}

// refusals says of each row of a call whose fields say for sure that its person wants no mail, why it is not imported. The
// caller has said into which fields of the account the values go, so that nothing else that they may mean counts.
func refusals(rows []apiclient.ImportRow, tags []string) map[int]refusal {
	why := map[int]refusal{}
	for _, tag := range tags {
		var values optout.Values
		for _, row := range rows {
			if value := row.Fields[tag]; value != nil {
				values.Add(fmt.Sprint(value), 1)
			}
		}
		column := optout.Judge(tag, &values)
		for i, row := range rows {
			value := row.Fields[tag]
			if value == nil || why[i].kind == optedOut {
				continue
			}
			said := column.Read(fmt.Sprint(value))
			reason := "its field " + brief(tag) + " says that this person " + string(said.Reason) + " (" + brief(fmt.Sprint(value)) +
				")" + wouldSubscribe
			switch {
			case said.Unsubscribes():
				why[i] = refusal{optedOut, reason}
			case said.Verdict == optout.No && said.Reason == optout.Blocked && why[i].reason == "":
				why[i] = refusal{barred, reason + NotRemembered}
			}
		}
	}
	return why
}
