package intake

import (
	"fmt"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/optout"
)

// refusals says of each row of a call whose fields say for sure that its person wants no mail, why it is not imported. The
// caller has said into which fields of the account the values go, so that nothing else that they may mean counts.
func refusals(rows []apiclient.ImportRow, tags []string) map[int]string {
	why := map[int]string{}
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
			if value == nil || why[i] != "" {
				continue
			}
			said := column.Read(fmt.Sprint(value))
			if said.Verdict == optout.No && (said.Unsubscribes() || said.Reason == optout.Blocked) {
				why[i] = "its field " + brief(tag) + " says that this person " + string(said.Reason) + " (" + brief(fmt.Sprint(value)) +
					")" + wouldSubscribe + NotRemembered
			}
		}
	}
	return why
}
