package tools_test

import (
	"strings"
	"testing"
)

func TestWhoIsAddedToListsAndUnsubscribedIsSaidToGetNoMail(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		people := bulkWorld(w, 4)
		const says = " is unsubscribed and gets no marketing mail. update_contact with unsubscribed: false needs their consent, and that they are not suppressed."
		wish := args{"contact": people[3], "add_to_lists": "VIP"}
		w.works("update_contact", wish).says(t, `added to "VIP"`, people[3]+says)
		w.works("update_contact", wish).says(t, "nothing was changed", people[3]+says)
		w.works("add_to_list", args{"contacts": people[3], "lists": "VIP"}).says(t, people[3]+says)
		for _, silent := range []args{
			{"contact": people[0], "add_to_lists": "VIP"}, {"contact": people[3], "remove_from_lists": "VIP"},
			{"contact": people[3], "add_to_lists": "News", "unsubscribed": false, "consent": "signed up at the fair"},
		} {
			if given := w.works("update_contact", silent); strings.Contains(given.text, says) {
				t.Errorf("%v: %s", silent, given.text)
			}
		}
	}, unlimited)
}
