package bulk

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/kept"
)

// firedAtMostOnce checks that nobody got an event twice, and that whoever did not get it is said to be of unknown outcome.
func firedAtMostOnce(t *testing.T, account *emulator.Emulator, s *Service, status Status) {
	t.Helper()
	firedAtMostOnceOf(t, account, s, status, status.Total)
}

func firedAtMostOnceOf(t *testing.T, account *emulator.Emulator, s *Service, status Status, contacts int) {
	t.Helper()
	fired := map[string]int{}
	for _, event := range account.Events() {
		fired[event.Email]++
	}
	listed, err := s.Problems(t.Context(), status.ID, 1000)
	must(t, err)
	for i := range contacts {
		unknown := slices.ContainsFunc(listed, func(p kept.Problem) bool { return p.Contact == address(i) && p.Outcome == itemUnknown })
		if n := fired[address(i)]; n > 1 || n == 0 && !unknown {
			t.Errorf("for %s it was fired %d times, said to be unknown: %v", address(i), n, unknown)
		}
	}
	if len(listed) != status.Tally.Unknown {
		t.Errorf("%d are listed as unknown, %d counted", len(listed), status.Tally.Unknown)
	}
	t.Logf("%d of %d are of unknown outcome", len(listed), status.Total)
}

// outlook is what an account looks like, without what differs from one run to the next.
func outlook(account *emulator.Emulator) []string {
	var seen []string
	for i := range 600 {
		if i >= 300 {
			i += 20_000 - 300
		}
		if contact, there := account.Contact(address(i)); there {
			seen = append(seen, fmt.Sprint(contact.Email, contact.Status, contact.ListIDs, contact.Fields))
		}
	}
	for _, list := range account.Lists() {
		seen = append(seen, list.Name)
	}
	return append(seen, fmt.Sprint(account.Len()))
}

// killable is an account that jobs of every kind have something to do on.
func killable(account *emulator.Emulator) (list int64) {
	list = account.AddList("Newsletter")
	account.AddField("Plan", "text", "plan")
	for i := range killedItems {
		account.AddContact(emulator.Contact{Email: address(i)})
	}
	for i := range 15 { // the others are not there
		account.AddContact(emulator.Contact{Email: address(20_000 + i)})
	}
	return list
}

// addsUp checks that every contact has ended in exactly one way.
func addsUp(t testing.TB, status Status) {
	t.Helper()
	if !isWhole(status) {
		t.Errorf("of %d contacts %d are accounted for, %d are left: %+v", status.Total, status.Worked(), status.Left(), status.Tally)
	}
}

func isWhole(status Status) bool {
	return status.Worked() <= status.Total && (status.State != Finished || status.Worked() == status.Total && status.Left() == 0)
}

// tells checks that a killed job says what an undisturbed one does, as far as it can know.
func tells(t *testing.T, want, got Status) {
	t.Helper()
	w, g := want.Tally, got.Tally
	if got.State != Finished || got.Total != want.Total || g.Refused != w.Refused || g.TakenOut != 0 || g.NotFound != w.NotFound ||
		g.Unsubscribed+g.Unchanged != w.Unsubscribed+w.Unchanged {
		t.Errorf("the job is %+v, and undisturbed %+v", got, want)
	}
	if g.Created+g.Updated+g.Done+g.Unknown != w.Created+w.Updated+w.Done || got.Kind != Event && g.Unknown > 0 {
		t.Errorf("it tells %+v, and undisturbed %+v", g, w)
	}
	if (g.RejectedFile == "") != (w.RejectedFile == "") {
		t.Errorf("the rejected rows are in %q", g.RejectedFile)
	}
}

// undisturbed is the account after a job of a kind that nobody was killed in, and the job.
func undisturbed(t *testing.T, kind Kind, small bool) (account *emulator.Emulator, status Status) {
	synctest.Test(t, func(t *testing.T) {
		account = emulator.New(emulator.Config{Unlimited: true})
		do := work{Kind: kind, List: killable(account), Small: small}
		s := service(t, account, t.TempDir())
		planned, err := plannedTo(t.Context(), s, do)
		status = applied(t, s, planned, err)
	})
	return account, status
}
