package apiclient

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// oddAddresses hold what has a meaning in URLs.
var oddAddresses = []string{
	"a/b@example.com", "a?b@example.com", "a#b@example.com", "a%b@example.com", "a%2fb@example.com", "a+b@example.com", "o'brien@example.com",
	"lists/5@example.com", "a&b=c@example.com", "a%40b@example.com", "x{y}|z@example.com", "!$*~^`@example.com", "ünïcode@exämple.de", "lists@example.com",
}

func TestAddressesWithSpecialCharactersReachTheRightContact(t *testing.T) {
	for _, way := range []string{"in process", "over the wire"} {
		t.Run(way, func(t *testing.T) {
			e, c := emulated(t, emulator.Config{Unlimited: true})
			if way == "over the wire" {
				server := httptest.NewServer(e)
				defer server.Close()
				c = newClient(t, Config{Account: "1111111", BaseURL: server.URL})
				defer c.Close()
			}
			ids := map[string]string{}
			for _, email := range oddAddresses {
				ids[email] = e.AddContact(emulator.Contact{Email: email})
			}
			ctx := context.Background()
			for _, email := range oddAddresses {
				got, err := c.GetContact(ctx, ref(t, email))
				if err != nil || got.ID != ids[email] || got.Email != email {
					t.Errorf("get %s: got %+v, %v", email, got, err)
				}
				if err := c.CreateEvent(ctx, ref(t, email), Event{Name: "seen"}); err != nil {
					t.Errorf("event for %s: %v", email, err)
				}
				updated, created, err := c.UpdateContact(ctx, ref(t, email), ContactChange{Email: email, Fields: Values{"first_name": "X"}})
				if err != nil || created || updated.ID != ids[email] {
					t.Errorf("update %s: got %+v, %v, %v", email, updated, created, err)
				}
				if err := c.DeleteContact(ctx, ref(t, strings.ToUpper(email))); err != nil {
					t.Errorf("delete %s: %v", email, err)
				}
				if _, there := e.Contact(email); there {
					t.Errorf("%s is still there", email)
				}
			}
			if e.Len() != 0 || len(e.Events()) != len(oddAddresses) {
				t.Errorf("%d contacts and %d events", e.Len(), len(e.Events()))
			}
		})
	}
}

func TestWhatNamesNoContactIsRefused(t *testing.T) {
	for _, s := range []string{
		"", " ", "lists/5", "..", ".", "x/../../accounts", "../lists/5", "lists", "imports", "@", "a@", "@b.co", "a@b", "a b@example.com", "a@example.com b", "a@b.co,c@d.co",
		"a@@b.co", "<a@b.co>", "Anna <a@b.co>", `"a b"@example.com`, "a@[127.0.0.1]", "a@b..co", "a@.b.co", "a@b.co.", "a@-b.co", "a@b-.co", "a@b_c.co", "a@b.c", "a@1.2.3.4",
		"a..b@example.com", ".a@example.com", "a.@example.com", "a\u200b@example.com", "a@exam\u202eple.com", "a@example.com\x00", "a\n@example.com", "a@example.com/../lists/5", "a@b.co/x",
		"a@b.co?x=1", "a@b.co#x", "a%00@b.co\x00", strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b", 64) + ".com", "a@" + strings.Repeat("b.", 130) + "com",
		"018dd5e3f6d27c008f9be5c3f2d8a132", "{018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132}", "urn:uuid:018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a13g",
		"018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132/events", "\xff@example.com", strings.Repeat("ꙮ", 500),
	} {
		r, err := ParseContact(s)
		if err == nil {
			t.Errorf("%q names %q", s, r)
			continue
		}
		wantFault(t, err, fault.InvalidInput)
		if !r.IsZero() {
			t.Errorf("%q is refused and names %q", s, r)
		}
	}
}

func TestABadAddressSaysWhatIsWrongWithItWithoutQuotingIt(t *testing.T) {
	for given, want := range map[string]string{
		"": "is empty", "a b@example.com": "contains spaces or invisible characters", "nobody": "is not a valid e-mail address", "a@b": "has no top-level domain",
		"a@b_c.co": "has a malformed domain", "a@b.1c": "has an impossible top-level domain", strings.Repeat("a", 65) + "@b.co": "has more than 64 characters before the @",
		strings.Repeat("a", 300) + "@b.co": "is longer than 254 characters",
	} {
		_, err := ParseEmail(given)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", given, err, want)
			continue
		}
		wantFault(t, err, fault.InvalidInput)
	}
}

func TestContactsAreNamedInOneWay(t *testing.T) {
	for given, want := range map[string]string{
		" Anna@Example.COM\n": anEmail, "018DD5E3-F6D2-7C00-8F9B-E5C3F2D8A132": aUUID, "A@B.CO": "a@b.co", "a@xn--bcher-kva.example": "a@xn--bcher-kva.example",
		"Ünï@Exämple.DE": "ünï@exämple.de",
	} {
		r := ref(t, given)
		if r.String() != want || r.ByUUID() != (want == aUUID) {
			t.Errorf("%q names %q, want %q", given, r, want)
		}
	}
}

func TestAnAddressOnceAcceptedStaysAcceptedAndUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkAddress(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-ZİȺ0-9.+'/%?#-]{1,70}@[a-zA-ZİȺ0-9.-]{1,70}\.[a-zA-ZÉ]{1,5}`)).Draw(t, "address"))
	})
}

