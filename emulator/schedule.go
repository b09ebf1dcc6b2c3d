package emulator

import (
	"slices"
	"time"
)

// schedule holds what is to happen later. Nothing runs by itself: whoever looks at the account runs first what has
// become due, in order, so the account looks as if it had happened in time.
type schedule struct{ entries []scheduled }

type scheduled struct {
	due time.Time
	run func()
}

// at adds an entry behind those due at the same time.
func (s *schedule) at(due time.Time, run func()) {
	i := len(s.entries)
	for i > 0 && s.entries[i-1].due.After(due) {
		i--
	}
	s.entries = slices.Insert(s.entries, i, scheduled{due, run})
}

// run does what has become due by now.
func (s *schedule) run(now time.Time) {
	done := 0
	for done < len(s.entries) && !s.entries[done].due.After(now) {
		s.entries[done].run()
		done++
	}
	s.entries = slices.Delete(s.entries, 0, done)
}
