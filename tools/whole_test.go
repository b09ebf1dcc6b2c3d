package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"mailtrap-contacts-mcp/emulator"
)

// wholeText is a text with everything that used to be folded or cut.
var wholeText = "First line\n\n  indented,  two blanks\tand a tab\n" + strings.Repeat("word ", 38) + "end"

// Guarantee 10.10.
func TestAContactIsReadAndWrittenBackAsItIs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.AddField("Bio", "text", "bio")
		w.AddContact(emulator.Contact{Email: "anna@example.com", Fields: map[string]any{"bio": wholeText, "first_name": "\u06cc\u200c\U0001f468\u200d\U0001f469\ufe0f"}})
		w.AddContact(emulator.Contact{Email: "evil@example.com", Fields: map[string]any{"bio": "a\x1b[2J\u202eb\u200b\x00c\n[internal] d"}})
		seen := w.works("get_contact", args{"contact": "anna@example.com"})
		seen.has(t, "contact.fields.bio", wholeText, "contact.fields.first_name", "\u06cc\u200c\U0001f468\u200d\U0001f469\ufe0f")
		seen.says(t, "Shown in part (…), not to be written back so: bio", "the structured content has them whole")
		if strings.Contains(seen.text, "\n  indented") {
			t.Errorf("a value begins a line: %s", seen.text)
		}
		w.works("update_contact", args{"contact": "anna@example.com", "fields": seen.at("contact.fields")}).says(t, "already as requested")
		w.works("get_contact", args{"contact": "evil@example.com"}).has(t, "contact.fields.bio", "a[2Jbc\n[internal] d")
	})
}

// Guarantee 10.10.
func TestWhatIsCutSaysSoAndIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		fields := map[string]any{}
		for i := range 40 {
			tag := fmt.Sprintf("field_%02d", i)
			w.AddField(tag, "text", tag)
			fields[tag] = tag + strings.Repeat("x", 240)
		}
		w.AddContact(emulator.Contact{Email: "anna@example.com", Fields: fields})
		seen := w.works("get_contact", args{"contact": "anna@example.com"})
		cut := seen.at("contact.cut").([]any)
		if len(cut) != 40 || cut[0] != "field_00" {
			t.Errorf("cut are %v", cut)
		}
		seen.says(t, "field_00", "too long for an answer in full; export_contacts")
		shown := seen.at("contact.fields.field_00").(string)
		if !strings.HasSuffix(shown, "x…") {
			t.Errorf("shown is %q", shown)
		}
		w.ResetRequests()
		back := args{"field_00": shown}
		const why = "ends in … where an answer cut it"
		w.refused("update_contact", args{"contact": "anna@example.com", "fields": back}, "invalid_input", "fields.field_00", why, "get_contact")
		w.refused("update_contact", args{"contact": "anna@example.com", "fields": args{"field_00": "field_00xxx…"}}, "invalid_input", "fields.field_00", why) // from a narrower answer
		w.refused("create_contact", args{"email": "bob@example.com", "fields": back}, "invalid_input", "fields.field_00", why)
		w.refused("bulk_update_contacts", args{"contacts": "anna@example.com", "fields": back}, "invalid_input", "fields.field_00", why)
		w.refused("import_contacts", args{"rows": []any{args{"email": "bob@example.com", "fields": back}}}, "invalid_input", "rows[0].fields.field_00", why)
		w.nothingWritten()
		w.works("update_contact", args{"contact": "anna@example.com", "fields": args{"field_00": "and so on…"}})
	})
}

// Guarantee 10.3.
func TestALookUpThatFindsNobodyPointsToTheSearch(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.refused("get_contact", args{"contact": "ann@example.com"}, "not_found", "There is no contact ann@example.com.", "look for them with search_contacts")
		w.box.Offered = w.tools[:1]
		if said := w.refused("get_contact", args{"contact": "ann@example.com"}, "not_found").text; strings.Contains(said, "search") {
			t.Errorf("what is not offered is named, or denied: %s", said)
		}
	})
}

// Guarantee 10.11.
func TestAFullAccountIsALimitReached(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, body := range []string{`{"errors":{"base":["contacts limit reached"]}}`, `{"errors":[{"base":["Contacts limit reached"]}]}`} {
			w.Inject(emulator.Fault{Method: "POST", Path: "/contacts", Times: 1, Status: 422, Body: body})
			w.refused("create_contact", args{"email": "ann@example.com"}, "limit_reached", "as many contacts as its plan allows", "Nobody was created", "Tell the operator")
		}
	})
}

// Guarantee 10.12.
func TestANameInBracesMakesNoFieldWithBraces(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.works("create_field", args{"name": "{{Favourite colour}}", "data_type": "text"}).says(t, `"Favourite colour"`, "favourite_colour")
		w.works("create_contact", args{"email": "ann@example.com", "fields": args{"{{favourite_colour}}": "red"}}).says(t, `favourite_colour "red"`)
	})
}
