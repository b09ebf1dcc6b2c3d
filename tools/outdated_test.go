package tools_test

import (
	"strings"
	"testing"
	"time"
)

func TestWhatWasDeletedIsNotInLaterAnswersUnsaid(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		sample(w)
		w.works("audience_report", nil).says(t, "Customers")
		w.works("delete_list", args{"list": "Customers"})
		w.works("delete_field", args{"field": "old_score"})
		w.works("audience_report", nil).says(t, "may lack the update of 2 contacts")
		exported := w.works("export_contacts", args{"file": "all.csv"})
		if strings.Contains(exported.text, "old_score") {
			t.Errorf("the export has a field that is deleted: %s", exported.text)
		}
		time.Sleep(time.Minute)
		if report := w.works("audience_report", args{"refresh": true}); strings.Contains(report.text, "Customers") || strings.Contains(report.text, "may lack") {
			t.Errorf("the report has a list that is deleted: %s", report.text)
		}
	})
}
