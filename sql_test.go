package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Several accounts share a data folder. What holds people says whose they are: in a column, or by the row it belongs to.

// impersonal are the tables that hold nobody.
var impersonal = map[string]string{
	"secret":      "the store's own key",
	"rate_limit":  "times of requests",
	"rate_window": "times of requests, as earlier programs kept them",
}

// ofAll are the statements that are meant for all accounts at once, and tell nothing of anybody.
var ofAll = map[string]string{
	"SELECT EXISTS (SELECT 1 FROM job WHERE id = $1)": "whether the job that a file is named after is known at all, and another account's",
	`SELECT coalesce((SELECT attempted_by ->> '$[#-1]' FROM river_job WHERE id = ticket), owner) FROM job
	WHERE state = 'running' AND owner <> '' AND beat >= $1 AND beat <= $2
	UNION ALL SELECT leader_id FROM river_leader WHERE unixepoch(expires_at) >= $3 LIMIT 1`: "whether a program of an earlier version works on the data folder",
	`SELECT CASE owner WHEN '' THEN 'one that exports contacts' ELSE owner END FROM job
	WHERE kind = 'export' AND state = 'running' AND beat >= $1 AND beat <= $2 LIMIT 1`: "whether an earlier program exports contacts",
	"SELECT EXISTS (SELECT 1 FROM job WHERE state = 'running')": "whether the data folder keeps its note of unfinished jobs",
}

// Guarantee 4.4.
func TestEveryStatementAboutPeopleNamesTheAccount(t *testing.T) {
	tables := personal(t)
	seen, exempt := 0, map[string]bool{}
	for _, text := range texts(t) {
		said := tables.faults(text.sql)
		if _, ok := ofAll[text.sql]; ok {
			exempt[text.sql] = true
			continue
		}
		if tables.mentionedIn(text.sql) {
			seen++
		}
		for _, fault := range said {
			t.Errorf("%s: %s\n%s", text.at, fault, text.sql)
		}
	}
	if seen < 60 {
		t.Errorf("only %d statements were found; the test looks in the wrong place", seen)
	}
	for sql := range ofAll {
		if !exempt[sql] {
			t.Errorf("there is no such statement any more: %s", sql)
		}
	}
}

// Guarantee 4.4.
func TestStatementsThatReachOtherAccountsAreFound(t *testing.T) {
	tables := personal(t)
	for _, sql := range []string{
		"SELECT id FROM job",
		"SELECT id FROM job WHERE id = ?",
		"SELECT id FROM job WHERE account = ? OR id = ?",
		"SELECT id FROM job WHERE account <> ?",
		"SELECT id FROM job WHERE other_account = ?",
		"SELECT count(*) FILTER (WHERE account = ?) FROM job WHERE state = 'running'",
		"UPDATE job SET stop = 1 WHERE id = ?",
		"UPDATE job SET account = ? WHERE id = ?",
		"DELETE FROM person WHERE hash = ?",
		"INSERT INTO person (hash, what, at) VALUES (?, ?, ?)",
		"INSERT INTO job_item (job, n, contact) VALUES (?, ?, ?)",
		"SELECT job FROM job_item WHERE contact = ?",
		"SELECT contact FROM job_item WHERE job = ?",
		"SELECT contact FROM job_item WHERE job = (SELECT id FROM job WHERE id = ?)",
		"SELECT contact FROM job_item WHERE job <> (SELECT id FROM job WHERE account = ? AND id = ?)",
		"SELECT contact FROM job_item, job WHERE account = ?",
		"SELECT id FROM job WHERE account = ? UNION SELECT job FROM job_item WHERE contact = ?",
		"SELECT id FROM job WHERE account = ? AND EXISTS (SELECT 1 FROM job_item WHERE contact = ?)",
		"SELECT id FROM job WHERE account = ? AND id IN (SELECT job FROM job_item WHERE contact = ?)",
		"SELECT write.name FROM write JOIN change ON change.id = write.change",
		"UPDATE write SET erased = 1 WHERE id IN (SELECT id FROM write WHERE name = ?) AND EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = ?)",
		"WITH ids (key) AS (SELECT subject FROM write WHERE name = ?) SELECT id FROM change WHERE account = ? AND id IN ids",
		"SELECT 1 FROM " + hole,
		"UPDATE " + hole + " SET account = ? WHERE account = ?",
	} {
		if len(tables.faults(sql)) == 0 {
			t.Errorf("it passes: %s", sql)
		}
	}
	for _, sql := range []string{
		"SELECT id FROM job WHERE account = ?1 AND (id = ?2 OR id = ?3)",
		"SELECT id FROM job WHERE account = $1",
		"SELECT id FROM job WHERE account = ? AND " + hole,
		"INSERT INTO person (account, hash) VALUES (?, ?) ON CONFLICT (account, hash) DO UPDATE SET at = excluded.at",
		"INSERT INTO job_item (job, n) VALUES ((SELECT id FROM job WHERE account = ? AND id = ?), ?)",
		"UPDATE job_item SET state = ? WHERE job = (SELECT id FROM job WHERE account = ? AND id = ?) AND n = ?",
		"SELECT id, (SELECT count(*) FROM job_item WHERE job_item.job = job.id) FROM job WHERE account = ?",
		"SELECT write.name FROM write JOIN change ON change.id = write.change WHERE change.account = ?",
		"SELECT name FROM write WHERE EXISTS (SELECT 1 FROM change WHERE change.id = write.change AND change.account = ?)",
		"select the people from job lists",
	} {
		if faults := tables.faults(sql); len(faults) > 0 {
			t.Errorf("%q: %s", faults, sql)
		}
	}
}

