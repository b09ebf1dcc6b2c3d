CREATE TABLE secret (
	id  INTEGER PRIMARY KEY CHECK (id = 1),
	key BLOB NOT NULL
) STRICT;
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
, part INTEGER) STRICT;
CREATE INDEX write_by_change ON write (change);
CREATE INDEX write_by_subject ON write (kind, subject);
CREATE INDEX write_by_name ON write (kind, name);
CREATE INDEX write_by_new_address ON write (kind, after ->> '$.email');
CREATE INDEX write_by_undone ON write (undoes) WHERE undoes IS NOT NULL;
CREATE TABLE person (
	account TEXT NOT NULL,
	hash    BLOB NOT NULL,
	what    TEXT NOT NULL, -- unsubscribed: was deleted while unsubscribed; erased: asked for it
	at      INTEGER NOT NULL,
	PRIMARY KEY (account, hash, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE job (
	id      TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	kind    TEXT NOT NULL,
	state   TEXT NOT NULL,
	planned INTEGER NOT NULL, -- ms since 1970, as all times
	expires INTEGER, -- of a plan
	started INTEGER,
	ended   INTEGER,
	spec    TEXT NOT NULL, -- JSON: what is to be done
	source  TEXT NOT NULL DEFAULT '{}', -- JSON: what its rows came to
	tally   TEXT NOT NULL DEFAULT '{}', -- JSON: how far it is
	call    TEXT NOT NULL, -- JSON: the call of a tool that it belongs to
	change  INTEGER NOT NULL DEFAULT 0, -- the journal's
	stop    INTEGER NOT NULL DEFAULT 0, -- somebody wants it cancelled
	owner   TEXT NOT NULL DEFAULT '', -- the process that works on it now
	beat    INTEGER NOT NULL DEFAULT 0 -- when that one was last known to be alive
, asked INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX job_by_account ON job (account, planned);
CREATE INDEX job_unfinished ON job (state) WHERE state IN ('staging', 'planned', 'running');
CREATE TABLE job_chunk (
	job      TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n        INTEGER NOT NULL,
	contacts INTEGER NOT NULL,
	state    TEXT NOT NULL,
	import   INTEGER NOT NULL DEFAULT 0, -- Mailtrap's
	content  BLOB, route TEXT NOT NULL DEFAULT '', seen INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0, -- JSON, a line for each; NULL when it has been worked off
	PRIMARY KEY (job, n)
) STRICT;
CREATE TABLE job_item (
	job     TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n       INTEGER NOT NULL,
	contact TEXT NOT NULL, -- address or UUID
	task    TEXT NOT NULL, -- what is done to it, where the job does more than one thing
	state   TEXT NOT NULL,
	said    TEXT NOT NULL DEFAULT '', content BLOB, -- why it failed
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_item_open ON job_item (job, n) WHERE state IN ('open', 'sending');
CREATE INDEX job_item_by_contact ON job_item (contact);
CREATE TABLE job_rejected (
	job     TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n       INTEGER NOT NULL,
	content BLOB NOT NULL, -- JSON
	PRIMARY KEY (job, n)
) STRICT;
CREATE TABLE segment (
	account     TEXT NOT NULL,
	name        TEXT NOT NULL,
	folded      TEXT NOT NULL, -- the name without its case, which is unique
	condition   TEXT NOT NULL,
	description TEXT NOT NULL,
	fields      TEXT NOT NULL, -- JSON array of the ids of the fields it names
	lists       TEXT NOT NULL, -- likewise of the lists
	at          INTEGER NOT NULL, refs TEXT NOT NULL DEFAULT '', -- ms since 1970
	PRIMARY KEY (account, folded)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE snapshot_lease (
	account TEXT PRIMARY KEY,
	holder  TEXT NOT NULL,
	until   INTEGER NOT NULL -- ms since 1970
) STRICT, WITHOUT ROWID;
CREATE TABLE fired (
	account TEXT NOT NULL,
	name    TEXT NOT NULL,
	last    INTEGER NOT NULL, -- a write, which may have been deleted since
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER write_fired AFTER INSERT ON write WHEN new.kind = 'event' AND new.name <> '' BEGIN
	INSERT INTO fired (account, name, last) SELECT account, new.name, new.id FROM change WHERE id = new.change
		ON CONFLICT (account, name) DO UPDATE SET last = excluded.last;
END;
CREATE TABLE erasure (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	account   TEXT NOT NULL,
	at        INTEGER NOT NULL, -- ms since 1970, as all times
	subject   TEXT NOT NULL, -- the contact's id; empty where it is not known, or it has ended
	addresses TEXT NOT NULL, -- JSON array, the present one first; empty when it has ended
	gone      INTEGER NOT NULL, -- there is no contact at Mailtrap any more
	tries     INTEGER NOT NULL DEFAULT 0, -- that failed
	until     INTEGER NOT NULL, -- when others may take it over
	ended     INTEGER
) STRICT;
CREATE INDEX erasure_open ON erasure (account) WHERE ended IS NULL;
CREATE TABLE job_chunk_people (
	job    TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n      INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER job_chunk_done AFTER UPDATE OF state ON job_chunk WHEN new.state = 'done' BEGIN
	DELETE FROM job_chunk_people WHERE job = new.job AND n = new.n;
END;
CREATE TRIGGER job_chunk_gone AFTER DELETE ON job_chunk BEGIN
	DELETE FROM job_chunk_people WHERE job = old.job AND n = old.n;
END;
CREATE TRIGGER job_without_export BEFORE INSERT ON job WHEN NEW.kind = 'export'
BEGIN
	SELECT RAISE(ABORT, 'a later version of this server uses the data folder');
END;
CREATE INDEX write_by_whole ON write (part) WHERE part IS NOT NULL;
CREATE TABLE opt_out_source (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	account   TEXT NOT NULL,
	job       TEXT NOT NULL,
	file      TEXT NOT NULL, -- its name; empty of the rows of a call
	change    INTEGER NOT NULL DEFAULT 0, -- the journal's; 0 without a journal
	began     INTEGER, -- which of the account's began, from 1; NULL of a plan
	at        INTEGER, -- when that was, ms since 1970
	forgotten INTEGER -- when that was undone
) STRICT;
CREATE UNIQUE INDEX opt_out_source_by_job ON opt_out_source (account, job);
CREATE TABLE opt_out (
	account TEXT NOT NULL,
	source  INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	hashes  BLOB NOT NULL,
	PRIMARY KEY (account, source, n)
) STRICT;
