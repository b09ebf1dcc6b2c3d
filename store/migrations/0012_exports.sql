-- An export is no job any more: its file is made of the snapshot. What is left of such jobs is of no use to anybody.
DELETE FROM job WHERE kind = 'export';

-- A program before this one that has the file open starts none from now on.
CREATE TRIGGER job_without_export BEFORE INSERT ON job WHEN NEW.kind = 'export'
BEGIN
	SELECT RAISE(ABORT, 'a later version of this server uses the data folder');
END;
