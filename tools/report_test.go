package tools_test

import (
	"fmt"
	"net/http"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

func TestAReportCountsWhatThisServerWroteSince(t *testing.T) {
	t.Parallel()
	eachEra(t, func(t *testing.T, w *world) {
		audienceOf(w)
		w.works("audience_report", nil).has(t, "growth.1", nil)
		w.works("create_contact", args{"email": "new@example.com", "lists": []string{"VIP"}})
		w.works("update_contact", args{"contact": "p05@example.com", "unsubscribed": true})
		w.works("delete_contact", args{"contact": "p06@example.com"})
		for _, list := range []args{nil, {"list": "VIP"}} {
			report := w.works("audience_report", list)
			report.says(t, "contacts 30 → 30 (+0), subscribed 28 → 27 (-1), unsubscribed 2 → 3 (+1)")
			report.has(t, "growth.0.contacts", 30, "growth.1.unsubscribed", 3, "growth.2", nil)
		}
		w.works("audience_report", args{"list": "VIP"}).says(t, "on the list 2 → 3 (+1)")
		w.works("import_contacts", args{"rows": []any{args{"email": "a@example.com"}, args{"email": "b@example.com"}}})
		w.works("audience_report", nil).says(t, "30 contacts", "without the update that the snapshot may lack", "may lack the update of 2 contacts")
		w.works("audience_report", args{"refresh": true}).says(t, "contacts 30 → 32 (+2)")
	})
}

func TestAReportCountsItsSegments(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceToCheck(w)
		w.AddField("Old", "text", "old")
		w.works("save_segment", args{"name": "Anns", "where": "first_name = 'Ann'"})
		w.works("save_segment", args{"name": "Bounced", "where": "is_suppressed('hard bounce')"})
		w.works("save_segment", args{"name": "Everybody", "where": "status <> ''"})
		report := w.works("audience_report", nil)
		report.says(t, "- Anns: 4 contacts where ", "- Bounced: 1 contact where ", "- Everybody: 8 contacts where ")
		report.has(t, "segments.0.contacts", 4, "segments.1.contacts", 1, "segments.2.contacts", 8)
		w.works("audience_report", args{"list": "Customers"}).has(t, "segments.0.contacts", 4, "segments.2.contacts", 7)
	})
	inFakeTime(t, func(t *testing.T, w *world) { // what cannot be counted is not known
		audienceToCheck(w)
		old := w.AddField("Old", "text", "old")
		w.works("save_segment", args{"name": "Gone", "where": "old = 'x'"})
		w.elsewhere("DELETE", fmt.Sprintf("/contacts/fields/%d", old), "")
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/suppressions", Status: 403, Body: `{"errors":"Account access forbidden"}`})
		report := w.works("audience_report", args{"refresh": true})
		report.says(t, `- Gone: where "old = 'x'"; how many fit is not known: where, at character 1: there is no column "old".`)
		report.has(t, "segments.0.contacts", nil)
	})
}

func TestAReportCountsThoseWhoAreSuppressed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceToCheck(w)
		w.AddSuppression("stranger@example.com", "hard bounce", "bulk", sendingDomain)
		w.AddSuppression("elsewhere@example.com", "hard bounce", "bulk", sendingDomain)
		report := w.works("audience_report", nil)
		report.says(t, "5 contacts are suppressed on the sending side: hard bounce 2, unsubscription 1, spam complaint 2, manual import 1.",
			"Suppressions (7) as of ")
		report.has(t, "hygiene.1.kind", "suppressed", "hygiene.1.contacts", 5)
		w.works("audience_report", args{"list": "Customers"}).says(t, "4 contacts are suppressed")
	})
	inFakeTime(t, func(t *testing.T, w *world) {
		audienceToCheck(w)
		w.Inject(emulator.Fault{Method: http.MethodGet, Path: "/suppressions", Status: 403, Body: `{"errors":"Account access forbidden"}`})
		report := w.works("audience_report", nil)
		report.says(t, "8 contacts: ", "- 1 contact is on no list.", "It is not known yet who is suppressed. This API token may not look at suppressions.")
		report.has(t, "hygiene.1", nil)
	})
}
