-- A key of this store's own, for hashes that nobody else can make.
CREATE TABLE secret (
	id  INTEGER PRIMARY KEY CHECK (id = 1),
	key BLOB NOT NULL
) STRICT;

-- What one tool call did.
CREATE TABLE change (
	id        INTEGER PRIMARY KEY AUTOINCREMENT, -- ids are never used again, because agents keep them
	account   TEXT NOT NULL,
	at        INTEGER NOT NULL, -- ms since 1970
	tool      TEXT NOT NULL,
	client    TEXT NOT NULL,
	confirmed INTEGER NOT NULL,
	undoes    INTEGER -- the change that this one undid; it may have been deleted since
) STRICT;
CREATE INDEX change_by_account ON change (account, id);
CREATE INDEX change_by_time ON change (account, at);

-- One request, or several that belong together, that changed the account.
CREATE TABLE write (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	change   INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
	at       INTEGER NOT NULL,
	action   TEXT NOT NULL,
	kind     TEXT NOT NULL,
	subject  TEXT NOT NULL, -- its id at Mailtrap, as far as it is known
	name     TEXT NOT NULL, -- address, name of a list, merge tag of a field, name of an event
	state    TEXT NOT NULL,
	ended    INTEGER,
	before   TEXT, -- JSON
	after    TEXT, -- JSON
	final    TEXT NOT NULL, -- why it cannot be undone
	consent  TEXT NOT NULL,
	failure  TEXT NOT NULL,
	undoes   INTEGER, -- the write that this one undid
	erased   INTEGER NOT NULL DEFAULT 0 -- its person asked for it: an outcome that comes later says no more of them
) STRICT;
CREATE INDEX write_by_change ON write (change);
CREATE INDEX write_by_subject ON write (kind, subject);
CREATE INDEX write_by_name ON write (kind, name);
CREATE INDEX write_by_new_address ON write (kind, after ->> '$.email'); -- an update may change it
CREATE INDEX write_by_undone ON write (undoes) WHERE undoes IS NOT NULL;

-- People of whom nothing is kept but a keyed hash of the address.
CREATE TABLE person (
	account TEXT NOT NULL,
	hash    BLOB NOT NULL,
	what    TEXT NOT NULL, -- unsubscribed: was deleted while unsubscribed; erased: asked for it
	at      INTEGER NOT NULL,
	PRIMARY KEY (account, hash, what)
) STRICT, WITHOUT ROWID;

-- The rate limits, kept by all processes together.
CREATE TABLE rate_window (
	key          TEXT PRIMARY KEY,
	sent         BLOB NOT NULL, -- times of the requests that count, each eight bytes, ms since 1970, oldest first
	closed_until INTEGER NOT NULL,
	slow_until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