// people are the tables that hold people, each with the column that names the row it belongs to and that row's table;
// both are empty where it names the account itself.
type people map[string]belongs

type belongs struct{ column, to string }

var (
	created    = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	referenced = regexp.MustCompile(`(?m)^\s*(\w+)\s.*REFERENCES (\w+) \(id\) ON DELETE CASCADE`)
	owned      = regexp.MustCompile(`(?m)^\s*account\s+TEXT (NOT NULL|PRIMARY KEY)`)
)

// personal reads the tables out of the migrations. One that does not say whose its rows are is a fault.
func personal(t *testing.T) people {
	t.Helper()
	scripts, err := filepath.Glob("store/migrations/*.sql")
	if err != nil || len(scripts) < 4 {
		t.Fatalf("the migrations are %q, %v", scripts, err)
	}
	found := people{}
	for _, script := range scripts {
		content, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range created.FindAllStringSubmatch(string(content), -1) {
			reference := referenced.FindStringSubmatch(table[2])
			switch {
			case impersonal[table[1]] != "":
			case owned.MatchString(table[2]):
				found[table[1]] = belongs{}
			case reference != nil:
				found[table[1]] = belongs{reference[1], reference[2]}
			default:
				t.Errorf("%s: the table %s says neither the account of its rows nor what they belong to", script, table[1])
			}
		}
	}
	return found
}

// hole stands for a part of a text that is not known before the program runs.
const hole = "…"

// said is a text of the program, and where it stands.
type said struct{ at, sql string }

// texts are all texts that the program's code has, put together as far as that can be seen.
func texts(t *testing.T) (found []said) {
	t.Helper()
	files, packages := token.NewFileSet(), map[string][]*ast.File{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(files, path, nil, 0)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], parsed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, parsed := range packages {
		known := constants{}
		for _, file := range parsed {
			known.add(file)
		}
		for _, file := range parsed {
			ast.Inspect(file, func(node ast.Node) bool {
				expression, ok := node.(ast.Expr)
				if !ok {
					return true
				}
				sql, ok := known.value(expression, 0)
				if ok {
					found = append(found, said{files.Position(expression.Pos()).String(), sql})
				}
				return !ok // its parts are not texts of their own
			})
		}
	}
	return found
}

// constants are what the names of a package's texts stand for.
type constants map[string]ast.Expr

func (c constants) add(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
			for i, name := range spec.Names {
				c[name.Name] = spec.Values[i]
			}
		}
		return true
	})
}

// value puts a text together; false when an expression has none.
func (c constants) value(expression ast.Expr, depth int) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		said, err := strconv.Unquote(e.Value)
		return said, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return c.value(e.X, depth)
	case *ast.BinaryExpr:
		left, isLeft := c.part(e.X, depth)
		right, isRight := c.part(e.Y, depth)
		return left + right, e.Op == token.ADD && (isLeft || isRight)
	}
	return "", false
}

func (c constants) part(expression ast.Expr, depth int) (string, bool) {
	if name, ok := expression.(*ast.Ident); ok && c[name.Name] != nil && depth < 10 {
		if said, ok := c.value(c[name.Name], depth+1); ok {
			return said, true
		}
	}
	if said, ok := c.value(expression, depth); ok {
		return said, true
	}
	return hole, false
}

func (p people) mentionedIn(sql string) bool {
	return slices.ContainsFunc(ofTable.FindAllStringSubmatch(sql, -1), func(found []string) bool {
		_, is := p[found[2]]
		return is
	})
}

var (
	ofTable = regexp.MustCompile(`\b(FROM|JOIN|INTO|UPDATE) (\w+|` + hole + `)`)
	does    = regexp.MustCompile(`\b(SELECT|INSERT|UPDATE|DELETE)\b`)
	words   = regexp.MustCompile(`'[^']*'|[?$]\d*|[\w.]+|` + hole + `|[^\s\w]`)
)

// faults says where a statement reaches rows of other accounts, or where that cannot be seen.
func (p people) faults(sql string) []string {
	if !ofTable.MatchString(sql) || !does.MatchString(sql) {
		return nil
	}
	root, _ := grouped(words.FindAllString(sql, -1))
	return p.check(root, nil)
}

// group is what stands in parentheses, or the whole; its words, with "(" for each group in it.
type group struct {
	words []string
	inner map[int]*group // by the place of its "("
}

