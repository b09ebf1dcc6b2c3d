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
