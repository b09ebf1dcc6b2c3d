package tools

import (
	"fmt"
	"testing"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/journal"
)

// What is told of a request to many contacts adds up to them, whether or not it is known what they were before.
func TestWhatARequestToManyDidAddsUp(t *testing.T) {
	known := journal.Did{Known: 8, Created: 3, Changed: 4, Fields: map[string]int{"age": 4, "plan": 2}}
	for want, sent := range map[string]journal.Imported{
		"[imported 10 set plan = \"pro\" on 10]":                              {Job: "import-1", Contacts: 10, Fields: apiclient.Values{"plan": "pro"}, Did: &journal.Did{}},
		"[set plan = \"pro\" on 10]":                                          {Job: "update-1", Contacts: 10, Fields: apiclient.Values{"plan": "pro"}, Did: &journal.Did{}},
		"[created 3 set age on 4 set plan on 2 found 1]":                      {Job: "import-1", Contacts: 8, Did: &known},
		"[imported 2 created 3 set plan = \"pro\" on 4 set age on 4 found 1]": {Job: "import-1", Contacts: 10, Fields: apiclient.Values{"plan": "pro"}, Did: &known},
	} {
		var said []string
		for _, one := range (&Toolbox{}).deedsToMany(t.Context(), sent) {
			said = append(said, fmt.Sprint(one.head, one.contacts))
		}
		if got := fmt.Sprint(said); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
