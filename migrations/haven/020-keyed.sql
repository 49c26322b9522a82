-- Tables that are only ever asked for by their keys, which are random or of two parts, are kept in the order of these keys: one tree instead
-- of a tree and an index beside it, and nothing in the file says any more in which order rows came. The same in duty, where it has them.

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

CREATE TABLE excluded_keyed (
	incident BLOB NOT NULL REFERENCES incident (id),
	person BLOB NOT NULL,
	PRIMARY KEY (incident, person)
) WITHOUT ROWID;
INSERT INTO excluded_keyed (incident, person) SELECT incident, person FROM excluded;
DROP TABLE excluded;
ALTER TABLE excluded_keyed RENAME TO excluded;

CREATE TABLE offer_link_keyed (
	hash BLOB PRIMARY KEY,          -- SHA-256 of the token
	task BLOB NOT NULL REFERENCES task (id),
	kind BIGINT NOT NULL,           -- enum touch: 0 the offer, 1 the second touch, 2 the check
	expires_day BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO offer_link_keyed (hash, task, kind, expires_day) SELECT hash, task, kind, expires_day FROM offer_link;
DROP TABLE offer_link;
ALTER TABLE offer_link_keyed RENAME TO offer_link;

CREATE TABLE load_keyed (
	id BLOB PRIMARY KEY,            -- random
	supporter BLOB NOT NULL REFERENCES supporter (id),
	day BIGINT NOT NULL,
	kind BIGINT NOT NULL            -- 1 task, 2 request
) WITHOUT ROWID;
INSERT INTO load_keyed (id, supporter, day, kind) SELECT id, supporter, day, kind FROM load;
DROP TABLE load;
ALTER TABLE load_keyed RENAME TO load;
CREATE INDEX load_supporter ON load (supporter, day);
