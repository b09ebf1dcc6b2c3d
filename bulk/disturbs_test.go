package bulk

import (
	"testing"

	"mailtrap-contacts-mcp/apiclient"
)

func TestWhichJobsDisturbASync(t *testing.T) {
	t.Parallel()
	list := apiclient.List{ID: 7, Name: "VIP"}
	onList, whole, additive := SyncRequest{List: &list}, SyncRequest{UnsubscribeMissing: true}, SyncRequest{}
	for name, c := range map[string]struct {
		job           Status
		list, account bool
	}{
		"an event":                         {Status{Kind: Event}, false, false},
		"a deletion":                       {Status{Kind: Delete}, true, true},
		"an undo":                          {Status{Kind: Undo}, true, true},
		"an import that joins no list":     {Status{Kind: Import, Spec: Spec{Source: "a.csv"}}, false, true},
		"an import that joins it":          {Status{Kind: Import, Spec: Spec{Relies: Relied{Lists: []apiclient.List{{ID: 7, Name: "Former"}}}}}, true, true},
		"an import of rows":                {Status{Kind: Import, Spec: Spec{Source: "rows"}}, true, true},
		"an import that will create it":    {Status{Kind: Import, Spec: Spec{CreateLists: []NewList{{Name: "VIP"}}}}, true, true},
		"an update of fields":              {Status{Kind: Update}, false, false},
		"an update that takes off all":     {Status{Kind: Update, Spec: Spec{LeaveAll: true}}, true, false},
		"an update that unsubscribes":      {Status{Kind: Update, Spec: Spec{Unsubscribed: new(true)}}, false, true},
		"an update that creates":           {Status{Kind: Update, Spec: Spec{CreateMissing: true}}, false, true},
		"an update that joins another one": {Status{Kind: Update, Spec: Spec{Relies: Relied{Lists: []apiclient.List{{ID: 8}}}}}, false, false},
	} {
		if c.job.Disturbs(onList) != c.list || c.job.Disturbs(whole) != c.account || c.job.Disturbs(additive) {
			t.Errorf("%s: a list %t, the account %t, only adding %t", name, c.job.Disturbs(onList), c.job.Disturbs(whole), c.job.Disturbs(additive))
		}
	}
}

func TestEveryKindSaysWhatItIsDoing(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds {
		if doing[kind] == "" {
			t.Errorf("%s does nothing", kind)
		}
	}
}
