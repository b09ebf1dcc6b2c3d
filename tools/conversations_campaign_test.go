package tools_test

import (
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Who is brought in, whom a campaign will reach, what is put right, and what came of it. Scenarios 31, 33 and 34.
func TestConversationACampaignFromTheImportToItsResults(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		w.AddField("Plan", "text", "plan")
		list := w.AddList("Newsletter")
		w.AddContact(emulator.Contact{Email: "old@example.com", ListIDs: []int64{list}, Fields: map[string]any{"first_name": "Olga"}})
		w.AddDomain(sendingDomain, "compliant")
		w.file("crm.csv", "email,first_name,newsletter\nann@example.com,Ann,yes\nbob@example.com,,yes\nbounced@example.com,Bea,yes\nleft@example.com,Lea,unsubscribed\n")
		plan := w.works("import_contacts", args{"file": "crm.csv", "lists": "Newsletter", "preview": true})
		plan.says(t, "3 to create", "1 row: the file says this person has unsubscribed", "line 5 left@example.com")
		w.applied(plan)
		w.AddSuppression("bounced@example.com", "hard bounce", "bulk", sendingDomain) // by a mail since
		id := w.AddCampaign(emulator.Campaign{Name: "Spring Sale", State: "scheduled", ScheduledAt: time.Now().Add(48 * time.Hour),
			ListIDs: []int64{list}, DomainName: sendingDomain, MergeTags: []string{"first_name"}})

		told := w.works("check_audience", args{"campaign": "Spring Sale"})
		told.has(t, "reach.contacts", 4, "reach.bulk.eligible", 3, "reach.bulk.hard_bounce", 1, "reach.transactional.eligible", 4,
			"missing_values.0.merge_tag", "first_name", "missing_values.0.contacts", 1, "unknown", nil)
		named := w.works("search_contacts", args{"where": "in_list('Newsletter') AND is_suppressed('any', 'bulk', '" + sendingDomain + "')"})
		named.says(t, "1 of 4 contacts fits", "bounced@example.com")
		w.works("search_contacts", args{"where": "in_list('Newsletter') AND first_name IS NULL"}).says(t, "1 of 4 contacts fits", "bob@example.com")

		w.works("update_contact", args{"contact": "bob@example.com", "fields": args{"first_name": "Bob"}})
		w.works("remove_from_list", args{"lists": "Newsletter", "contacts": "bounced@example.com"})
		settled()
		now := w.works("check_audience", args{"campaign": "Spring Sale"})
		now.has(t, "reach.contacts", 3, "reach.bulk.eligible", 3, "reach.transactional.eligible", 3, "missing_values", nil)
		now.says(t, "excluded: nobody")

		w.ChangeCampaign(id, func(campaign *emulator.Campaign) {
			campaign.State, campaign.StartedAt, campaign.Recipients = "finished", time.Now(), new(int64(3))
			campaign.Stats = emulator.CampaignStats{Sent: 3, Delivered: 3, Opened: 2, Clicked: 1, Unsubscriptions: 1}
		})
		w.works("list_campaigns", args{"campaign": "Spring Sale"}).says(t, "finished", "3 recipients", "3 sent", "2 (66.7 %) opened", "1 (33.3 %) unsubscribed")
	})
}
