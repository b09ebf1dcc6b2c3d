package audience

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"mailtrap-contacts-mcp/apiclient"
	"mailtrap-contacts-mcp/fault"
)

// Snapshot is a snapshot that can be asked. It stays readable until Release, also when a newer one has taken its place.
type Snapshot struct {
	service *Service
	account string
	path    string
	about   about
	schema  schema
	gone    map[uint32]bool
	readers chan *sql.DB // each has one connection, opened beforehand: the file's name may be gone by the time it is used
	all     []*sql.DB
	clock   func() time.Time

	mu      sync.Mutex
	users   int
	retired bool
	changed *overlay
}

// Facts are what an answer says of the snapshot it comes from.
type Facts struct {
	TakenAt    time.Time     // when its export was asked for
	Age        time.Duration // now
	Contacts   int           // as of then
	Columns    []Column      // built-in ones first
	Lists      []apiclient.List
	ListsKnown bool             // whether it tells who is in which list
	Doubtful   []apiclient.List // lists that the export does not tell apart from others, of which it is not known who is on them
	Unlisted   int              // contacts of whom it is not known, or not fully, on which lists they are
	Patched    int              // contacts changed by this server since, which are brought up to date in every answer
	Unpatched  int              // contacts changed by this server since by imports, which are not
}

func (s *Service) openSnapshot(ctx context.Context, account, path string) (*Snapshot, error) {
	n := max(2, min(4, runtime.GOMAXPROCS(0)))
	sn := &Snapshot{service: s, account: account, path: path, readers: make(chan *sql.DB, n), clock: time.Now}
	for range n {
		db, err := open(path, "ro", "query_only(1)", "cache_size(-512)", "trusted_schema(0)")
		if err == nil {
			sn.all = append(sn.all, db)
			err = db.PingContext(ctx)
		}
		if err != nil {
			sn.close()
			return nil, err
		}
		sn.readers <- db
	}
	var written string
	if err := sn.all[0].QueryRowContext(ctx, `SELECT json FROM about`).Scan(&written); err != nil {
		sn.close()
		return nil, err
	}
	if err := json.Unmarshal([]byte(written), &sn.about); err != nil || len(sn.about.Columns) < builtIns {
		sn.close()
		return nil, errDamaged
	}
	sn.schema = schema{columns: sn.about.Columns, lists: sn.about.Lists, listsKnown: sn.about.ListsKnown, doubtful: sn.about.Doubtful, statuses: sn.about.Statuses}
	sn.gone = map[uint32]bool{}
	for _, row := range sn.about.Gone {
		sn.gone[row] = true
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
	for _, db := range sn.all {
		_ = db.Close()
	}
}

// Facts says how old the snapshot is, what it holds, and how far changes made since are in it.
func (sn *Snapshot) Facts(ctx context.Context) (Facts, error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return Facts{}, err
	}
	return Facts{
		TakenAt: sn.about.TakenAt, Age: sn.clock().Sub(sn.about.TakenAt), Contacts: sn.about.Contacts, Columns: slices.Clone(sn.about.Columns),
		Lists: slices.Clone(sn.about.Lists), ListsKnown: sn.about.ListsKnown, Doubtful: sn.schema.doubtfulLists(), Unlisted: sn.about.Unlisted, Patched: over.patched, Unpatched: over.unpatched,
	}, nil
}

// TakenAt is when the snapshot's export was asked for.
func (sn *Snapshot) TakenAt() time.Time { return sn.about.TakenAt }

// chunks is how many the file has.
func (sn *Snapshot) chunks() int {
	return (sn.about.Contacts + len(sn.about.Gone) + chunkRows - 1) / chunkRows
}

func (sn *Snapshot) rowsOf(chunk int) int {
	return min(chunkRows, sn.about.Contacts+len(sn.about.Gone)-chunk*chunkRows)
}

// readColumn reads one column of a chunk.
func (sn *Snapshot) readColumn(db *sql.DB, col, chunk int) (c *column, err error) {
	err = readPart(db, col, chunk, func(blob []byte) error {
		c, err = decodeColumn(blob, sn.rowsOf(chunk))
		return err
	})
	return c, err
}

// readRow reads some columns of one contact, as a view of one.
func (sn *Snapshot) readRow(ctx context.Context, columns []int, number uint32) (*view, error) {
	db, back, err := sn.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer back()
	chunk, i := int(number/chunkRows), int(number%chunkRows)
	v := &view{columns: make([]*column, len(sn.schema.columns)), rows: 1, first: number}
	for _, col := range columns {
		err := readPart(db, col, chunk, func(blob []byte) error {
			one, err := decodeOne(blob, sn.rowsOf(chunk), i)
			v.columns[col] = &column{values: []value{one}}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// reader is a connection to read with, and how it is given back.
func (sn *Snapshot) reader(ctx context.Context) (db *sql.DB, back func(), err error) {
	select {
	case db = <-sn.readers:
		return db, func() { sn.readers <- db }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// readPart reads a stored column. That takes microseconds; who reads many watches the context between two.
func readPart(db *sql.DB, col, chunk int, decode func([]byte) error) error {
	rows, err := db.Query(`SELECT data FROM part WHERE id = ?`, partID(col, chunk)) //nolint:noctx // see above
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return errors.Join(rows.Err(), errDamaged)
	}
	var blob sql.RawBytes
	if err := rows.Scan(&blob); err != nil {
		return err
	}
	return decode(blob)
}

// view is a chunk as a scan shows it: the columns asked for, and which of its contacts fit.
type view struct {
	columns []*column // by the snapshot's number; nil for those that were not asked for
	rows    int
	first   uint32 // number of its first row; those that were changed since come behind all others
	keep    []tri
}

// contact makes a contact of a row; all columns were asked for.
func (sn *Snapshot) contact(v *view, i int) Contact {
	c := Contact{
		ID: v.columns[colID].at(i).text, Email: v.columns[colEmail].at(i).text, Status: v.columns[colStatus].at(i).text,
		ListIDs: idsOf(v.columns[colLists].at(i).text), Unlisted: strings.ContainsRune(v.columns[colLists].at(i).text, perhaps), Fields: apiclient.Values{},
	}
	c.CreatedAt, c.UpdatedAt = timeIn(v.columns[colCreated].at(i)), timeIn(v.columns[colUpdated].at(i))
	for col := builtIns; col < len(sn.schema.columns); col++ {
		if value := v.columns[col].at(i); value.kind != null {
			c.Fields[strings.Clone(sn.schema.columns[col].Name)] = value.plain(sn.schema.columns[col].DataType)
		}
	}
	return c
}

func timeIn(v value) time.Time {
	t, err := time.Parse(time.DateTime, v.text)
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

// queryTime is how long one question may take.
const queryTime = 5 * time.Second

func tooSlow(ctx context.Context, outer context.Context) error {
	if outer.Err() != nil {
		return outer.Err()
	}
	if ctx.Err() != nil {
		return fault.New(fault.Timeout, "The question takes longer than five seconds.", "", "Ask a simpler one: fewer functions, or a narrower condition.").Because(ctx.Err())
	}
	return nil
}

// every is all columns.
func (sn *Snapshot) every() []int {
	all := make([]int, len(sn.schema.columns))
	for i := range all {
		all[i] = i
	}
	return all
}
