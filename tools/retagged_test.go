package tools_test

import (
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// A merge tag that a field gave up may become another field's. What was written before stays with the field it was written to,
// whether Mailtrap has applied it or not, and also in the snapshots of then and of now.
func TestValuesStayWithTheirFieldWhenItsMergeTagBecomesAnothers(t *testing.T) {
	t.Parallel()
	inBothWindows(t, func(t *testing.T, w *world) {
		w.AddField("Price", "integer", "price")
		w.AddField("Plan", "text", "plan")
		w.AddContact(emulator.Contact{Email: "anna@example.com", Fields: map[string]any{"price": 7, "plan": "pro"}})
		w.AddContact(emulator.Contact{Email: "bob@example.com", Fields: map[string]any{"price": 8, "plan": "free"}})
		settled()
		w.works("search_contacts", args{"where": "price = 7", "columns": []any{"email"}}).has(t, "total", 1)
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"plan": "max"}})
		w.works("update_field", args{"field": "price", "name": "Old price", "merge_tag": "price_old"})
		w.works("create_field", args{"name": "Price", "data_type": "text", "merge_tag": "price"})
		for range 3 {
			for email, price := range map[string]int{"anna@example.com": 7, "bob@example.com": 8} {
				got := w.works("get_contact", args{"contact": email})
				got.has(t, "contact.fields.price_old", price)
				if got.at("contact.fields.price") != nil {
					t.Errorf("%s: %s", email, got.text)
				}
			}
			w.works("search_contacts", args{"where": "price IS NOT NULL", "refresh": true}).has(t, "total", 0)
			w.works("search_contacts", args{"where": "price_old IS NOT NULL AND plan IN ('max', 'free')"}).has(t, "total", 2)
			settled()
		}
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"plan": "pro"}})
		w.works("delete_field", args{"field": "price_old"})
		w.works("create_field", args{"name": "Old price", "data_type": "text", "merge_tag": "price_old"})
		if got := w.works("get_contact", args{"contact": "anna@example.com"}); got.at("contact.fields.price_old") != nil {
			t.Errorf("a new field has the value of one that is gone: %s", got.text)
		}
		w.works("search_contacts", args{"where": "price_old IS NOT NULL", "refresh": true}).has(t, "total", 0)
	})
}
