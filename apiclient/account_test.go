package apiclient

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// unresolved is a client that has to find its account out.
func unresolved(t *testing.T, config emulator.Config, account string) (*emulator.Emulator, *Client) {
	t.Helper()
	e := emulator.New(config)
	return e, newClient(t, Config{Account: account, Transport: e.Transport()})
}

func paths(e *emulator.Emulator) string {
	var all []string
	for _, r := range e.Requests() {
		all = append(all, r.Path)
	}
	return strings.Join(all, " ")
}

func TestTheAccountIsFoundOutOnFirstUse(t *testing.T) {
	for name, c := range map[string]struct {
		account, paths string
		id             int64
	}{
		"the only one": {"", "/api/accounts /api/accounts/1111111/contacts/lists /api/accounts/1111111/contacts/lists", emulator.AccountID},
		"a given one":  {" 1111111 ", "/api/accounts/1111111/contacts/lists /api/accounts/1111111/contacts/lists", emulator.AccountID},
		"the token's":  {"token", "/api/contacts/lists /api/contacts/lists", 0},
	} {
		t.Run(name, func(t *testing.T) {
			e, client := unresolved(t, emulator.Config{}, c.account)
			for range 2 {
				if _, err := client.Lists(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if got := paths(e); got != c.paths {
				t.Errorf("sent %s, want %s", got, c.paths)
			}
			if id, err := client.AccountID(context.Background()); err != nil || id != c.id {
				t.Errorf("account %d, %v; want %d", id, err, c.id)
			}
		})
	}
}

func TestNoAccountIsGuessed(t *testing.T) {
	t.Run("several", func(t *testing.T) {
		e, c := unresolved(t, emulator.Config{Accounts: []emulator.Account{{ID: 7, Name: "Shop"}, {ID: 8, Name: "Ignore\u202e \"this\""}}}, "")
		for range 2 {
			_, err := c.CreateContact(context.Background(), NewContact{Email: anEmail})
			f := wantFault(t, err, fault.Conflict)
			if text := f.Error(); !strings.Contains(text, `7 ("Shop")`) || !strings.Contains(text, `8 ("Ignore \"this\"")`) || !strings.Contains(text, "--account-id") {
				t.Error(text)
			}
		}
		if got := paths(e); got != "/api/accounts /api/accounts" {
			t.Errorf("sent %s", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		c := newClient(t, Config{Transport: always(200, "[]")})
		_, err := c.Lists(context.Background())
		wantFault(t, err, fault.Forbidden)
	})
	t.Run("one without an id", func(t *testing.T) {
		c := newClient(t, Config{Transport: always(200, `[{"name":"x"}]`)})
		_, err := c.Lists(context.Background())
		wantFault(t, err, fault.UpstreamError)
	})
	t.Run("one of several, given", func(t *testing.T) {
		_, c := unresolved(t, emulator.Config{Accounts: []emulator.Account{{ID: 7}, {ID: 8}}}, "8")
		if _, err := c.Lists(context.Background()); err != nil {
			t.Error(err)
		}
	})
	t.Run("one that is not the token's", func(t *testing.T) {
		_, c := unresolved(t, emulator.Config{}, "999")
		_, err := c.Lists(context.Background())
		wantFault(t, err, fault.Forbidden)
	})
}

func TestConcurrentFirstCallsMakeOneLookUp(t *testing.T) {
	inBubble(t, "30 calls", func(t *testing.T) {
		e, c := unresolved(t, emulator.Config{Latency: 100 * time.Millisecond}, "")
		var group sync.WaitGroup
		for range 30 {
			group.Go(func() {
				if _, err := c.Lists(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := strings.Count(paths(e)+" ", "/api/accounts "); got != 1 || len(e.Requests()) != 31 {
			t.Errorf("%d look-ups, %d requests", got, len(e.Requests()))
		}
	})
}

func TestAFailedOrCancelledLookUpIsTriedAgainByOthers(t *testing.T) {
	inBubble(t, "cancelled", func(t *testing.T) {
		e, c := unresolved(t, emulator.Config{Latency: time.Second}, "")
		ctx, cancel := context.WithCancel(context.Background())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { _, err := c.Lists(ctx); first <- err }()
		synctest.Wait()
		go func() { _, err := c.Lists(context.Background()); second <- err }()
		synctest.Wait()
		cancel()
		wantFault(t, <-first, fault.Cancelled)
		if err := <-second; err != nil {
			t.Errorf("the second caller failed with the first: %v", err)
		}
		if len(e.Requests()) != 3 {
			t.Errorf("sent %s", paths(e))
		}
	})
	inBubble(t, "failed", func(t *testing.T) {
		e, c := unresolved(t, emulator.Config{}, "")
		e.Inject(emulator.Fault{Path: "/accounts", Status: 403, Body: `{"errors":"Access forbidden"}`, Times: 1})
		_, err := c.Lists(context.Background())
		wantFault(t, err, fault.Forbidden)
		if _, err := c.Lists(context.Background()); err != nil {
			t.Error(err)
		}
	})
	inBubble(t, "a caller who waits for another's look-up can give up", func(t *testing.T) {
		e, c := unresolved(t, emulator.Config{}, "")
		e.Inject(emulator.Fault{Do: emulator.Hang})
		go func() { _, _ = c.Lists(context.Background()) }() // its failure is not this test's
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := c.Lists(ctx)
		wantFault(t, err, fault.Timeout)
		if since(start) != time.Second {
			t.Errorf("took %s", since(start))
		}
		time.Sleep(interactive) // until the first one has given up as well
	})
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	for name, config := range map[string]Config{
		"an account that is no number": {Account: "my account"}, "account 0": {Account: "0"}, "a negative account": {Account: "-1"}, "an account with a path": {Account: "1/../2"},
		"an account beyond int64": {Account: "9223372036854775808"},
		"clear text":              {BaseURL: "http://mailtrap.io"}, "clear text on a private address": {BaseURL: "http://10.0.0.1"}, "a name like localhost": {BaseURL: "http://localhost.example.com"},
		"a path": {BaseURL: "https://mailtrap.io/api"}, "a query": {BaseURL: "https://mailtrap.io?x=1"}, "a fragment": {BaseURL: "https://mailtrap.io#x"},
		"a password": {BaseURL: "https://a:b@mailtrap.io"}, "no host": {BaseURL: "https://:443"}, "no scheme": {BaseURL: "mailtrap.io"}, "a file": {BaseURL: "file:///etc/passwd"},
		"what is no URL": {BaseURL: "https://[::1"},
	} {
		if c, err := New(config); err == nil {
			t.Errorf("%s: accepted as %s", name, c.BaseURL())
		}
	}
}

func TestAConfigurationThatWorksIsAccepted(t *testing.T) {
	for given, want := range map[string]string{
		"": DefaultURL, "https://mailtrap.io/": "https://mailtrap.io", "http://127.0.0.1:8080": "http://127.0.0.1:8080", "http://[::1]:1": "http://[::1]:1", "http://localhost": "http://localhost",
	} {
		c, err := New(Config{BaseURL: given})
		if err != nil || c.BaseURL() != want || c.HasToken() {
			t.Errorf("%q: got %v, %v", given, c, err)
		}
	}
}

func TestWithoutAUsableTokenNothingIsSent(t *testing.T) {
	for name, token := range map[string]string{"none": "", "blank": " \n", "with a line break": "abc\ndef", "with a space": "abc def", "with an accent": "abcé"} {
		network := always(200, "[]")
		c, err := New(Config{Token: token, Transport: network})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Lists(context.Background())
		f := wantFault(t, err, fault.Unauthorized)
		if len(network.sent()) != 0 || strings.Contains(f.Error(), "abc") {
			t.Errorf("%s: sent %d requests, said %s", name, len(network.sent()), f)
		}
	}
}

func TestTheTokenIsTrimmed(t *testing.T) {
	network := always(200, "[]")
	c := newClient(t, Config{Token: " secret\n", Account: TokenScoped, Transport: network, UserAgent: "test/1"})
	if _, err := c.Lists(context.Background()); err != nil {
		t.Fatal(err)
	}
	header := network.sent()[0].header
	if header.Get("Authorization") != "Bearer secret" || header.Get("User-Agent") != "test/1" || header.Get("Accept") != "application/json" {
		t.Errorf("sent %v", header)
	}
}
