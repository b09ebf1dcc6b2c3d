package contacts

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
)

func TestWhoWasLookedUpOrWrittenIsSuggestedTheNewestFirst(t *testing.T) {
	e, s := newService(t, emulator.Config{})
	e.AddContact(emulator.Contact{Email: anna})
	e.AddContact(emulator.Contact{Email: "bob@example.com"})
	wantTouched := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, s.Touched()); diff != "" {
			t.Error(diff)
		}
	}

	found := must[Found](t)(s.Get(background, ref(t, anna)))
	must[Found](t)(s.Get(background, ref(t, "bob@example.com")))
	must[apiclient.Contact](t)(s.Create(background, Creation{NewContact: apiclient.NewContact{Email: "Cy@example.com"}}))
	wantTouched("cy@example.com", "bob@example.com", anna)

	must[Updated](t)(s.Apply(background, found, Change{Email: "ann@example.com"}))
	wantTouched("ann@example.com", "cy@example.com", "bob@example.com")

	if err := deleteBy(background, s, apiclient.ContactID(found.ID)); err != nil {
		t.Fatal(err)
	}
	wantTouched("cy@example.com", "bob@example.com")

	if err := deleteBy(background, serviceOn(t, e), ref(t, "bob@example.com")); err != nil { // by another process
		t.Fatal(err)
	}
	if _, err := s.Get(background, ref(t, "bob@example.com")); err == nil {
		t.Fatal("bob is still there")
	}
	wantTouched("cy@example.com")
}

func TestTheMemoryForSuggestionsIsBounded(t *testing.T) {
	s := &Service{recent: newRecent()}
	for i := range 3 * maxTouched {
		s.recent.touched.add(apiclient.Contact{ID: fmt.Sprint(i), Email: fmt.Sprintf("%d@example.com", i)})
	}
	got := s.Touched()
	if len(got) != maxTouched || got[0] != "299@example.com" {
		t.Errorf("%d addresses, the first %s", len(got), got[0])
	}
}
