package apiclient

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestMailtrapsClockIsReadFromItsAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Client{connection: &connection{}}
		began := time.Now()
		if !c.TheirTime(began).IsZero() {
			t.Error("it is known without an answer")
		}
		answer := func(took, ahead time.Duration) {
			left := time.Now()
			time.Sleep(took)
			c.clock.look(http.Header{"Date": {time.Now().Add(ahead - took/2).UTC().Format(http.TimeFormat)}}, left)
		}
		isAhead := func(ahead time.Duration) {
			t.Helper()
			if off := c.TheirTime(began).Sub(began) - ahead; off.Abs() > time.Second {
				t.Errorf("it is off by %s", off)
			}
		}
		c.clock.look(http.Header{"Date": {"yesterday"}}, began)
		if !c.TheirTime(began).IsZero() {
			t.Error("it is known from a date that cannot be read")
		}
		answer(20*time.Second, -time.Hour) // the best there is
		isAhead(-time.Hour)
		answer(300*time.Millisecond, time.Hour)
		isAhead(time.Hour)
		answer(time.Minute, 24*time.Hour) // too slow to tell
		isAhead(time.Hour)
		answer(0, 0) // it was set
		isAhead(0)
		c.clock.look(http.Header{}, time.Now())
		isAhead(0)
	})
}
