package emulator

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// overEach runs a test over the network and over Transport, which should show no difference.
func overEach(t *testing.T, c Config, test func(*testing.T, *Emulator, *http.Client, string)) {
	t.Run("over the network", func(t *testing.T) {
		e := New(c)
		server := httptest.NewServer(e)
		defer server.Close()
		test(t, e, server.Client(), server.URL)
	})
	t.Run("over Transport", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := New(c)
			test(t, e, &http.Client{Transport: e.Transport()}, "http://emulator.test")
		})
	})
}

func createAnn(ctx context.Context, client *http.Client, base string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", base+"/api/contacts", strings.NewReader(`{"contact":{"email":"ann@example.com"}}`))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Api-Token", Token)
	r.Header.Set("Content-Type", "application/json")
	return client.Do(r)
}

func TestAnswersAreLostBeforeOrAfterTheWrite(t *testing.T) {
	for action, applied := range map[Action]int{LoseBefore: 0, LoseAfter: 1} {
		overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
			e.Inject(Fault{Method: "POST", Path: "/contacts", Times: 1, Do: action})
			if response, err := createAnn(t.Context(), client, base); err == nil {
				response.Body.Close()
				t.Errorf("action %d: got %s", action, response.Status)
			}
			if e.Len() != applied || e.Requests()[0].Status != 0 {
				t.Errorf("action %d: %d contacts", action, e.Len())
			}
			response, err := createAnn(t.Context(), client, base)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if want := []int{201, 422}[applied]; response.StatusCode != want {
				t.Errorf("action %d: then %d, want %d", action, response.StatusCode, want)
			}
		})
	}
}

func TestADeletionIsAnsweredWithoutABodyOrItsType(t *testing.T) {
	overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
		e.AddContact(Contact{Email: "ann@example.com"})
		r, err := http.NewRequestWithContext(t.Context(), "DELETE", base+ann, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Api-Token", Token)
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if body := readAll(t, response.Body); response.StatusCode != 204 || body != "" || response.Header.Get("Content-Type") != "" {
			t.Errorf("got %s %q %v", response.Status, body, response.Header)
		}
	})
}

func TestATruncatedAnswerIsNoticed(t *testing.T) {
	overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
		e.Inject(Fault{Do: TruncateBody})
		response, err := createAnn(t.Context(), client, base)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if !errors.Is(err, io.ErrUnexpectedEOF) || int64(len(body)) != response.ContentLength/2 || e.Len() != 1 {
			t.Errorf("got %d of %d bytes and %v", len(body), response.ContentLength, err)
		}
	})
}

func TestAHangingAnswerEndsWithTheContext(t *testing.T) {
	overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
		e.Inject(Fault{Do: Hang})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := createAnn(ctx, client, base); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if e.Len() != 0 {
			t.Error("the write was applied")
		}
	})
}

func TestAnEndlessAnswerEndsWhenTheClientLeaves(t *testing.T) {
	for _, action := range []Action{EndlessBody, GzipBomb} {
		overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
			e.Inject(Fault{Do: action})
			response, err := createAnn(t.Context(), client, base)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if n, err := io.CopyN(io.Discard, response.Body, 64<<20); err != nil {
				t.Errorf("action %d: it ended after %d bytes: %v", action, n, err)
			}
		})
	}
}