func grouped(words []string) (g *group, used int) {
	g = &group{inner: map[int]*group{}}
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case ")":
			return g, i + 1
		case "(":
			inner, n := grouped(words[i+1:])
			g.inner[len(g.words)] = inner
			i += n
			g.words = append(g.words, "(")
		default:
			g.words = append(g.words, words[i])
		}
	}
	return g, len(words)
}

// blocks are the parts of a group that choose rows of their own.
func (g *group) blocks() (parts []*group) {
	part := &group{inner: map[int]*group{}}
	for i, word := range g.words {
		if word == "UNION" || word == ";" {
			parts, part = append(parts, part), &group{inner: map[int]*group{}}
			continue
		}
		if inner := g.inner[i]; inner != nil {
			part.inner[len(part.words)] = inner
		}
		part.words = append(part.words, word)
	}
	return append(parts, part)
}

// check looks at a group and all in it. outer are the tables around it whose rows are known to be the account's.
func (p people) check(g *group, outer []string) (faults []string) {
	for _, block := range g.blocks() {
		own := slices.Clone(outer)
		tables := block.tables()
		for _, table := range tables {
			if at, is := p[table]; is && at == (belongs{}) && block.namesAccount(table) {
				own = append(own, table)
			}
		}
		for _, table := range tables {
			at, is := p[table]
			switch {
			case table == hole:
				faults = append(faults, "which table it is about cannot be seen")
			case is && at == (belongs{}) && !slices.Contains(own[len(outer):], table):
				faults = append(faults, table+" without its account")
			case is && at != (belongs{}) && !block.linked(p, table, at, own):
				faults = append(faults, fmt.Sprintf("%s without the account of its %s", table, at.to))
			}
		}
		for _, inner := range block.inner {
			faults = append(faults, p.check(inner, own)...)
		}
	}
	return faults
}

// endOfFrom are the words that end the list of a statement's tables.
var endOfFrom = []string{"WHERE", "SET", "GROUP", "ORDER", "LIMIT", "VALUES", "RETURNING", "SELECT"}

// tables are those that a block is about.
func (g *group) tables() (found []string) {
	listing, joined := false, false
	for i, word := range g.words {
		switch {
		case word == "FROM", word == "INTO", word == "JOIN", word == "UPDATE" && i+1 < len(g.words) && g.words[i+1] != "SET":
			listing, joined = true, true
		case word == ",":
			joined = listing
		case slices.Contains(endOfFrom, word):
			listing, joined = false, false
		case joined && word != "(":
			found, joined = append(found, word), false
		}
	}
	return found
}

// namesAccount reports that a block chooses rows of one account only: what it inserts has one, and what it finds is of it.
func (g *group) namesAccount(table string) bool {
	if at := slices.Index(g.words, "INTO"); at >= 0 && g.words[at+1] == table {
		columns := g.inner[at+2]
		return columns != nil && slices.Contains(columns.words, "account")
	}
	where := max(slices.Index(g.words, "WHERE"), slices.Index(g.words, "ON"))
	if where < 0 || slices.Contains(g.words[where:], "OR") {
		return false
	}
	for i := where; i+2 < len(g.words); i++ {
		given := g.words[i+2]
		isGiven := strings.ContainsAny(given[:1], "?$") || given == "(" && strings.Join(g.inner[i+2].words, " ") == "SELECT account FROM given"
		if (g.words[i] == "account" || g.words[i] == table+".account") && g.words[i+1] == "=" && isGiven {
			return true
		}
	}
	return false
}

// linked reports that the rows of a block belong to rows that are known to be the account's.
func (g *group) linked(p people, table string, at belongs, own []string) bool {
	if into := slices.Index(g.words, "INTO"); into >= 0 {
		columns, values := g.inner[into+2], slices.Index(g.words, "VALUES")
		return columns != nil && columns.words[0] == at.column && values > 0 && g.inner[values+1].inner[0].chooses(p, at.to)
	}
	if slices.Contains(g.words, "OR") {
		return false
	}
	for i, word := range g.words {
		if word == "EXISTS" && g.inner[i+1].chooses(p, at.to) && g.inner[i+1].joins(table, at) {
			return true
		}
		if (word == at.column || word == table+"."+at.column) && i+2 < len(g.words) && g.words[i+1] == "=" && g.words[i+2] == "(" && g.inner[i+2].chooses(p, at.to) {
			return true
		}
	}
	return slices.Contains(own, at.to) && g.joins(table, at)
}

// chooses reports that a group is about rows of a table that are the account's.
func (g *group) chooses(p people, table string) bool {
	return g != nil && slices.Contains(g.tables(), table) && g.namesAccount(table)
}

// joins reports that a group takes the rows of a table that belong to those of another one.
func (g *group) joins(table string, at belongs) bool {
	said := " " + strings.Join(g.words, " ") + " "
	return strings.Contains(said, " "+at.to+".id = "+table+"."+at.column+" ") || strings.Contains(said, " "+table+"."+at.column+" = "+at.to+".id ")
}
