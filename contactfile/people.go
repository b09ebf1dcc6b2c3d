package contactfile

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/text"
)

// In JSON the people may stand anywhere: in an array at the top, below "data" and "results", in one array per page, or in
// an object by their addresses. All places are counted, and the one with the most people is read.

const (
	maxPlaces = 20_000 // names beyond are not told apart
	each      = "[]"   // the step to the elements of an array
	every     = "{}"   // the step to the members of an object, whatever their names
)

// place is where values stand in JSON: the same names below the same names, in any element of the same arrays.
type place struct {
	step    string
	above   *place
	below   map[string]*place
	objects int // how many stand there,
	people  int // how many of them hold an address at all,
	own     int // and how many not only within others
	keyed   int // how many are named by an address
	pairs   int // how many are a name and a value
	cells   int // texts and words that stand in an array there
	lost    bool
}

// census counts the places of a file.
type census struct {
	top    *place
	places int
	roles  map[string]role // of the names met so far
}

func newCensus() *census { return &census{top: &place{}, roles: map[string]role{}} }

// at is a place below another. One of a name that is not told apart, or below such a place, is remembered nowhere.
func (c *census) at(above *place, step string) *place {
	found := above.below[step]
	if found != nil {
		return found
	}
	found = &place{step: step, above: above, lost: above.lost || c.places >= maxPlaces && step != each && step != every}
	if found.lost {
		return found
	}
	if above.below == nil {
		above.below = map[string]*place{}
	}
	above.below[step] = found
	c.places++
	return found
}

// peopleWords are the names of arrays of people.
var peopleWords = []string{"contacts", "members", "people", "persons", "subscribers", "customers", "users", "profiles",
	"leads", "recipients", "results", "data", "items", "records", "rows", "list", "value", "values", "entries", "nodes", "edges"}

// take counts what is in JSON, from the walker's place on.
func (c *census) take(k *walker) error {
	k.inside().at = c.top
	for {
		kind := k.next(func(closed level) {
			if closed.called && closed.answered {
				closed.at.pairs++
			}
		})
		if kind == 0 {
			return k.failed
		}
		parent := k.inside()
		step := each
		if !parent.array {
			step = parent.key
			role := c.roleOf(step)
			parent.called, parent.answered = parent.called || role.names, parent.answered || role.answers
		}
		isKey := !parent.array && isAddress(parent.key)
		opened := level{}
		if parent.array || kind == anObject || kind == anArray {
			opened.at = c.at(parent.at, step)
		}
		if !parent.array && (kind == anObject || isKey && kind != anArray) {
			opened.any = c.at(parent.at, every)
		}
		if kind == aText || kind == aWord {
			if k.skip(kind); k.failed == nil {
				c.scalar(k, opened, isKey, kind == aText && isAddress(string(k.word)) && bytes.IndexByte(k.word, '\\') < 0)
			}
			continue
		}
		if kind == anObject {
			opened.at.objects++
		}
		if opened.any != nil {
			opened.any.objects++
		}
		k.enter(opened)
		if kind == anArray {
			c.at(opened.at, each)
		}
		if kind == anObject && isKey {
			opened.any.keyed++
			mark(k.levels)
		}
	}
}

// scalar counts a text or a word.
func (c *census) scalar(k *walker, of level, isKey, isPerson bool) {
	at := of.at
	inArray := k.inside().array
	if inArray {
		at.cells++
	}
	switch {
	case isPerson && inArray:
	case isKey:
		at = of.any
		at.keyed++
	case isPerson:
		mark(k.levels)
		return
	default:
		return
	}
	at.objects, at.people, at.own = at.objects+1, at.people+1, at.own+1
	mark(k.levels)
}

// mark notes an address in all that is open.
func mark(levels []level) {
	own := true
	for i := len(levels) - 1; i >= 0; i-- {
		l := &levels[i]
		if l.array {
			continue
		}
		if l.has && (l.own || !own) {
			return
		}
		for _, at := range []*place{l.at, l.any} {
			if at == nil {
				continue
			}
			if !l.has {
				at.people++
			}
			if own {
				at.own++
			}
		}
		l.has, l.own = true, l.own || own
		if i == 0 || levels[i-1].array {
			own = false
		}
	}
}

// path are the steps that lead to a place.
func (p *place) path() (steps []string) {
	for at := p; at.above != nil; at = at.above {
		steps = append(steps, at.step)
	}
	slices.Reverse(steps)
	return steps
}

// name is what a place is called: "data.results".
func (p *place) name() string {
	var names []string
	for _, step := range p.path() {
		if step != each && step != every {
			names = append(names, step)
		}
	}
	if len(names) == 0 {
		return "the top level"
	}
	return text.Clip(strings.Join(names, "."), 100)
}

// isMany tells a place of many: elements of an array, or members of an object that is used like one.
func (p *place) isMany() bool {
	return p.step == each || p.step == every && (p.objects > 1 || p.keyed > 0)
}

func (p *place) within(other *place) bool {
	for at := p; at != nil; at = at.above {
		if at == other {
			return true
		}
	}
	return false
}

// isTable tells a place whose values are the cells of rows, in arrays within an array.
func (p *place) isTable() bool {
	inRows := p.step == each && p.above.step == each && p.above.above.above != nil
	return inRows && p.cells > p.people && 2*p.cells > p.objects
}

