package apiclient

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailtrap-contacts-mcp/emulator"
	"mailtrap-contacts-mcp/fault"
)

// Guarantee 5.6. Our clock is an hour off in all of them.
func TestAPauseIsReadAgainstTheAnswersOwnDate(t *testing.T) {
	theirs := time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		reset, after string
		undated      bool
		want         time.Duration
	}{
		"nothing":                        {"", "", false, 0},
		"ISO 8601 with microseconds":     {"2026-06-15T10:00:10.000000Z", "", false, 10 * time.Second},
		"ISO 8601 of another zone":       {"2026-06-15T12:00:30+02:00", "", false, 30 * time.Second},
		"epoch seconds":                  {"1781517620", "", false, 20 * time.Second},
		"epoch milliseconds":             {"1781517620500", "", false, 20500 * time.Millisecond},
		"seconds to go":                  {"25", "", false, 25 * time.Second},
		"a time that has passed":         {"2026-06-15T09:00:00.000000Z", "", false, 0},
		"something else":                 {"soon", "", false, 0},
		"a negative number":              {"-5", "", false, 0},
		"a number beyond all":            {"99999999999999999999", "", false, 0},
		"not a number":                   {"NaN", "", false, 0},
		"Retry-After in seconds":         {"", "7", false, 7 * time.Second},
		"Retry-After as a date":          {"", "Mon, 15 Jun 2026 10:01:00 GMT", false, time.Minute},
		"Retry-After before the reset":   {"2026-06-15T10:00:10.000000Z", "3", false, 3 * time.Second},
		"a Retry-After that says naught": {"2026-06-15T10:00:10.000000Z", "soon", false, 10 * time.Second},
		"without a date, by our clock":   {"2026-06-15T11:00:10.000000Z", "", true, 10 * time.Second},
		"more than a day":                {"", "99999", false, 99999 * time.Second},
	} {
		header := http.Header{"Date": {theirs.Format(http.TimeFormat)}}
		if c.undated {
			header.Del("Date")
		}
		for key, value := range map[string]string{"X-Ratelimit-Reset": c.reset, "Retry-After": c.after} {
			if value != "" {
				header.Set(key, value)
			}
		}
		if got := pauseAsked(header, theirs.Add(time.Hour)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Guarantee 5.6.
func TestTheLimiterOfTheTokenIsWaitedOutByItsReset(t *testing.T) {
	inBubble(t, "another program has used the window up", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		for range 150 { // by somebody whom our budget does not know
			r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1/api/accounts", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Api-Token", emulator.Token)
			answer, err := e.Transport().RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
		}
		time.Sleep(3 * time.Second) // of a window of ten
		start := time.Now()
		if _, err := c.Lists(context.Background()); err != nil {
			t.Fatal(err)
		}
		if took := since(start); took != 7*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// Guarantee 5.4.
func TestACallThatCannotWaitSaysWhenToTryAgain(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		says   []string
	}{
		"a minute and a half": {http.Header{"Retry-After": {"90"}}, []string{"Repeat the call after 00:01:30 UTC, in 90 seconds."}},
		"more than a day": {http.Header{"Retry-After": {"99999"}},
			[]string{"Mailtrap asks for a pause of 28 hours; this server asks again sooner.", "Repeat the call after 00:05:00 UTC, in 5 minutes."}},
		"an hour, by the reset": {http.Header{"X-Ratelimit-Reset": {"2000-01-01T01:00:00.000000Z"}},
			[]string{"a pause of 60 minutes", "after 00:05:00 UTC, in 5 minutes"}},
	} {
		inBubble(t, name, func(t *testing.T) {
			e, client := aContact(t, emulator.Config{})
			e.Inject(emulator.Fault{Status: 429, Body: `{"error":"Throttled"}`, Header: c.header})
			for _, try := range []string{"that was answered so", "that is not even sent"} {
				_, err := client.Lists(context.Background())
				said := wantFault(t, err, fault.RateLimited).Error()
				for _, want := range c.says {
					if try == "that is not even sent" && strings.Contains(want, "a pause of") {
						continue
					}
					if !strings.Contains(said, want) {
						t.Errorf("a call %s: %s lacks %q", try, said, want)
					}
				}
			}
			if len(e.Requests()) != 1 {
				t.Errorf("%d requests", len(e.Requests()))
			}
		})
	}
}

// Guarantee 5.4.
func TestBulkWorkHearsOfALongPauseAtOnce(t *testing.T) {
	inBubble(t, "four minutes", func(t *testing.T) {
		e, c := aContact(t, emulator.Config{})
		e.Inject(emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {"240"}}, Times: 1})
		c, ctx, start := c.Background(), context.Background(), time.Now()
		for range 2 { // the second one finds the window closed
			_, err := c.GetContact(ctx, ContactID(aUUID))
			if failed := apiError(t, err); failed.Kind != Throttled || !failed.Until.Equal(start.Add(4*time.Minute)) {
				t.Errorf("got %v until %s", failed, failed.Until)
			}
		}
		if since(start) != 0 {
			t.Errorf("took %s", since(start))
		}
		time.Sleep(4 * time.Minute)
		if _, err := c.GetContact(ctx, ContactID(aUUID)); err != nil {
			t.Error(err)
		}
	})
}

func TestAPauseInWordsIsNeverShorterThanItIs(t *testing.T) {
	for pause, want := range map[time.Duration]string{
		0: "0 seconds", time.Millisecond: "1 second", 90 * time.Second: "90 seconds", 121 * time.Second: "3 minutes", 99999 * time.Second: "28 hours", 1000 * time.Hour: "42 days",
	} {
		if got := Roughly(pause); got != want {
			t.Errorf("%s is %s, want %s", pause, got, want)
		}
	}
}
