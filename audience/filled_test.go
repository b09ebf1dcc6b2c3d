package audience

import (
	"slices"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// A report of the whole account takes from the snapshot what is filled in, also where a contact stood twice in the export or was
// erased since.
func TestWhatIsFilledInIsCountedLikeTheContacts(t *testing.T) {
	e := emulator.New(emulator.Config{})
	e.AddField("Plan", "text", "plan")
	h := at(t, t.TempDir(), e)
	h.exporter.file = func() string {
		return "email,status,plan\na@x.de,subscribed,pro\na@x.de,subscribed,pro\nb@x.de,subscribed,\nc@x.de,subscribed,free\n"
	}
	filled := func() int {
		sn, err := h.Snapshot(t.Context(), Want{})
		must(t, err)
		defer sn.Release()
		report, err := sn.Report(t.Context(), "", false)
		must(t, err)
		i := slices.IndexFunc(report.Fields, func(f FieldFill) bool { return f.Name == "plan" })
		return report.Fields[i].Filled
	}
	if n := filled(); n != 2 {
		t.Errorf("%d of 3 contacts have a plan", n)
	}
	_, err := h.Forget(t.Context(), "a@x.de")
	must(t, err)
	if n := filled(); n != 1 {
		t.Errorf("%d of the 2 that are left have a plan", n)
	}
}
