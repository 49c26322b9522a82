-- Tables that are only ever asked for by their keys, which are random or of two parts, are kept in the order of these keys: one tree instead
-- of a tree and an index beside it, and nothing in the file says any more in which order rows came. The same in haven, which has more of them.

CREATE TABLE job_keyed (
	kind TEXT NOT NULL,             -- the room and the thing: "offers/second-touch"
	about BLOB NOT NULL,            -- what it is about; 16 zero bytes for the whole workplace
	due BIGINT NOT NULL,            -- instant
	PRIMARY KEY (about, kind)       -- the jobs of one task beside one another
) WITHOUT ROWID;
INSERT INTO job_keyed (kind, about, due) SELECT kind, about, due FROM job;
DROP TABLE job;
ALTER TABLE job_keyed RENAME TO job;
CREATE INDEX job_due ON job (due, kind, about);

CREATE TABLE mail_return_keyed (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the return token
	kind TEXT NOT NULL,
	about BLOB NOT NULL,
	expires_day BIGINT NOT NULL,    -- later bounces are ignored and the row goes
	also BLOB                       -- the hash of the other row of this message; NULL: it has none
) WITHOUT ROWID;
INSERT INTO mail_return_keyed (hash, kind, about, expires_day, also) SELECT hash, kind, about, expires_day, also FROM mail_return;
DROP TABLE mail_return;
ALTER TABLE mail_return_keyed RENAME TO mail_return;
