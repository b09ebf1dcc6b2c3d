-- How a chunk may be sent: create (whoever is missing is created, as somebody asked), there (likewise, but not whom this
-- server has deleted since), update (nobody is created). Empty: made by a program that did not tell them apart.
ALTER TABLE job_chunk ADD COLUMN route TEXT NOT NULL DEFAULT '';
-- When its contacts were last seen to be there, and when it was sent for the first time; ms since 1970, 0 where that is not known.
ALTER TABLE job_chunk ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job_chunk ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;

-- JSON: what is done to this contact besides what is done to all, and what is known of it; NULL when it has been dealt with.
ALTER TABLE job_item ADD COLUMN content BLOB;

-- The version of what a job holds. A program that knows less must not work on it: it would send chunks in which nobody may be
-- created by a request that creates. Such a program does not say hand when it takes a job.
ALTER TABLE job ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN hand TEXT NOT NULL DEFAULT '';
CREATE TRIGGER job_taken BEFORE UPDATE OF owner ON job
WHEN new.owner <> '' AND new.owner <> old.owner AND new.version > 0 AND new.hand <> new.owner
BEGIN
	SELECT RAISE(IGNORE);
END;
