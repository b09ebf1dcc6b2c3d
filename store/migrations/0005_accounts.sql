-- The names of the events that were fired for an account, each with the latest write of that name.
CREATE TABLE fired (
	account TEXT NOT NULL,
	name    TEXT NOT NULL,
	last    INTEGER NOT NULL, -- a write, which may have been deleted since
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
INSERT INTO fired (account, name, last)
	SELECT change.account, write.name, max(write.id) FROM write JOIN change ON change.id = write.change
	WHERE write.kind = 'event' AND write.name <> '' GROUP BY change.account, write.name;
-- By a trigger, because processes of an earlier version may still write.
CREATE TRIGGER write_fired AFTER INSERT ON write WHEN new.kind = 'event' AND new.name <> '' BEGIN
	INSERT INTO fired (account, name, last) SELECT account, new.name, new.id FROM change WHERE id = new.change
		ON CONFLICT (account, name) DO UPDATE SET last = excluded.last;
END;

-- People who asked to be erased, from before anything is done about it until nothing of them is left.
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
