-- The private phone has a column of its own: it reaches people over the door and stands on no page of duty's. Until now `phone`
-- held it where the file had one; which of them is which is not known, so all go where leaders do not see them, until the next
-- import says which are of work.
ALTER TABLE person ADD COLUMN private_phone TEXT; -- reaches who is not at work; only the door reads it
UPDATE person SET private_phone = phone, phone = NULL;
CREATE INDEX person_place ON person (place);

-- import: the directory is being brought up to date. One row while it is, from the file's arrival to the end.
CREATE TABLE import (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	id BLOB NOT NULL,               -- random; every piece of work looks that it is still its own
	way BIGINT NOT NULL,            -- enum people_way: command, page, nightly file
	account BLOB,                   -- who does it; NULL: the operator, or nobody
	state BIGINT NOT NULL,          -- enum people_state
	made_at BIGINT NOT NULL,        -- instant
	touched_at BIGINT NOT NULL,     -- instant: of the last piece of work or look, so that an abandoned one is seen
	step BIGINT NOT NULL,           -- what the work is at, and how far: for the page that shows progress
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	today BIGINT NOT NULL,          -- day for which it was planned
	missing_leave BIGINT NOT NULL,  -- enum people_missing: what becomes of who is not in the file
	rev BIGINT NOT NULL,            -- of the directory for which it was planned, or to which it was brought
	at_line BIGINT NOT NULL,        -- the last line that was carried out
	unreadable BIGINT NOT NULL,     -- rows of which nobody knows whose they are
	missing BIGINT NOT NULL,        -- current people without a row
	of_whom BIGINT NOT NULL,        -- current people of whom they could be missing: the whole directory, or the file's units
	held_back BIGINT NOT NULL       -- 1: nobody who is missing leaves, since a row that cannot be read may be about any of them
);

-- import_row: what the file says of one person, as it shall stand, and what becomes of it. Empty but while `import` has its row.
CREATE TABLE import_row (
	line BIGINT PRIMARY KEY,        -- of the file; below zero: somebody of the directory who is not in it
	fate BIGINT NOT NULL,           -- enum people_fate
	changed BIGINT NOT NULL,        -- bits of enum people_change
	doubt BIGINT NOT NULL,          -- enum people_doubt: the same number, perhaps somebody else
	person BLOB UNIQUE,             -- who it is, or will be; NULL: not known
	employee_number TEXT,
	name TEXT NOT NULL,
	given TEXT,
	family TEXT,
	folded BLOB NOT NULL,
	email TEXT,
	phone TEXT,
	private_phone TEXT,
	unit BLOB,                      -- of the directory or of import_unit
	profession TEXT,
	level TEXT,
	lang TEXT,
	leader BLOB,
	leader_said TEXT,               -- as the file names the leader, until it is known who that is
	leads BIGINT NOT NULL,
	staff_responsibility BIGINT NOT NULL,
	protected BIGINT NOT NULL,
	ended_day BIGINT                -- the day on which who leaves has left
);
CREATE INDEX import_row_fate ON import_row (fate, line);
CREATE INDEX import_row_number ON import_row (employee_number);
CREATE INDEX import_row_email ON import_row (email);
CREATE INDEX import_row_leader ON import_row (leader);

-- import_unit: units that are new, or stand elsewhere or are called otherwise than in the directory. Empty as import_row.
CREATE TABLE import_unit (
	id BLOB PRIMARY KEY,
	parent BLOB,
	code TEXT,
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	is_new BIGINT NOT NULL
);

-- import_problem: what is wrong with a row or odd in it, without what it holds. Empty as import_row.
CREATE TABLE import_problem (
	n BIGINT PRIMARY KEY,
	line BIGINT NOT NULL,
	col BIGINT NOT NULL,            -- from 0; -1: the row as a whole
	note BIGINT NOT NULL,           -- 1: the row goes in all the same
	why TEXT NOT NULL
);
CREATE INDEX import_problem_line ON import_problem (line, n);

-- import_last: the last one that was carried out: at most one row.
CREATE TABLE import_last (
	one BIGINT PRIMARY KEY CHECK (one = 1),
	at BIGINT NOT NULL,             -- instant
	way BIGINT NOT NULL
);
