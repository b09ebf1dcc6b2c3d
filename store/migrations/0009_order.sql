-- Whose addresses stand in a chunk, so that one is found without reading it: of each the first four bytes of a keyed hash, sorted.
-- A table of its own, because a column behind the content would be read with it. A chunk without one was made by an older program.
CREATE TABLE job_chunk_people (
	job    TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	n      INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;
-- By triggers, because processes of an earlier version may still write.
CREATE TRIGGER job_chunk_done AFTER UPDATE OF state ON job_chunk WHEN new.state = 'done' BEGIN
	DELETE FROM job_chunk_people WHERE job = new.job AND n = new.n;
END;
CREATE TRIGGER job_chunk_gone AFTER DELETE ON job_chunk BEGIN
	DELETE FROM job_chunk_people WHERE job = old.job AND n = old.n;
END;
