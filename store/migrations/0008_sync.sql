-- Jobs that write run in the order in which they were asked for: a number that grows within the account, 0 of a job that a
-- program began which did not keep that order. behind is the job that this one waits for, as it was last seen.
ALTER TABLE job ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN behind TEXT NOT NULL DEFAULT '';
