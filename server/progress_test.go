package server

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

type sentNote struct {
	Value, Total float64
	Message      string
}

// recorded is a progress whose notes are kept.
func recorded() (*progress, *[]sentNote) {
	notes := &[]sentNote{}
	p := &progress{sent: -1, send: func(value, total float64, message string) error {
		*notes = append(*notes, sentNote{value, total, message})
		return nil
	}}
	return p, notes
}

func TestProgressIsThrottledAndEndsWithTheLastNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, notes := recorded()
		for i := range 1000 {
			p.report(i+1, 1000, "")
			time.Sleep(time.Millisecond)
		}
		p.finish(t.Context())
		if got := len(*notes); got < 10 || got > 12 {
			t.Errorf("%d notes in a second", got)
		}
		if last := (*notes)[len(*notes)-1]; last.Value != 1000 {
			t.Errorf("the last note is %+v", last)
		}
	})
}

func TestProgressOnlyIncreases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, notes := recorded()
		reported := []sentNote{
			{5, 0, "five"}, {3, 0, "back to three"}, {5, 0, "still five"}, {5, 0, "still"}, {6, 0, "six"},
			{7, 7, "done"}, {7, 7, "done again"},
		}
		for _, r := range reported {
			p.report(int(r.Value), int(r.Total), r.Message)
			time.Sleep(progressEvery)
		}
		p.finish(t.Context())
		want := []sentNote{{5, 0, "five"}, {5.5, 0, "still five"}, {5 + 2.0/3, 0, "still"}, {6, 0, "six"}, {7, 7, "done"}}
		if diff := cmp.Diff(want, *notes); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNothingIsSentAfterTheAnswer(t *testing.T) {
	p, notes := recorded()
	p.report(1, 2, "")
	p.finish(t.Context())
	p.report(2, 2, "")
	p.finish(t.Context())
	if diff := cmp.Diff([]sentNote{{1, 2, ""}}, *notes); diff != "" {
		t.Error(diff)
	}
}

func TestANoteThatWasHeldBackIsSentThoughNothingFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, notes := recorded()
		p.report(0, 10, "sending")
		p.report(0, 10, "importing")
		time.Sleep(2 * progressEvery)
		synctest.Wait()
		want := []sentNote{{0, 10, "sending"}, {0.5, 10, "importing"}}
		if diff := cmp.Diff(want, *notes); diff != "" {
			t.Error(diff)
		}
		p.finish(t.Context())
	})
}
