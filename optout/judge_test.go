package optout

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestCasesThatWentWrong are the columns of contact files by which people were subscribed who had said no. The first cell
// is of somebody who may be mailed.
func TestCasesThatWentWrong(t *testing.T) {
	for _, column := range []struct{ header, cells string }{
		{"status", "subscribed; pending"},
		{"status", "C; S; U; B"},
		{"email_status", "1; -1"},
		{"type", "regular; unsubscribed; unactivated; removed; complained; undeliverable"},
		{"Receive Marketing Emails", "Yes; No"},
		{"Would you like to receive news and offers by email?", "Yes; No"},
		{"GDPR consent", "Yes; No"},
		{"Status", "aktiv; abgemeldet; unbestätigt"},
		{"marketing_consent", "oui; non"},
		{"ZB Status", "valid; invalid; spamtrap; do_not_mail; abuse"},
		{"ZB Sub Status", "; mailbox_not_found; global_suppression"},
		{"Stop Time", "; 2024-03-01 10:00"},
		{"Stop Status", "; unsubscribed by subscriber"},
		{"Status", "SUBSCRIBED; PENDING"},
		{"status", "active; removed; deactivated; archived; deleted"},
		{"Subscription Status", "active; canceled; past_due"},
		{"Email permission", "Opted in; None"},
		{"status", "subscribed; archived"},
		{"marketing_permissions", `[{"text":"Email","enabled":true}]; [{"text":"Email","enabled":false}]`},
		{"marketing_permissions.enabled", "true; false"},
		{"email_marketing_consent.state", "subscribed; unsubscribed; not_subscribed"},
		{"lists", `[{"id":1,"subscription_status":"confirmed"}]; [{"id":1,"subscription_status":"unsubscribed"}]`},
		{"lists.subscription_status", "confirmed; unsubscribed"},
	} {
		cells := list(column.cells)
		c := judgedBy(column.header, cells...)
		if said := c.Read(cells[0]); c.Kind == Unclear || said.Verdict > Yes {
			t.Errorf("%q: %q is held back: %v (%s)", column.header, cells[0], said, c.Kind)
		}
		for _, cell := range cells[1:] {
			said := c.Read(cell)
			if said.Verdict < Doubt {
				t.Errorf("%q: %q would be mailed (%s)", column.header, cell, c.Kind)
			}
			if said.Unsubscribes() && strings.Contains("canceled past_due pending None removed deleted 1 -1", cell) {
				t.Errorf("%q: %q would unsubscribe", column.header, cell)
			}
		}
	}
}

func TestWhatIsNoAgreementIsNoYes(t *testing.T) {
	for _, header := range []string{"Newsletter", "Email consent", "Accepts marketing", "Opt-in", "Einwilligung E-Mail"} {
		c := judgedBy(header, "yes", "no")
		for _, cell := range []string{"-1", "-1.0", "−1", "none", "never", "unknown", "Disabled", "?", "n/a", "tbd", "pending", "0000-00-00", "2", "no longer", "not any more", "#REF!", "Hund", "ναι", "❌", "[]", "{}", strings.Repeat("long ", 500)} {
			if said := c.Read(cell); said.Verdict < Doubt {
				t.Errorf("%q: %.20q is a yes or nothing", header, cell)
			}
		}
		for _, cell := range []string{"", " ", "NULL", "nan"} {
			if said := c.Read(cell); said.Verdict != Silent {
				t.Errorf("%q: an empty cell (%q) is %v", header, cell, said)
			}
		}
	}
}

func TestAnUntickedBoxIsNoYes(t *testing.T) {
	for _, ticked := range []string{"x", "✓", "on", "I agree to receive marketing emails from Oakfield Studio."} {
		if said := judgedBy("Newsletter", ticked).Read(""); said.Verdict != Doubt {
			t.Errorf("beside %q an empty cell is %v", ticked, said)
		}
	}
	for _, written := range []string{"yes", "1", "2024-03-01"} {
		if said := judgedBy("Newsletter", written).Read(""); said.Verdict != Silent {
			t.Errorf("beside %q an empty cell is %v", written, said)
		}
	}
}

// TestABareStatusIsAskedAbout unless a word of a mailing shows what it is.
func TestABareStatusIsAskedAbout(t *testing.T) {
	for header, cells := range map[string]string{"Status": "Customer; Lead", "status": "Won; Lost", "Statut": "Client; Prospect", "Статус": "Клиент; Лид", "STATUS": "登録; 解除", "Status ": "1; 2; 3"} {
		if c := judgedBy(header, list(cells)...); c.Kind != Unclear {
			t.Errorf("%q with %s is %q", header, cells, c.Kind)
		} else if said := c.As(Status).Read("Lead"); said.Verdict != Doubt {
			t.Errorf("once it is called a status of the mailing, an unknown word is %v", said)
		} else if said := c.As(Foreign).Read("Lead"); said.Verdict != Silent {
			t.Errorf("once it has nothing to do with mail, it says %v", said)
		}
	}
	for header, cells := range map[string]string{"Order status": "pending; cancelled", "Lead status": "New; Open", "Job type": "inactive; permanent", "Email type": "work; home", "State": "CA; NY", "Estado": "Jalisco; Puebla"} {
		if c := judgedBy(header, list(cells)...); c.Kind != Foreign {
			t.Errorf("%q with %s is %q", header, cells, c.Kind)
		}
	}
}

