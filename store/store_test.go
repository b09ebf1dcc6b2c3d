package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailtrap-contacts-mcp/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at is a folder's store, closed when the test ends.
func at(t testing.TB, dir string) *Store {
	t.Helper()
	s := At(dir)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// madeFile is the state's file of a folder that a store has made and closed.
func madeFile(t testing.TB) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	s := At(dir)
	_, err := s.Key(t.Context())
	must(t, err)
	must(t, s.Close())
	return dir, filepath.Join(dir, fileName)
}

// run executes a statement on a file beside any store, as another program would.
func run(t testing.TB, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

func TestNothingIsOnTheDiskBeforeTheFirstUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := at(t, dir)
	if s.Where() != dir {
		t.Errorf("it is said to be at %s", s.Where())
	}
	if _, err := os.Stat(filepath.Dir(filepath.Dir(dir))); !os.IsNotExist(err) {
		t.Fatalf("making a store touched the disk: %v", err)
	}
	_, err := s.Durable(t.Context())
	must(t, err)
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		t.Error(err)
	}
}

func TestAFolderMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"with spaces", "what?", "a#b", "100%", "%41", "a&b=c", "zwölf 日本 🎉", "file:x", "_pragma=foreign_keys(0)?x=1", "'quoted'", "+"} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, name)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Skipf("this system has no such names: %v", err)
			}
			key, err := at(t, dir).Key(t.Context())
			must(t, err)
			again, err := at(t, dir).Key(t.Context())
			must(t, err)
			if string(key) != string(again) {
				t.Error("the second store has another file")
			}
			if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
				t.Error(err)
			}
			others, err := filepath.Glob(filepath.Join(parent, "*"))
			must(t, err)
			if len(others) != 1 {
				t.Errorf("there are %q", others)
			}
			db, err := at(t, dir).Quick(t.Context())
			must(t, err)
			asked := 0
			must(t, db.QueryRow(`PRAGMA foreign_keys`).Scan(&asked))
			if asked != 1 {
				t.Error("the name of the folder has become a setting")
			}
		})
	}
}

func TestARelativeFolderStaysWhereItIsWhenTheWorkingFolderChanges(t *testing.T) {
	t.Chdir(t.TempDir())
	s := at(t, "data")
	key, err := s.Key(t.Context())
	must(t, err)
	dir, err := filepath.Abs("data")
	must(t, err)
	again, err := at(t, dir).Key(t.Context())
	must(t, err)
	if string(key) != string(again) {
		t.Error("the relative and the absolute folder differ")
	}
}

func TestEveryConnectionKeepsItsPromises(t *testing.T) {
	s := at(t, t.TempDir())
	durable, err := s.Durable(t.Context())
	must(t, err)
	quick, err := s.Quick(t.Context())
	must(t, err)
	reading, err := s.Reading(t.Context())
	must(t, err)
	rates, err := s.Rates(t.Context())
	must(t, err)
	for _, c := range []struct {
		pragma                         string
		durable, quick, reading, rates string
	}{
		{"journal_mode", "wal", "wal", "wal", "wal"},
		{"synchronous", "2", "1", "1", "1"},
		{"foreign_keys", "1", "1", "1", "1"},
		{"secure_delete", "1", "1", "1", "1"},
		{"query_only", "0", "0", "1", "0"},
		{"busy_timeout", "20000", "20000", "20000", "3000"},
	} {
		for db, want := range map[*sql.DB]string{durable: c.durable, quick: c.quick, reading: c.reading, rates: c.rates} {
			got := ""
			must(t, db.QueryRow(`PRAGMA `+c.pragma).Scan(&got))
			if got != want {
				t.Errorf("%s is %s, want %s", c.pragma, got, want)
			}
		}
	}
}

