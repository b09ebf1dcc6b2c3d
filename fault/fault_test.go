package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestAFaultReadsAsCodeWhatWhyNext(t *testing.T) {
	for _, c := range []struct {
		fault *Error
		want  string
	}{
		{New(NotFound, "There is no list.", "It was deleted.", "Create it."), "[not_found] There is no list. It was deleted. Create it."},
		{New(Conflict, "Busy.", "", "Wait."), "[conflict] Busy. Wait."},
		{New(Timeout, " Late. ", " ", "\n"), "[timeout] Late."},
		{New(Internal, "", "", ""), "[internal]"},
	} {
		if got := c.fault.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTheCauseIsKeptAndNotShown(t *testing.T) {
	cause := errors.New("token secret123 refused")
	plain := New(Forbidden, "What.", "", "Next.")
	caused := plain.Because(cause)
	if !errors.Is(caused, cause) || caused.Error() != plain.Error() {
		t.Errorf("got %v", caused)
	}
	if plain.Err != nil || errors.Is(plain, cause) {
		t.Error("Because changed the fault it was called on")
	}
}

// faulter is an error that knows how it reads.
type faulter struct{ code Code }

func (f faulter) Error() string { return "raw" }
func (f faulter) Fault() *Error { return New(f.code, "What.", "", "Next.").Because(f) }

func TestAnyErrorBecomesAFault(t *testing.T) {
	own := New(LimitReached, "What.", "", "Next.")
	for name, c := range map[string]struct {
		err  error
		code Code
	}{
		"a fault":            {own, LimitReached},
		"a wrapped fault":    {fmt.Errorf("doing: %w", own), LimitReached},
		"a joined fault":     {errors.Join(errors.New("x"), own), LimitReached},
		"a Faulter":          {faulter{RateLimited}, RateLimited},
		"a wrapped Faulter":  {fmt.Errorf("doing: %w", faulter{RateLimited}), RateLimited},
		"a cancelled call":   {fmt.Errorf("doing: %w", context.Canceled), Cancelled},
		"a late call":        {context.DeadlineExceeded, Timeout},
		"a fault by a cause": {own.Because(context.Canceled), LimitReached},
		"anything else":      {errors.New("sql: no rows"), Internal},
	} {
		got := From(c.err)
		if got.Code != c.code || got.What == "" || got.Next == "" {
			t.Errorf("%s: got %v, want %s", name, got, c.code)
		}
		if !Is(c.err, c.code) || Is(c.err, ReadOnly) {
			t.Errorf("%s: Is disagrees with From", name)
		}
	}
	if From(own) != own {
		t.Error("a fault does not stay itself")
	}
	if Is(nil, Internal) {
		t.Error("no error is a fault")
	}
}

func TestAnUnexpectedErrorIsKeptForTheLogOnly(t *testing.T) {
	cause := errors.New("password=hunter2")
	got := From(cause)
	if !errors.Is(got, cause) || got.Error() != From(errors.New("other")).Error() {
		t.Errorf("got %s", got)
	}
}