// all are the places of many people, the outer ones before those within them.
func (p *place) all(found []*place) []*place {
	if p.own > 0 && p.isMany() {
		found = append(found, p)
	}
	for _, step := range slices.Sorted(maps.Keys(p.below)) {
		found = p.below[step].all(found)
	}
	return found
}

// choose finds the place of the people, and names the others.
func (c *census) choose(wanted string, about *Description, noted *notes) (*place, error) {
	found := c.top.all(nil)
	if wanted != "" {
		names := make([]string, len(found))
		for i, at := range found {
			names[i] = at.name()
		}
		i, err := named(wanted, names, "the file has no array with addresses that is called")
		if err != nil {
			return nil, err
		}
		others(found, found[i], about, noted)
		return found[i], nil
	}
	willing := slices.DeleteFunc(slices.Clone(found), func(p *place) bool {
		return slices.ContainsFunc(p.path(), Unwilling)
	})
	if len(willing) == 0 {
		return c.without(), nil
	}
	best := slices.MaxFunc(willing, func(a, b *place) int {
		return cmp.Or(cmp.Compare(a.own, b.own), cmp.Compare(a.rank(), b.rank()), cmp.Compare(len(b.path()), len(a.path())))
	})
	best = outermost(beyondPairs(best))
	var rivals []string
	for _, other := range others(found, best, about, noted) {
		if 2*other.own > best.own && slices.Contains(willing, other) {
			rivals = append(rivals, text.Quote(other.name())+" ("+text.Number(other.own)+")")
		}
	}
	if len(rivals) > 0 {
		return nil, fault.New(fault.InvalidInput, "file: several arrays hold e-mail addresses.",
			"They are "+text.Listing(append([]string{text.Quote(best.name()) + " (" + text.Number(best.own) + ")"}, rivals...), 10)+".",
			"Name the one to read with sheet; read the others with calls of their own.")
	}
	return best, nil
}

// others are the places beside the one that is read. They are noted.
func others(found []*place, best *place, about *Description, noted *notes) (beside []*place) {
	for _, other := range found {
		if other.within(best) || best.within(other) || other.step == every && best.within(other.above) {
			continue
		}
		beside = append(beside, other)
		note := noted.open(OtherArray, other.name())
		note.Rows, note.People = other.objects, true
		if slices.ContainsFunc(other.path(), Unwilling) {
			about.Gone = append(about.Gone, other.name())
		}
	}
	return beside
}

// rank prefers arrays that are called after people, where as many are elsewhere.
func (p *place) rank() int {
	if p.above != nil && slices.Contains(peopleWords, strings.ToLower(p.above.step)) {
		return 1
	}
	return 0
}

// outermost goes from addresses up to the people whose they are: an array of e-mails within each person is not a place of
// people, and neither is one page of several.
func outermost(best *place) *place {
	for at := best; at.above != nil; at = at.above {
		if at.rank() > 0 || at.keyed > 0 {
			return best
		}
		outer := at.above
		if outer.above == nil || !outer.isMany() || outer.objects < 2 && (outer.own == 0 || best.own > 1) {
			continue
		}
		if 2*outer.people >= outer.objects && 3*outer.people >= best.own {
			best = outer
		}
	}
	return best
}

// without chooses where no address was found: the largest array that is reached by names alone, or what stands at the top.
func (c *census) without() *place {
	top := c.at(c.top, each)
	if inner := top.below[each]; inner != nil {
		return inner
	}
	best := top
	if top.objects > 1 {
		return best
	}
	var look func(at *place, depth int)
	look = func(at *place, depth int) {
		for _, step := range slices.Sorted(maps.Keys(at.below)) {
			below := at.below[step]
			if step == each || step == every || depth > 5 {
				continue
			}
			if elements := below.below[each]; elements != nil && elements.objects > 0 &&
				(best == top || elements.objects > best.objects) && !Unwilling(step) {
				best = elements
			}
			look(below, depth+1)
		}
	}
	look(top, 0)
	return best
}

// placeOfPeople finds where the people are. The beginning of the file says it where they stand at the top; else the whole
// file is gone through.
func placeOfPeople(w *window, from origin, options Options, about *Description, noted *notes) (*place, error) {
	start := w.bytes()
	sample, seen := newWalker(&window{buf: start, to: len(start), eof: true}), newCensus()
	// The sample ends where the window does, so that an error of it says nothing.
	_ = seen.take(&sample)
	if at, err := seen.choose("", &Description{}, &notes{}); options.Sheet == "" && err == nil && at.objects > 1 && atTop(at) {
		return at, nil
	}
	if !w.eof {
		again, err := windowOf(from, options, &Description{})
		if err != nil {
			return nil, err
		}
		whole := newWalker(again)
		seen = newCensus()
		if err := seen.take(&whole); err != nil && !errors.Is(err, errWindowFull) {
			return nil, err
		}
	}
	return seen.choose(options.Sheet, about, noted)
}

// atTop tells the objects that follow each other, or stand in the array that is the whole file.
func atTop(at *place) bool {
	return len(at.path()) <= 2 && !slices.ContainsFunc(at.path(), func(step string) bool { return step != each })
}