func TestMigrationsRunOnce(t *testing.T) {
	dir, path := madeFile(t)
	all, err := scripts()
	must(t, err)
	run(t, path, `CREATE TABLE witness (x)`)
	s := at(t, dir)
	db, err := s.Durable(t.Context())
	must(t, err)
	version, err := versionOf(t.Context(), db)
	must(t, err)
	if version != len(all) {
		t.Errorf("the tables are of version %d, and there are %d scripts", version, len(all))
	}
	if _, err := db.Exec(`SELECT * FROM witness`); err != nil {
		t.Errorf("the file was made anew: %v", err)
	}
}

var update = flag.Bool("update", false, "write whole.sql anew")

// A new file has the tables that an old one gets by all migrations, in the same words.
func TestANewFileIsAsTheMigrationsWouldMakeIt(t *testing.T) {
	migrated, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "migrated.db"))
	must(t, err)
	defer migrated.Close()
	all, err := scripts()
	must(t, err)
	for _, script := range all {
		_, err := migrated.Exec(script)
		must(t, err)
	}
	want := schemaOf(t, migrated)
	if *update {
		must(t, os.WriteFile("whole.sql", []byte(want), 0o644))
		whole = want
	}
	made, err := at(t, t.TempDir()).Durable(t.Context())
	must(t, err)
	if got := schemaOf(t, made); got != want {
		t.Errorf("run go test ./store -update: a new file has\n%s\nand the migrations make\n%s", got, want)
	}
	for statement := range strings.SplitSeq(want, ";\n") {
		name, _, isTable := strings.Cut(strings.TrimPrefix(statement, "CREATE TABLE "), " (\n")
		if rows := 0; isTable {
			must(t, migrated.QueryRow(`SELECT count(*) FROM `+name).Scan(&rows))
			if rows > 0 {
				t.Errorf("the migrations fill the table %s, and a new file has it empty", name)
			}
		}
	}
}

