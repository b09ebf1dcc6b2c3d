package audience

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/where"
)

// Snapshot is a snapshot that can be asked. It stays readable until Release, also when a newer one has taken its place.
type Snapshot struct {
	service *Service
	account string
	path    string
	about   about
	readers chan *reader
	all     []*reader // opened beforehand: the file's name may be gone by the time they are used
	clock   func() time.Time

	damaged atomic.Bool // a question found its file so: it is not used any more

	mu      sync.Mutex
	users   int
	retired bool
	changed *overlay
}

// Facts are what an answer says of the snapshot it comes from.
type Facts struct {
	TakenAt    time.Time      // when its export was asked for
	Age        time.Duration  // now
	Contacts   int            // as of then
	Columns    []where.Column // built-in ones first
	Fields     []apiclient.Field
	Lists      []apiclient.List
	ListsKnown bool             // whether it tells who is in which list
	Doubtful   []apiclient.List // lists that the export does not tell apart from others, of which it is not known who is on them
	Unlisted   int              // contacts of whom it is not known, or not fully, on which lists they are
	Patched    int              // contacts changed by this server since, which are brought up to date in every answer
	Unpatched  int              // contacts changed by this server since many at a time, which are not
	// Changed is when the last of those changes ended, or will have, and Complete when an export has to be asked for to have it
	// for sure; zero without such a change.
	Changed, Complete time.Time
}

// UnderWay reports that Mailtrap may still be making changes that the snapshot lacks.
func (f Facts) UnderWay() bool { return f.Changed.After(f.TakenAt.Add(f.Age)) }

func (s *Service) openSnapshot(ctx context.Context, account, path string) (*Snapshot, error) {
	n := max(2, min(4, runtime.GOMAXPROCS(0)))
	sn := &Snapshot{service: s, account: account, path: path, readers: make(chan *reader, n), clock: time.Now}
	db, err := open(path, "ro")
	if err != nil {
		return nil, err
	}
	if sn.about, err = readAbout(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	for range n {
		r, err := openReader(ctx, path)
		if err != nil {
			sn.close()
			return nil, err
		}
		sn.all = append(sn.all, r)
		sn.readers <- r
	}
	return sn, nil
}

// Release lets go of the snapshot. It is called once.
func (sn *Snapshot) Release() {
	sn.mu.Lock()
	sn.users--
	last := sn.users == 0 && sn.retired
	sn.mu.Unlock()
	if last {
		sn.close()
	}
}

func (sn *Snapshot) held() *Snapshot {
	sn.mu.Lock()
	defer sn.mu.Unlock()
	sn.users++
	return sn
}

// retire closes the snapshot once nobody uses it.
func (sn *Snapshot) retire() {
	sn.mu.Lock()
	unused := sn.users == 0 && !sn.retired
	sn.retired = true
	sn.mu.Unlock()
	if unused {
		sn.close()
	}
}

func (sn *Snapshot) close() {
	for _, r := range sn.all {
		r.close()
	}
}

// Facts says how old the snapshot is, what it holds, and how far changes made since are in it.
func (sn *Snapshot) Facts(ctx context.Context) (Facts, error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return Facts{}, err
	}
	facts := Facts{
		TakenAt: sn.about.TakenAt, Age: sn.clock().Sub(sn.about.TakenAt), Contacts: sn.about.Contacts,
		Columns: slices.Clone(sn.about.Columns), Fields: sn.about.Fields(), Lists: slices.Clone(sn.about.Lists), ListsKnown: sn.about.ListsKnown,
		Doubtful: sn.doubtfulLists(), Unlisted: sn.about.Unlisted, Patched: over.patched, Unpatched: over.unpatched,
	}
	if over.unpatched > 0 {
		facts.Changed, facts.Complete = over.changedAt, over.changedAt.Add(counting).Truncate(time.Second).Add(time.Second)
	}
	return facts, nil
}

func (sn *Snapshot) doubtfulLists() (lists []apiclient.List) {
	for _, id := range sn.about.Doubtful {
		lists = append(lists, apiclient.List{ID: id, Name: sn.about.ListName(id)})
	}
	return lists
}

// TakenAt is when the snapshot's export was asked for.
func (sn *Snapshot) TakenAt() time.Time { return sn.about.TakenAt }

// contact makes a contact of a row of all columns.
func (sn *Snapshot) contact(row []any) Contact {
	text := func(col int) string { s, _ := row[col].(string); return s }
	c := Contact{
		ID: text(where.ID), Email: text(where.Email), Status: text(where.Status), Fields: make(apiclient.Values, len(row)-where.BuiltIns),
		ListIDs: where.Set(text(where.Lists)).IDs(), Unlisted: where.Set(text(where.Lists)).Doubted(),
		CreatedAt: timeIn(text(where.Created)), UpdatedAt: timeIn(text(where.Updated)),
	}
	for col := where.BuiltIns; col < len(sn.about.Columns); col++ {
		if row[col] != nil {
			c.Fields[sn.about.Columns[col].Name] = sn.about.Columns[col].Value(row[col])
		}
	}
	return c
}

func timeIn(s string) time.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Contact is a contact of a snapshot.
type Contact struct {
	ID      string // empty where the export does not tell it
	Email   string
	Status  string
	ListIDs []int64
	// Unlisted is set where it is not known, or not fully, on which lists it is.
	Unlisted bool
	// Fields are the values by merge tag, and by header for columns that are no field's; those without a value are absent.
	Fields    apiclient.Values
	CreatedAt time.Time // zero where it is not known
	UpdatedAt time.Time
}

// every is the list of all columns.
func (sn *Snapshot) every() string { return strings.Join(columnNames(len(sn.about.Columns)), ", ") }

// columnNames are what the columns are called in the file.
func columnNames(n int) []string {
	names := make([]string, n)
	for col := range names {
		names[col] = "c" + strconv.Itoa(col)
	}
	return names
}
