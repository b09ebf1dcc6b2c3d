package audience

import (
	"testing"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// Guarantee 10.15.
func TestASegmentWhoseNamesMeanOthersNowIsAConflict(t *testing.T) {
	e := people(emulator.LayoutTags)
	h := at(t, t.TempDir(), e)
	sn := h.snapshot(t)
	saved, _, err := h.SaveSegment(t.Context(), sn, Segment{Name: "Pro", Where: "plan = 'pro' AND in_list('Newsletter') AND field('Age') > 5"})
	must(t, err)
	must(t, sn.CheckSegment(saved))
	_, _, err = h.SaveSegment(t.Context(), sn, Segment{Name: "Both", Where: "plan = 'pro' OR order = 'first'"})
	must(t, err)
	fields, err := h.catalog.Fields(t.Context())
	must(t, err)
	byTag := map[string]int64{}
	for _, f := range fields {
		byTag[f.MergeTag] = f.ID
	}
	change := func(id int64, tag, name string) {
		t.Helper()
		_, err := h.api.UpdateField(t.Context(), id, apiclient.FieldChange{MergeTag: tag, Name: name})
		must(t, err)
	}
	// Somebody else exchanges two merge tags: both segments name the same set of fields, and mean others.
	change(byTag["plan"], "tmp", "Tmp")
	change(byTag["order"], "plan", "Plan")
	change(byTag["plan"], "order", "Order")
	must(t, err)
	now := h.snapshot(t)
	for _, name := range []string{"Pro", "Both"} {
		kept, err := h.Segment(t.Context(), name)
		must(t, err)
		wantFault(t, now.CheckSegment(kept), fault.Conflict, `"plan"`, "now means the field", "now called", "Nothing was chosen")
	}

	old := saved
	old.refs = nil // as an older program saves it
	wantFault(t, now.CheckSegment(old), fault.Conflict, "others now")
}

// Guarantee 10.15.
func TestSegmentsFollowWhatThisServerRenames(t *testing.T) {
	for _, older := range []bool{false, true} {
		h := at(t, t.TempDir(), people(emulator.LayoutTags))
		sn := h.snapshot(t)
		for name, where := range map[string]string{
			"a": "plan = 'plan' AND in_list('newsletter') OR NOT in_list(\"Newsletter\") AND field('Plan') IS NULL",
			"b": "in_list('id:1') AND age > 5 AND 'Newsletter' <> plan", "c": "age = 1",
		} {
			_, _, err := h.SaveSegment(t.Context(), sn, Segment{Name: name, Where: where})
			must(t, err)
		}
		if older {
			db, err := h.options.Store.Durable(t.Context())
			must(t, err)
			_, err = db.ExecContext(t.Context(), `UPDATE segment SET refs = ''`)
			must(t, err)
		}
		before, after, err := h.catalog.RenameList(t.Context(), "Newsletter", "It's new")
		must(t, err)
		changed, err := h.ListRenamed(t.Context(), before, after)
		must(t, err)
		if len(changed) != 1 || changed[0] != "a" {
			t.Errorf("changed: %v", changed)
		}
		was, is, err := h.catalog.UpdateField(t.Context(), "plan", apiclient.FieldChange{Name: "Tier", MergeTag: "tier"})
		must(t, err)
		changed, err = h.FieldRenamed(t.Context(), was, is)
		must(t, err)
		if len(changed) != 2 {
			t.Errorf("changed: %v", changed)
		}
		now := h.snapshot(t)
		for name, want := range map[string]string{
			"a": `"tier" = 'plan' AND in_list('It''s new') OR NOT in_list('It''s new') AND field('tier') IS NULL`, "b": `in_list('id:1') AND age > 5 AND 'Newsletter' <> "tier"`, "c": "age = 1",
		} {
			kept, err := h.Segment(t.Context(), name)
			must(t, err)
			if kept.Where != want {
				t.Errorf("%s: %s", name, kept.Where)
			}
			must(t, now.CheckSegment(kept))
		}
	}
}

// Guarantee 10.15.
func TestAListSomebodyElseRenamedIsNamedInTheError(t *testing.T) {
	h := at(t, t.TempDir(), people(emulator.LayoutTags))
	saved, _, err := h.SaveSegment(t.Context(), h.snapshot(t), Segment{Name: "news", Where: "in_list('Newsletter')"})
	must(t, err)
	_, err = h.api.RenameList(t.Context(), 1, "Gazette")
	must(t, err)
	_, _, err = h.catalog.ListNow(t.Context(), func(apiclient.List) bool { return false })
	must(t, err)
	wantFault(t, h.snapshot(t).CheckSegment(saved), fault.InvalidInput, `"Newsletter" meant is now called "Gazette" (id 1)`)
}

// Guarantee 10.15.
func TestSegmentsOfTwoAccountsAreApart(t *testing.T) {
	dir := t.TempDir()
	account := func(port string) *house {
		emulated := people(emulator.LayoutTags)
		api, err := apiclient.New(apiclient.Config{Look: 100 * time.Millisecond, BaseURL: "http://127.0.0.1:" + port, Token: emulator.Token, Transport: emulated.Transport()})
		must(t, err)
		t.Cleanup(api.Close)
		return at(t, dir, emulated, func(o *Options) { o.API = api })
	}
	one, two := account("8001"), account("8002")
	_, _, err := one.SaveSegment(t.Context(), one.snapshot(t), Segment{Name: "pro", Where: "plan = 'pro'"})
	must(t, err)
	_, replaced, err := two.SaveSegment(t.Context(), two.snapshot(t), Segment{Name: "pro", Where: "plan = 'free' AND in_list('Newsletter')"})
	must(t, err)
	if replaced != nil {
		t.Errorf("it replaced that of the other account: %+v", replaced)
	}
	before, after, err := two.catalog.RenameList(t.Context(), "Newsletter", "News")
	must(t, err)
	_, err = two.ListRenamed(t.Context(), before, after)
	must(t, err)
	_, err = two.DeleteSegment(t.Context(), "pro")
	must(t, err)
	kept, err := one.Segment(t.Context(), "pro")
	must(t, err)
	if kept.Where != "plan = 'pro'" {
		t.Errorf("it is %q", kept.Where)
	}
	_, err = two.Segment(t.Context(), "pro")
	wantFault(t, err, fault.NotFound)
	_, err = one.Segment(t.Context(), "pros")
	wantFault(t, err, fault.NotFound, `Did you mean "pro"?`)
}
