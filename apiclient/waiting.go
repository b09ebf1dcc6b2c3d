package apiclient

import "time"

// longestLook is how much of the time between two looks counts as waiting at most: the clock may have been set meanwhile, or
// nobody was there to look.
const longestLook = time.Minute

// Waiting is how long something has been waited for by whoever looks at it now and then, also in several processes, and whatever
// the clock is set to meanwhile. The zero value has not begun.
type Waiting struct {
	Looked int64 `json:"looked,omitempty"` // when it was last looked at, in ms since 1970
	Waited int64 `json:"waited,omitempty"` // how long it was waited for until then, in ms
}

// Look counts the time since the last look, and says how long it was waited for.
func (w *Waiting) Look() time.Duration {
	now := time.Now().UnixMilli()
	if w.HasBegun() {
		w.Waited += min(max(now-w.Looked, 0), longestLook.Milliseconds())
	}
	w.Looked = now
	return w.For()
}

// For is how long it was waited for until the last look.
func (w *Waiting) For() time.Duration { return time.Duration(w.Waited) * time.Millisecond }

// HasBegun reports that it was looked at.
func (w *Waiting) HasBegun() bool { return w.Looked != 0 }