func TestAPaidPlanThatEndedUnsubscribesNobody(t *testing.T) {
	c := judgedBy("Subscription Status", "active", "canceled", "past_due")
	for _, cell := range []string{"canceled", "past_due"} {
		if said := c.Read(cell); said.Verdict != Doubt || said.Unsubscribes() {
			t.Errorf("%q is %v", cell, said)
		}
	}
	if c := judgedBy("Subscription Status", "active", "trialing", "past_due", "unpaid"); c.Kind != Unclear {
		t.Errorf("a status of subscriptions, paid by their words, is %q", c.Kind)
	}
	if c := judgedBy("Status", "active", "trialing", "past_due", "canceled"); c.Kind != Foreign {
		t.Errorf("a status of paid plans is %q", c.Kind)
	}
}

// TestPatternsAreLongEnough because a short part is found in words of other languages; but those of Asia are written short.
func TestPatternsAreLongEnough(t *testing.T) {
	for key, needles := range known().needles {
		for _, needle := range needles {
			if !strings.HasPrefix(needle.text, " ") && !strings.HasSuffix(needle.text, " ") && len([]rune(needle.text)) < 4 && needle.text < "\u1100" {
				t.Errorf("%q (%s) is found in the middle of anything", needle.text, key)
			}
		}
	}
}

// TestNoWordDeniesInOneLanguageAndFillsInAnother, apart from "no", which isPlace tells apart.
func TestNoWordDeniesInOneLanguageAndFillsInAnother(t *testing.T) {
	for word := range known().not {
		if known().fillers[word] && word != "no" {
			t.Errorf("%q both denies and fills", word)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, header := range []string{"Status", "Newsletter", "Opted out of email", "$consent", "E-Mails nicht zulassen", "not", "", "no", "ne pas", "yes/no"} {
		for _, cell := range []string{"", "yes", "unsubscribed", "[]", "{\"a\":[true,{}]}", "5.1.1", "-1", "x", "not", "no", "\xff\xfe", "’", "J'accepte de recevoir la newsletter"} {
			f.Add(header, cell)
		}
	}
	f.Fuzz(func(t *testing.T, header, cell string) {
		started := time.Now()
		var values Values
		values.Add(cell, 2)
		c := Judge(header, &values)
		for _, kind := range []Kind{c.Kind, Agreement, Refusal, Status, Mention} {
			first := c.As(kind).Read(cell)
			if again := c.As(kind).Read(cell); again != first {
				t.Errorf("%q is %v, then %v", cell, first, again)
			}
			if (first.Verdict > Yes) != (first.Reason != "") {
				t.Errorf("%q is %v with the reason %q", cell, first.Verdict, first.Reason)
			}
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("a cell of %d bytes took %v", len(cell), took)
		}
	})
}

// TestALongCellIsNotReadToItsEnd: reading 100 kB takes no more memory than reading a page.
func TestALongCellIsNotReadToItsEnd(t *testing.T) {
	long := strings.Repeat("unsubscribed ", 8000)
	for _, header := range []string{"Newsletter", "Status", "Unsubscribed", "Notes"} {
		c := judgedBy(header, "subscribed", "unsubscribed")
		if allocated := testing.AllocsPerRun(5, func() { c.Read(long) }); allocated > 5 {
			t.Errorf("%q: %.0f allocations", header, allocated)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, column := range []struct{ header, cells, read string }{
		{"Newsletter", "yes; no", "2024-03-%02d 10:11:%02d"},
		{"Unsubscribed at", "; 2024-03-01", "2024-03-%02d 10:11:%02d"},
		{"Status", "subscribed; unsubscribed", "2024-03-%02d 10:11:%02d"},
		{"Status", "subscribed; unsubscribed", "Unsubscribed by admin %d-%d"},
		{"Notes", "unsubscribed; nice; tall", "met at the fair %d, wants the price list %d"},
		{"Notes", "unsubscribed; nice; tall", "sent an email with the price list on day %d, will contact us again in week %d"},
		{"Company", "a; b", "Miller & Sons %d %d"},
	} {
		c := judgedBy(column.header, list(column.cells)...)
		var cells []string
		for i := range 1000 {
			cells = append(cells, fmt.Sprintf(column.read, i%28+1, i%60))
		}
		b.Run(column.header+" "+column.read, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				c.Read(cells[i%len(cells)])
			}
		})
	}
}

// Where a yes was given, or the channel that it is for, cannot be told apart: neither a yes nor a no.
func TestAYesThatNamesAnotherChannelIsOpen(t *testing.T) {
	var values Values
	for cell, want := range map[string]Verdict{
		"yes": Yes, "no": No, "Yes - trade fair 2023": Yes, "yes (by phone)": Doubt, "yes by post": Doubt, "Ja, per Telefon": Doubt,
		"phone only": No, "no (by phone)": No,
	} {
		values.Add(cell, 1)
		if got := Judge("Consent", &values).Read(cell); got.Verdict != want {
			t.Errorf("%q is read as %+v", cell, got)
		}
	}
}
