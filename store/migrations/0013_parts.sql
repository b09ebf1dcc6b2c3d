ALTER TABLE write ADD COLUMN part INTEGER; -- the write to many contacts that this one to one of them is a part of
CREATE INDEX write_by_whole ON write (part) WHERE part IS NOT NULL;
