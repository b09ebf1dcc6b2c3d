-- Imports whose source says for sure of people that they want no mail: from their plans on, and in force since they began.
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

-- The people, of whom nothing is kept but the first 16 bytes of a keyed hash of the address, one after the other.
CREATE TABLE opt_out (
	account TEXT NOT NULL,
	source  INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	hashes  BLOB NOT NULL,
	PRIMARY KEY (account, source, n)
) STRICT;
