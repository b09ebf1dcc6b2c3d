package audience

import (
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 4.11b.
func TestALeaseOfAClockThatWasSetBackHoldsNobodyUp(t *testing.T) {
	h := at(t, t.TempDir(), emulator.New(emulator.Config{}))
	db, err := h.options.Store.Quick(t.Context())
	must(t, err)
	for until, free := range map[time.Duration]bool{-time.Second: true, leaseTime: false, time.Hour: true} {
		_, err := db.ExecContext(t.Context(), `INSERT OR REPLACE INTO snapshot_lease (account, holder, until) VALUES ('a', 'another', ?)`, time.Now().Add(until).UnixMilli())
		must(t, err)
		if mine, err := h.lease(t.Context(), "a"); err != nil || mine != free {
			t.Errorf("one that another process holds for %s: taken %v, %v", until, mine, err)
		}
	}
}