// schemaOf are the statements that make a file's tables.
func schemaOf(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid`)
	must(t, err)
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var statement string
		must(t, rows.Scan(&statement))
		all.WriteString(statement + ";\n")
	}
	must(t, rows.Err())
	return all.String()
}

func TestAnOlderFileIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	run(t, filepath.Join(dir, fileName), `CREATE TABLE witness (x)`) // version 0, as before the first step
	db, err := at(t, dir).Durable(t.Context())
	must(t, err)
	for _, table := range []string{"witness", "secret", "change", "write", "person"} {
		if _, err := db.Exec(`SELECT 1 FROM ` + table); err != nil {
			t.Error(err)
		}
	}
}

func TestAMigrationThatFailsLeavesTheFileAsItWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	run(t, path, `CREATE TABLE write (not_ours)`) // the first step fails in its middle
	s := at(t, dir)
	if _, err := s.Durable(t.Context()); !fault.Is(err, fault.FileAccess) {
		t.Fatalf("got %v", err)
	}
	run(t, path, `DROP TABLE write; CREATE TABLE secret_was_rolled_back AS SELECT count(*) AS n FROM sqlite_schema WHERE name = 'secret'`)
	_, err := s.Durable(t.Context()) // tries again, and all is well
	must(t, err)
}

func TestTheKeyIsMadeOnceForEachFolder(t *testing.T) {
	dir := t.TempDir()
	first := At(dir)
	key, err := first.Key(t.Context())
	must(t, err)
	if len(key) != 32 {
		t.Errorf("the key has %d bytes", len(key))
	}
	must(t, first.Close())
	again, err := at(t, dir).Key(t.Context())
	must(t, err)
	other, err := at(t, t.TempDir()).Key(t.Context())
	must(t, err)
	if string(again) != string(key) || string(other) == string(key) {
		t.Errorf("the keys are %x, %x after opening again, and %x in another folder", key, again, other)
	}
}

func TestAFolderThatCannotBeUsedIsFileAccess(t *testing.T) {
	blocked := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "a file")
		must(t, os.WriteFile(path, nil, 0o600))
		return path
	}
	for name, c := range map[string]struct {
		dir  func(t *testing.T) string
		says string
	}{
		"the folder is a file":       {blocked, "The system refuses it."},
		"the folder is below a file": {func(t *testing.T) string { return filepath.Join(blocked(t), "data") }, "The system refuses it."},
		"the state's file is a folder": {func(t *testing.T) string {
			dir := t.TempDir()
			must(t, os.Mkdir(filepath.Join(dir, fileName), 0o700))
			return dir
		}, "The system refuses it."},
		"the file is no database": {func(t *testing.T) string {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("not a database ", 1000)), 0o600))
			return dir
		}, "Its file state.db is damaged. Ask the operator to stop the servers that use it and to move that file away"},
		"the file is cut off": {func(t *testing.T) string {
			dir, path := madeFile(t)
			must(t, os.Truncate(path, 5000))
			return dir
		}, "Its file state.db is damaged."},
		"the file is of a newer version": {func(t *testing.T) string {
			dir, path := madeFile(t)
			run(t, path, `PRAGMA user_version = 1000`)
			return dir
		}, "A newer version of the server has made its file state.db."},
	} {
		t.Run(name, func(t *testing.T) {
			s := at(t, c.dir(t))
			for range 2 { // the second time as the first
				_, err := s.Durable(t.Context())
				if !fault.Is(err, fault.FileAccess) {
					t.Fatalf("got %v", err)
				}
				for _, part := range []string{s.Where(), c.says, "operator"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("it does not say %q: %v", part, err)
					}
				}
			}
		})
	}
}

func TestAFolderThatIsMendedIsUsedWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	blocker := filepath.Join(dir, "data")
	must(t, os.WriteFile(blocker, nil, 0o600))
	s := at(t, blocker)
	if _, err := s.Key(t.Context()); err == nil {
		t.Fatal("a file served as a folder")
	}
	must(t, os.Remove(blocker))
	_, err := s.Key(t.Context())
	must(t, err)
}

func TestAFullDiskIsFileAccess(t *testing.T) {
	s := at(t, t.TempDir())
	for _, connection := range []func(context.Context) (*sql.DB, error){s.Durable, s.Quick} {
		db, err := connection(t.Context())
		must(t, err)
		_, err = db.Exec(`PRAGMA max_page_count = 1`) // SQLite takes it as "no more than now"
		must(t, err)
		_, err = db.Exec(`INSERT INTO person (account, hash, what, at) VALUES ('a', zeroblob(1000000), 'erased', 0)`)
		if err = s.Fault(err); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "Its disk is full. Ask the operator to make room") {
			t.Errorf("got %v", err)
		}
	}
}

func TestWhatIsNoFaultOfTheStoreStaysWhatItIs(t *testing.T) {
	s := InMemory()
	if s.Fault(nil) != nil {
		t.Error("nothing is a fault")
	}
	known := fault.New(fault.Conflict, "What.", "", "")
	for _, err := range []error{known, fmt.Errorf("wrapped: %w", known), context.Canceled, fmt.Errorf("wrapped: %w", context.DeadlineExceeded)} {
		if got := s.Fault(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestWhoReadsAtLengthHoldsUpNobody(t *testing.T) {
	s := at(t, t.TempDir())
	reading, err := s.Reading(t.Context())
	must(t, err)
	rows, err := reading.Query(`WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n, secret`)
	must(t, err)
	defer rows.Close()
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	began := time.Now()
	for name, connection := range map[string]func(context.Context) (*sql.DB, error){"durable": s.Durable, "quick": s.Quick, "reading": s.Reading} {
		db, err := connection(t.Context())
		must(t, err)
		if name == "reading" {
			must(t, db.QueryRow(`SELECT id FROM secret`).Scan(new(int)))
			if _, err = db.Exec(`DELETE FROM person`); err == nil {
				t.Error("who only reads can write")
			}
			continue
		}
		_, err = db.Exec(`DELETE FROM person`)
		must(t, err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAFolderIsNewUntilSomethingIsKept(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "a file")
	must(t, os.WriteFile(blocked, nil, 0o600))
	empty, used, damaged, odd := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(empty, fileName), nil, 0o600))
	_, err := at(t, used).Key(t.Context())
	must(t, err)
	must(t, os.WriteFile(filepath.Join(damaged, fileName), []byte("?"), 0o600))
	must(t, os.Mkdir(filepath.Join(odd, fileName), 0o700))
	for name, c := range map[string]struct {
		dir  string
		want bool
	}{
		"no folder": {filepath.Join(empty, "none"), true}, "below a file": {blocked, true}, "an empty file": {empty, true}, "a used file": {used, false},
		"a damaged file": {damaged, false}, "a folder in its place": {odd, false}, "in memory": {"", false},
	} {
		if got := At(c.dir).IsNew(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestALockThatAnotherProgramKeepsIsToldApart(t *testing.T) {
	dir, path := madeFile(t)
	s := at(t, dir)
	db, err := s.Durable(t.Context())
	must(t, err)
	_, err = db.Exec(`PRAGMA busy_timeout = 1`)
	must(t, err)
	hold(t, path)
	_, err = db.Exec(`DELETE FROM person`)
	if err = s.Fault(err); !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "Another process keeps it locked.") {
		t.Errorf("got %v", err)
	}
}

// hold keeps a file locked until the test ends.
func hold(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	connection, err := db.Conn(context.Background())
	must(t, err)
	_, err = connection.ExecContext(context.Background(), `BEGIN IMMEDIATE`)
	must(t, err)
	t.Cleanup(func() { _ = connection.Close(); _ = db.Close() })
}

func TestWhoStopsWaitingForALockIsCancelledAndNotRefused(t *testing.T) {
	for name, c := range map[string]struct {
		ended func() (context.Context, context.CancelFunc)
		want  error
	}{
		"before": {func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, cancel
		}, context.Canceled},
		"meanwhile": {func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 50*time.Millisecond)
		}, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := madeFile(t)
			s := at(t, dir)
			db, err := s.Durable(t.Context())
			must(t, err)
			hold(t, path)
			ctx, cancel := c.ended()
			defer cancel()
			tx, err := db.BeginTx(ctx, nil)
			if err == nil {
				_ = tx.Rollback()
			}
			if !errors.Is(s.Fault(err), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACancelledTransactionCostsAStoreInMemoryNothing(t *testing.T) {
	s := InMemory()
	t.Cleanup(func() { _ = s.Close() })
	key, err := s.Key(t.Context())
	must(t, err)
	db, err := s.Durable(t.Context())
	must(t, err)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := db.BeginTx(ctx, nil)
		must(t, err)
		cancel()
		_, _ = tx.ExecContext(ctx, `INSERT INTO person (account, hash, what, at) VALUES ('a', x'01', 'erased', 0)`)
		_ = tx.Rollback()
	}
	var kept []byte
	must(t, db.QueryRow(`SELECT key FROM secret`).Scan(&kept))
	if string(kept) != string(key) {
		t.Error("the memory was lost")
	}
}

func TestAStoreThatIsClosedStaysClosed(t *testing.T) {
	dir := t.TempDir()
	unused := At(dir)
	must(t, unused.Close())
	if _, err := unused.Key(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
	used := At(dir)
	_, err := used.Key(t.Context())
	must(t, err)
	_, err = used.Rates(t.Context())
	must(t, err)
	must(t, used.Close())
	must(t, used.Close())
	for _, connection := range []func(context.Context) (*sql.DB, error){used.Durable, used.Quick, used.Reading, used.Rates} {
		if _, err := connection(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("got %v", err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(left) != 2 {
		t.Errorf("closing left %q", left)
	}
}

// insertMany has a store in a folder insert rows through both of its connections.
func insertMany(ctx context.Context, dir, who string, rows int) error {
	s := At(dir)
	defer func() { _ = s.Close() }()
	for i := range rows {
		connection := s.Durable
		if i%2 == 1 {
			connection = s.Quick
		}
		db, err := connection(ctx)
		if err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, `INSERT INTO person (account, hash, what, at) VALUES (?, ?, 'erased', 0)`, who, []byte{byte(i)}); err != nil {
			return err
		}
	}
	return nil
}

func rowsIn(t *testing.T, dir string) (rows int) {
	t.Helper()
	db, err := at(t, dir).Quick(t.Context())
	must(t, err)
	must(t, db.QueryRow(`SELECT count(*) FROM person`).Scan(&rows))
	return rows
}

func TestStoresThatOpenAFreshFolderAtOnceAllSucceed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fresh")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := insertMany(t.Context(), dir, fmt.Sprint(i), 10); err != nil {
				t.Errorf("store %d: %v, because %v", i, err, errors.Unwrap(err))
			}
		})
	}
	all.Wait()
	if n := rowsIn(t, dir); n != 200 {
		t.Errorf("there are %d rows of 200", n)
	}
}

// childFolder is where TestChild works; without it, it is no child and does nothing.
const childFolder = "STORE_TEST_FOLDER"

func TestChild(t *testing.T) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		t.Skip("this is what other tests run as processes of their own")
	}
	if err := insertMany(t.Context(), dir, fmt.Sprint(os.Getpid()), 20); err != nil {
		t.Fatalf("%v, because %v", err, errors.Unwrap(err))
	}
}

func TestProcessesThatOpenAFreshFolderAtOnceAllSucceed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fresh")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.count=1")
			child.Env = append(os.Environ(), childFolder+"="+dir, "TMPDIR="+t.TempDir()) // it may be killed, and cannot clear up
			if said, err := child.CombinedOutput(); err != nil || strings.Contains(string(said), "locked") {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
	all.Wait()
	if n := rowsIn(t, dir); n != 200 {
		t.Errorf("there are %d rows of 200", n)
	}
}

func BenchmarkACommit(b *testing.B) {
	s := at(b, b.TempDir())
	for name, connection := range map[string]func(context.Context) (*sql.DB, error){"durable": s.Durable, "quick": s.Quick} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				db, err := connection(b.Context())
				must(b, err)
				_, err = db.Exec(`INSERT OR REPLACE INTO person (account, hash, what, at) VALUES ('a', x'01', 'erased', 0)`)
				must(b, err)
			}
		})
	}
}

func BenchmarkOpening(b *testing.B) {
	for b.Loop() {
		s := At(b.TempDir())
		_, err := s.Key(b.Context())
		must(b, err)
		must(b, s.Close())
	}
}

// Exports were jobs once.
func TestTheJobsOfExportsGoWhenNobodyWorksOnOne(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	all, err := scripts()
	must(t, err)
	run(t, path, strings.Join(all[:withExports], ";\n")+fmt.Sprintf(`; PRAGMA user_version = %d`, withExports))
	job := func(id, kind, state, owner string, beat time.Time) string {
		return fmt.Sprintf(`INSERT INTO job (id, account, kind, state, planned, spec, call, owner, beat) VALUES ('%s', 'a', '%s', '%s', 1, '{}', '{}', '%s', %d);`, id, kind, state, owner, beat.UnixMilli())
	}
	now := time.Now()
	run(t, path, job("export-1", "export", "finished", "", now)+job("export-2", "export", "running", "process 7 on vm", now.Add(-time.Hour))+
		job("import-1", "import", "running", "", now)+job("export-3", "export", "running", "process 8 on vm", now.Add(-30*time.Second)))
	s := at(t, dir)
	_, err = s.Durable(t.Context())
	if !fault.Is(err, fault.FileAccess) || !strings.Contains(err.Error(), "process 8 on vm") || !strings.Contains(err.Error(), "stop that process") {
		t.Fatalf("somebody works on an export, and %v", err)
	}
	run(t, path, `UPDATE job SET beat = beat - 60000`)
	db, err := s.Durable(t.Context())
	must(t, err)
	var left string
	must(t, db.QueryRow(`SELECT group_concat(id) FROM job`).Scan(&left))
	if left != "import-1" {
		t.Errorf("left are %s", left)
	}
	if _, err := db.Exec(job("export-4", "export", "planned", "", now)); err == nil || !strings.Contains(err.Error(), "later version") {
		t.Errorf("an earlier process that is still open starts an export: %v", err)
	}
	_, err = db.Exec(job("update-1", "update", "planned", "", now))
	must(t, err)
}
