-- ring_open: the slots of the hour that still takes answers; a backup leaves its rows out (§ 3.6). Closed hours are in ring.
CREATE TABLE ring_open (
	hour BIGINT NOT NULL,           -- hours since 1970
	slot BIGINT NOT NULL,           -- 0 .. P-1, and on from there
	bytes BLOB NOT NULL,            -- 2,048 bytes: four envelopes
	PRIMARY KEY (hour, slot)
);
-- In the row itself: kept beside it, each slot that is written would take a number of the server's.
ALTER TABLE ring ALTER COLUMN bytes SET STORAGE PLAIN;
ALTER TABLE ring_open ALTER COLUMN bytes SET STORAGE PLAIN;
INSERT INTO ring_open (hour, slot, bytes) SELECT hour, slot, bytes FROM ring WHERE hour = (SELECT MAX(hour) FROM ring) ORDER BY slot;
DELETE FROM ring WHERE hour = (SELECT MAX(hour) FROM ring);
