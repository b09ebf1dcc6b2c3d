package demo

import (
	"fmt"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// existing is how many contacts the account has when the story begins.
const existing = 1240

// newAccount is an account as a small company might have it.
func newAccount() *emulator.Emulator {
	api := emulator.New(emulator.Config{
		Accounts: []emulator.Account{{ID: emulator.AccountID, Name: "Harbour Books", AccessLevels: []int{1000}}},
		JobDelay: 1200 * time.Millisecond,
	})
	newsletter := api.AddList("Newsletter")
	customers := api.AddList("Customers")
	api.AddField("Company", "text", "company")
	api.AddField("Plan", "text", "plan")
	api.AddField("Customer since", "date", "customer_since")
	began := time.Now().AddDate(-1, 0, 0)
	api.AddContacts(existing, func(i int) emulator.Contact {
		contact := emulator.Contact{
			Email:     fmt.Sprintf("reader%04d@example.com", i+1),
			Fields:    map[string]any{"first_name": fmt.Sprintf("Reader %d", i+1)},
			ListIDs:   []int64{newsletter},
			CreatedAt: began.Add(time.Duration(i) * time.Hour),
		}
		if i%5 == 0 {
			contact.ListIDs = append(contact.ListIDs, customers)
			contact.Fields["plan"] = "pro"
		}
		if i%40 == 0 {
			contact.Status = "unsubscribed"
		}
		return contact
	})
	api.AddCampaign(emulator.Campaign{
		Name: "Summer reading", Subject: "Ten books for the beach", State: "finished", MergeTags: []string{"first_name"},
		ListIDs: []int64{newsletter}, DomainID: 1, DomainName: "news.example.com", StartedAt: time.Now().AddDate(0, -4, 0),
		Recipients: new(int64(1209)), Stats: emulator.CampaignStats{Sent: 1209, Delivered: 1201, Bounced: 8, Opened: 518, Clicked: 97,
			Spam: 1, Unsubscriptions: 6},
	})
	api.AddCampaign(emulator.Campaign{
		Name: "For customers", Subject: "Your discount", MergeTags: []string{"first_name", "plan"}, ListIDs: []int64{customers},
		DomainID: 1, DomainName: "news.example.com",
	})
	return api
}
