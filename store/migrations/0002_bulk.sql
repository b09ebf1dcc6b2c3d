-- Work on many contacts: planned, and then carried out once, by whichever process is alive.
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
	ticket  INTEGER NOT NULL DEFAULT 0, -- the queue's job that may work on it
	owner   TEXT NOT NULL DEFAULT '', -- the process that works on it now
	beat    INTEGER NOT NULL DEFAULT 0 -- when that one was last known to be alive
) STRICT;
CREATE INDEX job_by_account ON job (account, planned);
CREATE INDEX job_unfinished ON job (state) WHERE state IN ('staging', 'planned', 'running');

-- Contacts that are sent together, in one request.
CREATE TABLE job_chunk (
	job      TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n        INTEGER NOT NULL,
	contacts INTEGER NOT NULL,
	state    TEXT NOT NULL,
	import   INTEGER NOT NULL DEFAULT 0, -- Mailtrap's
	content  BLOB, -- JSON, a line for each; NULL when it has been worked off
	PRIMARY KEY (job, n)
) STRICT;

-- Contacts that are written one by one.
CREATE TABLE job_item (
	job     TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n       INTEGER NOT NULL,
	contact TEXT NOT NULL, -- address or UUID
	task    TEXT NOT NULL, -- what is done to it, where the job does more than one thing
	state   TEXT NOT NULL,
	said    TEXT NOT NULL DEFAULT '', -- why it failed
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_item_open ON job_item (job, n) WHERE state IN ('open', 'sending');
CREATE INDEX job_item_by_contact ON job_item (contact);

-- Rows of the source that are not sent, and why.
CREATE TABLE job_rejected (
	job     TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n       INTEGER NOT NULL,
	content BLOB NOT NULL, -- JSON
	PRIMARY KEY (job, n)
) STRICT;
