package bulk

import (
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// Guarantee 10.12. What a dropped plan took of the file is given back.
func TestTheSpaceOfADroppedPlanIsGivenBack(t *testing.T) {
	account := emulator.New(emulator.Config{})
	s := started(t, setting{account: account, dirs: []string{t.TempDir()}, data: t.TempDir()})
	pages := func() (all, free int) {
		db, err := s.store.Quick(t.Context())
		must(t, err)
		must(t, db.QueryRowContext(t.Context(), `SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count`).Scan(&all, &free))
		return all, free
	}
	planned, err := s.PlanWrite(t.Context(), Delete, Spec{}, Selection{Contacts: refs(t, 30_000)})
	must(t, err)
	with, _ := pages()
	s.Discard(t.Context(), planned.ID)
	without, free := pages()
	if free != 0 || without > with/4 {
		t.Errorf("of %d pages %d are left, %d of them free", with, without, free)
	}
}
