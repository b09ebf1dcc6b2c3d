-- Where the condition of a segment names which field or list: a JSON array of {kind, id, from, to}. Empty: not known, as of
-- segments that an older program has saved.
ALTER TABLE segment ADD COLUMN refs TEXT NOT NULL DEFAULT '';
