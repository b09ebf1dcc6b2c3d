-- When the next step of a running job is due. Whoever is alive claims it, by owner and beat.
ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0; -- ms since 1970

-- Earlier programs had a queue of their own beside this table. Without the ticket in it none of them takes a job any more, so
-- that nothing need keep them from those that they know too little of. Which job one waits for is found when somebody asks.
DROP TRIGGER job_taken;
ALTER TABLE job DROP COLUMN ticket;
ALTER TABLE job DROP COLUMN hand;
ALTER TABLE job DROP COLUMN version;
ALTER TABLE job DROP COLUMN behind;
DROP TABLE IF EXISTS river_client_queue;
DROP TABLE IF EXISTS river_client;
DROP TABLE IF EXISTS river_job;
DROP TABLE IF EXISTS river_leader;
DROP TABLE IF EXISTS river_migration;
DROP TABLE IF EXISTS river_notification;
DROP TABLE IF EXISTS river_queue;