func TestInjectedAnswersReplaceTheEndpoint(t *testing.T) {
	e := New(Config{})
	e.Inject(Fault{Method: "GET", Path: "/contacts/lists", Times: 2, Status: 503, Body: `oops`, Header: http.Header{"content-type": {"text/html"}}},
		Fault{Path: "/contacts/*/events", Status: 500, Body: `{"errors":"Unexpected error"}`},
		Fault{Path: "/accounts", Header: http.Header{"X-Extra": {"1"}}},
		Fault{Path: "/suppressions", Do: Redirect, Header: http.Header{"Location": {"http://evil.test/"}}})
	got := expect(t, e, "GET", "/api/accounts/1111111/contacts/lists/5", "", 503, "oops")
	if got.header.Get("Content-Type") != "text/html" {
		t.Errorf("got %v", got.header)
	}
	expect(t, e, "POST", "/api/contacts/lists", `{"name":"x"}`, 200, "")
	expect(t, e, "GET", "/api/contacts/lists", "", 503, "oops")
	expect(t, e, "GET", "/api/contacts/lists", "", 200, "")
	expect(t, e, "POST", "/api/contacts/a%2Fb@c.co/events", "", 500, "")
	expect(t, e, "GET", "/api/contacts/events", "", 404, "")
	if got := expect(t, e, "GET", "/api/accounts", "", 200, ""); got.header.Get("X-Extra") != "1" {
		t.Errorf("got %v", got.header)
	}
	if got := expect(t, e, "GET", "/api/suppressions", "", 302, ""); got.header.Get("Location") != "http://evil.test/" {
		t.Errorf("got %v", got.header)
	}
	e.ClearFaults()
	expect(t, e, "POST", "/api/contacts/a%2Fb@c.co/events", "", 404, "")
}

func TestAFractionOfRequestsFailsInTheSameOrderEveryTime(t *testing.T) {
	run := func() (pattern string, failed int) {
		e := New(Config{Unlimited: true})
		e.Inject(Fault{Rate: 0.3, Status: 500})
		for range 1000 {
			if send(e, "GET", "/api/accounts", "").status == 500 {
				failed++
				pattern += "x"
				continue
			}
			pattern += "."
		}
		return pattern, failed
	}
	first, failed := run()
	if second, _ := run(); first != second || failed < 250 || failed > 350 {
		t.Errorf("%d of 1000 failed; the same twice: %v", failed, first == second)
	}
}

func TestLatencyIsWaitedUnlessTheClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{Latency: time.Minute})
		client := &http.Client{Transport: e.Transport()}
		started := time.Now()
		response, err := createAnn(t.Context(), client, "http://emulator.test")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if waited := time.Since(started); waited != time.Minute || response.Header.Get("X-Runtime") != "60.000000" {
			t.Errorf("waited %v, X-Runtime %s", waited, response.Header.Get("X-Runtime"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := createAnn(ctx, client, "http://emulator.test"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWritesAndJobsProceedInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{ApplyDelay: 5 * time.Second})
		response, err := createAnn(t.Context(), &http.Client{Transport: e.Transport()}, "http://emulator.test")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if e.Len() != 0 {
			t.Error("it is there already")
		}
		<-time.After(5 * time.Second)
		if e.Len() != 1 {
			t.Error("it never came")
		}
	})
}

func TestExportFilesGoWrongToo(t *testing.T) {
	overEach(t, Config{}, func(t *testing.T, e *Emulator, client *http.Client, base string) {
		e.AddContact(Contact{Email: "ann@example.com"})
		link := finishedExport(t, client, base)
		e.Inject(Fault{Path: "/data_exports/", Times: 1, Do: TruncateBody}, Fault{Path: "/data_exports/", Do: GzipBomb})

		response, err := client.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("half a file reads with %v", err)
		}
		response.Body.Close()

		response, err = client.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		unpacked, err := gzip.NewReader(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.CopyN(io.Discard, unpacked, 40<<20); err != nil {
			t.Errorf("it unpacks to %d bytes: %v", n, err)
		}
	})
}

// finishedExport runs an export and returns its link.
func finishedExport(t *testing.T, client *http.Client, base string) string {
	t.Helper()
	for _, request := range []string{"POST /api/contacts/exports", "GET /api/contacts/exports/7001"} {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Api-Token", Token)
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body := readAll(t, response.Body)
		response.Body.Close()
		if link := linkIn(body); link != "" && method == "GET" {
			return link
		}
	}
	t.Fatal("no link")
	return ""
}
