package audience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"mailtrap-contacts-mcp/catalog"
	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/store"
	"mailtrap-contacts-mcp/where"
)

// Beside makes the contacts, with what was changed since, readable in a database of one connection as the view "there": email,
// status, lists (a where.Set), and the columns that it returns by merge tag. What is true or false is so called in them.
func (sn *Snapshot) Beside(ctx context.Context, db *sql.DB) (columns map[string]string, err error) {
	over, err := sn.overlay(ctx)
	if err != nil {
		return nil, err
	}
	beside, err := store.FileURI(sn.path, url.Values{"mode": {"ro"}})
	if err != nil {
		return nil, err
	}
	columns = map[string]string{}
	list := []string{"c0 AS email", "coalesce(c2, '') AS status", "c3 AS lists"}
	for col := where.BuiltIns; col < len(sn.about.Columns); col++ {
		cell := sn.about.Cell(col)
		shown := cell.SQL
		if sn.about.Columns[col].DataType == catalog.Boolean {
			shown = fmt.Sprintf("CASE %[1]s WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE %[1]s END AS %[1]s", cell.SQL)
		}
		list = append(list, shown)
		columns[sn.about.Columns[col].Name] = cell.SQL
	}
	selected := "SELECT " + strings.Join(list, ", ") + " FROM "
	for _, statement := range []string{
		"ATTACH '" + strings.ReplaceAll(beside, "'", "''") + "' AS snapshot",
		"PRAGMA snapshot.locking_mode = NORMAL", "PRAGMA busy_timeout = 5000",
		"CREATE TEMP TABLE changed AS SELECT * FROM snapshot.contact LIMIT 0", "CREATE TEMP TABLE replaced (row INTEGER PRIMARY KEY)",
		"CREATE TEMP VIEW there AS " + selected + "snapshot.contact WHERE row NOT IN (SELECT row FROM replaced) UNION ALL " +
			selected + "changed",
	} {
		_, err := db.ExecContext(ctx, statement)
		if _, gone := os.Stat(sn.path); err != nil && errors.Is(gone, fs.ErrNotExist) {
			return nil, fault.New(fault.Conflict, "The snapshot of the contacts was replaced while it was being read.", "",
				"Nothing was planned; repeat the call.").Because(err)
		}
		if err != nil {
			return nil, sn.failed(ctx, ctx, err)
		}
	}
	for _, row := range over.changed {
		if _, err := db.ExecContext(ctx, "INSERT INTO changed VALUES ("+strings.Repeat(", ?", len(row))[2:]+")", row...); err != nil {
			return nil, err
		}
	}
	for _, row := range over.replaced { // a row may be found by its address and by its id
		if _, err := db.ExecContext(ctx, "INSERT INTO replaced VALUES ($1) ON CONFLICT (row) DO NOTHING", row...); err != nil {
			return nil, err
		}
	}
	return columns, nil
}