// checkAddress states what holds of every string that ParseContact accepts.
func checkAddress(t interface{ Fatalf(string, ...any) }, s string) {
	r, err := ParseContact(s)
	if err != nil {
		return
	}
	again, err := ParseContact(r.String())
	if err != nil || again != r {
		t.Fatalf("%q becomes %q, which becomes %q, %v", s, r, again, err)
	}
	segment := r.segment()
	if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, "/?#@ ;\\") {
		t.Fatalf("%q is the segment %q", s, segment)
	}
	if !r.ByUUID() && strings.Count(r.String(), "@") != 1 {
		t.Fatalf("%q is no address", r)
	}
}

func TestNothingIsSentForAnIdentifierThatIsNone(t *testing.T) {
	network := always(200, `{"id":1}`)
	c := newClient(t, Config{Account: TokenScoped, Transport: network})
	ctx := context.Background()
	calls := map[string]func() error{
		"no contact":           func() error { _, err := c.GetContact(ctx, ContactRef{}); return err },
		"no contact, an event": func() error { return c.CreateEvent(ctx, ContactRef{}, Event{Name: "x"}) },
		"dots from the API":    func() error { return c.DeleteContact(ctx, ContactID("..")) },
		"a dot from the API":   func() error { return c.DeleteContact(ctx, ContactID(".")) },
		"an empty id":          func() error { _, _, err := c.UpdateContact(ctx, ContactID(""), ContactChange{}); return err },
		"list 0":               func() error { return c.DeleteList(ctx, 0) },
		"renaming list 0":      func() error { _, err := c.RenameList(ctx, 0, "x"); return err },
		"field 0":              func() error { return c.DeleteField(ctx, 0) },
		"field -1":             func() error { _, err := c.UpdateField(ctx, -1, FieldChange{}); return err },
		"import 0":             func() error { _, err := c.Import(ctx, 0); return err },
		"export -1":            func() error { _, err := c.Export(ctx, -1); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			wantFault(t, call(), fault.InvalidInput)
			if len(network.sent()) != 0 {
				t.Errorf("sent %v", network.sent())
			}
		})
	}
}

func TestIdsBeyondTwoToThe53StayExact(t *testing.T) {
	const big = 9007199254740993
	network := always(200, `{"id":9007199254740993,"name":"x","status":"created","data":{"id":"`+aUUID+`","email":"a@b.co","status":"subscribed","list_ids":[9007199254740993],"fields":{"n":9007199254740993,"f":0.10}}}`)
	c := newClient(t, Config{Account: "9007199254740993", Transport: network})
	ctx := context.Background()
	list, err := c.RenameList(ctx, big, "x")
	if err != nil || list.ID != big {
		t.Errorf("got %+v, %v", list, err)
	}
	if got := network.sent()[0].path; got != "/api/accounts/9007199254740993/contacts/lists/9007199254740993" {
		t.Errorf("sent to %s", got)
	}
	contact, _, err := c.UpdateContact(ctx, ContactID(aUUID), ContactChange{AddToLists: []int64{big}, Fields: Values{"n": json.Number("9007199254740993")}})
	if err != nil || contact.ListIDs[0] != big || contact.Fields["n"] != json.Number("9007199254740993") || contact.Fields["f"] != json.Number("0.10") {
		t.Errorf("got %+v, %v", contact, err)
	}
	if body := network.sent()[1].body; !strings.Contains(body, `"list_ids_included":[9007199254740993]`) || !strings.Contains(body, `"n":9007199254740993`) {
		t.Errorf("sent %s", body)
	}
}

// What is taken for an ordinary address without being taken apart has to be one.
func TestAnOrdinaryAddressIsValid(t *testing.T) {
	const letters = "az09.-_+@@..--\u00fc A"
	random := rand.New(rand.NewPCG(1, 2))
	ordinary := 0
	for range 300_000 {
		given := make([]byte, 0, 16)
		for range 3 + random.IntN(10) {
			given = append(given, letters[random.IntN(len(letters))])
		}
		s := string(given) + ".co"[:random.IntN(4)]
		if !isOrdinary(s) {
			continue
		}
		ordinary++
		parsed, err := mail.ParseAddress(s)
		if err != nil || parsed.Address != s {
			t.Fatalf("%q is not valid: %v", s, err)
		}
		if _, domain, _ := strings.Cut(s, "@"); checkDomain(domain) != "" {
			t.Fatalf("%q: the domain %s", s, checkDomain(domain))
		}
	}
	if ordinary < 200 {
		t.Errorf("only %d addresses were ordinary", ordinary)
	}
	for given, want := range map[string]bool{
		"first.last+tag@mail.example.com": true, "o_neil-x@b.co": true, "o'neil@b.co": false, "a@b": false, "a@b.c1": true, "a@b.1c": false, "a@b-.co": false, "a@-b.co": false,
		strings.Repeat("x", 64) + "@b.co": true, strings.Repeat("x", 65) + "@b.co": false, "a@" + strings.Repeat("b", 64) + ".co": false, "A@b.co": false, "a..b@c.co": false, ".a@b.co": false, "a.@b.co": false,
	} {
		if isOrdinary(given) != want {
			t.Errorf("%q is ordinary: %v", given, !want)
		}
	}
}
