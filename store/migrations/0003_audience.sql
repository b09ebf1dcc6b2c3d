-- Named where-queries.
CREATE TABLE segment (
	account     TEXT NOT NULL,
	name        TEXT NOT NULL,
	folded      TEXT NOT NULL, -- the name without its case, which is unique
	condition   TEXT NOT NULL,
	description TEXT NOT NULL,
	fields      TEXT NOT NULL, -- JSON array of the ids of the fields it names
	lists       TEXT NOT NULL, -- likewise of the lists
	at          INTEGER NOT NULL, -- ms since 1970
	PRIMARY KEY (account, folded)
) STRICT, WITHOUT ROWID;

-- What was written since a snapshot was taken, so that it can be told.
CREATE TABLE snapshot_patch (
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
	account TEXT NOT NULL,
	at      INTEGER NOT NULL,
	email   TEXT NOT NULL,
	subject TEXT NOT NULL, -- the contact's id; empty where it is not known
	contact TEXT, -- JSON as it is now; NULL when it was deleted
	unknown INTEGER NOT NULL DEFAULT 0 -- contacts that were changed and are not in here one by one
) STRICT;
CREATE INDEX snapshot_patch_by_account ON snapshot_patch (account, at);

-- Who is taking an account's snapshot; it is renewed while they live.
CREATE TABLE snapshot_lease (
	account TEXT PRIMARY KEY,
	holder  TEXT NOT NULL,
	until   INTEGER NOT NULL -- ms since 1970
) STRICT, WITHOUT ROWID;
